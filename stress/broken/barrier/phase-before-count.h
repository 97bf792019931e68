// SPDX-License-Identifier: MIT
/* phase-before-count - central barrier, broken.
 *
 * Mistake: the last moves the phase on before it sets the count back: who comes again in between is
 *         counted in the phase that has ended, and forgotten.
 * Breaks:  reuse.
 */
#ifndef STRESS_BROKEN_BARRIER_PHASE_BEFORE_COUNT_H
#define STRESS_BROKEN_BARRIER_PHASE_BEFORE_COUNT_H

#include <contend/barrier.h>
#include <contend/wait.h>

struct ct_barrier_phase_before_count {
    struct ct_u32 arrived, phase;
    uint32_t parties;
};

static inline int ct_barrier_phase_before_count_init(struct ct_barrier_phase_before_count *b,
                                                     uint32_t parties)
{
    ct_u32_store_relaxed(&b->arrived, 0);
    ct_u32_store_relaxed(&b->phase, 0);
    b->parties = parties;
    return 0;
}

static inline int ct_barrier_phase_before_count_wait(struct ct_barrier_phase_before_count *b)
{
    /* cannot move on before this thread has arrived */
    uint32_t phase = ct_u32_load_relaxed(&b->phase);
    if (ct_u32_add_acqrel(&b->arrived, 1) + 1 == b->parties) {
        ct_u32_store_release(&b->phase, phase + 1);
        ct_u32_store_release(&b->arrived, 0); /* the mistake: after the others were let go */
        return CT_BARRIER_SERIAL;
    }
    while (ct_u32_load_acquire(&b->phase) == phase)
        ct_pause();
    return 0;
}

CT_BARRIER_ADAPT(phase_before_count)

static const struct ct_barrier_ops ct_barrier_phase_before_count_ops = {
    .impl = {CT_BARRIER_IMPL(phase_before_count, "phase-before-count"),
             .summary = "broken: lets go before it sets the count back",
             .source = "central, its last two stores swapped", .traits = CT_SPINS | CT_LATE},
    CT_BARRIER_REQUIRED(phase_before_count),
};

#endif
