// SPDX-License-Identifier: MIT
/* eventcount.h - sleep until something is true that others make true without a lock; who makes it true
 * pays a load and a branch while nobody sleeps.
 *
 * Idea      An eventcount lets one wait for any condition: announce, look again, sleep. Between its
 *           write and its look for sleepers the notifier would need a full fence; instead the sleeper,
 *           who has time, makes every thread pass one (membarrier), as in mutex/futex-asym.h.
 * Use       notifier: make it true (a store or RMW, release); ct_eventcount_notify(e, n).
 *           waiter:   look on for a while; then until it is true or error is set:
 *                         uint32_t key = ct_eventcount_prepare(e);
 *                         if (true now) ct_eventcount_cancel(e);
 *                         else error = ct_eventcount_wait(e, key, deadline_ns);
 *                     and after an error look once more.
 * Source    Reed & Kanodia, "Synchronization with Eventcounts and Sequencers", CACM 22(2), 1979; the
 *           announcing form after Vyukov; asymmetric fence as Dice, Huang & Yang 2001.
 * State     waiters  threads between prepare and the end of cancel or wait
 *           epoch    notifications that found waiters; what they sleep on
 * Order     The notifier's write / load waiters against the waiter's add waiters / look: ordered by
 *           ct_compiler_barrier there and ct_membarrier here, so either the notifier sees the waiter,
 *           or the waiter what was written. A notifier that saw it changes epoch, so that a wait that
 *           has not begun returns; epoch's release pairs with prepare's acquire, so whoever got the
 *           new key sees what was written before. What the waiter finds true is ordered by its own load.
 * Limits    2^32 notifications between one thread's prepare and wait would go unseen. Where membarrier
 *           is missing, waiters look again every CT_EVENTCOUNT_NAP_NS instead.
 */
#ifndef CONTEND_EVENTCOUNT_H
#define CONTEND_EVENTCOUNT_H

#include <contend/wait.h>

struct ct_eventcount {
    struct ct_u32 waiters, epoch;
};

#define CT_EVENTCOUNT_INIT                                                                         \
    {                                                                                              \
        CT_CELL(0), CT_CELL(0)                                                                     \
    }
#define CT_EVENTCOUNT_NAP_NS 1000000

/* Requires  nobody uses *e. */
static inline void ct_eventcount_init(struct ct_eventcount *e)
{
    ct_u32_store_relaxed(&e->waiters, 0);
    ct_u32_store_relaxed(&e->epoch, 0);
}

__attribute__((noinline)) static void ct_eventcount_notify_slow(struct ct_eventcount *e,
                                                                int threads)
{
    ct_u32_add_release(&e->epoch, 1); /* pairs with prepare */
    ct_wake(&e->epoch, threads);
}

/* Wake up to threads waiters (CT_WAKE_ALL: all).
 * Ensures   at least so many of those that wait, for what the caller has written is not true for them,
 *           look again.
 * Blocks    never. Reads *e after the caller's write: *e must outlive the call. */
static inline void ct_eventcount_notify(struct ct_eventcount *e, int threads)
{
    ct_compiler_barrier(); /* pairs with the waiter's ct_membarrier */
    if (__builtin_expect(ct_u32_load_relaxed(&e->waiters) != 0, 0))
        ct_eventcount_notify_slow(e, threads);
}

/* Announce this thread; returns what to wait with. To be followed by cancel or wait. */
static inline uint32_t ct_eventcount_prepare(struct ct_eventcount *e)
{
    ct_u32_add_seq_cst(&e->waiters, 1);
    if (ct_membarrier_usable())
        ct_membarrier();
    return ct_u32_load_acquire(&e->epoch);
}

static inline void ct_eventcount_cancel(struct ct_eventcount *e)
{
    ct_u32_sub_relaxed(&e->waiters, 1);
}

/* Sleep until notified after the prepare that gave key.
 * Ensures   returns 0 then, or early for no reason: the caller looks again.
 * Errors    ETIMEDOUT once deadline_ns has passed. */
static inline int ct_eventcount_wait(struct ct_eventcount *e, uint32_t key, uint64_t deadline_ns)
{
    int error = 0;
    uint64_t nap_ns = ct_membarrier_usable() ? CT_FOREVER : ct_now_ns() + CT_EVENTCOUNT_NAP_NS;
    if (deadline_ns <= nap_ns)
        error = ct_wait(&e->epoch, key, deadline_ns);
    else
        ct_wait(&e->epoch, key, nap_ns); /* a notifier may have missed us: only nap */
    ct_eventcount_cancel(e);
    return error;
}

#endif
