// SPDX-License-Identifier: MIT
/* shared-sleeps-privately - futex-shared barrier, broken.
 *
 * Mistake: sleeps and wakes as if all who share the memory were of one process.
 * Breaks:  nobody sleeps after the last has come; within one process it is correct.
 */
#ifndef STRESS_BROKEN_BARRIER_SHARED_SLEEPS_PRIVATELY_H
#define STRESS_BROKEN_BARRIER_SHARED_SLEEPS_PRIVATELY_H

#include <contend/barrier.h>
#include <contend/poll.h>

#define CT_BARRIER_SHARED_SLEEPS_PRIVATELY_SLEEPERS UINT32_C(1) /* in phase */
#define CT_BARRIER_SHARED_SLEEPS_PRIVATELY_PHASE_STEP UINT32_C(2)
#define CT_BARRIER_SHARED_SLEEPS_PRIVATELY_DESTROYER UINT32_C(0x80000000) /* in leaving */

struct ct_barrier_shared_sleeps_privately {
    struct ct_u32 arrived, phase, leaving;
    uint32_t parties;
    bool all_can_run;
};

static inline int
ct_barrier_shared_sleeps_privately_init(struct ct_barrier_shared_sleeps_privately *b,
                                        uint32_t parties)
{
    ct_u32_store_relaxed(&b->arrived, 0);
    ct_u32_store_relaxed(&b->phase, 0);
    ct_u32_store_relaxed(&b->leaving, 0);
    b->parties = parties;
    b->all_can_run = parties <= ct_cpus();
    return 0;
}

static inline void
ct_barrier_shared_sleeps_privately_destroy(struct ct_barrier_shared_sleeps_privately *b)
{
    ct_u32_or_relaxed(&b->leaving, CT_BARRIER_SHARED_SLEEPS_PRIVATELY_DESTROYER);
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&b->leaving)) !=
           CT_BARRIER_SHARED_SLEEPS_PRIVATELY_DESTROYER)
        ct_wait(&b->leaving, seen, CT_FOREVER);
}

static inline int
ct_barrier_shared_sleeps_privately_wait(struct ct_barrier_shared_sleeps_privately *b)
{
    /* cannot move on before this thread has arrived; may be marked already */
    uint32_t phase = ct_u32_load_relaxed(&b->phase) & ~CT_BARRIER_SHARED_SLEEPS_PRIVATELY_SLEEPERS;
    if (ct_u32_add_acqrel(&b->arrived, 1) + 1 == b->parties) {
        ct_u32_store_relaxed(&b->arrived, 0);
        ct_u32_store_relaxed(&b->leaving, b->parties - 1);
        /* pairs with the loads below */
        if (ct_u32_exchange_release(&b->phase,
                                    phase + CT_BARRIER_SHARED_SLEEPS_PRIVATELY_PHASE_STEP) != phase)
            ct_wake(&b->phase, CT_WAKE_ALL);
        return CT_BARRIER_SERIAL;
    }
    struct ct_poll poll = CT_POLL_START;
    uint32_t seen;
    while (((seen = ct_u32_load_acquire(&b->phase)) &
            ~CT_BARRIER_SHARED_SLEEPS_PRIVATELY_SLEEPERS) == phase) {
        if (b->all_can_run && ct_poll_more(&poll))
            continue;
        uint32_t marked = phase | CT_BARRIER_SHARED_SLEEPS_PRIVATELY_SLEEPERS;
        if (seen == marked || ct_u32_cas_relaxed(&b->phase, &seen, marked))
            ct_wait(&b->phase, marked, CT_FOREVER); /* the mistake */
    }
    /* pairs with destroy */
    if (ct_u32_sub_release(&b->leaving, 1) - 1 == CT_BARRIER_SHARED_SLEEPS_PRIVATELY_DESTROYER)
        ct_wake(&b->leaving, 1);
    return 0;
}

CT_BARRIER_ADAPT(shared_sleeps_privately)
CT_BARRIER_ADAPT_DESTROY(shared_sleeps_privately)

static const struct ct_barrier_ops ct_barrier_shared_sleeps_privately_ops = {
    .impl = {CT_BARRIER_IMPL(shared_sleeps_privately, "shared-sleeps-privately"),
             .summary = "broken: sleepers of other processes are not woken",
             .source = "futex(2), FUTEX_PRIVATE_FLAG", .traits = CT_PARKS | CT_PSHARED},
    CT_BARRIER_REQUIRED(shared_sleeps_privately),
    .destroy = ct_barrier_shared_sleeps_privately_op_destroy,
};

#endif
