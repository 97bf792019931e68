// SPDX-License-Identifier: MIT
/* summary.h - what a bench run showed, from the store: the one place where samples become verdicts.
   Terminal, JSON, report and choice all read this.

   A comparison pairs the clean rounds that two cases of a group have in common. It is decided when
   there are at least SUMMARY_ROUNDS_MIN such rounds and
     - the bootstrap interval of the median ratio excludes 1, the corrected Wilcoxon p of the log ratios
       is below SUMMARY_P_MAX, and the median ratio is beyond 1 +- SUMMARY_EFFECT: faster or slower;
     - or the interval lies within 1 +- SUMMARY_EFFECT: a tie.
   Holm's correction is over one group; verdicts of different groups are separate statements. */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include "benchmarks/stats.h"
#include "cli/store.h"

enum { SUMMARY_ROUNDS_MIN = 9 };
#define SUMMARY_CONFIDENCE 0.95
#define SUMMARY_P_MAX 0.05
#define SUMMARY_EFFECT 0.05
#define SUMMARY_TWIN_EFFECT 0.02 /* what verdicts about 5 % can stand */

enum summary_verdict {
    VERDICT_REFERENCE, /* this is what the others are compared with */
    VERDICT_FASTER,    /* interval, Holm-corrected test and an effect above 5 % agree */
    VERDICT_SLOWER,
    VERDICT_TIE,       /* decided to be within 5 % */
    VERDICT_UNDECIDED, /* too few clean rounds, or the interval straddles */
    VERDICTS
};

/* A number that cannot be told is NaN: everything measured where rounds_valid is 0, the ratio where
   rounds_paired is 0. */
struct case_summary {
    /* texts live as long as the summary */
    const char *name, *kind, *workload, *impl, *question, *placement;
    const char *impl_summary, *source, *package;
    unsigned traits, threads, size_bytes, align_bytes, node_bytes;
    uint32_t hold_ns, think_ns, parameter;
    size_t group; /* 0, 1, 2 ... */

    unsigned rounds_valid, rounds_discarded;
    struct interval ops_per_second; /* bootstrap over clean rounds */
    double ns_per_op;               /* wall, of a thread that takes part in it */
    double cpu_ns_per_op;
    double fairness_min_max, fairness_jain; /* medians */
    double overlap, switches_voluntary_per_s, switches_involuntary_per_s;
    double cycles_per_op, instructions_per_op, cache_misses_per_op;
    uint64_t starved_ns;      /* the longest in any clean round */
    struct histogram latency; /* merged over clean rounds */
    unsigned rounds_paired;   /* clean ones of this case and of the group's reference */
    struct interval ratio;    /* throughput against the group's reference, same round */
    double p; /* Wilcoxon of the log ratios, Holm-corrected in the group; 1: no test */
    enum summary_verdict verdict;
    double *samples;    /* [rounds_valid] ops per second, in round order */
    unsigned *rounds;   /* [rounds_valid] the round of each sample, rising */
    const char *broken; /* invariant that failed, or NULL; then it is not compared */
    bool twin;          /* only until summary_part_twins */
};

struct summary_comparison {
    unsigned rounds;       /* clean ones that both have; 0: not compared */
    struct interval ratio; /* of the throughputs, in the same round */
    double p;              /* Holm-corrected over the group; 1: no test */
    enum summary_verdict verdict;
};

/* A reference measured twice, as if it were two: the run's check of itself. Holm's correction is over the
   twins of the run. */
struct summary_twin {
    const char *name; /* of its case */
    struct summary_comparison again;
    bool
        apart; /* told apart, and by more than SUMMARY_TWIN_EFFECT: something is wrong with the run */
};

struct summary {
    int64_t run;
    char *started_at, *arguments, *profile;
    uint64_t seed;
    enum run_status status;
    struct machine_fact *facts;  /* ends with key NULL */
    struct limit limits[LIMITS]; /* name NULL: the run did not store it */
    struct case_summary *cases;  /* in plan order, groups side by side */
    size_t case_count, group_count;
    unsigned discarded, trials;
    struct summary_twin *twins; /* not among the cases */
    size_t twin_count;
};

/* Enough rounds, and both the interval and the test say that the two differ, by however little. */
bool summary_told_apart(const struct summary_comparison *c);

/* NULL if there is no such run. */
struct summary *summary_load(struct store *s, int64_t run);
void summary_free(struct summary *summary);

/* The best of a group, the second, and whether the best is decided to be faster, by the rule above
   without Holm's correction (the second is the hardest to beat); if not, several are
   indistinguishable. Candidates have a clean round and are not broken; they are put in order by the
   rounds that they have in common. */
struct summary_winner {
    size_t best, second; /* SIZE_MAX: none */
    double margin;       /* best / second - 1, median of per-round ratios; 0 without a second */
    bool decided;
};
struct summary_winner summary_winner(const struct summary *summary, size_t group);
/* The same without the cases i of which excluded[i] is true; excluded may be NULL. */
struct summary_winner summary_winner_among(const struct summary *summary, size_t group,
                                           const bool *excluded);

/* Every case of against's group that is not excluded over the case against, into out[case_count]. */
void summary_compare_group(const struct summary *summary, size_t against, const bool *excluded,
                           struct summary_comparison *out);

/* Move the twins out of the cases, into summary->twins, compared with what they are twins of: loading
   calls it before it judges. */
void summary_part_twins(struct summary *summary);
void summary_judge_twins(struct summary *summary);

/* a over b, both with a clean round and neither broken; without Holm's correction and verdict. */
struct summary_comparison summary_compare(const struct case_summary *a,
                                          const struct case_summary *b, uint64_t seed);

/* The group cases[first .. first + count) against its reference, if it has one that worked: loading
   calls it. */
void summary_judge_group(struct summary *summary, size_t first, size_t count);

/* Throughput of a over that of b in every round that both have, into ratios, which has room for
   either's rounds; returns how many. */
unsigned summary_ratios(const struct case_summary *a, const struct case_summary *b, double *ratios);

/* Everything random follows from the run's seed, so that a report says the same every time. */
uint64_t summary_seed(const struct summary *summary, uint64_t stream);

/* Clean rounds below which a group of that many implementations cannot be decided, however clear it
   is: with n rounds no p is below 2 / 2^n, and the correction multiplies it by the comparisons. */
unsigned summary_rounds_needed(size_t implementations);

#endif
