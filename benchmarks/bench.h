// SPDX-License-Identifier: MIT
/* bench.h - cases, and how one is run.
 *
 * A case is workload x implementation x threads x placement. A group is the cases that differ in the
 * implementation only; a round runs every case of a group once, in an order drawn from the seed, and
 * ratios are formed inside a round. One run of a case is a trial: fresh object, threads of its own,
 * warm-up dropped, a fixed time measured.
 */
#ifndef BENCHMARKS_BENCH_H
#define BENCHMARKS_BENCH_H

#include "support/histogram.h"
#include "support/place.h"

#include <contend/impl.h>

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many threads, as multiples of what the machine has. */
enum bench_threads {
    THREADS_ONE = 1 << 0,
    THREADS_TO_CPUS = 1 << 1, /* 2, 4, 8 ... CPUs; a sparse profile: 2 and CPUs */
    THREADS_TWICE_CPUS = 1 << 2,
    THREADS_FOUR_TIMES_CPUS = 1 << 3,
    THREADS_TWO = 1 << 4, /* whatever the machine has */
    THREADS_CONTENDED = THREADS_TO_CPUS | THREADS_TWICE_CPUS | THREADS_FOUR_TIMES_CPUS,
};

#define BENCH_ALL_THREADS UINT_MAX

struct bench_workload {
    const char *name;
    const char *question;       /* what the number answers */
    uint32_t hold_ns, think_ns; /* work inside and outside */
    unsigned threads;           /* enum bench_threads, or-ed */
    uint32_t parameter;         /* the kind's own: a batch size, writes per mille ... */
    bool one_cpu;               /* all threads on one CPU, whatever the placement asked for */
    unsigned counts_per_op; /* threads' counts that make one operation, e.g. 2: a push and a pop;
                                   0: one; BENCH_ALL_THREADS: one of each thread, e.g. a phase */
};

struct bench_thread; /* loop.h */

/* An implementation as the benchmark sees it: its loop, instantiated for it alone. */
struct bench_subject {
    const struct ct_impl *impl;
    void (*run)(struct bench_thread *t);
};

/* One kind's benchmark: rows, subjects, and how to set a trial up. */
struct bench_kind {
    const char *kind;
    const struct bench_workload *workloads;
    size_t workload_count;
    const struct bench_subject *subjects;
    size_t subject_count;
    /* Does this implementation have what the workload uses? NULL: all have. */
    bool (*offered)(const struct ct_impl *impl, const struct bench_workload *workload);
    /* The shared object of one trial, and its release. */
    void *(*make)(const struct ct_impl *impl, const struct bench_workload *workload,
                  unsigned threads);
    void (*unmake)(const struct ct_impl *impl, void *object);
    /* After a trial: NULL, or what the implementation broke. counts: the sum over all threads. */
    const char *(*verify)(const void *object, uint64_t counts);
};
extern const struct bench_kind *const bench_kinds[]; /* ends with NULL */

struct bench_case {
    const struct bench_kind *kind;
    const struct bench_workload *workload;
    const struct bench_subject *subject;
    unsigned threads;
    enum place_order placement;
    size_t group; /* cases of one group stand side by side */
    char *name;   /* kind/workload/implementation/threads:N */
};

/* How long and how often. */
struct bench_profile {
    const char *name, *summary;
    unsigned trial_ms;          /* where every thread has a CPU */
    unsigned oversubscribed_ms; /* where not: several time slices */
    unsigned rounds;            /* valid rounds wanted: what summary_rounds_needed asks, and some */
    unsigned retries;           /* contaminated trials repeated per case, in all rounds together */
    unsigned threads;           /* enum bench_threads that this profile runs */
    bool sparse;                /* fewer points below the CPU count */
};
extern const struct bench_profile
    bench_profiles[]; /* ends with name NULL; the first is the default */

/* What one trial showed. */
struct bench_sample {
    unsigned round;
    uint64_t interval_ns;
    uint64_t ops;         /* in the interval, all threads */
    uint64_t *thread_ops; /* [threads]: what each counted */
    double cpu_ns_per_op;
    double fairness_min_max, fairness_jain;
    uint64_t voluntary_switches, involuntary_switches;
    double overlap; /* of the threads' time, the share that they had a CPU when they wanted one */
    double steal_cpus, foreign_cpus;
    struct histogram *latency; /* of sampled acquisitions */
    const char *rejected;      /* NULL: clean; else why this trial must not count */
};

/* A workload as a user describes it: a row of the kind with some fields replaced. */
#define BENCH_AS_THE_ROW UINT32_MAX
struct bench_described {
    uint32_t hold_ns, think_ns, parameter; /* BENCH_AS_THE_ROW: not replaced */
    unsigned threads;                      /* 0: as the options or the row say */
};

struct bench_options {
    const char *kind;         /* NULL: all */
    const char *const *impls; /* NULL-terminated names, or NULL: all */
    const char *const *workloads;
    const char *filter;      /* POSIX extended regular expression on case names, or NULL */
    const unsigned *threads; /* 0-terminated, or NULL: as the rows say */
    const struct bench_profile *profile;
    enum place_order placement;
    uint64_t seed;
    /* Instead of the rows: each of these, made of every workload asked for or, where none was, of the
       kind's first contended one. NULL: the rows as they are. */
    const struct bench_described *described;
    size_t described_count;
    unsigned rounds;   /* 0: the profile's */
    uint64_t trial_ns; /* 0: the profile's */
};

struct bench_plan {
    struct bench_options options;
    struct place *place;
    struct bench_workload **described; /* what options.described made */
    size_t described_count;
    struct bench_case *cases;
    size_t case_count, group_count;
    double seconds_expected;
};

/* NULL when nothing matched. Unknown names fail the program, naming the valid ones. */
struct bench_plan *bench_plan_make(const struct bench_options *options, struct place *place);
void bench_plan_free(struct bench_plan *plan);

/* Called after every trial, and through it the caller keeps, shows or stops. */
struct bench_observer {
    void *context;
    /* broken: what the implementation broke in this trial, or NULL; it is not run again. */
    void (*sample)(void *context, const struct bench_case *c, const struct bench_sample *s,
                   const char *broken);
    void (*progress)(void *context, double seconds_done, double seconds_expected);
};

/* True while the process should stop soon: set by signal handlers. */
extern volatile bool bench_interrupted;

/* The kind's row that descriptions start from. */
const struct bench_workload *bench_contended_row(const struct bench_kind *kind);

/* How long one trial of a case measures, what is dropped before, and how many rounds are wanted. */
uint64_t bench_measure_ns(const struct bench_plan *plan, const struct bench_case *c);
uint64_t bench_warm_up_ns(uint64_t measure_ns);
unsigned bench_rounds(const struct bench_plan *plan);

/* The CPUs that a case's threads share. */
unsigned bench_cpus(const struct bench_case *c, const struct place *place);

struct bench_outcome {
    unsigned broken;                      /* cases whose invariant did not hold */
    double unit_ns_before, unit_ns_after; /* of work(): the calibration, and its check at the end */
};
struct bench_outcome bench_plan_run(const struct bench_plan *plan,
                                    const struct bench_observer *observer);

#endif
