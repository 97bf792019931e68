// SPDX-License-Identifier: MIT
/* Timer benchmarks: what starting and cancelling costs, and how late timers fire. The service has threads of
   its own, which run wherever the process may. Latency is lateness: from a timer's deadline to the call of
   its function. */
#include "benchmarks/loop.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <contend/timer.h>
#include <contend/wait.h>

#include <stdlib.h>

/* What a thread does, the parameter of a workload. */
enum shape {
    CANCEL,  /* starts a timer far away and cancels it */
    RESTART, /* moves one far away */
    BUSY,    /* CANCEL, while OUTSTANDING others are armed */
    SINGLE,  /* starts one, sleeps until it has fired */
    BURST,   /* starts OUTSTANDING, sleeps until the last has fired */
};

enum { OUTSTANDING = 1000 };
static const uint64_t FAR_NS = 1000 * CT_NS_PER_S, DELAY_NS = 1000000, SPREAD_NS = 10000000;

struct starter;

struct bench_timer {
    _Alignas(max_align_t) unsigned char node[CT_TIMER_NODE_BYTES_MAX];
    struct starter *of;
    uint64_t deadline_ns, late_ns;
};

/* What one thread and the functions of its timers share. */
struct starter {
    CT_APART struct ct_u32 left; /* timers that have not fired */
    struct ct_u32 early;         /* that did before their deadline */
    CT_APART struct bench_timer *timer;
    unsigned timers;
};

struct timer_object {
    const struct ct_timer_ops *ops;
    enum shape shape;
    unsigned threads;
    void *service;
    struct starter *starter;
    struct bench_timer *standing; /* armed all the time */
};

static void timer_fire(void *argument, uint64_t late_ns)
{
    struct bench_timer *x = argument;
    struct starter *s = x->of;
    x->late_ns = late_ns;
    if (clock_ns() < x->deadline_ns)
        ct_u32_add_relaxed(&s->early, 1);
    if (ct_u32_sub_release(&s->left, 1) == 1)
        ct_wake(&s->left, 1);
}

static struct bench_timer *timers_open(const struct timer_object *o, unsigned count,
                                       struct starter *of)
{
    struct bench_timer *timer =
        must_alloc_aligned(_Alignof(struct bench_timer), count * sizeof *timer);
    for (unsigned i = 0; i < count; i++) {
        timer[i].of = of;
        int error = o->ops->open(o->service, timer[i].node, timer_fire, &timer[i]);
        if (error)
            fail(EXIT_ENVIRONMENT, "%s/%s: cannot make %u timers: errno %d", o->ops->impl.kind,
                 o->ops->impl.name, count, error);
    }
    return timer;
}

static void *timer_make(const struct ct_impl *impl, const struct bench_workload *workload,
                        unsigned threads)
{
    struct timer_object *o = must_alloc(sizeof *o);
    o->ops = (const struct ct_timer_ops *)(const void *)impl;
    o->shape = (enum shape)workload->parameter;
    o->threads = threads;
    o->service = must_alloc_aligned(impl->align_bytes, impl->size_bytes);
    int error = o->ops->init(o->service, (threads + 1) * OUTSTANDING, true);
    if (error)
        fail(EXIT_ENVIRONMENT, "%s/%s: no thread for it: errno %d", impl->kind, impl->name, error);
    o->starter = must_alloc_aligned(CT_APART_BYTES, threads * sizeof *o->starter);
    for (unsigned i = 0; i < threads; i++) {
        o->starter[i].timers = o->shape == BURST ? OUTSTANDING : 1;
        o->starter[i].timer = timers_open(o, o->starter[i].timers, &o->starter[i]);
    }
    if (o->shape == BUSY) {
        o->standing = timers_open(o, OUTSTANDING, &o->starter[0]);
        for (uint64_t i = 0; i < OUTSTANDING; i++)
            (void)o->ops->start(o->service, o->standing[i].node, clock_ns() + FAR_NS + i);
    }
    return o;
}

static void timer_unmake(const struct ct_impl *impl, void *object)
{
    struct timer_object *o = object;
    (void)impl;
    (void)o->ops->shutdown(o->service);
    o->ops->destroy(o->service);
    for (unsigned i = 0; i < o->threads; i++)
        free(o->starter[i].timer);
    free(o->standing);
    free(o->starter);
    free(o->service);
    free(o);
}

