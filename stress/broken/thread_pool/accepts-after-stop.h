// SPDX-License-Identifier: MIT
/* accepts-after-stop - ring, broken.
 *
 * Mistake: shutdown does not close the ring.
 * Breaks:  a task is accepted that nobody will run.
 */
#ifndef STRESS_BROKEN_THREAD_POOL_ACCEPTS_AFTER_STOP_H
#define STRESS_BROKEN_THREAD_POOL_ACCEPTS_AFTER_STOP_H

#include <contend/workers.h>

struct ct_thread_pool_accepts_after_stop {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
};

static inline void
ct_thread_pool_accepts_after_stop_fill(struct ct_thread_pool_accepts_after_stop *p)
{
    ct_task_ring_init(&p->ring);
}

static inline void
ct_thread_pool_accepts_after_stop_close(struct ct_thread_pool_accepts_after_stop *p)
{
    (void)p; /* the mistake */
}

static inline bool ct_thread_pool_accepts_after_stop_take(void *p, uint32_t self, void *task)
{
    (void)self;
    return ct_task_ring_take(&((struct ct_thread_pool_accepts_after_stop *)p)->ring,
                             (struct ct_task *)task);
}

static inline bool ct_thread_pool_accepts_after_stop_empty(void *p)
{
    return ct_task_ring_empty(&((struct ct_thread_pool_accepts_after_stop *)p)->ring);
}

static inline int
ct_thread_pool_accepts_after_stop_submit(struct ct_thread_pool_accepts_after_stop *p,
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

CT_WORKERS_POOL(accepts_after_stop)

static const struct ct_thread_pool_ops ct_thread_pool_accepts_after_stop_ops = {
    .impl = {CT_THREAD_POOL_IMPL(accepts_after_stop, "accepts-after-stop"),
             .summary = "broken: accepts tasks after shutdown", .source = "Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(accepts_after_stop),
};

#endif
