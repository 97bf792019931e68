// SPDX-License-Identifier: MIT
/* destroy-does-not-wait - futex-shared barrier, broken.
 *
 * Mistake: destroy does not wait for those who are still on their way out.
 * Breaks:  a thread that was let through may destroy the barrier at once.
 */
#ifndef STRESS_BROKEN_BARRIER_DESTROY_DOES_NOT_WAIT_H
#define STRESS_BROKEN_BARRIER_DESTROY_DOES_NOT_WAIT_H

#include <contend/barrier.h>
#include <contend/poll.h>

#define CT_BARRIER_DESTROY_DOES_NOT_WAIT_SLEEPERS UINT32_C(1) /* in phase */
#define CT_BARRIER_DESTROY_DOES_NOT_WAIT_PHASE_STEP UINT32_C(2)
#define CT_BARRIER_DESTROY_DOES_NOT_WAIT_DESTROYER UINT32_C(0x80000000) /* in leaving */
enum { CT_BARRIER_DESTROY_DOES_NOT_WAIT_YIELDS = 4 };

struct ct_barrier_destroy_does_not_wait {
    struct ct_u32 arrived, phase, leaving;
    uint32_t parties;
    bool all_can_run;
};

static inline int ct_barrier_destroy_does_not_wait_init(struct ct_barrier_destroy_does_not_wait *b,
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
ct_barrier_destroy_does_not_wait_destroy(struct ct_barrier_destroy_does_not_wait *b)
{
    ct_u32_or_relaxed(&b->leaving,
                      CT_BARRIER_DESTROY_DOES_NOT_WAIT_DESTROYER); /* and that is all */
}

/* Until the phase ends; out of line, to keep the last one's way short where it is inlined. */
__attribute__((noinline)) static void
ct_barrier_destroy_does_not_wait_stay(struct ct_barrier_destroy_does_not_wait *b, uint32_t phase)
{
    struct ct_poll poll = CT_POLL_START;
    uint32_t seen, yields = 0;
    while (((seen = ct_u32_load_acquire(&b->phase)) & ~CT_BARRIER_DESTROY_DOES_NOT_WAIT_SLEEPERS) ==
           phase) {
        if (b->all_can_run && ct_poll_more(&poll))
            continue;
        if (!b->all_can_run && yields++ < CT_BARRIER_DESTROY_DOES_NOT_WAIT_YIELDS) {
            ct_yield();
            continue;
        }
        uint32_t marked = phase | CT_BARRIER_DESTROY_DOES_NOT_WAIT_SLEEPERS;
        if (seen == marked || ct_u32_cas_relaxed(&b->phase, &seen, marked))
            ct_wait_shared(&b->phase, marked, CT_FOREVER);
    }
    /* pairs with destroy */
    if (ct_u32_sub_release(&b->leaving, 1) - 1 == CT_BARRIER_DESTROY_DOES_NOT_WAIT_DESTROYER)
        ct_wake_shared(&b->leaving, 1);
}

static inline int ct_barrier_destroy_does_not_wait_wait(struct ct_barrier_destroy_does_not_wait *b)
{
    /* cannot move on before this thread has arrived; may be marked already */
    uint32_t phase = ct_u32_load_relaxed(&b->phase) & ~CT_BARRIER_DESTROY_DOES_NOT_WAIT_SLEEPERS;
    if (ct_u32_add_acqrel(&b->arrived, 1) + 1 == b->parties) {
        ct_u32_store_relaxed(&b->arrived, 0);
        ct_u32_store_relaxed(&b->leaving, b->parties - 1);
        /* pairs with stay */
        if (ct_u32_exchange_release(&b->phase,
                                    phase + CT_BARRIER_DESTROY_DOES_NOT_WAIT_PHASE_STEP) != phase)
            ct_wake_shared(&b->phase, CT_WAKE_ALL);
        return CT_BARRIER_SERIAL;
    }
    ct_barrier_destroy_does_not_wait_stay(b, phase);
    return 0;
}

CT_BARRIER_ADAPT(destroy_does_not_wait)
CT_BARRIER_ADAPT_DESTROY(destroy_does_not_wait)

static const struct ct_barrier_ops ct_barrier_destroy_does_not_wait_ops = {
    .impl = {CT_BARRIER_IMPL(destroy_does_not_wait, "destroy-does-not-wait"),
             .summary = "broken: destroy does not wait for those who leave",
             .source = "futex-shared without the end of destroy", .traits = CT_PARKS | CT_PSHARED},
    CT_BARRIER_REQUIRED(destroy_does_not_wait),
    .destroy = ct_barrier_destroy_does_not_wait_op_destroy,
};

#endif
