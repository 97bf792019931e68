// SPDX-License-Identifier: MIT
/* takes-twice - ring, broken.
 *
 * Mistake: a worker that takes looks and then writes, where it must compare and swap.
 * Breaks:  two workers run one task.
 */
#ifndef STRESS_BROKEN_THREAD_POOL_TAKES_TWICE_H
#define STRESS_BROKEN_THREAD_POOL_TAKES_TWICE_H

#include <contend/workers.h>

struct ct_thread_pool_takes_twice {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
};

static inline void ct_thread_pool_takes_twice_fill(struct ct_thread_pool_takes_twice *p)
{
    ct_task_ring_init(&p->ring);
}

static inline void ct_thread_pool_takes_twice_close(struct ct_thread_pool_takes_twice *p)
{
    ct_task_ring_close(&p->ring);
}

static inline bool ct_thread_pool_takes_twice_take(void *pool, uint32_t self, void *task)
{
    struct ct_task_ring *r = &((struct ct_thread_pool_takes_twice *)pool)->ring;
    uint64_t place = ct_u64_load_relaxed(&r->head);
    uint64_t i = place % CT_THREAD_POOL_TASKS, mine = place / CT_THREAD_POOL_TASKS * 2 + 1;
    (void)self;
    if (ct_u64_load_acquire(&r->slot[i].turn) != mine)
        return false;
    *(struct ct_task *)task = r->slot[i].task;
    ct_u64_store_relaxed(&r->head, place + 1); /* the mistake */
    ct_u64_store_release(&r->slot[i].turn, mine + 1);
    return true;
}

static inline bool ct_thread_pool_takes_twice_empty(void *p)
{
    return ct_task_ring_empty(&((struct ct_thread_pool_takes_twice *)p)->ring);
}

static inline int ct_thread_pool_takes_twice_submit(struct ct_thread_pool_takes_twice *p,
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

CT_WORKERS_POOL(takes_twice)

static const struct ct_thread_pool_ops ct_thread_pool_takes_twice_ops = {
    .impl = {CT_THREAD_POOL_IMPL(takes_twice, "takes-twice"),
             .summary = "broken: two workers take one task", .source = "Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(takes_twice),
};

#endif
