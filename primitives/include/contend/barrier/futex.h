// SPDX-License-Identifier: MIT
/* futex - count, phase and marks in one word; looks on where every thread has a CPU, else sleeps.
 *
 * Idea      An arrival adds one. The last replaces the whole word, which ends the phase, clears the count
 *           and tells it whether anybody sleeps: no system call if not. Since the mark "broken" stands in
 *           the same word, a phase ends or breaks, for all its threads alike.
 *           Looking on pays if all parties can run at once, which init asks the kernel; if not, giving
 *           the CPU away a few times lets the others arrive, and mostly saves the sleep.
 * Source    own; count and generation in one word after glibc's and FreeBSD's barriers, leaving as in
 *           glibc's pthread_barrier_destroy; breaking: Python, threading.Barrier.
 * State     word     bits 0-14 threads that have come; of a broken barrier, those still inside
 *                    bit 15 broken; bit 16 somebody may sleep on the word; the rest numbers the phase
 *           leaving  threads that the last phase let go and that are still inside; high bit: destroy
 *                    sleeps on it
 *           Each index may be inside once, so the number of a phase cannot come again while a thread
 *           of the phase before is on its way out.
 * Order     word: each add's release pairs with the acquire of the last's, and its compare-and-swap's
 *           release with the waiters' loads. Everything is a read-modify-write, so nothing is lost
 *           between. leaving is set before that swap; who leaves releases to destroy's acquire.
 * Lifetime  the last touches the barrier last with its swap, a waiter with its subtraction from leaving
 *           (or from a broken word); after that they only wake an address.
 * Choose    the default.
 */
#ifndef CONTEND_BARRIER_FUTEX_H
#define CONTEND_BARRIER_FUTEX_H

#include <contend/barrier.h>
#include <contend/poll.h>

#define CT_BARRIER_FUTEX_COUNT UINT32_C(0x7fff)
#define CT_BARRIER_FUTEX_BROKEN UINT32_C(0x8000)
#define CT_BARRIER_FUTEX_SLEEPERS UINT32_C(0x10000)
#define CT_BARRIER_FUTEX_PHASE UINT32_C(0xfffe0000)
#define CT_BARRIER_FUTEX_PHASE_STEP UINT32_C(0x20000)
#define CT_BARRIER_FUTEX_DESTROYER UINT32_C(0x80000000) /* in leaving */
enum { CT_BARRIER_FUTEX_YIELDS = 4 };

struct ct_barrier_futex {
    struct ct_u32 word, leaving;
    uint32_t parties;
    bool all_can_run;
};

static inline int ct_barrier_futex_init(struct ct_barrier_futex *b, uint32_t parties)
{
    if (!ct_barrier_parties_valid(parties))
        return EINVAL;
    ct_u32_store_relaxed(&b->word, 0);
    ct_u32_store_relaxed(&b->leaving, 0);
    b->parties = parties;
    b->all_can_run = parties <= ct_cpus();
    return 0;
}

/* Marks the word, seen a moment ago, and sleeps on it. May return early, as ct_wait. */
static inline int ct_barrier_futex_sleep(struct ct_barrier_futex *b, uint32_t seen,
                                         uint64_t deadline_ns)
{
    uint32_t marked = seen | CT_BARRIER_FUTEX_SLEEPERS;
    if (seen != marked && !ct_u32_cas_relaxed(&b->word, &seen, marked))
        return 0;
    return ct_wait(&b->word, marked, deadline_ns);
}

static inline void ct_barrier_futex_abort(struct ct_barrier_futex *b)
{
    if (ct_u32_or_relaxed(&b->word, CT_BARRIER_FUTEX_BROKEN) & CT_BARRIER_FUTEX_SLEEPERS)
        ct_wake(&b->word, CT_WAKE_ALL);
}

/* Out of a phase that ended. */
static inline int ct_barrier_futex_leave(struct ct_barrier_futex *b)
{
    /* pairs with destroy */
    if (ct_u32_sub_release(&b->leaving, 1) - 1 == CT_BARRIER_FUTEX_DESTROYER)
        ct_wake(&b->leaving, 1);
    return 0;
}

/* Out of one that broke. */
static inline int ct_barrier_futex_leave_broken(struct ct_barrier_futex *b)
{
    uint32_t old = ct_u32_sub_release(&b->word, 1); /* pairs with drain */
    if ((old & CT_BARRIER_FUTEX_COUNT) == 1 && old & CT_BARRIER_FUTEX_SLEEPERS)
        ct_wake(&b->word, CT_WAKE_ALL);
    return ECANCELED;
}

/* Until nobody is inside a broken barrier; returns the word. */
static inline uint32_t ct_barrier_futex_drain(struct ct_barrier_futex *b)
{
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&b->word)) & CT_BARRIER_FUTEX_COUNT)
        ct_barrier_futex_sleep(b, seen, CT_FOREVER);
    return seen;
}

static inline void ct_barrier_futex_reset(struct ct_barrier_futex *b)
{
    uint32_t seen;
    ct_barrier_futex_abort(b);
    do {
        seen = ct_barrier_futex_drain(b);
    } while (!ct_u32_cas_acqrel(&b->word, &seen, seen & CT_BARRIER_FUTEX_PHASE));
}

