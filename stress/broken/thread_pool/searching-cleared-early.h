// SPDX-License-Identifier: MIT
/* searching-cleared-early - ring, broken.
 *
 * Mistake: a worker that goes to sleep stops searching before it has registered as a sleeper, so a wake-up aimed at another, who needs it no more, counts as on its way for ever.
 * Breaks:  a task waits while a worker sleeps.
 */
#ifndef STRESS_BROKEN_THREAD_POOL_SEARCHING_CLEARED_EARLY_H
#define STRESS_BROKEN_THREAD_POOL_SEARCHING_CLEARED_EARLY_H

#include <contend/workers.h>

struct ct_thread_pool_searching_cleared_early {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
};

static inline void
ct_thread_pool_searching_cleared_early_fill(struct ct_thread_pool_searching_cleared_early *p)
{
    ct_task_ring_init(&p->ring);
}

static inline void
ct_thread_pool_searching_cleared_early_close(struct ct_thread_pool_searching_cleared_early *p)
{
    ct_task_ring_close(&p->ring);
}

static inline bool ct_thread_pool_searching_cleared_early_take(void *p, uint32_t self, void *task)
{
    (void)self;
    return ct_task_ring_take(&((struct ct_thread_pool_searching_cleared_early *)p)->ring,
                             (struct ct_task *)task);
}

static inline bool ct_thread_pool_searching_cleared_early_empty(void *p)
{
    return ct_task_ring_empty(&((struct ct_thread_pool_searching_cleared_early *)p)->ring);
}

static inline int
ct_thread_pool_searching_cleared_early_submit(struct ct_thread_pool_searching_cleared_early *p,
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

static const struct ct_idle_source ct_thread_pool_searching_cleared_early_source = {
    ct_thread_pool_searching_cleared_early_take, ct_thread_pool_searching_cleared_early_empty};

/* As ct_idle_next, but for the mistake. */
static inline bool
ct_thread_pool_searching_cleared_early_next(struct ct_thread_pool_searching_cleared_early *p,
                                            uint32_t self, struct ct_task *task)
{
    struct ct_idle *i = &p->workers.idle;
    for (bool woken = false;; woken = true) {
        if (ct_idle_search(i, &ct_thread_pool_searching_cleared_early_source, p, self, task, woken))
            return true;
        ct_u32_exchange_acqrel(&i->searching, 0); /* the mistake: belongs behind the next line */
        uint32_t key = ct_eventcount_prepare(&i->sleepers);
        uint32_t closing = ct_u32_load_acquire(&i->closing);
        bool found = ct_thread_pool_searching_cleared_early_take(p, self, task),
             empty = !found && ct_thread_pool_searching_cleared_early_empty(p);
        if (empty && closing == CT_IDLE_OPEN) {
            ct_eventcount_wait(&i->sleepers, key, CT_FOREVER);
            continue;
        }
        ct_eventcount_cancel(&i->sleepers);
        if (found || empty) {
            if (found)
                ct_idle_share(i, &ct_thread_pool_searching_cleared_early_source, p);
            return found;
        }
        ct_pause();
        ct_yield();
    }
}

static inline int
ct_thread_pool_searching_cleared_early_work(struct ct_thread_pool_searching_cleared_early *p)
{
    struct ct_task task;
    uint32_t self = ct_crew_enter(&p->workers.crew);
    if (self == CT_CREW_NOBODY)
        return EAGAIN;
    while (ct_thread_pool_searching_cleared_early_take(p, self, &task) ||
           ct_thread_pool_searching_cleared_early_next(p, self, &task))
        ct_workers_do(&p->workers, &task);
    ct_crew_leave(&p->workers.crew);
    return 0;
}

CT_WORKERS_REST(searching_cleared_early)

static const struct ct_thread_pool_ops ct_thread_pool_searching_cleared_early_ops = {
    .impl = {CT_THREAD_POOL_IMPL(searching_cleared_early, "searching-cleared-early"),
             .summary = "broken: a wake-up is lost", .source = "Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(searching_cleared_early),
};

#endif
