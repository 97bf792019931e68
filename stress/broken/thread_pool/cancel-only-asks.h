// SPDX-License-Identifier: MIT
/* cancel-only-asks - ring, broken.
 *
 * Mistake: cancel looks whether the task has started, and does not keep it from starting.
 * Breaks:  a task runs that cancel said never would.
 */
#ifndef STRESS_BROKEN_THREAD_POOL_CANCEL_ONLY_ASKS_H
#define STRESS_BROKEN_THREAD_POOL_CANCEL_ONLY_ASKS_H

#include <contend/workers.h>

struct ct_thread_pool_cancel_only_asks {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
};

static inline void ct_thread_pool_cancel_only_asks_fill(struct ct_thread_pool_cancel_only_asks *p)
{
    ct_task_ring_init(&p->ring);
}

static inline void ct_thread_pool_cancel_only_asks_close(struct ct_thread_pool_cancel_only_asks *p)
{
    ct_task_ring_close(&p->ring);
}

static inline bool ct_thread_pool_cancel_only_asks_take(void *p, uint32_t self, void *task)
{
    (void)self;
    return ct_task_ring_take(&((struct ct_thread_pool_cancel_only_asks *)p)->ring,
                             (struct ct_task *)task);
}

static inline bool ct_thread_pool_cancel_only_asks_empty(void *p)
{
    return ct_task_ring_empty(&((struct ct_thread_pool_cancel_only_asks *)p)->ring);
}

static inline int ct_thread_pool_cancel_only_asks_submit(struct ct_thread_pool_cancel_only_asks *p,
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

CT_WORKERS_POOL(cancel_only_asks)

static inline bool ct_thread_pool_cancel_only_asks_op_ask(void *p, struct ct_future *future)
{
    (void)p;
    return ct_u32_load_relaxed(&future->state) == CT_FUTURE_PENDING; /* the mistake */
}

static const struct ct_thread_pool_ops ct_thread_pool_cancel_only_asks_ops = {
    .impl = {CT_THREAD_POOL_IMPL(cancel_only_asks, "cancel-only-asks"),
             .summary = "broken: cancel does not keep a task from running", .source = "Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED},
    .helps = true,
    .init = ct_thread_pool_cancel_only_asks_op_init,
    .submit = ct_thread_pool_cancel_only_asks_op_submit,
    .map = ct_thread_pool_cancel_only_asks_op_map,
    .wait = ct_thread_pool_cancel_only_asks_op_wait,
    .timedwait = ct_thread_pool_cancel_only_asks_op_timedwait,
    .cancel = ct_thread_pool_cancel_only_asks_op_ask,
    .result = ct_thread_pool_cancel_only_asks_op_result,
    .work = ct_thread_pool_cancel_only_asks_op_work,
    .shutdown = ct_thread_pool_cancel_only_asks_op_shutdown,
};

#endif
