// SPDX-License-Identifier: MIT
/* A measured run on a terminal: the answer of every kind first, all throughputs where asked for. */
#include "cli/bench_output.h"

#include "cli/report_text.h"
#include "cli/report_view.h"
#include "support/fail.h"
#include "support/terminal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BAR_CELLS = 8, NAMES_MAX = 3 };

struct bar {
    char text[BAR_CELLS * 4 + 4];
};

/* A block for every doubling, in eighths; nothing at 1 and below. */
static struct bar bar_of(double ratio)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    double blocks = ratio > 1 ? fmin(log2(ratio), BAR_CELLS) : 0;
    unsigned units = (unsigned)lround(blocks * 8);
    struct bar b = {""};
    for (unsigned i = 0; i < units / 8; i++)
        strcat(b.text, "█");
    strcat(b.text, eighths[units % 8]);
    return b;
}

/* "54.9 % over tbb", or who else may be as fast. */
static void cell_sureness(struct table *t, const struct view *v, const struct view_group *g)
{
    if (g->decided) {
        table_cell(t, CELL_GOOD, "%s over %s", text_percent(g->margin).text, g->second->impl);
        return;
    }
    if (g->pack < 2) {
        table_cell(t, CELL_FAINT, "%s%s", g->second ? "undecided over " : "the only one",
                   g->second ? g->second->impl : "");
        return;
    }
    char *names = must_printf("or ");
    size_t named = 0;
    for (size_t i = g->first; i < g->first + g->count && named < NAMES_MAX; i++) {
        const struct case_summary *c = &v->summary->cases[i];
        if (c == g->best || !view_in_pack(v, c))
            continue;
        char *longer = must_printf("%s%s%s", names, named++ ? ", " : "", c->impl);
        free(names);
        names = longer;
    }
    if (g->pack > named + 1)
        table_cell(t, CELL_FAINT, "%s, %zu more", names, g->pack - 1 - named);
    else
        table_cell(t, CELL_FAINT, "%s", names);
    free(names);
}

static void answer_row(struct table *t, const struct view *v, const struct view_panel *p,
                       const struct view_group *g, bool bars)
{
    const struct case_summary *best = g->best;
    double ops = best ? best->ops_per_second.median : NAN, ratio = best ? view_ratio(best) : NAN;
    table_cell(t, CELL_PLAIN, "%s", p->head->workload);
    table_cell(t, g->oversubscribed ? CELL_WARN : CELL_PLAIN, "%u", g->threads);
    table_cell(t, best ? CELL_STRONG : CELL_FAINT, "%s", best ? best->impl : "-");
    if (!best)
        table_cell(t, CELL_FAINT, "-");
    else if (p->asks_time)
        table_cell(t, CELL_PLAIN, "%s", text_duration(view_answer(p, ops)).text);
    else
        table_cell(t, CELL_PLAIN, "%s M/s", text_number(ops / 1e6).text);
    table_cell(t, CELL_PLAIN, "%s", text_ratio(ratio).text);
    if (bars)
        table_cell(t, CELL_PLAIN, "%s", bar_of(ratio).text);
    if (best)
        cell_sureness(t, v, g);
    else
        table_cell(t, CELL_FAINT, "no clean trial");
}

static void print_answer(const struct view *v, const struct view_kind *k, bool bars)
{
    char *ratio = must_printf("× %s", k->reference ? k->reference : "reference");
    const struct table_column with[] = {{k->name, COLUMN_LEFT},      {"threads", COLUMN_RIGHT},
                                        {"fastest", COLUMN_LEFT},    {"result", COLUMN_RIGHT},
                                        {ratio, COLUMN_RIGHT},       {"", COLUMN_LEFT},
                                        {"by how much", COLUMN_LEFT}};
    const struct table_column without[] = {with[0], with[1], with[2], with[3], with[4], with[6]};
    struct table *t = bars ? table_make(with, sizeof with / sizeof *with)
                           : table_make(without, sizeof without / sizeof *without);
    for (size_t p = 0; p < k->panel_count; p++)
        for (size_t g = 0; g < k->panels[p].group_count; g++)
            answer_row(t, v, &k->panels[p], &k->panels[p].groups[g], bars);
    table_print(t, stdout);
    table_free(t);
    free(ratio);
    struct view_floor floor = view_safest(v, k);
    if (floor.impl && floor.where && strcmp(floor.impl, k->reference) != 0)
        printf("safe everywhere: %s, never below %s\n", floor.impl, text_ratio(floor.ratio).text);
    putchar('\n');
}

static void print_table(const struct view *v, const struct view_kind *k)
{
    size_t groups = 0, n = 0;
    for (size_t p = 0; p < k->panel_count; p++)
        groups += k->panels[p].group_count;
    struct table_column *columns = must_alloc((groups + 1) * sizeof *columns);
    columns[n++] = (struct table_column){k->name, COLUMN_LEFT};
    for (size_t p = 0; p < k->panel_count; p++)
        for (size_t g = 0; g < k->panels[p].group_count; g++)
            columns[n++] = (struct table_column){
                must_printf("%s %u", k->panels[p].head->workload, k->panels[p].groups[g].threads),
                COLUMN_RIGHT};
    struct table *t = table_make(columns, n);
    for (size_t i = 0; i < k->impl_count; i++) {
        table_cell(t, CELL_PLAIN, "%s", k->impls[i]);
        for (size_t p = 0; p < k->panel_count; p++) {
            for (size_t g = 0; g < k->panels[p].group_count; g++) {
                const struct case_summary *c = view_case(v, &k->panels[p].groups[g], k->impls[i]);
                if (c)
                    table_cell(t, view_in_pack(v, c) ? CELL_STRONG : CELL_PLAIN, "%.3g",
                               c->ops_per_second.median / 1e6);
                else
                    table_cell(t, CELL_FAINT, "-");
            }
        }
    }
    table_print(t, stdout);
    table_free(t);
    putchar('\n');
    for (size_t column = 1; column < n; column++)
        free((char *)(uintptr_t)columns[column].title);
    free(columns);
}

static void print_twins(const struct summary *s)
{
    for (size_t i = 0; i < s->twin_count; i++) {
        char *text = bench_twin_text(&s->twins[i]);
        printf("A/A %s: %s\n", s->twins[i].name, text);
        free(text);
    }
}

void bench_print_answer(const struct summary *s, bool tables)
{
    struct view *v = view_make(s);
    bool bars = terminal_has_colour(stdout);
    tables = tables || v->kind_count == 1;
    if (bars)
        puts("bar: a block for every doubling of the reference's throughput\n");
    for (size_t k = 0; k < v->kind_count; k++)
        print_answer(v, &v->kinds[k], bars);
    if (tables)
        puts("million operations per second, medians; the number after a workload: threads\n");
    for (size_t k = 0; k < v->kind_count && tables; k++)
        print_table(v, &v->kinds[k]);
    print_twins(s);
    printf("%u trials, %u discarded as contaminated; seed %llu; %s %.1f ns\n", s->trials,
           s->discarded, (unsigned long long)s->seed, s->limits[LIMIT_RMW_PAIR].what,
           s->limits[LIMIT_RMW_PAIR].ns);
    view_free(v);
}
