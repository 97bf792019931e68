// SPDX-License-Identifier: MIT
/* group-too-small - tree barrier, broken.
 *
 * Mistake: the number of a group's members is rounded down: one that is not full at the edge of the tree
 *          is forgotten, and its threads go on, or are not waited for.
 * Breaks:  nobody goes on before all have come.
 */
#ifndef STRESS_BROKEN_BARRIER_GROUP_TOO_SMALL_H
#define STRESS_BROKEN_BARRIER_GROUP_TOO_SMALL_H

#include <contend/barrier.h>
#include <contend/wait.h>

enum { CT_BARRIER_GROUP_TOO_SMALL_ARITY = 2 };

struct ct_barrier_group_too_small_node {
    CT_APART struct ct_u32 arrived;
};

struct ct_barrier_group_too_small {
    CT_APART struct ct_u32 phase; /* all waiters read it: apart from what is read on arrival */
    CT_APART struct ct_barrier_group_too_small_node *nodes;
    uint32_t parties, arity;
};

/* Requires 2 <= arity <= CT_BARRIER_PARTIES_MAX. */
static inline int
ct_barrier_group_too_small_init_arity(struct ct_barrier_group_too_small *b, uint32_t parties,
                                      struct ct_barrier_group_too_small_node *nodes, uint32_t arity)
{
    ct_u32_store_relaxed(&b->phase, 0);
    b->nodes = nodes;
    b->parties = parties;
    b->arity = arity;
    for (uint32_t i = 0; i < parties; i++)
        ct_u32_store_relaxed(&nodes[i].arrived, 0);
    return 0;
}

static inline int ct_barrier_group_too_small_init(struct ct_barrier_group_too_small *b,
                                                  uint32_t parties,
                                                  struct ct_barrier_group_too_small_node *nodes)
{
    return ct_barrier_group_too_small_init_arity(b, parties, nodes,
                                                 CT_BARRIER_GROUP_TOO_SMALL_ARITY);
}

/* Is the thread that comes from index the last of its group, whose members are step indices apart? */
static inline bool ct_barrier_group_too_small_last(struct ct_barrier_group_too_small *b,
                                                   uint32_t index, uint32_t step)
{
    uint32_t first = index - index % (step * b->arity);
    uint32_t members = (b->parties - first) / step; /* the mistake: rounded down */
    if (members > b->arity)
        members = b->arity;
    if (members == 1)
        return true;
    struct ct_u32 *arrived = &b->nodes[first + step].arrived;
    if (ct_u32_add_acqrel(arrived, 1) + 1 != members)
        return false;
    ct_u32_store_relaxed(arrived, 0);
    return true;
}

static inline int ct_barrier_group_too_small_wait(struct ct_barrier_group_too_small *b,
                                                  uint32_t index)
{
    /* cannot move on before this thread has arrived */
    uint32_t phase = ct_u32_load_relaxed(&b->phase);
    for (uint32_t step = 1; step < b->parties; step *= b->arity) {
        if (ct_barrier_group_too_small_last(b, index, step))
            continue;
        while (ct_u32_load_acquire(&b->phase) == phase)
            ct_pause();
        return 0;
    }
    ct_u32_store_release(&b->phase, phase + 1); /* pairs with the load above */
    return CT_BARRIER_SERIAL;
}

CT_BARRIER_ADAPT_NODES(group_too_small)

static const struct ct_barrier_ops ct_barrier_group_too_small_ops = {
    .impl = {CT_BARRIER_IMPL(group_too_small, "group-too-small"),
             .node_bytes = sizeof(struct ct_barrier_group_too_small_node),
             .summary = "broken: forgets the last group where it is not full",
             .source = "tree, number of members rounded down", .traits = CT_SPINS | CT_LATE},
    CT_BARRIER_REQUIRED(group_too_small),
};

#endif
