// SPDX-License-Identifier: MIT
/* distributed - a slot for each reader, no locked instruction to read; writers pay for all of it.
 *
 * Idea      Readers store to a slot of their own and look at a gate (rwslots.h). The gate is also the lock
 *           of the writers among themselves: three states, as in the textbook futex mutex.
 * Source    as rwslots.h; three states: Drepper, "Futexes Are Tricky", 2011.
 * State     gate    OPEN | FENCED: open, but there is no membarrier, so that readers need a fence of
 *                   their own | CLOSED by a writer | WAITED: closed, and somebody may sleep on it
 *           opens   OPEN or FENCED, as init found the kernel
 *           slots   of all readers that ever came
 * Order     the writer's exchange of the gate releases, readers and writers that find it open acquire.
 *           Readers left: rwslots.h. FENCED: busy and gate are written and read seq_cst on both sides.
 * Lifetime  a reader reads the gate after it left its slot (trait late).
 * Choose    reads outnumber writes by a thousand to one or more: a write costs a barrier on every CPU and
 *           a look at every slot. Where that changes over time, biased. A writer keeps readers out from the
 *           moment it closed the gate, while it still waits; who comes first once it leaves is open, and
 *           everybody is woken to find out.
 */
#ifndef CONTEND_RWLOCK_DISTRIBUTED_H
#define CONTEND_RWLOCK_DISTRIBUTED_H

#include <contend/rwlock.h>
#include <contend/rwslots.h>

struct ct_rwlock_distributed {
    struct ct_u32 gate;
    uint32_t opens;
    struct ct_rwslots slots;
};

struct ct_rwlock_distributed_node {
    struct ct_rwslot slot;
};

enum {
    CT_DISTRIBUTED_OPEN = CT_RWSLOTS_OPEN,
    CT_DISTRIBUTED_FENCED,
    CT_DISTRIBUTED_CLOSED,
    CT_DISTRIBUTED_WAITED,
};

static inline void ct_rwlock_distributed_init(struct ct_rwlock_distributed *rw)
{
    rw->opens = ct_membarrier_usable() ? CT_DISTRIBUTED_OPEN : CT_DISTRIBUTED_FENCED;
    ct_u32_store_relaxed(&rw->gate, rw->opens);
    ct_ptr_store_relaxed(&rw->slots.first, NULL);
}

/* Until the gate is open, or the deadline has passed. */
static inline int ct_rwlock_distributed_wait(struct ct_rwlock_distributed *rw, uint64_t deadline_ns)
{
    struct ct_spin spin = CT_SPIN_START;
    do {
        if (ct_u32_load_relaxed(&rw->gate) == rw->opens)
            return 0;
    } while (ct_spin_more(&spin));
    uint32_t seen = CT_DISTRIBUTED_CLOSED;
    if (!ct_u32_cas_relaxed(&rw->gate, &seen, CT_DISTRIBUTED_WAITED) && seen == rw->opens)
        return 0;
    return ct_wait(&rw->gate, CT_DISTRIBUTED_WAITED, deadline_ns);
}

/* The gate was not open: wake the writer that may sleep on the slot. */
__attribute__((noinline)) static void
ct_rwlock_distributed_wake(struct ct_rwlock_distributed *rw,
                           struct ct_rwlock_distributed_node *node)
{
    ct_u32_exchange_seq_cst(&node->slot.busy, 0); /* once more, as a fence for FENCED */
    if (ct_u32_load_seq_cst(&rw->gate) != rw->opens)
        ct_wake(&node->slot.busy, 1);
}

static inline void ct_rwlock_distributed_rdunlock(struct ct_rwlock_distributed *rw,
                                                  struct ct_rwlock_distributed_node *node)
{
    if (__builtin_expect(ct_rwslot_leave(&node->slot, &rw->gate), 0))
        ct_rwlock_distributed_wake(rw, node);
}

/* One attempt, where the gate may be FENCED. */
static inline bool ct_rwlock_distributed_enter(struct ct_rwlock_distributed *rw,
                                               struct ct_rwlock_distributed_node *node)
{
    if (!node->slot.listed)
        ct_rwslots_list(&rw->slots, &node->slot);
    if (ct_u32_load_relaxed(&rw->gate) != rw->opens)
        return false;
    bool entered;
    if (rw->opens == CT_DISTRIBUTED_OPEN) {
        entered = ct_rwslot_enter(&node->slot, &rw->gate);
    } else {
        ct_u32_exchange_seq_cst(&node->slot.busy, 1);
        entered = ct_u32_load_seq_cst(&rw->gate) == CT_DISTRIBUTED_FENCED;
    }
    if (!entered)
        ct_rwlock_distributed_rdunlock(rw, node);
    return entered;
}

