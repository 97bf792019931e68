// SPDX-License-Identifier: MIT
/* reopens-late - biased to readers, broken.
 *
 * Mistake: a reader opens the gate after it left the lock underneath, that is, perhaps with a writer inside.
 * Breaks:  readers exclude a writer.
 */
#ifndef STRESS_BROKEN_RWLOCK_REOPENS_LATE_H
#define STRESS_BROKEN_RWLOCK_REOPENS_LATE_H

#include <contend/rwslots.h>
#include <contend/rwword.h>

struct ct_rwlock_reopens_late {
    struct ct_u32 gate; /* 1: readers take under */
    struct ct_rwslots slots;
    struct ct_rwword under;
};

struct ct_rwlock_reopens_late_node {
    struct ct_rwslot slot;
};

static inline void ct_rwlock_reopens_late_init(struct ct_rwlock_reopens_late *rw)
{
    ct_u32_store_relaxed(&rw->gate, CT_RWSLOTS_OPEN);
    ct_ptr_store_relaxed(&rw->slots.first, NULL);
    ct_rwword_init(&rw->under);
}

static inline void ct_rwlock_reopens_late_leave(struct ct_rwlock_reopens_late_node *node)
{
    ct_u32_exchange_seq_cst(&node->slot.busy, 0);
    ct_wake(&node->slot.busy, 1);
}

static inline int ct_rwlock_reopens_late_timedrdlock(struct ct_rwlock_reopens_late *rw,
                                                     struct ct_rwlock_reopens_late_node *node,
                                                     uint64_t deadline_ns)
{
    if (!node->slot.listed)
        ct_rwslots_list(&rw->slots, &node->slot);
    ct_u32_exchange_seq_cst(&node->slot.busy, 1);
    if (ct_u32_load_seq_cst(&rw->gate) == CT_RWSLOTS_OPEN)
        return 0;
    ct_rwlock_reopens_late_leave(node);
    return ct_rwword_timedrdlock(&rw->under, deadline_ns, CT_RWLOCK_PHASES);
}

static inline void ct_rwlock_reopens_late_rdlock(struct ct_rwlock_reopens_late *rw,
                                                 struct ct_rwlock_reopens_late_node *node)
{
    (void)ct_rwlock_reopens_late_timedrdlock(rw, node, CT_FOREVER);
}

static inline void ct_rwlock_reopens_late_rdunlock(struct ct_rwlock_reopens_late *rw,
                                                   struct ct_rwlock_reopens_late_node *node)
{
    if (ct_rwslot_busy(&node->slot)) {
        ct_rwlock_reopens_late_leave(node);
        return;
    }
    ct_rwword_rdunlock(&rw->under);
    ct_u32_store_release(&rw->gate,
                         CT_RWSLOTS_OPEN); /* the mistake: a writer may be inside by now */
}

static inline int ct_rwlock_reopens_late_timedwrlock(struct ct_rwlock_reopens_late *rw,
                                                     uint64_t deadline_ns)
{
    int error = ct_rwword_timedwrlock(&rw->under, deadline_ns);
    if (error != 0 || ct_u32_load_relaxed(&rw->gate) != CT_RWSLOTS_OPEN)
        return error;
    ct_u32_exchange_seq_cst(&rw->gate, 1);
    error = ct_rwslots_drain(&rw->slots, deadline_ns);
    if (error != 0) {
        ct_u32_store_release(&rw->gate, CT_RWSLOTS_OPEN);
        ct_rwword_wrunlock(&rw->under, CT_RWLOCK_PHASES);
    }
    return error;
}

static inline void ct_rwlock_reopens_late_wrlock(struct ct_rwlock_reopens_late *rw)
{
    (void)ct_rwlock_reopens_late_timedwrlock(rw, CT_FOREVER);
}

static inline void ct_rwlock_reopens_late_wrunlock(struct ct_rwlock_reopens_late *rw)
{
    ct_rwword_wrunlock(&rw->under, CT_RWLOCK_PHASES);
}

CT_RWLOCK_ADAPT_NODE(reopens_late)
CT_RWLOCK_ADAPT_NODE_TIMED(reopens_late)

static const struct ct_rwlock_ops ct_rwlock_reopens_late_ops = {
    .impl = {CT_RWLOCK_IMPL(reopens_late, "reopens-late"),
             .node_bytes = sizeof(struct ct_rwlock_reopens_late_node),
             .summary = "broken: a reader restores the bias without holding the lock",
             .source = "BRAVO (Dice & Kogan 2019)", .traits = CT_PARKS | CT_TIMED},
    CT_RWLOCK_REQUIRED(reopens_late),
    CT_RWLOCK_TIMED(reopens_late),
};

#endif
