// SPDX-License-Identifier: MIT
/* reciprocating - queue lock that serves batches of arrivals, newest first.
 *
 * Idea      Arrivals push themselves on a stack. Whoever is last of the batch being served detaches
 *           the whole stack as the next batch; within a batch everyone hands over to the one that
 *           arrived before. Nobody waits for a neighbour to link: lock and unlock take constant time.
 * Source    Dice & Kogan, "Reciprocating Locks", arXiv 2501.02380, 2025.
 * State     arrivals   NULL free; the mutex itself: held, nobody came since the last detaching; else
 *                      the newest arrival, or the holder if it came to a free mutex and was alone
 *           node.gate  NULL while waiting; then the end of the batch, handed on with the mutex
 *           node.next  while holding: who is served next of this batch; NULL: nobody
 *           node.end   while holding: what the last of the batch finds below itself on the stack
 * Order     arrivals: unlock's release of NULL pairs with the acquire that finds it; the release half
 *           of an arrival publishes gate == NULL to the next arrival and to the one that detaches.
 *           gate: unlock's release pairs with the waiter's acquire.
 * Choose    as mcs, where order of arrival need not be kept: while one waits, every other thread is
 *           served at most twice.
 *
 * A batch has one end throughout: every member hands on what it got. At first that is the node of the
 * holder who came to a free mutex, which lies at the bottom of the stack it detaches; afterwards it
 * is the mutex, which detaching leaves there. Only compared, never followed, so nodes may be reused.
 */
#ifndef CONTEND_MUTEX_RECIPROCATING_H
#define CONTEND_MUTEX_RECIPROCATING_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_reciprocating_node {
    struct ct_ptr gate;
    struct ct_mutex_reciprocating_node *next;
    void *end;
};

struct ct_mutex_reciprocating {
    struct ct_ptr arrivals;
};

#define CT_MUTEX_RECIPROCATING_INIT                                                                \
    {                                                                                              \
        CT_CELL(NULL)                                                                              \
    }

static inline void ct_mutex_reciprocating_init(struct ct_mutex_reciprocating *m)
{
    ct_ptr_store_relaxed(&m->arrivals, NULL);
}

static inline void ct_mutex_reciprocating_lock(struct ct_mutex_reciprocating *m,
                                               struct ct_mutex_reciprocating_node *node)
{
    ct_ptr_store_relaxed(&node->gate, NULL);
    node->next = NULL;
    node->end = node;
    void *below = ct_ptr_exchange_acqrel(&m->arrivals, node);
    if (!below)
        return;
    void *end;
    while (!(end = ct_ptr_load_acquire(&node->gate))) /* pairs with unlock */
        ct_pause();
    if (below == end) {
        node->end = m;
    } else {
        node->next = (struct ct_mutex_reciprocating_node *)below;
        node->end = end;
    }
}

static inline bool ct_mutex_reciprocating_trylock(struct ct_mutex_reciprocating *m,
                                                  struct ct_mutex_reciprocating_node *node)
{
    void *free = NULL;
    node->next = NULL;
    node->end = node;
    return ct_ptr_cas_acqrel(&m->arrivals, &free, node);
}

static inline void ct_mutex_reciprocating_unlock(struct ct_mutex_reciprocating *m,
                                                 struct ct_mutex_reciprocating_node *node)
{
    struct ct_mutex_reciprocating_node *next = node->next;
    if (!next) {
        void *nobody_came = node->end;
        if (ct_ptr_cas_release(&m->arrivals, &nobody_came, NULL))
            return;
        next = (struct ct_mutex_reciprocating_node *)ct_ptr_exchange_acquire(&m->arrivals, m);
    }
    ct_ptr_store_release(&next->gate, node->end);
}

CT_MUTEX_ADAPT_NODE(reciprocating)
CT_MUTEX_ADAPT_NODE_TRY(reciprocating)

static const struct ct_mutex_ops ct_mutex_reciprocating_ops = {
    .impl = {CT_MUTEX_IMPL(reciprocating, "reciprocating"),
             .node_bytes = sizeof(struct ct_mutex_reciprocating_node),
             .summary = "batches of arrivals, newest first; constant-time unlock",
             .source = "Dice & Kogan 2025, arXiv 2501.02380", .traits = CT_SPINS},
    CT_MUTEX_REQUIRED(reciprocating),
    .trylock = ct_mutex_reciprocating_op_trylock,
};

#endif
