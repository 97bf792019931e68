// SPDX-License-Identifier: MIT
/* Barrier benchmarks: all threads meet, work, and meet again. */
#include "benchmarks/loop.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <stdlib.h>

/* Written by one thread each, and added up at the end. */
struct barrier_counters {
    CT_APART uint64_t phases, serials;
};

struct barrier_object {
    const struct ct_barrier_ops *ops;
    unsigned parties;
    void *barrier, *nodes;
    struct barrier_counters *counters;
    /* The phase after which all go: set by one before it arrives there, read by the others after it. A
       thread that decided for itself would leave others waiting for it. */
    CT_APART struct ct_u64 last_phase;
};

static void *barrier_make(const struct ct_impl *impl, const struct bench_workload *workload,
                          unsigned threads)
{
    struct barrier_object *o = must_alloc_aligned(CT_APART_BYTES, sizeof *o);
    (void)workload;
    o->ops = (const struct ct_barrier_ops *)(const void *)impl;
    o->parties = threads;
    o->barrier = must_alloc_aligned(CT_APART_BYTES, apart(impl->size_bytes));
    o->nodes = must_alloc_aligned(CT_APART_BYTES, threads * impl->node_bytes);
    o->counters = must_alloc_aligned(CT_APART_BYTES, threads * sizeof *o->counters);
    ct_u64_store_relaxed(&o->last_phase, UINT64_MAX);
    if (o->ops->init(o->barrier, threads, o->nodes) != 0)
        fail(EXIT_ENVIRONMENT, "barrier/%s: cannot be made for %u threads", impl->name, threads);
    return o;
}

static void barrier_unmake(const struct ct_impl *impl, void *object)
{
    struct barrier_object *o = object;
    (void)impl;
    if (o->ops->destroy)
        o->ops->destroy(o->barrier);
    free(o->counters);
    free(o->nodes);
    free(o->barrier);
    free(o);
}

static const char *barrier_verify(const void *object, uint64_t counts)
{
    const struct barrier_object *o = object;
    uint64_t serials = 0;
    for (unsigned i = 0; i < o->parties; i++) {
        if (o->counters[i].phases * o->parties != counts)
            return "a thread took part in more phases than another";
        serials += o->counters[i].serials;
    }
    if (serials * o->parties != counts)
        return "not exactly one thread was told serial in each phase";
    return NULL;
}

BENCH_LOOP barrier_loop(const struct ct_barrier_ops *ops, struct bench_thread *t)
{
    struct barrier_object *o = t->object;
    void *barrier = o->barrier;
    struct barrier_counters *counters = &o->counters[t->index];
    uint64_t think = t->think_units, done = 0, timed = 1, serials = 0;
    bool leads = t->index == 0;
    do {
        work(think);
        if (leads && !bench_running(t))
            ct_u64_store_relaxed(&o->last_phase, done + 1);
        bool timing = __builtin_expect(done == timed, 0);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        int result = ops->wait(barrier, t->index); /* one call, so that it is inlined */
        if (timing)
            timed = done + bench_sample_latency(t, begin_ns, clock_ns());
        serials += result == CT_BARRIER_SERIAL;
        bench_count(t, ++done);
    } while (ct_u64_load_relaxed(&o->last_phase) != done);
    *counters = (struct barrier_counters){.phases = done, .serials = serials};
}

BENCH_SUBJECTS(barrier);

static const struct bench_workload workloads[] = {
    {.name = "uncontended",
     .question = "What does a wait cost when nobody else takes part?",
     .threads = THREADS_ONE,
     .counts_per_op = BENCH_ALL_THREADS},
    {.name = "phases",
     .question = "How many phases end in a second when threads do nothing but wait for each other?",
     .threads = THREADS_CONTENDED,
     .counts_per_op = BENCH_ALL_THREADS},
    {.name = "phases-1us",
     .question = "... when each works 1 us in between?",
     .think_ns = 1000,
     .threads = THREADS_CONTENDED,
     .counts_per_op = BENCH_ALL_THREADS},
};

const struct bench_kind bench_barrier = {
    .kind = "barrier",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = barrier_make,
    .unmake = barrier_unmake,
    .verify = barrier_verify,
    .fields = BENCH_CAN(FIELD_THINK) | BENCH_CAN(FIELD_PARAMETER),
};
