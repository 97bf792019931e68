// SPDX-License-Identifier: MIT
/* wait-morph - waiter-queue for one kind of mutex, to whose sleepers it moves its own.
 *
 * Idea      A signal usually comes from the mutex's holder. Whom it woke at once would run, find the mutex
 *           held and sleep again: two switches for nothing. So while the mutex is held, the waiter is moved,
 *           asleep, from its own word to the mutex's, as if it had waited for that; unlock wakes it. Thus a
 *           broadcast wakes them one by one, each when the mutex is free.
 * Source    wait morphing: Butenhof, "Programming with POSIX Threads", 1997; futex requeue: Jelinek,
 *           Drepper & Molnar, Linux 2.5.70; here by the waiter, as in nsync.
 * State     waiters  the list, as in waiter-queue
 *           mutex    the waiters' mutex, whose first cell is Drepper's state: 0 free, 1 held, 2 held and
 *                    perhaps waited for; who unlocks by exchanging 2 for 0 wakes one sleeper
 * Order     that of waiters.h; the mutex orders the rest.
 *           To move, the signal first makes the mutex 2, so that its holder will wake somebody. That may
 *           have happened before the waiter was there; so the signal looks again, with a read-modify-write,
 *           which cannot be old: 2, and an unlock is to come that will wake one; else it wakes one itself.
 *           Who was moved takes the mutex with 2, for others may sleep there.
 * Lifetime  as waiter-queue; a signal without the mutex also touches the mutex after it woke somebody, so
 *           that must outlive the call.
 * Choose    with the mutex "futex", when threads share CPUs: a hand-over costs one switch. Works with no
 *           other mutex: held->m starts with that cell.
 */
#ifndef CONTEND_CONDITION_WAIT_MORPH_H
#define CONTEND_CONDITION_WAIT_MORPH_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/waiters.h>

struct ct_condition_wait_morph {
    struct ct_waiters waiters;
    struct ct_ptr mutex;
};

#define CT_CONDITION_WAIT_MORPH_INIT                                                               \
    {                                                                                              \
        CT_WAITERS_INIT, CT_CELL(NULL)                                                             \
    }

enum { CT_WAIT_MORPH_FREE, CT_WAIT_MORPH_HELD, CT_WAIT_MORPH_WAITED_FOR };

static inline void ct_condition_wait_morph_init(struct ct_condition_wait_morph *c)
{
    ct_waiters_init(&c->waiters);
    ct_ptr_store_relaxed(&c->mutex, NULL);
}

static inline void ct_condition_wait_morph_destroy(struct ct_condition_wait_morph *c)
{
    ct_waiters_drain(&c->waiters);
}

/* Sleeps until WOKEN. */
static inline int ct_condition_wait_morph_sleep(struct ct_condition_wait_morph *c,
                                                struct ct_waiter *record, uint64_t deadline_ns)
{
    uint32_t seen = ct_u32_or_acquire(&record->word, CT_WAITER_ASLEEP) | CT_WAITER_ASLEEP;
    while (!(seen & CT_WAITER_TAKEN)) {
        if (ct_wait(&record->word, seen, deadline_ns) == ETIMEDOUT &&
            ct_waiters_leave(&c->waiters, record))
            return ETIMEDOUT;
        seen = ct_u32_load_acquire(&record->word);
    }
    while (!ct_waiter_woken(record)) { /* never asleep here: it could not be moved any more */
        ct_pause();
        ct_yield();
    }
    return 0;
}

/* Others may sleep there as well. */
static inline void ct_condition_wait_morph_lock_moved(struct ct_u32 *mutex)
{
    while (ct_u32_exchange_acquire(mutex, CT_WAIT_MORPH_WAITED_FOR) != CT_WAIT_MORPH_FREE)
        ct_wait(mutex, CT_WAIT_MORPH_WAITED_FOR, CT_FOREVER);
}

/* After looking on: who woke this thread, on another CPU, is about to unlock. */
static inline bool ct_condition_wait_morph_lock_soon(struct ct_u32 *mutex)
{
    struct ct_poll poll = CT_POLL_START;
    do {
        uint32_t seen = CT_WAIT_MORPH_FREE;
        if (ct_u32_load_relaxed(mutex) == CT_WAIT_MORPH_FREE &&
            ct_u32_cas_acquire(mutex, &seen, CT_WAIT_MORPH_HELD))
            return true;
    } while (ct_poll_more(&poll));
    return false;
}

