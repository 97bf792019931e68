// SPDX-License-Identifier: MIT
#include "cli/choose.h"

#include "support/clock.h"
#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first trait that is needed and missing. */
static const char *missing_trait(unsigned needed, unsigned has)
{
    for (const struct ct_trait_name *t = ct_trait_names; t->name; t++)
        if (needed & t->trait & ~has)
            return t->name;
    return NULL;
}

static char *disqualify(const struct case_summary *c, const struct choose_needs *needs)
{
    const char *missing = missing_trait(needs->traits, c->traits);
    uint64_t p999_ns = histogram_quantile_ns(&c->latency, 0.999);
    if (c->broken)
        return must_printf("broke: %s", c->broken);
    if (c->traits & CT_DEFECTIVE)
        return must_printf("known to be defective");
    if (missing)
        return must_printf("not %s", missing);
    if (needs->no_spinning && c->traits & CT_SPINS)
        return must_printf("waiters spin");
    if (needs->own && c->traits & CT_PEER)
        return must_printf("another project's");
    if (needs->bytes_max && c->size_bytes + c->node_bytes > needs->bytes_max)
        return must_printf("%u bytes", c->size_bytes + c->node_bytes);
    if (c->rounds_valid < SUMMARY_ROUNDS_MIN)
        return must_printf("only %u clean rounds", c->rounds_valid);
    if (needs->p999_ns_max && p999_ns > needs->p999_ns_max)
        return must_printf("p99.9 %s", duration_format((double)p999_ns).text);
    return NULL;
}

static size_t case_of(const struct summary *s, size_t group, const char *impl)
{
    for (size_t i = 0; i < s->case_count; i++)
        if (s->cases[i].group == group && strcmp(s->cases[i].impl, impl) == 0)
            return i;
    return SIZE_MAX;
}

/* In another group only those compete that were considered in the described one. */
static bool *excluded_from(const struct summary *s, size_t group, const struct choice *choice)
{
    bool *excluded = must_alloc(s->case_count * sizeof *excluded);
    for (size_t i = 0; i < s->case_count; i++) {
        excluded[i] = s->cases[i].group == group;
        for (size_t k = 0; k < choice->count && excluded[i]; k++)
            excluded[i] = choice->candidates[k].disqualified ||
                          strcmp(choice->candidates[k].c->impl, s->cases[i].impl) != 0;
    }
    return excluded;
}

/* What each candidate would lose in a group that it was not chosen for, and what it keeps. */
static void look_at(const struct summary *s, size_t group, struct choice *choice,
                    enum choose_point point)
{
    if (group == SIZE_MAX)
        return;
    bool *excluded = excluded_from(s, group, choice);
    struct summary_winner w = summary_winner_among(s, group, excluded);
    for (size_t k = 0; k < choice->count && w.best != SIZE_MAX; k++) {
        struct choose_candidate *candidate = &choice->candidates[k];
        size_t here = case_of(s, group, candidate->c->impl);
        if (candidate->disqualified || here == SIZE_MAX || s->cases[here].rounds_valid == 0)
            continue;
        const struct case_summary *c = &s->cases[here], *best = &s->cases[w.best];
        double *ratios = must_alloc(c->rounds_valid * sizeof *ratios);
        unsigned rounds = summary_ratios(c, best, ratios);
        candidate->at[point] = (struct choose_elsewhere){
            .lost = 1 - stats_median(ratios, rounds),
            .best = best->impl,
            .kept = c->ops_per_second.median / candidate->c->ops_per_second.median};
        free(ratios);
    }
    free(excluded);
}

/* Considered before disqualified, then by speed; the disqualified by name. */
static int by_rank(const void *a, const void *b)
{
    const struct choose_candidate *x = a, *y = b;
    if (!x->disqualified != !y->disqualified)
        return x->disqualified ? 1 : -1;
    if (x->disqualified || x->ratio.median == y->ratio.median)
        return strcmp(x->c->impl, y->c->impl);
    return x->ratio.median < y->ratio.median ? 1 : -1;
}

struct choice choose_rank(const struct summary *s, const size_t groups[CHOOSE_POINTS],
                          const struct choose_needs *needs)
{
    struct choice choice = {.candidates = must_alloc(s->case_count * sizeof *choice.candidates),
                            .margin = (double)NAN};
    for (size_t i = 0; i < s->case_count; i++) {
        const struct case_summary *c = &s->cases[i];
        if (c->group != groups[CHOOSE_DESCRIBED])
            continue;
        struct choose_candidate *candidate = &choice.candidates[choice.count++];
        *candidate = (struct choose_candidate){
            .c = c,
            .disqualified = disqualify(c, needs),
            .ratio = {(double)NAN, (double)NAN, (double)NAN},
        };
        for (unsigned p = 0; p < CHOOSE_POINTS; p++)
            candidate->at[p] = (struct choose_elsewhere){(double)NAN, NULL, (double)NAN};
        choice.considered += !candidate->disqualified;
    }
    bool *excluded = excluded_from(s, groups[CHOOSE_DESCRIBED], &choice);
    struct summary_winner w = summary_winner_among(s, groups[CHOOSE_DESCRIBED], excluded);
    if (w.best != SIZE_MAX) {
        struct summary_comparison *all = must_alloc(s->case_count * sizeof *all);
        summary_compare_group(s, w.best, excluded, all);
        choice.decided = true;
        for (size_t k = 0; k < choice.count; k++) {
            struct choose_candidate *candidate = &choice.candidates[k];
            if (candidate->disqualified)
                continue;
            size_t i = (size_t)(candidate->c - s->cases);
            candidate->ratio = all[i].ratio;
            candidate->tied = all[i].verdict != VERDICT_SLOWER;
            choice.decided = choice.decided && (i == w.best || !candidate->tied);
        }
        if (w.second != SIZE_MAX)
            choice.margin = w.margin;
        free(all);
    }
    free(excluded);
    for (unsigned p = CHOOSE_HALF; p < CHOOSE_POINTS; p++)
        look_at(s, groups[p], &choice, (enum choose_point)p);
    qsort(choice.candidates, choice.count, sizeof *choice.candidates, by_rank);
    return choice;
}

void choice_free(struct choice *choice)
{
    for (size_t i = 0; i < choice->count; i++)
        free(choice->candidates[i].disqualified);
    free(choice->candidates);
}
