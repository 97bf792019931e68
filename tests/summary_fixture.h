// SPDX-License-Identifier: MIT
/* summary_fixture.h - made-up groups of cases whose truth is known. */
#ifndef TESTS_SUMMARY_FIXTURE_H
#define TESTS_SUMMARY_FIXTURE_H

#include "cli/summary.h"
#include "support/rng.h"
#include "tests/store_fixture.h"

#include <math.h>

enum { CASES_MAX = 32, SECOND_NS = 1000000000 };

/* One group to make up: every case's speed relative to the reference's 1e6 ops/s, and how noisy a
   trial is. */
struct group {
    const double *speeds; /* [cases]; the first case is the reference */
    size_t cases;
    unsigned rounds;
    double noise;       /* of each trial, standard deviation */
    double round_noise; /* common to all trials of a round */
    bool no_reference;
};

static inline double normal(struct rng *rng) /* near enough: mean 0, deviation 1 */
{
    double sum = 0;
    for (unsigned i = 0; i < 12; i++)
        sum += (double)(rng_next(rng) >> 11) * 0x1p-53;
    return sum - 6;
}

static inline void put(struct store *s, int64_t case_id, unsigned round, double ops,
                       const char *rejected)
{
    struct bench_sample sample = {.round = round,
                                  .interval_ns = SECOND_NS,
                                  .ops = (uint64_t)ops,
                                  .cpu_ns_per_op = 100 + round,
                                  .fairness_min_max = 0.5,
                                  .fairness_jain = 0.75,
                                  .overlap = 1,
                                  .voluntary_switches = 10 * round,
                                  .rejected = rejected};
    store_sample(s, case_id, &sample);
}

static inline void make_cases(struct store *s, int64_t run, size_t group, size_t cases,
                              bool no_reference, int64_t ids[CASES_MAX])
{
    for (size_t i = 0; i < cases; i++) {
        char name[32];
        snprintf(name, sizeof name, "impl-%zu", i);
        struct ct_impl impl = {.kind = "mutex",
                               .name = name,
                               .summary = "made up",
                               .source = "nobody",
                               .size_bytes = 8,
                               .traits = i == 0 && !no_reference ? CT_REFERENCE : CT_FIFO};
        ids[i] = fixture_case(s, run, &impl, group, 2);
    }
}

static inline void make_group(struct store *s, int64_t run, size_t index, const struct group *g,
                              struct rng *rng, int64_t ids[CASES_MAX])
{
    make_cases(s, run, index, g->cases, g->no_reference, ids);
    for (unsigned round = 0; round < g->rounds; round++) {
        double common = 1e6 * exp(g->round_noise * normal(rng));
        for (size_t i = 0; i < g->cases; i++)
            put(s, ids[i], round, common * g->speeds[i] * exp(g->noise * normal(rng)), NULL);
    }
}

static inline int64_t new_run(struct store *s)
{
    return store_run_begin(s, "bench", "--made-up", "quick", 42, NULL);
}

#endif
