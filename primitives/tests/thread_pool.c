// SPDX-License-Identifier: MIT
/* thread_pool.c - the contract of contend/thread_pool.h, as far as a few threads can show it for certain;
   what only many interleavings show is the stress tests' and the model's. */
#include "thread_pool_fixture.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    FEW = 5,
    MANY = 3 * CT_THREAD_POOL_TASKS, /* more than wait in a pool */
    FAILURE = 7,
    WORKERS = 2,
};

static const uint64_t MS = 1000000;
static const uint64_t LONG_NS = 5 * CT_NS_PER_S; /* far beyond any delay but being stuck */

/* A task's argument; blocks until it is let go where told to. */
struct job {
    struct ct_u32 runs, held, let_go;
    bool blocks;
    int failure;
    pthread_t thread;
    struct pool *pool;
    struct ct_future future;
};

static int job_run(void *argument, void **value)
{
    struct job *j = argument;
    j->thread = pthread_self();
    ct_u32_store_release(&j->held, 1);
    while (j->blocks && ct_u32_load_acquire(&j->let_go) == 0)
        ct_yield();
    ct_u32_add_release(&j->runs, 1);
    *value = j;
    return j->failure;
}

static int submit(struct pool *pool, struct job *j)
{
    return pool->ops->submit(pool->p, &j->future, job_run, j);
}

/* Submit one that keeps its worker, and wait until it has it. */
static void occupy(struct pool *pool, struct job *j)
{
    j->blocks = true;
    CONTRACT(submit(pool, j) == 0);
    while (ct_u32_load_acquire(&j->held) == 0)
        ct_yield();
}

static void test_traits(const void *ops)
{
    const struct ct_thread_pool_ops *o = ops;
    CONTRACT(o->impl.traits & CT_TIMED);
    CONTRACT(o->init && o->submit && o->map && o->wait && o->timedwait && o->cancel && o->result &&
             o->shutdown);
    CONTRACT(o->impl.node_bytes == 0);
}

static void test_init_errors(const void *ops)
{
    struct pool pool = pool_alloc(ops);
    cpu_set_t none;
    CPU_ZERO(&none);
    CONTRACT(pool.ops->init(pool.p, CT_THREAD_POOL_WORKERS_MAX + 1, NULL) == EINVAL);
    CONTRACT(pool.ops->init(pool.p, 1, &none) == EINVAL);
    CONTRACT((pool.ops->init(pool.p, 0, NULL) == EINVAL) == !pool.ops->work);
    if (pool.ops->work) {
        (void)pool_unmake(&pool, CT_THREAD_POOL_DRAIN);
    } else {
        free(pool.p);
    }
}

static void test_result(const void *ops)
{
    struct pool pool = pool_make(ops, WORKERS);
    for (int failure = 0; failure < 3; failure++) {
        struct job j = {.failure = failure};
        void *value = NULL;
        CONTRACT(submit(&pool, &j) == 0);
        pool.ops->wait(pool.p, &j.future);
        CONTRACT(ct_u32_load_relaxed(&j.runs) == 1);
        CONTRACT(!pthread_equal(j.thread, pthread_self()));
        CONTRACT(pool.ops->result(pool.p, &j.future, &value) == failure);
        CONTRACT(value == &j);
        CONTRACT(pool.ops->result(pool.p, &j.future, NULL) == failure);
        CONTRACT(!pool.ops->cancel(pool.p, &j.future));
        CONTRACT(pool.ops->timedwait(pool.p, &j.future, 0) == 0);
    }
    CONTRACT(pool.ops->submit(pool.p, NULL, NULL, NULL) == EINVAL);
    struct ct_thread_pool_rest rest = pool_unmake(&pool, CT_THREAD_POOL_DRAIN);
    CONTRACT(rest.dropped == 0 && rest.failed == 0);
}

