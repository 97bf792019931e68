// SPDX-License-Identifier: MIT
#include "cli/stress_output.h"

#include "support/clock.h"
#include "support/fail.h"
#include "support/terminal.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static bool played(const struct stress_result *r)
{
    return r->end != STRESS_NOT_RUN;
}

static const char *verdict(const struct campaign *c, const struct campaign_player *p)
{
    if (!played(&p->results[0]))
        return "not-run";
    if (p->failure)
        return p->killers ? "killed" : p->impl->traits & CT_DEFECTIVE ? "known defect" : "FAILED";
    if (campaign_interrupted(c) && p->results[p->count - 1].end != STRESS_HELD)
        return "interrupted";
    return p->killers ? "SURVIVED" : "held";
}

static double per_second(uint64_t count, uint64_t ns)
{
    return ns ? (double)count * (double)NS_PER_S / (double)ns : 0;
}

void stress_list(void)
{
    for (const struct scenario_kind *const *kind = scenario_kinds; *kind; kind++) {
        const struct scenario_kind *k = *kind;
        for (size_t i = 0; i < k->scenario_count; i++) {
            const struct scenario *s = &k->scenarios[i];
            printf("scenario      %s/%-28s %s%s%s\n", k->kind, s->name, s->claim,
                   s->long_because ? "; long rounds: " : "",
                   s->long_because ? s->long_because : "");
        }
        for (const struct scenario_control *c = k->controls; c->impl; c++)
            printf("control       %s/%-28s %s (%s)\n", k->kind, c->impl->name, c->impl->summary,
                   c->killers);
    }
    for (const struct perturb *p = perturbs; p->name; p++)
        printf("perturbation  %-34s %s, %s%s\n", p->name, p->what, p->how_often,
               p->everyday ? " (runs by default)" : "");
}

void stress_cell_skipped(struct table *t, const struct campaign_player *p)
{
    char names[256] = "-";
    size_t used = 0;
    for (size_t i = 0; p->skipped[i] && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? "," : "",
                                 p->skipped[i]->name);
    table_cell(t, CELL_FAINT, "%s", names);
}

static void implementation_row(struct table *t, const struct campaign *c,
                               const struct campaign_player *p)
{
    const struct stress_result *r = &p->total;
    table_cell(t, CELL_PLAIN, "%s", p->kind->kind);
    table_cell(t, CELL_PLAIN, "%s", p->impl->name);
    table_cell(t, CELL_PLAIN, "%zu", p->scenario_count);
    table_cell(t, CELL_PLAIN, "%" PRIu64, r->rounds);
    table_cell(t, CELL_PLAIN, "%.0f", per_second(r->rounds, r->elapsed_ns));
    table_cell(t, CELL_PLAIN, "%" PRIu64, r->operations);
    table_cell(t, CELL_PLAIN, "%.1f %%",
               r->operations ? 100.0 * (double)r->contended / (double)r->operations : 0.0);
    table_cell(t, CELL_PLAIN, "%" PRIu64, r->sleeps);
    table_cell(t, CELL_PLAIN, "%s",
               r->wait_ns_max ? duration_format((double)r->wait_ns_max).text : "-");
    if (r->share_measured)
        table_cell(t, CELL_PLAIN, "%.0f %%",
                   (double)r->share_sum / (double)r->share_measured / 10.0);
    else
        table_cell(t, CELL_PLAIN, "-");
    table_cell(t, p->failure ? CELL_BAD : CELL_GOOD, "%s", verdict(c, p));
    stress_cell_skipped(t, p);
}

static void control_row(struct table *t, const struct campaign *c, const struct campaign_player *p)
{
    table_cell(t, CELL_PLAIN, "%s", p->kind->kind);
    table_cell(t, CELL_PLAIN, "%s", p->impl->name);
    table_cell(t, CELL_PLAIN, "%s", p->killers);
    table_cell(t, p->failure ? CELL_GOOD : CELL_BAD, "%s", verdict(c, p));
    table_cell(t, CELL_PLAIN, "%s",
               p->broken  ? p->broken->scenario->name
               : p->power ? p->power->name
                          : "-");
    table_cell(t, CELL_PLAIN, "%s", p->broken ? p->broken->perturb->name : "-");
    table_cell(t, CELL_PLAIN, "%.2fs", (double)p->elapsed_ns / (double)NS_PER_S);
    table_cell(t, CELL_PLAIN, "%" PRIu64, p->total.rounds);
    table_cell(t, CELL_FAINT, "%s", p->failure ? p->failure : "-");
}

