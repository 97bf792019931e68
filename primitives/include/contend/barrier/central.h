// SPDX-License-Identifier: MIT
/* central - a count of those who have come, and a phase that all others look at.
 *
 * Idea      Each arrival adds one; the last sets the count back and moves the phase on. Who compares the
 *           phase with the one seen before arriving is not misled when the next phase is under way.
 * Source    Hensgen, Finkel & Manber, "Two algorithms for barrier synchronization", IJPP 17(1), 1988;
 *           sense reversal: Mellor-Crummey & Scott 1991, section 3.1, here with a number for the sense.
 * State     arrived  threads that have come in this phase
 *           phase    phases that have ended, modulo 2^32
 *           In one line: the last to come has just taken it with its arrival.
 * Order     arrived: each add's release pairs with the acquire of the last's.
 *           phase: the last's release pairs with the waiters' acquire. The count is set back before,
 *           so whoever arrives anew sees it so.
 * Choose    2 to about 8 threads that all have a CPU; one that has none holds up all others.
 */
#ifndef CONTEND_BARRIER_CENTRAL_H
#define CONTEND_BARRIER_CENTRAL_H

#include <contend/barrier.h>
#include <contend/wait.h>

struct ct_barrier_central {
    struct ct_u32 arrived, phase;
    uint32_t parties;
};

static inline int ct_barrier_central_init(struct ct_barrier_central *b, uint32_t parties)
{
    if (!ct_barrier_parties_valid(parties))
        return EINVAL;
    ct_u32_store_relaxed(&b->arrived, 0);
    ct_u32_store_relaxed(&b->phase, 0);
    b->parties = parties;
    return 0;
}

static inline int ct_barrier_central_wait(struct ct_barrier_central *b)
{
    /* cannot move on before this thread has arrived */
    uint32_t phase = ct_u32_load_relaxed(&b->phase);
    if (ct_u32_add_acqrel(&b->arrived, 1) + 1 == b->parties) {
        ct_u32_store_relaxed(&b->arrived, 0);
        ct_u32_store_release(&b->phase, phase + 1); /* pairs with the loads below */
        return CT_BARRIER_SERIAL;
    }
    while (ct_u32_load_acquire(&b->phase) == phase)
        ct_pause();
    return 0;
}

CT_BARRIER_ADAPT(central)

static const struct ct_barrier_ops ct_barrier_central_ops = {
    .impl = {CT_BARRIER_IMPL(central, "central"),
             .summary = "one count, one phase that all others spin on",
             .source = "Hensgen, Finkel & Manber 1988; Mellor-Crummey & Scott 1991",
             .traits = CT_SPINS | CT_LATE},
    CT_BARRIER_REQUIRED(central),
};

#endif
