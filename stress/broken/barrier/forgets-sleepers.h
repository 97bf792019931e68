// SPDX-License-Identifier: MIT
/* forgets-sleepers - futex-shared barrier, broken.
 *
 * Mistake: the last stores the new phase, instead of exchanging it, after a look at the mark: a
 *         waiter that marks in between sleeps on.
 * Breaks:  no lost wake-up.
 */
#ifndef STRESS_BROKEN_BARRIER_FORGETS_SLEEPERS_H
#define STRESS_BROKEN_BARRIER_FORGETS_SLEEPERS_H

#include <contend/barrier.h>
#include <contend/poll.h>

#define CT_BARRIER_FORGETS_SLEEPERS_SLEEPERS UINT32_C(1) /* in phase */
#define CT_BARRIER_FORGETS_SLEEPERS_PHASE_STEP UINT32_C(2)
#define CT_BARRIER_FORGETS_SLEEPERS_DESTROYER UINT32_C(0x80000000) /* in leaving */

struct ct_barrier_forgets_sleepers {
    struct ct_u32 arrived, phase, leaving;
    uint32_t parties;
    bool all_can_run;
};

static inline int ct_barrier_forgets_sleepers_init(struct ct_barrier_forgets_sleepers *b,
                                                   uint32_t parties)
{
    ct_u32_store_relaxed(&b->arrived, 0);
    ct_u32_store_relaxed(&b->phase, 0);
    ct_u32_store_relaxed(&b->leaving, 0);
    b->parties = parties;
    b->all_can_run = parties <= ct_cpus();
    return 0;
}

static inline void ct_barrier_forgets_sleepers_destroy(struct ct_barrier_forgets_sleepers *b)
{
    ct_u32_or_relaxed(&b->leaving, CT_BARRIER_FORGETS_SLEEPERS_DESTROYER);
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&b->leaving)) != CT_BARRIER_FORGETS_SLEEPERS_DESTROYER)
        ct_wait_shared(&b->leaving, seen, CT_FOREVER);
}

static inline int ct_barrier_forgets_sleepers_wait(struct ct_barrier_forgets_sleepers *b)
{
    /* cannot move on before this thread has arrived; may be marked already */
    uint32_t phase = ct_u32_load_relaxed(&b->phase) & ~CT_BARRIER_FORGETS_SLEEPERS_SLEEPERS;
    if (ct_u32_add_acqrel(&b->arrived, 1) + 1 == b->parties) {
        ct_u32_store_relaxed(&b->arrived, 0);
        ct_u32_store_relaxed(&b->leaving, b->parties - 1);
        /* pairs with the loads below */
        bool marked = ct_u32_load_relaxed(&b->phase) != phase;
        /* the mistake: not one step with the look at the mark */
        ct_u32_store_release(&b->phase, phase + CT_BARRIER_FORGETS_SLEEPERS_PHASE_STEP);
        if (marked)
            ct_wake_shared(&b->phase, CT_WAKE_ALL);
        return CT_BARRIER_SERIAL;
    }
    struct ct_poll poll = CT_POLL_START;
    uint32_t seen;
    while (((seen = ct_u32_load_acquire(&b->phase)) & ~CT_BARRIER_FORGETS_SLEEPERS_SLEEPERS) ==
           phase) {
        if (b->all_can_run && ct_poll_more(&poll))
            continue;
        uint32_t marked = phase | CT_BARRIER_FORGETS_SLEEPERS_SLEEPERS;
        if (seen == marked || ct_u32_cas_relaxed(&b->phase, &seen, marked))
            ct_wait_shared(&b->phase, marked, CT_FOREVER);
    }
    /* pairs with destroy */
    if (ct_u32_sub_release(&b->leaving, 1) - 1 == CT_BARRIER_FORGETS_SLEEPERS_DESTROYER)
        ct_wake_shared(&b->leaving, 1);
    return 0;
}

CT_BARRIER_ADAPT(forgets_sleepers)
CT_BARRIER_ADAPT_DESTROY(forgets_sleepers)

static const struct ct_barrier_ops ct_barrier_forgets_sleepers_ops = {
    .impl = {CT_BARRIER_IMPL(forgets_sleepers, "forgets-sleepers"),
             .summary = "broken: looks for sleepers before it ends the phase",
             .source = "futex-shared without its exchange", .traits = CT_PARKS | CT_PSHARED},
    CT_BARRIER_REQUIRED(forgets_sleepers),
    .destroy = ct_barrier_forgets_sleepers_op_destroy,
};

#endif
