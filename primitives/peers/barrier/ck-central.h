// SPDX-License-Identifier: MIT
/* ck-central - Concurrency Kit's centralized barrier.
 *
 * Idea      As central, with a sense of each thread's own.
 * Source    Concurrency Kit, ck_barrier_centralized
 * Choose    as central.
 *
 * It tells nobody apart: index 0 counts as the serial thread.
 */
#ifndef CONTEND_PEERS_BARRIER_CK_CENTRAL_H
#define CONTEND_PEERS_BARRIER_CK_CENTRAL_H

#include <contend/barrier.h>
#include <contend/cpu.h>

#include <ck_barrier.h>
#include <errno.h>

struct ct_barrier_ck_central_node {
    CT_APART ck_barrier_centralized_state_t peer;
};

struct ct_barrier_ck_central {
    ck_barrier_centralized_t peer;
    struct ct_barrier_ck_central_node *nodes;
    uint32_t parties;
};

static inline int ct_barrier_ck_central_init(struct ct_barrier_ck_central *b, uint32_t parties,
                                             struct ct_barrier_ck_central_node *nodes)
{
    static const ck_barrier_centralized_t fresh = CK_BARRIER_CENTRALIZED_INITIALIZER;
    static const ck_barrier_centralized_state_t fresh_state =
        CK_BARRIER_CENTRALIZED_STATE_INITIALIZER;
    if (!ct_barrier_parties_valid(parties))
        return EINVAL;
    b->peer = fresh;
    b->nodes = nodes;
    b->parties = parties;
    for (uint32_t i = 0; i < parties; i++)
        nodes[i].peer = fresh_state;
    return 0;
}

static inline int ct_barrier_ck_central_wait(struct ct_barrier_ck_central *b, uint32_t index)
{
    ck_barrier_centralized(&b->peer, &b->nodes[index].peer, b->parties);
    return index == 0 ? CT_BARRIER_SERIAL : 0;
}

CT_BARRIER_ADAPT_NODES(ck_central)

static const struct ct_barrier_ops ct_barrier_ck_central_ops = {
    .impl = {CT_BARRIER_IMPL(ck_central, "ck-central"),
             .node_bytes = sizeof(struct ct_barrier_ck_central_node),
             .summary = "ck_barrier_centralized: one count, one sense", .source = "Concurrency Kit",
             .package = CT_PACKAGE_ck, .traits = CT_SPINS | CT_LATE | CT_OPAQUE | CT_PEER},
    CT_BARRIER_REQUIRED(ck_central),
};

#endif
