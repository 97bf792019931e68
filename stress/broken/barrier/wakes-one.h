// SPDX-License-Identifier: MIT
/* wakes-one - futex-shared barrier, broken.
 *
 * Mistake: the last wakes one of those who sleep.
 * Breaks:  nobody sleeps after the last has come.
 */
#ifndef STRESS_BROKEN_BARRIER_WAKES_ONE_H
#define STRESS_BROKEN_BARRIER_WAKES_ONE_H

#include <contend/barrier.h>
#include <contend/poll.h>

#define CT_BARRIER_WAKES_ONE_SLEEPERS UINT32_C(1) /* in phase */
#define CT_BARRIER_WAKES_ONE_PHASE_STEP UINT32_C(2)
#define CT_BARRIER_WAKES_ONE_DESTROYER UINT32_C(0x80000000) /* in leaving */

struct ct_barrier_wakes_one {
    struct ct_u32 arrived, phase, leaving;
    uint32_t parties;
    bool all_can_run;
};

static inline int ct_barrier_wakes_one_init(struct ct_barrier_wakes_one *b, uint32_t parties)
{
    ct_u32_store_relaxed(&b->arrived, 0);
    ct_u32_store_relaxed(&b->phase, 0);
    ct_u32_store_relaxed(&b->leaving, 0);
    b->parties = parties;
    b->all_can_run = parties <= ct_cpus();
    return 0;
}

static inline void ct_barrier_wakes_one_destroy(struct ct_barrier_wakes_one *b)
{
    ct_u32_or_relaxed(&b->leaving, CT_BARRIER_WAKES_ONE_DESTROYER);
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&b->leaving)) != CT_BARRIER_WAKES_ONE_DESTROYER)
        ct_wait_shared(&b->leaving, seen, CT_FOREVER);
}

static inline int ct_barrier_wakes_one_wait(struct ct_barrier_wakes_one *b)
{
    /* cannot move on before this thread has arrived; may be marked already */
    uint32_t phase = ct_u32_load_relaxed(&b->phase) & ~CT_BARRIER_WAKES_ONE_SLEEPERS;
    if (ct_u32_add_acqrel(&b->arrived, 1) + 1 == b->parties) {
        ct_u32_store_relaxed(&b->arrived, 0);
        ct_u32_store_relaxed(&b->leaving, b->parties - 1);
        /* pairs with the loads below */
        if (ct_u32_exchange_release(&b->phase, phase + CT_BARRIER_WAKES_ONE_PHASE_STEP) != phase)
            ct_wake_shared(&b->phase, 1) /* the mistake */;
        return CT_BARRIER_SERIAL;
    }
    struct ct_poll poll = CT_POLL_START;
    uint32_t seen;
    while (((seen = ct_u32_load_acquire(&b->phase)) & ~CT_BARRIER_WAKES_ONE_SLEEPERS) == phase) {
        if (b->all_can_run && ct_poll_more(&poll))
            continue;
        uint32_t marked = phase | CT_BARRIER_WAKES_ONE_SLEEPERS;
        if (seen == marked || ct_u32_cas_relaxed(&b->phase, &seen, marked))
            ct_wait_shared(&b->phase, marked, CT_FOREVER);
    }
    /* pairs with destroy */
    if (ct_u32_sub_release(&b->leaving, 1) - 1 == CT_BARRIER_WAKES_ONE_DESTROYER)
        ct_wake_shared(&b->leaving, 1);
    return 0;
}

CT_BARRIER_ADAPT(wakes_one)
CT_BARRIER_ADAPT_DESTROY(wakes_one)

static const struct ct_barrier_ops ct_barrier_wakes_one_ops = {
    .impl = {CT_BARRIER_IMPL(wakes_one, "wakes-one"),
             .summary = "broken: wakes one of the sleepers",
             .source = "futex-shared, waking as a semaphore would",
             .traits = CT_PARKS | CT_PSHARED},
    CT_BARRIER_REQUIRED(wakes_one),
    .destroy = ct_barrier_wakes_one_op_destroy,
};

#endif
