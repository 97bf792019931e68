// SPDX-License-Identifier: MIT
#include "cli/stress_matrix.h"

#include "cli/cli.h"
#include "cli/stress_output.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/terminal.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum checker { PLAIN, DELAYED, MODEL, CHECKERS };
static const char *const checker_names[CHECKERS] = {"plain", "delays", "model"};

struct attempt {
    double seconds; /* until it was killed; negative: it survived, or was not tried */
};

struct matrix_row {
    const struct scenario_kind *kind;
    const struct ct_impl *impl;
    const char *killers;
    struct attempt *attempts[CHECKERS]; /* [seeds] */
};

struct matrix {
    const struct matrix_orders *orders;
    struct matrix_row *rows;
    size_t count;
    struct progress progress;
    double steps_done, steps;
    bool model, interrupted;
};

static struct matrix_row *row_of(struct matrix *m, const char *kind, const char *impl)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->rows[i].kind->kind, kind) == 0 && strcmp(m->rows[i].impl->name, impl) == 0)
            return &m->rows[i];
    return NULL;
}

static void row_add(struct matrix *m, const struct scenario_kind *kind,
                    const struct scenario_control *control)
{
    struct matrix_row *row = &m->rows[m->count++];
    *row = (struct matrix_row){kind, control->impl, control->killers, {NULL}};
    for (unsigned c = 0; c < CHECKERS; c++) {
        row->attempts[c] = must_alloc(m->orders->seeds * sizeof **row->attempts);
        for (unsigned i = 0; i < m->orders->seeds; i++)
            row->attempts[c][i].seconds = -1;
    }
}

static bool wanted(const struct matrix *m, const struct scenario_kind *kind,
                   const struct scenario_control *control)
{
    const struct campaign_options *o = &m->orders->campaign;
    if (o->kind && strcmp(o->kind, kind->kind) != 0)
        return false;
    const char *const *name = o->impls;
    while (name && *name && strcmp(*name, control->impl->name) != 0)
        name++;
    return (!name || *name) &&
           (strchr(control->killers, o->checker) || strchr(control->killers, 'M'));
}

static void find_rows(struct matrix *m)
{
    size_t most = 0;
    for (const struct scenario_kind *const *kind = scenario_kinds; *kind; kind++)
        for (const struct scenario_control *c = (*kind)->controls; c->impl; c++)
            most++;
    m->rows = must_alloc((most + 1) * sizeof *m->rows);
    for (const struct scenario_kind *const *kind = scenario_kinds; *kind; kind++)
        for (const struct scenario_control *c = (*kind)->controls; c->impl; c++)
            if (wanted(m, *kind, c))
                row_add(m, *kind, c);
}

/* Of those chosen, the rows of the delayed build or the others; ends with NULL. */
static const char **perturbs_of(const struct campaign_options *o, bool delayed)
{
    size_t n = 0;
    for (const struct perturb *p = perturbs; p->name; p++)
        n++;
    const char **names = must_alloc((n + 1) * sizeof *names);
    n = 0;
    for (const struct perturb *p = perturbs; p->name; p++) {
        const char *const *name = o->perturbs;
        while (name && *name && strcmp(*name, p->name) != 0)
            name++;
        if ((!name || *name) && p->delayed == delayed)
            names[n++] = p->name;
    }
    return names;
}

static void step(struct matrix *m, const char *what)
{
    progress_show(&m->progress, m->steps_done, m->steps, what);
    m->steps_done++;
}

static void play_natively(struct matrix *m, enum checker checker, unsigned seed_index)
{
    const struct matrix_orders *o = m->orders;
    struct campaign_options options = o->campaign;
    const char **names = perturbs_of(&o->campaign, checker == DELAYED);
    options.perturbs = names;
    options.seed += seed_index;
    options.controls = true;
    struct campaign *c = campaign_plan(&options);
    o->begin(c);
    for (size_t i = 0; i < c->count && !campaign_interrupted(c); i++) {
        struct campaign_player *p = &c->players[i];
        struct matrix_row *row = row_of(m, p->kind->kind, p->impl->name);
        if (!row)
            continue; /* the kind's nothing: one seed in contend stress --controls will do */
        step(m, p->impl->name);
        campaign_play(c, p, NULL, NULL);
        if (p->failure)
            row->attempts[checker][seed_index].seconds = (double)p->elapsed_ns / (double)NS_PER_S;
        if (o->store)
            stress_record(o->store, o->run, p);
    }
    m->interrupted = m->interrupted || campaign_interrupted(c);
    campaign_free(c);
    free(names);
}

