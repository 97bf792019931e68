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

/* How lengths of work lie about their mean. */
enum bench_spread {
    SPREAD_CONSTANT,
    SPREAD_EXPONENTIAL,
    SPREAD_BIMODAL, /* nine of ten take half of the mean, one takes eleven times that */
    SPREADS
};
extern const char *const bench_spread_names[SPREADS];

/* Which rows a profile runs. */
enum bench_role {
    ROLE_ORDINARY,
    ROLE_PATTERN, /* stands for a use in production, which gave it its name: a profile of its own */
    ROLE_BOTH
};

struct bench_workload {
    const char *name;
    const char *question;       /* what the number answers */
    uint32_t hold_ns, think_ns; /* work inside and outside: means */
    unsigned threads;           /* enum bench_threads, or-ed */
    uint32_t parameter;         /* the kind's own: a batch size, writes per mille ... */
    bool one_cpu;               /* all threads on one CPU, whatever the placement asked for */
    unsigned counts_per_op; /* threads' counts that make one operation, e.g. 2: a push and a pop;
                                   0: one; BENCH_ALL_THREADS: one of each thread, e.g. a phase */
    enum bench_role role;

    /* What varies, where a kind can (bench_kind.fields). All 0: as simple as can be, and the loop pays
       for nothing of it. */
    uint32_t hold_spread, think_spread; /* enum bench_spread */
    uint32_t objects;                   /* of the kind, of which each operation uses one; 0: 1 */
    uint32_t skew_permille; /* exponent of Zipf's law of their choice; 0: all alike often */
    uint32_t lines;         /* cache lines of data that an object protects, all written; 0: 1 */
    uint32_t lines_outside; /* of the thread's own, written outside */
    uint32_t beside_lock;   /* 1: the first line of data is the object's own */
    uint32_t
        arrivals_per_s; /* of operations at each thread, at random: they start when they are due,
                                not when the one before is over; 0: no such thing */
    uint32_t burst_ns,
        idle_ns; /* all threads work so long, then do nothing so long; idle 0: never */
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
    unsigned fields;  /* BENCH_CAN of what of a workload it can have */
    bool own_threads; /* its objects start threads, which take turns with those measured */
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
    bool twin;    /* the group's reference a second time: what the run says of these two is known */
};

/* How long and how often. */
struct bench_profile {
    const char *name, *summary;
    unsigned trial_ms;          /* where every thread has a CPU */
    unsigned oversubscribed_ms; /* where not: several time slices */
    unsigned rounds;            /* valid rounds wanted: what summary_rounds_needed asks, and some */
    unsigned budget_percent;    /* of their time, for these and more until all is precise */
    unsigned retries;           /* contaminated trials repeated per case, in all rounds together */
    unsigned threads;           /* enum bench_threads that this profile runs */
    bool sparse;                /* fewer points below the CPU count */
    unsigned roles;             /* of rows, 1 << enum bench_role */
    bool one_pattern;           /* only the rows of the profile's own name */
};
extern const struct bench_profile
    bench_profiles[]; /* ends with name NULL; the first is the default */

/* What one trial showed. */
struct bench_sample {
    unsigned round;
    uint64_t interval_ns;
    uint64_t ops;         /* in the interval, all threads */
    uint64_t *thread_ops; /* [threads]: what each counted */
    uint64_t counts;      /* their sum, in what a store gives back; 0: not known */
    double cpu_ns_per_op;
    double fairness_min_max, fairness_jain;
    uint64_t voluntary_switches, involuntary_switches;
    double overlap; /* of the threads' time, the share that they had a CPU when they wanted one */
    double steal_cpus, foreign_cpus;
    struct histogram *latency; /* of sampled acquisitions */
    const char *rejected;      /* NULL: clean; else why this trial must not count */
    uint64_t starved_ns; /* the longest that a thread went without a finished operation, known to
                                  the time between two samples, some us */
    double cycles_per_op, instructions_per_op, cache_misses_per_op; /* outside the kernel; NaN: not
                                                                       counted here */
};

/* What a user may say of a workload: the numbers of struct bench_workload. */
enum bench_field {
    FIELD_HOLD,
    FIELD_THINK,
    FIELD_PARAMETER,
    FIELD_HOLD_SPREAD,
    FIELD_THINK_SPREAD,
    FIELD_OBJECTS,
    FIELD_SKEW,
    FIELD_LINES,
    FIELD_LINES_OUTSIDE,
    FIELD_BESIDE_LOCK,
    FIELD_ARRIVALS,
    FIELD_BURST,
    FIELD_IDLE,
    BENCH_FIELDS
};
#define BENCH_CAN(field) (1U << (field))
#define BENCH_CAN_WORK (BENCH_CAN(FIELD_HOLD) | BENCH_CAN(FIELD_THINK) | BENCH_CAN(FIELD_PARAMETER))
/* With the loop of varied.h. */
#define BENCH_CAN_VARY                                                                             \
    (BENCH_CAN_WORK | BENCH_CAN(FIELD_HOLD_SPREAD) | BENCH_CAN(FIELD_THINK_SPREAD) |               \
     BENCH_CAN(FIELD_LINES_OUTSIDE) | BENCH_CAN(FIELD_ARRIVALS) | BENCH_CAN(FIELD_BURST) |         \
     BENCH_CAN(FIELD_IDLE))
