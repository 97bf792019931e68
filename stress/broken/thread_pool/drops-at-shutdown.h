// SPDX-License-Identifier: MIT
/* drops-at-shutdown - ring, broken.
 *
 * Mistake: workers and shutdown take the pool for empty once it is closing.
 * Breaks:  tasks that were accepted are lost.
 */
#ifndef STRESS_BROKEN_THREAD_POOL_DROPS_AT_SHUTDOWN_H
#define STRESS_BROKEN_THREAD_POOL_DROPS_AT_SHUTDOWN_H

#include <contend/workers.h>

struct ct_thread_pool_drops_at_shutdown {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
};

static inline void ct_thread_pool_drops_at_shutdown_fill(struct ct_thread_pool_drops_at_shutdown *p)
{
    ct_task_ring_init(&p->ring);
}

static inline void
ct_thread_pool_drops_at_shutdown_close(struct ct_thread_pool_drops_at_shutdown *p)
{
    ct_task_ring_close(&p->ring);
}

static inline bool ct_thread_pool_drops_at_shutdown_take(void *pool, uint32_t self, void *task)
{
    struct ct_thread_pool_drops_at_shutdown *p = (struct ct_thread_pool_drops_at_shutdown *)pool;
    (void)self;
    if (ct_u64_load_relaxed(&p->ring.tail) & CT_TASK_RING_CLOSED) /* and here */
        return false;
    return ct_task_ring_take(&p->ring, (struct ct_task *)task);
}

static inline bool ct_thread_pool_drops_at_shutdown_empty(void *pool)
{
    struct ct_thread_pool_drops_at_shutdown *p = (struct ct_thread_pool_drops_at_shutdown *)pool;
    if (ct_u64_load_relaxed(&p->ring.tail) & CT_TASK_RING_CLOSED) /* the mistake */
        return true;
    return ct_task_ring_empty(&p->ring);
}

static inline int
ct_thread_pool_drops_at_shutdown_submit(struct ct_thread_pool_drops_at_shutdown *p,
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

CT_WORKERS_POOL(drops_at_shutdown)

static const struct ct_thread_pool_ops ct_thread_pool_drops_at_shutdown_ops = {
    .impl = {CT_THREAD_POOL_IMPL(drops_at_shutdown, "drops-at-shutdown"),
             .summary = "broken: loses what is left at shutdown", .source = "Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(drops_at_shutdown),
};

#endif
