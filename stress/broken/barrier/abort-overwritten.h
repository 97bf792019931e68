// SPDX-License-Identifier: MIT
/* abort-overwritten - futex barrier, broken.
 *
 * Mistake: the last stores the new phase over whatever the word has become since it came: an abort
 *          in between is forgotten.
 * Breaks:  an abort lasts until a reset.
 */
#ifndef STRESS_BROKEN_BARRIER_ABORT_OVERWRITTEN_H
#define STRESS_BROKEN_BARRIER_ABORT_OVERWRITTEN_H

#include <contend/barrier.h>
#include <contend/poll.h>

#define CT_BARRIER_ABORT_OVERWRITTEN_COUNT UINT32_C(0x7fff)
#define CT_BARRIER_ABORT_OVERWRITTEN_BROKEN UINT32_C(0x8000)
#define CT_BARRIER_ABORT_OVERWRITTEN_SLEEPERS UINT32_C(0x10000)
#define CT_BARRIER_ABORT_OVERWRITTEN_PHASE UINT32_C(0xfffe0000)
#define CT_BARRIER_ABORT_OVERWRITTEN_PHASE_STEP UINT32_C(0x20000)
#define CT_BARRIER_ABORT_OVERWRITTEN_DESTROYER UINT32_C(0x80000000) /* in leaving */
enum { CT_BARRIER_ABORT_OVERWRITTEN_YIELDS = 4 };

struct ct_barrier_abort_overwritten {
    struct ct_u32 word, leaving;
    uint32_t parties;
    bool all_can_run;
};

static inline int ct_barrier_abort_overwritten_init(struct ct_barrier_abort_overwritten *b,
                                                    uint32_t parties)
{
    ct_u32_store_relaxed(&b->word, 0);
    ct_u32_store_relaxed(&b->leaving, 0);
    b->parties = parties;
    b->all_can_run = parties <= ct_cpus();
    return 0;
}

/* Marks the word, seen a moment ago, and sleeps on it. May return early, as ct_wait. */
static inline int ct_barrier_abort_overwritten_sleep(struct ct_barrier_abort_overwritten *b,
                                                     uint32_t seen, uint64_t deadline_ns)
{
    uint32_t marked = seen | CT_BARRIER_ABORT_OVERWRITTEN_SLEEPERS;
    if (seen != marked && !ct_u32_cas_relaxed(&b->word, &seen, marked))
        return 0;
    return ct_wait(&b->word, marked, deadline_ns);
}

static inline void ct_barrier_abort_overwritten_abort(struct ct_barrier_abort_overwritten *b)
{
    if (ct_u32_or_relaxed(&b->word, CT_BARRIER_ABORT_OVERWRITTEN_BROKEN) &
        CT_BARRIER_ABORT_OVERWRITTEN_SLEEPERS)
        ct_wake(&b->word, CT_WAKE_ALL);
}

/* Out of a phase that ended. */
static inline int ct_barrier_abort_overwritten_leave(struct ct_barrier_abort_overwritten *b)
{
    /* pairs with destroy */
    if (ct_u32_sub_release(&b->leaving, 1) - 1 == CT_BARRIER_ABORT_OVERWRITTEN_DESTROYER)
        ct_wake(&b->leaving, 1);
    return 0;
}

/* Out of one that broke. */
static inline int ct_barrier_abort_overwritten_leave_broken(struct ct_barrier_abort_overwritten *b)
{
    uint32_t old = ct_u32_sub_release(&b->word, 1); /* pairs with drain */
    if ((old & CT_BARRIER_ABORT_OVERWRITTEN_COUNT) == 1 &&
        old & CT_BARRIER_ABORT_OVERWRITTEN_SLEEPERS)
        ct_wake(&b->word, CT_WAKE_ALL);
    return ECANCELED;
}

/* Until nobody is inside a broken barrier; returns the word. */
static inline uint32_t ct_barrier_abort_overwritten_drain(struct ct_barrier_abort_overwritten *b)
{
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&b->word)) & CT_BARRIER_ABORT_OVERWRITTEN_COUNT)
        ct_barrier_abort_overwritten_sleep(b, seen, CT_FOREVER);
    return seen;
}

static inline void ct_barrier_abort_overwritten_reset(struct ct_barrier_abort_overwritten *b)
{
    uint32_t seen;
    ct_barrier_abort_overwritten_abort(b);
    do {
        seen = ct_barrier_abort_overwritten_drain(b);
    } while (!ct_u32_cas_acqrel(&b->word, &seen, seen & CT_BARRIER_ABORT_OVERWRITTEN_PHASE));
}

static inline void ct_barrier_abort_overwritten_destroy(struct ct_barrier_abort_overwritten *b)
{
    if (ct_u32_load_relaxed(&b->word) & CT_BARRIER_ABORT_OVERWRITTEN_BROKEN)
        ct_barrier_abort_overwritten_drain(b);
    ct_u32_or_relaxed(&b->leaving, CT_BARRIER_ABORT_OVERWRITTEN_DESTROYER);
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&b->leaving)) != CT_BARRIER_ABORT_OVERWRITTEN_DESTROYER)
        ct_wait(&b->leaving, seen, CT_FOREVER);
}

