// SPDX-License-Identifier: MIT
/* Benchmarks of ordered acquisition: threads take several locks at once, work, give them back, work. */
#include "benchmarks/loop.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <contend/ordered.h>

#include <stdlib.h>

enum { LOCKS_MAX = 4, FORKS = 5, STEP = 2 };

/* Which locks a thread takes, the parameter of a workload: from 1 to LOCKS_MAX the first so many. */
enum shape {
    SHARED_TABLE = LOCKS_MAX + 1, /* a fork for each thread: its own and the next one's */
    FIVE_FORKS,                   /* five, two neighbouring ones of them, moving on each time */
};

/* One trial's locks, each with what it protects behind it, and what the threads hold; each apart from
   the others. */
struct ordered_object {
    const struct ct_ordered_ops *ops;
    char *locks;
    size_t stride_bytes, counter_bytes; /* from one lock to the next, and to its counter */
    unsigned count, takes;
    unsigned step; /* to the next seat, after each operation */
    char *threads;
    size_t thread_stride_bytes;
};

static void *lock_at(const struct ordered_object *o, unsigned index)
{
    return o->locks + index * o->stride_bytes;
}

/* Plain increments, so that two holders would lose some. */
static uint64_t *counter_of(const struct ordered_object *o, void *lock)
{
    return (uint64_t *)(void *)((char *)lock + o->counter_bytes);
}

static void *ordered_make(const struct ct_impl *impl, const struct bench_workload *workload,
                          unsigned threads)
{
    struct ordered_object *o = must_alloc(sizeof *o);
    uint32_t shape = workload->parameter;
    if (shape < 1 || shape > FIVE_FORKS)
        fail(EXIT_USAGE,
             "ordered: parameter %u: from 1 to %d locks, %d: a fork each, %d: five forks", shape,
             LOCKS_MAX, SHARED_TABLE, FIVE_FORKS);
    o->ops = (const struct ct_ordered_ops *)(const void *)impl;
    o->count = shape == FIVE_FORKS ? FORKS : shape == SHARED_TABLE ? threads : shape;
    o->takes = shape > LOCKS_MAX ? 2 : shape;
    o->step = shape == FIVE_FORKS ? STEP : 0;
    o->counter_bytes = apart(impl->size_bytes);
    o->stride_bytes = o->counter_bytes + CT_APART_BYTES;
    o->thread_stride_bytes = apart(sizeof(struct ct_ordered_thread));
    o->locks = must_alloc_aligned(CT_APART_BYTES, o->count * o->stride_bytes);
    o->threads = must_alloc_aligned(CT_APART_BYTES, threads * o->thread_stride_bytes);
    for (unsigned i = 0; i < o->count; i++)
        o->ops->init(lock_at(o, i));
    return o;
}

static void ordered_unmake(const struct ct_impl *impl, void *object)
{
    struct ordered_object *o = object;
    (void)impl;
    for (unsigned i = 0; i < o->count && o->ops->destroy; i++)
        o->ops->destroy(lock_at(o, i));
    free(o->locks);
    free(o->threads);
    free(o);
}

static const char *ordered_verify(const void *object, uint64_t counts)
{
    const struct ordered_object *o = object;
    uint64_t total = 0;
    for (unsigned i = 0; i < o->count; i++)
        total += *counter_of(o, lock_at(o, i));
    return total == counts * o->takes ? NULL
                                      : "updates under the locks were lost: two threads held one";
}

/* Each thread lists its locks from its own seat on, round the table: the last philosopher's order is the
   wrong one. */
BENCH_LOOP ordered_loop(const struct ct_ordered_ops *ops, struct bench_thread *t)
{
    struct ordered_object *o = t->object;
    struct ct_ordered_thread *thread =
        (struct ct_ordered_thread *)(void *)(o->threads + t->index * o->thread_stride_bytes);
    uint64_t hold = t->hold_units, think = t->think_units;
    unsigned takes = o->takes, count = o->count, seat = t->index % count;
    unsigned step = o->step;
    uint64_t done = 0, timed = 1;
    do {
        void *locks[LOCKS_MAX];
        for (unsigned i = 0; i < takes; i++)
            locks[i] = lock_at(o, seat + i < count ? seat + i : seat + i - count);
        bool timing = __builtin_expect(done == timed, 0);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        ops->acquire(thread, locks, takes, NULL); /* one call, so that it is inlined */
        if (timing)
            timed = done + bench_sample_latency(t, begin_ns, clock_ns());
        for (unsigned i = 0; i < takes; i++)
            ++*counter_of(o, locks[i]);
        work(hold);
        ops->release(thread, locks, takes);
        bench_count(t, ++done);
        seat = seat + step < count ? seat + step : seat + step - count;
        work(think);
    } while (bench_running(t));
}

BENCH_SUBJECTS(ordered);

static const struct bench_workload workloads[] = {
    {.name = "uncontended-1",
     .question = "What does ordered acquisition cost for one lock that nobody else wants?",
     .threads = THREADS_ONE,
     .parameter = 1},
    {.name = "uncontended-2",
     .question = "... for two locks?",
     .threads = THREADS_ONE,
     .parameter = 2},
    {.name = "uncontended-4",
     .question = "... for four locks?",
     .threads = THREADS_ONE,
     .parameter = 4},
    {.name = "philosophers",
     .question = "How many meals do philosophers get, one fork between any two, who only eat?",
     .threads = THREADS_CONTENDED,
     .parameter = SHARED_TABLE},
    {.name = "philosophers-1us-1us",
     .question = "... who eat for 1 us and think for 1 us?",
     .hold_ns = 1000,
     .think_ns = 1000,
     .threads = THREADS_CONTENDED,
     .parameter = SHARED_TABLE},
    {.name = "five-forks-1us-1us",
     .question = "... who move on round a table of five, whoever sits there already?",
     .hold_ns = 1000,
     .think_ns = 1000,
     .threads = THREADS_CONTENDED,
     .parameter = FIVE_FORKS},
};

const struct bench_kind bench_ordered = {
    .kind = "ordered",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = ordered_make,
    .unmake = ordered_unmake,
    .verify = ordered_verify,
    .fields = BENCH_CAN_WORK,
};
