// SPDX-License-Identifier: MIT
/* Reader-writer lock benchmarks: threads read, or now and then write, what one lock protects. */
#include "benchmarks/guarded.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <stdlib.h>

/* What one thread did. */
struct rwlock_member {
    CT_APART uint64_t writes;
    bool torn; /* saw half of a write */
};

/* One trial's locks, each with lines of data to all of which every write adds one, and the threads. */
struct rwlock_object {
    struct guarded guarded;
    struct rwlock_member *members;
    unsigned threads;
    uint32_t writes_permille;
};

enum { SECOND = BENCH_LINE_WORDS, LINES_LEAST = 2, ALL = 1000 };

static void *rwlock_make(const struct ct_impl *impl, const struct bench_workload *workload,
                         unsigned threads)
{
    struct rwlock_object *o = must_alloc(sizeof *o);
    o->threads = threads;
    o->writes_permille = workload->parameter;
    guarded_make(&o->guarded, impl, workload, threads, LINES_LEAST);
    o->members = must_alloc_aligned(CT_APART_BYTES, threads * sizeof *o->members);
    for (uint32_t i = 0; i < o->guarded.objects; i++)
        ((const struct ct_rwlock_ops *)(const void *)impl)->init(guarded_lock(&o->guarded, i));
    return o;
}

static void rwlock_unmake(const struct ct_impl *impl, void *object)
{
    struct rwlock_object *o = object;
    const struct ct_rwlock_ops *ops = (const struct ct_rwlock_ops *)(const void *)impl;
    for (uint32_t i = 0; i < o->guarded.objects && ops->destroy; i++)
        ops->destroy(guarded_lock(&o->guarded, i));
    guarded_free(&o->guarded);
    free(o->members);
    free(o);
}

static const char *rwlock_verify(const void *object, uint64_t ops)
{
    const struct rwlock_object *o = object;
    (void)ops;
    uint64_t writes = 0;
    for (unsigned i = 0; i < o->threads; i++) {
        writes += o->members[i].writes;
        if (o->members[i].torn)
            return "a reader saw half of a write: a writer was inside with it";
    }
    for (uint32_t line = 0; line < o->guarded.lines; line++)
        if (guarded_sum(&o->guarded, line) != writes)
            return "updates were lost: two writers were inside";
    return NULL;
}

static inline bool next_writes(struct rng *rng, uint32_t writes_permille)
{
    return writes_permille >= ALL || rng_below(rng, ALL) < writes_permille;
}

/* mixed: constant, so that the loop of readers only has no more registers in use than it needs. */
BENCH_LOOP rwlock_loop_of(const struct ct_rwlock_ops *ops, struct bench_thread *t, bool mixed)
{
    struct rwlock_object *o = t->object;
    void *lock = o->guarded.locks, *node = guarded_node(&o->guarded, t->index, 0);
    volatile uint64_t *counters = guarded_data(&o->guarded, 0);
    struct rng rng = rng_seeded(rng_next(&t->sampler.rng), t->index);
    uint64_t hold = t->hold_units, think = t->think_units;
    uint64_t done = 0, timed = 1, writes_done = 0;
    bool torn = false;
    uint32_t writes_permille = o->writes_permille;
    do {
        bool timing = __builtin_expect(done == timed, 0);
        bool writes = mixed && next_writes(&rng, writes_permille);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        if (writes)
            ops->wrlock(lock); /* one call each, so that it is inlined */
        else
            ops->rdlock(lock, node);
        if (timing)
            timed = done + bench_sample_latency(t, begin_ns, clock_ns());
        uint64_t first = counters[0];
        work(hold);
        if (writes) {
            counters[0] = first + 1;
            counters[SECOND] = counters[SECOND] + 1;
            writes_done++;
            ops->wrunlock(lock);
        } else {
            torn |= counters[SECOND] != first;
            ops->rdunlock(lock, node);
        }
        bench_count(t, ++done);
        work(think);
    } while (bench_running(t));
    o->members[t->index].writes = writes_done;
    o->members[t->index].torn = torn;
}

