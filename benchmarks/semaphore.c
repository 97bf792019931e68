// SPDX-License-Identifier: MIT
/* Semaphore benchmarks: threads take a permit, work, put it back, work; or hand one permit round. */
#include "benchmarks/varied.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <stdlib.h>

/* What the threads share, the parameter of a workload. */
enum shape {
    ONE_PERMIT,       /* one semaphore, one permit: a mutex */
    POOL,             /* one semaphore, more permits than anybody takes */
    PERMITS_FOR_HALF, /* one semaphore, a permit for every other thread */
    RING,             /* a semaphore for each thread, one permit, given to the next */
};

/* One trial's semaphores and counters, each apart from the others. */
struct semaphore_object {
    const struct ct_semaphore_ops *ops;
    unsigned semaphores;
    uint32_t permits; /* in all semaphores together */
    char *memory;
    size_t stride_bytes;
    /* As a mutex, all threads add to one counter, plainly: two holders would lose some. Else each to
       its own: in a ring, these stay together. */
    char *counters;
    size_t counter_stride_bytes;
};

static void *semaphore_at(const struct semaphore_object *o, unsigned index)
{
    return o->memory + index * o->stride_bytes;
}

static uint64_t *counter_at(const struct semaphore_object *o, unsigned index)
{
    return (uint64_t *)(void *)(o->counters + index * o->counter_stride_bytes);
}

static uint32_t permits_of(enum shape shape, unsigned threads)
{
    return shape == POOL ? 1000 + threads : shape == PERMITS_FOR_HALF ? (threads + 1) / 2 : 1;
}

static void *semaphore_make(const struct ct_impl *impl, const struct bench_workload *workload,
                            unsigned threads)
{
    struct semaphore_object *o = must_alloc(sizeof *o);
    o->ops = (const struct ct_semaphore_ops *)(const void *)impl;
    o->semaphores = workload->parameter == RING ? threads : 1;
    o->permits = permits_of((enum shape)workload->parameter, threads);
    o->stride_bytes = apart(impl->size_bytes);
    o->counter_stride_bytes = workload->parameter == ONE_PERMIT ? 0 : CT_APART_BYTES;
    size_t semaphores_bytes = o->semaphores * o->stride_bytes;
    o->memory =
        must_alloc_aligned(CT_APART_BYTES, semaphores_bytes + (size_t)threads * CT_APART_BYTES);
    o->counters = o->memory + semaphores_bytes;
    for (unsigned i = 0; i < o->semaphores; i++)
        o->ops->init(semaphore_at(o, i), i == 0 ? o->permits : 0);
    return o;
}

static void semaphore_unmake(const struct ct_impl *impl, void *object)
{
    struct semaphore_object *o = object;
    (void)impl;
    for (unsigned i = 0; i < o->semaphores && o->ops->destroy; i++)
        o->ops->destroy(semaphore_at(o, i));
    free(o->memory);
    free(o);
}

static const char *semaphore_verify(const void *object, uint64_t ops)
{
    const struct semaphore_object *o = object;
    uint64_t permits = 0;
    for (unsigned i = 0; i < o->semaphores; i++)
        permits += o->ops->value(semaphore_at(o, i));
    if (permits != o->permits)
        return "permits were lost or made: the value at the end is not that of the start";
    if (o->counter_stride_bytes == 0 && *counter_at(o, 0) != ops)
        return "updates under the only permit were lost: two threads had it";
    uint64_t most = *counter_at(o, 0);
    for (unsigned i = 1; i < o->semaphores; i++) {
        uint64_t before = *counter_at(o, i - 1), here = *counter_at(o, i);
        if (here > before || here + 1 < most)
            return "the permit did not go round: a thread had it more often than the one before";
    }
    return NULL;
}

/* In a ring, who sees the end has the permit, and passes it on before it goes: so everyone behind gets
   it once more, sees the end as well, and goes. */
