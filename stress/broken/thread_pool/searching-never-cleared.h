// SPDX-License-Identifier: MIT
/* searching-never-cleared - ring, broken.
 *
 * Mistake: a worker that found nothing goes to sleep and still counts as searching.
 * Breaks:  a task waits while a worker sleeps.
 */
#ifndef STRESS_BROKEN_THREAD_POOL_SEARCHING_NEVER_CLEARED_H
#define STRESS_BROKEN_THREAD_POOL_SEARCHING_NEVER_CLEARED_H

#include <contend/workers.h>

struct ct_thread_pool_searching_never_cleared {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
};

static inline void
ct_thread_pool_searching_never_cleared_fill(struct ct_thread_pool_searching_never_cleared *p)
{
    ct_task_ring_init(&p->ring);
}

static inline void
ct_thread_pool_searching_never_cleared_close(struct ct_thread_pool_searching_never_cleared *p)
{
    ct_task_ring_close(&p->ring);
}

static inline bool ct_thread_pool_searching_never_cleared_take(void *p, uint32_t self, void *task)
{
    (void)self;
    return ct_task_ring_take(&((struct ct_thread_pool_searching_never_cleared *)p)->ring,
                             (struct ct_task *)task);
}

static inline bool ct_thread_pool_searching_never_cleared_empty(void *p)
{
    return ct_task_ring_empty(&((struct ct_thread_pool_searching_never_cleared *)p)->ring);
}

static inline int
ct_thread_pool_searching_never_cleared_submit(struct ct_thread_pool_searching_never_cleared *p,
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

static const struct ct_idle_source ct_thread_pool_searching_never_cleared_source = {
    ct_thread_pool_searching_never_cleared_take, ct_thread_pool_searching_never_cleared_empty};

/* As ct_idle_next, but for the mistake. */
static inline bool
ct_thread_pool_searching_never_cleared_next(struct ct_thread_pool_searching_never_cleared *p,
                                            uint32_t self, struct ct_task *task)
{
    struct ct_idle *i = &p->workers.idle;
    for (bool woken = false;; woken = true) {
        if (ct_idle_search(i, &ct_thread_pool_searching_never_cleared_source, p, self, task, woken))
            return true;
        uint32_t key =
            ct_eventcount_prepare(&i->sleepers); /* the mistake: without clearing searching */
        uint32_t closing = ct_u32_load_acquire(&i->closing);
        bool found = ct_thread_pool_searching_never_cleared_take(p, self, task),
             empty = !found && ct_thread_pool_searching_never_cleared_empty(p);
        if (empty && closing == CT_IDLE_OPEN) {
            ct_eventcount_wait(&i->sleepers, key, CT_FOREVER);
            continue;
        }
        ct_eventcount_cancel(&i->sleepers);
        if (found || empty) {
            if (found)
                ct_idle_share(i, &ct_thread_pool_searching_never_cleared_source, p);
            return found;
        }
        ct_pause();
        ct_yield();
    }
}

static inline int
ct_thread_pool_searching_never_cleared_work(struct ct_thread_pool_searching_never_cleared *p)
{
    struct ct_task task;
    uint32_t self = ct_crew_enter(&p->workers.crew);
    if (self == CT_CREW_NOBODY)
        return EAGAIN;
    while (ct_thread_pool_searching_never_cleared_take(p, self, &task) ||
           ct_thread_pool_searching_never_cleared_next(p, self, &task))
        ct_workers_do(&p->workers, &task);
    ct_crew_leave(&p->workers.crew);
    return 0;
}

CT_WORKERS_REST(searching_never_cleared)

static const struct ct_thread_pool_ops ct_thread_pool_searching_never_cleared_ops = {
    .impl = {CT_THREAD_POOL_IMPL(searching_never_cleared, "searching-never-cleared"),
             .summary = "broken: a wake-up is lost", .source = "Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(searching_never_cleared),
};

#endif
