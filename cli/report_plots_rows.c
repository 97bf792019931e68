// SPDX-License-Identifier: MIT
/* The pictures with a row for each implementation: cost, wake-up, ratio. */
#include "cli/report_plots.h"

#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROW_PX = 22,
    AXIS_PX = 62,
    LIMIT_PX = 16,
    WAITS_MIN = 1000 /* for a p99 */
};

/* Of an axis, for the ratios behind the bars. */
static const double ratio_share = 0.22;

/* There is no room for many digits. */
static struct text ratio_text(double ratio)
{
    struct text least = {"<0.01×"};
    return ratio < 0.01 ? least : text_ratio(ratio);
}

/* The rows of a picture of one number each: where the dots stand and how far the bars go. */
struct row_data {
    const struct case_summary *c;
    double at, low, high;
};

/* rule: the axis reaches down to it; INFINITY: none. */
static void rows_write(struct sheet *s, const struct figure_subject *subject,
                       const struct row_data *rows, size_t n, double rule, sheet_spell *spell)
{
    double least = rule, most = 0;
    fprintf(s->data, "# row\timplementation\tvalue\tlow\thigh\tlinetype\ttext\n");
    for (size_t i = 0; i < n; i++) {
        double ratio = view_ratio(rows[i].c);
        least = fmin(least, rows[i].low);
        most = fmax(most, rows[i].high);
        fprintf(s->data, "%zu\t%s\t%.6g\t%.6g\t%.6g\t%zu\t%s\n", i, rows[i].c->impl, rows[i].at,
                rows[i].low, rows[i].high, view_hue(subject->kind, rows[i].c->impl) + 1,
                isfinite(ratio) ? ratio_text(ratio).text : "");
    }
    struct axis x = most / least > 20 ? axis_log(least, most) : axis_from_zero(most);
    x.high = x.log ? x.high * pow(x.high / x.low, ratio_share) : x.high * (1 + ratio_share);
    sheet_number(s, "rows", (double)n);
    sheet_axis(s, 'x', &x, spell);
    for (size_t i = 0; i < n; i++)
        sheet_name_tick(s, 'y', (double)i, rows[i].c->impl);
}

bool plot_cost(struct sheet *s, const struct figure_subject *subject)
{
    const struct view_panel *p = subject->panel;
    struct figure_subject at = *subject;
    at.group = &p->groups[0];
    const struct case_summary *cases[SHEET_ROWS_MAX];
    struct row_data rows[SHEET_ROWS_MAX];
    size_t left_out, n = plot_rows(&at, cases, &left_out);
    if (p->group_count != 1 || n == 0)
        return false;
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        struct interval ops = cases[i]->ops_per_second;
        double low = view_answer(p, ops.low), high = view_answer(p, ops.high);
        rows[i] = (struct row_data){cases[i], view_answer(p, ops.median), fmin(low, high),
                                    fmax(low, high)};
        most = fmax(most, rows[i].high);
    }
    double limit = subject->view->summary->limits[LIMIT_RMW_PAIR].ns;
    if (!p->asks_time || at.group->threads > 1 || !(limit > 0) || limit > most)
        limit = 0;
    s->figure->title = plot_leader(&at, at.group);
    char *detail = plot_left_out_note("bar: 95\u00a0%\u00a0interval", left_out);
    s->figure->conditions = plot_conditions(&at, at.group, detail);
    free(detail);
    s->figure->description =
        must_printf("%s of %zu implementations at %s. %s. %s", view_unit(p), n,
                    text_threads(at.group->threads).text, s->figure->title, p->head->question);
    sheet_titles(s, (unsigned)n * ROW_PX + AXIS_PX + LIMIT_PX);
    sheet_number(s, "limit_ns", limit);
    sheet_text(s, "unit", view_unit(p));
    rows_write(s, subject, rows, n, limit > 0 ? limit : INFINITY,
               p->asks_time ? text_duration : plot_spell_number);
    return true;
}

static int by_at(const void *a, const void *b)
{
    const struct row_data *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

bool plot_wake(struct sheet *s, const struct figure_subject *subject)
{
    const struct view_panel *p = subject->panel;
    struct figure_subject at = *subject;
    at.group = p->within ? p->within : p->beyond;
    const struct case_summary *cases[SHEET_ROWS_MAX];
    struct row_data rows[SHEET_ROWS_MAX];
    size_t left_out, seen = plot_rows(&at, cases, &left_out), n = 0;
    for (size_t i = 0; i < seen && p->asks_time && at.group->threads > 1; i++) {
        const struct histogram *h = &cases[i]->latency;
        if (h->total >= WAITS_MIN)
            rows[n++] = (struct row_data){cases[i], fmax(1, (double)histogram_quantile_ns(h, 0.5)),
                                          fmax(1, (double)histogram_quantile_ns(h, 0.5)),
                                          fmax(1, (double)histogram_quantile_ns(h, 0.99))};
    }
    if (n == 0)
        return false;
    qsort(rows, n, sizeof *rows, by_at);
    s->figure->title = n == 1
                           ? must_printf("Half within %s", text_duration(rows[0].at).text)
                           : must_printf("%s is there within %s half of the time, %s within %s",
                                         rows[0].c->impl, text_duration(rows[0].at).text,
                                         rows[n - 1].c->impl, text_duration(rows[n - 1].at).text);
    char *detail = plot_left_out_note("dot: median, bar to p99", left_out);
    s->figure->conditions = plot_conditions(&at, at.group, detail);
    free(detail);
    s->figure->description =
        must_printf("Median and 99th percentile at %s. %s. %s",
                    text_threads(at.group->threads).text, s->figure->title, p->head->question);
    sheet_titles(s, (unsigned)n * ROW_PX + AXIS_PX + LIMIT_PX);
    double futex_ns = subject->view->summary->limits[LIMIT_FUTEX_ROUND_TRIP].ns;
    sheet_number(s, "futex_ns",
                 futex_ns > rows[0].at && futex_ns < rows[n - 1].high ? futex_ns : 0);
    rows_write(s, subject, rows, n, INFINITY, text_duration);
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
    if (!g->reference || n < 2 || subject->panel->group_count == 1) /* the cost says it */
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
                r.low, r.high, bar_of(g, rows[i]), ratio_text(r.median).text);
        rows[shown++] = rows[i];
    }
    const char *reference = subject->kind->reference;
    if (!top)
        s->figure->title =
            must_printf("None of %zu is decidedly faster than %s", others, reference);
    else
        s->figure->title = must_printf("%zu of %zu beat %s, %s by %s", faster, others, reference,
                                       top->impl, text_ratio(view_ratio(top)).text);
    char *detail = plot_left_out_note("whisker: 95\u00a0%\u00a0interval", left_out);
    s->figure->conditions = plot_conditions(subject, g, detail);
    free(detail);
    s->figure->description =
        must_printf("Throughput as a multiple of %s at %s. %s.", subject->kind->reference,
                    text_threads(g->threads).text, s->figure->title);
    sheet_titles(s, (unsigned)shown * ROW_PX + AXIS_PX);
    sheet_number(s, "rows", (double)shown);
    struct axis x = {fmin(least / 1.15, 0.8), fmax(most * 1.15, 1.25), true};
    x.high *= pow(x.high / x.low, ratio_share); /* room for the numbers behind the whiskers */
    sheet_axis(s, 'x', &x, spell_ratio);
    for (size_t i = 0; i < shown; i++)
        sheet_name_tick(s, 'y', (double)i, rows[i]->impl);
    return true;
}