BENCH_LOOP rwlock_loop_varied(const struct ct_rwlock_ops *ops, struct bench_thread *t)
{
    struct rwlock_object *o = t->object;
    const struct guarded *g = &o->guarded;
    struct rwlock_member *member = &o->members[t->index];
    struct rng rng = rng_seeded(rng_next(&t->sampler.rng), t->index);
    struct bench_step step = BENCH_STEP_FIRST;
    do {
        bool writes = next_writes(&rng, o->writes_permille);
        bench_step_begin(t, &step);
        void *lock = guarded_lock(g, step.object);
        void *node = guarded_node(g, t->index, step.object);
        volatile uint64_t *data = guarded_data(g, step.object);
        if (writes) {
            ops->wrlock(lock);
            bench_step_entered(t, &step);
            work(step.hold_units);
            bench_touch(data, g->lines);
            ops->wrunlock(lock);
        } else {
            ops->rdlock(lock, node);
            bench_step_entered(t, &step);
            uint64_t first = data[0];
            work(step.hold_units);
            for (uint32_t line = 1; line < g->lines; line++)
                member->torn |= data[line * BENCH_LINE_WORDS] != first;
            ops->rdunlock(lock, node);
        }
        member->writes += writes;
        bench_step_end(t, &step);
    } while (bench_running(t));
    bench_step_last(t, &step);
}

BENCH_LOOP rwlock_loop(const struct ct_rwlock_ops *ops, struct bench_thread *t)
{
    if (t->draws)
        rwlock_loop_varied(ops, t);
    else if (((const struct rwlock_object *)t->object)->writes_permille == 0)
        rwlock_loop_of(ops, t, false);
    else
        rwlock_loop_of(ops, t, true);
}

BENCH_SUBJECTS(rwlock);

enum { CPUS_AND_MORE = THREADS_TO_CPUS | THREADS_FOUR_TIMES_CPUS };

static const struct bench_workload workloads[] = {
    {.name = "read-uncontended",
     .question = "What does it cost to read when nobody else is there?",
     .threads = THREADS_ONE,
     .parameter = 0},
    {.name = "write-uncontended",
     .question = "... and to write?",
     .threads = THREADS_ONE,
     .parameter = ALL},
    {.name = "readers",
     .question = "Do readers that only lock and unlock disturb each other?",
     .threads = THREADS_TO_CPUS,
     .parameter = 0},
    {.name = "writes-1-in-1000",
     .question = "How much gets through with 100 ns inside and one write in 1,000?",
     .hold_ns = 100,
     .threads = THREADS_FOUR_TIMES_CPUS,
     .parameter = 1},
    {.name = "writes-1-in-100",
     .question = "... one write in 100?",
     .hold_ns = 100,
     .threads = THREADS_TO_CPUS,
     .parameter = 10},
    {.name = "writes-1-in-10",
     .question = "... one write in 10?",
     .hold_ns = 100,
     .threads = THREADS_TO_CPUS,
     .parameter = 100},
    {.name = "writes-1-in-2",
     .question = "... as many writes as reads?",
     .hold_ns = 100,
     .threads = CPUS_AND_MORE,
     .parameter = 500},
    {.name = "cache-with-readers",
     .question =
         "How many lookups and one change in 100 get through 16 parts of a cache, few of them "
         "the favourites?",
     .hold_ns = 100,
     .think_ns = 200,
     .threads = THREADS_CONTENDED,
     .parameter = 10,
     .role = ROLE_PATTERN,
     .hold_spread = SPREAD_EXPONENTIAL,
     .think_spread = SPREAD_EXPONENTIAL,
     .objects = 16,
     .skew_permille = 990,
     .lines = 4},
};

const struct bench_kind bench_rwlock = {
    .kind = "rwlock",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = rwlock_make,
    .unmake = rwlock_unmake,
    .verify = rwlock_verify,
    .fields = BENCH_CAN_VARY | BENCH_CAN_CHOOSE,
};
