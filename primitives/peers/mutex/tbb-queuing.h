// SPDX-License-Identifier: MIT
/* tbb-queuing - tbb::queuing_mutex, an MCS lock.
 *
 * Idea      As mcs; a waiter pauses with exponential back-off, then yields the CPU.
 * Source    oneTBB, oneapi/tbb/queuing_mutex.h
 * Choose    beside TBB's algorithms, where waiters must be served in turn.
 *
 * C++ behind C functions (tbb-queuing.cc): a C program pays one call for that. The node is a
 * scoped_lock, constructed by lock and destroyed by unlock as C++ code does it; after a trylock that
 * failed there is nothing to destroy.
 */
#ifndef CONTEND_PEERS_MUTEX_TBB_QUEUING_H
#define CONTEND_PEERS_MUTEX_TBB_QUEUING_H

#include <contend/mutex.h>

/* Storage for a tbb::queuing_mutex and its scoped_lock: tbb-queuing.cc asserts size and alignment. */
struct ct_mutex_tbb_queuing {
    uint64_t storage[1];
};

struct ct_mutex_tbb_queuing_node {
    uint64_t storage[3];
};

void ct_mutex_tbb_queuing_init(struct ct_mutex_tbb_queuing *m);
void ct_mutex_tbb_queuing_destroy(struct ct_mutex_tbb_queuing *m);
void ct_mutex_tbb_queuing_lock(struct ct_mutex_tbb_queuing *m,
                               struct ct_mutex_tbb_queuing_node *node);
bool ct_mutex_tbb_queuing_trylock(struct ct_mutex_tbb_queuing *m,
                                  struct ct_mutex_tbb_queuing_node *node);
void ct_mutex_tbb_queuing_unlock(struct ct_mutex_tbb_queuing *m,
                                 struct ct_mutex_tbb_queuing_node *node);

CT_MUTEX_ADAPT_NODE(tbb_queuing)
CT_MUTEX_ADAPT_DESTROY(tbb_queuing)
CT_MUTEX_ADAPT_NODE_TRY(tbb_queuing)

static const struct ct_mutex_ops ct_mutex_tbb_queuing_ops = {
    .impl = {CT_MUTEX_IMPL(tbb_queuing, "tbb-queuing"),
             .node_bytes = sizeof(struct ct_mutex_tbb_queuing_node),
             .summary = "tbb::queuing_mutex: MCS queue, back-off, then yields", .source = "oneTBB",
             .package = CT_PACKAGE_tbb, .traits = CT_FIFO | CT_SPINS | CT_OPAQUE | CT_PEER},
    CT_MUTEX_REQUIRED(tbb_queuing),
    .destroy = ct_mutex_tbb_queuing_op_destroy,
    .trylock = ct_mutex_tbb_queuing_op_trylock,
};

#endif
