// SPDX-License-Identifier: MIT
/* reset-does-not-drain - futex barrier, broken.
 *
 * Mistake: reset does not wait for those whom it sends away: they take their own arrivals off the
 *          count of the new phase.
 * Breaks:  a reset sends away who waits, and all meet in the phase after it.
 */
#ifndef STRESS_BROKEN_BARRIER_RESET_DOES_NOT_DRAIN_H
#define STRESS_BROKEN_BARRIER_RESET_DOES_NOT_DRAIN_H

#include <contend/barrier.h>
#include <contend/poll.h>

#define CT_BARRIER_RESET_DOES_NOT_DRAIN_COUNT UINT32_C(0x7fff)
#define CT_BARRIER_RESET_DOES_NOT_DRAIN_BROKEN UINT32_C(0x8000)
#define CT_BARRIER_RESET_DOES_NOT_DRAIN_SLEEPERS UINT32_C(0x10000)
#define CT_BARRIER_RESET_DOES_NOT_DRAIN_PHASE UINT32_C(0xfffe0000)
#define CT_BARRIER_RESET_DOES_NOT_DRAIN_PHASE_STEP UINT32_C(0x20000)
#define CT_BARRIER_RESET_DOES_NOT_DRAIN_DESTROYER UINT32_C(0x80000000) /* in leaving */
enum { CT_BARRIER_RESET_DOES_NOT_DRAIN_YIELDS = 4 };

struct ct_barrier_reset_does_not_drain {
    struct ct_u32 word, leaving;
    uint32_t parties;
    bool all_can_run;
};

static inline int ct_barrier_reset_does_not_drain_init(struct ct_barrier_reset_does_not_drain *b,
                                                       uint32_t parties)
{
    ct_u32_store_relaxed(&b->word, 0);
    ct_u32_store_relaxed(&b->leaving, 0);
    b->parties = parties;
    b->all_can_run = parties <= ct_cpus();
    return 0;
}

/* Marks the word, seen a moment ago, and sleeps on it. May return early, as ct_wait. */
static inline int ct_barrier_reset_does_not_drain_sleep(struct ct_barrier_reset_does_not_drain *b,
                                                        uint32_t seen, uint64_t deadline_ns)
{
    uint32_t marked = seen | CT_BARRIER_RESET_DOES_NOT_DRAIN_SLEEPERS;
    if (seen != marked && !ct_u32_cas_relaxed(&b->word, &seen, marked))
        return 0;
    return ct_wait(&b->word, marked, deadline_ns);
}

static inline void ct_barrier_reset_does_not_drain_abort(struct ct_barrier_reset_does_not_drain *b)
{
    if (ct_u32_or_relaxed(&b->word, CT_BARRIER_RESET_DOES_NOT_DRAIN_BROKEN) &
        CT_BARRIER_RESET_DOES_NOT_DRAIN_SLEEPERS)
        ct_wake(&b->word, CT_WAKE_ALL);
}

/* Out of a phase that ended. */
static inline int ct_barrier_reset_does_not_drain_leave(struct ct_barrier_reset_does_not_drain *b)
{
    /* pairs with destroy */
    if (ct_u32_sub_release(&b->leaving, 1) - 1 == CT_BARRIER_RESET_DOES_NOT_DRAIN_DESTROYER)
        ct_wake(&b->leaving, 1);
    return 0;
}

/* Out of one that broke. */
static inline int
ct_barrier_reset_does_not_drain_leave_broken(struct ct_barrier_reset_does_not_drain *b)
{
    uint32_t old = ct_u32_sub_release(&b->word, 1); /* pairs with drain */
    if ((old & CT_BARRIER_RESET_DOES_NOT_DRAIN_COUNT) == 1 &&
        old & CT_BARRIER_RESET_DOES_NOT_DRAIN_SLEEPERS)
        ct_wake(&b->word, CT_WAKE_ALL);
    return ECANCELED;
}

/* Until nobody is inside a broken barrier; returns the word. */
static inline uint32_t
ct_barrier_reset_does_not_drain_drain(struct ct_barrier_reset_does_not_drain *b)
{
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&b->word)) & CT_BARRIER_RESET_DOES_NOT_DRAIN_COUNT)
        ct_barrier_reset_does_not_drain_sleep(b, seen, CT_FOREVER);
    return seen;
}

static inline void ct_barrier_reset_does_not_drain_reset(struct ct_barrier_reset_does_not_drain *b)
{
    ct_barrier_reset_does_not_drain_abort(b);
    uint32_t seen = ct_u32_load_acquire(&b->word);
    do { /* the mistake: nothing */
    } while (!ct_u32_cas_acqrel(&b->word, &seen, seen & CT_BARRIER_RESET_DOES_NOT_DRAIN_PHASE));
}

static inline void
ct_barrier_reset_does_not_drain_destroy(struct ct_barrier_reset_does_not_drain *b)
{
    if (ct_u32_load_relaxed(&b->word) & CT_BARRIER_RESET_DOES_NOT_DRAIN_BROKEN)
        ct_barrier_reset_does_not_drain_drain(b);
    ct_u32_or_relaxed(&b->leaving, CT_BARRIER_RESET_DOES_NOT_DRAIN_DESTROYER);
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&b->leaving)) != CT_BARRIER_RESET_DOES_NOT_DRAIN_DESTROYER)
        ct_wait(&b->leaving, seen, CT_FOREVER);
}