BENCH_LOOP semaphore_loop_simple(const struct ct_semaphore_ops *ops, struct bench_thread *t)
{
    struct semaphore_object *o = t->object;
    void *own = semaphore_at(o, t->index % o->semaphores);
    void *next = semaphore_at(o, (t->index + 1) % o->semaphores);
    uint64_t *counter = counter_at(o, t->index);
    uint64_t hold = t->hold_units, think = t->think_units;
    uint64_t done = 0, timed = 1;
    bool running;
    do {
        bool timing = __builtin_expect(done == timed, 0);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        ops->wait(own); /* one call, so that it is inlined */
        if (timing)
            timed = done + bench_sample_latency(t, begin_ns, clock_ns());
        ++*counter;
        work(hold);
        running = bench_running(t);
        ops->post(next, 1);
        bench_count(t, ++done);
        work(think);
    } while (running);
}

BENCH_LOOP semaphore_loop_varied(const struct ct_semaphore_ops *ops, struct bench_thread *t)
{
    struct semaphore_object *o = t->object;
    void *own = semaphore_at(o, t->index % o->semaphores);
    void *next = semaphore_at(o, (t->index + 1) % o->semaphores);
    uint64_t *counter = counter_at(o, t->index);
    struct bench_step step = BENCH_STEP_FIRST;
    bool running;
    do {
        bench_step_begin(t, &step);
        ops->wait(own);
        bench_step_entered(t, &step);
        ++*counter;
        work(step.hold_units);
        running = bench_running(t);
        ops->post(next, 1);
        bench_step_end(t, &step);
    } while (running);
    bench_step_last(t, &step);
}

BENCH_LOOP semaphore_loop(const struct ct_semaphore_ops *ops, struct bench_thread *t)
{
    if (t->draws)
        semaphore_loop_varied(ops, t);
    else
        semaphore_loop_simple(ops, t);
}

BENCH_SUBJECTS(semaphore);

static const struct bench_workload workloads[] = {
    {.name = "uncontended",
     .question = "What do a wait and a post cost when nobody else wants the permit?",
     .threads = THREADS_ONE,
     .parameter = ONE_PERMIT},
    {.name = "uncontended-pool",
     .question = "... when there are many more permits than are taken?",
     .threads = THREADS_ONE,
     .parameter = POOL},
    {.name = "as-mutex-contended",
     .question = "How much gets through one permit when threads do nothing but wait and post?",
     .threads = THREADS_CONTENDED,
     .parameter = ONE_PERMIT},
    {.name = "as-mutex-100ns-100ns",
     .question = "... when they do 100 ns of work with the permit and without?",
     .hold_ns = 100,
     .think_ns = 100,
     .threads = THREADS_CONTENDED,
     .parameter = ONE_PERMIT},
    {.name = "permits-half",
     .question = "... when half of them may work at a time, 1 us with a permit and 1 us without?",
     .hold_ns = 1000,
     .think_ns = 1000,
     .threads = THREADS_CONTENDED,
     .parameter = PERMITS_FOR_HALF},
    {.name = "handoff-cross",
     .question = "How long does a permit take round all threads, each on a CPU of its own?",
     .threads = THREADS_TO_CPUS,
     .parameter = RING},
    {.name = "handoff-same-cpu",
     .question = "... there and back between two threads that share one CPU?",
     .threads = THREADS_TWO,
     .parameter = RING,
     .one_cpu = true},
    {.name = "connection-pool",
     .question =
         "How many queries get a connection, one for every other thread: most take 25 us, one "
         "in ten 275 us?",
     .hold_ns = 50000,
     .think_ns = 50000,
     .threads = THREADS_CONTENDED,
     .parameter = PERMITS_FOR_HALF,
     .role = ROLE_PATTERN,
     .hold_spread = SPREAD_BIMODAL,
     .think_spread = SPREAD_EXPONENTIAL},
};

const struct bench_kind bench_semaphore = {
    .kind = "semaphore",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = semaphore_make,
    .unmake = semaphore_unmake,
    .verify = semaphore_verify,
    .fields = BENCH_CAN_VARY,
};
