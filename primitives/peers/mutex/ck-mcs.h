// SPDX-License-Identifier: MIT
/* ck-mcs - Concurrency Kit's MCS lock.
 *
 * Idea      As mcs.
 * Source    Concurrency Kit, spinlock/mcs.h
 * Choose    as mcs.
 */
#ifndef CONTEND_PEERS_MUTEX_CK_MCS_H
#define CONTEND_PEERS_MUTEX_CK_MCS_H

#include <contend/mutex.h>

#include <ck_spinlock.h>

struct ct_mutex_ck_mcs_node {
    ck_spinlock_mcs_context_t peer;
};

struct ct_mutex_ck_mcs {
    ck_spinlock_mcs_t peer;
};

static inline void ct_mutex_ck_mcs_init(struct ct_mutex_ck_mcs *m)
{
    ck_spinlock_mcs_init(&m->peer);
}

static inline void ct_mutex_ck_mcs_lock(struct ct_mutex_ck_mcs *m,
                                        struct ct_mutex_ck_mcs_node *node)
{
    ck_spinlock_mcs_lock(&m->peer, &node->peer);
}

static inline bool ct_mutex_ck_mcs_trylock(struct ct_mutex_ck_mcs *m,
                                           struct ct_mutex_ck_mcs_node *node)
{
    return ck_spinlock_mcs_trylock(&m->peer, &node->peer);
}

static inline void ct_mutex_ck_mcs_unlock(struct ct_mutex_ck_mcs *m,
                                          struct ct_mutex_ck_mcs_node *node)
{
    ck_spinlock_mcs_unlock(&m->peer, &node->peer);
}

CT_MUTEX_ADAPT_NODE(ck_mcs)
CT_MUTEX_ADAPT_NODE_TRY(ck_mcs)

static const struct ct_mutex_ops ct_mutex_ck_mcs_ops = {
    .impl = {CT_MUTEX_IMPL(ck_mcs, "ck-mcs"), .node_bytes = sizeof(struct ct_mutex_ck_mcs_node),
             .summary = "ck_spinlock_mcs: FIFO queue, each spins on its own node",
             .source = "Concurrency Kit", .package = CT_PACKAGE_ck,
             .traits = CT_FIFO | CT_SPINS | CT_OPAQUE | CT_PEER},
    CT_MUTEX_REQUIRED(ck_mcs),
    .trylock = ct_mutex_ck_mcs_op_trylock,
};

#endif
