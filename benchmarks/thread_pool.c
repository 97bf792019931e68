// SPDX-License-Identifier: MIT
/* Thread pool benchmarks: threads submit tasks, one at a time or as many as the pool bears, and count those
 * that were run. The pool has a worker for each CPU that the submitters leave, one at least; its workers run
 * wherever the process may. */
#include "benchmarks/loop.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <contend/task.h>

#include <stdlib.h>

/* What a thread does, the parameter of a workload. */
enum shape {
    STREAM, /* submits for nobody, as many as wait in the pool */
    MIXED,  /* the same, every sixteenth task much longer */
    CROWD,  /* the same with four workers for each CPU */
    START,  /* one at a time, timed to its start */
    DONE,   /* one at a time, timed to the return of its wait */
    TREE,   /* one that submits two, that submit two ..., timed until all are done */
};

enum {
    LONG_EVERY = 16,
    LOOKS_EVERY = 32, /* submits between two looks at how many were run */
    TREE_NODES = 255, /* of depth 8 */
    CROWD_WORKERS = 4,
};

struct node {
    struct submitter *of;
    unsigned index;
    struct ct_u32 pending; /* itself, and each child's subtree */
};

/* What one thread and its tasks share. */
struct submitter {
    CT_APART struct ct_u64 ran;
    CT_APART const struct ct_thread_pool_ops *ops;
    void *pool;
    uint64_t window; /* tasks of its own that may wait */
    uint64_t hold_units;
    uint64_t started_ns;
    struct ct_u32 tree_done;
    struct node node[TREE_NODES];
    struct ct_future future;
};

struct thread_pool_object {
    const struct ct_thread_pool_ops *ops;
    enum shape shape;
    unsigned threads;
    void *pool;
    struct submitter *submitter;
};

static unsigned workers_for(enum shape shape, unsigned threads)
{
    cpu_set_t set;
    unsigned cpus = sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
    if (shape == CROWD)
        cpus *= CROWD_WORKERS;
    else
        cpus = cpus > threads ? cpus - threads : 1;
    return cpus < CT_THREAD_POOL_WORKERS_MAX ? cpus : CT_THREAD_POOL_WORKERS_MAX;
}

static void *thread_pool_make(const struct ct_impl *impl, const struct bench_workload *workload,
                              unsigned threads)
{
    struct thread_pool_object *o = must_alloc(sizeof *o);
    o->ops = (const struct ct_thread_pool_ops *)(const void *)impl;
    o->shape = (enum shape)workload->parameter;
    o->threads = threads;
    size_t align = impl->align_bytes > CT_APART_BYTES ? impl->align_bytes : CT_APART_BYTES;
    o->pool = must_alloc_aligned(align, impl->size_bytes);
    o->submitter = must_alloc_aligned(CT_APART_BYTES, threads * sizeof *o->submitter);
    for (unsigned i = 0; i < threads; i++) {
        struct submitter *s = &o->submitter[i];
        s->ops = o->ops;
        s->pool = o->pool;
        s->window = CT_THREAD_POOL_TASKS / 2 / threads + 1;
        for (unsigned n = 0; n < TREE_NODES; n++)
            s->node[n] = (struct node){.of = s, .index = n};
    }
    int error = o->ops->init(o->pool, workers_for(o->shape, threads), NULL);
    if (error)
        fail(EXIT_ENVIRONMENT, "%s/%s: no threads for its workers: errno %d", impl->kind,
             impl->name, error);
    return o;
}

static void thread_pool_unmake(const struct ct_impl *impl, void *object)
{
    struct thread_pool_object *o = object;
    (void)impl;
    (void)o->ops->shutdown(o->pool, CT_THREAD_POOL_NOW);
    if (o->ops->destroy)
        o->ops->destroy(o->pool);
    free(o->submitter);
    free(o->pool);
    free(o);
}

/* Every submitter has waited until all its tasks had run: a duplicate may still come. */
static const char *thread_pool_verify(const void *object, uint64_t counts)
{
    const struct thread_pool_object *o = object;
    struct ct_thread_pool_rest rest = o->ops->shutdown(o->pool, CT_THREAD_POOL_DRAIN);
    uint64_t ran = 0;
    for (unsigned i = 0; i < o->threads; i++)
        ran += ct_u64_load_relaxed(&o->submitter[i].ran);
    if (ran != counts)
        return "tasks were lost or run twice: those that ran are not those that were submitted";
    if (rest.dropped || rest.failed)
        return "shutdown counts tasks as dropped or failed that were not";
    return NULL;
}

static int task_stream(void *argument, void **value)
{
    struct submitter *s = argument;
    (void)value;
    work(s->hold_units);
    ct_u64_add_relaxed(&s->ran, 1);
    return 0;
}

static int task_mixed(void *argument, void **value)
{
    struct submitter *s = argument;
    (void)value;
    if (ct_u64_add_relaxed(&s->ran, 1) % LONG_EVERY == 0)
        work(s->hold_units * LONG_EVERY);
    return 0;
}

static int task_start(void *argument, void **value)
{
    struct submitter *s = argument;
    (void)value;
    s->started_ns = clock_ns();
    ct_u64_add_relaxed(&s->ran, 1);
    return 0;
}

