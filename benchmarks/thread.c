// SPDX-License-Identifier: MIT
/* Thread benchmarks: threads start threads and join them. */
#include "benchmarks/loop.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <stdlib.h>

/* What each starter has: its thread objects, and what those count. */
struct thread_object {
    const struct ct_thread_ops *ops;
    unsigned starters, at_once;
    size_t stride_bytes;
    char *threads;
    struct ct_u64 *ran; /* [starters], each apart */
};

enum { RAN_STRIDE = CT_APART_BYTES / sizeof(struct ct_u64) };

static void *thread_make(const struct ct_impl *impl, const struct bench_workload *workload,
                         unsigned threads)
{
    struct thread_object *o = must_alloc(sizeof *o);
    o->ops = (const struct ct_thread_ops *)(const void *)impl;
    o->starters = threads;
    o->at_once = workload->parameter;
    o->stride_bytes = apart(impl->size_bytes);
    o->threads = must_alloc_aligned(CT_APART_BYTES, (size_t)threads * o->at_once * o->stride_bytes);
    o->ran = must_alloc_aligned(CT_APART_BYTES, (size_t)threads * CT_APART_BYTES);
    return o;
}

static void thread_unmake(const struct ct_impl *impl, void *object)
{
    struct thread_object *o = object;
    (void)impl;
    free(o->threads);
    free(o->ran);
    free(o);
}

static const char *thread_verify(const void *object, uint64_t counts)
{
    const struct thread_object *o = object;
    uint64_t ran = 0;
    for (unsigned i = 0; i < o->starters; i++)
        ran += ct_u64_load_relaxed(&o->ran[i * RAN_STRIDE]);
    return ran == counts ? NULL : "not every thread had run when it was joined";
}

static int run(void *argument)
{
    struct ct_u64 *ran = argument;
    ct_u64_add_relaxed(ran, 1);
    return 0;
}

BENCH_LOOP thread_loop(const struct ct_thread_ops *ops, struct bench_thread *t)
{
    struct thread_object *o = t->object;
    struct ct_u64 *ran = &o->ran[t->index * RAN_STRIDE];
    char *first = o->threads + (size_t)t->index * o->at_once * o->stride_bytes;
    uint64_t done = 0, timed = 1, round = 0;
    do {
        bool timing = __builtin_expect(round == timed, 0);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        unsigned started = 0;
        while (started < o->at_once && ops->start(first + started * o->stride_bytes, run, ran) == 0)
            started++;
        for (unsigned i = 0; i < started; i++)
            ops->join(first + i * o->stride_bytes, NULL);
        if (timing)
            timed = round + bench_sample_latency(t, begin_ns, clock_ns());
        round++;
        done += started;
        bench_count(t, done);
    } while (bench_running(t));
}

BENCH_SUBJECTS(thread);

static const struct bench_workload workloads[] = {
    {.name = "start-join",
     .question = "How many threads can be started and joined in a second, one after the other?",
     .threads = THREADS_ONE | THREADS_TO_CPUS,
     .parameter = 1},
    {.name = "start-16-join-16",
     .question = "... when sixteen are started before they are joined?",
     .threads = THREADS_ONE,
     .parameter = 16},
};

const struct bench_kind bench_thread = {
    .kind = "thread",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = thread_make,
    .unmake = thread_unmake,
    .verify = thread_verify,
    .fields = BENCH_CAN(FIELD_PARAMETER),
    .own_threads = true,
};
