// SPDX-License-Identifier: MIT
/* two-serials - central barrier, broken.
 *
 * Mistake: a thread that finds its phase over at the first look takes itself for the last.
 * Breaks:  exactly one serial thread.
 */
#ifndef STRESS_BROKEN_BARRIER_TWO_SERIALS_H
#define STRESS_BROKEN_BARRIER_TWO_SERIALS_H

#include <contend/barrier.h>
#include <contend/wait.h>

struct ct_barrier_two_serials {
    struct ct_u32 arrived, phase;
    uint32_t parties;
};

static inline int ct_barrier_two_serials_init(struct ct_barrier_two_serials *b, uint32_t parties)
{
    ct_u32_store_relaxed(&b->arrived, 0);
    ct_u32_store_relaxed(&b->phase, 0);
    b->parties = parties;
    return 0;
}

static inline int ct_barrier_two_serials_wait(struct ct_barrier_two_serials *b)
{
    /* cannot move on before this thread has arrived */
    uint32_t phase = ct_u32_load_relaxed(&b->phase);
    if (ct_u32_add_acqrel(&b->arrived, 1) + 1 == b->parties) {
        ct_u32_store_relaxed(&b->arrived, 0);
        ct_u32_store_release(&b->phase, phase + 1); /* pairs with the loads below */
        return CT_BARRIER_SERIAL;
    }
    if (ct_u32_load_acquire(&b->phase) != phase)
        return CT_BARRIER_SERIAL; /* the mistake */
    while (ct_u32_load_acquire(&b->phase) == phase)
        ct_pause();
    return 0;
}

CT_BARRIER_ADAPT(two_serials)

static const struct ct_barrier_ops ct_barrier_two_serials_ops = {
    .impl = {CT_BARRIER_IMPL(two_serials, "two-serials"),
             .summary = "broken: who need not wait is told serial too",
             .source = "central, serial by not waiting", .traits = CT_SPINS | CT_LATE},
    CT_BARRIER_REQUIRED(two_serials),
};

#endif
