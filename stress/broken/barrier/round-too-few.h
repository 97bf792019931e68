// SPDX-License-Identifier: MIT
/* round-too-few - dissemination barrier, broken.
 *
 * Mistake: log2(parties) is rounded down: of three threads each hears from one other only.
 * Breaks:  nobody goes on before all have come.
 */
#ifndef STRESS_BROKEN_BARRIER_ROUND_TOO_FEW_H
#define STRESS_BROKEN_BARRIER_ROUND_TOO_FEW_H

#include <contend/barrier.h>
#include <contend/wait.h>

enum { CT_BARRIER_ROUND_TOO_FEW_ROUNDS_MAX = 15 }; /* for CT_BARRIER_PARTIES_MAX */

struct ct_barrier_round_too_few_node {
    CT_APART uint32_t phase;
    struct ct_u32 told[CT_BARRIER_ROUND_TOO_FEW_ROUNDS_MAX];
};

struct ct_barrier_round_too_few {
    struct ct_barrier_round_too_few_node *nodes;
    uint32_t parties;
};

static inline int ct_barrier_round_too_few_init(struct ct_barrier_round_too_few *b,
                                                uint32_t parties,
                                                struct ct_barrier_round_too_few_node *nodes)
{
    b->nodes = nodes;
    b->parties = parties;
    for (uint32_t i = 0; i < parties; i++) {
        nodes[i].phase = 0;
        for (uint32_t r = 0; r < CT_BARRIER_ROUND_TOO_FEW_ROUNDS_MAX; r++)
            ct_u32_store_relaxed(&nodes[i].told[r], 0);
    }
    return 0;
}

static inline int ct_barrier_round_too_few_wait(struct ct_barrier_round_too_few *b, uint32_t index)
{
    struct ct_barrier_round_too_few_node *own = &b->nodes[index];
    uint32_t phase = ++own->phase;
    uint32_t round = 0;
    for (uint32_t step = 1; 2 * step <= b->parties; step *= 2, round++) { /* the mistake */
        uint32_t to = index + step < b->parties ? index + step : index + step - b->parties;
        ct_u32_store_release(&b->nodes[to].told[round], phase); /* pairs with the load below */
        /* at most one phase ahead; the subtraction bears the wrap-around */
        while ((int32_t)(ct_u32_load_acquire(&own->told[round]) - phase) < 0)
            ct_pause();
    }
    return index == 0 ? CT_BARRIER_SERIAL : 0;
}

CT_BARRIER_ADAPT_NODES(round_too_few)

static const struct ct_barrier_ops ct_barrier_round_too_few_ops = {
    .impl = {CT_BARRIER_IMPL(round_too_few, "round-too-few"),
             .node_bytes = sizeof(struct ct_barrier_round_too_few_node),
             .summary = "broken: one round too few unless 2^n threads",
             .source = "dissemination, rounds rounded down", .traits = CT_SPINS | CT_LATE},
    CT_BARRIER_REQUIRED(round_too_few),
};

#endif
