// SPDX-License-Identifier: MIT
/* clh-reuses-own-node - FIFO queue lock, broken.
 *
 * Mistake: unlock keeps the thread's own flag for the next round instead of its predecessor's, while
 *          the successor still looks at it: raised again it stops a successor that had been let in.
 * Breaks:  progress (the successor and the thread wait for each other), exclusion.
 */
#ifndef STRESS_BROKEN_MUTEX_CLH_REUSES_OWN_NODE_H
#define STRESS_BROKEN_MUTEX_CLH_REUSES_OWN_NODE_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_clh_reuses_own_node_flag {
    struct ct_u32 raised;
};

struct ct_mutex_clh_reuses_own_node_node {
    struct ct_mutex_clh_reuses_own_node_flag first; /* used until another is inherited */
    struct ct_mutex_clh_reuses_own_node_flag *mine;
};

struct ct_mutex_clh_reuses_own_node {
    struct ct_ptr tail; /* the flag of the last in the queue */
    struct ct_mutex_clh_reuses_own_node_flag none;
};

static inline void ct_mutex_clh_reuses_own_node_init(struct ct_mutex_clh_reuses_own_node *m)
{
    ct_u32_store_relaxed(&m->none.raised, 0);
    ct_ptr_store_relaxed(&m->tail, &m->none);
}

static inline void ct_mutex_clh_reuses_own_node_lock(struct ct_mutex_clh_reuses_own_node *m,
                                                     struct ct_mutex_clh_reuses_own_node_node *node)
{
    if (!node->mine)
        node->mine = &node->first;
    ct_u32_store_relaxed(&node->mine->raised, 1);
    struct ct_mutex_clh_reuses_own_node_flag *before = ct_ptr_exchange_acqrel(&m->tail, node->mine);
    while (ct_u32_load_acquire(&before->raised)) /* pairs with unlock */
        ct_pause();
}

static inline void
ct_mutex_clh_reuses_own_node_unlock(struct ct_mutex_clh_reuses_own_node *m,
                                    struct ct_mutex_clh_reuses_own_node_node *node)
{
    (void)m;
    ct_u32_store_release(&node->mine->raised,
                         0); /* the mistake: mine is not the predecessor's now */
}

CT_MUTEX_ADAPT_NODE(clh_reuses_own_node)

static const struct ct_mutex_ops ct_mutex_clh_reuses_own_node_ops = {
    .impl = {CT_MUTEX_IMPL(clh_reuses_own_node, "clh-reuses-own-node"),
             .summary = "broken: reuses its flag while the successor reads it",
             .source = "Craig 1993; Magnusson, Landin & Hagersten, IPPS 1994",
             .node_bytes = sizeof(struct ct_mutex_clh_reuses_own_node_node),
             .traits = CT_FIFO | CT_SPINS},
    CT_MUTEX_REQUIRED(clh_reuses_own_node),
};

#endif
