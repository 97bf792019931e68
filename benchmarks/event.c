// SPDX-License-Identifier: MIT
/* Event benchmarks: turns are handed round, or from one to all others and back. */
#include "benchmarks/loop.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <stdlib.h>

/* What the threads share, the parameter of a workload. */
enum shape {
    RING,      /* an event for each thread, set by the one before */
    RING_AUTO, /* the same with auto reset */
    BROADCAST, /* one event for the first thread, two, by turns, for all others */
    ASK,       /* one event, nobody waits */
};

enum { BROADCAST_EVENTS = 3 };

struct event_object {
    const struct ct_event_ops *ops;
    enum shape shape;
    bool manual; /* reset: where it is not offered, auto */
    unsigned events, threads;
    char *memory;
    size_t stride_bytes;
    CT_APART struct ct_u32 arrived; /* of all others, in this turn */
    struct ct_u64 *counters;        /* [threads], apart */
};

static void *event_at(const struct event_object *o, unsigned index)
{
    return o->memory + index * o->stride_bytes;
}

static struct ct_u64 *counter_at(const struct event_object *o, unsigned index)
{
    return o->counters + index * (CT_APART_BYTES / sizeof *o->counters);
}

/* Only what an implementation has: not every one has manual reset, without which nobody can set an event
   for all. */
static bool event_offered(const struct ct_impl *impl, const struct bench_workload *workload)
{
    const struct ct_event_ops *ops = (const struct ct_event_ops *)(const void *)impl;
    return workload->parameter == BROADCAST   ? ops->init != NULL
           : workload->parameter == RING_AUTO ? ops->init_auto != NULL
                                              : true;
}

static void *event_make(const struct ct_impl *impl, const struct bench_workload *workload,
                        unsigned threads)
{
    struct event_object *o = must_alloc_aligned(CT_APART_BYTES, sizeof *o);
    o->ops = (const struct ct_event_ops *)(const void *)impl;
    o->shape = (enum shape)workload->parameter;
    o->manual = o->ops->init && o->shape != RING_AUTO;
    o->threads = threads;
    o->events = o->shape == BROADCAST && threads > 1 ? BROADCAST_EVENTS : threads;
    o->stride_bytes = apart(impl->size_bytes);
    o->memory = must_alloc_aligned(CT_APART_BYTES, o->events * o->stride_bytes);
    o->counters = must_alloc_aligned(CT_APART_BYTES, (size_t)threads * CT_APART_BYTES);
    for (unsigned i = 0; i < o->events; i++)
        (o->manual ? o->ops->init : o->ops->init_auto)(event_at(o, i));
    o->ops->set(event_at(o, 0)); /* the first thread begins */
    return o;
}

static void event_unmake(const struct ct_impl *impl, void *object)
{
    struct event_object *o = object;
    (void)impl;
    for (unsigned i = 0; i < o->events && o->ops->destroy; i++)
        o->ops->destroy(event_at(o, i));
    free(o->counters);
    free(o->memory);
    free(o);
}

static const char *event_verify(const void *object, uint64_t ops)
{
    const struct event_object *o = object;
    uint64_t first = ct_u64_load_relaxed(counter_at(o, 0)), sum = first;
    for (unsigned i = 1; i < o->threads; i++) {
        uint64_t here = ct_u64_load_relaxed(counter_at(o, i));
        sum += here;
        if (here > first || here + 1 < first)
            return "a turn was lost or made: a thread had more or fewer than the first one gave it";
    }
    return sum == ops ? NULL : "the threads' counts do not add up to the operations";
}

static inline __attribute__((always_inline)) uint64_t ask(const struct ct_event_ops *ops,
                                                          struct bench_thread *t, void *own)
{
    uint64_t done = 0;
    do {
        done += ops->is_set(own);
        bench_count(t, done);
    } while (bench_running(t));
    return done;
}

/* A thread waits for one of its own events and sets one of the next, by turns: two, so that who is quick
   does not get through twice by one set. Of the group that one set lets through, the last passes on. */
struct turn {
    void *own[2], *next[2];
    uint32_t group;
};

/* Who sees the end passes the turn on before it goes: so everyone behind gets it once more, sees the end
   as well, and goes. */
static inline __attribute__((always_inline)) uint64_t
take_turns(const struct ct_event_ops *ops, struct bench_thread *t, const struct turn *turn)
{
    struct event_object *o = t->object;
    const bool manual = o->manual;
    uint64_t done = 0, timed = 1;
    bool running;
    do {
        void *own = turn->own[done & 1], *next = turn->next[done & 1];
        bool timing = __builtin_expect(done == timed, 0);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        ops->wait(own); /* one call, so that it is inlined */
        if (timing)
            timed = done + bench_sample_latency(t, begin_ns, clock_ns());
        running = bench_running(t);
        bench_count(t, ++done);
        if (turn->group > 1) {
            if (ct_u32_add_acqrel(&o->arrived, 1) + 1 != turn->group)
                continue;
            ct_u32_store_relaxed(&o->arrived, 0);
        }
        if (manual)
            ops->clear(own);
        ops->set(next);
    } while (running);
    return done;
}

static struct turn turn_of(const struct event_object *o, unsigned index)
{
    void *first = event_at(o, 0), *own = event_at(o, index % o->events);
    void *next = event_at(o, (index + 1) % o->events);
    if (o->shape != BROADCAST || o->threads == 1)
        return (struct turn){{own, own}, {next, next}, 1};
    void *even = event_at(o, 1), *odd = event_at(o, 2);
    return index == 0 ? (struct turn){{first, first}, {even, odd}, 1}
                      : (struct turn){{even, odd}, {first, first}, o->threads - 1};
}

BENCH_LOOP event_loop(const struct ct_event_ops *ops, struct bench_thread *t)
{
    struct event_object *o = t->object;
    struct turn turn = turn_of(o, t->index);
    uint64_t done = o->shape == ASK ? ask(ops, t, turn.own[0]) : take_turns(ops, t, &turn);
    ct_u64_store_relaxed(counter_at(o, t->index), done);
}

BENCH_SUBJECTS(event);

static const struct bench_workload workloads[] = {
    {.name = "uncontended",
     .question = "What do a wait, a clear and a set cost when nobody else is there?",
     .threads = THREADS_ONE,
     .parameter = RING},
    {.name = "uncontended-auto",
     .question = "What do a wait and a set cost that clears itself?",
     .threads = THREADS_ONE,
     .parameter = RING_AUTO},
    {.name = "is-set",
     .question = "What does it cost to ask whether an event is set?",
     .threads = THREADS_ONE,
     .parameter = ASK},
    {.name = "handoff-cross",
     .question = "How long does a turn take round all threads, each on a CPU of its own?",
     .threads = THREADS_TO_CPUS,
     .parameter = RING},
    {.name = "handoff-same-cpu",
     .question = "... there and back between two threads that share one CPU?",
     .threads = THREADS_TWO,
     .parameter = RING,
     .one_cpu = true},
    {.name = "broadcast",
     .question = "How many threads a second get through, when one lets all others go and they it?",
     .threads = THREADS_TWICE_CPUS | THREADS_FOUR_TIMES_CPUS,
     .parameter = BROADCAST},
};

const struct bench_kind bench_event = {
    .kind = "event",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .offered = event_offered,
    .make = event_make,
    .unmake = event_unmake,
    .verify = event_verify,
    .fields = BENCH_CAN(FIELD_PARAMETER),
};
