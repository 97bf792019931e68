// SPDX-License-Identifier: MIT
/* never-kicks - ring, broken.
 *
 * Mistake: a submit wakes nobody.
 * Breaks:  a task waits while the workers sleep.
 */
#ifndef STRESS_BROKEN_THREAD_POOL_NEVER_KICKS_H
#define STRESS_BROKEN_THREAD_POOL_NEVER_KICKS_H

#include <contend/workers.h>

struct ct_thread_pool_never_kicks {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
};

static inline void ct_thread_pool_never_kicks_fill(struct ct_thread_pool_never_kicks *p)
{
    ct_task_ring_init(&p->ring);
}

static inline void ct_thread_pool_never_kicks_close(struct ct_thread_pool_never_kicks *p)
{
    ct_task_ring_close(&p->ring);
}

static inline bool ct_thread_pool_never_kicks_take(void *p, uint32_t self, void *task)
{
    (void)self;
    return ct_task_ring_take(&((struct ct_thread_pool_never_kicks *)p)->ring,
                             (struct ct_task *)task);
}

static inline bool ct_thread_pool_never_kicks_empty(void *p)
{
    return ct_task_ring_empty(&((struct ct_thread_pool_never_kicks *)p)->ring);
}

static inline int ct_thread_pool_never_kicks_submit(struct ct_thread_pool_never_kicks *p,
                                                    struct ct_future *future,
                                                    ct_task_function *function, void *argument)
{
    const struct ct_task task = {function, argument, future};
    if (!function)
        return EINVAL;
    if (future)
        ct_future_begin(future);
    return ct_workers_put(&p->workers, &p->ring, &task); /* the mistake */
}

CT_WORKERS_POOL(never_kicks)

static const struct ct_thread_pool_ops ct_thread_pool_never_kicks_ops = {
    .impl = {CT_THREAD_POOL_IMPL(never_kicks, "never-kicks"),
             .summary = "broken: submits without waking", .source = "Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(never_kicks),
};

#endif
