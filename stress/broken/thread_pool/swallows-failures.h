// SPDX-License-Identifier: MIT
/* swallows-failures - ring, broken.
 *
 * Mistake: a worker runs the function itself and does not look at what it returns.
 * Breaks:  a failing task vanishes.
 */
#ifndef STRESS_BROKEN_THREAD_POOL_SWALLOWS_FAILURES_H
#define STRESS_BROKEN_THREAD_POOL_SWALLOWS_FAILURES_H

#include <contend/workers.h>

struct ct_thread_pool_swallows_failures {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
};

static inline void ct_thread_pool_swallows_failures_fill(struct ct_thread_pool_swallows_failures *p)
{
    ct_task_ring_init(&p->ring);
}

static inline void
ct_thread_pool_swallows_failures_close(struct ct_thread_pool_swallows_failures *p)
{
    ct_task_ring_close(&p->ring);
}

static inline int ct_thread_pool_swallows_failures_nothing(void *argument, void **value)
{
    (void)argument;
    (void)value;
    return 0;
}

static inline int ct_thread_pool_swallows_failures_swallow(void *argument, void **value)
{
    const struct ct_task *task = (struct ct_task *)argument;
    (void)task->function(task->argument, value);
    return 0; /* the mistake */
}

static inline bool ct_thread_pool_swallows_failures_take(void *pool, uint32_t self, void *taken)
{
    struct ct_thread_pool_swallows_failures *p = (struct ct_thread_pool_swallows_failures *)pool;
    struct ct_task task;
    (void)self;
    if (!ct_task_ring_take(&p->ring, &task))
        return false;
    const struct ct_task swallow = {ct_thread_pool_swallows_failures_swallow, &task, task.future};
    ct_task_run(&swallow, &p->workers.tally);
    *(struct ct_task *)taken =
        (struct ct_task){ct_thread_pool_swallows_failures_nothing, NULL, NULL};
    return true;
}

static inline bool ct_thread_pool_swallows_failures_empty(void *p)
{
    return ct_task_ring_empty(&((struct ct_thread_pool_swallows_failures *)p)->ring);
}

static inline int
ct_thread_pool_swallows_failures_submit(struct ct_thread_pool_swallows_failures *p,
                                        struct ct_future *future, ct_task_function *function,
                                        void *argument)
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

CT_WORKERS_POOL(swallows_failures)

static const struct ct_thread_pool_ops ct_thread_pool_swallows_failures_ops = {
    .impl = {CT_THREAD_POOL_IMPL(swallows_failures, "swallows-failures"),
             .summary = "broken: forgets what failed", .source = "Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(swallows_failures),
};

#endif
