// SPDX-License-Identifier: MIT
/* What a choice looks like: for people, and as JSON. */
#include "cli/choose.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/terminal.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const point_names[CHOOSE_POINTS] = {"as described", "half as long",
                                                       "twice as long", "crowded"};

static void print_table(const struct choice *choice)
{
    static const struct table_column columns[] = {
        {"", COLUMN_LEFT},       {"M/s", COLUMN_RIGHT},     {"behind", COLUMN_RIGHT},
        {"p50", COLUMN_RIGHT},   {"p99.9", COLUMN_RIGHT},   {"CPU ns/op", COLUMN_RIGHT},
        {"fair", COLUMN_RIGHT},  {"bytes", COLUMN_RIGHT},   {"lost: half as long", COLUMN_RIGHT},
        {"twice", COLUMN_RIGHT}, {"crowded", COLUMN_RIGHT},
    };
    struct table *t = table_make(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < choice->considered; i++) {
        const struct choose_candidate *k = &choice->candidates[i];
        const struct case_summary *c = k->c;
        table_cell(t, i == 0 ? CELL_GOOD : k->tied ? CELL_STRONG : CELL_PLAIN, "%s", c->impl);
        table_cell(t, CELL_PLAIN, "%.3g", c->ops_per_second.median / 1e6);
        if (i == 0)
            table_cell(t, CELL_FAINT, "-");
        else
            table_cell(t, CELL_PLAIN, "%s%.1f %%", k->tied ? "~" : "", 100 * (1 - k->ratio.median));
        table_cell(t, CELL_PLAIN, "%s",
                   duration_format((double)histogram_quantile_ns(&c->latency, 0.5)).text);
        table_cell(t, CELL_PLAIN, "%s",
                   duration_format((double)histogram_quantile_ns(&c->latency, 0.999)).text);
        table_cell(t, CELL_PLAIN, "%.3g", c->cpu_ns_per_op);
        table_cell(t, CELL_PLAIN, "%.2f", c->fairness_min_max);
        table_cell(t, CELL_PLAIN, "%u", c->size_bytes + c->node_bytes);
        for (unsigned p = CHOOSE_HALF; p < CHOOSE_POINTS; p++) {
            double lost = k->at[p].lost;
            if (isnan(lost))
                table_cell(t, CELL_FAINT, "?");
            else
                table_cell(t,
                           lost > 0.5              ? CELL_BAD
                           : lost > SUMMARY_EFFECT ? CELL_WARN
                                                   : CELL_PLAIN,
                           "%.0f %%", 100 * fmax(lost, 0));
        }
    }
    table_print(t, stdout);
    table_free(t);
}

static void print_elsewhere(const struct choose_candidate *chosen,
                            const struct choose_description *d)
{
    for (unsigned p = CHOOSE_HALF; p < CHOOSE_POINTS; p++) {
        const struct choose_elsewhere *at = &chosen->at[p];
        if (isnan(at->lost))
            continue;
        if (p == CHOOSE_CROWD)
            printf("with %u threads on %u CPU%s it keeps %.0f %% of that", 4 * d->cpus, d->cpus,
                   d->cpus == 1 ? "" : "s", 100 * at->kept);
        else
            printf("if holds and thinks are %s", point_names[p]);
        if (strcmp(at->best, chosen->c->impl) == 0)
            printf("%s: still the best\n", p == CHOOSE_CROWD ? "" : " it is");
        else
            printf("%s %.0f %% to %s\n", p == CHOOSE_CROWD ? ", and loses" : ", it loses",
                   100 * fmax(at->lost, 0), at->best);
    }
}

/* "futex-rseq" is the struct ct_<kind>_futex_rseq. */
static void print_code(const struct case_summary *c)
{
    if (c->package) {
        printf("\n%s of %s; how it is called: primitives/peers/%s/%s.h\n", c->impl, c->package,
               c->kind, c->impl);
        return;
    }
    char *id = must_printf("%s", c->impl);
    for (char *p = id; *p; p++)
        if (*p == '-')
            *p = '_';
    printf("\n    #include <contend/%s/%s.h>\n    struct ct_%s_%s x; /* ct_%s_%s_init(&x, ...); "
           "contract: contend/%s.h */\n\nAs one header of your own: scripts/amalgamate %s/%s "
           "%s-%s.h\n",
           c->kind, c->impl, c->kind, id, c->kind, id, c->kind, c->kind, c->impl, c->kind, c->impl);
    free(id);
}

