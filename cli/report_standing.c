// SPDX-License-Identifier: MIT
/* What the view says about a kind as a whole: questions, sweeps, who stands where. */
#include "cli/report_view.h"

#include "support/fail.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

double view_answer(const struct view_panel *panel, double ops)
{
    return panel->asks_time ? 1e9 / ops : ops / 1e6;
}

const char *view_unit(const struct view_panel *panel)
{
    return panel->asks_time ? "time per operation" : "million operations per second";
}

unsigned view_suffix(const char *workload, size_t *stem)
{
    size_t n = strlen(workload);
    while (n > 0 && isdigit((unsigned char)workload[n - 1]))
        n--;
    *stem = n;
    return n > 0 && workload[n] && strlen(workload + n) < 9 ? (unsigned)atoi(workload + n) : 0;
}

/* "... and to write?" asks for the same as the question before it, unless it says something else. */
static bool asks_time(const char *question, bool before)
{
    static const char *const times[] = {"How long", "how long", "cost"};
    static const char *const rates[] = {"How much", "how much", "How many", "how many", "How fast"};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        if (strstr(question, times[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        if (strstr(question, rates[i]))
            return false;
    }
    return strncmp(question, "...", 3) == 0 && before;
}

static unsigned sweep_threads(const struct view_panel *panels, size_t count)
{
    unsigned found = 0;
    bool within = false;
    for (size_t g = 0; g < panels->group_count; g++) {
        const struct view_group *group = &panels->groups[g];
        size_t i = 1;
        while (i < count && view_group_of(&panels[i], group->threads))
            i++;
        if (i < count || (within && group->oversubscribed))
            continue;
        found = group->threads;
        within = !group->oversubscribed;
    }
    return found;
}

static size_t sweep_length(const struct view_panel *panels, size_t count)
{
    size_t stem, other, n = 1;
    if (view_suffix(panels->head->workload, &stem) == 0)
        return 0;
    while (n < count && view_suffix(panels[n].head->workload, &other) > 0 && other == stem &&
           strncmp(panels[n].head->workload, panels->head->workload, stem) == 0 &&
           strcmp(panels[n].head->placement, panels->head->placement) == 0)
        n++;
    return n;
}

void view_read_questions(struct view_kind *kind, struct view_panel *panels)
{
    bool before = false;
    for (size_t p = 0; p < kind->panel_count; p++)
        panels[p].asks_time = before = asks_time(panels[p].head->question, before);
    for (size_t p = 0; p < kind->panel_count; p++) {
        size_t n = sweep_length(&panels[p], kind->panel_count - p);
        unsigned threads = n >= VIEW_SWEEP_MIN ? sweep_threads(&panels[p], n) : 0;
        if (threads > 0 && n > kind->sweep.count)
            kind->sweep = (struct view_sweep){&panels[p], n, threads};
    }
}

struct view_floor view_safest(const struct view *view, const struct view_kind *kind)
{
    struct view_floor safest = {0};
    for (size_t i = 0; i < kind->impl_count; i++) {
        struct view_floor floor = {kind->impls[i], INFINITY, NULL, 0};
        for (size_t p = 0; p < kind->panel_count && floor.impl; p++) {
            for (size_t k = 0; k < kind->panels[p].group_count && floor.impl; k++) {
                const struct case_summary *c =
                    view_case(view, &kind->panels[p].groups[k], floor.impl);
                double ratio = c ? view_ratio(c) : NAN;
                if (!isfinite(ratio))
                    floor.impl = NULL;
                else if (ratio < floor.ratio)
                    floor.ratio = ratio, floor.where = c;
                floor.groups++;
            }
        }
        if (floor.impl && (!safest.impl || floor.ratio > safest.ratio))
            safest = floor;
    }
    return safest;
}

static void standing_add(const struct view *view, const struct view_group *g,
                         struct view_standing *s)
{
    const struct case_summary *c = view_case(view, g, s->impl);
    double ratio = c ? view_ratio(c) : NAN;
    if (!c)
        return;
    s->groups++;
    s->pack += view_in_pack(view, c);
    s->alone += c == g->best && g->decided;
    if (!isfinite(ratio))
        return;
    s->compared++;
    s->geomean = (isfinite(s->geomean) ? s->geomean : 0) + log(ratio);
    s->high = fmax(s->high, ratio);
    if (!s->worst || ratio < s->low) {
        s->low = ratio;
        s->worst = c;
    }
}

static int by_standing(const void *a, const void *b)
{
    const struct view_standing *x = a, *y = b;
    if (x->pack != y->pack)
        return x->pack < y->pack ? 1 : -1;
    if (x->alone != y->alone)
        return x->alone < y->alone ? 1 : -1;
    double p = isfinite(x->geomean) ? x->geomean : 0, q = isfinite(y->geomean) ? y->geomean : 0;
    return (p < q) - (p > q);
}

struct view_standing *view_standings(const struct view *view, const struct view_kind *kind,
                                     bool oversubscribed, unsigned *groups)
{
    struct view_standing *all = must_alloc(kind->impl_count * sizeof *all);
    *groups = 0;
    for (size_t i = 0; i < kind->impl_count; i++) {
        struct view_standing s = {kind->impls[i], 0, 0, 0, 0, NAN, NAN, NAN, NULL};
        unsigned seen = 0;
        for (size_t p = 0; p < kind->panel_count; p++) {
            for (size_t k = 0; k < kind->panels[p].group_count; k++) {
                const struct view_group *g = &kind->panels[p].groups[k];
                if (g->oversubscribed != oversubscribed || !g->best)
                    continue;
                seen++;
                standing_add(view, g, &s);
            }
        }
        *groups = seen;
        s.geomean = exp(s.geomean / s.compared);
        all[i] = s;
    }
    qsort(all, kind->impl_count, sizeof *all, by_standing);
    return all;
}
