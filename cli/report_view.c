// SPDX-License-Identifier: MIT
#include "cli/report_view.h"

#include "cli/report_text.h"
#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool view_in_pack(const struct view *view, const struct case_summary *c)
{
    return view->in_pack[c - view->summary->cases];
}

const struct view_group *view_group_of(const struct view_panel *panel, unsigned threads)
{
    for (size_t i = 0; i < panel->group_count; i++) {
        if (panel->groups[i].threads == threads)
            return &panel->groups[i];
    }
    return NULL;
}

bool view_usable(const struct case_summary *c)
{
    return c->rounds_valid > 0 && !c->broken && isfinite(c->ops_per_second.median) &&
           c->ops_per_second.median > 0;
}

double view_ratio(const struct case_summary *c)
{
    return c->verdict == VERDICT_REFERENCE ? 1 : c->ratio.median > 0 ? c->ratio.median : NAN;
}

const struct case_summary *view_case(const struct view *view, const struct view_group *group,
                                     const char *impl)
{
    for (size_t i = group->first; i < group->first + group->count; i++) {
        const struct case_summary *c = &view->summary->cases[i];
        if (strcmp(c->impl, impl) == 0)
            return view_usable(c) ? c : NULL;
    }
    return NULL;
}

size_t view_hue(const struct view_kind *kind, const char *impl)
{
    size_t i = 0;
    while (i < VIEW_FEATURED && !(kind->featured[i] && strcmp(kind->featured[i], impl) == 0))
        i++;
    return i;
}

/* Members of a kernel CPU list, "0-3,8", as flags. */
static void cpu_list_read(const char *list, bool cpus[], size_t limit)
{
    while (*list >= '0' && *list <= '9') {
        char *end;
        size_t first = strtoul(list, &end, 10), last = first;
        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        for (size_t i = first; i <= last && i < limit; i++)
            cpus[i] = true;
        list = end + (*end == ',');
    }
}

/* CPUs that the run could use: allowed, and there. 0 if the facts do not say. */
static unsigned cpus_of(const struct summary *summary)
{
    enum { LIMIT = 8192 };
    const char *allowed = text_fact(summary, "cpus_allowed");
    const char *online = text_fact(summary, "cpus_online");
    bool may[LIMIT] = {false}, is[LIMIT] = {false};
    cpu_list_read(allowed ? allowed : "", may, LIMIT);
    cpu_list_read(online ? online : allowed ? allowed : "", is, LIMIT);
    unsigned n = 0;
    for (size_t i = 0; i < LIMIT; i++)
        n += may[i] && is[i];
    return n;
}

static const struct case_summary *head_of(const struct view *view, const struct view_group *g)
{
    return &view->summary->cases[g->first];
}

static bool same_panel(const struct case_summary *a, const struct case_summary *b)
{
    return strcmp(a->kind, b->kind) == 0 && strcmp(a->workload, b->workload) == 0 &&
           strcmp(a->placement, b->placement) == 0;
}

static void group_fill(const struct view *view, struct view_group *g)
{
    const struct case_summary *cases = view->summary->cases;
    const struct case_summary *head = head_of(view, g);
    g->threads = head->threads;
    bool one_cpu = strcmp(head->placement, place_order_names[PLACE_ONE_CPU]) == 0;
    g->oversubscribed = view->cpus && g->threads > (one_cpu ? 1 : view->cpus);
    for (size_t i = g->first; i < g->first + g->count; i++) {
        if (cases[i].traits & CT_REFERENCE && view_usable(&cases[i]))
            g->reference = &cases[i];
    }
    struct summary_winner w = summary_winner(view->summary, head->group);
    if (w.best != VIEW_NONE && view_usable(&cases[w.best]))
        g->best = &cases[w.best];
    if (w.second != VIEW_NONE && view_usable(&cases[w.second]))
        g->second = &cases[w.second];
    g->margin = w.margin;
    g->decided = w.decided;
    if (!g->best)
        return;
    struct summary_comparison *all = must_alloc(view->summary->case_count * sizeof *all);
    summary_compare_group(view->summary, w.best, NULL, all);
    for (size_t i = g->first; i < g->first + g->count; i++) {
        bool as_good = all[i].verdict != VERDICT_SLOWER && all[i].rounds > 0 &&
                       all[i].ratio.high >= 1 - SUMMARY_EFFECT;
        view->in_pack[i] = i == w.best || (!g->decided && view_usable(&cases[i]) && as_good);
        g->pack += view->in_pack[i];
    }
    free(all);
}

/* Groups of one panel need not stand side by side in the plan: kinds and panels in the order of their
   first appearance, threads rising. */
static void groups_order(struct view *view)
{
    for (size_t placed = 0; placed < view->group_count; placed++) {
        struct view_group *rest = &view->groups[placed];
        const struct case_summary *last = placed ? head_of(view, &rest[-1]) : NULL;
        size_t next = 0;
        int nearest = -1;
        for (size_t i = 0; i < view->group_count - placed; i++) {
            const struct case_summary *head = head_of(view, &rest[i]);
            int near =
                last && same_panel(last, head) ? 2 : last && strcmp(last->kind, head->kind) == 0;
            bool fewer = same_panel(head, head_of(view, &rest[next])) &&
                         rest[i].threads < rest[next].threads;
            if (near > nearest || (near == nearest && fewer)) {
                nearest = near;
                next = i;
            }
        }
        struct view_group moved = rest[next];
        memmove(&rest[1], rest, next * sizeof moved);
        rest[0] = moved;
    }
}

