// SPDX-License-Identifier: MIT
/* task_ring.h - the bounded queue of a thread pool: many submitters, many workers, one compare-and-swap
 * each; and it can be closed.
 *
 * Idea      A turn in each slot says whose it is: 2n before the n-th task is there, 2n + 1 while it is. The
 *           highest bit of tail closes: a submitter's compare-and-swap then fails, so whether a task
 *           came before the close is decided where its place is, at no cost.
 * Source    Vyukov, "Bounded MPMC queue", 1024cores.net, 2010; turns after Hovland's MPMCQueue.
 * State     tail, head   places given to submitters (and CT_TASK_RING_CLOSED), to workers
 * Order     put's release of a turn pairs with take's acquire, and the reverse; a stale tail or head is
 *           seen by a turn that is ahead, whose acquire then brings the newer one.
 */
#ifndef CONTEND_TASK_RING_H
#define CONTEND_TASK_RING_H

#include <contend/task.h>

#define CT_TASK_RING_CLOSED (UINT64_C(1) << 63)

struct ct_task_ring {
    CT_APART struct ct_u64 tail;
    CT_APART struct ct_u64 head;
    CT_APART struct {
        struct ct_u64 turn;
        struct ct_task task;
    } slot[CT_THREAD_POOL_TASKS];
};

static inline void ct_task_ring_init(struct ct_task_ring *r)
{
    ct_u64_store_relaxed(&r->tail, 0);
    ct_u64_store_relaxed(&r->head, 0);
    memset(r->slot, 0, sizeof r->slot); /* turn 0 everywhere */
}

/* 0, ECANCELED: closed, or EAGAIN: full. */
static inline int ct_task_ring_put(struct ct_task_ring *r, const struct ct_task *task)
{
    uint64_t place = ct_u64_load_relaxed(&r->tail);
    while (!(place & CT_TASK_RING_CLOSED)) {
        uint64_t i = place % CT_THREAD_POOL_TASKS, mine = place / CT_THREAD_POOL_TASKS * 2;
        uint64_t turn = ct_u64_load_acquire(&r->slot[i].turn);
        if (turn == mine) {
            if (ct_u64_cas_relaxed(&r->tail, &place, place + 1)) {
                r->slot[i].task = *task;
                ct_u64_store_release(&r->slot[i].turn, mine + 1); /* pairs with take */
                return 0;
            }
        } else if (turn < mine) {
            return EAGAIN;
        } else {
            place = ct_u64_load_relaxed(&r->tail);
        }
    }
    return ECANCELED;
}

static inline bool ct_task_ring_take(struct ct_task_ring *r, struct ct_task *task)
{
    uint64_t place = ct_u64_load_relaxed(&r->head);
    for (;;) {
        uint64_t i = place % CT_THREAD_POOL_TASKS, mine = place / CT_THREAD_POOL_TASKS * 2 + 1;
        uint64_t turn = ct_u64_load_acquire(&r->slot[i].turn);
        if (turn == mine) {
            if (ct_u64_cas_relaxed(&r->head, &place, place + 1)) {
                *task = r->slot[i].task;
                ct_u64_store_release(&r->slot[i].turn, mine + 1); /* pairs with put */
                return true;
            }
        } else if (turn < mine) {
            return false;
        } else {
            place = ct_u64_load_relaxed(&r->head);
        }
    }
}

/* False: some are there, or on their way in. */
static inline bool ct_task_ring_empty(const struct ct_task_ring *r)
{
    uint64_t tail = ct_u64_load_acquire(&r->tail) & ~CT_TASK_RING_CLOSED;
    return ct_u64_load_acquire(&r->head) == tail;
}

static inline void ct_task_ring_close(struct ct_task_ring *r)
{
    ct_u64_or_acqrel(&r->tail, CT_TASK_RING_CLOSED);
}

#endif