/* The model takes 32 bits. */
static uint32_t model_seed(const struct campaign_options *o, unsigned seed_index)
{
    return (uint32_t)(o->seed + seed_index);
}

static void note_model(struct matrix *m, const json_t *found, unsigned seed_index)
{
    const struct matrix_orders *o = m->orders;
    const char *kind, *impl, *scenario, *verdict, *failure = NULL;
    double seconds;
    json_int_t executions;
    if (json_unpack((json_t *)(uintptr_t)found, "{s:s, s:s, s:s, s:s, s:F, s:I}", "kind", &kind,
                    "implementation", &impl, "scenario", &scenario, "verdict", &verdict, "seconds",
                    &seconds, "executions", &executions) != 0)
        fail(EXIT_ENVIRONMENT, "model: said what is not understood here");
    struct matrix_row *row = row_of(m, kind, impl);
    if (!row)
        return;
    failure = json_string_value(json_object_get(found, "failure"));
    if (strcmp(verdict, "killed") == 0)
        row->attempts[MODEL][seed_index].seconds = seconds;
    struct store_stress stored = {.kind = kind,
                                  .scenario = scenario,
                                  .impl = impl,
                                  .perturbation = "model",
                                  .seed = model_seed(&o->campaign, seed_index),
                                  .rounds = (uint64_t)executions,
                                  .seconds = seconds,
                                  .failure = failure,
                                  .control_killers = row->killers};
    if (o->store)
        store_stress(o->store, o->run, &stored);
}

static void play_model(struct matrix *m, unsigned seed_index)
{
    const struct campaign_options *o = &m->orders->campaign;
    char *program = cli_model_program();
    char *command =
        must_printf("'%s' --controls --json --seed %" PRIu32 "%s%s", program,
                    model_seed(o, seed_index), o->kind ? " --kind " : "", o->kind ? o->kind : "");
    step(m, "model");
    FILE *said = popen(command, "r");
    json_t *document = said ? json_loadf(said, 0, NULL) : NULL;
    if (said)
        pclose(said); /* 1 when one survived, which its row says as well */
    if (!document && !m->interrupted)
        fail(EXIT_ENVIRONMENT, "model: %s: no answer", command);
    const json_t *rows = json_object_get(document, "rows");
    for (size_t i = 0; i < json_array_size(rows); i++)
        note_model(m, json_array_get(rows, i), seed_index);
    json_decref(document);
    free(command);
    free(program);
}

static int in_order(const void *a, const void *b)
{
    double x = ((const struct attempt *)a)->seconds, y = ((const struct attempt *)b)->seconds;
    return (x > y) - (x < y);
}

struct summary {
    unsigned killed;
    double median, worst; /* of those killed */
};

static struct summary sum_up(const struct matrix *m, const struct matrix_row *row,
                             enum checker checker)
{
    unsigned seeds = m->orders->seeds;
    struct attempt *sorted = must_alloc(seeds * sizeof *sorted);
    struct summary s = {0};
    for (unsigned i = 0; i < seeds; i++)
        if (row->attempts[checker][i].seconds >= 0)
            sorted[s.killed++] = row->attempts[checker][i];
    qsort(sorted, s.killed, sizeof *sorted, in_order);
    if (s.killed) {
        s.worst = sorted[s.killed - 1].seconds;
        s.median = (sorted[(s.killed - 1) / 2].seconds + sorted[s.killed / 2].seconds) / 2;
    }
    free(sorted);
    return s;
}

static bool asked(const struct matrix *m, const struct matrix_row *row, enum checker checker)
{
    return checker == MODEL ? m->model && strchr(row->killers, 'M')
                            : strchr(row->killers, m->orders->campaign.checker) != NULL;
}

/* Every seed was enough, for hardware and for the model. */
static bool always_killed(const struct matrix *m, const struct matrix_row *row)
{
    for (unsigned i = 0; i < m->orders->seeds; i++) {
        if (asked(m, row, PLAIN) && row->attempts[PLAIN][i].seconds < 0 &&
            row->attempts[DELAYED][i].seconds < 0)
            return false;
        if (asked(m, row, MODEL) && row->attempts[MODEL][i].seconds < 0)
            return false;
    }
    return true;
}