/* A leaf, or a subtree, is done: perhaps its parent is, too. */
static void node_done(struct submitter *s, unsigned index)
{
    while (ct_u32_sub_acqrel(&s->node[index].pending, 1) == 1) {
        if (index == 0) {
            ct_u32_store_release(&s->tree_done, 1);
            return;
        }
        index = (index - 1) / 2;
    }
}

static int task_node(void *argument, void **value)
{
    struct node *n = argument;
    struct submitter *s = n->of;
    unsigned index = n->index, left = 2 * index + 1;
    (void)value;
    work(s->hold_units);
    ct_u64_add_relaxed(&s->ran, 1);
    ct_u32_store_relaxed(&n->pending, left < TREE_NODES ? 3 : 1);
    for (unsigned child = left; left < TREE_NODES && child <= left + 1; child++)
        if (s->ops->submit(s->pool, NULL, task_node, &s->node[child]) != 0)
            return ECANCELED;
    node_done(s, index);
    return 0;
}

/* Until no more than most of those submitted are left. */
static inline void drain(struct bench_thread *t, const struct submitter *s, uint64_t submitted,
                         uint64_t most)
{
    uint64_t ran;
    while (submitted - (ran = ct_u64_load_acquire(&s->ran)) > most)
        ct_yield();
    bench_count(t, ran);
}

BENCH_LOOP stream_loop(const struct ct_thread_pool_ops *ops, struct bench_thread *t,
                       struct submitter *s, ct_task_function *function)
{
    uint64_t submitted = 0;
    do {
        ops->submit(s->pool, NULL, function, s);
        if (++submitted % LOOKS_EVERY == 0)
            drain(t, s, submitted, s->window);
    } while (bench_running(t));
    drain(t, s, submitted, 0);
}

BENCH_LOOP single_loop(const struct ct_thread_pool_ops *ops, struct bench_thread *t,
                       struct submitter *s, bool to_start)
{
    uint64_t done = 0, timed = 1;
    do {
        uint64_t begin_ns = clock_ns();
        ops->submit(s->pool, &s->future, task_start, s);
        ops->timedwait(s->pool, &s->future, CT_FOREVER);
        if (done >= timed)
            timed = done + bench_sample_latency(t, begin_ns, to_start ? s->started_ns : clock_ns());
        bench_count(t, ++done);
        work(t->think_units);
    } while (bench_running(t));
}

BENCH_LOOP tree_loop(const struct ct_thread_pool_ops *ops, struct bench_thread *t,
                     struct submitter *s)
{
    uint64_t trees = 0, timed = 1;
    do {
        uint64_t begin_ns = clock_ns();
        ct_u32_store_relaxed(&s->tree_done, 0);
        ops->submit(s->pool, NULL, task_node, &s->node[0]);
        while (ct_u32_load_acquire(&s->tree_done) == 0)
            ct_yield();
        if (trees >= timed)
            timed = trees + bench_sample_latency(t, begin_ns, clock_ns());
        bench_count(t, ++trees * TREE_NODES);
    } while (bench_running(t));
}

BENCH_LOOP thread_pool_loop(const struct ct_thread_pool_ops *ops, struct bench_thread *t)
{
    struct thread_pool_object *o = t->object;
    struct submitter *s = &o->submitter[t->index];
    s->hold_units = t->hold_units;
    switch (o->shape) {
    case STREAM:
    case CROWD:
        stream_loop(ops, t, s, task_stream);
        break;
    case MIXED:
        stream_loop(ops, t, s, task_mixed);
        break;
    case START:
    case DONE:
        single_loop(ops, t, s, o->shape == START);
        break;
    case TREE:
        tree_loop(ops, t, s);
        break;
    }
}

BENCH_SUBJECTS(thread_pool);

static const struct bench_workload workloads[] = {
    {.name = "empty-tasks",
     .question = "How many tasks that do next to nothing can threads get run?",
     .threads = THREADS_ONE | THREADS_TWICE_CPUS,
     .parameter = STREAM},
    {.name = "tasks-1us",
     .question = "... tasks of 1 us each, from one thread?",
     .hold_ns = 1000,
     .threads = THREADS_ONE,
     .parameter = STREAM},
    {.name = "mixed-tasks",
     .question = "... when every sixteenth takes 16 us, and the others nothing?",
     .hold_ns = 1000,
     .threads = THREADS_ONE,
     .parameter = MIXED},
    {.name = "four-workers-per-cpu",
     .question = "... of 1 us each, when there are four workers for each CPU?",
     .hold_ns = 1000,
     .threads = THREADS_ONE,
     .parameter = CROWD},
    {.name = "submit-to-start",
     .question = "How long does a task wait for its start when the workers have nothing to do?",
     .threads = THREADS_ONE,
     .parameter = START},
    {.name = "submit-to-done",
     .question = "... and its submitter, who submits every 100 us, until it is back?",
     .think_ns = 100000,
     .threads = THREADS_ONE,
     .parameter = DONE},
    {.name = "fork-join",
     .question = "How fast is a tree of 255 tasks run, each of 100 ns, each submitting two?",
     .hold_ns = 100,
     .threads = THREADS_ONE,
     .parameter = TREE,
     .role = ROLE_BOTH},
};

const struct bench_kind bench_thread_pool = {
    .kind = "thread_pool",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = thread_pool_make,
    .unmake = thread_pool_unmake,
    .verify = thread_pool_verify,
    .fields = BENCH_CAN_WORK,
    .own_threads = true,
};
