// SPDX-License-Identifier: MIT
/* rwslots.h - readers that announce themselves in a slot of their own each, without a locked instruction,
 * and writers that look through all slots; for the locks of contend/rwlock/ that are read far more
 * often than written.
 *
 * Idea     A reader stores to its slot, then looks at the lock's gate; a writer closes the gate, then looks
 *          at the slots. The fence that should stand between the two of the reader is left to the writer: it
 *          makes every thread pass a barrier (membarrier). So either the reader sees the gate closed, or the
 *          writer sees the slot taken. Readers share nothing that is written.
 * Source   Liu, Zhang & Chen, "Scalable Read-mostly Synchronization Using Passive Reader-Writer Locks",
 *          USENIX ATC 2014; a slot per reader: Hsieh & Weihl, "Scalable Reader-Writer Locks for Parallel
 *          Systems", IPPS 1992; the barrier: membarrier(2) (Desnoyers).
 * State    busy   1: its reader is inside, or looks whether it may be
 *          listed, next   slots are pushed to the lock's list at first use and stay there; listed is
 *                  read by the owner only
 * Order    leaving is a release, pairs with the writer's look. Entering needs the gate's acquire, in the
 *          same instruction that sees it open.
 */
#ifndef CONTEND_RWSLOTS_H
#define CONTEND_RWSLOTS_H

#include <contend/spin.h>

/* Apart from everything else: its owner writes it twice per read. */
struct ct_rwslot {
    CT_APART struct ct_u32 busy;
    bool listed;
    uint32_t detours; /* the owner's: reads that did not go through the slot */
    struct ct_rwslot *next;
};

struct ct_rwslots {
    struct ct_ptr first;
};

enum { CT_RWSLOTS_OPEN }; /* a gate's value that lets readers in; every other one does not */

static inline void ct_rwslots_list(struct ct_rwslots *all, struct ct_rwslot *slot)
{
    void *first = ct_ptr_load_relaxed(&all->first);
    do {
        slot->next = (struct ct_rwslot *)first;
    } while (!ct_ptr_cas_seq_cst(&all->first, &first, slot)); /* pairs with the writer's look */
    slot->listed = true;
}

/* Needs ct_membarrier, by the writer between closing the gate and looking. False: the slot is still
   busy, the caller must leave it. */
static inline bool ct_rwslot_enter(struct ct_rwslot *slot, const struct ct_u32 *gate)
{
    ct_u32_store_relaxed(&slot->busy, 1);
    ct_compiler_barrier(); /* pairs with the writer's ct_membarrier */
    return ct_u32_load_acquire(gate) == CT_RWSLOTS_OPEN;
}

static inline bool ct_rwslot_busy(const struct ct_rwslot *slot)
{
    return ct_u32_load_relaxed(&slot->busy) != 0;
}

/* True: the gate is not open, so a writer may sleep on the slot: wake it. */
static inline bool ct_rwslot_leave(struct ct_rwslot *slot, const struct ct_u32 *gate)
{
    ct_u32_store_release(&slot->busy, 0);
    ct_compiler_barrier(); /* pairs with the writer's ct_membarrier */
    return ct_u32_load_relaxed(gate) != CT_RWSLOTS_OPEN;
}

/* The writer, after it closed the gate: wait until nobody is inside, 0 or ETIMEDOUT. Spins a little on each
   slot, then sleeps; with CT_RWSLOTS_LOOK for a deadline it only looks. */
enum { CT_RWSLOTS_LOOK = 0 };
static inline int ct_rwslots_drain(const struct ct_rwslots *all, uint64_t deadline_ns)
{
    const struct ct_rwslot *slot = (const struct ct_rwslot *)ct_ptr_load_seq_cst(&all->first);
    for (; slot; slot = slot->next) {
        struct ct_spin spin = CT_SPIN_START;
        bool patient = true;
        int error = 0;
        while (ct_u32_load_seq_cst(&slot->busy) != 0) { /* pairs with leaving */
            if (error != 0)
                return error;
            if (deadline_ns == CT_RWSLOTS_LOOK)
                return ETIMEDOUT;
            patient = patient && ct_spin_more(&spin);
            if (!patient)
                error = ct_wait(&slot->busy, 1, deadline_ns);
        }
    }
    return 0;
}

#endif
