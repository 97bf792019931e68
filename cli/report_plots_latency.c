// SPDX-License-Identifier: MIT
/* The pictures of waits and of CPU time: percentiles on an axis of nines, points. */
#include "cli/report_plots.h"

#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Beyond a percentile there must be this many waits, or it is chance. */
static const double tail_min = 10;
static const double nines_low = 0.30103, nines_high = 4; /* p50 to p99.99 */

static double wait_ns(const struct case_summary *c, double nines)
{
    double tail = pow(10, -nines);
    if ((double)c->latency.total * tail < tail_min * 0.999)
        return NAN;
    return (double)histogram_quantile_ns(&c->latency, 1 - tail);
}

static char *latency_title(const struct figure_subject *subject, const struct plot_pick *picks,
                           size_t n)
{
    static const struct {
        double nines;
        const char *name;
    } rows[] = {{3, "p99.9"}, {2, "p99"}, {1, "p90"}, {0.30103, "median"}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const struct case_summary *least = NULL, *most = NULL;
        for (size_t i = 0; i < n; i++) {
            const struct case_summary *c = view_case(subject->view, subject->group, picks[i].impl);
            double ns = c ? wait_ns(c, rows[r].nines) : NAN;
            if (!isfinite(ns))
                continue;
            if (!least || ns < wait_ns(least, rows[r].nines))
                least = c;
            if (!most || ns > wait_ns(most, rows[r].nines))
                most = c;
        }
        if (least && least != most)
            return must_printf("%s wait: %s %s, %s %s", rows[r].name, least->impl,
                               text_duration(wait_ns(least, rows[r].nines)).text, most->impl,
                               text_duration(wait_ns(most, rows[r].nines)).text);
    }
    return must_printf("Too few waits seen to compare");
}

/* What the machine needs anyway, a line across, named among the labels. */
static void latency_rule(struct sheet *s, const char *variable, const char *name, double ns,
                         const struct axis *y, struct label *labels, size_t *n)
{
    bool within = ns > y->low && ns < y->high;
    sheet_number(s, variable, within ? ns : 0);
    if (within)
        labels[(*n)++] = (struct label){1, axis_fraction(y, ns), name, VIEW_FEATURED, false};
}

static void latency_rules(struct sheet *s, const struct figure_subject *subject,
                          const struct axis *y, struct label *labels, size_t *n)
{
    const char *hz = text_fact(subject->view->summary, "tick_hz");
    double tick_hz = hz ? strtod(hz, NULL) : 0;
    double futex_ns = subject->view->summary->limits[LIMIT_FUTEX_ROUND_TRIP].ns;
    latency_rule(s, "tick_ns", "scheduler tick", tick_hz > 0 ? 1e9 / tick_hz : 0, y, labels, n);
    latency_rule(s, "futex_ns", "futex round trip", futex_ns, y, labels, n);
}

bool plot_latency(struct sheet *s, const struct figure_subject *subject)
{
    struct plot_pick picks[VIEW_FEATURED];
    const struct view_group *g = subject->group;
    size_t n = plot_pick(subject, g, 1, g->best, NULL, picks), shown = 0;
    double range[2] = {INFINITY, 0};
    struct label ends[SHEET_LABELS_MAX];
    fprintf(s->data, "# implementation\tnines\twait_ns\n");
    for (size_t i = 0; i < n && g->threads > 1 && !subject->panel->asks_time; i++) {
        const struct case_summary *c = view_case(subject->view, g, picks[i].impl);
        struct label end = {.text = NULL};
        for (double nines = nines_low; nines < nines_high + 0.01;
             nines = floor(nines * 10 + 1.01) / 10) {
            double ns = wait_ns(c, nines);
            if (!isfinite(ns))
                break;
            ns = fmax(ns, 1); /* below the clock's step: the log axis needs a place for it */
            fprintf(s->data, "%s\t%.3f\t%.0f\n", c->impl, nines, ns);
            plot_range_add(range, ns);
            end = (struct label){nines, ns, c->impl, picks[i].hue, picks[i].strong};
        }
        if (!end.text)
            continue;
        fprintf(s->data, "\n\n");
        picks[shown] = picks[i];
        ends[shown++] = end;
    }
    if (shown == 0)
        return false;
    struct axis x = {nines_low, nines_high, false}, y = axis_log(range[0], range[1]);
    for (size_t i = 0; i < shown; i++) {
        ends[i].x = axis_fraction(&x, ends[i].x);
        ends[i].y = axis_fraction(&y, ends[i].y);
    }
    s->figure->title = latency_title(subject, picks, shown);
    s->figure->conditions = plot_conditions(subject, g, "every round merged");
    s->figure->description = must_printf("Percentiles of the time to acquire at %s. %s.",
                                         text_threads(g->threads).text, s->figure->title);
    sheet_titles(s, PLOT_LINES_PX);
    size_t labels = shown;
    latency_rules(s, subject, &y, ends, &labels);
    plot_lines(s, picks, shown);
    sheet_axis(s, 'y', &y, text_duration);
    sheet_labels(s, ends, labels, PLOT_LINES_INNER_PX);
    return true;
}

