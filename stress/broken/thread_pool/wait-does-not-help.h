// SPDX-License-Identifier: MIT
/* wait-does-not-help - ring, broken.
 *
 * Mistake: a task that waits sleeps, although it has the only worker.
 * Breaks:  a task that waits for its own task waits for ever.
 */
#ifndef STRESS_BROKEN_THREAD_POOL_WAIT_DOES_NOT_HELP_H
#define STRESS_BROKEN_THREAD_POOL_WAIT_DOES_NOT_HELP_H

#include <contend/workers.h>

struct ct_thread_pool_wait_does_not_help {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
};

static inline void
ct_thread_pool_wait_does_not_help_fill(struct ct_thread_pool_wait_does_not_help *p)
{
    ct_task_ring_init(&p->ring);
}

static inline void
ct_thread_pool_wait_does_not_help_close(struct ct_thread_pool_wait_does_not_help *p)
{
    ct_task_ring_close(&p->ring);
}

static inline bool ct_thread_pool_wait_does_not_help_take(void *p, uint32_t self, void *task)
{
    (void)self;
    return ct_task_ring_take(&((struct ct_thread_pool_wait_does_not_help *)p)->ring,
                             (struct ct_task *)task);
}

static inline bool ct_thread_pool_wait_does_not_help_empty(void *p)
{
    return ct_task_ring_empty(&((struct ct_thread_pool_wait_does_not_help *)p)->ring);
}

static inline int
ct_thread_pool_wait_does_not_help_submit(struct ct_thread_pool_wait_does_not_help *p,
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

CT_WORKERS_POOL(wait_does_not_help)

static inline void ct_thread_pool_wait_does_not_help_op_sleep(void *p, struct ct_future *future)
{
    (void)p;
    (void)ct_future_timedwait(future, CT_FOREVER); /* the mistake */
}

static const struct ct_thread_pool_ops ct_thread_pool_wait_does_not_help_ops = {
    .impl = {CT_THREAD_POOL_IMPL(wait_does_not_help, "wait-does-not-help"),
             .summary = "broken: a waiting task blocks its worker", .source = "Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED},
    .helps = true,
    .init = ct_thread_pool_wait_does_not_help_op_init,
    .submit = ct_thread_pool_wait_does_not_help_op_submit,
    .map = ct_thread_pool_wait_does_not_help_op_map,
    .wait = ct_thread_pool_wait_does_not_help_op_sleep,
    .timedwait = ct_thread_pool_wait_does_not_help_op_timedwait,
    .cancel = ct_thread_pool_wait_does_not_help_op_cancel,
    .result = ct_thread_pool_wait_does_not_help_op_result,
    .work = ct_thread_pool_wait_does_not_help_op_work,
    .shutdown = ct_thread_pool_wait_does_not_help_op_shutdown,
};

#endif