#define BENCH_CAN_CHOOSE                                                                           \
    (BENCH_CAN(FIELD_OBJECTS) | BENCH_CAN(FIELD_SKEW) | BENCH_CAN(FIELD_LINES) |                   \
     BENCH_CAN(FIELD_BESIDE_LOCK))

enum bench_unit { UNIT_DURATION, UNIT_COUNT, UNIT_PERMILLE, UNIT_SPREAD, UNIT_YES_NO };

struct bench_field_row {
    const char *name, *argument, *help;
    size_t offset; /* of the uint32_t in struct bench_workload */
    enum bench_unit unit;
    uint32_t least, most;
};
extern const struct bench_field_row bench_fields[BENCH_FIELDS];

/* Text as the field's number: "200ns", "64", "0.99", "exponential", "yes". False: it is none, or out of
   bounds, and *expected (free it) says what it should be. */
bool bench_field_parse(enum bench_field field, const char *text, uint32_t *value, char **expected);

/* A workload as a user describes it: a row of the kind with some fields replaced. */
#define BENCH_AS_THE_ROW UINT32_MAX
enum { BENCH_LISTED_MAX = 32 };
struct bench_described {
    const char *name;                       /* NULL: made of what is not as in the row */
    const char *kind, *workload;            /* NULL: as the options say */
    uint32_t field[BENCH_FIELDS];           /* BENCH_AS_THE_ROW: not replaced */
    unsigned threads[BENCH_LISTED_MAX + 1]; /* 0-terminated; none: as the options or the row say */
};
void bench_described_init(struct bench_described *d); /* all as the row */

/* The name that a workload gets which is a row but for some fields; free it. */
char *bench_described_name(const struct bench_workload *w, const struct bench_workload *row);

/* A row as described. Its name and question are the caller's to free, with it. A kind that has no such
   notion fails the program, naming those that have. */
struct bench_workload *bench_described_make(const struct bench_described *d,
                                            const struct bench_kind *kind,
                                            const struct bench_workload *row);

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
    /* More rounds of every group whose ratios to the reference are not yet known to +-precision, until
       the run took budget_ns. Precision 0: none. Budget 0: the profile's. */
    double precision;
    uint64_t budget_ns;
};

/* What a run's trials cost beside the time that they measure, and how many were taken again. */
struct bench_pace {
    double
        overhead_s; /* of each trial: making its threads and its object, and all between two trials */
    double again;   /* trials beyond those wanted, over those */
};

struct bench_plan {
    struct bench_options options;
    struct place *place;
    struct bench_workload **described; /* what options.described made */
    size_t described_count;
    struct bench_case *cases;
    size_t case_count, group_count;
    struct bench_pace pace;
    double seconds_expected;
    bool *had; /* [had_rounds][case_count]: an earlier run has the clean trial of this one */
    unsigned had_rounds;
};

/* Is there a clean trial of it already? */
bool bench_plan_has(const struct bench_plan *plan, size_t index, unsigned round);
/* There is. */
void bench_plan_set(struct bench_plan *plan, size_t index, unsigned round);
/* What makes two plans the same: their cases, and how they are run. Not the seed. */
uint64_t bench_plan_hash(const struct bench_plan *plan);

/* NULL when nothing matched. Unknown names fail the program, naming the valid ones. */
struct bench_plan *bench_plan_make(const struct bench_options *options, struct place *place);
void bench_plan_free(struct bench_plan *plan);
/* Expect the pace that an earlier run had here. */
void bench_plan_expect(struct bench_plan *plan, struct bench_pace pace);
/* One trial of a case, all included. */
double bench_expected_s(const struct bench_plan *plan, const struct bench_case *c);

/* Called after every trial, and through it the caller keeps, shows or stops. */
struct bench_observer {
    void *context;
    /* broken: what the implementation broke in this trial, or NULL; it is not run again. */
    void (*sample)(void *context, const struct bench_case *c, const struct bench_sample *s,
                   const char *broken);
    void (*progress)(void *context, double seconds_done, double seconds_expected);
    void (*round)(void *context, unsigned round); /* one begins */
};

/* True while the process should stop soon: set by signal handlers. */
extern volatile bool bench_interrupted;

/* The kind's row that descriptions start from. */
const struct bench_workload *bench_contended_row(const struct bench_kind *kind);

/* How long one trial of a case measures, what is dropped before, and how many rounds are wanted. */
uint64_t bench_measure_ns(const struct bench_plan *plan, const struct bench_case *c);
uint64_t bench_warm_up_ns(uint64_t measure_ns);
unsigned bench_rounds(const struct bench_plan *plan);
/* How long the run may take when precision asks for more rounds. */
double bench_budget_s(const struct bench_plan *plan);

/* The CPUs that a case's threads share. */
unsigned bench_cpus(const struct bench_case *c, const struct place *place);

struct bench_outcome {
    unsigned broken;  /* cases whose invariant did not hold */
    unsigned rounds;  /* begun */
    size_t imprecise; /* groups that the budget ended before they were precise */
    double unit_ns_before, unit_ns_after; /* of work(): the calibration, and its check at the end */
    unsigned trials;
    struct bench_pace pace;
};
struct bench_outcome bench_plan_run(const struct bench_plan *plan,
                                    const struct bench_observer *observer);

#endif