/* Out of line: a wait is no fast path. */
__attribute__((noinline)) static int
ct_condition_wait_morph_block(struct ct_condition_wait_morph *c, const struct ct_held *held,
                              uint64_t deadline_ns)
{
    struct ct_waiter record;
    struct ct_u32 *mutex = (struct ct_u32 *)held->m;
    int error = 0;
    ct_ptr_store_relaxed(&c->mutex, mutex);
    bool look_on = ct_waiters_add(&c->waiters, &record);
    held->ops->unlock(held->m, held->node);
    if (look_on)
        ct_waiter_look_on(&record);
    bool slept = !ct_waiter_woken(&record);
    if (slept)
        error = ct_condition_wait_morph_sleep(c, &record, deadline_ns);
    if (ct_u32_load_relaxed(&record.word) & CT_WAITER_MOVED)
        ct_condition_wait_morph_lock_moved(mutex);
    else if (slept || !ct_condition_wait_morph_lock_soon(mutex))
        held->ops->lock(held->m, held->node);
    return error;
}

static inline int ct_condition_wait_morph_timedwait(struct ct_condition_wait_morph *c,
                                                    const struct ct_held *held,
                                                    uint64_t deadline_ns)
{
    return ct_condition_wait_morph_block(c, held, deadline_ns);
}

static inline void ct_condition_wait_morph_wait(struct ct_condition_wait_morph *c,
                                                const struct ct_held *held)
{
    (void)ct_condition_wait_morph_block(c, held, CT_FOREVER);
}

/* Wakes the owner of a record that was taken, or leaves that to the mutex's next unlock. */
static inline void ct_condition_wait_morph_wake_one(struct ct_waiter *record, struct ct_u32 *mutex)
{
    uint32_t seen = CT_WAIT_MORPH_HELD, asleep = CT_WAITER_ASLEEP | CT_WAITER_TAKEN;
    bool held = ct_u32_load_relaxed(&record->word) == asleep &&
                (ct_u32_cas_relaxed(mutex, &seen, CT_WAIT_MORPH_WAITED_FOR) ||
                 seen == CT_WAIT_MORPH_WAITED_FOR);
    if (held && ct_requeue(&record->word, asleep, 0, mutex)) {
        ct_u32_or_release(&record->word, CT_WAITER_WOKEN | CT_WAITER_MOVED);
        if (ct_u32_or_relaxed(mutex, 0) != CT_WAIT_MORPH_WAITED_FOR)
            ct_wake(mutex, 1);
    } else if (ct_u32_or_release(&record->word, CT_WAITER_WOKEN) & CT_WAITER_ASLEEP) {
        ct_wake(&record->word, 1); /* only the address */
    }
}

__attribute__((noinline)) static void
ct_condition_wait_morph_wake(struct ct_condition_wait_morph *c, uint32_t n)
{
    struct ct_waiter *record = ct_waiters_take(&c->waiters, n), *next;
    struct ct_u32 *mutex = (struct ct_u32 *)ct_ptr_load_relaxed(&c->mutex);
    for (; record; record = next) {
        next = record->next; /* before it is gone */
        ct_condition_wait_morph_wake_one(record, mutex);
    }
}

static inline void ct_condition_wait_morph_signal_many(struct ct_condition_wait_morph *c,
                                                       uint32_t n)
{
    if (ct_waiters_first(&c->waiters) && n != 0)
        ct_condition_wait_morph_wake(c, n);
}

static inline void ct_condition_wait_morph_signal(struct ct_condition_wait_morph *c)
{
    ct_condition_wait_morph_signal_many(c, 1);
}

static inline void ct_condition_wait_morph_broadcast(struct ct_condition_wait_morph *c)
{
    ct_condition_wait_morph_signal_many(c, UINT32_MAX);
}

CT_CONDITION_ADAPT(wait_morph)
CT_CONDITION_ADAPT_DESTROY(wait_morph)

static const struct ct_condition_ops ct_condition_wait_morph_ops = {
    .impl = {CT_CONDITION_IMPL(wait_morph, "wait-morph"),
             .summary = "FIFO list; moves sleepers to the mutex while it is held",
             .source = "Butenhof 1997; Linux futex requeue; nsync",
             .traits = CT_FIFO | CT_PARKS | CT_TIMED},
    .exact = true,
    .mutex = "futex",
    CT_CONDITION_REQUIRED(wait_morph),
    .destroy = ct_condition_wait_morph_op_destroy,
};

#endif
