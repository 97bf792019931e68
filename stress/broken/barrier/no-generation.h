// SPDX-License-Identifier: MIT
/* no-generation - central barrier, broken.
 *
 * Mistake: waiters look at the count until it is set back: one that comes late finds it already counting
 *          the next phase, which cannot end without it.
 * Breaks:  reuse.
 */
#ifndef STRESS_BROKEN_BARRIER_NO_GENERATION_H
#define STRESS_BROKEN_BARRIER_NO_GENERATION_H

#include <contend/barrier.h>
#include <contend/wait.h>

struct ct_barrier_no_generation {
    struct ct_u32 arrived;
    uint32_t parties;
};

static inline int ct_barrier_no_generation_init(struct ct_barrier_no_generation *b,
                                                uint32_t parties)
{
    ct_u32_store_relaxed(&b->arrived, 0);
    b->parties = parties;
    return 0;
}

static inline int ct_barrier_no_generation_wait(struct ct_barrier_no_generation *b)
{
    if (ct_u32_add_acqrel(&b->arrived, 1) + 1 == b->parties) {
        ct_u32_store_release(&b->arrived, 0);
        return CT_BARRIER_SERIAL;
    }
    while (ct_u32_load_acquire(&b->arrived) != 0) /* the mistake */
        ct_pause();
    return 0;
}

CT_BARRIER_ADAPT(no_generation)

static const struct ct_barrier_ops ct_barrier_no_generation_ops = {
    .impl = {CT_BARRIER_IMPL(no_generation, "no-generation"),
             .summary = "broken: waits for the count to be set back",
             .source = "central without its phase", .traits = CT_SPINS | CT_LATE},
    CT_BARRIER_REQUIRED(no_generation),
};

#endif
