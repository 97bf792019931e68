// SPDX-License-Identifier: MIT
/* The pictures with a row for each implementation: cost, ratio, fairness. */
#include "cli/report_plots.h"

#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROW_PX = 22,
    AXIS_PX = 62,
    LIMIT_PX = 16,
    CELL_PX = 44,
    NAMES_PX = 136,
    COLUMN_NAMES_PX = 150,
    COLUMN_NAME_COLUMNS = 22
};

static char *left_out_note(const char *detail, size_t left_out)
{
    return left_out ? must_printf("%s · %zu more in the table", detail, left_out)
                    : must_printf("%s", detail);
}

/* What the ops interval means for the wall time of one operation in one thread. */
static double cost_ns(double ops_per_second, unsigned threads)
{
    return ops_per_second > 0 ? 1e9 * threads / ops_per_second : NAN;
}

bool plot_cost(struct sheet *s, const struct figure_subject *subject)
{
    const struct view_panel *p = subject->panel;
    struct figure_subject at = *subject;
    at.group = &p->groups[0];
    const struct case_summary *rows[SHEET_ROWS_MAX];
    size_t left_out, n = plot_rows(&at, rows, &left_out);
    if (p->group_count != 1 || n == 0)
        return false;
    double least = INFINITY, most = 0;
    fprintf(s->data, "# row\timplementation\tns_per_op\tlow\thigh\tlinetype\n");
    for (size_t i = 0; i < n; i++) {
        struct interval ops = rows[i]->ops_per_second;
        double high = cost_ns(ops.low, rows[i]->threads);
        least = fmin(least, cost_ns(ops.high, rows[i]->threads));
        most = fmax(most, high);
        fprintf(s->data, "%zu\t%s\t%.6g\t%.6g\t%.6g\t%zu\n", i, rows[i]->impl,
                cost_ns(ops.median, rows[i]->threads), cost_ns(ops.high, rows[i]->threads), high,
                view_hue(subject->kind, rows[i]->impl) + 1);
    }
    double limit = subject->view->summary->limits[LIMIT_RMW_PAIR].ns;
    if (at.group->threads > 1 || !(limit > 0) || limit > most)
        limit = 0;
    char *leader = plot_leader(&at, at.group);
    s->figure->title = must_printf("%s", leader);
    free(leader);
    char *detail = left_out_note("bar: 95 % interval", left_out);
    s->figure->conditions = plot_conditions(&at, at.group, detail);
    free(detail);
    s->figure->description =
        must_printf("Nanoseconds per operation of %zu implementations at %s. %s. %s", n,
                    text_threads(at.group->threads).text, s->figure->title, p->head->question);
    sheet_titles(s, (unsigned)n * ROW_PX + AXIS_PX + LIMIT_PX);
    sheet_number(s, "rows", (double)n);
    sheet_number(s, "limit_ns", limit);
    struct axis x = most / least > 20 ? axis_log(least, most) : axis_from_zero(most);
    sheet_axis(s, 'x', &x, plot_spell_number);
    for (size_t i = 0; i < n; i++)
        sheet_name_tick(s, 'y', (double)i, rows[i]->impl);
    return true;
}

static struct text spell_ratio(double value)
{
    struct text t;
    snprintf(t.text, sizeof t.text, "%.6g×", value);
    return t;
}

/* How a bar is filled; ratio.gp draws one pass for each. */
enum { BAR_REFERENCE, BAR_BEST, BAR_DECIDED, BAR_UNDECIDED };

static int bar_of(const struct view_group *g, const struct case_summary *c)
{
    if (c == g->reference)
        return BAR_REFERENCE;
    if (c->verdict == VERDICT_UNDECIDED || c->verdict == VERDICT_TIE)
        return BAR_UNDECIDED;
    return c == g->best && g->decided ? BAR_BEST : BAR_DECIDED;
}

static int by_ratio(const void *a, const void *b)
{
    const struct case_summary *const *x = a, *const *y = b;
    double p = view_ratio(*x), q = view_ratio(*y);
    return (p < q) - (p > q);
}

bool plot_ratio(struct sheet *s, const struct figure_subject *subject)
{
    const struct view_group *g = subject->group;
    const struct case_summary *rows[SHEET_ROWS_MAX];
    size_t left_out, n = plot_rows(subject, rows, &left_out), faster = 0, others = 0, shown = 0;
    if (!g->reference || n < 2)
        return false;
    const struct case_summary *top = NULL; /* of those decided to be faster */
    for (size_t i = g->first; i < g->first + g->count; i++) {
        const struct case_summary *c = &subject->view->summary->cases[i];
        others += c != g->reference && view_usable(c);
        if (!view_usable(c) || c->verdict != VERDICT_FASTER)
            continue;
        faster++;
        if (!top || view_ratio(c) > view_ratio(top))
            top = c;
    }
    qsort(rows, n, sizeof *rows, by_ratio);
    double least = 1, most = 1;
    fprintf(s->data, "# row\timplementation\tratio\tlow\thigh\tfill\ttext\n");
    for (size_t i = 0; i < n; i++) {
        struct interval r = rows[i]->ratio;
        if (rows[i] == g->reference)
            r = (struct interval){1, 1, 1};
        if (!(r.low > 0) || !isfinite(r.high))
            continue;
        least = fmin(least, r.low);
        most = fmax(most, r.high);
        fprintf(s->data, "%zu\t%s\t%.6g\t%.6g\t%.6g\t%d\t%s\n", shown, rows[i]->impl, r.median,
                r.low, r.high, bar_of(g, rows[i]), text_ratio(r.median).text);
        rows[shown++] = rows[i];
    }
    const char *reference = subject->kind->reference;
    if (!top)
        s->figure->title =
            must_printf("None of %zu is decidedly faster than %s", others, reference);
    else
        s->figure->title = must_printf("%zu of %zu beat %s, %s by %s", faster, others, reference,
                                       top->impl, text_ratio(view_ratio(top)).text);
    char *detail = left_out_note("whisker: 95 % interval", left_out);
    s->figure->conditions = plot_conditions(subject, g, detail);
    free(detail);
    s->figure->description =
        must_printf("Throughput as a multiple of %s at %s. %s.", subject->kind->reference,
                    text_threads(g->threads).text, s->figure->title);
    sheet_titles(s, (unsigned)shown * ROW_PX + AXIS_PX);
    sheet_number(s, "rows", (double)shown);
    struct axis x = {fmin(least / 1.15, 0.8), fmax(most * 1.15, 1.25), true};
    x.high *= pow(x.high / x.low, 0.22); /* room for the numbers behind the whiskers */
    sheet_axis(s, 'x', &x, spell_ratio);
    for (size_t i = 0; i < shown; i++)
        sheet_name_tick(s, 'y', (double)i, rows[i]->impl);
    return true;
}

