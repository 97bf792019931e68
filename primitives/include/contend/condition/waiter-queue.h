// SPDX-License-Identifier: MIT
/* waiter-queue - a first-in-first-out list of the waiters, each with a word of its own to sleep on.
 *
 * Idea      Every waiter queues a record on its own stack; a signal takes the first one out and wakes
 *           its owner, nobody else. So exactly those return who are told to, and a thread that begins
 *           to wait later cannot take their place. There is no herd to requeue: a broadcast wakes one
 *           after another, and who comes first to the mutex has it.
 *           Who queues as the only one will be the next, and looks on for a while (poll.h) before it
 *           sleeps, unless the last wake-up stayed on one CPU: there, looking on only keeps the next
 *           signal away. Everybody else sleeps at once.
 * Source    own; the list after Birrell, "Implementing Condition Variables with Semaphores", 2003, and
 *           nsync (Burrows), CPU from rseq(2)
 * State     first, last  the queue, oldest first; linked through the records
 *           lock         0 free, 1 taken: for a few instructions, and a broadcast for some more; guards
 *                        last, the links, near, and writing first
 *           near         the last who was woken had queued on the CPU that woke it: a hint
 *           record.word  bits, each set once: ASLEEP, by its owner, who may sleep from now on; LEAVING,
 *                        by its owner, at the deadline; TAKEN, by a signal that has lock; WOKEN, by
 *                        that signal, which does not touch the record any more.
 *                        Whichever of LEAVING and TAKEN is first decides: the owner takes itself out of
 *                        the queue and times out, and signals pass it over; or it waits for WOKEN.
 *           record.cpu   where its owner was when it queued
 * Order     A waiter queues before it unlocks the mutex, so a signal by a thread that locks later finds
 *           it; a signal that finds nobody looks at first without lock. lock's release and acquire
 *           order the rest of the queue. WOKEN's release pairs with the waiter's acquire: its stack is its own
 *           again. The mutex orders the rest.
 * Lifetime  A waiter that was TAKEN touches its record only; destroy waits for those that are LEAVING.
 * Choose    the default: as many wake as should, in order; fastest between two CPUs and on one. A
 *           signal that finds somebody costs four atomic operations before its system call.
 */
#ifndef CONTEND_CONDITION_WAITER_QUEUE_H
#define CONTEND_CONDITION_WAITER_QUEUE_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/poll.h>

struct ct_condition_waiter_queue_record {
    struct ct_condition_waiter_queue_record *next, *previous;
    struct ct_u32 word;
    uint32_t cpu;
};

struct ct_condition_waiter_queue {
    struct ct_ptr first;
    struct ct_condition_waiter_queue_record *last;
    struct ct_u32 lock;
    bool near;
};

#define CT_CONDITION_WAITER_QUEUE_INIT                                                             \
    {                                                                                              \
        CT_CELL(NULL), NULL, CT_CELL(0), false                                                     \
    }

enum {
    CT_WAITER_QUEUE_ASLEEP = 1,
    CT_WAITER_QUEUE_LEAVING = 2,
    CT_WAITER_QUEUE_TAKEN = 4,
    CT_WAITER_QUEUE_WOKEN = 8,
};

static inline void ct_condition_waiter_queue_init(struct ct_condition_waiter_queue *c)
{
    ct_ptr_store_relaxed(&c->first, NULL);
    c->last = NULL;
    ct_u32_store_relaxed(&c->lock, 0);
    c->near = false;
}

static inline void ct_condition_waiter_queue_lock(struct ct_condition_waiter_queue *c)
{
    while (ct_u32_exchange_acquire(&c->lock, 1) != 0) {
        ct_pause();
        ct_yield(); /* its holder may want this CPU */
    }
}

static inline void ct_condition_waiter_queue_unlock(struct ct_condition_waiter_queue *c)
{
    ct_u32_store_release(&c->lock, 0);
}

static inline struct ct_condition_waiter_queue_record *
ct_condition_waiter_queue_first(const struct ct_condition_waiter_queue *c)
{
    return (struct ct_condition_waiter_queue_record *)ct_ptr_load_relaxed(&c->first);
}

static inline void ct_condition_waiter_queue_destroy(struct ct_condition_waiter_queue *c)
{
    for (;;) {
        ct_condition_waiter_queue_lock(c); /* so that the last one to leave has given it back */
        bool left = ct_condition_waiter_queue_first(c) == NULL;
        ct_condition_waiter_queue_unlock(c);
        if (left)
            return;
        ct_pause();
        ct_yield();
    }
}

/* Requires lock. True: it is the only one. */
static inline bool ct_condition_waiter_queue_append(struct ct_condition_waiter_queue *c,
                                                    struct ct_condition_waiter_queue_record *record)
{
    record->next = NULL;
    record->previous = c->last;
    c->last = record;
    if (record->previous)
        record->previous->next = record;
    else
        ct_ptr_store_relaxed(&c->first, record);
    return record->previous == NULL;
}

/* Requires lock. */
static inline void ct_condition_waiter_queue_remove(struct ct_condition_waiter_queue *c,
                                                    struct ct_condition_waiter_queue_record *record)
{
    if (record->previous)
        record->previous->next = record->next;
    else
        ct_ptr_store_relaxed(&c->first, record->next);
    if (record->next)
        record->next->previous = record->previous;
    else
        c->last = record->previous;
}