/* All others wait; only abort and timeouts may change the word now. */
static inline int ct_barrier_abort_overwritten_last(struct ct_barrier_abort_overwritten *b,
                                                    uint32_t seen)
{
    ct_u32_store_relaxed(&b->leaving, b->parties - 1);
    while (!(seen & CT_BARRIER_ABORT_OVERWRITTEN_BROKEN)) {
        uint32_t next =
            (seen & CT_BARRIER_ABORT_OVERWRITTEN_PHASE) + CT_BARRIER_ABORT_OVERWRITTEN_PHASE_STEP;
        seen = ct_u32_exchange_acqrel(&b->word, next); /* the mistake */
        if (seen & CT_BARRIER_ABORT_OVERWRITTEN_SLEEPERS)
            ct_wake(&b->word, CT_WAKE_ALL);
        return CT_BARRIER_SERIAL;
    }
    ct_u32_store_relaxed(&b->leaving, 0);
    return ct_barrier_abort_overwritten_leave_broken(b);
}

/* The deadline has passed: breaks the phase unless it is over. */
static inline int ct_barrier_abort_overwritten_give_up(struct ct_barrier_abort_overwritten *b,
                                                       uint32_t phase)
{
    uint32_t seen = ct_u32_load_acquire(&b->word);
    while ((seen & CT_BARRIER_ABORT_OVERWRITTEN_PHASE) == phase &&
           !(seen & CT_BARRIER_ABORT_OVERWRITTEN_BROKEN))
        if (ct_u32_cas_acquire(&b->word, &seen, seen | CT_BARRIER_ABORT_OVERWRITTEN_BROKEN)) {
            if (seen & CT_BARRIER_ABORT_OVERWRITTEN_SLEEPERS)
                ct_wake(&b->word, CT_WAKE_ALL);
            ct_barrier_abort_overwritten_leave_broken(b);
            return ETIMEDOUT;
        }
    /* a failed compare-and-swap orders nothing */
    seen = ct_u32_load_acquire(&b->word);
    return (seen & CT_BARRIER_ABORT_OVERWRITTEN_PHASE) != phase
               ? ct_barrier_abort_overwritten_leave(b)
               : ct_barrier_abort_overwritten_leave_broken(b);
}

/* Until the phase ends or breaks. */
static inline int ct_barrier_abort_overwritten_stay(struct ct_barrier_abort_overwritten *b,
                                                    uint32_t phase, uint64_t deadline_ns)
{
    struct ct_poll poll = CT_POLL_START;
    uint32_t yields = 0;
    for (;;) {
        uint32_t seen = ct_u32_load_acquire(&b->word); /* pairs with the last's swap */
        if ((seen & CT_BARRIER_ABORT_OVERWRITTEN_PHASE) != phase)
            return ct_barrier_abort_overwritten_leave(b);
        if (seen & CT_BARRIER_ABORT_OVERWRITTEN_BROKEN)
            return ct_barrier_abort_overwritten_leave_broken(b);
        if (b->all_can_run && ct_poll_more(&poll))
            continue;
        if (!b->all_can_run && yields++ < CT_BARRIER_ABORT_OVERWRITTEN_YIELDS) {
            ct_yield();
            continue;
        }
        if (ct_barrier_abort_overwritten_sleep(b, seen, deadline_ns) != 0)
            return ct_barrier_abort_overwritten_give_up(b, phase);
    }
}

static inline int ct_barrier_abort_overwritten_timedwait(struct ct_barrier_abort_overwritten *b,
                                                         uint64_t deadline_ns)
{
    uint32_t old = ct_u32_add_acqrel(&b->word, 1); /* pairs with the other arrivals */
    if (old & CT_BARRIER_ABORT_OVERWRITTEN_BROKEN)
        return ct_barrier_abort_overwritten_leave_broken(b);
    if ((old & CT_BARRIER_ABORT_OVERWRITTEN_COUNT) + 1 == b->parties)
        return ct_barrier_abort_overwritten_last(b, old + 1);
    return ct_barrier_abort_overwritten_stay(b, old & CT_BARRIER_ABORT_OVERWRITTEN_PHASE,
                                             deadline_ns);
}

static inline int ct_barrier_abort_overwritten_wait(struct ct_barrier_abort_overwritten *b)
{
    return ct_barrier_abort_overwritten_timedwait(b, CT_FOREVER);
}

CT_BARRIER_ADAPT(abort_overwritten)
CT_BARRIER_ADAPT_DESTROY(abort_overwritten)
CT_BARRIER_ADAPT_TIMED(abort_overwritten)
CT_BARRIER_ADAPT_ABORT(abort_overwritten)

static const struct ct_barrier_ops ct_barrier_abort_overwritten_ops = {
    .impl = {CT_BARRIER_IMPL(abort_overwritten, "abort-overwritten"),
             .summary = "broken: the last overwrites an abort",
             .source = "futex, exchanging where it compares and swaps",
             .traits = CT_PARKS | CT_TIMED},
    CT_BARRIER_REQUIRED(abort_overwritten),
    .destroy = ct_barrier_abort_overwritten_op_destroy,
    .timedwait = ct_barrier_abort_overwritten_op_timedwait,
    .abort = ct_barrier_abort_overwritten_op_abort,
    .reset = ct_barrier_abort_overwritten_op_reset,
};

#endif
