// SPDX-License-Identifier: MIT
/* locked - one queue under one lock, workers that look on one at a time.
 *
 * Idea      What everybody writes first, with a lock of one word and with the waiting of the faster pools
 *           (idle.h): what is left between it and them is the lock.
 * Full      The submitter runs the oldest task itself, and tries again.
 * Source    lock: Drepper, "Futexes Are Tricky", 2011, mutex 2; queue: Knuth, TAOCP 1, 2.2.2.
 * State     lock       0 free, 1 held, 2 held and somebody may sleep
 *           head       tasks taken so far; under the lock
 *           tail       tasks brought so far, written under the lock; looked at without it for whether
 *                      there is any, so that idle workers do not disturb submitters
 *           open       under the lock
 * Order     The lock orders all; a submit is ordered before its task by it, a task before the wait for it
 *           by its future.
 * Choose    to read, and to compare.
 */
#ifndef CONTEND_THREAD_POOL_LOCKED_H
#define CONTEND_THREAD_POOL_LOCKED_H

#include <contend/spin.h>
#include <contend/workers.h>

struct ct_thread_pool_locked {
    CT_APART struct ct_u32 lock;
    bool open;
    struct ct_u64 head, tail;
    struct ct_task task[CT_THREAD_POOL_TASKS];
    CT_APART struct ct_workers workers;
};

__attribute__((noinline)) static void
ct_thread_pool_locked_lock_slow(struct ct_thread_pool_locked *p)
{
    struct ct_spin spin = CT_SPIN_START;
    do {
        uint32_t seen = 0;
        if (ct_u32_load_relaxed(&p->lock) == 0 && ct_u32_cas_acquire(&p->lock, &seen, 1))
            return;
    } while (ct_spin_more(&spin));
    while (ct_u32_exchange_acquire(&p->lock, 2) != 0)
        ct_wait(&p->lock, 2, CT_FOREVER);
}

static inline void ct_thread_pool_locked_lock(struct ct_thread_pool_locked *p)
{
    uint32_t seen = 0;
    if (!ct_u32_cas_acquire(&p->lock, &seen, 1)) /* pairs with unlock */
        ct_thread_pool_locked_lock_slow(p);
}

static inline void ct_thread_pool_locked_unlock(struct ct_thread_pool_locked *p)
{
    if (ct_u32_exchange_release(&p->lock, 0) == 2)
        ct_wake(&p->lock, 1);
}

static inline void ct_thread_pool_locked_fill(struct ct_thread_pool_locked *p)
{
    ct_u32_store_relaxed(&p->lock, 0);
    p->open = true;
    ct_u64_store_relaxed(&p->head, 0);
    ct_u64_store_relaxed(&p->tail, 0);
}

static inline void ct_thread_pool_locked_close(struct ct_thread_pool_locked *p)
{
    ct_thread_pool_locked_lock(p);
    p->open = false;
    ct_thread_pool_locked_unlock(p);
}

static inline bool ct_thread_pool_locked_empty(void *pool)
{
    const struct ct_thread_pool_locked *p = (struct ct_thread_pool_locked *)pool;
    return ct_u64_load_acquire(&p->head) == ct_u64_load_acquire(&p->tail);
}

static inline bool ct_thread_pool_locked_take(void *pool, uint32_t self, void *task)
{
    struct ct_thread_pool_locked *p = (struct ct_thread_pool_locked *)pool;
    (void)self;
    if (ct_thread_pool_locked_empty(p))
        return false;
    ct_thread_pool_locked_lock(p);
    uint64_t head = ct_u64_load_relaxed(&p->head);
    bool found = head != ct_u64_load_relaxed(&p->tail);
    if (found) {
        *(struct ct_task *)task = p->task[head % CT_THREAD_POOL_TASKS];
        ct_u64_store_relaxed(&p->head, head + 1);
    }
    ct_thread_pool_locked_unlock(p);
    return found;
}

/* 0, ECANCELED: closed, or EAGAIN: full. */
static inline int ct_thread_pool_locked_put(struct ct_thread_pool_locked *p,
                                            const struct ct_task *task)
{
    ct_thread_pool_locked_lock(p);
    uint64_t tail = ct_u64_load_relaxed(&p->tail);
    bool full = tail - ct_u64_load_relaxed(&p->head) == CT_THREAD_POOL_TASKS;
    int error = !p->open ? ECANCELED : full ? EAGAIN : 0;
    if (error == 0) {
        p->task[tail % CT_THREAD_POOL_TASKS] = *task;
        ct_u64_store_relaxed(&p->tail, tail + 1);
    }
    ct_thread_pool_locked_unlock(p);
    return error;
}

static inline int ct_thread_pool_locked_submit(struct ct_thread_pool_locked *p,
                                               struct ct_future *future, ct_task_function *function,
                                               void *argument)
{
    struct ct_task task = {function, argument, future}, oldest;
    int error;
    if (!function)
        return EINVAL;
    if (future)
        ct_future_begin(future);
    while ((error = ct_thread_pool_locked_put(p, &task)) == EAGAIN)
        if (ct_thread_pool_locked_take(p, CT_CREW_NOBODY, &oldest))
            ct_workers_relieve(&p->workers, &oldest);
    if (error == 0)
        ct_idle_kick(&p->workers.idle);
    return error;
}

CT_WORKERS_POOL(locked)

static const struct ct_thread_pool_ops ct_thread_pool_locked_ops = {
    .impl = {CT_THREAD_POOL_IMPL(locked, "locked"),
             .summary = "one queue under one lock, one worker looks on",
             .source = "Drepper 2011, mutex 2; Knuth, TAOCP 1", .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(locked),
};

#endif
