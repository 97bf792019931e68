// SPDX-License-Identifier: MIT
/* slot-after-look - a slot per reader, broken.
 *
 * Mistake: a reader takes its slot after it found the gate open, and does not look again.
 * Breaks:  readers exclude a writer.
 */
#ifndef STRESS_BROKEN_RWLOCK_SLOT_AFTER_LOOK_H
#define STRESS_BROKEN_RWLOCK_SLOT_AFTER_LOOK_H

#include <contend/rwlock.h>
#include <contend/rwslots.h>

struct ct_rwlock_slot_after_look {
    struct ct_u32 gate; /* 1: a writer is inside, or waits for the slots */
    struct ct_rwslots slots;
};

struct ct_rwlock_slot_after_look_node {
    struct ct_rwslot slot;
};

static inline void ct_rwlock_slot_after_look_init(struct ct_rwlock_slot_after_look *rw)
{
    ct_u32_store_relaxed(&rw->gate, CT_RWSLOTS_OPEN);
    ct_ptr_store_relaxed(&rw->slots.first, NULL);
}

static inline void ct_rwlock_slot_after_look_rdlock(struct ct_rwlock_slot_after_look *rw,
                                                    struct ct_rwlock_slot_after_look_node *node)
{
    if (!node->slot.listed)
        ct_rwslots_list(&rw->slots, &node->slot);
    while (ct_u32_load_seq_cst(&rw->gate) != CT_RWSLOTS_OPEN)
        ct_pause();
    ct_u32_exchange_seq_cst(&node->slot.busy, 1); /* the mistake: look again */
}

static inline void ct_rwlock_slot_after_look_rdunlock(struct ct_rwlock_slot_after_look *rw,
                                                      struct ct_rwlock_slot_after_look_node *node)
{
    (void)rw;
    ct_u32_store_release(&node->slot.busy, 0);
}

static inline void ct_rwlock_slot_after_look_wrlock(struct ct_rwlock_slot_after_look *rw)
{
    uint32_t seen = CT_RWSLOTS_OPEN;
    while (!ct_u32_cas_seq_cst(&rw->gate, &seen, 1)) {
        seen = CT_RWSLOTS_OPEN;
        ct_pause();
    }
    struct ct_rwslot *slot = (struct ct_rwslot *)ct_ptr_load_acquire(&rw->slots.first);
    for (; slot; slot = slot->next)
        while (ct_u32_load_seq_cst(&slot->busy) != 0)
            ct_pause();
}

static inline void ct_rwlock_slot_after_look_wrunlock(struct ct_rwlock_slot_after_look *rw)
{
    ct_u32_store_release(&rw->gate, CT_RWSLOTS_OPEN);
}

CT_RWLOCK_ADAPT_NODE(slot_after_look)

static const struct ct_rwlock_ops ct_rwlock_slot_after_look_ops = {
    .impl = {CT_RWLOCK_IMPL(slot_after_look, "slot-after-look"),
             .node_bytes = sizeof(struct ct_rwlock_slot_after_look_node),
             .summary = "broken: a reader takes its slot too late", .source = "Hsieh & Weihl 1992",
             .traits = CT_SPINS},
    CT_RWLOCK_REQUIRED(slot_after_look),

};

#endif
