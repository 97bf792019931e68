// SPDX-License-Identifier: MIT
/* biased - as distributed while nobody writes, as futex while somebody does.
 *
 * Idea      Under it lies a futex lock that every writer takes. While the gate is open readers pass it by
 *           through their slots (rwslots.h). The first writer closes the gate and waits until the slots are
 *           empty; then readers take the lock underneath, until one of them, holding it, opens the gate
 *           again: not before CT_BIASED_INHIBIT times what closing took, so that writers lose about a
 *           tenth of their time at most, whatever the mix.
 * Source    Dice & Kogan, "BRAVO - Biased Locking for Reader-Writer Locks", USENIX ATC 2019, with slots
 *           of their owners' and membarrier(2) in place of a shared table and the reader's fence.
 * State     under    rwword.h; a writer that holds it and found the gate open closes it
 *           gate     0 open | 1 closed
 *           opens_ns not before then; written by writers that hold under, read by readers that do
 *           A reader holds through its slot if that is busy, else underneath. The gate opens only while a
 *           reader holds under, and so excludes writers; a writer that gives up waiting for the slots
 *           opens it again, for it closed on readers that are still inside.
 * Order     as rwslots.h and rwword.h. Opening is a release by a reader that acquired the last writer's
 *           unlock, pairs with the acquire of those that come through the gate.
 * Lifetime  as futex, and a reader reads the gate after it left its slot (trait late).
 * Choose    reads by many threads, few writes, or bursts of them. Where membarrier is missing, the gate
 *           stays closed: it is then futex.
 */
#ifndef CONTEND_RWLOCK_BIASED_H
#define CONTEND_RWLOCK_BIASED_H

#include <contend/rwslots.h>
#include <contend/rwword.h>

struct ct_rwlock_biased {
    struct ct_u32 gate;
    struct ct_rwslots slots;
    uint64_t opens_ns;
    struct ct_rwword under;
};

struct ct_rwlock_biased_node {
    struct ct_rwslot slot;
};

enum { CT_BIASED_CLOSED = CT_RWSLOTS_OPEN + 1 };
#define CT_BIASED_INHIBIT 9

static inline void ct_rwlock_biased_init(struct ct_rwlock_biased *rw)
{
    bool usable = ct_membarrier_usable();
    ct_u32_store_relaxed(&rw->gate, usable ? CT_RWSLOTS_OPEN : CT_BIASED_CLOSED);
    rw->opens_ns = usable ? 0 : CT_FOREVER;
    ct_ptr_store_relaxed(&rw->slots.first, NULL);
    ct_rwword_init(&rw->under);
}

static inline void ct_rwlock_biased_leave(struct ct_rwlock_biased *rw,
                                          struct ct_rwlock_biased_node *node)
{
    if (__builtin_expect(ct_rwslot_leave(&node->slot, &rw->gate), 0))
        ct_wake(&node->slot.busy, 1);
}

static inline bool ct_rwlock_biased_fast(struct ct_rwlock_biased *rw,
                                         struct ct_rwlock_biased_node *node)
{
    if (ct_u32_load_relaxed(&rw->gate) != CT_RWSLOTS_OPEN || !node->slot.listed)
        return false;
    if (__builtin_expect(ct_rwslot_enter(&node->slot, &rw->gate), 1))
        return true;
    ct_rwlock_biased_leave(rw, node);
    return false;
}

/* Holding under for reading: open the gate again, if it is time. The clock costs more than a read, so it is
   not asked each time. */
static inline void ct_rwlock_biased_reopen(struct ct_rwlock_biased *rw,
                                           struct ct_rwlock_biased_node *node)
{
    if (++node->slot.detours % CT_SPIN_QUIET == 0 && rw->opens_ns != CT_FOREVER &&
        ct_now_ns() >= rw->opens_ns)
        ct_u32_store_release(&rw->gate, CT_RWSLOTS_OPEN);
}

/* Not through the slot, or not yet. */
__attribute__((noinline)) static int ct_rwlock_biased_detour(struct ct_rwlock_biased *rw,
                                                             struct ct_rwlock_biased_node *node,
                                                             uint64_t deadline_ns)
{
    if (!node->slot.listed) {
        ct_rwslots_list(&rw->slots, &node->slot);
        if (ct_rwlock_biased_fast(rw, node))
            return 0;
    }
    int error = ct_rwword_timedrdlock(&rw->under, deadline_ns, CT_RWLOCK_PHASES);
    if (error == 0)
        ct_rwlock_biased_reopen(rw, node);
    return error;
}

