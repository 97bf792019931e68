// SPDX-License-Identifier: MIT
#include "cli/compare.h"

#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const compare_change_names[CHANGES] = {"slower", "faster", "same", "undecided"};

static bool ran(const struct case_summary *c)
{
    return !c->broken && c->rounds_valid > 0;
}

static const struct case_summary *find(const struct summary *s, const struct case_summary *like)
{
    for (size_t i = 0; i < s->case_count; i++) {
        const struct case_summary *c = &s->cases[i];
        if (strcmp(c->name, like->name) == 0 && strcmp(c->placement, like->placement) == 0)
            return ran(c) ? c : NULL;
    }
    return NULL;
}

static const struct case_summary *reference_of(const struct summary *s,
                                               const struct case_summary *c)
{
    for (size_t i = 0; i < s->case_count; i++) {
        if (s->cases[i].group == c->group && s->cases[i].traits & CT_REFERENCE)
            return ran(&s->cases[i]) ? &s->cases[i] : NULL;
    }
    return NULL;
}

/* What is compared, one value a round; values has room for the case's rounds. */
static unsigned values_of(const struct summary *s, const struct case_summary *c, bool relative,
                          double *values)
{
    if (!relative) {
        memcpy(values, c->samples, c->rounds_valid * sizeof *values);
        return c->rounds_valid;
    }
    const struct case_summary *reference = reference_of(s, c);
    return reference ? summary_ratios(c, reference, values) : 0;
}

static void measure(struct case_change *c, const struct comparison_of_runs *all, bool relative)
{
    double *before = must_alloc(c->before->rounds_valid * sizeof *before);
    double *after = must_alloc(c->after->rounds_valid * sizeof *after);
    unsigned n = values_of(all->before, c->before, relative, before);
    unsigned m = values_of(all->after, c->after, relative, after);
    c->ratio = stats_bootstrap_ratio(after, m, before, n, SUMMARY_CONFIDENCE, all->after->seed);
    c->p = n >= SUMMARY_ROUNDS_MIN && m >= SUMMARY_ROUNDS_MIN
               ? stats_mann_whitney_p(after, m, before, n)
               : NAN;
    free(before);
    free(after);
}

static enum change judge(const struct case_change *c, double threshold)
{
    const struct interval *r = &c->ratio;
    if (!(c->p <= 1))
        return CHANGE_UNDECIDED;
    if (r->low >= 1 - threshold && r->high <= 1 + threshold)
        return CHANGE_NONE;
    if (c->p < SUMMARY_P_MAX && r->high < 1 && r->median < 1 - threshold)
        return CHANGE_SLOWER;
    if (c->p < SUMMARY_P_MAX && r->low > 1 && r->median > 1 + threshold)
        return CHANGE_FASTER;
    return CHANGE_UNDECIDED;
}

/* Those without a p, for want of rounds, are no tests. */
static void correct(struct case_change *cases, size_t count)
{
    double *p = must_alloc(count * sizeof *p);
    size_t tests = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(cases[i].p))
            p[tests++] = cases[i].p;
    stats_holm(p, tests);
    tests = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(cases[i].p))
            cases[i].p = p[tests++];
    free(p);
}

static size_t runnable(const struct summary *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->case_count; i++)
        n += ran(&s->cases[i]);
    return n;
}

struct comparison_of_runs compare_runs(const struct summary *before, const struct summary *after,
                                       bool relative, double threshold)
{
    struct comparison_of_runs all = {
        .before = before,
        .after = after,
        .cases = must_alloc(after->case_count * sizeof *all.cases),
    };
    for (size_t i = 0; i < after->case_count; i++) {
        const struct case_summary *c = &after->cases[i];
        const struct case_summary *old = ran(c) ? find(before, c) : NULL;
        if (!old || (relative && c->traits & CT_REFERENCE))
            continue;
        struct case_change *change = &all.cases[all.count++];
        *change = (struct case_change){.before = old, .after = c};
        measure(change, &all, relative);
    }
    correct(all.cases, all.count);
    for (size_t i = 0; i < all.count; i++) {
        all.cases[i].change = judge(&all.cases[i], threshold);
        all.changes[all.cases[i].change]++;
    }
    all.only_before = runnable(before) - all.count;
    all.only_after = runnable(after) - all.count;
    return all;
}

void comparison_free(struct comparison_of_runs *c)
{
    free(c->cases);
}