struct fairness_row {
    const char *impl;
    double worst;
    const struct case_summary *where;
};

static int by_worst(const void *a, const void *b)
{
    const struct fairness_row *x = a, *y = b;
    return (x->worst > y->worst) - (x->worst < y->worst);
}

static const struct view_group *side_of(const struct view_panel *p, bool beyond)
{
    const struct view_group *g = beyond ? p->beyond : p->within;
    return g && g->threads > 1 ? g : NULL;
}

static struct fairness_row fairness_row(const struct figure_subject *subject, const char *impl)
{
    struct fairness_row row = {impl, INFINITY, NULL};
    for (size_t p = 0; p < subject->kind->panel_count; p++) {
        const struct view_group *g = side_of(&subject->kind->panels[p], subject->beyond);
        const struct case_summary *c = g ? view_case(subject->view, g, impl) : NULL;
        if (c && c->fairness_min_max < row.worst) {
            row.worst = c->fairness_min_max;
            row.where = c;
        }
    }
    return row;
}

bool plot_fairness(struct sheet *s, const struct figure_subject *subject)
{
    const struct view_kind *kind = subject->kind;
    struct fairness_row *rows = must_alloc(kind->impl_count * sizeof *rows);
    size_t measured = 0, columns = 0;
    for (size_t i = 0; i < kind->impl_count; i++) {
        rows[measured] = fairness_row(subject, kind->impls[i]);
        measured += rows[measured].where != NULL;
    }
    qsort(rows, measured, sizeof *rows, by_worst);
    size_t n = measured < SHEET_ROWS_MAX ? measured : SHEET_ROWS_MAX;
    const struct view_group *any = NULL;
    fprintf(s->data, "# row\tcolumn\timplementation\tworkload\tmin_max\ttext\n");
    for (size_t p = 0; p < kind->panel_count; p++) {
        const struct view_group *g = side_of(&kind->panels[p], subject->beyond);
        if (!g)
            continue;
        any = g;
        for (size_t i = 0; i < n; i++) {
            const struct case_summary *c = view_case(subject->view, g, rows[i].impl);
            double value = c ? c->fairness_min_max : NAN;
            struct text text = {"–"};
            if (isfinite(value))
                snprintf(text.text, sizeof text.text, "%.2f", value);
            fprintf(s->data, "%zu\t%zu\t%s\t%s\t%.4f\t%s\n", i, columns, rows[i].impl,
                    kind->panels[p].head->workload, isfinite(value) ? value : -1, text.text);
        }
        columns++;
    }
    if (n == 0) {
        free(rows);
        return false;
    }
    const struct case_summary *worst = rows[0].where;
    s->figure->title = worst->fairness_min_max < 0.5
                           ? must_printf("%s starves threads: the slowest gets %s of the fastest",
                                         worst->impl, text_percent(worst->fairness_min_max).text)
                           : must_printf("Every thread gets at least %s of the fastest's share",
                                         text_percent(worst->fairness_min_max).text);
    char *detail = left_out_note(
        subject->beyond ? "least fair first, oversubscribed" : "least fair first", measured - n);
    s->figure->conditions = plot_conditions(subject, any, detail);
    free(detail);
    s->figure->description =
        must_printf("Fairness of %zu implementations in %zu workloads. %s (%s).", n, columns,
                    s->figure->title, worst->workload);
    s->width = NAMES_PX + (unsigned)columns * CELL_PX + 12;
    s->width = s->width < SHEET_WIDTH ? SHEET_WIDTH : s->width;
    sheet_titles(s, (unsigned)n * ROW_PX + COLUMN_NAMES_PX);
    sheet_number(s, "rows", (double)n);
    sheet_number(s, "columns", (double)columns);
    for (size_t i = 0; i < n; i++)
        sheet_name_tick(s, 'y', (double)i, rows[i].impl);
    fprintf(s->script, "array column_name[%zu]\n", columns);
    for (size_t p = 0, at = 0; p < kind->panel_count; p++) {
        char name[32];
        if (!side_of(&kind->panels[p], subject->beyond))
            continue;
        snprintf(name, sizeof name, "column_name[%zu]", ++at);
        sheet_text(s, name,
                   text_shortened(kind->panels[p].head->workload, COLUMN_NAME_COLUMNS).text);
    }
    free(rows);
    return true;
}
