// SPDX-License-Identifier: MIT
/* Which pairs of implementations two runs rank the same. */
#include "cli/compare.h"
#include "support/fail.h"

#include <stdlib.h>
#include <string.h>

/* The verdicts of a run over every pair of its cases: [case * case_count + case it was compared with]. */
static enum summary_verdict *all_pairs(const struct summary *s)
{
    size_t n = s->case_count;
    enum summary_verdict *verdicts = must_alloc(n * n * sizeof *verdicts);
    struct summary_comparison *out = must_alloc(n * sizeof *out);
    for (size_t against = 0; against < n; against++) {
        summary_compare_group(s, against, NULL, out);
        for (size_t i = 0; i < n; i++)
            verdicts[i * n + against] = out[i].verdict;
    }
    free(out);
    return verdicts;
}

/* Where each case of one run is in the other; SIZE_MAX: it has none. */
static size_t *counterparts(const struct summary *s, const struct summary *other)
{
    size_t *at = must_alloc(s->case_count * sizeof *at);
    for (size_t i = 0; i < s->case_count; i++) {
        size_t k = 0;
        while (k < other->case_count && strcmp(s->cases[i].name, other->cases[k].name) != 0)
            k++;
        at[i] = k < other->case_count ? k : SIZE_MAX;
    }
    return at;
}

static bool decided(enum summary_verdict v)
{
    return v == VERDICT_FASTER || v == VERDICT_SLOWER;
}

struct comparison_of_rankings compare_rankings(const struct summary *before,
                                               const struct summary *after, compare_flip *flip,
                                               void *context)
{
    struct comparison_of_rankings r = {0};
    size_t n = before->case_count, m = after->case_count;
    enum summary_verdict *was = all_pairs(before), *is = all_pairs(after);
    size_t *at = counterparts(before, after);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++) {
            if (before->cases[i].group != before->cases[k].group || at[i] == SIZE_MAX ||
                at[k] == SIZE_MAX)
                continue;
            enum summary_verdict v = was[i * n + k], w = is[at[i] * m + at[k]];
            r.decided_in_both += decided(v) && decided(w);
            r.decided_in_one += decided(v) != decided(w);
            if (!decided(v) || !decided(w) || v == w)
                continue;
            r.flipped++;
            size_t winner = v == VERDICT_FASTER ? i : k, loser = v == VERDICT_FASTER ? k : i;
            flip(context, &before->cases[winner], &before->cases[loser]);
        }
    free(was);
    free(is);
    free(at);
    return r;
}
