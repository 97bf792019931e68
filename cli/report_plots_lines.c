// SPDX-License-Identifier: MIT
/* The pictures with lines and points: throughput, latency, CPU time. */
#include "cli/report_plots.h"

#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PLOT_HEIGHT = 300,
    PLOT_INNER_HEIGHT = 222, /* as the scripts' margins leave */
};
enum { MUTED_MAX = 40 }; /* more grey lines are a grey area */

/* An axis must start at 0 to show proportions, unless that hides the cliff. */
static const double cliff = 8;

static void range_add(double range[2], double value)
{
    if (isfinite(value) && value > 0) {
        range[0] = fmin(range[0], value);
        range[1] = fmax(range[1], value);
    }
}

/* Adds a case to a block of data: where it stands on the x axis, and the panel's answer. */
static void answer_point(struct sheet *s, const struct view_panel *p, const struct case_summary *c,
                         double x, double range[2], struct label *end)
{
    double at = view_answer(p, c->ops_per_second.median);
    double low = view_answer(p, c->ops_per_second.low),
           high = view_answer(p, c->ops_per_second.high);
    fprintf(s->data, "%s\t%.6g\t%.6g\t%.6g\t%.6g\n", c->impl, x, at, fmin(low, high),
            fmax(low, high));
    range_add(range, low);
    range_add(range, at);
    range_add(range, high);
    *end = (struct label){.x = x, .y = at, .text = c->impl};
}

/* One block of data: an implementation over the groups of its panel. */
static void throughput_block(struct sheet *s, const struct figure_subject *subject,
                             const char *impl, double range[2], struct label *end)
{
    for (size_t i = 0; i < subject->panel->group_count; i++) {
        const struct view_group *g = &subject->panel->groups[i];
        const struct case_summary *c = view_case(subject->view, g, impl);
        if (c)
            answer_point(s, subject->panel, c, g->threads, range, end);
    }
    fprintf(s->data, "\n\n");
}

/* One block of data: an implementation over the panels of a sweep, by the number of each. */
static void sweep_block(struct sheet *s, const struct figure_subject *subject, const char *impl,
                        double range[2], struct label *end)
{
    const struct view_sweep *w = &subject->kind->sweep;
    for (size_t i = 0; i < w->count; i++) {
        size_t stem;
        const struct view_group *g = view_group_of(&w->panels[i], w->threads);
        const struct case_summary *c = view_case(subject->view, g, impl);
        if (c)
            answer_point(s, w->panels, c, view_suffix(c->workload, &stem), range, end);
    }
    fprintf(s->data, "\n\n");
}

/* What the lines of throughput and sweep have in common. */
struct lines {
    struct plot_pick picks[VIEW_FEATURED];
    struct label ends[VIEW_FEATURED];
    size_t picked, muted;
    double range[2];
};
typedef void line_block(struct sheet *s, const struct figure_subject *subject, const char *impl,
                        double range[2], struct label *end);

static void lines_write(struct sheet *s, const struct figure_subject *subject, line_block *block,
                        struct lines *l)
{
    const struct view_kind *kind = subject->kind;
    struct label unused;
    l->range[0] = INFINITY;
    fprintf(s->data, "# implementation\tx\tanswer\tlow\thigh\n");
    for (size_t i = 0; i < kind->impl_count && kind->impl_count <= MUTED_MAX; i++) {
        if (!plot_picked(l->picks, l->picked, kind->impls[i])) {
            block(s, subject, kind->impls[i], l->range, &unused);
            l->muted++;
        }
    }
    for (size_t i = 0; i < l->picked; i++) {
        block(s, subject, l->picks[i].impl, l->range, &l->ends[i]);
        l->ends[i].hue = l->picks[i].hue;
        l->ends[i].strong = l->picks[i].strong;
    }
}

/* After the titles; ticks of x are the caller's. */
static void lines_axes(struct sheet *s, struct lines *l, const struct axis *x, bool reversed,
                       const struct view_panel *panel)
{
    struct axis y = l->range[1] / l->range[0] > cliff ? axis_log(l->range[0], l->range[1])
                                                      : axis_from_zero(l->range[1]);
    for (size_t i = 0; i < l->picked; i++) {
        double fraction = axis_fraction(x, l->ends[i].x);
        l->ends[i].x = reversed ? 1 - fraction : fraction;
        l->ends[i].y = axis_fraction(&y, l->ends[i].y);
    }
    char *text = must_printf("%s%s", view_unit(panel), y.log ? ", log scale" : "");
    sheet_text(s, "unit", text);
    free(text);
    sheet_number(s, "muted", (double)l->muted);
    plot_lines(s, l->picks, l->picked);
    fprintf(s->script, "set xrange [%.9g:%.9g]\nset logscale x\nset xtics ()\n",
            reversed ? x->high : x->low, reversed ? x->low : x->high);
    sheet_axis(s, 'y', &y, panel->asks_time ? text_duration : plot_spell_number);
    sheet_labels(s, l->ends, l->picked, PLOT_INNER_HEIGHT);
}

static char *throughput_title(const struct figure_subject *subject)
{
    const struct view_panel *p = subject->panel;
    const struct view_group *g = p->within ? p->within : p->beyond;
    char *title = plot_leader(subject, g);
    if (!p->within || !p->beyond || !g->best)
        return title;
    const struct case_summary *later = view_case(subject->view, p->beyond, g->best->impl);
    double ratio = later ? view_ratio(later) : NAN;
    if (!(ratio < 0.5))
        return title;
    char *longer =
        must_printf("%s, but %s at %u", title, text_ratio(ratio).text, p->beyond->threads);
    free(title);
    return longer;
}

