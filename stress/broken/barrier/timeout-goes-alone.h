// SPDX-License-Identifier: MIT
/* timeout-goes-alone - futex barrier, broken.
 *
 * Mistake: who times out takes back its arrival and leaves the others waiting for it.
 * Breaks:  a timeout breaks the phase for all.
 */
#ifndef STRESS_BROKEN_BARRIER_TIMEOUT_GOES_ALONE_H
#define STRESS_BROKEN_BARRIER_TIMEOUT_GOES_ALONE_H

#include <contend/barrier.h>
#include <contend/poll.h>

#define CT_BARRIER_TIMEOUT_GOES_ALONE_COUNT UINT32_C(0x7fff)
#define CT_BARRIER_TIMEOUT_GOES_ALONE_BROKEN UINT32_C(0x8000)
#define CT_BARRIER_TIMEOUT_GOES_ALONE_SLEEPERS UINT32_C(0x10000)
#define CT_BARRIER_TIMEOUT_GOES_ALONE_PHASE UINT32_C(0xfffe0000)
#define CT_BARRIER_TIMEOUT_GOES_ALONE_PHASE_STEP UINT32_C(0x20000)
#define CT_BARRIER_TIMEOUT_GOES_ALONE_DESTROYER UINT32_C(0x80000000) /* in leaving */
enum { CT_BARRIER_TIMEOUT_GOES_ALONE_YIELDS = 4 };

struct ct_barrier_timeout_goes_alone {
    struct ct_u32 word, leaving;
    uint32_t parties;
    bool all_can_run;
};

static inline int ct_barrier_timeout_goes_alone_init(struct ct_barrier_timeout_goes_alone *b,
                                                     uint32_t parties)
{
    ct_u32_store_relaxed(&b->word, 0);
    ct_u32_store_relaxed(&b->leaving, 0);
    b->parties = parties;
    b->all_can_run = parties <= ct_cpus();
    return 0;
}

/* Marks the word, seen a moment ago, and sleeps on it. May return early, as ct_wait. */
static inline int ct_barrier_timeout_goes_alone_sleep(struct ct_barrier_timeout_goes_alone *b,
                                                      uint32_t seen, uint64_t deadline_ns)
{
    uint32_t marked = seen | CT_BARRIER_TIMEOUT_GOES_ALONE_SLEEPERS;
    if (seen != marked && !ct_u32_cas_relaxed(&b->word, &seen, marked))
        return 0;
    return ct_wait(&b->word, marked, deadline_ns);
}

static inline void ct_barrier_timeout_goes_alone_abort(struct ct_barrier_timeout_goes_alone *b)
{
    if (ct_u32_or_relaxed(&b->word, CT_BARRIER_TIMEOUT_GOES_ALONE_BROKEN) &
        CT_BARRIER_TIMEOUT_GOES_ALONE_SLEEPERS)
        ct_wake(&b->word, CT_WAKE_ALL);
}

/* Out of a phase that ended. */
static inline int ct_barrier_timeout_goes_alone_leave(struct ct_barrier_timeout_goes_alone *b)
{
    /* pairs with destroy */
    if (ct_u32_sub_release(&b->leaving, 1) - 1 == CT_BARRIER_TIMEOUT_GOES_ALONE_DESTROYER)
        ct_wake(&b->leaving, 1);
    return 0;
}

/* Out of one that broke. */
static inline int
ct_barrier_timeout_goes_alone_leave_broken(struct ct_barrier_timeout_goes_alone *b)
{
    uint32_t old = ct_u32_sub_release(&b->word, 1); /* pairs with drain */
    if ((old & CT_BARRIER_TIMEOUT_GOES_ALONE_COUNT) == 1 &&
        old & CT_BARRIER_TIMEOUT_GOES_ALONE_SLEEPERS)
        ct_wake(&b->word, CT_WAKE_ALL);
    return ECANCELED;
}

/* Until nobody is inside a broken barrier; returns the word. */
static inline uint32_t ct_barrier_timeout_goes_alone_drain(struct ct_barrier_timeout_goes_alone *b)
{
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&b->word)) & CT_BARRIER_TIMEOUT_GOES_ALONE_COUNT)
        ct_barrier_timeout_goes_alone_sleep(b, seen, CT_FOREVER);
    return seen;
}

static inline void ct_barrier_timeout_goes_alone_reset(struct ct_barrier_timeout_goes_alone *b)
{
    uint32_t seen;
    ct_barrier_timeout_goes_alone_abort(b);
    do {
        seen = ct_barrier_timeout_goes_alone_drain(b);
    } while (!ct_u32_cas_acqrel(&b->word, &seen, seen & CT_BARRIER_TIMEOUT_GOES_ALONE_PHASE));
}

static inline void ct_barrier_timeout_goes_alone_destroy(struct ct_barrier_timeout_goes_alone *b)
{
    if (ct_u32_load_relaxed(&b->word) & CT_BARRIER_TIMEOUT_GOES_ALONE_BROKEN)
        ct_barrier_timeout_goes_alone_drain(b);
    ct_u32_or_relaxed(&b->leaving, CT_BARRIER_TIMEOUT_GOES_ALONE_DESTROYER);
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&b->leaving)) != CT_BARRIER_TIMEOUT_GOES_ALONE_DESTROYER)
        ct_wait(&b->leaving, seen, CT_FOREVER);
}