static void print_verdict(const struct choice *choice)
{
    const struct choose_candidate *chosen = &choice->candidates[0];
    printf("%s", chosen->c->impl);
    if (choice->considered == 1) {
        printf(": nothing else meets the needs\n");
    } else if (choice->decided) {
        printf(": %.1f %% faster than %s, the next (%u rounds, %.0f %% confidence)\n",
               100 * choice->margin, choice->candidates[1].c->impl, chosen->c->rounds_valid,
               100 * SUMMARY_CONFIDENCE);
    } else {
        printf(", indistinguishable from");
        const char *comma = " ";
        for (size_t i = 1; i < choice->considered; i++) {
            if (choice->candidates[i].tied) {
                printf("%s%s", comma, choice->candidates[i].c->impl);
                comma = ", ";
            }
        }
        putchar('\n');
    }
}

void choose_print(const struct choice *choice, const struct choose_description *d,
                  const struct summary *summary, bool fresh)
{
    printf("%s, %u thread%s on %u CPU%s, %s inside, ", d->kind, d->threads,
           d->threads == 1 ? "" : "s", d->cpus, d->cpus == 1 ? "" : "s",
           duration_format(d->hold_ns).text);
    printf("%s outside; ", duration_format(d->think_ns).text);
    printf("%s %s\n\n", fresh ? "measured now, run" : "measured before, run", summary->started_at);
    if (choice->considered == 0)
        printf("nothing meets the needs\n");
    else
        print_verdict(choice);
    if (choice->considered > 0) {
        print_elsewhere(&choice->candidates[0], d);
        putchar('\n');
        print_table(choice);
    }
    if (choice->count > choice->considered)
        printf("\nnot considered:");
    for (size_t i = choice->considered; i < choice->count; i++)
        printf("%s %s (%s)", i > choice->considered ? "," : "", choice->candidates[i].c->impl,
               choice->candidates[i].disqualified);
    if (choice->count > choice->considered)
        putchar('\n');
    if (choice->considered > 0)
        print_code(choice->candidates[0].c);
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *candidate_json(const struct choose_candidate *k)
{
    const struct case_summary *c = k->c;
    json_t *row = json_pack("{s:s, s:f, s:f, s:I, s:I, s:I}", "impl", c->impl, "ops_per_second",
                            c->ops_per_second.median, "fairness_min_max", c->fairness_min_max,
                            "p50_ns", (json_int_t)histogram_quantile_ns(&c->latency, 0.5),
                            "p999_ns", (json_int_t)histogram_quantile_ns(&c->latency, 0.999),
                            "bytes", (json_int_t)(c->size_bytes + c->node_bytes));
    if (k->disqualified) {
        json_object_set_new(row, "disqualified", json_string(k->disqualified));
        return row;
    }
    json_object_set_new(row, "ratio", number(k->ratio.median));
    json_object_set_new(row, "ratio_low", number(k->ratio.low));
    json_object_set_new(row, "ratio_high", number(k->ratio.high));
    json_object_set_new(row, "tied", json_boolean(k->tied));
    static const char *const keys[CHOOSE_POINTS] = {NULL, "lost_half", "lost_twice", "lost_crowd"};
    for (unsigned p = CHOOSE_HALF; p < CHOOSE_POINTS; p++)
        json_object_set_new(row, keys[p], number(k->at[p].lost));
    return row;
}

void choose_print_json(const struct choice *choice, const struct choose_description *d,
                       const struct summary *summary, bool fresh)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < choice->count; i++)
        json_array_append_new(rows, candidate_json(&choice->candidates[i]));
    json_t *document =
        json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:I, s:b, s:b, s:o}", "kind", d->kind, "workload",
                  d->workload, "threads", (int)d->threads, "cpus", (int)d->cpus, "hold_ns",
                  (int)d->hold_ns, "think_ns", (int)d->think_ns, "run", (json_int_t)summary->run,
                  "measured_now", fresh, "decided", choice->decided, "candidates", rows);
    json_object_set_new(document, "chosen",
                        choice->considered ? json_string(choice->candidates[0].c->impl)
                                           : json_null());
    json_object_set_new(document, "margin", number(choice->margin));
    if (!document || json_dumpf(document, stdout, JSON_INDENT(1)) != 0)
        fail(EXIT_ENVIRONMENT, "choose: cannot write the JSON document");
    putchar('\n');
    json_decref(document);
}