bool plot_throughput(struct sheet *s, const struct figure_subject *subject)
{
    const struct view_panel *p = subject->panel;
    const struct view_group *leading = p->within ? p->within : p->beyond;
    const struct view_group *first = &p->groups[0], *last = &p->groups[p->group_count - 1];
    struct lines l = {.picked = 0};
    l.picked = plot_pick(subject, p->groups, p->group_count, leading->best, NULL, l.picks);
    if (p->group_count < 2 || l.picked == 0)
        return false;
    lines_write(s, subject, throughput_block, &l);
    s->figure->title = throughput_title(subject);
    s->figure->conditions = plot_conditions(subject, NULL, "band: 95 % interval");
    s->figure->description =
        must_printf("%s of %zu implementations from %u to %u threads. %s. %s", view_unit(p),
                    l.picked, first->threads, last->threads, s->figure->title, p->head->question);
    sheet_titles(s, PLOT_HEIGHT);
    sheet_number(s, "cpus",
                 subject->view->cpus >= first->threads && subject->view->cpus < last->threads
                     ? subject->view->cpus
                     : 0);
    struct axis x = {first->threads / 1.08, last->threads * 1.04, true};
    lines_axes(s, &l, &x, false, p);
    for (size_t i = 0; i < p->group_count; i++)
        sheet_name_tick(s, 'x', p->groups[i].threads, plot_spell_number(p->groups[i].threads).text);
    return true;
}

/* Who leads at either end. */
static char *sweep_title(const struct view_sweep *w)
{
    const struct view_panel *last_panel = &w->panels[w->count - 1];
    const struct view_group *first = view_group_of(w->panels, w->threads);
    const struct view_group *last = view_group_of(last_panel, w->threads);
    if (!first->best || !last->best)
        return must_printf("No clean result at one end");
    if (strcmp(first->best->impl, last->best->impl) == 0)
        return must_printf("%s leads at both ends", first->best->impl);
    return must_printf("%s leads at %s, %s at %s", first->best->impl, w->panels->head->workload,
                       last->best->impl, last_panel->head->workload);
}

bool plot_sweep(struct sheet *s, const struct figure_subject *subject)
{
    const struct view_sweep *w = &subject->kind->sweep;
    struct lines l = {.picked = 0};
    if (w->count == 0)
        return false;
    const struct view_group *first = view_group_of(w->panels, w->threads);
    l.picked = plot_pick(subject, first, 1, first->best, NULL, l.picks);
    if (l.picked == 0)
        return false;
    lines_write(s, subject, sweep_block, &l);
    struct figure_subject at = *subject;
    at.panel = w->panels;
    size_t stem;
    unsigned from = view_suffix(w->panels->head->workload, &stem);
    unsigned to = view_suffix(w->panels[w->count - 1].head->workload, &stem);
    s->figure->title = sweep_title(w);
    s->figure->conditions = plot_conditions(&at, first, "band: 95 % interval");
    s->figure->description =
        must_printf("%s of %zu implementations over %zu workloads, %s to %s. %s.",
                    view_unit(w->panels), l.picked, w->count, w->panels->head->workload,
                    w->panels[w->count - 1].head->workload, s->figure->title);
    sheet_titles(s, PLOT_HEIGHT);
    char *what = must_printf("%.*s…", (int)stem, w->panels->head->workload);
    sheet_text(s, "axis", what);
    free(what);
    struct axis x = {(from < to ? from : to) / 1.1, (from < to ? to : from) * 1.1, true};
    lines_axes(s, &l, &x, from > to, w->panels);
    for (size_t i = 0; i < w->count; i++)
        sheet_name_tick(s, 'x', view_suffix(w->panels[i].head->workload, &stem),
                        w->panels[i].head->workload + stem);
    return true;
}

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

static void latency_rule(struct sheet *s, const char *name, double ns, const struct axis *y)
{
    sheet_number(s, name, ns > y->low && ns < y->high ? ns : 0);
}

static void latency_rules(struct sheet *s, const struct figure_subject *subject,
                          const struct axis *y)
{
    const char *hz = text_fact(subject->view->summary, "tick_hz");
    double tick_hz = hz ? strtod(hz, NULL) : 0;
    double futex_ns = subject->view->summary->limits[LIMIT_FUTEX_ROUND_TRIP].ns;
    latency_rule(s, "tick_ns", tick_hz > 0 ? 1e9 / tick_hz : 0, y);
    latency_rule(s, "futex_ns", futex_ns, y);
}

bool plot_latency(struct sheet *s, const struct figure_subject *subject)
{
    struct plot_pick picks[VIEW_FEATURED];
    const struct view_group *g = subject->group;
    size_t n = plot_pick(subject, g, 1, g->best, NULL, picks), shown = 0;
    double range[2] = {INFINITY, 0};
    struct label ends[VIEW_FEATURED];
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
            range_add(range, ns);
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
    sheet_titles(s, PLOT_HEIGHT);
    latency_rules(s, subject, &y);
    plot_lines(s, picks, shown);
    sheet_axis(s, 'y', &y, text_duration);
    sheet_labels(s, ends, shown, PLOT_INNER_HEIGHT);
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
        range_add(work, cases[i].ops_per_second.median / 1e6);
        range_add(burnt, cases[i].cpu_ns_per_op);
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
    sheet_titles(s, PLOT_HEIGHT);
    sheet_axis(s, 'x', &x, plot_spell_number);
    sheet_axis(s, 'y', &y, text_duration);
    sheet_labels(s, labels, named, PLOT_INNER_HEIGHT);
    return true;
}
