// SPDX-License-Identifier: MIT
/* Thread-local benchmarks: threads ask for what is theirs, often or for the first time. */
#include "benchmarks/loop.h"
#include "contend_impls.h"
#include "support/fail.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum shape {
    OLD_THREADS, /* each asks again and again */
    NEW_THREADS, /* each makes a thread that asks once and ends */
};

struct thread_local_object {
    const struct ct_thread_local_ops *ops;
    void *local;
    enum shape shape;
    CT_APART struct ct_u64 made, unmade; /* rarely written, where threads are old */
    struct ct_u64 failed;                /* threads that could not be made */
};

/* A value needs no memory of its own: any address that is not NULL will do. */
static void *make(void *context)
{
    struct thread_local_object *o = context;
    ct_u64_add_relaxed(&o->made, 1);
    return o;
}

static void unmake(void *value)
{
    struct thread_local_object *o = value;
    ct_u64_add_relaxed(&o->unmade, 1);
}

static void *thread_local_make(const struct ct_impl *impl, const struct bench_workload *workload,
                               unsigned threads)
{
    struct thread_local_object *o = must_alloc_aligned(CT_APART_BYTES, sizeof *o);
    (void)threads;
    o->ops = (const struct ct_thread_local_ops *)(const void *)impl;
    o->local = must_alloc_aligned(CT_APART_BYTES, apart(impl->size_bytes));
    o->shape = (enum shape)workload->parameter;
    int error = o->ops->init(o->local, make, unmake, o);
    if (error != 0)
        fail(EXIT_ENVIRONMENT, "thread_local/%s: cannot be made: %s", impl->name, strerror(error));
    return o;
}

static void thread_local_unmake(const struct ct_impl *impl, void *object)
{
    struct thread_local_object *o = object;
    (void)impl;
    o->ops->destroy(o->local);
    free(o->local);
    free(o);
}

static const char *thread_local_verify(const void *object, uint64_t counts)
{
    const struct thread_local_object *o = object;
    uint64_t made = ct_u64_load_relaxed(&o->made);
    if (made != ct_u64_load_relaxed(&o->unmade))
        return "not every value was unmade once at its thread's end";
    if (o->shape == NEW_THREADS && made + ct_u64_load_relaxed(&o->failed) != counts)
        return "not every new thread made a value";
    return NULL;
}

static void *ask_once(void *argument)
{
    struct thread_local_object *o = argument;
    o->ops->get(o->local);
    return NULL;
}

/* A get is timed as part of the loop alone: it is shorter than a look at the clock. */
BENCH_LOOP thread_local_loop(const struct ct_thread_local_ops *ops, struct bench_thread *t)
{
    struct thread_local_object *o = t->object;
    void *local = o->local;
    uint64_t done = 0;
    if (o->shape == OLD_THREADS) {
        do {
            void *value = ops->get(local); /* one call, so that it is inlined */
            __asm__ volatile("" : : "r"(value) : "memory");
            bench_count(t, ++done);
        } while (bench_running(t));
        return;
    }
    do {
        pthread_t thread;
        if (pthread_create(&thread, NULL, ask_once, o) == 0)
            pthread_join(thread, NULL);
        else
            ct_u64_add_relaxed(&o->failed, 1);
        bench_count(t, ++done);
    } while (bench_running(t));
}

BENCH_SUBJECTS(thread_local);

static const struct bench_workload workloads[] = {
    {.name = "get",
     .question = "What does it cost a thread to find its own value?",
     .threads = THREADS_ONE | THREADS_TO_CPUS,
     .parameter = OLD_THREADS},
    {.name = "first-get",
     .question =
         "How many threads in a second can start, make a value, and unmake it at their end?",
     .threads = THREADS_ONE,
     .parameter = NEW_THREADS},
};

const struct bench_kind bench_thread_local = {
    .kind = "thread_local",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = thread_local_make,
    .unmake = thread_local_unmake,
    .verify = thread_local_verify,
    .fields = BENCH_CAN(FIELD_PARAMETER),
};
