// SPDX-License-Identifier: MIT
/* Reader-writer lock benchmarks: threads read, or now and then write, what one lock protects. */
#include "benchmarks/loop.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <stdlib.h>

/* One thread's node, and what it did. Nodes are padded by those that need it. */
struct rwlock_member {
    char *node;
    uint64_t writes;
    bool torn; /* saw half of a write */
};

/* One trial's lock, what it protects, and the threads; each apart from the others. */
struct rwlock_object {
    char *lock;
    volatile uint64_t *counters; /* two, apart from each other; every write adds one to both */
    char *members;
    size_t member_stride_bytes;
    unsigned threads;
    uint32_t writes_permille;
};

enum { SECOND = CT_APART_BYTES / sizeof(uint64_t), ALL = 1000 };

static struct rwlock_member *member_at(const struct rwlock_object *o, unsigned index)
{
    return (struct rwlock_member *)(void *)(o->members + index * o->member_stride_bytes);
}

static void *rwlock_make(const struct ct_impl *impl, const struct bench_workload *workload,
                         unsigned threads)
{
    struct rwlock_object *o = must_alloc(sizeof *o);
    size_t lock_bytes = apart(impl->size_bytes), member_bytes = apart(sizeof(struct rwlock_member));
    o->threads = threads;
    o->writes_permille = workload->parameter;
    o->member_stride_bytes = member_bytes + apart(impl->node_bytes);
    o->lock = must_alloc_aligned(CT_APART_BYTES, lock_bytes + 2 * CT_APART_BYTES +
                                                     threads * o->member_stride_bytes);
    o->counters = (uint64_t *)(void *)(o->lock + lock_bytes);
    o->members = o->lock + lock_bytes + 2 * CT_APART_BYTES;
    for (unsigned i = 0; i < threads; i++)
        member_at(o, i)->node = o->members + i * o->member_stride_bytes + member_bytes;
    ((const struct ct_rwlock_ops *)(const void *)impl)->init(o->lock);
    return o;
}

static void rwlock_unmake(const struct ct_impl *impl, void *object)
{
    struct rwlock_object *o = object;
    const struct ct_rwlock_ops *ops = (const struct ct_rwlock_ops *)(const void *)impl;
    if (ops->destroy)
        ops->destroy(o->lock);
    free(o->lock);
    free(o);
}

static const char *rwlock_verify(const void *object, uint64_t ops)
{
    const struct rwlock_object *o = object;
    (void)ops;
    uint64_t writes = 0;
    for (unsigned i = 0; i < o->threads; i++) {
        writes += member_at(o, i)->writes;
        if (member_at(o, i)->torn)
            return "a reader saw half of a write: a writer was inside with it";
    }
    if (o->counters[0] != writes || o->counters[SECOND] != writes)
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
    struct rwlock_member *member = member_at(o, t->index);
    void *lock = o->lock, *node = member->node;
    volatile uint64_t *counters = o->counters;
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
    member->writes = writes_done;
    member->torn = torn;
}

BENCH_LOOP rwlock_loop(const struct ct_rwlock_ops *ops, struct bench_thread *t)
{
    if (((const struct rwlock_object *)t->object)->writes_permille == 0)
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
};