static void test_failures_do_not_vanish(const void *ops)
{
    struct pool pool = pool_make(ops, WORKERS);
    struct job j[FEW];
    memset(j, 0, sizeof j);
    for (int i = 0; i < FEW; i++) {
        j[i].failure = FAILURE;
        CONTRACT(pool.ops->submit(pool.p, i == 0 ? NULL : &j[i].future, job_run, &j[i]) == 0);
    }
    pool.ops->wait(pool.p, &j[1].future);
    CONTRACT(pool.ops->result(pool.p, &j[1].future, NULL) == FAILURE);
    struct ct_thread_pool_rest rest = pool.ops->shutdown(pool.p, CT_THREAD_POOL_DRAIN);
    CONTRACT(rest.failed == FEW - 1);
    CONTRACT(pool.ops->result(pool.p, &j[2].future, NULL) == FAILURE);
    rest = pool_unmake(&pool, CT_THREAD_POOL_DRAIN);
    CONTRACT(rest.failed == FEW - 2);
    CONTRACT(rest.dropped == 0);
}

static void test_timedwait(const void *ops)
{
    struct pool pool = pool_make(ops, 1);
    struct job j = {.failure = 0};
    occupy(&pool, &j);
    uint64_t deadline_ns = ct_now_ns() + 20 * MS;
    CONTRACT(pool.ops->timedwait(pool.p, &j.future, 0) == ETIMEDOUT);
    CONTRACT(pool.ops->timedwait(pool.p, &j.future, deadline_ns) == ETIMEDOUT);
    CONTRACT(ct_now_ns() >= deadline_ns && ct_now_ns() < deadline_ns + LONG_NS);
    ct_u32_store_release(&j.let_go, 1);
    CONTRACT(pool.ops->timedwait(pool.p, &j.future, ct_now_ns() + LONG_NS) == 0);
    CONTRACT(ct_u32_load_relaxed(&j.runs) == 1);
    (void)pool_unmake(&pool, CT_THREAD_POOL_DRAIN);
}

static void test_cancel(const void *ops)
{
    struct pool pool = pool_make(ops, 1);
    struct job running = {.failure = 0}, waiting = {.failure = 0};
    void *value = &pool;
    occupy(&pool, &running);
    CONTRACT(submit(&pool, &waiting) == 0);
    CONTRACT(!pool.ops->cancel(pool.p, &running.future));
    CONTRACT(pool.ops->cancel(pool.p, &waiting.future));
    CONTRACT(!pool.ops->cancel(pool.p, &waiting.future));
    ct_u32_store_release(&running.let_go, 1);
    pool.ops->wait(pool.p, &waiting.future);
    pool.ops->wait(pool.p, &running.future);
    CONTRACT(ct_u32_load_relaxed(&waiting.runs) == 0);
    CONTRACT(pool.ops->result(pool.p, &waiting.future, &value) == ECANCELED && !value);
    struct ct_thread_pool_rest rest = pool_unmake(&pool, CT_THREAD_POOL_DRAIN);
    CONTRACT(rest.dropped == 0 && rest.failed == 0);
}

/* More than the pool holds: the submitter must help, and nothing may be lost. */
static void test_full(const void *ops)
{
    struct pool pool = pool_make(ops, 1);
    struct job blocking = {.failure = 0}, *j = calloc(MANY, sizeof *j);
    uint64_t ran = 0;
    occupy(&pool, &blocking);
    for (int i = 0; j && i < MANY; i++)
        CONTRACT(pool.ops->submit(pool.p, NULL, job_run, &j[i]) == 0);
    ct_u32_store_release(&blocking.let_go, 1);
    struct ct_thread_pool_rest rest = pool_unmake(&pool, CT_THREAD_POOL_DRAIN);
    for (int i = 0; j && i < MANY; i++)
        ran += ct_u32_load_relaxed(&j[i].runs);
    CONTRACT(ran == MANY && rest.dropped == 0);
    free(j);
}

static void *shutdown_now(void *argument)
{
    struct pool *pool = argument;
    struct ct_thread_pool_rest rest = pool->ops->shutdown(pool->p, CT_THREAD_POOL_NOW);
    return (void *)(uintptr_t)rest.dropped;
}

