// SPDX-License-Identifier: MIT
/* Mutex benchmarks: threads take a lock, work, give it back, work. */
#include "benchmarks/guarded.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <stdlib.h>

static void *mutex_make(const struct ct_impl *impl, const struct bench_workload *workload,
                        unsigned threads)
{
    struct guarded *g = must_alloc(sizeof *g);
    guarded_make(g, impl, workload, threads, 1);
    for (uint32_t i = 0; i < g->objects; i++)
        ((const struct ct_mutex_ops *)(const void *)impl)->init(guarded_lock(g, i));
    return g;
}

static void mutex_unmake(const struct ct_impl *impl, void *object)
{
    struct guarded *g = object;
    const struct ct_mutex_ops *ops = (const struct ct_mutex_ops *)(const void *)impl;
    for (uint32_t i = 0; i < g->objects && ops->destroy; i++)
        ops->destroy(guarded_lock(g, i));
    guarded_free(g);
    free(g);
}

/* Every holder added one to every line, plainly, so that two would lose some. */
static const char *mutex_verify(const void *object, uint64_t counts)
{
    const struct guarded *g = object;
    for (uint32_t line = 0; line < g->lines; line++)
        if (guarded_sum(g, line) != counts)
            return "updates under the lock were lost: two threads held it";
    return NULL;
}

BENCH_LOOP mutex_loop_varied(const struct ct_mutex_ops *ops, struct bench_thread *t)
{
    const struct guarded *g = t->object;
    struct bench_step step = BENCH_STEP_FIRST;
    do {
        bench_step_begin(t, &step);
        void *lock = guarded_lock(g, step.object);
        void *node = guarded_node(g, t->index, step.object);
        ops->lock(lock, node);
        bench_step_entered(t, &step);
        bench_touch(guarded_data(g, step.object), g->lines);
        work(step.hold_units);
        ops->unlock(lock, node);
        bench_step_end(t, &step);
    } while (bench_running(t));
    bench_step_last(t, &step);
}

/* One lock, one line of data. */
BENCH_LOOP mutex_loop_simple(const struct ct_mutex_ops *ops, struct bench_thread *t)
{
    const struct guarded *g = t->object;
    void *lock = g->locks;
    void *node = guarded_node(g, t->index, 0);
    uint64_t *counter = (uint64_t *)(uintptr_t)guarded_data(g, 0);
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

BENCH_LOOP mutex_loop(const struct ct_mutex_ops *ops, struct bench_thread *t)
{
    if (t->draws)
        mutex_loop_varied(ops, t);
    else
        mutex_loop_simple(ops, t);
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
     .threads = LOPSIDED},
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
    {.name = "counter",
     .question =
         "How fast do threads add to one counter that lies beside its lock, each about every "
         "200 ns?",
     .think_ns = 200,
     .threads = THREADS_CONTENDED,
     .role = ROLE_PATTERN,
     .think_spread = SPREAD_EXPONENTIAL,
     .beside_lock = 1},
    {.name = "reference-count",
     .question = "... do they take and drop references to 256 objects, few of them the favourites?",
     .think_ns = 50,
     .threads = THREADS_ONE | THREADS_CONTENDED,
     .role = ROLE_PATTERN,
     .think_spread = SPREAD_EXPONENTIAL,
     .objects = 256,
     .skew_permille = 990,
     .beside_lock = 1},
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
    .fields = BENCH_CAN_VARY | BENCH_CAN_CHOOSE,
};
