// SPDX-License-Identifier: MIT
/* gives-up-closed - biased to readers, broken.
 *
 * Mistake: a writer that gives up waiting for the slots leaves the gate closed, so the next writer takes
 *          them to be empty.
 * Breaks:  readers exclude a writer.
 */
#ifndef STRESS_BROKEN_RWLOCK_GIVES_UP_CLOSED_H
#define STRESS_BROKEN_RWLOCK_GIVES_UP_CLOSED_H

#include <contend/rwslots.h>
#include <contend/rwword.h>

struct ct_rwlock_gives_up_closed {
    struct ct_u32 gate; /* 1: readers take under */
    struct ct_rwslots slots;
    struct ct_rwword under;
};

struct ct_rwlock_gives_up_closed_node {
    struct ct_rwslot slot;
};

static inline void ct_rwlock_gives_up_closed_init(struct ct_rwlock_gives_up_closed *rw)
{
    ct_u32_store_relaxed(&rw->gate, CT_RWSLOTS_OPEN);
    ct_ptr_store_relaxed(&rw->slots.first, NULL);
    ct_rwword_init(&rw->under);
}

static inline void ct_rwlock_gives_up_closed_leave(struct ct_rwlock_gives_up_closed_node *node)
{
    ct_u32_exchange_seq_cst(&node->slot.busy, 0);
    ct_wake(&node->slot.busy, 1);
}

static inline int ct_rwlock_gives_up_closed_timedrdlock(struct ct_rwlock_gives_up_closed *rw,
                                                        struct ct_rwlock_gives_up_closed_node *node,
                                                        uint64_t deadline_ns)
{
    if (!node->slot.listed)
        ct_rwslots_list(&rw->slots, &node->slot);
    ct_u32_exchange_seq_cst(&node->slot.busy, 1);
    if (ct_u32_load_seq_cst(&rw->gate) == CT_RWSLOTS_OPEN)
        return 0;
    ct_rwlock_gives_up_closed_leave(node);
    int error = ct_rwword_timedrdlock(&rw->under, deadline_ns, CT_RWLOCK_PHASES);
    if (error == 0)
        ct_u32_store_release(&rw->gate, CT_RWSLOTS_OPEN);
    return error;
}

static inline void ct_rwlock_gives_up_closed_rdlock(struct ct_rwlock_gives_up_closed *rw,
                                                    struct ct_rwlock_gives_up_closed_node *node)
{
    (void)ct_rwlock_gives_up_closed_timedrdlock(rw, node, CT_FOREVER);
}

static inline void ct_rwlock_gives_up_closed_rdunlock(struct ct_rwlock_gives_up_closed *rw,
                                                      struct ct_rwlock_gives_up_closed_node *node)
{
    if (ct_rwslot_busy(&node->slot)) {
        ct_rwlock_gives_up_closed_leave(node);
        return;
    }
    ct_rwword_rdunlock(&rw->under);
}

static inline int ct_rwlock_gives_up_closed_timedwrlock(struct ct_rwlock_gives_up_closed *rw,
                                                        uint64_t deadline_ns)
{
    int error = ct_rwword_timedwrlock(&rw->under, deadline_ns);
    if (error != 0 || ct_u32_load_relaxed(&rw->gate) != CT_RWSLOTS_OPEN)
        return error;
    ct_u32_exchange_seq_cst(&rw->gate, 1);
    error = ct_rwslots_drain(&rw->slots, deadline_ns);
    if (error != 0) {
        /* the mistake: the gate stays closed, although readers are still in their slots */
        ct_rwword_wrunlock(&rw->under, CT_RWLOCK_PHASES);
    }
    return error;
}

static inline void ct_rwlock_gives_up_closed_wrlock(struct ct_rwlock_gives_up_closed *rw)
{
    (void)ct_rwlock_gives_up_closed_timedwrlock(rw, CT_FOREVER);
}

static inline void ct_rwlock_gives_up_closed_wrunlock(struct ct_rwlock_gives_up_closed *rw)
{
    ct_rwword_wrunlock(&rw->under, CT_RWLOCK_PHASES);
}

CT_RWLOCK_ADAPT_NODE(gives_up_closed)
CT_RWLOCK_ADAPT_NODE_TIMED(gives_up_closed)

static const struct ct_rwlock_ops ct_rwlock_gives_up_closed_ops = {
    .impl = {CT_RWLOCK_IMPL(gives_up_closed, "gives-up-closed"),
             .node_bytes = sizeof(struct ct_rwlock_gives_up_closed_node),
             .summary = "broken: a writer that gives up leaves the bias revoked",
             .source = "BRAVO (Dice & Kogan 2019)", .traits = CT_PARKS | CT_TIMED},
    CT_RWLOCK_REQUIRED(gives_up_closed),
    CT_RWLOCK_TIMED(gives_up_closed),
};

#endif