/* All others wait; only abort and timeouts may change the word now. */
static inline int ct_barrier_timeout_goes_alone_last(struct ct_barrier_timeout_goes_alone *b,
                                                     uint32_t seen)
{
    ct_u32_store_relaxed(&b->leaving, b->parties - 1);
    while (!(seen & CT_BARRIER_TIMEOUT_GOES_ALONE_BROKEN)) {
        uint32_t next =
            (seen & CT_BARRIER_TIMEOUT_GOES_ALONE_PHASE) + CT_BARRIER_TIMEOUT_GOES_ALONE_PHASE_STEP;
        if (ct_u32_cas_acqrel(&b->word, &seen, next)) { /* pairs with the waiters' loads */
            if (seen & CT_BARRIER_TIMEOUT_GOES_ALONE_SLEEPERS)
                ct_wake(&b->word, CT_WAKE_ALL);
            return CT_BARRIER_SERIAL;
        }
    }
    ct_u32_store_relaxed(&b->leaving, 0);
    return ct_barrier_timeout_goes_alone_leave_broken(b);
}

/* The deadline has passed: breaks the phase unless it is over. */
static inline int ct_barrier_timeout_goes_alone_give_up(struct ct_barrier_timeout_goes_alone *b,
                                                        uint32_t phase)
{
    uint32_t seen = ct_u32_load_acquire(&b->word);
    while ((seen & CT_BARRIER_TIMEOUT_GOES_ALONE_PHASE) == phase &&
           !(seen & CT_BARRIER_TIMEOUT_GOES_ALONE_BROKEN))
        if (ct_u32_cas_acquire(&b->word, &seen, seen - 1)) {
            return ETIMEDOUT; /* the mistake: not broken */
        }
    /* a failed compare-and-swap orders nothing */
    seen = ct_u32_load_acquire(&b->word);
    return (seen & CT_BARRIER_TIMEOUT_GOES_ALONE_PHASE) != phase
               ? ct_barrier_timeout_goes_alone_leave(b)
               : ct_barrier_timeout_goes_alone_leave_broken(b);
}

/* Until the phase ends or breaks. */
static inline int ct_barrier_timeout_goes_alone_stay(struct ct_barrier_timeout_goes_alone *b,
                                                     uint32_t phase, uint64_t deadline_ns)
{
    struct ct_poll poll = CT_POLL_START;
    uint32_t yields = 0;
    for (;;) {
        uint32_t seen = ct_u32_load_acquire(&b->word); /* pairs with the last's swap */
        if ((seen & CT_BARRIER_TIMEOUT_GOES_ALONE_PHASE) != phase)
            return ct_barrier_timeout_goes_alone_leave(b);
        if (seen & CT_BARRIER_TIMEOUT_GOES_ALONE_BROKEN)
            return ct_barrier_timeout_goes_alone_leave_broken(b);
        if (b->all_can_run && ct_poll_more(&poll))
            continue;
        if (!b->all_can_run && yields++ < CT_BARRIER_TIMEOUT_GOES_ALONE_YIELDS) {
            ct_yield();
            continue;
        }
        if (ct_barrier_timeout_goes_alone_sleep(b, seen, deadline_ns) != 0)
            return ct_barrier_timeout_goes_alone_give_up(b, phase);
    }
}

static inline int ct_barrier_timeout_goes_alone_timedwait(struct ct_barrier_timeout_goes_alone *b,
                                                          uint64_t deadline_ns)
{
    uint32_t old = ct_u32_add_acqrel(&b->word, 1); /* pairs with the other arrivals */
    if (old & CT_BARRIER_TIMEOUT_GOES_ALONE_BROKEN)
        return ct_barrier_timeout_goes_alone_leave_broken(b);
    if ((old & CT_BARRIER_TIMEOUT_GOES_ALONE_COUNT) + 1 == b->parties)
        return ct_barrier_timeout_goes_alone_last(b, old + 1);
    return ct_barrier_timeout_goes_alone_stay(b, old & CT_BARRIER_TIMEOUT_GOES_ALONE_PHASE,
                                              deadline_ns);
}

static inline int ct_barrier_timeout_goes_alone_wait(struct ct_barrier_timeout_goes_alone *b)
{
    return ct_barrier_timeout_goes_alone_timedwait(b, CT_FOREVER);
}

CT_BARRIER_ADAPT(timeout_goes_alone)
CT_BARRIER_ADAPT_DESTROY(timeout_goes_alone)
CT_BARRIER_ADAPT_TIMED(timeout_goes_alone)
CT_BARRIER_ADAPT_ABORT(timeout_goes_alone)

static const struct ct_barrier_ops ct_barrier_timeout_goes_alone_ops = {
    .impl = {CT_BARRIER_IMPL(timeout_goes_alone, "timeout-goes-alone"),
             .summary = "broken: a timeout does not break the barrier",
             .source = "futex, a timeout as if nothing had been", .traits = CT_PARKS | CT_TIMED},
    CT_BARRIER_REQUIRED(timeout_goes_alone),
    .destroy = ct_barrier_timeout_goes_alone_op_destroy,
    .timedwait = ct_barrier_timeout_goes_alone_op_timedwait,
    .abort = ct_barrier_timeout_goes_alone_op_abort,
    .reset = ct_barrier_timeout_goes_alone_op_reset,
};

#endif