static inline bool ct_rwlock_distributed_fast(struct ct_rwlock_distributed *rw,
                                              struct ct_rwlock_distributed_node *node)
{
    if (__builtin_expect(!node->slot.listed, 0))
        return false;
    if (__builtin_expect(ct_rwslot_enter(&node->slot, &rw->gate), 1))
        return true;
    ct_rwlock_distributed_rdunlock(rw, node);
    return false;
}

__attribute__((noinline)) static int
ct_rwlock_distributed_slow(struct ct_rwlock_distributed *rw,
                           struct ct_rwlock_distributed_node *node, uint64_t deadline_ns)
{
    int error = 0;
    while (!ct_rwlock_distributed_enter(rw, node)) {
        if (error != 0)
            return error;
        error = ct_rwlock_distributed_wait(rw, deadline_ns);
    }
    return 0;
}

static inline int ct_rwlock_distributed_timedrdlock(struct ct_rwlock_distributed *rw,
                                                    struct ct_rwlock_distributed_node *node,
                                                    uint64_t deadline_ns)
{
    return ct_rwlock_distributed_fast(rw, node) ? 0
                                                : ct_rwlock_distributed_slow(rw, node, deadline_ns);
}

static inline void ct_rwlock_distributed_rdlock(struct ct_rwlock_distributed *rw,
                                                struct ct_rwlock_distributed_node *node)
{
    if (!ct_rwlock_distributed_fast(rw, node))
        ct_rwlock_distributed_slow(rw, node, CT_FOREVER);
}

static inline bool ct_rwlock_distributed_tryrdlock(struct ct_rwlock_distributed *rw,
                                                   struct ct_rwlock_distributed_node *node)
{
    return ct_rwlock_distributed_fast(rw, node) || ct_rwlock_distributed_enter(rw, node);
}

static inline void ct_rwlock_distributed_wrunlock(struct ct_rwlock_distributed *rw)
{
    if (ct_u32_exchange_release(&rw->gate, rw->opens) == CT_DISTRIBUTED_WAITED)
        ct_wake(&rw->gate, CT_WAKE_ALL);
}

/* True: the gate is closed, by the caller, and every reader sees that, or is seen in its slot. */
static inline bool ct_rwlock_distributed_close(struct ct_rwlock_distributed *rw)
{
    uint32_t seen = rw->opens;
    if (!ct_u32_cas_seq_cst(&rw->gate, &seen, CT_DISTRIBUTED_CLOSED))
        return false;
    if (rw->opens == CT_DISTRIBUTED_OPEN)
        ct_membarrier();
    return true;
}

__attribute__((noinline)) static int
ct_rwlock_distributed_timedwrlock(struct ct_rwlock_distributed *rw, uint64_t deadline_ns)
{
    int error = 0;
    while (!ct_rwlock_distributed_close(rw)) {
        if (error != 0)
            return error;
        error = ct_rwlock_distributed_wait(rw, deadline_ns);
    }
    error = ct_rwslots_drain(&rw->slots, deadline_ns);
    if (error != 0)
        ct_rwlock_distributed_wrunlock(rw);
    return error;
}

static inline void ct_rwlock_distributed_wrlock(struct ct_rwlock_distributed *rw)
{
    (void)ct_rwlock_distributed_timedwrlock(rw, CT_FOREVER);
}

static inline bool ct_rwlock_distributed_trywrlock(struct ct_rwlock_distributed *rw)
{
    if (!ct_rwlock_distributed_close(rw))
        return false;
    if (ct_rwslots_drain(&rw->slots, CT_RWSLOTS_LOOK) == 0)
        return true;
    ct_rwlock_distributed_wrunlock(rw);
    return false;
}

CT_RWLOCK_ADAPT_NODE(distributed)
CT_RWLOCK_ADAPT_NODE_TRY(distributed)
CT_RWLOCK_ADAPT_NODE_TIMED(distributed)

static const struct ct_rwlock_ops ct_rwlock_distributed_ops = {
    .impl = {CT_RWLOCK_IMPL(distributed, "distributed"),
             .node_bytes = sizeof(struct ct_rwlock_distributed_node),
             .summary = "a slot per reader, no RMW to read; writers pay a barrier",
             .source = "Hsieh & Weihl 1992; Liu, Zhang & Chen 2014; own",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    .preference = CT_RWLOCK_UNSTATED,
    CT_RWLOCK_REQUIRED(distributed),
    CT_RWLOCK_TRY(distributed),
    CT_RWLOCK_TIMED(distributed),
};

#endif
