// SPDX-License-Identifier: MIT
#include "cli/soak.h"

#include "cli/stress_output.h"
#include "support/clock.h"
#include "support/fail.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CONTROLS_SHOWN = 20, VIOLATIONS_SHOWN = 20 };

/* What a player's cases have come to. */
struct sum {
    struct store_soak_case total;
    size_t cases, played;
};

static struct sum sum_of(const struct soak *s, const struct campaign_player *p)
{
    struct sum sum = {.total.share_least = (double)NAN};
    for (size_t i = 0; i < s->count; i++) {
        const struct store_soak_case *t = &s->cases[i].total;
        if (s->cases[i].player != p)
            continue;
        sum.cases++;
        sum.played += t->slices > 0;
        sum.total.slices += t->slices;
        sum.total.rounds += t->rounds;
        sum.total.operations += t->operations;
        sum.total.violations += t->violations;
        sum.total.share_least = fmin(sum.total.share_least, t->share_least);
        if (t->wait_ns_max > sum.total.wait_ns_max)
            sum.total.wait_ns_max = t->wait_ns_max;
    }
    return sum;
}

static void implementation_row(struct table *t, const struct campaign_player *p,
                               const struct sum *sum)
{
    const struct store_soak_case *total = &sum->total;
    table_cell(t, CELL_PLAIN, "%s", p->kind->kind);
    table_cell(t, CELL_PLAIN, "%s", p->impl->name);
    table_cell(t, CELL_PLAIN, "%" PRIu64, total->slices);
    table_cell(t, CELL_PLAIN, "%zu of %zu", sum->played, sum->cases);
    table_cell(t, CELL_PLAIN, "%" PRIu64, total->rounds);
    table_cell(t, CELL_PLAIN, "%" PRIu64, total->operations);
    table_cell(t, CELL_PLAIN, "%s",
               total->wait_ns_max ? duration_format((double)total->wait_ns_max).text : "-");
    if (isnan(total->share_least))
        table_cell(t, CELL_PLAIN, "-");
    else
        table_cell(t, CELL_PLAIN, "%.0f %%", total->share_least / 10);
    table_cell(t, total->violations ? CELL_BAD : CELL_GOOD, "%" PRIu64, total->violations);
    stress_cell_skipped(t, p);
}

static void implementations_table(const struct soak *s)
{
    static const struct table_column columns[] = {
        {"kind", COLUMN_LEFT},          {"implementation", COLUMN_LEFT},
        {"slices", COLUMN_RIGHT},       {"cases", COLUMN_RIGHT},
        {"rounds", COLUMN_RIGHT},       {"operations", COLUMN_RIGHT},
        {"longest wait", COLUMN_RIGHT}, {"least share", COLUMN_RIGHT},
        {"violations", COLUMN_RIGHT},   {"not offered", COLUMN_LEFT},
    };
    struct table *t = table_make(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < s->campaign->count; i++) {
        struct sum sum = sum_of(s, &s->campaign->players[i]);
        if (sum.played)
            implementation_row(t, &s->campaign->players[i], &sum);
    }
    table_print(t, stdout);
    table_free(t);
}

struct controls_shown {
    struct table *table;
    uint64_t skip, seen;
    double slowest;
    char *slowest_name;
};

static void control_row(void *context, const struct store_soak_control *row)
{
    struct controls_shown *c = context;
    if (row->how && row->seconds > c->slowest) {
        free(c->slowest_name);
        c->slowest_name = must_printf("%s/%s", row->kind, row->name);
        c->slowest = row->seconds;
    }
    if (c->seen++ < c->skip && row->how)
        return;
    table_cell(c->table, CELL_PLAIN, "%s", duration_format((double)row->elapsed_ns).text);
    table_cell(c->table, CELL_PLAIN, "%s", row->kind);
    table_cell(c->table, CELL_PLAIN, "%s", row->name);
    table_cell(c->table, row->how ? CELL_GOOD : CELL_BAD, "%s", row->how ? "caught" : "SURVIVED");
    table_cell(c->table, CELL_PLAIN, "%.2fs", row->seconds);
    table_cell(c->table, CELL_FAINT, "%s", row->how ? row->how : "-");
}

