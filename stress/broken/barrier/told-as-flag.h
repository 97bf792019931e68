// SPDX-License-Identifier: MIT
/* told-as-flag - dissemination barrier, broken.
 *
 * Mistake: a thread is told by a flag that it sets back when it has seen it, and not by a number:
 *         one that is told twice before it looks hears it once.
 * Breaks:  reuse.
 */
#ifndef STRESS_BROKEN_BARRIER_TOLD_AS_FLAG_H
#define STRESS_BROKEN_BARRIER_TOLD_AS_FLAG_H

#include <contend/barrier.h>
#include <contend/wait.h>

enum { CT_BARRIER_TOLD_AS_FLAG_ROUNDS_MAX = 15 }; /* for CT_BARRIER_PARTIES_MAX */

struct ct_barrier_told_as_flag_node {
    CT_APART struct ct_u32 told[CT_BARRIER_TOLD_AS_FLAG_ROUNDS_MAX];
};

struct ct_barrier_told_as_flag {
    struct ct_barrier_told_as_flag_node *nodes;
    uint32_t parties;
};

static inline int ct_barrier_told_as_flag_init(struct ct_barrier_told_as_flag *b, uint32_t parties,
                                               struct ct_barrier_told_as_flag_node *nodes)
{
    b->nodes = nodes;
    b->parties = parties;
    for (uint32_t i = 0; i < parties; i++) {
        for (uint32_t r = 0; r < CT_BARRIER_TOLD_AS_FLAG_ROUNDS_MAX; r++)
            ct_u32_store_relaxed(&nodes[i].told[r], 0);
    }
    return 0;
}

static inline int ct_barrier_told_as_flag_wait(struct ct_barrier_told_as_flag *b, uint32_t index)
{
    struct ct_barrier_told_as_flag_node *own = &b->nodes[index];
    uint32_t round = 0;
    for (uint32_t step = 1; step < b->parties; step *= 2, round++) {
        uint32_t to = index + step < b->parties ? index + step : index + step - b->parties;
        ct_u32_store_release(&b->nodes[to].told[round], 1); /* the mistake: no phase */
        while (!ct_u32_exchange_acquire(&own->told[round], 0))
            ct_pause();
    }
    return index == 0 ? CT_BARRIER_SERIAL : 0;
}

CT_BARRIER_ADAPT_NODES(told_as_flag)

static const struct ct_barrier_ops ct_barrier_told_as_flag_ops = {
    .impl = {CT_BARRIER_IMPL(told_as_flag, "told-as-flag"),
             .node_bytes = sizeof(struct ct_barrier_told_as_flag_node),
             .summary = "broken: tells by a flag instead of a phase",
             .source = "dissemination without parity or sense", .traits = CT_SPINS | CT_LATE},
    CT_BARRIER_REQUIRED(told_as_flag),
};

#endif
