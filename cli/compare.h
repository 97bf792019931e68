// SPDX-License-Identifier: MIT
/* compare.h - two runs, case by case. What changed is decided by the rule of summary.h, but for
   independent samples: the bootstrap interval of the ratio excludes 1, the Mann-Whitney p, Holm-corrected
   over all cases compared, is small, and the effect is beyond the threshold. */
#ifndef CLI_COMPARE_H
#define CLI_COMPARE_H

#include "cli/summary.h"

enum change {
    CHANGE_SLOWER, /* in the order of a report: what hurts first */
    CHANGE_FASTER,
    CHANGE_NONE,      /* decided to be within the threshold */
    CHANGE_UNDECIDED, /* too few rounds, or the interval straddles */
    CHANGES
};
extern const char *const compare_change_names[CHANGES];

struct case_change {
    const struct case_summary *before, *after;
    struct interval ratio; /* after over before, of what is compared */
    double p;              /* Holm-corrected; 1: no test */
    enum change change;
};

struct comparison_of_runs {
    const struct summary *before, *after;
    struct case_change *cases; /* those of one name in both, in after's order */
    size_t count;
    size_t only_before, only_after; /* cases without a partner that ran */
    size_t changes[CHANGES];
};

/* relative: compare each case's ratio to its group's reference, which both runs measured in the same
   rounds, so that a machine that became slower as a whole does not show; the
   references themselves are left out. threshold: 0.05 is 5 %. */
struct comparison_of_runs compare_runs(const struct summary *before, const struct summary *after,
                                       bool relative, double threshold);
void comparison_free(struct comparison_of_runs *c);

/* Of all pairs of implementations in the groups that both runs have: how many they decide, and how many
   of these differently. flip is called for each of the latter. */
struct comparison_of_rankings {
    size_t decided_in_both, decided_in_one, flipped;
};
typedef void compare_flip(void *context, const struct case_summary *winner_before,
                          const struct case_summary *loser_before);
struct comparison_of_rankings compare_rankings(const struct summary *before,
                                               const struct summary *after, compare_flip *flip,
                                               void *context);

#endif
