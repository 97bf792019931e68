// SPDX-License-Identifier: MIT
/* clh - FIFO queue lock, every waiter spins on the cell of the one ahead.
 *
 * Idea      Exchange your own cell, marked held, in as the tail; wait until the cell that came out is
 *           free; that cell is yours from then on, for nobody else can reach it.
 * Source    Craig, "Building FIFO and Priority-Queuing Spin Locks from Atomic Swap", TR 93-02-02,
 *           University of Washington, 1993; Magnusson, Landin & Hagersten, IPPS 1994.
 * State     tail        the cell of the last in line; there is always one, at first m->first
 *           cell.held   1 from its owner's lock to its owner's unlock; free mutex: 0 in the tail
 *           node.mine   the cell to queue with next; NULL, before the first use: node.own
 *           node.ahead  while holding: the cell that was waited for
 * Order     unlock's release of held = 0 pairs with the acquire load of the one behind. The release
 *           half of the exchange publishes held = 1, its acquire half sees that of the one ahead.
 * Choose    as mcs, where one atomic instruction per pair matters and node lifetime is no trouble.
 *
 * A mutex's cells move between its nodes, so a node serves one mutex for good: zero it again before
 * using it with another mutex, or after init of the same one. No static initialiser: the mutex points
 * into itself. No trylock: the tail may leave and come back, held, between looking and exchanging,
 * and an arrival cannot be taken back.
 */
#ifndef CONTEND_MUTEX_CLH_H
#define CONTEND_MUTEX_CLH_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_clh_cell {
    struct ct_u32 held;
};

struct ct_mutex_clh_node {
    struct ct_mutex_clh_cell own, *mine, *ahead;
};

struct ct_mutex_clh {
    struct ct_ptr tail;
    struct ct_mutex_clh_cell first;
};

static inline void ct_mutex_clh_init(struct ct_mutex_clh *m)
{
    ct_u32_store_relaxed(&m->first.held, 0);
    ct_ptr_store_relaxed(&m->tail, &m->first);
}

static inline void ct_mutex_clh_lock(struct ct_mutex_clh *m, struct ct_mutex_clh_node *node)
{
    if (!node->mine)
        node->mine = &node->own;
    ct_u32_store_relaxed(&node->mine->held, 1);
    node->ahead = (struct ct_mutex_clh_cell *)ct_ptr_exchange_acqrel(&m->tail, node->mine);
    while (ct_u32_load_acquire(&node->ahead->held)) /* pairs with unlock */
        ct_pause();
}

static inline void ct_mutex_clh_unlock(struct ct_mutex_clh *m, struct ct_mutex_clh_node *node)
{
    (void)m;
    struct ct_mutex_clh_cell *handed_over = node->mine;
    node->mine = node->ahead;
    ct_u32_store_release(&handed_over->held, 0);
}

CT_MUTEX_ADAPT_NODE(clh)

static const struct ct_mutex_ops ct_mutex_clh_ops = {
    .impl = {CT_MUTEX_IMPL(clh, "clh"), .node_bytes = sizeof(struct ct_mutex_clh_node),
             .summary = "FIFO queue, each waiter spins on the cell ahead of it",
             .source = "Craig 1993; Magnusson, Landin & Hagersten 1994",
             .traits = CT_FIFO | CT_SPINS},
    CT_MUTEX_REQUIRED(clh),
};

#endif
