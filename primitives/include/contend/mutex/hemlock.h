// SPDX-License-Identifier: MIT
/* hemlock - FIFO queue lock with one word per thread, however many mutexes it holds.
 *
 * Idea      Exchange yourself in as the tail; wait until the one ahead shows this mutex's address in
 *           its grant word, and clear that word to acknowledge.
 * Source    Dice & Kogan, "Hemlock: Compact and Scalable Mutual Exclusion", SPAA 2021, with
 *           its CTR: polling by compare-and-swap, which brings the line in ready to be written.
 * State     tail        NULL free; else the node of the last in line
 *           node.grant  NULL; or the mutex that its owner hands over and that is not yet taken
 * Order     tail: unlock's release of NULL pairs with the acquire that finds it; the release half of
 *           an arrival publishes grant == NULL to the next arrival.
 *           grant: unlock's release pairs with the waiter's acquire.
 * Choose    as mcs, where threads hold several contended mutexes and nodes should be few.
 *
 * One node per thread is enough for all its mutexes, held at once. In exchange unlock waits for the
 * waiter behind to acknowledge, so a descheduled waiter also holds up the one that hands over to it.
 */
#ifndef CONTEND_MUTEX_HEMLOCK_H
#define CONTEND_MUTEX_HEMLOCK_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_hemlock_node {
    struct ct_ptr grant;
};

struct ct_mutex_hemlock {
    struct ct_ptr tail;
};

#define CT_MUTEX_HEMLOCK_INIT                                                                      \
    {                                                                                              \
        CT_CELL(NULL)                                                                              \
    }

static inline void ct_mutex_hemlock_init(struct ct_mutex_hemlock *m)
{
    ct_ptr_store_relaxed(&m->tail, NULL);
}

static inline void ct_mutex_hemlock_lock(struct ct_mutex_hemlock *m,
                                         struct ct_mutex_hemlock_node *node)
{
    struct ct_mutex_hemlock_node *ahead =
        (struct ct_mutex_hemlock_node *)ct_ptr_exchange_acqrel(&m->tail, node);
    if (!ahead)
        return;
    for (;;) {
        void *granted = m;
        if (ct_ptr_cas_acquire(&ahead->grant, &granted, NULL)) /* pairs with unlock */
            return;
        ct_pause();
    }
}

static inline bool ct_mutex_hemlock_trylock(struct ct_mutex_hemlock *m,
                                            struct ct_mutex_hemlock_node *node)
{
    void *free = NULL;
    return ct_ptr_cas_acqrel(&m->tail, &free, node);
}

static inline void ct_mutex_hemlock_unlock(struct ct_mutex_hemlock *m,
                                           struct ct_mutex_hemlock_node *node)
{
    void *last = node;
    if (ct_ptr_cas_release(&m->tail, &last, NULL))
        return;
    ct_ptr_store_release(&node->grant, m);
    for (;;) {
        void *taken = NULL; /* NULL for NULL: a read that keeps the line writable */
        if (ct_ptr_cas_relaxed(&node->grant, &taken, NULL))
            return;
        ct_pause();
    }
}

CT_MUTEX_ADAPT_NODE(hemlock)
CT_MUTEX_ADAPT_NODE_TRY(hemlock)

static const struct ct_mutex_ops ct_mutex_hemlock_ops = {
    .impl = {CT_MUTEX_IMPL(hemlock, "hemlock"), .node_bytes = sizeof(struct ct_mutex_hemlock_node),
             .summary = "FIFO queue, one word per thread for all its mutexes",
             .source = "Dice & Kogan, SPAA 2021, CTR variant", .traits = CT_FIFO | CT_SPINS},
    CT_MUTEX_REQUIRED(hemlock),
    .trylock = ct_mutex_hemlock_op_trylock,
};

#endif
