// SPDX-License-Identifier: MIT
/* Condition benchmarks: signals that nobody waits for; one turn handed round; one of many woken, or all;
   a buffer between producers and consumers. */
#include "benchmarks/loop.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <contend/wait.h>

#include <stdlib.h>
#include <string.h>

/* What the threads do, the parameter of a workload. */
enum shape {
    SIGNALS, /* signal, nobody waiting */
    RING,    /* a condition for each thread, one turn, given to the next */
    WAKE_ONE, /* the first gives one of the others, who wait on one condition, a job, and awaits it */
    PHASES,   /* nobody begins a phase before all have ended the one before */
    BUFFER,   /* even threads put items into a bounded buffer, odd ones take them out */
};

enum { BUFFER_ITEMS = 16 };

/* One trial's mutex and conditions, and what they guard, each apart from the others. */
struct condition_object {
    const struct ct_condition_ops *ops;
    const struct ct_mutex_ops *mutex_ops;
    enum shape shape;
    unsigned threads, conditions;
    char *memory, *mutex, *nodes, *first;
    size_t node_stride_bytes, stride_bytes;
    /* under the mutex */
    CT_APART uint64_t turn, arrived, phase;
    uint64_t jobs, jobs_done, items, put, taken;
    bool ended; /* nobody waits any more */
};

static void *condition_at(const struct condition_object *o, unsigned index)
{
    return o->first + index * o->stride_bytes;
}

static const struct ct_mutex_ops *mutex_of(const struct ct_condition_ops *ops)
{
    for (const struct ct_impl *const *i = ct_impls; *i; i++)
        if (strcmp((*i)->kind, "mutex") == 0 && strcmp((*i)->name, ops->mutex) == 0)
            return (const struct ct_mutex_ops *)(const void *)*i;
    fail(EXIT_ENVIRONMENT, "condition/%s: needs mutex/%s, which this build lacks", ops->impl.name,
         ops->mutex);
}

static void *condition_make(const struct ct_impl *impl, const struct bench_workload *workload,
                            unsigned threads)
{
    struct condition_object *o = must_alloc_aligned(CT_APART_BYTES, sizeof *o);
    memset(o, 0, sizeof *o);
    o->ops = (const struct ct_condition_ops *)(const void *)impl;
    o->mutex_ops = mutex_of(o->ops);
    o->shape = (enum shape)workload->parameter;
    o->threads = threads;
    o->conditions = o->shape == RING ? threads : 2;
    o->stride_bytes = apart(impl->size_bytes);
    o->node_stride_bytes = apart(o->mutex_ops->impl.node_bytes);
    size_t mutex_bytes = apart(o->mutex_ops->impl.size_bytes);
    size_t nodes_bytes = threads * o->node_stride_bytes;
    o->memory = must_alloc_aligned(CT_APART_BYTES,
                                   mutex_bytes + nodes_bytes + o->conditions * o->stride_bytes);
    o->mutex = o->memory;
    o->nodes = o->memory + mutex_bytes;
    o->first = o->nodes + nodes_bytes;
    memset(o->nodes, 0, nodes_bytes);
    o->mutex_ops->init(o->mutex);
    for (unsigned i = 0; i < o->conditions; i++)
        o->ops->init(condition_at(o, i));
    return o;
}

static void condition_unmake(const struct ct_impl *impl, void *object)
{
    struct condition_object *o = object;
    (void)impl;
    for (unsigned i = 0; i < o->conditions && o->ops->destroy; i++)
        o->ops->destroy(condition_at(o, i));
    if (o->mutex_ops->destroy)
        o->mutex_ops->destroy(o->mutex);
    free(o->memory);
    free(o);
}

static const char *condition_verify(const void *object, uint64_t counts)
{
    const struct condition_object *o = object;
    uint64_t expected = counts;
    if (o->shape == RING)
        expected = o->turn;
    else if (o->shape == WAKE_ONE)
        expected = o->jobs + o->jobs_done;
    else if (o->shape == PHASES)
        expected = o->phase * o->threads;
    else if (o->shape == BUFFER)
        expected = o->put + o->taken;
    if (expected != counts)
        return "updates under the mutex were lost: a wait returned without it";
    if (o->jobs != o->jobs_done || o->put - o->taken != o->items)
        return "a job or an item was lost or done twice";
    return NULL;
}

/* The mutex is called through its table, as the conditions do, which work with any: out of line, for all
   conditions alike. */
__attribute__((noinline)) static void lock(const struct ct_held *held)
{
    held->ops->lock(held->m, held->node);
}

__attribute__((noinline)) static void unlock(const struct ct_held *held)
{
    held->ops->unlock(held->m, held->node);
}

/* One thread, as its loop knows it. */
struct player {
    struct bench_thread *t;
    struct condition_object *o;
    struct ct_held held;
    uint64_t done, timed;
};

static inline uint64_t timing_begin(const struct player *p)
{
    return __builtin_expect(p->done == p->timed, 0) ? clock_ns() : 0;
}

static inline void timing_end(struct player *p, uint64_t begin_ns)
{
    if (__builtin_expect(begin_ns != 0, 0))
        p->timed = p->done + bench_sample_latency(p->t, begin_ns, clock_ns());
}

static inline void count(struct player *p)
{
    bench_count(p->t, ++p->done);
}

BENCH_LOOP signals_loop(const struct ct_condition_ops *ops, struct player *p)
{
    void *condition = condition_at(p->o, 0);
    do {
        uint64_t begin_ns = timing_begin(p);
        ops->signal(condition);
        timing_end(p, begin_ns);
        count(p);
    } while (bench_running(p->t));
}