static void test_shutdown_now(const void *ops)
{
    struct pool pool = pool_make(ops, 1);
    struct job running = {.failure = 0}, waiting[FEW];
    pthread_t thread;
    void *dropped;
    memset(waiting, 0, sizeof waiting);
    occupy(&pool, &running);
    for (int i = 0; i < FEW; i++)
        CONTRACT(submit(&pool, &waiting[i]) == 0);
    CONTRACT(pool.ops->cancel(pool.p, &waiting[0].future));
    if (pthread_create(&thread, NULL, shutdown_now, &pool) != 0)
        ct_panic("pthread_create", EAGAIN);
    struct job late = {.failure = 0};
    const struct timespec nap = {0, (long)MS};
    while (pool.ops->submit(pool.p, NULL, job_run, &late) == 0)
        nanosleep(&nap, NULL);
    uint32_t before = ct_u32_load_relaxed(&late.runs);
    ct_u32_store_release(&running.let_go, 1);
    pthread_join(thread, &dropped);
    CONTRACT(ct_u32_load_relaxed(&running.runs) == 1);
    CONTRACT(before == 0 && ct_u32_load_relaxed(&late.runs) == 0);
    CONTRACT((uintptr_t)dropped >= FEW - 1);
    for (int i = 0; i < FEW; i++) {
        CONTRACT(pool.ops->timedwait(pool.p, &waiting[i].future, 0) == 0);
        CONTRACT(pool.ops->result(pool.p, &waiting[i].future, NULL) == ECANCELED);
        CONTRACT(ct_u32_load_relaxed(&waiting[i].runs) == 0);
    }
    CONTRACT(submit(&pool, &late) == ECANCELED);
    (void)pool_unmake(&pool, CT_THREAD_POOL_NOW);
}

static int item_run(void *item, void **value)
{
    int *i = item;
    (void)value;
    *i = -*i;
    return *i % 2;
}

static void test_map(const void *ops)
{
    struct pool pool = pool_make(ops, WORKERS);
    int items[100];
    size_t failed = 1;
    CONTRACT(pool.ops->map(pool.p, item_run, items, sizeof *items, 0, &failed) == 0);
    CONTRACT(failed == 0);
    for (int i = 0; i < 100; i++)
        items[i] = i;
    CONTRACT(pool.ops->map(pool.p, item_run, items, sizeof *items, 100, &failed) == 0);
    CONTRACT(failed == 50);
    for (int i = 0; i < 100; i++)
        CONTRACT(items[i] == -i);
    CONTRACT(pool.ops->map(pool.p, NULL, items, sizeof *items, 100, &failed) == EINVAL);
    (void)pool.ops->shutdown(pool.p, CT_THREAD_POOL_DRAIN);
    CONTRACT(pool.ops->map(pool.p, item_run, items, sizeof *items, 100, &failed) == ECANCELED);
    CONTRACT(items[1] == -1);
    (void)pool_unmake(&pool, CT_THREAD_POOL_DRAIN);
}

/* Waits for a chain of tasks, each submitted by the one before. */
static int chain_run(void *argument, void **value)
{
    struct job *j = argument;
    struct pool *pool = j->pool;
    *value = j;
    if (j->failure == 0)
        return 0;
    struct job child = {.failure = j->failure - 1, .pool = pool};
    if (pool->ops->submit(pool->p, &child.future, chain_run, &child) != 0)
        return -1;
    pool->ops->wait(pool->p, &child.future);
    return 1 + pool->ops->result(pool->p, &child.future, NULL);
}

static void test_nested(const void *ops)
{
    struct pool pool = pool_make(ops, 1);
    struct job j = {.failure = 4 * FEW, .pool = &pool};
    CONTRACT(pool.ops->submit(pool.p, &j.future, chain_run, &j) == 0);
    pool.ops->wait(pool.p, &j.future);
    CONTRACT(pool.ops->result(pool.p, &j.future, NULL) == 4 * FEW);
    struct ct_thread_pool_rest rest = pool_unmake(&pool, CT_THREAD_POOL_DRAIN);
    CONTRACT(rest.failed == 0);
}

static int affinity_run(void *argument, void **value)
{
    (void)value;
    return pthread_getaffinity_np(pthread_self(), sizeof(cpu_set_t), argument);
}

