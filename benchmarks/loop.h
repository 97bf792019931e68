// SPDX-License-Identifier: MIT
/* loop.h - what a measured loop is made of. Everything here is inlined into the loop. */
#ifndef BENCHMARKS_LOOP_H
#define BENCHMARKS_LOOP_H

#include "benchmarks/bench.h"
#include "support/apart.h"
#include "support/clock.h"
#include "support/rng.h"

#include <contend/atomic.h>

/* A loop is one function of this kind, written against an ops table, and instantiated per
   implementation with a constant table, so that compilers inline the operations into it. */
#define BENCH_LOOP static inline __attribute__((always_inline)) void
#define BENCH_INSTANCE static __attribute__((noinline)) void

/* For a kind with <kind>_loop: the instances, and the rows for its struct bench_kind. */
#define BENCH_SUBJECT_RUN(kind, id, field)                                                         \
    BENCH_INSTANCE bench_##kind##_run_##id(struct bench_thread *t)                                 \
    {                                                                                              \
        kind##_loop(&ct_##kind##_##id##_ops, t);                                                   \
    }
#define BENCH_SUBJECT_ROW(kind, id, field) {&ct_##kind##_##id##_ops.impl, bench_##kind##_run_##id},
#define BENCH_SUBJECTS(kind)                                                                       \
    CT_IMPLS_##kind(BENCH_SUBJECT_RUN) static const struct bench_subject subjects[] = {            \
        CT_IMPLS_##kind(BENCH_SUBJECT_ROW)}

enum bench_phase { PHASE_WARM_UP, PHASE_MEASURE, PHASE_STOP };

/* Which operations are timed: every interval-th, with jitter, the interval growing until the clock
   reads cost at most 2 % of the time between two samples. Throughput and latency so come from the
   same run, and the one is not disturbed by the other. */
struct bench_sampler {
    uint64_t interval;
    uint64_t last_ns;
    uint64_t gap_ns; /* wanted between samples */
    uint64_t clock_cost_ns;
    uint64_t starved_ns; /* the longest gap so far */
    bool sampled;
    struct rng rng;
};

struct bench_thread {
    CT_APART struct ct_u64 done; /* operations so far: written here, read by the conductor */
    CT_APART const struct ct_u32 *phase;
    void *object;
    unsigned index;
    uint64_t hold_units, think_units;
    struct bench_sampler sampler;
    struct histogram *latency;
    struct bench_draws *draws; /* varied.h; NULL: the workload does not vary */
};

static inline bool bench_running(const struct bench_thread *t)
{
    return ct_u32_load_relaxed(t->phase) != PHASE_STOP;
}

/* Publish the count: a plain store to a line of this thread's own. */
static inline void bench_count(struct bench_thread *t, uint64_t done)
{
    ct_u64_store_relaxed(&t->done, done);
}

/* Record one timed operation; returns how many operations later the next is due. Never inlined: it
   runs once in hundreds of short operations, and would only crowd the loop. */
__attribute__((noinline)) uint64_t bench_sample_latency(struct bench_thread *t, uint64_t begin_ns,
                                                        uint64_t end_ns);

#endif