static void print_table(const struct matrix *m)
{
    static const struct table_column columns[] = {
        {"kind", COLUMN_LEFT},    {"control", COLUMN_LEFT}, {"killers", COLUMN_LEFT},
        {"verdict", COLUMN_LEFT}, {"plain", COLUMN_RIGHT},  {"median", COLUMN_RIGHT},
        {"worst", COLUMN_RIGHT},  {"delays", COLUMN_RIGHT}, {"median", COLUMN_RIGHT},
        {"worst", COLUMN_RIGHT},  {"model", COLUMN_RIGHT},  {"median", COLUMN_RIGHT},
        {"worst", COLUMN_RIGHT},
    };
    struct table *t = table_make(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < m->count; i++) {
        const struct matrix_row *row = &m->rows[i];
        bool killed = always_killed(m, row);
        table_cell(t, CELL_PLAIN, "%s", row->kind->kind);
        table_cell(t, CELL_PLAIN, "%s", row->impl->name);
        table_cell(t, CELL_PLAIN, "%s", row->killers);
        table_cell(t, killed ? CELL_GOOD : CELL_BAD, "%s", killed ? "killed" : "SURVIVED");
        for (unsigned c = 0; c < CHECKERS; c++) {
            struct summary s = sum_up(m, row, (enum checker)c);
            if (!asked(m, row, (enum checker)c))
                table_cell(t, CELL_FAINT, "-");
            else
                table_cell(t, CELL_PLAIN, "%u/%u", s.killed, m->orders->seeds);
            for (unsigned k = 0; k < 2; k++)
                table_cell(t, CELL_PLAIN, "%s",
                           s.killed
                               ? duration_format((k ? s.worst : s.median) * (double)NS_PER_S).text
                               : "-");
        }
    }
    table_print(t, stdout);
    table_free(t);
    printf("\nseeds %" PRIu64 " to %" PRIu64 "; plain and delays count as one checker, %c%s%s\n",
           m->orders->campaign.seed, m->orders->campaign.seed + m->orders->seeds - 1,
           m->orders->campaign.checker, m->model ? "" : "; no model in this build",
           m->interrupted ? "; INTERRUPTED" : "");
}

static void print_json(const struct matrix *m)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < m->count; i++) {
        const struct matrix_row *row = &m->rows[i];
        json_t *o =
            json_pack("{s:s, s:s, s:s, s:b}", "kind", row->kind->kind, "name", row->impl->name,
                      "killers", row->killers, "killed", always_killed(m, row));
        for (unsigned c = 0; c < CHECKERS; c++) {
            struct summary s = sum_up(m, row, (enum checker)c);
            json_t *found = asked(m, row, (enum checker)c)
                                ? json_pack("{s:i, s:f, s:f}", "killed", (int)s.killed,
                                            "median_seconds", s.median, "worst_seconds", s.worst)
                                : json_null();
            json_object_set_new(o, checker_names[c], found);
        }
        json_array_append_new(rows, o);
    }
    char *seed =
        must_printf("%" PRIu64, m->orders->campaign.seed); /* JSON's integers end at 2^63 */
    json_t *document =
        json_pack("{s:s, s:i, s:b, s:o}", "seed", seed, "seeds", (int)m->orders->seeds,
                  "interrupted", m->interrupted, "matrix", rows);
    if (!document || json_dumpf(document, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) != 0)
        fail(EXIT_ENVIRONMENT, "json: cannot be written");
    putchar('\n');
    json_decref(document);
    free(seed);
}

int stress_matrix(const struct matrix_orders *orders)
{
    struct matrix m = {.orders = orders};
    char *program = cli_model_program();
    m.model = access(program, X_OK) == 0;
    free(program);
    find_rows(&m);
    size_t native = 0;
    for (size_t i = 0; i < m.count; i++)
        native += asked(&m, &m.rows[i], PLAIN);
    m.steps = (double)(orders->seeds * (2 * native + m.model));
    progress_start(&m.progress);
    for (unsigned i = 0; i < orders->seeds && !m.interrupted; i++) {
        play_natively(&m, PLAIN, i);
        if (!m.interrupted)
            play_natively(&m, DELAYED, i);
        if (!m.interrupted && m.model)
            play_model(&m, i);
    }
    progress_clear(&m.progress);
    if (orders->json)
        print_json(&m);
    else
        print_table(&m);
    if (m.interrupted)
        return EXIT_INTERRUPTED;
    int status = m.count ? EXIT_FINE : EXIT_NOTHING_MATCHED;
    for (size_t i = 0; i < m.count; i++)
        if (!always_killed(&m, &m.rows[i]))
            status = EXIT_CHECK_FAILED;
    return status;
}
