// SPDX-License-Identifier: MIT
/* wake-not-passed-on - ring, broken.
 *
 * Mistake: a searcher that found a task does not look whether there are more.
 * Breaks:  what came while it searched waits, although workers sleep.
 */
#ifndef STRESS_BROKEN_THREAD_POOL_WAKE_NOT_PASSED_ON_H
#define STRESS_BROKEN_THREAD_POOL_WAKE_NOT_PASSED_ON_H

#include <contend/workers.h>

struct ct_thread_pool_wake_not_passed_on {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
};

static inline void
ct_thread_pool_wake_not_passed_on_fill(struct ct_thread_pool_wake_not_passed_on *p)
{
    ct_task_ring_init(&p->ring);
}

static inline void
ct_thread_pool_wake_not_passed_on_close(struct ct_thread_pool_wake_not_passed_on *p)
{
    ct_task_ring_close(&p->ring);
}

static inline bool ct_thread_pool_wake_not_passed_on_take(void *p, uint32_t self, void *task)
{
    (void)self;
    return ct_task_ring_take(&((struct ct_thread_pool_wake_not_passed_on *)p)->ring,
                             (struct ct_task *)task);
}

static inline bool ct_thread_pool_wake_not_passed_on_empty(void *p)
{
    return ct_task_ring_empty(&((struct ct_thread_pool_wake_not_passed_on *)p)->ring);
}

static inline int
ct_thread_pool_wake_not_passed_on_submit(struct ct_thread_pool_wake_not_passed_on *p,
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

static const struct ct_idle_source ct_thread_pool_wake_not_passed_on_source = {
    ct_thread_pool_wake_not_passed_on_take, ct_thread_pool_wake_not_passed_on_empty};

/* As ct_idle_search, but for the mistake. */
static inline bool
ct_thread_pool_wake_not_passed_on_search(struct ct_thread_pool_wake_not_passed_on *p, uint32_t self,
                                         struct ct_task *task, bool woken)
{
    struct ct_idle *i = &p->workers.idle;
    struct ct_poll poll = CT_POLL_START;
    if (ct_u32_exchange_acqrel(&i->searching, 1) != 0 && !woken)
        return false;
    do {
        if (ct_thread_pool_wake_not_passed_on_take(p, self, task)) {
            ct_u32_exchange_acqrel(&i->searching, 0); /* the mistake: and is there more? */
            return true;
        }
    } while (ct_u32_load_relaxed(&i->closing) == CT_IDLE_OPEN && ct_poll_more(&poll));
    return false;
}

/* As ct_idle_next. */
static inline bool
ct_thread_pool_wake_not_passed_on_next(struct ct_thread_pool_wake_not_passed_on *p, uint32_t self,
                                       struct ct_task *task)
{
    struct ct_idle *i = &p->workers.idle;
    for (bool woken = false;; woken = true) {
        if (ct_thread_pool_wake_not_passed_on_search(p, self, task, woken))
            return true;
        uint32_t key = ct_eventcount_prepare(&i->sleepers);
        ct_u32_exchange_acqrel(&i->searching, 0);
        uint32_t closing = ct_u32_load_acquire(&i->closing);
        bool found = ct_thread_pool_wake_not_passed_on_take(p, self, task),
             empty = !found && ct_thread_pool_wake_not_passed_on_empty(p);
        if (empty && closing == CT_IDLE_OPEN) {
            ct_eventcount_wait(&i->sleepers, key, CT_FOREVER);
            continue;
        }
        ct_eventcount_cancel(&i->sleepers);
        if (found || empty) {
            if (found)
                ct_idle_share(i, &ct_thread_pool_wake_not_passed_on_source, p);
            return found;
        }
        ct_pause();
        ct_yield();
    }
}

static inline int
ct_thread_pool_wake_not_passed_on_work(struct ct_thread_pool_wake_not_passed_on *p)
{
    struct ct_task task;
    uint32_t self = ct_crew_enter(&p->workers.crew);
    if (self == CT_CREW_NOBODY)
        return EAGAIN;
    while (ct_thread_pool_wake_not_passed_on_take(p, self, &task) ||
           ct_thread_pool_wake_not_passed_on_next(p, self, &task))
        ct_workers_do(&p->workers, &task);
    ct_crew_leave(&p->workers.crew);
    return 0;
}

CT_WORKERS_REST(wake_not_passed_on)

static const struct ct_thread_pool_ops ct_thread_pool_wake_not_passed_on_ops = {
    .impl = {CT_THREAD_POOL_IMPL(wake_not_passed_on, "wake-not-passed-on"),
             .summary = "broken: one wake-up for many tasks", .source = "Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(wake_not_passed_on),
};

#endif