/* All others wait; only abort and timeouts may change the word now. */
static inline int ct_barrier_reset_does_not_drain_last(struct ct_barrier_reset_does_not_drain *b,
                                                       uint32_t seen)
{
    ct_u32_store_relaxed(&b->leaving, b->parties - 1);
    while (!(seen & CT_BARRIER_RESET_DOES_NOT_DRAIN_BROKEN)) {
        uint32_t next = (seen & CT_BARRIER_RESET_DOES_NOT_DRAIN_PHASE) +
                        CT_BARRIER_RESET_DOES_NOT_DRAIN_PHASE_STEP;
        if (ct_u32_cas_acqrel(&b->word, &seen, next)) { /* pairs with the waiters' loads */
            if (seen & CT_BARRIER_RESET_DOES_NOT_DRAIN_SLEEPERS)
                ct_wake(&b->word, CT_WAKE_ALL);
            return CT_BARRIER_SERIAL;
        }
    }
    ct_u32_store_relaxed(&b->leaving, 0);
    return ct_barrier_reset_does_not_drain_leave_broken(b);
}

/* The deadline has passed: breaks the phase unless it is over. */
static inline int ct_barrier_reset_does_not_drain_give_up(struct ct_barrier_reset_does_not_drain *b,
                                                          uint32_t phase)
{
    uint32_t seen = ct_u32_load_acquire(&b->word);
    while ((seen & CT_BARRIER_RESET_DOES_NOT_DRAIN_PHASE) == phase &&
           !(seen & CT_BARRIER_RESET_DOES_NOT_DRAIN_BROKEN))
        if (ct_u32_cas_acquire(&b->word, &seen, seen | CT_BARRIER_RESET_DOES_NOT_DRAIN_BROKEN)) {
            if (seen & CT_BARRIER_RESET_DOES_NOT_DRAIN_SLEEPERS)
                ct_wake(&b->word, CT_WAKE_ALL);
            ct_barrier_reset_does_not_drain_leave_broken(b);
            return ETIMEDOUT;
        }
    /* a failed compare-and-swap orders nothing */
    seen = ct_u32_load_acquire(&b->word);
    return (seen & CT_BARRIER_RESET_DOES_NOT_DRAIN_PHASE) != phase
               ? ct_barrier_reset_does_not_drain_leave(b)
               : ct_barrier_reset_does_not_drain_leave_broken(b);
}

/* Until the phase ends or breaks. */
static inline int ct_barrier_reset_does_not_drain_stay(struct ct_barrier_reset_does_not_drain *b,
                                                       uint32_t phase, uint64_t deadline_ns)
{
    struct ct_poll poll = CT_POLL_START;
    uint32_t yields = 0;
    for (;;) {
        uint32_t seen = ct_u32_load_acquire(&b->word); /* pairs with the last's swap */
        if ((seen & CT_BARRIER_RESET_DOES_NOT_DRAIN_PHASE) != phase)
            return ct_barrier_reset_does_not_drain_leave(b);
        if (seen & CT_BARRIER_RESET_DOES_NOT_DRAIN_BROKEN)
            return ct_barrier_reset_does_not_drain_leave_broken(b);
        if (b->all_can_run && ct_poll_more(&poll))
            continue;
        if (!b->all_can_run && yields++ < CT_BARRIER_RESET_DOES_NOT_DRAIN_YIELDS) {
            ct_yield();
            continue;
        }
        if (ct_barrier_reset_does_not_drain_sleep(b, seen, deadline_ns) != 0)
            return ct_barrier_reset_does_not_drain_give_up(b, phase);
    }
}

static inline int
ct_barrier_reset_does_not_drain_timedwait(struct ct_barrier_reset_does_not_drain *b,
                                          uint64_t deadline_ns)
{
    uint32_t old = ct_u32_add_acqrel(&b->word, 1); /* pairs with the other arrivals */
    if (old & CT_BARRIER_RESET_DOES_NOT_DRAIN_BROKEN)
        return ct_barrier_reset_does_not_drain_leave_broken(b);
    if ((old & CT_BARRIER_RESET_DOES_NOT_DRAIN_COUNT) + 1 == b->parties)
        return ct_barrier_reset_does_not_drain_last(b, old + 1);
    return ct_barrier_reset_does_not_drain_stay(b, old & CT_BARRIER_RESET_DOES_NOT_DRAIN_PHASE,
                                                deadline_ns);
}

static inline int ct_barrier_reset_does_not_drain_wait(struct ct_barrier_reset_does_not_drain *b)
{
    return ct_barrier_reset_does_not_drain_timedwait(b, CT_FOREVER);
}

CT_BARRIER_ADAPT(reset_does_not_drain)
CT_BARRIER_ADAPT_DESTROY(reset_does_not_drain)
CT_BARRIER_ADAPT_TIMED(reset_does_not_drain)
CT_BARRIER_ADAPT_ABORT(reset_does_not_drain)

static const struct ct_barrier_ops ct_barrier_reset_does_not_drain_ops = {
    .impl = {CT_BARRIER_IMPL(reset_does_not_drain, "reset-does-not-drain"),
             .summary = "broken: reset does not wait for those it sends away",
             .source = "futex without the wait in reset", .traits = CT_PARKS | CT_TIMED},
    CT_BARRIER_REQUIRED(reset_does_not_drain),
    .destroy = ct_barrier_reset_does_not_drain_op_destroy,
    .timedwait = ct_barrier_reset_does_not_drain_op_timedwait,
    .abort = ct_barrier_reset_does_not_drain_op_abort,
    .reset = ct_barrier_reset_does_not_drain_op_reset,
};

#endif