static inline int ct_rwlock_biased_timedrdlock(struct ct_rwlock_biased *rw,
                                               struct ct_rwlock_biased_node *node,
                                               uint64_t deadline_ns)
{
    return ct_rwlock_biased_fast(rw, node) ? 0 : ct_rwlock_biased_detour(rw, node, deadline_ns);
}

static inline void ct_rwlock_biased_rdlock(struct ct_rwlock_biased *rw,
                                           struct ct_rwlock_biased_node *node)
{
    (void)ct_rwlock_biased_timedrdlock(rw, node, CT_FOREVER);
}

static inline bool ct_rwlock_biased_tryrdlock(struct ct_rwlock_biased *rw,
                                              struct ct_rwlock_biased_node *node)
{
    if (!node->slot.listed)
        ct_rwslots_list(&rw->slots, &node->slot);
    if (ct_rwlock_biased_fast(rw, node))
        return true;
    if (!ct_rwword_tryrdlock(&rw->under, CT_RWLOCK_PHASES))
        return false;
    ct_rwlock_biased_reopen(rw, node);
    return true;
}

static inline void ct_rwlock_biased_rdunlock(struct ct_rwlock_biased *rw,
                                             struct ct_rwlock_biased_node *node)
{
    if (ct_rwslot_busy(&node->slot))
        ct_rwlock_biased_leave(rw, node);
    else
        ct_rwword_rdunlock(&rw->under);
}

/* Holding under for writing: close the gate. ETIMEDOUT: it is open as before. */
__attribute__((noinline)) static int ct_rwlock_biased_shut(struct ct_rwlock_biased *rw,
                                                           uint64_t deadline_ns)
{
    uint64_t begin_ns = ct_now_ns();
    ct_u32_store_relaxed(&rw->gate, CT_BIASED_CLOSED);
    ct_membarrier(); /* pairs with the compiler barriers of rwslots.h */
    if (ct_rwslots_drain(&rw->slots, deadline_ns) != 0) {
        ct_u32_store_release(&rw->gate, CT_RWSLOTS_OPEN);
        return ETIMEDOUT;
    }
    uint64_t end_ns = ct_now_ns();
    rw->opens_ns = end_ns + CT_BIASED_INHIBIT * (end_ns - begin_ns);
    return 0;
}

static inline void ct_rwlock_biased_wrunlock(struct ct_rwlock_biased *rw)
{
    ct_rwword_wrunlock(&rw->under, CT_RWLOCK_PHASES);
}

static inline int ct_rwlock_biased_timedwrlock(struct ct_rwlock_biased *rw, uint64_t deadline_ns)
{
    int error = ct_rwword_timedwrlock(&rw->under, deadline_ns);
    if (error != 0 || ct_u32_load_relaxed(&rw->gate) != CT_RWSLOTS_OPEN)
        return error;
    error = ct_rwlock_biased_shut(rw, deadline_ns);
    if (error != 0)
        ct_rwlock_biased_wrunlock(rw);
    return error;
}

static inline void ct_rwlock_biased_wrlock(struct ct_rwlock_biased *rw)
{
    (void)ct_rwlock_biased_timedwrlock(rw, CT_FOREVER);
}

static inline bool ct_rwlock_biased_trywrlock(struct ct_rwlock_biased *rw)
{
    if (!ct_rwword_trywrlock(&rw->under))
        return false;
    if (ct_u32_load_relaxed(&rw->gate) != CT_RWSLOTS_OPEN ||
        ct_rwlock_biased_shut(rw, CT_RWSLOTS_LOOK) == 0)
        return true;
    ct_rwlock_biased_wrunlock(rw);
    return false;
}

CT_RWLOCK_ADAPT_NODE(biased)
CT_RWLOCK_ADAPT_NODE_TRY(biased)
CT_RWLOCK_ADAPT_NODE_TIMED(biased)

static const struct ct_rwlock_ops ct_rwlock_biased_ops = {
    .impl = {CT_RWLOCK_IMPL(biased, "biased"), .node_bytes = sizeof(struct ct_rwlock_biased_node),
             .summary = "distributed while nobody writes, else futex",
             .source = "BRAVO (Dice & Kogan 2019) on membarrier(2)",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    .preference = CT_RWLOCK_PHASES,
    CT_RWLOCK_REQUIRED(biased),
    CT_RWLOCK_TRY(biased),
    CT_RWLOCK_TIMED(biased),
};

#endif
