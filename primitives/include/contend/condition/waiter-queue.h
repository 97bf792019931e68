// SPDX-License-Identifier: MIT
/* waiter-queue - a first-in-first-out list of the waiters, each with a word of its own to sleep on.
 *
 * Idea      A signal takes the first record out of the list (waiters.h) and wakes its owner, nobody else:
 *           exactly those return who are told to, in order, and never for no reason. There is no herd to
 *           requeue: a broadcast wakes one after another, and who comes first to the mutex has it.
 *           Who queues as the only one will be the next, and looks on for a while (poll.h) before it
 *           sleeps, unless the last wake-up stayed on one CPU: there, looking on only keeps the next
 *           signal away. Everybody else sleeps at once.
 * Source    own; Birrell, "Implementing Condition Variables with Semaphores", 2003; nsync
 * State     waiters  the list
 * Order     that of waiters.h; the mutex orders the rest.
 * Choose    the default: works with any mutex, wakes as many as it should, in order, and is fast between
 *           two CPUs. A signal that finds somebody costs three atomic operations before its system call.
 */
#ifndef CONTEND_CONDITION_WAITER_QUEUE_H
#define CONTEND_CONDITION_WAITER_QUEUE_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/waiters.h>

struct ct_condition_waiter_queue {
    struct ct_waiters waiters;
};

#define CT_CONDITION_WAITER_QUEUE_INIT                                                             \
    {                                                                                              \
        CT_WAITERS_INIT                                                                            \
    }

static inline void ct_condition_waiter_queue_init(struct ct_condition_waiter_queue *c)
{
    ct_waiters_init(&c->waiters);
}

static inline void ct_condition_waiter_queue_destroy(struct ct_condition_waiter_queue *c)
{
    ct_waiters_drain(&c->waiters);
}

/* Out of line: a wait is no fast path. */
__attribute__((noinline)) static int
ct_condition_waiter_queue_block(struct ct_condition_waiter_queue *c, const struct ct_held *held,
                                uint64_t deadline_ns)
{
    struct ct_waiter record;
    uint64_t until_ns = deadline_ns;
    int error = 0;
    bool look_on = ct_waiters_add(&c->waiters, &record);
    held->ops->unlock(held->m, held->node);
    if (look_on)
        ct_waiter_look_on(&record);
    if (!ct_waiter_woken(&record))
        ct_u32_or_relaxed(&record.word, CT_WAITER_ASLEEP);
    for (;;) {
        uint32_t seen = ct_u32_load_acquire(&record.word); /* pairs with wake */
        if (seen & CT_WAITER_WOKEN)
            break;
        if (ct_wait(&record.word, seen, until_ns) != ETIMEDOUT)
            continue;
        if (ct_waiters_leave(&c->waiters, &record)) {
            error = ETIMEDOUT;
            break;
        }
        until_ns = CT_FOREVER;
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

__attribute__((noinline)) static void
ct_condition_waiter_queue_wake(struct ct_condition_waiter_queue *c, uint32_t n)
{
    struct ct_waiter *record = ct_waiters_take(&c->waiters, n), *next;
    for (; record; record = next) {
        next = record->next; /* before it is gone */
        if (ct_u32_or_release(&record->word, CT_WAITER_WOKEN) & CT_WAITER_ASLEEP)
            ct_wake(&record->word, 1); /* only the address */
    }
}

static inline void ct_condition_waiter_queue_signal_many(struct ct_condition_waiter_queue *c,
                                                         uint32_t n)
{
    if (ct_waiters_first(&c->waiters) && n != 0)
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
