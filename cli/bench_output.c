// SPDX-License-Identifier: MIT
#include "cli/bench_output.h"

#include "benchmarks/gbench.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/terminal.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double contaminated_share_max = 0.20;

bool bench_unreliable(const struct summary *s)
{
    return s->discarded > contaminated_share_max * s->trials;
}

/* Columns: groups; a group's first case stands for it. */
static size_t *group_firsts(const struct summary *s)
{
    size_t *first = must_alloc((s->group_count + 1) * sizeof *first);
    for (size_t i = s->case_count; i-- > 0;)
        first[s->cases[i].group] = i;
    return first;
}

static void print_kind(const struct summary *s, const size_t *firsts, const char *kind)
{
    size_t columns_max = s->group_count + 1, n = 0;
    struct table_column *columns = must_alloc(columns_max * sizeof *columns);
    size_t *groups = must_alloc(columns_max * sizeof *groups);
    columns[n++] = (struct table_column){kind, COLUMN_LEFT};
    for (size_t g = 0; g < s->group_count; g++) {
        const struct case_summary *c = &s->cases[firsts[g]];
        if (strcmp(c->kind, kind) != 0)
            continue;
        groups[n] = g;
        columns[n++] =
            (struct table_column){must_printf("%s %u", c->workload, c->threads), COLUMN_RIGHT};
    }
    struct table *t = table_make(columns, n);
    for (size_t i = 0; i < s->case_count; i++) {
        const char *impl = s->cases[i].impl;
        bool seen = strcmp(s->cases[i].kind, kind) != 0;
        for (size_t j = 0; j < i && !seen; j++)
            seen = strcmp(s->cases[j].kind, kind) == 0 && strcmp(s->cases[j].impl, impl) == 0;
        if (seen)
            continue;
        table_cell(t, CELL_PLAIN, "%s", impl);
        for (size_t column = 1; column < n; column++) {
            const struct case_summary *c = NULL;
            for (size_t j = 0; j < s->case_count && !c; j++)
                if (s->cases[j].group == groups[column] && strcmp(s->cases[j].impl, impl) == 0)
                    c = &s->cases[j];
            if (!c || c->rounds_valid == 0)
                table_cell(t, CELL_FAINT, "-");
            else
                table_cell(t, CELL_PLAIN, "%.3g", c->ops_per_second.median / 1e6);
        }
    }
    table_print(t, stdout);
    table_free(t);
    for (size_t column = 1; column < n; column++)
        free((char *)(uintptr_t)columns[column].title);
    free(columns);
    free(groups);
}

static void print_winner(const struct summary *s, size_t group)
{
    struct summary_winner w = summary_winner(s, group);
    if (w.best == SIZE_MAX)
        return;
    const struct case_summary *best = &s->cases[w.best];
    printf("%s %s, %u thread%s: ", best->kind, best->workload, best->threads,
           best->threads == 1 ? "" : "s");
    if (w.second == SIZE_MAX)
        printf("%s (alone)\n", best->impl);
    else if (w.decided)
        printf("%s, %.0f %% ahead of %s\n", best->impl, 100 * w.margin, s->cases[w.second].impl);
    else
        printf("%s and %s indistinguishable\n", best->impl, s->cases[w.second].impl);
}

void bench_print_tables(const struct summary *s)
{
    size_t *firsts = group_firsts(s);
    puts("million operations per second, medians; the number after a workload: threads\n");
    for (size_t g = 0; g < s->group_count; g++) {
        const char *kind = s->cases[firsts[g]].kind;
        if (g == 0 || strcmp(kind, s->cases[firsts[g - 1]].kind) != 0)
            print_kind(s, firsts, kind);
    }
    putchar('\n');
    for (size_t g = 0; g < s->group_count; g++)
        print_winner(s, g);
    printf("\n%u trials, %u discarded as contaminated; seed %llu; %s %.1f ns\n", s->trials,
           s->discarded, (unsigned long long)s->seed, s->limits[LIMIT_RMW_PAIR].what,
           s->limits[LIMIT_RMW_PAIR].ns);
    free(firsts);
}