static void panels_make(struct view *view)
{
    view->panels = must_alloc(view->group_count * sizeof *view->panels);
    for (size_t i = 0; i < view->group_count; i++) {
        const struct view_group *g = &view->groups[i];
        bool same = view->panel_count != 0 &&
                    same_panel(view->panels[view->panel_count - 1].head, head_of(view, g));
        view->panel_count += !same;
        struct view_panel *p = &view->panels[view->panel_count - 1];
        if (!same) {
            p->head = head_of(view, g);
            p->groups = g;
        }
        p->group_count++;
        if (g->oversubscribed)
            p->beyond = g;
        else
            p->within = g;
    }
}

static void impls_collect(const struct view *view, struct view_kind *kind)
{
    const struct summary *s = view->summary;
    kind->impls = must_alloc(s->case_count * sizeof *kind->impls);
    for (size_t i = 0; i < s->case_count; i++) {
        const struct case_summary *c = &s->cases[i];
        bool known = strcmp(c->kind, kind->name) != 0;
        for (size_t k = 0; k < kind->impl_count && !known; k++)
            known = strcmp(kind->impls[k], c->impl) == 0;
        if (known)
            continue;
        kind->impls[kind->impl_count++] = c->impl;
        if (c->traits & CT_REFERENCE)
            kind->reference = c->impl;
    }
}

/* What makes an implementation worth a line: being best, second, the best of other projects', or the
   worst where threads outnumber CPUs. */
enum { WORTH_BEST = 4, WORTH_SECOND = 2, WORTH_BEST_PEER = 3, WORTH_WORST = 2 };

static unsigned worth(const struct view *view, const struct view_kind *kind, const char *impl)
{
    unsigned sum = 0;
    for (size_t p = 0; p < kind->panel_count; p++) {
        for (size_t i = 0; i < kind->panels[p].group_count; i++) {
            const struct view_group *g = &kind->panels[p].groups[i];
            const struct case_summary *c = view_case(view, g, impl), *peer = c, *worst = c;
            if (!c)
                continue;
            for (size_t k = g->first; k < g->first + g->count; k++) {
                const struct case_summary *other = &view->summary->cases[k];
                double ops = other->ops_per_second.median;
                if (!view_usable(other))
                    continue;
                if (other->traits & CT_PEER && ops > peer->ops_per_second.median)
                    peer = other;
                if (ops < worst->ops_per_second.median)
                    worst = other;
            }
            sum += c == g->best ? WORTH_BEST : c == g->second ? WORTH_SECOND : 0;
            sum += c->traits & CT_PEER && c == peer ? WORTH_BEST_PEER : 0;
            sum += g->oversubscribed && c == worst ? WORTH_WORST : 0;
        }
    }
    return sum;
}

static void featured_choose(const struct view *view, struct view_kind *kind)
{
    unsigned *worths = must_alloc(kind->impl_count * sizeof *worths);
    for (size_t i = 0; i < kind->impl_count; i++)
        worths[i] = 1 + worth(view, kind, kind->impls[i]);
    kind->featured[0] = kind->reference;
    for (size_t n = 1; n < VIEW_FEATURED; n++) {
        size_t next = VIEW_NONE;
        for (size_t i = 0; i < kind->impl_count; i++) {
            bool taken = view_hue(kind, kind->impls[i]) < VIEW_FEATURED;
            if (!taken && (next == VIEW_NONE || worths[i] > worths[next]))
                next = i;
        }
        kind->featured[n] = next == VIEW_NONE ? NULL : kind->impls[next];
    }
    free(worths);
}

static void kinds_make(struct view *view)
{
    view->kinds = must_alloc(view->panel_count * sizeof *view->kinds);
    for (size_t i = 0; i < view->panel_count; i++) {
        const char *name = view->panels[i].head->kind;
        bool same =
            view->kind_count != 0 && strcmp(view->kinds[view->kind_count - 1].name, name) == 0;
        view->kind_count += !same;
        struct view_kind *k = &view->kinds[view->kind_count - 1];
        if (!same) {
            k->name = name;
            k->panels = &view->panels[i];
        }
        k->panel_count++;
    }
    for (size_t i = 0; i < view->kind_count; i++) {
        view_read_questions(&view->kinds[i], &view->panels[view->kinds[i].panels - view->panels]);
        impls_collect(view, &view->kinds[i]);
        featured_choose(view, &view->kinds[i]);
    }
}

struct view *view_make(const struct summary *summary)
{
    struct view *view = must_alloc(sizeof *view);
    view->summary = summary;
    view->cpus = cpus_of(summary);
    view->groups = must_alloc((summary->case_count + 1) * sizeof *view->groups);
    view->in_pack = must_alloc((summary->case_count + 1) * sizeof *view->in_pack);
    for (size_t i = 0; i < summary->case_count; i++) {
        const struct case_summary *c = &summary->cases[i];
        view->clean_cases += view_usable(c);
        if (i == 0 || c->group != c[-1].group)
            view->groups[view->group_count++].first = i;
        view->groups[view->group_count - 1].count++;
    }
    for (size_t i = 0; i < view->group_count; i++)
        group_fill(view, &view->groups[i]);
    groups_order(view);
    panels_make(view);
    kinds_make(view);
    return view;
}

void view_free(struct view *view)
{
    for (size_t i = 0; i < view->kind_count; i++)
        free(view->kinds[i].impls);
    free(view->kinds);
    free(view->panels);
    free(view->groups);
    free(view->in_pack);
    free(view);
}
