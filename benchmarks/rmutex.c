// SPDX-License-Identifier: MIT
/* Benchmarks of recursive mutexes: threads lock some times over, work, unlock as often, work. */
#include "benchmarks/varied.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <stdlib.h>

/* One trial's lock, what it protects, and the threads' nodes; each apart from the others. */
struct rmutex_object {
    uint64_t *counter; /* protected: plain increments, so that two owners would lose some */
    char *lock;
    char *nodes;
    size_t node_stride_bytes;
    uint32_t depth; /* the workload's parameter */
};

static void *rmutex_make(const struct ct_impl *impl, const struct bench_workload *workload,
                         unsigned threads)
{
    if (workload->parameter == 0)
        fail(EXIT_USAGE, "rmutex: parameter 0: the depth is at least 1");
    struct rmutex_object *o = must_alloc(sizeof *o);
    size_t lock_bytes = apart(impl->size_bytes);
    o->node_stride_bytes = apart(impl->node_bytes);
    o->lock = must_alloc_aligned(CT_APART_BYTES,
                                 lock_bytes + CT_APART_BYTES + threads * o->node_stride_bytes);
    o->counter = (uint64_t *)(void *)(o->lock + lock_bytes);
    o->nodes = o->lock + lock_bytes + CT_APART_BYTES;
    o->depth = workload->parameter;
    ((const struct ct_rmutex_ops *)(const void *)impl)->init(o->lock);
    return o;
}

static void rmutex_unmake(const struct ct_impl *impl, void *object)
{
    struct rmutex_object *o = object;
    const struct ct_rmutex_ops *ops = (const struct ct_rmutex_ops *)(const void *)impl;
    if (ops->destroy)
        ops->destroy(o->lock);
    free(o->lock);
    free(o);
}

static const char *rmutex_verify(const void *object, uint64_t counts)
{
    const struct rmutex_object *o = object;
    return *o->counter == counts ? NULL : "updates under the lock were lost: two threads owned it";
}

/* An operation is the whole way down and up again. */
BENCH_LOOP rmutex_loop_simple(const struct ct_rmutex_ops *ops, struct bench_thread *t)
{
    struct rmutex_object *o = t->object;
    void *lock = o->lock;
    void *node = o->nodes + t->index * o->node_stride_bytes;
    uint64_t *counter = o->counter;
    uint64_t hold = t->hold_units, think = t->think_units;
    uint32_t depth = o->depth;
    uint64_t done = 0, timed = 1;
    do {
        bool timing = __builtin_expect(done == timed, 0);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        for (uint32_t i = 0; i < depth; i++)
            ops->lock(lock, node); /* one call, so that it is inlined */
        if (timing)
            timed = done + bench_sample_latency(t, begin_ns, clock_ns());
        ++*counter;
        work(hold);
        for (uint32_t i = 0; i < depth; i++)
            ops->unlock(lock, node);
        bench_count(t, ++done);
        work(think);
    } while (bench_running(t));
}

BENCH_LOOP rmutex_loop_varied(const struct ct_rmutex_ops *ops, struct bench_thread *t)
{
    struct rmutex_object *o = t->object;
    void *node = o->nodes + t->index * o->node_stride_bytes;
    struct bench_step step = BENCH_STEP_FIRST;
    do {
        bench_step_begin(t, &step);
        for (uint32_t i = 0; i < o->depth; i++)
            ops->lock(o->lock, node);
        bench_step_entered(t, &step);
        ++*o->counter;
        work(step.hold_units);
        for (uint32_t i = 0; i < o->depth; i++)
            ops->unlock(o->lock, node);
        bench_step_end(t, &step);
    } while (bench_running(t));
    bench_step_last(t, &step);
}

BENCH_LOOP rmutex_loop(const struct ct_rmutex_ops *ops, struct bench_thread *t)
{
    if (t->draws)
        rmutex_loop_varied(ops, t);
    else
        rmutex_loop_simple(ops, t);
}

BENCH_SUBJECTS(rmutex);

static const struct bench_workload workloads[] = {
    {.name = "uncontended",
     .question = "What does a recursive lock cost that nobody else wants?",
     .threads = THREADS_ONE,
     .parameter = 1},
    {.name = "nested-4",
     .question = "... when it is locked four times over: what does a lock already owned cost?",
     .threads = THREADS_ONE,
     .parameter = 4},
    {.name = "contended",
     .question = "How much gets through when threads do nothing but lock and unlock?",
     .threads = THREADS_CONTENDED,
     .parameter = 1},
    {.name = "nested-2-100ns-100ns",
     .question = "... when they lock twice over, and do 100 ns of work inside and outside?",
     .hold_ns = 100,
     .think_ns = 100,
     .threads = THREADS_CONTENDED,
     .parameter = 2},
};

const struct bench_kind bench_rmutex = {
    .kind = "rmutex",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = rmutex_make,
    .unmake = rmutex_unmake,
    .verify = rmutex_verify,
    .fields = BENCH_CAN_VARY,
};
