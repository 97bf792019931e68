// SPDX-License-Identifier: MIT
#include "cli/report_plots.h"

#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct text plot_spell_number(double value)
{
    struct text t;
    snprintf(t.text, sizeof t.text, "%.6g", value);
    return t;
}

void plot_range_add(double range[2], double value)
{
    if (isfinite(value) && value > 0) {
        range[0] = fmin(range[0], value);
        range[1] = fmax(range[1], value);
    }
}

char *plot_left_out_note(const char *detail, size_t left_out)
{
    return left_out ? must_printf("%s · %zu more in the table", detail, left_out)
                    : must_printf("%s", detail);
}

bool plot_picked(const struct plot_pick *picks, size_t n, const char *impl)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(picks[i].impl, impl) == 0)
            return true;
    }
    return false;
}

static void insist(const struct view_kind *kind, const struct case_summary *c,
                   struct plot_pick picks[VIEW_FEATURED], size_t *n)
{
    if (!c || plot_picked(picks, *n, c->impl))
        return;
    size_t at = *n;
    if (*n == VIEW_FEATURED)
        while (at > 1 && picks[--at].strong)
            ;
    else
        ++*n;
    picks[at] = (struct plot_pick){c->impl, view_hue(kind, c->impl), false};
}

size_t plot_pick(const struct figure_subject *subject, const struct view_group *groups,
                 size_t group_count, const struct case_summary *best,
                 const struct case_summary *must, struct plot_pick picks[VIEW_FEATURED])
{
    const struct view_kind *kind = subject->kind;
    size_t n = 0;
    for (size_t hue = 0; hue < VIEW_FEATURED; hue++) {
        bool usable = false;
        for (size_t i = 0; i < group_count && kind->featured[hue]; i++)
            usable = usable || view_case(subject->view, &groups[i], kind->featured[hue]);
        if (usable)
            picks[n++] = (struct plot_pick){kind->featured[hue], hue, hue == 0};
    }
    insist(kind, best, picks, &n);
    for (size_t i = 0; i < n; i++)
        picks[i].strong = picks[i].strong || (best && strcmp(picks[i].impl, best->impl) == 0);
    insist(kind, must, picks, &n);
    return n;
}

void plot_lines(struct sheet *s, const struct plot_pick *picks, size_t n)
{
    sheet_number(s, "lines", (double)n);
    fprintf(s->script, "line_hue = \"");
    for (size_t i = 0; i < n; i++)
        fprintf(s->script, "%zu ", picks[i].hue + 1);
    fprintf(s->script, "\"\nline_strong = \"");
    for (size_t i = 0; i < n; i++)
        fprintf(s->script, "%d ", picks[i].strong);
    fprintf(s->script, "\"\n");
}

static int by_throughput(const void *a, const void *b)
{
    const struct case_summary *x = *(const struct case_summary *const *)a;
    const struct case_summary *y = *(const struct case_summary *const *)b;
    double p = x->ops_per_second.median, q = y->ops_per_second.median;
    return (p < q) - (p > q);
}

size_t plot_rows(const struct figure_subject *subject, const struct case_summary *rows[],
                 size_t *left_out)
{
    const struct view_group *g = subject->group;
    const struct case_summary **all = must_alloc(g->count * sizeof *all);
    size_t usable = 0, n = 0, reference = VIEW_NONE;
    for (size_t i = g->first; i < g->first + g->count; i++) {
        if (view_usable(&subject->view->summary->cases[i]))
            all[usable++] = &subject->view->summary->cases[i];
    }
    qsort(all, usable, sizeof *all, by_throughput);
    for (size_t i = 0; i < usable; i++) {
        if (all[i] == g->reference)
            reference = i;
        if (n < SHEET_ROWS_MAX)
            rows[n++] = all[i];
    }
    if (reference != VIEW_NONE && reference >= n)
        rows[n - 1] = all[reference];
    *left_out = usable - n;
    free(all);
    return n;
}

char *plot_conditions(const struct figure_subject *subject, const struct view_group *group,
                      const char *detail)
{
    char *machine = text_machine(subject->view->summary, subject->view->cpus);
    const struct case_summary *head = subject->panel ? subject->panel->head : NULL;
    char *what =
        must_printf("%s%s%s", subject->kind->name, head ? "/" : "", head ? head->workload : "");
    if (head && (head->hold_ns || head->think_ns)) {
        char *longer =
            must_printf("%s · hold %s, think %s", what, text_duration(head->hold_ns).text,
                        text_duration(head->think_ns).text);
        free(what);
        what = longer;
    }
    char *all = must_printf("%s%s%s · %s%s%s\n%s%s", what, group ? " · " : "",
                            group ? text_threads(group->threads).text : "",
                            head ? head->placement : subject->kind->panels->head->placement,
                            detail ? " · " : "", detail ? detail : "", machine,
                            subject->view->summary->status == RUN_DONE ? "" : " · PARTIAL RUN");
    free(what);
    free(machine);
    return all;
}

char *plot_leader(const struct figure_subject *subject, const struct view_group *group)
{
    const struct case_summary *best = group->best, *second = group->second;
    const char *threads = group->threads == 1 ? "thread" : "threads";
    if (!best)
        return must_printf("No clean result at %u %s", group->threads, threads);
    char against[128] = "";
    if (best != group->reference && group->reference && isfinite(view_ratio(best)))
        snprintf(against, sizeof against, ": %s %s", text_ratio(view_ratio(best)).text,
                 text_shortened(subject->kind->reference, SHEET_NAME_COLUMNS).text);
    if (best == group->reference && group->decided)
        return must_printf("Nothing beats %s at %u %s", best->impl, group->threads, threads);
    if (group->decided || !second)
        return must_printf("%s leads at %u %s%s", best->impl, group->threads, threads, against);
    return must_printf("%s or %s at %u %s, undecided%s", best->impl, second->impl, group->threads,
                       threads, against);
}
