// SPDX-License-Identifier: MIT
/* mcs - FIFO queue lock, every waiter spins on its own node.
 *
 * Idea      Exchange yourself in as the tail of a list; wait until the one ahead, to whom you link
 *           yourself, clears your flag.
 * Source    Mellor-Crummey & Scott, "Algorithms for Scalable Synchronization on Shared-Memory
 *           Multiprocessors", TOCS 9(1), 1991, section 2.4.
 * State     tail        NULL free; else the node of the last in line
 *           node.next   the node behind, once it has linked itself
 *           node.waits  1 until the one ahead hands over
 * Order     tail: unlock's release of NULL pairs with the acquire that finds it; the release half of
 *           an arrival publishes its node to the next arrival.
 *           next: an arrival's release pairs with unlock's acquire, so that waits = 1 comes first.
 *           waits: unlock's release pairs with the waiter's acquire.
 * Choose    many threads that all have a CPU: a hand-over costs the same however many wait. As with
 *           any FIFO spin lock, a descheduled waiter stalls everyone behind it.
 *
 * The node is needed from lock to the return of unlock only.
 */
#ifndef CONTEND_MUTEX_MCS_H
#define CONTEND_MUTEX_MCS_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_mcs_node {
    struct ct_ptr next;
    struct ct_u32 waits;
};

struct ct_mutex_mcs {
    struct ct_ptr tail;
};

#define CT_MUTEX_MCS_INIT                                                                          \
    {                                                                                              \
        CT_CELL(NULL)                                                                              \
    }

static inline void ct_mutex_mcs_init(struct ct_mutex_mcs *m)
{
    ct_ptr_store_relaxed(&m->tail, NULL);
}

static inline void ct_mutex_mcs_lock(struct ct_mutex_mcs *m, struct ct_mutex_mcs_node *node)
{
    ct_ptr_store_relaxed(&node->next, NULL);
    ct_u32_store_relaxed(&node->waits, 1);
    struct ct_mutex_mcs_node *ahead =
        (struct ct_mutex_mcs_node *)ct_ptr_exchange_acqrel(&m->tail, node);
    if (!ahead)
        return;
    ct_ptr_store_release(&ahead->next, node); /* pairs with unlock's loads of next */
    while (ct_u32_load_acquire(&node->waits)) /* pairs with unlock */
        ct_pause();
}

static inline bool ct_mutex_mcs_trylock(struct ct_mutex_mcs *m, struct ct_mutex_mcs_node *node)
{
    void *free = NULL;
    ct_ptr_store_relaxed(&node->next, NULL);
    return ct_ptr_cas_acqrel(&m->tail, &free, node);
}

static inline void ct_mutex_mcs_unlock(struct ct_mutex_mcs *m, struct ct_mutex_mcs_node *node)
{
    struct ct_mutex_mcs_node *behind = (struct ct_mutex_mcs_node *)ct_ptr_load_acquire(&node->next);
    if (!behind) {
        void *last = node;
        if (ct_ptr_cas_release(&m->tail, &last, NULL))
            return;
        /* somebody is the tail already and about to link */
        while (!(behind = (struct ct_mutex_mcs_node *)ct_ptr_load_acquire(&node->next)))
            ct_pause();
    }
    ct_u32_store_release(&behind->waits, 0);
}

CT_MUTEX_ADAPT_NODE(mcs)
CT_MUTEX_ADAPT_NODE_TRY(mcs)

static const struct ct_mutex_ops ct_mutex_mcs_ops = {
    .impl = {CT_MUTEX_IMPL(mcs, "mcs"), .node_bytes = sizeof(struct ct_mutex_mcs_node),
             .summary = "FIFO queue, each waiter spins on its own node",
             .source = "Mellor-Crummey & Scott 1991, section 2.4", .traits = CT_FIFO | CT_SPINS},
    CT_MUTEX_REQUIRED(mcs),
    .trylock = ct_mutex_mcs_op_trylock,
};

#endif
