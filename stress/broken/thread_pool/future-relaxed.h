// SPDX-License-Identifier: MIT
/* future-relaxed - ring, broken.
 *
 * Mistake: the future is marked done with a relaxed exchange.
 * Breaks:  who waits does not see what the task wrote.
 */
#ifndef STRESS_BROKEN_THREAD_POOL_FUTURE_RELAXED_H
#define STRESS_BROKEN_THREAD_POOL_FUTURE_RELAXED_H

#include <contend/workers.h>

struct ct_thread_pool_future_relaxed {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
};

static inline void ct_thread_pool_future_relaxed_fill(struct ct_thread_pool_future_relaxed *p)
{
    ct_task_ring_init(&p->ring);
}

static inline void ct_thread_pool_future_relaxed_close(struct ct_thread_pool_future_relaxed *p)
{
    ct_task_ring_close(&p->ring);
}

static inline int ct_thread_pool_future_relaxed_relaxed(void *argument, void **value)
{
    const struct ct_task *task = (struct ct_task *)argument;
    struct ct_future *f = task->future;
    f->failure = task->function(task->argument, value);
    f->value = *value;
    if (ct_u32_exchange_relaxed(&f->state, CT_FUTURE_DONE) & CT_FUTURE_SLEEPERS) /* the mistake */
        ct_wake(&f->state, CT_WAKE_ALL);
    return 0;
}

static inline bool ct_thread_pool_future_relaxed_take(void *pool, uint32_t self, void *taken)
{
    struct ct_thread_pool_future_relaxed *p = (struct ct_thread_pool_future_relaxed *)pool;
    struct ct_task *task = (struct ct_task *)taken, wrapped;
    (void)self;
    while (ct_task_ring_take(&p->ring, task)) {
        if (!task->future || !ct_future_claim(task->future, CT_FUTURE_RUNNING))
            return true;
        wrapped = *task;
        void *value = NULL;
        (void)ct_thread_pool_future_relaxed_relaxed(&wrapped, &value);
    }
    return false;
}

static inline bool ct_thread_pool_future_relaxed_empty(void *p)
{
    return ct_task_ring_empty(&((struct ct_thread_pool_future_relaxed *)p)->ring);
}

static inline int ct_thread_pool_future_relaxed_submit(struct ct_thread_pool_future_relaxed *p,
                                                       struct ct_future *future,
                                                       ct_task_function *function, void *argument)
{
    const struct ct_task task = {function, argument, future};
    if (!function)
        return EINVAL;
    if (future)
        ct_future_begin(future);
    int error = ct_workers_put(&p->workers, &p->ring, &task);
    if (error == 0)
        ct_idle_kick(&p->workers.idle);
    return error;
}

CT_WORKERS_POOL(future_relaxed)

static const struct ct_thread_pool_ops ct_thread_pool_future_relaxed_ops = {
    .impl = {CT_THREAD_POOL_IMPL(future_relaxed, "future-relaxed"),
             .summary = "broken: a waiter may miss what the task wrote", .source = "Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(future_relaxed),
};

#endif
