// SPDX-License-Identifier: MIT
/* thread_pool_tasks.c - tasks that use their own pool, and how many may serve one. */
#include "thread_pool_fixture.h"

#include <limits.h>
#include <unistd.h>

enum { CHAIN = 200, MANY = 3 * CT_THREAD_POOL_TASKS, ANSWER = 7 };

static const uint64_t PATIENCE_NS = 5000000;

/* Tasks that submit tasks for which nobody waits. */
struct brood {
    struct pool pool;
    struct ct_u32 begun, ran, refused;
};

static void submit_next(struct brood *b, ct_task_function *function)
{
    if (b->pool.ops->submit(b->pool.p, NULL, function, b) != 0)
        ct_u32_add_relaxed(&b->refused, 1);
}

static int link_run(void *argument, void **value)
{
    struct brood *b = argument;
    *value = NULL;
    if (ct_u32_add_relaxed(&b->begun, 1) + 1 < CHAIN)
        submit_next(b, link_run);
    ct_u32_add_release(&b->ran, 1);
    return 0;
}

static int leaf_run(void *argument, void **value)
{
    struct brood *b = argument;
    *value = NULL;
    ct_u32_add_release(&b->ran, 1);
    return 0;
}

/* More than the pool holds. */
static int root_run(void *argument, void **value)
{
    struct brood *b = argument;
    for (int i = 0; i < MANY; i++)
        submit_next(b, leaf_run);
    return leaf_run(argument, value);
}

static void breed(const void *ops, ct_task_function *first, uint32_t tasks)
{
    for (unsigned workers = 1; workers <= 2; workers++) {
        struct brood b = {.pool = pool_make(ops, workers)};
        submit_next(&b, first);
        while (ct_u32_load_acquire(&b.ran) < tasks && ct_u32_load_relaxed(&b.refused) == 0)
            ct_yield();
        struct ct_thread_pool_rest rest = pool_unmake(&b.pool, CT_THREAD_POOL_DRAIN);
        CONTRACT(ct_u32_load_relaxed(&b.ran) == tasks && ct_u32_load_relaxed(&b.refused) == 0);
        CONTRACT(rest.dropped == 0 && rest.failed == 0);
    }
}

static void test_chain(const void *ops)
{
    breed(ops, link_run, CHAIN);
}

static void test_many_from_one(const void *ops)
{
    breed(ops, root_run, MANY + 1);
}

/* A task, and the one that it submits and waits for. */
struct family {
    struct pool pool;
    struct ct_future parent, child;
    struct ct_u32 child_ran;
    bool gives_up;
    int waited;             /* what the wait that gives up said */
    uint32_t ran_meanwhile; /* children, when the wait was over */
};

static int child_run(void *argument, void **value)
{
    struct family *f = argument;
    *value = f;
    ct_u32_add_release(&f->child_ran, 1);
    return ANSWER;
}

static int parent_run(void *argument, void **value)
{
    struct family *f = argument;
    const struct ct_thread_pool_ops *o = f->pool.ops;
    int error = o->submit(f->pool.p, &f->child, child_run, f);
    if (error != 0)
        return error;
    if (f->gives_up)
        f->waited = o->timedwait(f->pool.p, &f->child, ct_now_ns() + PATIENCE_NS);
    else
        o->wait(f->pool.p, &f->child);
    f->ran_meanwhile = ct_u32_load_acquire(&f->child_ran);
    return f->gives_up ? 0 : o->result(f->pool.p, &f->child, value);
}

/* A worker to spare, for pools that do not help. */
static void test_waits_for_its_child(const void *ops)
{
    struct family f = {.pool = pool_make(ops, 2)};
    void *value = NULL;
    CONTRACT(f.pool.ops->submit(f.pool.p, &f.parent, parent_run, &f) == 0);
    f.pool.ops->wait(f.pool.p, &f.parent);
    CONTRACT(f.pool.ops->result(f.pool.p, &f.parent, &value) == ANSWER && value == &f);
    CONTRACT(f.ran_meanwhile == 1);
    struct ct_thread_pool_rest rest = pool_unmake(&f.pool, CT_THREAD_POOL_DRAIN);
    CONTRACT(rest.dropped == 0 && rest.failed == 0);
}

/* Nobody runs the child until the only worker has given up. */
static void test_timedwait_runs_no_others(const void *ops)
{
    struct family f = {.pool = pool_make(ops, 1), .gives_up = true};
    CONTRACT(f.pool.ops->submit(f.pool.p, &f.parent, parent_run, &f) == 0);
    CONTRACT(f.pool.ops->timedwait(f.pool.p, &f.parent, CT_FOREVER - 1) == 0);
    CONTRACT(f.waited == ETIMEDOUT && f.ran_meanwhile == 0);
    f.pool.ops->wait(f.pool.p, &f.child);
    CONTRACT(f.pool.ops->result(f.pool.p, &f.child, NULL) == ANSWER);
    CONTRACT(ct_u32_load_relaxed(&f.child_ran) == 1);
    (void)pool_unmake(&f.pool, CT_THREAD_POOL_DRAIN);
}

struct servers {
    struct pool pool;
    struct ct_u32 refused;
};

static void *serve(void *argument)
{
    struct servers *s = argument;
    int error = s->pool.ops->work(s->pool.p);
    if (error == EAGAIN) {
        ct_u32_add_release(&s->refused, 1);
        ct_wake(&s->refused, 1);
    }
    return (void *)(intptr_t)error;
}

/* One thread more than may serve: whichever comes last is told so at once, the others at the end. */
static void test_servers_have_a_limit(const void *ops)
{
    struct servers s = {.pool = pool_make(ops, 0)};
    pthread_t thread[CT_THREAD_POOL_WORKERS_MAX + 1];
    pthread_attr_t small;
    unsigned served = 0;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 4 * (size_t)PTHREAD_STACK_MIN);
    for (unsigned i = 0; i <= CT_THREAD_POOL_WORKERS_MAX; i++)
        if (pthread_create(&thread[i], &small, serve, &s) != 0)
            ct_panic("pthread_create", EAGAIN);
    pthread_attr_destroy(&small);
    while (ct_u32_load_acquire(&s.refused) == 0)
        ct_wait(&s.refused, 0, CT_FOREVER);
    (void)s.pool.ops->shutdown(s.pool.p, CT_THREAD_POOL_DRAIN);
    for (unsigned i = 0; i <= CT_THREAD_POOL_WORKERS_MAX; i++) {
        void *answer;
        pthread_join(thread[i], &answer);
        served += answer == NULL;
    }
    CONTRACT(served == CT_THREAD_POOL_WORKERS_MAX && ct_u32_load_relaxed(&s.refused) == 1);
    (void)pool_unmake(&s.pool, CT_THREAD_POOL_DRAIN);
}

const struct contract_test thread_pool_task_tests[] = {
    {"a task submits the next, and that the next", 0, NULL, test_chain},
    {"a task submits more than the pool holds", 0, NULL, test_many_from_one},
    {"a task waits for one that it submitted", 0, NULL, test_waits_for_its_child},
    {"timedwait inside a task gives up, and runs no others", 0, NULL,
     test_timedwait_runs_no_others},
    {"one more than may serve is refused", POOL_WORK, NULL, test_servers_have_a_limit},
    {NULL, 0, NULL, NULL},
};
