// SPDX-License-Identifier: MIT
/* trial.h - one run of one case. */
#ifndef BENCHMARKS_TRIAL_H
#define BENCHMARKS_TRIAL_H

#include "benchmarks/bench.h"

/* What a trial needs to know of the machine: calibrated once per plan. */
struct trial_setting {
    const struct place *place;
    double unit_ns;       /* of work() */
    double clock_cost_ns; /* of clock_ns() */
    uint64_t warm_up_ns, measure_ns;
    uint64_t seed;
};

/* Run it and fill s, whose thread_ops and latency the caller frees with trial_free. Returns what the
   implementation broke, or NULL. */
const char *trial_run(const struct trial_setting *setting, const struct bench_case *c,
                      struct bench_sample *s);
void trial_free(struct bench_sample *s);

/* Why a trial must not count; NULL if it may. crowded: there are more threads than CPUs. */
const char *trial_contaminated(const struct bench_sample *s, unsigned threads, bool crowded);

#endif
