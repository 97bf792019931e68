// SPDX-License-Identifier: MIT
/* skips-a-slot - a slot per reader, broken.
 *
 * Mistake: a writer does not look at the first slot.
 * Breaks:  readers exclude a writer.
 */
#ifndef STRESS_BROKEN_RWLOCK_SKIPS_A_SLOT_H
#define STRESS_BROKEN_RWLOCK_SKIPS_A_SLOT_H

#include <contend/rwlock.h>
#include <contend/rwslots.h>

struct ct_rwlock_skips_a_slot {
    struct ct_u32 gate; /* 1: a writer is inside, or waits for the slots */
    struct ct_rwslots slots;
};

struct ct_rwlock_skips_a_slot_node {
    struct ct_rwslot slot;
};

static inline void ct_rwlock_skips_a_slot_init(struct ct_rwlock_skips_a_slot *rw)
{
    ct_u32_store_relaxed(&rw->gate, CT_RWSLOTS_OPEN);
    ct_ptr_store_relaxed(&rw->slots.first, NULL);
}

static inline void ct_rwlock_skips_a_slot_rdlock(struct ct_rwlock_skips_a_slot *rw,
                                                 struct ct_rwlock_skips_a_slot_node *node)
{
    if (!node->slot.listed)
        ct_rwslots_list(&rw->slots, &node->slot);
    for (;;) {
        ct_u32_exchange_seq_cst(&node->slot.busy, 1);
        if (ct_u32_load_seq_cst(&rw->gate) == CT_RWSLOTS_OPEN)
            return;
        ct_u32_store_release(&node->slot.busy, 0);
        ct_pause();
    }
}

static inline void ct_rwlock_skips_a_slot_rdunlock(struct ct_rwlock_skips_a_slot *rw,
                                                   struct ct_rwlock_skips_a_slot_node *node)
{
    (void)rw;
    ct_u32_store_release(&node->slot.busy, 0);
}

static inline void ct_rwlock_skips_a_slot_wrlock(struct ct_rwlock_skips_a_slot *rw)
{
    uint32_t seen = CT_RWSLOTS_OPEN;
    while (!ct_u32_cas_seq_cst(&rw->gate, &seen, 1)) {
        seen = CT_RWSLOTS_OPEN;
        ct_pause();
    }
    struct ct_rwslot *slot = (struct ct_rwslot *)ct_ptr_load_acquire(&rw->slots.first);
    if (slot)
        slot = slot->next; /* the mistake: its reader may be inside */
    for (; slot; slot = slot->next)
        while (ct_u32_load_seq_cst(&slot->busy) != 0)
            ct_pause();
}

static inline void ct_rwlock_skips_a_slot_wrunlock(struct ct_rwlock_skips_a_slot *rw)
{
    ct_u32_store_release(&rw->gate, CT_RWSLOTS_OPEN);
}

CT_RWLOCK_ADAPT_NODE(skips_a_slot)

static const struct ct_rwlock_ops ct_rwlock_skips_a_slot_ops = {
    .impl = {CT_RWLOCK_IMPL(skips_a_slot, "skips-a-slot"),
             .node_bytes = sizeof(struct ct_rwlock_skips_a_slot_node),
             .summary = "broken: a writer skips one reader's slot", .source = "Hsieh & Weihl 1992",
             .traits = CT_SPINS},
    CT_RWLOCK_REQUIRED(skips_a_slot),

};

#endif