/* Who sees the end has the turn, and passes it on before it goes: so everyone behind gets it once more,
   sees the end as well, and goes. */
BENCH_LOOP ring_loop(const struct ct_condition_ops *ops, struct player *p)
{
    struct condition_object *o = p->o;
    uint64_t mine = p->t->index;
    void *own = condition_at(o, p->t->index);
    void *next = condition_at(o, (p->t->index + 1) % o->threads);
    bool running;
    do {
        lock(&p->held);
        uint64_t begin_ns = timing_begin(p);
        while (o->turn != mine)
            ops->wait(own, &p->held);
        timing_end(p, begin_ns);
        mine += o->threads;
        o->turn++;
        running = bench_running(p->t);
        ops->signal(next);
        unlock(&p->held);
        count(p);
    } while (running);
}

BENCH_LOOP wake_one_loop(const struct ct_condition_ops *ops, struct player *p)
{
    struct condition_object *o = p->o;
    bool first = p->t->index == 0;
    void *wanted = condition_at(o, 0), *answered = condition_at(o, 1);
    lock(&p->held);
    do {
        if (first) {
            o->jobs++;
            ops->signal(wanted);
        }
        uint64_t begin_ns = timing_begin(p);
        while ((o->jobs == o->jobs_done) != first && !o->ended)
            ops->wait(first ? answered : wanted, &p->held);
        timing_end(p, begin_ns);
        if (!first && o->jobs != o->jobs_done) {
            o->jobs_done++;
            ops->signal(answered);
            count(p);
        } else if (first) {
            count(p);
        }
        if (first && !bench_running(p->t)) {
            o->ended = true;
            ops->broadcast(wanted);
        }
    } while (!o->ended);
    unlock(&p->held);
}

BENCH_LOOP phases_loop(const struct ct_condition_ops *ops, struct player *p)
{
    struct condition_object *o = p->o;
    void *condition = condition_at(o, 0);
    uint64_t phase = 0;
    bool over;
    do {
        lock(&p->held);
        if (++o->arrived == o->threads) {
            o->arrived = 0;
            o->phase++;
            o->ended = !bench_running(p->t);
            ops->broadcast(condition);
        }
        uint64_t begin_ns = timing_begin(p);
        while (o->phase == phase)
            ops->wait(condition, &p->held);
        timing_end(p, begin_ns);
        phase++;
        over = o->ended;
        unlock(&p->held);
        count(p);
    } while (!over);
}

BENCH_LOOP buffer_loop(const struct ct_condition_ops *ops, struct player *p)
{
    struct condition_object *o = p->o;
    bool puts = p->t->index % 2 == 0;
    uint64_t unfit = puts ? BUFFER_ITEMS : 0;
    void *own = condition_at(o, puts), *theirs = condition_at(o, !puts);
    bool over;
    do {
        lock(&p->held);
        uint64_t begin_ns = timing_begin(p);
        while (o->items == unfit && !o->ended)
            ops->wait(own, &p->held);
        timing_end(p, begin_ns);
        if (o->items != unfit) {
            o->items += puts ? 1 : UINT64_MAX;
            ++*(puts ? &o->put : &o->taken);
            ops->signal(theirs);
            count(p);
        }
        if (!bench_running(p->t)) {
            o->ended = true;
            ops->broadcast(own);
            ops->broadcast(theirs);
        }
        over = o->ended;
        unlock(&p->held);
    } while (!over);
}

BENCH_LOOP condition_loop(const struct ct_condition_ops *ops, struct bench_thread *t)
{
    struct condition_object *o = t->object;
    struct player p = {.t = t,
                       .o = o,
                       .held = {o->mutex_ops, o->mutex, o->nodes + t->index * o->node_stride_bytes},
                       .timed = 1};
    switch (o->shape) {
    case SIGNALS:
        signals_loop(ops, &p);
        break;
    case RING:
        ring_loop(ops, &p);
        break;
    case WAKE_ONE:
        wake_one_loop(ops, &p);
        break;
    case PHASES:
        phases_loop(ops, &p);
        break;
    case BUFFER:
        buffer_loop(ops, &p);
        break;
    }
}

BENCH_SUBJECTS(condition);

static const struct bench_workload workloads[] = {
    {.name = "signal-nobody",
     .question = "What does a signal cost when nobody waits?",
     .threads = THREADS_ONE,
     .parameter = SIGNALS},
    {.name = "handoff-cross",
     .question = "How long does a turn take round all threads, each on a CPU of its own?",
     .threads = THREADS_TO_CPUS,
     .parameter = RING},
    {.name = "handoff-same-cpu",
     .question = "... there and back between two threads that share one CPU?",
     .threads = THREADS_TWO,
     .parameter = RING,
     .one_cpu = true},
    {.name = "wake-one",
     .question = "How long until one of several who wait has woken and answered?",
     .threads = THREADS_TWICE_CPUS | THREADS_FOUR_TIMES_CPUS,
     .parameter = WAKE_ONE,
     .counts_per_op = 2},
    {.name = "wake-all",
     .question = "How many phases, each begun by a broadcast to all others, get through?",
     .threads = THREADS_CONTENDED,
     .parameter = PHASES,
     .counts_per_op = BENCH_ALL_THREADS},
    {.name = "buffer",
     .question = "How many items get through a bounded buffer, half the threads at either end?",
     .threads = THREADS_CONTENDED,
     .parameter = BUFFER,
     .counts_per_op = 2},
};

const struct bench_kind bench_condition = {
    .kind = "condition",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = condition_make,
    .unmake = condition_unmake,
    .verify = condition_verify,
    .fields = BENCH_CAN(FIELD_PARAMETER),
};
