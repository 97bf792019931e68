// SPDX-License-Identifier: MIT
/* dissemination - in round r each thread tells the one 2^r places on, and hears from the one 2^r back.
 *
 * Idea      After round r a thread knows of 2^(r+1) threads, so after log2(parties) rounds, rounded up,
 *           of all. No two write the same word, nobody counts, and nobody is the last: no atomic
 *           read-modify-write at all.
 * Source    Hensgen, Finkel & Manber, "Two algorithms for barrier synchronization", IJPP 17(1), 1988;
 *           with parity and sense in Mellor-Crummey & Scott 1991, section 3.3. Here a flag holds the
 *           number of the phase instead: who tells is at most one phase ahead, and then all the more
 *           has come in this one.
 * State     node.phase       of its thread, and for it alone
 *           node.told[r]     the latest phase in which the thread 2^r places back has reached round r
 * Order     told: the teller's release pairs with the acquire of who hears it.
 * Choose    threads that all have a CPU: between two of them the fastest there is, and of many the one
 *           with the shortest chain; each pays log2(parties) lines.
 *
 * Index 0 is the serial thread of every phase.
 */
#ifndef CONTEND_BARRIER_DISSEMINATION_H
#define CONTEND_BARRIER_DISSEMINATION_H

#include <contend/barrier.h>
#include <contend/wait.h>

enum { CT_BARRIER_DISSEMINATION_ROUNDS_MAX = 15 }; /* for CT_BARRIER_PARTIES_MAX */

struct ct_barrier_dissemination_node {
    CT_APART uint32_t phase;
    struct ct_u32 told[CT_BARRIER_DISSEMINATION_ROUNDS_MAX];
};

struct ct_barrier_dissemination {
    struct ct_barrier_dissemination_node *nodes;
    uint32_t parties;
};

static inline int ct_barrier_dissemination_init(struct ct_barrier_dissemination *b,
                                                uint32_t parties,
                                                struct ct_barrier_dissemination_node *nodes)
{
    if (!ct_barrier_parties_valid(parties))
        return EINVAL;
    b->nodes = nodes;
    b->parties = parties;
    for (uint32_t i = 0; i < parties; i++) {
        nodes[i].phase = 0;
        for (uint32_t r = 0; r < CT_BARRIER_DISSEMINATION_ROUNDS_MAX; r++)
            ct_u32_store_relaxed(&nodes[i].told[r], 0);
    }
    return 0;
}

static inline int ct_barrier_dissemination_wait(struct ct_barrier_dissemination *b, uint32_t index)
{
    struct ct_barrier_dissemination_node *own = &b->nodes[index];
    uint32_t phase = ++own->phase;
    uint32_t round = 0;
    for (uint32_t step = 1; step < b->parties; step *= 2, round++) {
        uint32_t to = index + step < b->parties ? index + step : index + step - b->parties;
        ct_u32_store_release(&b->nodes[to].told[round], phase); /* pairs with the load below */
        /* at most one phase ahead; the subtraction bears the wrap-around */
        while ((int32_t)(ct_u32_load_acquire(&own->told[round]) - phase) < 0)
            ct_pause();
    }
    return index == 0 ? CT_BARRIER_SERIAL : 0;
}

CT_BARRIER_ADAPT_NODES(dissemination)

static const struct ct_barrier_ops ct_barrier_dissemination_ops = {
    .impl = {CT_BARRIER_IMPL(dissemination, "dissemination"),
             .node_bytes = sizeof(struct ct_barrier_dissemination_node),
             .summary = "log2(n) rounds of telling one, hearing one; no RMW",
             .source = "Hensgen, Finkel & Manber 1988; Mellor-Crummey & Scott 1991",
             .traits = CT_SPINS | CT_LATE},
    CT_BARRIER_REQUIRED(dissemination),
};

#endif
