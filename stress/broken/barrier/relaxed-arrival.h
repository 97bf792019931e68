// SPDX-License-Identifier: MIT
/* relaxed-arrival - central barrier, broken.
 *
 * Mistake: the count orders nothing, so what a thread wrote before it came may not be seen by those
 *         that the last lets go.
 * Breaks:  visibility.
 */
#ifndef STRESS_BROKEN_BARRIER_RELAXED_ARRIVAL_H
#define STRESS_BROKEN_BARRIER_RELAXED_ARRIVAL_H

#include <contend/barrier.h>
#include <contend/wait.h>

struct ct_barrier_relaxed_arrival {
    struct ct_u32 arrived, phase;
    uint32_t parties;
};

static inline int ct_barrier_relaxed_arrival_init(struct ct_barrier_relaxed_arrival *b,
                                                  uint32_t parties)
{
    ct_u32_store_relaxed(&b->arrived, 0);
    ct_u32_store_relaxed(&b->phase, 0);
    b->parties = parties;
    return 0;
}

static inline int ct_barrier_relaxed_arrival_wait(struct ct_barrier_relaxed_arrival *b)
{
    /* cannot move on before this thread has arrived */
    uint32_t phase = ct_u32_load_relaxed(&b->phase);
    if (ct_u32_add_relaxed(&b->arrived, 1) + 1 == b->parties) {
        ct_u32_store_relaxed(&b->arrived, 0);
        ct_u32_store_release(&b->phase, phase + 1); /* pairs with the loads below */
        return CT_BARRIER_SERIAL;
    }
    while (ct_u32_load_acquire(&b->phase) == phase)
        ct_pause();
    return 0;
}

CT_BARRIER_ADAPT(relaxed_arrival)

static const struct ct_barrier_ops ct_barrier_relaxed_arrival_ops = {
    .impl = {CT_BARRIER_IMPL(relaxed_arrival, "relaxed-arrival"),
             .summary = "broken: arrives with a relaxed count",
             .source = "central with a relaxed count", .traits = CT_SPINS | CT_LATE},
    CT_BARRIER_REQUIRED(relaxed_arrival),
};

#endif
