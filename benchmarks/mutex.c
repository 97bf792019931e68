// SPDX-License-Identifier: MIT
/* Mutex benchmarks: threads take one lock, work, give it back, work. */
#include "benchmarks/loop.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <stdlib.h>

/* One trial's lock, what it protects, and the threads' nodes; each apart from the others. */
struct mutex_object {
    uint64_t *counter; /* protected: plain increments, so that two holders would lose some */
    char *lock;
    char *nodes;
    size_t node_stride_bytes;
};

static void *mutex_make(const struct ct_impl *impl, const struct bench_workload *workload,
                        unsigned threads)
{
    (void)workload;
    struct mutex_object *o = must_alloc(sizeof *o);
    size_t lock_bytes = apart(impl->size_bytes);
    size_t stride = apart(impl->node_bytes);
    char *memory =
        must_alloc_aligned(CT_APART_BYTES, lock_bytes + CT_APART_BYTES + (size_t)threads * stride);
    o->lock = memory;
    o->counter = (uint64_t *)(void *)(memory + lock_bytes);
    o->nodes = memory + lock_bytes + CT_APART_BYTES;
    o->node_stride_bytes = stride;
    ((const struct ct_mutex_ops *)(const void *)impl)->init(o->lock);
    return o;
}

static void mutex_unmake(const struct ct_impl *impl, void *object)
{
    struct mutex_object *o = object;
    const struct ct_mutex_ops *ops = (const struct ct_mutex_ops *)(const void *)impl;
    if (ops->destroy)
        ops->destroy(o->lock);
    free(o->lock);
    free(o);
}

static const char *mutex_verify(const void *object, uint64_t ops)
{
    const struct mutex_object *o = object;
    return *o->counter == ops ? NULL : "updates under the lock were lost: two threads held it";
}

BENCH_LOOP mutex_loop(const struct ct_mutex_ops *ops, struct bench_thread *t)
{
    struct mutex_object *o = t->object;
    void *lock = o->lock;
    void *node = o->nodes + t->index * o->node_stride_bytes;
    uint64_t *counter = o->counter;
    uint64_t hold = t->hold_units, think = t->think_units;
    uint64_t done = 0, timed = 1;
    do {
        bool timing = __builtin_expect(done == timed, 0);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        ops->lock(lock, node); /* one call, so that it is inlined */
        if (timing)
            timed = done + bench_sample_latency(t, begin_ns, clock_ns());
        ++*counter;
        work(hold);
        ops->unlock(lock, node);
        bench_count(t, ++done);
        work(think);
    } while (bench_running(t));
}

BENCH_SUBJECTS(mutex);

enum {
    LOPSIDED = THREADS_TO_CPUS | THREADS_FOUR_TIMES_CPUS, /* 2x adds little to what these ask */
};

static const struct bench_workload workloads[] = {
    {.name = "uncontended",
     .question = "What does a lock cost that nobody else wants?",
     .threads = THREADS_ONE},
    {.name = "contended",
     .question = "How much gets through when threads do nothing but lock and unlock?",
     .threads = THREADS_CONTENDED},
    {.name = "100ns-100ns",
     .question = "... when they do 100 ns of work inside and outside?",
     .hold_ns = 100,
     .think_ns = 100,
     .threads = THREADS_CONTENDED},
    {.name = "1us-1us",
     .question = "... 1 us inside and outside?",
     .hold_ns = 1000,
     .think_ns = 1000,
     .threads = THREADS_CONTENDED},
    {.name = "1us-100ns",
     .question = "... 1 us inside, but come back after 100 ns?",
     .hold_ns = 1000,
     .think_ns = 100,
     .threads = LOPSIDED},
    {.name = "10us-1us",
     .question = "... hold it for 10 us: is parking worth its price?",
     .hold_ns = 10000,
     .think_ns = 1000,
     .threads = LOPSIDED},
};

const struct bench_kind bench_mutex = {
    .kind = "mutex",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = mutex_make,
    .unmake = mutex_unmake,
    .verify = mutex_verify,
};
