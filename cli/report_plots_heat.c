// SPDX-License-Identifier: MIT
/* The pictures with a cell for each implementation and workload: who is good at what, what is kept when
   threads outnumber CPUs, who gets served. */
#include "cli/report_plots.h"

#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_PX = 22, CELL_PX = 44, NAMES_PX = 136, TOP_PX = 8, COLUMN_NAME_COLUMNS = 22 };

/* The value of an implementation in a panel, from 0 (bad) to 1; NaN: it has none. */
typedef double heat_value(const struct figure_subject *subject, const struct view_panel *p,
                          const char *impl);

struct heat_row {
    const char *impl;
    double worst, sum;
    const struct view_panel *where; /* the worst; NULL: none */
    size_t cells;
};

struct heat {
    const struct figure_subject *subject;
    heat_value *value;
    bool (*has)(const struct figure_subject *subject, const struct view_panel *p);
    struct heat_row *rows;
    size_t row_count, shown, columns;
};

static struct heat_row heat_row(const struct heat *h, const char *impl)
{
    struct heat_row row = {impl, INFINITY, 0, NULL, 0};
    const struct view_kind *kind = h->subject->kind;
    for (size_t p = 0; p < kind->panel_count; p++) {
        double value = h->has(h->subject, &kind->panels[p])
                           ? h->value(h->subject, &kind->panels[p], impl)
                           : NAN;
        if (!isfinite(value))
            continue;
        row.sum += value;
        row.cells++;
        if (value < row.worst) {
            row.worst = value;
            row.where = &kind->panels[p];
        }
    }
    return row;
}

static int by_worst(const void *a, const void *b)
{
    const struct heat_row *x = a, *y = b;
    return (x->worst > y->worst) - (x->worst < y->worst);
}

static int by_mean(const void *a, const void *b)
{
    const struct heat_row *x = a, *y = b;
    double p = x->sum / (double)x->cells, q = y->sum / (double)y->cells;
    return (p < q) - (p > q);
}

/* Rows in order, as many as a picture holds. False: nothing to show. */
static bool heat_make(struct heat *h, int (*order)(const void *, const void *))
{
    const struct view_kind *kind = h->subject->kind;
    h->rows = must_alloc(kind->impl_count * sizeof *h->rows);
    for (size_t i = 0; i < kind->impl_count; i++) {
        h->rows[h->row_count] = heat_row(h, kind->impls[i]);
        h->row_count += h->rows[h->row_count].where != NULL;
    }
    for (size_t p = 0; p < kind->panel_count; p++)
        h->columns += h->has(h->subject, &kind->panels[p]);
    qsort(h->rows, h->row_count, sizeof *h->rows, order);
    h->shown = h->row_count < SHEET_ROWS_MAX ? h->row_count : SHEET_ROWS_MAX;
    if (h->row_count == 0)
        free(h->rows);
    return h->row_count > 0;
}

static struct text spell_cell(double value)
{
    struct text t = {"–"};
    if (value > 0 && value < 0.005)
        snprintf(t.text, sizeof t.text, "<.01");
    else if (isfinite(value))
        snprintf(t.text, sizeof t.text, "%.2f", value);
    return t;
}

/* Room for the names under the columns, which are turned by 40 degrees. */
static unsigned column_names_px(const struct heat *h)
{
    static const double px_per_column = 8 * 0.643, least_px = 30;
    size_t longest = 0;
    for (size_t p = 0; p < h->subject->kind->panel_count; p++) {
        const struct view_panel *panel = &h->subject->kind->panels[p];
        size_t columns = text_columns(panel->head->workload);
        if (h->has(h->subject, panel) && columns > longest)
            longest = columns < COLUMN_NAME_COLUMNS ? columns : COLUMN_NAME_COLUMNS;
    }
    return (unsigned)(least_px + px_per_column * (double)longest);
}

/* After the title is known. Frees the rows. */
static void heat_write(struct sheet *s, struct heat *h, const char *what)
{
    const struct view_kind *kind = h->subject->kind;
    char *detail = plot_left_out_note(what, h->row_count - h->shown);
    s->figure->conditions = plot_conditions(h->subject, NULL, detail);
    free(detail);
    s->figure->description = must_printf("%zu implementations in %zu workloads: %s. %s.", h->shown,
                                         h->columns, what, s->figure->title);
    s->width = NAMES_PX + (unsigned)h->columns * CELL_PX + 12;
    s->width = s->width < SHEET_WIDTH ? SHEET_WIDTH : s->width;
    unsigned names_px = column_names_px(h);
    sheet_titles(s, (unsigned)h->shown * ROW_PX + names_px + TOP_PX);
    sheet_number(s, "names_px", names_px);
    sheet_number(s, "rows", (double)h->shown);
    sheet_number(s, "columns", (double)h->columns);
    fprintf(s->script, "array column_name[%zu]\n", h->columns);
    fprintf(s->data, "# row\tcolumn\timplementation\tworkload\tvalue\ttext\n");
    for (size_t p = 0, column = 0; p < kind->panel_count; p++) {
        const struct view_panel *panel = &kind->panels[p];
        if (!h->has(h->subject, panel))
            continue;
        for (size_t i = 0; i < h->shown; i++) {
            double value = h->value(h->subject, panel, h->rows[i].impl);
            fprintf(s->data, "%zu\t%zu\t%s\t%s\t%.4f\t%s\n", i, column, h->rows[i].impl,
                    panel->head->workload, isfinite(value) ? fmin(value, 1) : -1,
                    spell_cell(value).text);
        }
        char name[32];
        snprintf(name, sizeof name, "column_name[%zu]", ++column);
        sheet_text(s, name, text_shortened(panel->head->workload, COLUMN_NAME_COLUMNS).text);
    }
    for (size_t i = 0; i < h->shown; i++)
        sheet_name_tick(s, 'y', (double)i, h->rows[i].impl);
    free(h->rows);
}

