// SPDX-License-Identifier: MIT
/* told-relaxed - dissemination barrier, broken.
 *
 * Mistake: telling orders nothing.
 * Breaks:  visibility.
 */
#ifndef STRESS_BROKEN_BARRIER_TOLD_RELAXED_H
#define STRESS_BROKEN_BARRIER_TOLD_RELAXED_H

#include <contend/barrier.h>
#include <contend/wait.h>

enum { CT_BARRIER_TOLD_RELAXED_ROUNDS_MAX = 15 }; /* for CT_BARRIER_PARTIES_MAX */

struct ct_barrier_told_relaxed_node {
    CT_APART uint32_t phase;
    struct ct_u32 told[CT_BARRIER_TOLD_RELAXED_ROUNDS_MAX];
};

struct ct_barrier_told_relaxed {
    struct ct_barrier_told_relaxed_node *nodes;
    uint32_t parties;
};

static inline int ct_barrier_told_relaxed_init(struct ct_barrier_told_relaxed *b, uint32_t parties,
                                               struct ct_barrier_told_relaxed_node *nodes)
{
    b->nodes = nodes;
    b->parties = parties;
    for (uint32_t i = 0; i < parties; i++) {
        nodes[i].phase = 0;
        for (uint32_t r = 0; r < CT_BARRIER_TOLD_RELAXED_ROUNDS_MAX; r++)
            ct_u32_store_relaxed(&nodes[i].told[r], 0);
    }
    return 0;
}

static inline int ct_barrier_told_relaxed_wait(struct ct_barrier_told_relaxed *b, uint32_t index)
{
    struct ct_barrier_told_relaxed_node *own = &b->nodes[index];
    uint32_t phase = ++own->phase;
    uint32_t round = 0;
    for (uint32_t step = 1; step < b->parties; step *= 2, round++) {
        uint32_t to = index + step < b->parties ? index + step : index + step - b->parties;
        ct_u32_store_relaxed(&b->nodes[to].told[round], phase); /* the mistake */
        /* at most one phase ahead; the subtraction bears the wrap-around */
        while ((int32_t)(ct_u32_load_acquire(&own->told[round]) - phase) < 0)
            ct_pause();
    }
    return index == 0 ? CT_BARRIER_SERIAL : 0;
}

CT_BARRIER_ADAPT_NODES(told_relaxed)

static const struct ct_barrier_ops ct_barrier_told_relaxed_ops = {
    .impl = {CT_BARRIER_IMPL(told_relaxed, "told-relaxed"),
             .node_bytes = sizeof(struct ct_barrier_told_relaxed_node),
             .summary = "broken: tells with a relaxed store",
             .source = "dissemination with a relaxed store", .traits = CT_SPINS | CT_LATE},
    CT_BARRIER_REQUIRED(told_relaxed),
};

#endif