static char *cpu_title(const struct view_group *g, const struct case_summary *thrifty)
{
    if (!g->best || g->best == thrifty)
        return must_printf("%s does the most for its CPU time: %s per operation", thrifty->impl,
                           text_duration(thrifty->cpu_ns_per_op).text);
    return must_printf(
        "%s burns %s the CPU per operation of %s, for %s the work", g->best->impl,
        text_ratio(g->best->cpu_ns_per_op / thrifty->cpu_ns_per_op).text, thrifty->impl,
        text_ratio(g->best->ops_per_second.median / thrifty->ops_per_second.median).text);
}

bool plot_cpu(struct sheet *s, const struct figure_subject *subject)
{
    const struct view_panel *p = subject->panel;
    const struct view_group *g = p->beyond ? p->beyond : p->within; /* where waiting costs most */
    const struct case_summary *cases = subject->view->summary->cases, *thrifty = NULL;
    double work[2] = {INFINITY, 0}, burnt[2] = {INFINITY, 0};
    for (size_t i = g->first; i < g->first + g->count && g->threads > 1; i++) {
        if (!view_usable(&cases[i]) || !(cases[i].cpu_ns_per_op > 0))
            continue;
        plot_range_add(work, cases[i].ops_per_second.median / 1e6);
        plot_range_add(burnt, cases[i].cpu_ns_per_op);
        if (!thrifty || cases[i].cpu_ns_per_op < thrifty->cpu_ns_per_op)
            thrifty = &cases[i];
    }
    if (!thrifty)
        return false;
    struct axis x = axis_log(work[0], work[1]), y = axis_log(burnt[0], burnt[1]);
    struct plot_pick picks[VIEW_FEATURED];
    size_t n = plot_pick(subject, g, 1, g->best, thrifty, picks), named = 0;
    struct label labels[VIEW_FEATURED];
    fprintf(s->data, "# implementation\tmillion_ops_per_second\tcpu_ns_per_op\tlinetype\tstrong\n");
    for (size_t i = g->first; i < g->first + g->count; i++) {
        const struct case_summary *c = &cases[i];
        if (!view_usable(c) || !(c->cpu_ns_per_op > 0))
            continue;
        size_t k = 0;
        while (k < n && strcmp(picks[k].impl, c->impl) != 0)
            k++;
        struct label point = {axis_fraction(&x, c->ops_per_second.median / 1e6),
                              axis_fraction(&y, c->cpu_ns_per_op), c->impl,
                              k < n ? picks[k].hue : VIEW_FEATURED, k < n && picks[k].strong};
        if (k < n)
            labels[named++] = point;
        fprintf(s->data, "%s\t%.6g\t%.6g\t%zu\t%d\n", c->impl, c->ops_per_second.median / 1e6,
                c->cpu_ns_per_op, point.hue + 1, point.strong);
    }
    s->figure->title = cpu_title(g, thrifty);
    s->figure->conditions = plot_conditions(subject, g, "medians, log scales");
    s->figure->description = must_printf("CPU time per operation against throughput at %s. %s.",
                                         text_threads(g->threads).text, s->figure->title);
    sheet_titles(s, PLOT_LINES_PX);
    sheet_axis(s, 'x', &x, plot_spell_number);
    sheet_axis(s, 'y', &y, text_duration);
    sheet_labels(s, labels, named, PLOT_LINES_INNER_PX);
    return true;
}