static const struct view_group *leading(const struct view_panel *p)
{
    return p->within ? p->within : p->beyond;
}

static bool has_best(const struct figure_subject *subject, const struct view_panel *p)
{
    (void)subject;
    return leading(p)->best != NULL;
}

static double best_ops(const struct view *view, const struct view_group *g)
{
    double best = 0;
    for (size_t i = g->first; i < g->first + g->count; i++) {
        if (view_usable(&view->summary->cases[i]))
            best = fmax(best, view->summary->cases[i].ops_per_second.median);
    }
    return best;
}

static double share_of_best(const struct figure_subject *subject, const struct view_panel *p,
                            const char *impl)
{
    const struct case_summary *c = view_case(subject->view, leading(p), impl);
    return c ? c->ops_per_second.median / best_ops(subject->view, leading(p)) : NAN;
}

bool plot_profile(struct sheet *s, const struct figure_subject *subject)
{
    struct heat h = {.subject = subject, .value = share_of_best, .has = has_best};
    if (subject->kind->panel_count < 2 || !heat_make(&h, by_mean))
        return false;
    const struct heat_row *best = &h.rows[0];
    s->figure->title = must_printf("%s has %s of the best on average, at worst %s (%s)", best->impl,
                                   text_percent(best->sum / (double)best->cells).text,
                                   text_percent(best->worst).text, best->where->head->workload);
    heat_write(s, &h, "share of each workload's best throughput");
    return true;
}

static bool has_both(const struct figure_subject *subject, const struct view_panel *p)
{
    (void)subject;
    return p->within && p->beyond && p->within->threads > 1;
}

static double kept(const struct figure_subject *subject, const struct view_panel *p,
                   const char *impl)
{
    const struct case_summary *before = view_case(subject->view, p->within, impl);
    const struct case_summary *after = view_case(subject->view, p->beyond, impl);
    return before && after ? after->ops_per_second.median / before->ops_per_second.median : NAN;
}

bool plot_cliff(struct sheet *s, const struct figure_subject *subject)
{
    struct heat h = {.subject = subject, .value = kept, .has = has_both};
    if (!heat_make(&h, by_worst))
        return false;
    size_t fallen = 0;
    while (fallen < h.row_count && h.rows[fallen].worst < 0.5)
        fallen++;
    s->figure->title =
        fallen
            ? must_printf("%zu of %zu lose more than half of their throughput somewhere, %s "
                          "keeps %s",
                          fallen, h.row_count, h.rows[0].impl, text_percent(h.rows[0].worst).text)
            : must_printf("No cliff: every one keeps at least %s",
                          text_percent(h.rows[0].worst).text);
    heat_write(s, &h, "share kept with more threads than CPUs, worst first");
    return true;
}

static const struct view_group *side_of(const struct figure_subject *subject,
                                        const struct view_panel *p)
{
    const struct view_group *g = subject->beyond ? p->beyond : p->within;
    return g && g->threads > 1 ? g : NULL;
}

static bool has_side(const struct figure_subject *subject, const struct view_panel *p)
{
    return side_of(subject, p) != NULL;
}

static double fairness(const struct figure_subject *subject, const struct view_panel *p,
                       const char *impl)
{
    const struct case_summary *c = view_case(subject->view, side_of(subject, p), impl);
    return c ? c->fairness_min_max : NAN;
}

bool plot_fairness(struct sheet *s, const struct figure_subject *subject)
{
    struct heat h = {.subject = subject, .value = fairness, .has = has_side};
    if (!heat_make(&h, by_worst))
        return false;
    const struct heat_row *worst = &h.rows[0];
    s->figure->title = worst->worst < 0.5
                           ? must_printf("%s starves threads: the slowest gets %s of the fastest",
                                         worst->impl, text_percent(worst->worst).text)
                           : must_printf("Every thread gets at least %s of the fastest's share",
                                         text_percent(worst->worst).text);
    heat_write(s, &h,
               subject->beyond ? "slowest over fastest thread, more threads than CPUs"
                               : "slowest over fastest thread, a CPU each");
    return true;
}