enum { COUNTERS_MAX = 24 };

static void fill_counters(const struct case_summary *c, struct gbench_counter *out)
{
    const struct histogram *h = &c->latency;
    const struct gbench_counter all[] = {
        {"ops_per_second", c->ops_per_second.median},
        {"cpu_ns_per_op", c->cpu_ns_per_op},
        {"ns_per_op", c->ns_per_op},
        {"p50_ns", (double)histogram_quantile_ns(h, 0.5)},
        {"p90_ns", (double)histogram_quantile_ns(h, 0.9)},
        {"p99_ns", (double)histogram_quantile_ns(h, 0.99)},
        {"p999_ns", (double)histogram_quantile_ns(h, 0.999)},
        {"p9999_ns", (double)histogram_quantile_ns(h, 0.9999)},
        {"max_ns", (double)h->max_ns},
        {"fairness_min_max", c->fairness_min_max},
        {"fairness_jain", c->fairness_jain},
        {"ratio_to_reference", c->ratio.median},
        {"ratio_low", c->ratio.low},
        {"ratio_high", c->ratio.high},
        {"rounds_valid", c->rounds_valid},
        {"rounds_discarded", c->rounds_discarded},
    };
    size_t n = sizeof all / sizeof *all;
    memcpy(out, all, sizeof all);
    out[n] = (struct gbench_counter){NULL, 0};
}

/* What Google Benchmark cannot write: an object inside its context. */
static void add_limits(json_t *document, const struct summary *s)
{
    json_t *limits = json_object();
    for (size_t i = 0; i < LIMITS; i++)
        if (s->limits[i].name && s->limits[i].ns >= 0)
            json_object_set_new(limits, s->limits[i].name, json_real(s->limits[i].ns));
    json_object_set_new(json_object_get(document, "context"), "limits", limits);
}

void bench_print_json(const struct summary *s, FILE *out)
{
    struct gbench_case *cases = must_alloc(s->case_count * sizeof *cases);
    struct gbench_counter(*counters)[COUNTERS_MAX] = must_alloc(s->case_count * sizeof *counters);
    double **ns = must_alloc(s->case_count * sizeof *ns);
    for (size_t i = 0; i < s->case_count; i++) {
        const struct case_summary *c = &s->cases[i];
        ns[i] = must_alloc(c->rounds_valid * sizeof **ns);
        for (unsigned r = 0; r < c->rounds_valid; r++)
            ns[i][r] = (double)NS_PER_S * c->threads / c->samples[r];
        fill_counters(c, counters[i]);
        cases[i] = (struct gbench_case){.name = c->name,
                                        .ns_per_op = ns[i],
                                        .repetitions = c->rounds_valid,
                                        .counters = counters[i],
                                        .error = c->broken              ? c->broken
                                                 : c->rounds_valid == 0 ? "no clean trial"
                                                                        : NULL};
    }
    size_t facts = 0;
    while (s->facts[facts].key)
        facts++;
    struct gbench_context *context = must_alloc((facts + 1) * sizeof *context);
    for (size_t i = 0; i < facts; i++)
        context[i] = (struct gbench_context){s->facts[i].key, s->facts[i].value};

    char *text = gbench_json(cases, s->case_count, context, facts);
    json_error_t error;
    json_t *document = json_loads(text, 0, &error);
    if (!document)
        fail(EXIT_ENVIRONMENT, "Google Benchmark's JSON: line %d: %s", error.line, error.text);
    add_limits(document, s);
    json_dumpf(document, out, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    putc('\n', out);

    json_decref(document);
    free(text);
    for (size_t i = 0; i < s->case_count; i++)
        free(ns[i]);
    free(ns);
    free(context);
    free(counters);
    free(cases);
}