static inline void ct_barrier_futex_destroy(struct ct_barrier_futex *b)
{
    if (ct_u32_load_relaxed(&b->word) & CT_BARRIER_FUTEX_BROKEN)
        ct_barrier_futex_drain(b);
    ct_u32_or_relaxed(&b->leaving, CT_BARRIER_FUTEX_DESTROYER);
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&b->leaving)) != CT_BARRIER_FUTEX_DESTROYER)
        ct_wait(&b->leaving, seen, CT_FOREVER);
}

/* All others wait; only abort and timeouts may change the word now. */
static inline int ct_barrier_futex_last(struct ct_barrier_futex *b, uint32_t seen)
{
    ct_u32_store_relaxed(&b->leaving, b->parties - 1);
    while (!(seen & CT_BARRIER_FUTEX_BROKEN)) {
        uint32_t next = (seen & CT_BARRIER_FUTEX_PHASE) + CT_BARRIER_FUTEX_PHASE_STEP;
        if (ct_u32_cas_acqrel(&b->word, &seen, next)) { /* pairs with the waiters' loads */
            if (seen & CT_BARRIER_FUTEX_SLEEPERS)
                ct_wake(&b->word, CT_WAKE_ALL);
            return CT_BARRIER_SERIAL;
        }
    }
    ct_u32_store_relaxed(&b->leaving, 0);
    return ct_barrier_futex_leave_broken(b);
}

/* The deadline has passed: breaks the phase unless it is over. */
static inline int ct_barrier_futex_give_up(struct ct_barrier_futex *b, uint32_t phase)
{
    uint32_t seen = ct_u32_load_acquire(&b->word);
    while ((seen & CT_BARRIER_FUTEX_PHASE) == phase && !(seen & CT_BARRIER_FUTEX_BROKEN))
        if (ct_u32_cas_acquire(&b->word, &seen, seen | CT_BARRIER_FUTEX_BROKEN)) {
            if (seen & CT_BARRIER_FUTEX_SLEEPERS)
                ct_wake(&b->word, CT_WAKE_ALL);
            ct_barrier_futex_leave_broken(b);
            return ETIMEDOUT;
        }
    /* a failed compare-and-swap orders nothing */
    seen = ct_u32_load_acquire(&b->word);
    return (seen & CT_BARRIER_FUTEX_PHASE) != phase ? ct_barrier_futex_leave(b)
                                                    : ct_barrier_futex_leave_broken(b);
}

/* Until the phase ends or breaks. */
static inline int ct_barrier_futex_stay(struct ct_barrier_futex *b, uint32_t phase,
                                        uint64_t deadline_ns)
{
    struct ct_poll poll = CT_POLL_START;
    uint32_t yields = 0;
    for (;;) {
        uint32_t seen = ct_u32_load_acquire(&b->word); /* pairs with the last's swap */
        if ((seen & CT_BARRIER_FUTEX_PHASE) != phase)
            return ct_barrier_futex_leave(b);
        if (seen & CT_BARRIER_FUTEX_BROKEN)
            return ct_barrier_futex_leave_broken(b);
        if (b->all_can_run && ct_poll_more(&poll))
            continue;
        if (!b->all_can_run && yields++ < CT_BARRIER_FUTEX_YIELDS) {
            ct_yield();
            continue;
        }
        if (ct_barrier_futex_sleep(b, seen, deadline_ns) != 0)
            return ct_barrier_futex_give_up(b, phase);
    }
}

static inline int ct_barrier_futex_timedwait(struct ct_barrier_futex *b, uint64_t deadline_ns)
{
    uint32_t old = ct_u32_add_acqrel(&b->word, 1); /* pairs with the other arrivals */
    if (old & CT_BARRIER_FUTEX_BROKEN)
        return ct_barrier_futex_leave_broken(b);
    if ((old & CT_BARRIER_FUTEX_COUNT) + 1 == b->parties)
        return ct_barrier_futex_last(b, old + 1);
    return ct_barrier_futex_stay(b, old & CT_BARRIER_FUTEX_PHASE, deadline_ns);
}

static inline int ct_barrier_futex_wait(struct ct_barrier_futex *b)
{
    return ct_barrier_futex_timedwait(b, CT_FOREVER);
}

CT_BARRIER_ADAPT(futex)
CT_BARRIER_ADAPT_DESTROY(futex)
CT_BARRIER_ADAPT_TIMED(futex)
CT_BARRIER_ADAPT_ABORT(futex)

static const struct ct_barrier_ops ct_barrier_futex_ops = {
    .impl = {CT_BARRIER_IMPL(futex, "futex"),
             .summary = "one word; spins if all have a CPU, else sleeps; can break",
             .source = "own; Python threading.Barrier; glibc pthread_barrier",
             .traits = CT_PARKS | CT_TIMED},
    CT_BARRIER_REQUIRED(futex),
    .destroy = ct_barrier_futex_op_destroy,
    .timedwait = ct_barrier_futex_op_timedwait,
    .abort = ct_barrier_futex_op_abort,
    .reset = ct_barrier_futex_op_reset,
};

#endif
