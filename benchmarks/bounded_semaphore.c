// SPDX-License-Identifier: MIT
/* Bounded semaphore benchmarks: what semaphores with a maximum cost beside those without (semaphore.c has
   the same rows), and what one release too many costs. */
#include "benchmarks/loop.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <stdlib.h>

/* What the threads do, the parameter of a workload. */
enum use {
    ONE_PERMIT, /* take the only permit, add to a counter, give it back: a mutex */
    REFUSED,    /* give back what nobody took */
};

struct bounded_semaphore_object {
    CT_APART const struct ct_bounded_semaphore_ops *ops;
    char *semaphore;
    enum use use;
    CT_APART uint64_t counter; /* protected by the permit: plain increments */
    struct ct_u64 refused;     /* posts, of threads that are done */
};

static void *bounded_semaphore_make(const struct ct_impl *impl,
                                    const struct bench_workload *workload, unsigned threads)
{
    (void)threads;
    struct bounded_semaphore_object *o = must_alloc_aligned(CT_APART_BYTES, sizeof *o);
    o->ops = (const struct ct_bounded_semaphore_ops *)(const void *)impl;
    o->use = (enum use)workload->parameter;
    o->semaphore = must_alloc_aligned(CT_APART_BYTES, apart(impl->size_bytes));
    o->ops->init(o->semaphore, 1, 1);
    return o;
}

static void bounded_semaphore_unmake(const struct ct_impl *impl, void *object)
{
    struct bounded_semaphore_object *o = object;
    (void)impl;
    if (o->ops->destroy)
        o->ops->destroy(o->semaphore);
    free(o->semaphore);
    free(o);
}

static const char *bounded_semaphore_verify(const void *object, uint64_t ops)
{
    const struct bounded_semaphore_object *o = object;
    if (o->ops->value(o->semaphore) != 1)
        return "permits were lost or made: the value at the end is not that of the start";
    if (o->use == ONE_PERMIT && o->counter != ops)
        return "updates under the only permit were lost: two threads had it";
    if (ct_u64_load_relaxed(&o->refused) != (o->use == REFUSED ? ops : 0))
        return "a post was refused that fits, or not refused that does not";
    return NULL;
}

BENCH_LOOP bounded_semaphore_loop(const struct ct_bounded_semaphore_ops *ops,
                                  struct bench_thread *t)
{
    struct bounded_semaphore_object *o = t->object;
    void *s = o->semaphore;
    const bool takes = o->use == ONE_PERMIT;
    uint64_t hold = t->hold_units, think = t->think_units;
    uint64_t done = 0, timed = 1, refused = 0;
    do {
        bool timing = __builtin_expect(done == timed, 0);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        if (takes)
            ops->wait(s); /* one call, so that it is inlined */
        if (timing)
            timed = done + bench_sample_latency(t, begin_ns, clock_ns());
        if (takes)
            ++o->counter;
        work(hold);
        refused += ops->post(s, 1) != 0;
        bench_count(t, ++done);
        work(think);
    } while (bench_running(t));
    ct_u64_add_relaxed(&o->refused, refused);
}

BENCH_SUBJECTS(bounded_semaphore);

static const struct bench_workload workloads[] = {
    {.name = "uncontended",
     .question = "What do a wait and a post cost when nobody else wants the permit?",
     .threads = THREADS_ONE,
     .parameter = ONE_PERMIT},
    {.name = "refused",
     .question = "What does a post cost that is one too many?",
     .threads = THREADS_ONE,
     .parameter = REFUSED},
    {.name = "as-mutex-contended",
     .question = "How much gets through one permit when threads do nothing but wait and post?",
     .threads = THREADS_TO_CPUS | THREADS_TWICE_CPUS | THREADS_FOUR_TIMES_CPUS,
     .parameter = ONE_PERMIT},
    {.name = "as-mutex-100ns-100ns",
     .question = "... when they do 100 ns of work with the permit and without?",
     .hold_ns = 100,
     .think_ns = 100,
     .threads = THREADS_TO_CPUS | THREADS_TWICE_CPUS | THREADS_FOUR_TIMES_CPUS,
     .parameter = ONE_PERMIT},
};

const struct bench_kind bench_bounded_semaphore = {
    .kind = "bounded_semaphore",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = bounded_semaphore_make,
    .unmake = bounded_semaphore_unmake,
    .verify = bounded_semaphore_verify,
    .fields = BENCH_CAN_WORK,
};