static void test_affinity(const void *ops)
{
    cpu_set_t all, one, seen;
    CONTRACT(pthread_getaffinity_np(pthread_self(), sizeof all, &all) == 0);
    CPU_ZERO(&one);
    for (size_t cpu = CPU_SETSIZE; cpu-- > 0 && CPU_COUNT(&one) == 0;)
        if (CPU_ISSET(cpu, &all))
            CPU_SET(cpu, &one);
    struct pool pool = pool_alloc(ops);
    int error = pool.ops->init(pool.p, WORKERS, &one);
    if (error == ENOTSUP && pool.ops->impl.traits & CT_PEER) {
        free(pool.p);
        return;
    }
    CONTRACT(error == 0);
    struct ct_future f;
    CONTRACT(pool.ops->submit(pool.p, &f, affinity_run, &seen) == 0);
    pool.ops->wait(pool.p, &f);
    CONTRACT(pool.ops->result(pool.p, &f, NULL) == 0);
    CONTRACT(CPU_EQUAL(&seen, &one));
    (void)pool_unmake(&pool, CT_THREAD_POOL_DRAIN);
}

static void *serve(void *argument)
{
    struct pool *pool = argument;
    return (void *)(intptr_t)pool->ops->work(pool->p);
}

static void test_work(const void *ops)
{
    struct pool pool = pool_make(ops, 0);
    struct job j = {.failure = 0};
    pthread_t thread;
    void *returned;
    CONTRACT(submit(&pool, &j) == 0);
    CONTRACT(pool.ops->timedwait(pool.p, &j.future, ct_now_ns() + MS) == ETIMEDOUT);
    if (pthread_create(&thread, NULL, serve, &pool) != 0)
        ct_panic("pthread_create", EAGAIN);
    pool.ops->wait(pool.p, &j.future);
    CONTRACT(pthread_equal(j.thread, thread));
    (void)pool.ops->shutdown(pool.p, CT_THREAD_POOL_DRAIN);
    pthread_join(thread, &returned);
    CONTRACT(returned == NULL);
    CONTRACT(pool.ops->work(pool.p) == 0);
    (void)pool_unmake(&pool, CT_THREAD_POOL_DRAIN);
    pool = pool_make(ops, 0); /* nobody but shutdown itself */
    struct job left = {.failure = 0};
    CONTRACT(submit(&pool, &left) == 0);
    (void)pool_unmake(&pool, CT_THREAD_POOL_DRAIN);
    CONTRACT(ct_u32_load_relaxed(&left.runs) == 1);
}

static unsigned offers(const void *ops)
{
    const struct ct_thread_pool_ops *o = ops;
    return (o->work ? POOL_WORK : 0u) | (o->helps ? POOL_HELP : 0u) |
           (o->destroy ? POOL_DESTROY : 0u);
}

static const struct contract_operation operations[] = {
    {POOL_WORK, "work"},
    {POOL_HELP, "help"},
    {POOL_DESTROY, "destroy"},
    {0, NULL},
};

static const struct contract_test tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_traits},
    {"init refuses what it cannot do", 0, NULL, test_init_errors},
    {"value and failure reach who waits", 0, NULL, test_result},
    {"shutdown counts failures that nobody read", 0, NULL, test_failures_do_not_vanish},
    {"timedwait gives up at its deadline, not before", 0, NULL, test_timedwait},
    {"cancel is true before the start only", 0, NULL, test_cancel},
    {"more tasks than the pool holds", 0, NULL, test_full},
    {"shutdown now drops what has not started, and says so", 0, NULL, test_shutdown_now},
    {"map applies the function to each item and waits", 0, NULL, test_map},
    {"workers run where init says", 0, NULL, test_affinity},
    {"a task waits for tasks of its own, with one worker", POOL_HELP, NULL, test_nested},
    {"a caller serves as worker until shutdown", POOL_WORK, NULL, test_work},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_thread_pool = {
    .kind = "thread_pool",
    .required = "init submit map wait timedwait cancel result shutdown",
    .operations = operations,
    .offers = offers,
    .tests = tests,
    .special_tests = thread_pool_task_tests,
};
