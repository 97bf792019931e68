// SPDX-License-Identifier: MIT
/* ck-mcs - Concurrency Kit's tree barrier after Mellor-Crummey and Scott.
 *
 * Idea      A static tree: each thread waits for its four children and tells its parent, the root tells
 *           its two children, and so on down.
 * Source    Concurrency Kit, ck_barrier_mcs
 * Choose    many threads that all have a CPU.
 *
 * It tells nobody apart: index 0 counts as the serial thread.
 */
#ifndef CONTEND_PEERS_BARRIER_CK_MCS_H
#define CONTEND_PEERS_BARRIER_CK_MCS_H

#include <contend/barrier.h>
#include <contend/cpu.h>

#include <ck_barrier.h>
#include <errno.h>

/* The library wants its tree in an array: it lies in the first half of the memory of all nodes, and what
   is each thread's own in the second. */
struct ct_barrier_ck_mcs_own {
    CT_APART ck_barrier_mcs_state_t state;
};
struct ct_barrier_ck_mcs_node {
    CT_APART ck_barrier_mcs_t tree;
    struct ct_barrier_ck_mcs_own own;
};

struct ct_barrier_ck_mcs {
    ck_barrier_mcs_t *tree;
    struct ct_barrier_ck_mcs_own *own;
};

static inline int ct_barrier_ck_mcs_init(struct ct_barrier_ck_mcs *b, uint32_t parties,
                                         struct ct_barrier_ck_mcs_node *nodes)
{
    if (!ct_barrier_parties_valid(parties))
        return EINVAL;
    char *memory = (char *)nodes;
    b->tree = (ck_barrier_mcs_t *)(void *)memory;
    b->own = (struct ct_barrier_ck_mcs_own *)(void *)(memory +
                                                      (sizeof *nodes - sizeof *b->own) * parties);
    ck_barrier_mcs_init(b->tree, parties);
    for (uint32_t i = 0; i < parties; i++) /* in order, so that each gets its index */
        ck_barrier_mcs_subscribe(b->tree, &b->own[i].state);
    return 0;
}

static inline int ct_barrier_ck_mcs_wait(struct ct_barrier_ck_mcs *b, uint32_t index)
{
    ck_barrier_mcs(b->tree, &b->own[index].state);
    return index == 0 ? CT_BARRIER_SERIAL : 0;
}

CT_BARRIER_ADAPT_NODES(ck_mcs)

static const struct ct_barrier_ops ct_barrier_ck_mcs_ops = {
    .impl = {CT_BARRIER_IMPL(ck_mcs, "ck-mcs"), .node_bytes = sizeof(struct ct_barrier_ck_mcs_node),
             .summary = "ck_barrier_mcs: a static tree, four up, two down",
             .source = "Concurrency Kit", .package = CT_PACKAGE_ck,
             .traits = CT_SPINS | CT_LATE | CT_OPAQUE | CT_PEER},
    CT_BARRIER_REQUIRED(ck_mcs),
};

#endif
