// SPDX-License-Identifier: MIT
/* waiters.h - a first-in-first-out list of waiting threads, each with a word of its own to sleep on: what
 * queueing conditions have in common.
 *
 * Idea      Every waiter queues a record on its own stack; who wakes it takes the record out of the queue,
 *           and says so in the record when it will not touch it any more. So exactly those wake who are
 *           meant, and a thread that begins to wait later cannot take their place.
 * Source    own; Birrell, "Implementing Condition Variables with Semaphores", 2003, and nsync (Burrows)
 * State     first, last  the queue, oldest first; linked through the records
 *           lock         0 free, 1 taken: for a few instructions, and to take many for some more; guards
 *                        last, the links, near, and writing first
 *           near         the last who was taken had queued on the CPU of who took it: a hint
 *           record.word  bits, each set once: ASLEEP, by its owner, who may sleep from now on; LEAVING,
 *                        by its owner, at the deadline; TAKEN, with lock; WOKEN, by who took it, whose
 *                        last access this is; MOVED, with WOKEN, for users of this header.
 *                        Whichever of LEAVING and TAKEN is first decides: the owner takes itself out of
 *                        the queue and times out, and is passed over; or it waits for WOKEN.
 *           record.cpu   where its owner was when it queued
 * Order     A waiter queues while it holds the mutex, so who locks that later finds it: first may be looked
 *           at without lock. lock's release and acquire order the rest of the queue. WOKEN's release pairs
 *           with the waiter's acquire: its stack is its own again.
 * Lifetime  A waiter that was TAKEN touches its record only; drain waits for those that are LEAVING.
 */
#ifndef CONTEND_WAITERS_H
#define CONTEND_WAITERS_H

#include <contend/poll.h>

struct ct_waiter {
    struct ct_waiter *next, *previous;
    struct ct_u32 word;
    uint32_t cpu;
};

struct ct_waiters {
    struct ct_ptr first;
    struct ct_waiter *last;
    struct ct_u32 lock;
    bool near;
};

#define CT_WAITERS_INIT                                                                            \
    {                                                                                              \
        CT_CELL(NULL), NULL, CT_CELL(0), false                                                     \
    }

enum {
    CT_WAITER_ASLEEP = 1,
    CT_WAITER_LEAVING = 2,
    CT_WAITER_TAKEN = 4,
    CT_WAITER_WOKEN = 8,
    CT_WAITER_MOVED = 16,
};

static inline void ct_waiters_init(struct ct_waiters *w)
{
    ct_ptr_store_relaxed(&w->first, NULL);
    w->last = NULL;
    ct_u32_store_relaxed(&w->lock, 0);
    w->near = false;
}

static inline struct ct_waiter *ct_waiters_first(const struct ct_waiters *w)
{
    return (struct ct_waiter *)ct_ptr_load_relaxed(&w->first);
}

static inline void ct_waiters_lock(struct ct_waiters *w)
{
    while (ct_u32_exchange_acquire(&w->lock, 1) != 0) {
        ct_pause();
        ct_yield(); /* its holder may want this CPU */
    }
}

static inline void ct_waiters_unlock(struct ct_waiters *w)
{
    ct_u32_store_release(&w->lock, 0);
}

/* Requires that nobody queues any more and all are taken or leaving; returns when these have left. */
static inline void ct_waiters_drain(struct ct_waiters *w)
{
    for (;;) {
        ct_waiters_lock(w); /* so that the last one to leave has given it back */
        bool left = ct_waiters_first(w) == NULL;
        ct_waiters_unlock(w);
        if (left)
            return;
        ct_pause();
        ct_yield();
    }
}

/* True: the caller is the next to be woken, and may well be soon, from another CPU. Others had better
   sleep at once. */
static inline bool ct_waiters_add(struct ct_waiters *w, struct ct_waiter *record)
{
    ct_u32_store_relaxed(&record->word, 0);
    record->cpu = ct_cpu_id();
    record->next = NULL;
    ct_waiters_lock(w);
    record->previous = w->last;
    w->last = record;
    if (record->previous)
        record->previous->next = record;
    else
        ct_ptr_store_relaxed(&w->first, record);
    bool look_on = record->previous == NULL && !w->near;
    ct_waiters_unlock(w);
    return look_on;
}

/* Requires lock. */
static inline void ct_waiters_remove(struct ct_waiters *w, struct ct_waiter *record)
{
    if (record->previous)
        record->previous->next = record->next;
    else
        ct_ptr_store_relaxed(&w->first, record->next);
    if (record->next)
        record->next->previous = record->previous;
    else
        w->last = record->previous;
}

/* At the deadline. False: it was taken before, and WOKEN is on its way. */
static inline bool ct_waiters_leave(struct ct_waiters *w, struct ct_waiter *record)
{
    if (ct_u32_or_relaxed(&record->word, CT_WAITER_LEAVING) & CT_WAITER_TAKEN)
        return false;
    ct_waiters_lock(w);
    ct_waiters_remove(w, record);
    ct_waiters_unlock(w);
    return true;
}

/* The first n who are not leaving, linked by next; each is to be told that it is WOKEN. */
static inline struct ct_waiter *ct_waiters_take(struct ct_waiters *w, uint32_t n)
{
    struct ct_waiter *taken = NULL, **end = &taken, *record, *next;
    ct_waiters_lock(w);
    for (record = ct_waiters_first(w); record && n > 0; record = next) {
        next = record->next;
        if (ct_u32_or_relaxed(&record->word, CT_WAITER_TAKEN) & CT_WAITER_LEAVING)
            continue;
        ct_waiters_remove(w, record);
        w->near = record->cpu == ct_cpu_id();
        *end = record;
        end = &record->next;
        n--;
    }
    ct_waiters_unlock(w);
    *end = NULL;
    return taken;
}

static inline bool ct_waiter_woken(const struct ct_waiter *record)
{
    return ct_u32_load_acquire(&record->word) & CT_WAITER_WOKEN; /* pairs with who wakes */
}

static inline void ct_waiter_look_on(const struct ct_waiter *record)
{
    struct ct_poll poll = CT_POLL_START;
    while (!ct_waiter_woken(record) && ct_poll_more(&poll))
        ;
}

#endif