static void controls_table(const struct soak *s)
{
    static const struct table_column columns[] = {
        {"injected at", COLUMN_RIGHT}, {"kind", COLUMN_LEFT},   {"control", COLUMN_LEFT},
        {"verdict", COLUMN_LEFT},      {"after", COLUMN_RIGHT}, {"how", COLUMN_LEFT},
    };
    size_t rows = store_each_soak_control(s->store, s->run, NULL, NULL);
    if (rows == 0) {
        puts("\nno control was injected: that this soak can see anything was not shown");
        return;
    }
    struct controls_shown shown = {.table = table_make(columns, sizeof columns / sizeof *columns),
                                   .skip = rows > CONTROLS_SHOWN ? rows - CONTROLS_SHOWN : 0};
    store_each_soak_control(s->store, s->run, control_row, &shown);
    printf("\n%" PRIu64 " controls injected, %" PRIu64 " caught", s->asked.controls,
           s->asked.controls_caught);
    if (shown.slowest_name)
        printf(", the slowest (%s) after %.2fs", shown.slowest_name, shown.slowest);
    puts(shown.skip ? "; survivors and the last:" : ":");
    table_print(shown.table, stdout);
    table_free(shown.table);
    free(shown.slowest_name);
}

static void violation_row(void *context, const struct store_soak_violation *v)
{
    unsigned *shown = context;
    if ((*shown)++ >= VIOLATIONS_SHOWN)
        return;
    printf("\nviolation at %s, %s after the start: %s %s, scenario %s, perturbation %s: %s\n",
           v->at, duration_format((double)v->elapsed_ns).text, v->kind ? v->kind : "the soak",
           v->impl ? v->impl : "itself", v->scenario ? v->scenario : "-",
           v->perturbation ? v->perturbation : "-", v->what);
    if (v->again)
        printf("  again     %s\n", v->again);
    printf("  evidence  %s\n", v->file ? v->file : "in the store, table soak_violation");
}

static void print_violations(const struct soak *s)
{
    unsigned shown = 0;
    store_each_soak_violation(s->store, s->run, violation_row, &shown);
    if (s->asked.violations > VIOLATIONS_SHOWN)
        printf("\n%" PRIu64 " violations; the first %d have their evidence in the store\n",
               s->asked.violations, SOAK_VIOLATIONS_MAX);
}

/* The implementations of a kind that did not play at all, on one line. */
static void print_absent(const struct soak *s, const struct scenario_kind *kind)
{
    bool any = false;
    for (size_t i = 0; i < s->campaign->count; i++) {
        const struct campaign_player *p = &s->campaign->players[i];
        if (p->kind != kind || sum_of(s, p).played)
            continue;
        if (!any)
            printf("  not at all: %s", kind->kind);
        printf(" %s", p->impl->name);
        any = true;
    }
    if (any)
        putchar('\n');
}

static void print_uncovered(const struct soak *s)
{
    size_t played = 0;
    for (size_t i = 0; i < s->count; i++)
        played += s->cases[i].total.slices > 0;
    printf("\nnot covered:\n  %zu of %zu cases (scenario x implementation x perturbation)\n",
           s->count - played, s->count);
    for (const struct scenario_kind *const *kind = scenario_kinds; *kind; kind++)
        print_absent(s, *kind);
    if (s->campaign->unseen)
        printf("  ThreadSanitizer cannot see into: %s\n", s->campaign->unseen);
    puts("  orders of memory that these CPUs do not show: contend model explores them");
}

void soak_report(struct soak *s)
{
    implementations_table(s);
    controls_table(s);
    print_violations(s);
    print_uncovered(s);
    printf("\nrun %" PRId64 ", seed %" PRIu64 ": %s of %s, resumed %" PRIu64 " times, %" PRIu64
           " slices, %" PRIu64 " operations, %" PRIu64 " violations\n"
           "the soak's own process: %.1f MB, %" PRIu64 " threads, %" PRIu64
           " descriptors at its start; %.1f MB, %" PRIu64 ", %" PRIu64 " now\n",
           s->run, s->seed, duration_format((double)s->asked.elapsed_ns).text,
           duration_format((double)s->asked.duration_ns).text, s->asked.resumed, s->asked.slices,
           s->operations, s->asked.violations, (double)s->own_first.holds[LEAK_MEMORY] / 1e6,
           s->own_first.holds[LEAK_THREADS], s->own_first.holds[LEAK_DESCRIPTORS],
           (double)s->own_last.holds[LEAK_MEMORY] / 1e6, s->own_last.holds[LEAK_THREADS],
           s->own_last.holds[LEAK_DESCRIPTORS]);
    if (soak_interrupted(s))
        puts("INTERRUPTED: contend soak --resume goes on");
}
