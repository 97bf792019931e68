// SPDX-License-Identifier: MIT
/* The pictures with lines: throughput over threads, over a number in the workload, over who hands to whom. */
#include "cli/report_plots.h"

#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MUTED_MAX = 40 }; /* more grey lines are a grey area */

/* An axis must start at 0 to show proportions, unless that hides the cliff. */
static const double cliff = 8;

/* Adds a case to a block of data: where it stands on the x axis, and the panel's answer. */
static void answer_point(struct sheet *s, const struct view_panel *p, const struct case_summary *c,
                         double x, double range[2], struct label *end)
{
    double at = view_answer(p, c->ops_per_second.median);
    double low = view_answer(p, c->ops_per_second.low),
           high = view_answer(p, c->ops_per_second.high);
    fprintf(s->data, "%s\t%.6g\t%.6g\t%.6g\t%.6g\n", c->impl, x, at, fmin(low, high),
            fmax(low, high));
    plot_range_add(range, low);
    plot_range_add(range, at);
    plot_range_add(range, high);
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
    fprintf(s->script, "set xrange [%.9g:%.9g]\n%sset xtics ()\n", reversed ? x->high : x->low,
            reversed ? x->low : x->high, x->log ? "set logscale x\n" : "");
    sheet_axis(s, 'y', &y, panel->asks_time ? text_duration : plot_spell_number);
    sheet_labels(s, l->ends, l->picked, PLOT_LINES_INNER_PX);
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
    s->figure->conditions = plot_conditions(subject, NULL, "band: 95\u00a0%\u00a0interval");
    s->figure->description =
        must_printf("%s of %zu implementations from %u to %u threads. %s. %s", view_unit(p),
                    l.picked, first->threads, last->threads, s->figure->title, p->head->question);
    sheet_titles(s, PLOT_LINES_PX);
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
    s->figure->conditions = plot_conditions(&at, first, "band: 95\u00a0%\u00a0interval");
    s->figure->description =
        must_printf("%s of %zu implementations over %zu workloads, %s to %s. %s.",
                    view_unit(w->panels), l.picked, w->count, w->panels->head->workload,
                    w->panels[w->count - 1].head->workload, s->figure->title);
    sheet_titles(s, PLOT_LINES_PX);
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

/* Who hands to whom, in the order of the picture. */
static const struct shape {
    const char *workload, *tick;
} shapes[] = {{"one-to-one", "1 → 1"},
              {"one-to-many", "1 → n"},
              {"many-to-one", "n → 1"},
              {"many-to-many", "n → n"}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* The group of a shape: of the most threads, unless there are as many as with those before. */
static size_t shapes_find(const struct view_kind *kind, const struct view_panel *panels[SHAPES],
                          const struct view_group *groups[SHAPES])
{
    size_t found = 0;
    for (size_t i = 0; i < SHAPES; i++) {
        groups[i] = NULL;
        for (size_t p = 0; p < kind->panel_count && !groups[i]; p++) {
            const struct view_panel *panel = &kind->panels[p];
            if (strcmp(panel->head->workload, shapes[i].workload) != 0)
                continue;
            panels[i] = panel;
            groups[i] =
                i > 0 && groups[i - 1] ? view_group_of(panel, groups[i - 1]->threads) : NULL;
            if (!groups[i])
                groups[i] = &panel->groups[panel->group_count - 1];
            found++;
        }
    }
    return found;
}

static void fanout_block(struct sheet *s, const struct figure_subject *subject, const char *impl,
                         double range[2], struct label *end)
{
    const struct view_panel *panels[SHAPES];
    const struct view_group *groups[SHAPES];
    shapes_find(subject->kind, panels, groups);
    for (size_t i = 0; i < SHAPES; i++) {
        const struct case_summary *c = groups[i] ? view_case(subject->view, groups[i], impl) : NULL;
        if (c)
            answer_point(s, panels[i], c, (double)i, range, end);
    }
    fprintf(s->data, "\n\n");
}

/* Who leads from one to one, and with the most on either side. */
static char *fanout_title(const struct view_group *first, const struct view_group *last)
{
    if (!first->best || !last->best)
        return must_printf("No clean result at one end");
    if (strcmp(first->best->impl, last->best->impl) == 0)
        return must_printf("%s leads %s and %s", first->best->impl, first->best->workload,
                           last->best->workload);
    return must_printf("%s leads %s, %s %s", first->best->impl, first->best->workload,
                       last->best->impl, last->best->workload);
}

bool plot_fanout(struct sheet *s, const struct figure_subject *subject)
{
    const struct view_panel *panels[SHAPES];
    const struct view_group *groups[SHAPES];
    struct view_group there[SHAPES];
    struct lines l = {.picked = 0};
    size_t found = shapes_find(subject->kind, panels, groups), n = 0;
    if (found < VIEW_SWEEP_MIN)
        return false;
    for (size_t i = 0; i < SHAPES; i++) {
        if (groups[i])
            there[n++] = *groups[i];
    }
    const struct view_group *first = &there[0], *last = &there[n - 1];
    l.picked = plot_pick(subject, there, n, first->best, last->best, l.picks);
    if (l.picked == 0)
        return false;
    lines_write(s, subject, fanout_block, &l);
    char threads[64];
    snprintf(threads, sizeof threads, "%u to %s", first->threads, text_threads(last->threads).text);
    s->figure->title = fanout_title(first, last);
    s->figure->conditions = plot_conditions(subject, NULL, threads);
    s->figure->description = must_printf(
        "Throughput of %zu implementations by who hands to whom. %s.", l.picked, s->figure->title);
    sheet_titles(s, PLOT_LINES_PX);
    struct axis x = {-0.15, SHAPES - 1 + 0.15, false};
    size_t any = 0;
    while (!groups[any])
        any++;
    lines_axes(s, &l, &x, false, panels[any]);
    for (size_t i = 0; i < SHAPES; i++)
        sheet_name_tick(s, 'x', (double)i, shapes[i].tick);
    return true;
}