/* One row per scenario, of all who played it. */
static void scenario_row(struct table *t, const struct campaign *c,
                         const struct scenario_kind *kind, const struct scenario *s)
{
    struct stress_result sum = {0};
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < c->players[i].count; k++)
            if (c->players[i].cases[k].scenario == s)
                stress_add(&sum, &c->players[i].results[k]);
    if (sum.rounds == 0)
        return;
    table_cell(t, CELL_PLAIN, "%s", kind->kind);
    table_cell(t, CELL_PLAIN, "%s", s->name);
    table_cell(t, CELL_PLAIN, "%" PRIu64, sum.rounds);
    table_cell(t, CELL_PLAIN, "%.0f", per_second(sum.rounds, sum.elapsed_ns));
    table_cell(t, CELL_PLAIN, "%.1f %%",
               sum.operations ? 100.0 * (double)sum.contended / (double)sum.operations : 0.0);
    table_cell(t, CELL_PLAIN, "%.2f", (double)sum.sleeps / (double)sum.rounds);
    table_cell(t, CELL_FAINT, "%s", s->long_because ? s->long_because : "-");
}

static void scenarios_table(const struct campaign *c)
{
    static const struct table_column columns[] = {
        {"kind", COLUMN_LEFT},         {"scenario", COLUMN_LEFT},   {"rounds", COLUMN_RIGHT},
        {"rounds/s", COLUMN_RIGHT},    {"contended", COLUMN_RIGHT}, {"sleeps/round", COLUMN_RIGHT},
        {"long because", COLUMN_LEFT},
    };
    struct table *t = table_make(columns, sizeof columns / sizeof *columns);
    for (const struct scenario_kind *const *kind = scenario_kinds; *kind; kind++)
        for (size_t i = 0; i < (*kind)->scenario_count; i++)
            scenario_row(t, c, *kind, &(*kind)->scenarios[i]);
    putchar('\n');
    table_print(t, stdout);
    table_free(t);
}

static void print_failure(const struct campaign_player *p)
{
    char *again = stress_command(p->broken);
    printf("\n%s/%s failed: scenario %s, perturbation %s: %s\n  claim: %s\n  again: %s\n",
           p->kind->kind, p->impl->name, p->broken->scenario->name, p->broken->perturb->name,
           p->failure, p->broken->scenario->claim, again);
    free(again);
}

void stress_table(const struct campaign *c)
{
    static const struct table_column implementations[] = {
        {"kind", COLUMN_LEFT},          {"implementation", COLUMN_LEFT},
        {"scenarios", COLUMN_RIGHT},    {"rounds", COLUMN_RIGHT},
        {"rounds/s", COLUMN_RIGHT},     {"operations", COLUMN_RIGHT},
        {"contended", COLUMN_RIGHT},    {"sleeps", COLUMN_RIGHT},
        {"longest wait", COLUMN_RIGHT}, {"least share", COLUMN_RIGHT},
        {"verdict", COLUMN_LEFT},       {"not offered", COLUMN_LEFT},
    };
    static const struct table_column controls[] = {
        {"kind", COLUMN_LEFT},    {"control", COLUMN_LEFT},  {"killers", COLUMN_LEFT},
        {"verdict", COLUMN_LEFT}, {"scenario", COLUMN_LEFT}, {"perturbation", COLUMN_LEFT},
        {"time", COLUMN_RIGHT},   {"rounds", COLUMN_RIGHT},  {"how", COLUMN_LEFT},
    };
    struct table *t =
        c->options.controls
            ? table_make(controls, sizeof controls / sizeof *controls)
            : table_make(implementations, sizeof implementations / sizeof *implementations);
    for (size_t i = 0; i < c->count && played(&c->players[i].results[0]); i++) {
        if (c->options.controls)
            control_row(t, c, &c->players[i]);
        else
            implementation_row(t, c, &c->players[i]);
    }
    table_print(t, stdout);
    table_free(t);
    uint64_t undecided = 0;
    for (size_t i = 0; i < c->count; i++)
        undecided += c->players[i].total.undecided;
    if (c->options.verbose && !c->options.controls)
        scenarios_table(c);
    for (size_t i = 0; i < c->count && !c->options.controls; i++) {
        const struct campaign_player *p = &c->players[i];
        if (p->failure)
            print_failure(p);
    }
    if (undecided)
        printf("\n%" PRIu64
               " more rounds were played of which nothing is known: their calls overlap in too "
               "many ways to try all orders\n",
               undecided);
    if (c->unseen)
        printf("\nnot played, because ThreadSanitizer cannot see into them: %s\n", c->unseen);
    printf("\nseed %" PRIu64 ", %u threads before perturbation%s\n", c->options.seed,
           c->options.threads, campaign_interrupted(c) ? ", INTERRUPTED" : "");
}