static const char *timer_verify(const void *object, uint64_t counts)
{
    const struct timer_object *o = object;
    (void)counts; /* each loop waits for what it started, or is told that it cancelled it */
    for (unsigned i = 0; i < o->threads; i++) {
        if (ct_u32_load_relaxed(&o->starter[i].early) != 0)
            return "a timer fired early, or although it was cancelled";
        if (ct_u32_load_relaxed(&o->starter[i].left) != 0)
            return "a timer fired twice";
    }
    if (o->ops->shutdown(o->service) != (o->shape == BUSY ? OUTSTANDING : 0))
        return "timers were armed at the end that should not, or lost";
    return NULL;
}

BENCH_LOOP cancel_loop(const struct ct_timer_ops *ops, struct bench_thread *t, void *service,
                       struct bench_timer *x)
{
    uint64_t done = 0, deadline_ns = clock_ns() + FAR_NS;
    x->deadline_ns = UINT64_MAX;
    do {
        ops->start(service, x->node, deadline_ns);
        done += ops->cancel(service, x->node);
        bench_count(t, done);
    } while (bench_running(t));
}

BENCH_LOOP restart_loop(const struct ct_timer_ops *ops, struct bench_thread *t, void *service,
                        struct bench_timer *x)
{
    uint64_t done = 0, deadline_ns = clock_ns() + FAR_NS;
    x->deadline_ns = UINT64_MAX;
    ops->start(service, x->node, deadline_ns);
    do {
        done += ops->restart(service, x->node, ++deadline_ns);
        bench_count(t, done);
    } while (bench_running(t));
    ops->cancel(service, x->node);
}

/* All timers of the thread, evenly over spread_ns. */
BENCH_LOOP fire_loop(const struct ct_timer_ops *ops, struct bench_thread *t, void *service,
                     struct starter *s, uint64_t spread_ns)
{
    uint64_t done = 0;
    uint32_t left;
    do {
        uint64_t begin_ns = clock_ns() + DELAY_NS;
        ct_u32_store_relaxed(&s->left, s->timers);
        for (unsigned i = 0; i < s->timers; i++) {
            s->timer[i].deadline_ns = begin_ns + spread_ns * i / s->timers;
            ops->start(service, s->timer[i].node, s->timer[i].deadline_ns);
        }
        while ((left = ct_u32_load_acquire(&s->left)) != 0) /* pairs with timer_fire */
            (void)ct_wait(&s->left, left, CT_FOREVER);
        for (unsigned i = 0; i < s->timers; i++)
            (void)bench_sample_latency(t, s->timer[i].deadline_ns,
                                       s->timer[i].deadline_ns + s->timer[i].late_ns);
        bench_count(t, done += s->timers);
    } while (bench_running(t));
}

BENCH_LOOP timer_loop(const struct ct_timer_ops *ops, struct bench_thread *t)
{
    const struct timer_object *o = t->object;
    struct starter *s = &o->starter[t->index];
    switch (o->shape) {
    case CANCEL:
    case BUSY:
        cancel_loop(ops, t, o->service, s->timer);
        break;
    case RESTART:
        restart_loop(ops, t, o->service, s->timer);
        break;
    case SINGLE:
        fire_loop(ops, t, o->service, s, 0);
        break;
    case BURST:
        fire_loop(ops, t, o->service, s, SPREAD_NS);
        break;
    }
}

BENCH_SUBJECTS(timer);

static const struct bench_workload workloads[] = {
    {.name = "start-cancel",
     .question = "How many timers that never fire, such as those against a loss, can be started "
                 "and cancelled?",
     .threads = THREADS_ONE | THREADS_TWICE_CPUS,
     .parameter = CANCEL},
    {.name = "start-cancel-of-1000",
     .question = "... while 1000 others are armed?",
     .threads = THREADS_ONE,
     .parameter = BUSY},
    {.name = "restart",
     .question = "How often can a deadline be put off, as a watchdog's is?",
     .threads = THREADS_ONE,
     .parameter = RESTART},
    {.name = "lateness-1ms",
     .question = "How late does a timer of 1 ms fire when there is no other?",
     .threads = THREADS_ONE,
     .parameter = SINGLE},
    {.name = "lateness-of-1000",
     .question = "... and 1000 whose deadlines are 10 us apart?",
     .threads = THREADS_ONE,
     .parameter = BURST},
};

const struct bench_kind bench_timer = {
    .kind = "timer",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = timer_make,
    .unmake = timer_unmake,
    .verify = timer_verify,
    .own_threads = true,
};