static inline bool
ct_condition_waiter_queue_woken(const struct ct_condition_waiter_queue_record *record)
{
    return ct_u32_load_acquire(&record->word) & CT_WAITER_QUEUE_WOKEN; /* pairs with wake */
}

/* At the deadline. False: a signal was faster. */
static inline bool ct_condition_waiter_queue_leave(struct ct_condition_waiter_queue *c,
                                                   struct ct_condition_waiter_queue_record *record)
{
    if (ct_u32_or_relaxed(&record->word, CT_WAITER_QUEUE_LEAVING) & CT_WAITER_QUEUE_TAKEN)
        return false;
    ct_condition_waiter_queue_lock(c);
    ct_condition_waiter_queue_remove(c, record);
    ct_condition_waiter_queue_unlock(c);
    return true;
}

static inline void
ct_condition_waiter_queue_look_on(const struct ct_condition_waiter_queue_record *record)
{
    struct ct_poll poll = CT_POLL_START;
    while (!ct_condition_waiter_queue_woken(record) && ct_poll_more(&poll))
        ;
}

/* Out of line: a wait is no fast path. */
__attribute__((noinline)) static int
ct_condition_waiter_queue_block(struct ct_condition_waiter_queue *c, const struct ct_held *held,
                                uint64_t deadline_ns)
{
    struct ct_condition_waiter_queue_record record;
    uint64_t until_ns = deadline_ns;
    int error = 0;
    ct_u32_store_relaxed(&record.word, 0);
    record.cpu = ct_cpu_id();
    ct_condition_waiter_queue_lock(c);
    bool next = ct_condition_waiter_queue_append(c, &record) && !c->near;
    ct_condition_waiter_queue_unlock(c);
    held->ops->unlock(held->m, held->node);
    if (next)
        ct_condition_waiter_queue_look_on(&record);
    if (!ct_condition_waiter_queue_woken(&record))
        ct_u32_or_relaxed(&record.word, CT_WAITER_QUEUE_ASLEEP);
    for (;;) {
        uint32_t seen = ct_u32_load_acquire(&record.word); /* pairs with wake */
        if (seen & CT_WAITER_QUEUE_WOKEN)
            break;
        if (ct_wait(&record.word, seen, until_ns) != ETIMEDOUT)
            continue;
        if (ct_condition_waiter_queue_leave(c, &record)) {
            error = ETIMEDOUT;
            break;
        }
        until_ns = CT_FOREVER; /* WOKEN is on its way */
    }
    held->ops->lock(held->m, held->node);
    return error;
}

static inline int ct_condition_waiter_queue_timedwait(struct ct_condition_waiter_queue *c,
                                                      const struct ct_held *held,
                                                      uint64_t deadline_ns)
{
    return ct_condition_waiter_queue_block(c, held, deadline_ns);
}

static inline void ct_condition_waiter_queue_wait(struct ct_condition_waiter_queue *c,
                                                  const struct ct_held *held)
{
    (void)ct_condition_waiter_queue_block(c, held, CT_FOREVER);
}

/* The first n who are not leaving: taken out of the queue, then woken, when lock is free again. */
__attribute__((noinline)) static void
ct_condition_waiter_queue_wake(struct ct_condition_waiter_queue *c, uint32_t n)
{
    struct ct_condition_waiter_queue_record *taken = NULL, **end = &taken, *record, *next;
    ct_condition_waiter_queue_lock(c);
    for (record = ct_condition_waiter_queue_first(c); record && n > 0; record = next) {
        next = record->next;
        if (ct_u32_or_relaxed(&record->word, CT_WAITER_QUEUE_TAKEN) & CT_WAITER_QUEUE_LEAVING)
            continue;
        ct_condition_waiter_queue_remove(c, record);
        c->near = record->cpu == ct_cpu_id();
        *end = record;
        end = &record->next;
        n--;
    }
    ct_condition_waiter_queue_unlock(c);
    *end = NULL;
    for (record = taken; record; record = next) {
        next = record->next; /* before it is gone */
        if (ct_u32_or_release(&record->word, CT_WAITER_QUEUE_WOKEN) & CT_WAITER_QUEUE_ASLEEP)
            ct_wake(&record->word, 1); /* only the address */
    }
}

static inline void ct_condition_waiter_queue_signal_many(struct ct_condition_waiter_queue *c,
                                                         uint32_t n)
{
    if (ct_condition_waiter_queue_first(c) && n != 0)
        ct_condition_waiter_queue_wake(c, n);
}

static inline void ct_condition_waiter_queue_signal(struct ct_condition_waiter_queue *c)
{
    ct_condition_waiter_queue_signal_many(c, 1);
}

static inline void ct_condition_waiter_queue_broadcast(struct ct_condition_waiter_queue *c)
{
    ct_condition_waiter_queue_signal_many(c, UINT32_MAX);
}

CT_CONDITION_ADAPT(waiter_queue)
CT_CONDITION_ADAPT_DESTROY(waiter_queue)

static const struct ct_condition_ops ct_condition_waiter_queue_ops = {
    .impl = {CT_CONDITION_IMPL(waiter_queue, "waiter-queue"),
             .summary = "FIFO list, a futex per waiter; the first looks on",
             .source = "own; Birrell 2003, nsync", .traits = CT_FIFO | CT_PARKS | CT_TIMED},
    .any_mutex = true,
    .exact = true,
    .mutex = "futex",
    CT_CONDITION_REQUIRED(waiter_queue),
    .destroy = ct_condition_waiter_queue_op_destroy,
};

#endif