static const char *const end_names[] = {
    [STRESS_NOT_RUN] = "not-run", [STRESS_RUNNING] = "running",
    [STRESS_HELD] = "held",       [STRESS_FAILED] = "failed",
    [STRESS_HUNG] = "hung",       [STRESS_INTERRUPTED] = "interrupted",
};

static json_t *whole(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *cases_json(const struct campaign_player *p)
{
    json_t *cases = json_array();
    for (size_t i = 0; i < p->count; i++) {
        const struct stress_result *r = &p->results[i];
        if (!played(r))
            continue;
        json_t *o =
            json_pack("{s:s, s:s, s:s, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:f}", "scenario",
                      p->cases[i].scenario->name, "perturbation", p->cases[i].perturb->name, "end",
                      end_names[r->end], "threads", (int)r->threads, "steps", (int)r->steps,
                      "rounds", whole(r->rounds), "operations", whole(r->operations), "contended",
                      whole(r->contended), "sleeps", whole(r->sleeps), "wait_ns_max",
                      whole(r->wait_ns_max), "seconds", (double)r->elapsed_ns / (double)NS_PER_S);
        json_object_set_new(o, "failure", *r->failure ? json_string(r->failure) : json_null());
        json_object_set_new(o, "undecided", whole(r->undecided));
        json_object_set_new(o, "least_share",
                            r->share_measured
                                ? json_real((double)r->share_sum / (double)r->share_measured / 1000)
                                : json_null());
        json_array_append_new(cases, o);
    }
    return cases;
}

void stress_json(const struct campaign *c)
{
    json_t *players = json_array();
    for (size_t i = 0; i < c->count; i++) {
        const struct campaign_player *p = &c->players[i];
        json_t *skipped = json_array();
        for (size_t k = 0; p->skipped[k]; k++)
            json_array_append_new(skipped, json_string(p->skipped[k]->name));
        json_t *o =
            json_pack("{s:s, s:s, s:s, s:o, s:f, s:o}", "kind", p->kind->kind, "name",
                      p->impl->name, "verdict", verdict(c, p), "skipped", skipped, "seconds",
                      (double)p->elapsed_ns / (double)NS_PER_S, "cases", cases_json(p));
        json_object_set_new(o, "failure", p->failure ? json_string(p->failure) : json_null());
        if (p->killers)
            json_object_set_new(o, "killers", json_string(p->killers));
        if (p->broken) {
            json_object_set_new(o, "scenario", json_string(p->broken->scenario->name));
            json_object_set_new(o, "perturbation", json_string(p->broken->perturb->name));
            char *again = stress_command(p->broken);
            json_object_set_new(o, "again", json_string(again));
            free(again);
        }
        json_array_append_new(players, o);
    }
    json_t *unseen = c->unseen ? json_string(c->unseen) : json_null();
    char *seed = must_printf("%" PRIu64, c->options.seed); /* JSON's integers end at 2^63 */
    json_t *document =
        json_pack("{s:s, s:i, s:b, s:o, s:o}", "seed", seed, "threads", (int)c->options.threads,
                  "interrupted", campaign_interrupted(c), "unseen", unseen,
                  c->options.controls ? "controls" : "implementations", players);
    if (!document || json_dumpf(document, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) != 0)
        fail(EXIT_ENVIRONMENT, "json: cannot be written");
    putchar('\n');
    json_decref(document);
    free(seed);
}

void stress_record(struct store *s, int64_t run, const struct campaign_player *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct stress_result *r = &p->results[i];
        if (!played(r))
            continue;
        const char *failure = &p->cases[i] == p->broken ? p->failure : NULL;
        struct store_stress row = {
            .kind = p->kind->kind,
            .scenario = p->cases[i].scenario->name,
            .impl = p->impl->name,
            .perturbation = p->cases[i].perturb->name,
            .seed = p->cases[i].seed,
            .rounds = r->rounds,
            .operations = r->operations,
            .contended = r->contended,
            .sleeps = r->sleeps,
            .wait_ns_max = r->wait_ns_max,
            .seconds = (double)r->elapsed_ns / (double)NS_PER_S,
            .failure = failure,
            .control_killers = p->killers,
        };
        store_stress(s, run, &row);
    }
}
