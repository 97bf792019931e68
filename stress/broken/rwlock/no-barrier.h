// SPDX-License-Identifier: MIT
/* no-barrier - a slot per reader, no fence when reading, broken.
 *
 * Mistake: the writer does not make the readers pass a barrier between closing the gate and looking at
 *          their slots, so that a store of busy may still be on its way.
 * Breaks:  readers exclude a writer.
 */
#ifndef STRESS_BROKEN_RWLOCK_NO_BARRIER_H
#define STRESS_BROKEN_RWLOCK_NO_BARRIER_H

#include <contend/rwlock.h>
#include <contend/rwslots.h>

struct ct_rwlock_no_barrier {
    struct ct_u32 gate; /* 1: a writer is inside, or waits for the slots */
    struct ct_rwslots slots;
};

struct ct_rwlock_no_barrier_node {
    struct ct_rwslot slot;
};

static inline void ct_rwlock_no_barrier_init(struct ct_rwlock_no_barrier *rw)
{
    ct_u32_store_relaxed(&rw->gate, CT_RWSLOTS_OPEN);
    ct_ptr_store_relaxed(&rw->slots.first, NULL);
}

static inline void ct_rwlock_no_barrier_rdlock(struct ct_rwlock_no_barrier *rw,
                                               struct ct_rwlock_no_barrier_node *node)
{
    if (!node->slot.listed)
        ct_rwslots_list(&rw->slots, &node->slot);
    while (!ct_rwslot_enter(&node->slot, &rw->gate)) {
        ct_u32_store_release(&node->slot.busy, 0);
        ct_pause();
    }
}

static inline void ct_rwlock_no_barrier_rdunlock(struct ct_rwlock_no_barrier *rw,
                                                 struct ct_rwlock_no_barrier_node *node)
{
    (void)rw;
    ct_u32_store_release(&node->slot.busy, 0);
}

static inline void ct_rwlock_no_barrier_wrlock(struct ct_rwlock_no_barrier *rw)
{
    uint32_t seen = CT_RWSLOTS_OPEN;
    while (!ct_u32_cas_seq_cst(&rw->gate, &seen, 1)) {
        seen = CT_RWSLOTS_OPEN;
        ct_pause();
    }
    /* the mistake: no ct_membarrier */
    struct ct_rwslot *slot = (struct ct_rwslot *)ct_ptr_load_acquire(&rw->slots.first);
    for (; slot; slot = slot->next)
        while (ct_u32_load_seq_cst(&slot->busy) != 0)
            ct_pause();
}

static inline void ct_rwlock_no_barrier_wrunlock(struct ct_rwlock_no_barrier *rw)
{
    ct_u32_store_release(&rw->gate, CT_RWSLOTS_OPEN);
}

CT_RWLOCK_ADAPT_NODE(no_barrier)

static const struct ct_rwlock_ops ct_rwlock_no_barrier_ops = {
    .impl = {CT_RWLOCK_IMPL(no_barrier, "no-barrier"),
             .node_bytes = sizeof(struct ct_rwlock_no_barrier_node),
             .summary = "broken: the writer's membarrier is missing",
             .source = "Liu, Zhang & Chen 2014", .traits = CT_SPINS},
    CT_RWLOCK_REQUIRED(no_barrier),

};

#endif
