// SPDX-License-Identifier: MIT
/* tree - a combining tree over the threads' indices: neighbours meet first, the last of them goes on.
 *
 * Idea      Groups of arity neighbours share a count in a line of their own; the last of a group arrives
 *           in the group of groups above, and so on to the root. Where indices follow the machine's
 *           topology, most traffic stays among threads that share a cache. Release is one word.
 * Source    Yew, Tzeng & Lawrie, "Distributing hot-spot addressing in large-scale multiprocessors",
 *           IEEE ToC C-36(4), 1987; Mellor-Crummey & Scott 1991, section 3.2.
 * State     node.arrived  threads, or groups, that have come in this phase to the group whose second
 *                         member starts at this node's index: so each group has a node of its own
 *           phase         phases that have ended, modulo 2^32
 * Order     arrived: each add's release pairs with the acquire of the group's last, who goes on and
 *           so hands all it has seen upwards; it sets the count back, which the release of phase
 *           shows to whoever comes again.
 *           phase: the root's release pairs with the waiters' acquire.
 * Choose    many threads that all have a CPU, on a machine with several caches; set the arity to the
 *           number of threads that share one.
 */
#ifndef CONTEND_BARRIER_TREE_H
#define CONTEND_BARRIER_TREE_H

#include <contend/barrier.h>
#include <contend/wait.h>

enum { CT_BARRIER_TREE_ARITY = 4 };

struct ct_barrier_tree_node {
    CT_APART struct ct_u32 arrived;
};

struct ct_barrier_tree {
    CT_APART struct ct_u32 phase; /* all waiters read it: apart from what is read on arrival */
    CT_APART struct ct_barrier_tree_node *nodes;
    uint32_t parties, arity;
};

/* Requires 2 <= arity <= CT_BARRIER_PARTIES_MAX. */
static inline int ct_barrier_tree_init_arity(struct ct_barrier_tree *b, uint32_t parties,
                                             struct ct_barrier_tree_node *nodes, uint32_t arity)
{
    if (!ct_barrier_parties_valid(parties))
        return EINVAL;
    ct_u32_store_relaxed(&b->phase, 0);
    b->nodes = nodes;
    b->parties = parties;
    b->arity = arity;
    for (uint32_t i = 0; i < parties; i++)
        ct_u32_store_relaxed(&nodes[i].arrived, 0);
    return 0;
}

static inline int ct_barrier_tree_init(struct ct_barrier_tree *b, uint32_t parties,
                                       struct ct_barrier_tree_node *nodes)
{
    return ct_barrier_tree_init_arity(b, parties, nodes, CT_BARRIER_TREE_ARITY);
}

/* Is the thread that comes from index the last of its group, whose members are step indices apart? */
static inline bool ct_barrier_tree_last(struct ct_barrier_tree *b, uint32_t index, uint32_t step)
{
    uint32_t first = index - index % (step * b->arity);
    uint32_t members = (b->parties - first + step - 1) / step;
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

static inline int ct_barrier_tree_wait(struct ct_barrier_tree *b, uint32_t index)
{
    /* cannot move on before this thread has arrived */
    uint32_t phase = ct_u32_load_relaxed(&b->phase);
    for (uint32_t step = 1; step < b->parties; step *= b->arity) {
        if (ct_barrier_tree_last(b, index, step))
            continue;
        while (ct_u32_load_acquire(&b->phase) == phase)
            ct_pause();
        return 0;
    }
    ct_u32_store_release(&b->phase, phase + 1); /* pairs with the load above */
    return CT_BARRIER_SERIAL;
}

CT_BARRIER_ADAPT_NODES(tree)

static const struct ct_barrier_ops ct_barrier_tree_ops = {
    .impl = {CT_BARRIER_IMPL(tree, "tree"), .node_bytes = sizeof(struct ct_barrier_tree_node),
             .summary = "combining tree: neighbours' counts, then those of groups",
             .source = "Yew, Tzeng & Lawrie 1987; Mellor-Crummey & Scott 1991",
             .traits = CT_SPINS | CT_LATE},
    CT_BARRIER_REQUIRED(tree),
};

#endif
