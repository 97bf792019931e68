// SPDX-License-Identifier: MIT
/* ring - one bounded lock-free queue, workers that look on one at a time.
 *
 * Idea      Submitters and workers pass tasks by value through one ring (task_ring.h), one
 *           compare-and-swap each. A worker that finds none looks on if no other does, else sleeps; who
 *           brings work wakes one at a time (idle.h). While nobody sleeps a submit costs that
 *           compare-and-swap and a load.
 * Full      The submitter runs the oldest task itself, and tries again.
 * Source    own; Vyukov's bounded queue, and see task_ring.h and idle.h.
 * State     ring     tasks, oldest first
 *           workers  who serves, who sleeps, what is left (workers.h)
 * Order     A submit is ordered before its task by the turn of its slot, a task before the wait for it by
 *           its future.
 * Choose    the default for independent tasks from a few submitters. Where tasks submit and wait for
 *           others, work-stealing keeps them on one CPU and the stack flat.
 */
#ifndef CONTEND_THREAD_POOL_RING_H
#define CONTEND_THREAD_POOL_RING_H

#include <contend/task_ring.h>
#include <contend/workers.h>

struct ct_thread_pool_ring {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
};

static inline bool ct_thread_pool_ring_take(void *p, uint32_t self, void *task)
{
    (void)self;
    return ct_task_ring_take(&((struct ct_thread_pool_ring *)p)->ring, (struct ct_task *)task);
}

static inline bool ct_thread_pool_ring_empty(void *p)
{
    return ct_task_ring_empty(&((struct ct_thread_pool_ring *)p)->ring);
}

static inline void ct_thread_pool_ring_fill(struct ct_thread_pool_ring *p)
{
    ct_task_ring_init(&p->ring);
}

static inline void ct_thread_pool_ring_close(struct ct_thread_pool_ring *p)
{
    ct_task_ring_close(&p->ring);
}

static inline int ct_thread_pool_ring_submit(struct ct_thread_pool_ring *p,
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

CT_WORKERS_POOL(ring)

static const struct ct_thread_pool_ops ct_thread_pool_ring_ops = {
    .impl = {CT_THREAD_POOL_IMPL(ring, "ring"),
             .summary = "one lock-free ring, one worker looks on", .source = "own; Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(ring),
};

#endif
