// SPDX-License-Identifier: MIT
/* asym-waiter-flag - parking lock whose unlock is a plain store and a look at a flag, broken.
 *
 * Idea     Unlock: store free, then read whether somebody waits, with nothing but a compiler barrier
 *          in between; the waiter pays for the order with a process-wide barrier between announcing
 *          itself and looking again. Where there is none, unlock exchanges instead.
 * Mistake: the announcement is one flag, which the unlocker clears before it wakes one, instead of a
 *          count that each waiter takes itself out of: with two asleep the second is forgotten.
 * Breaks:  no lost wake-up; needs three threads.
 */
#ifndef STRESS_BROKEN_MUTEX_ASYM_WAITER_FLAG_H
#define STRESS_BROKEN_MUTEX_ASYM_WAITER_FLAG_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_asym_waiter_flag {
    struct ct_u32 held;
    struct ct_u32 waiter; /* somebody sleeps or is about to */
};

static inline void ct_mutex_asym_waiter_flag_init(struct ct_mutex_asym_waiter_flag *m)
{
    ct_u32_store_relaxed(&m->held, 0);
    ct_u32_store_relaxed(&m->waiter, 0);
}

static inline bool ct_mutex_asym_waiter_flag_trylock(struct ct_mutex_asym_waiter_flag *m)
{
    uint32_t seen = 0;
    return ct_u32_cas_acquire(&m->held, &seen, 1); /* pairs with unlock */
}

static inline void ct_mutex_asym_waiter_flag_lock(struct ct_mutex_asym_waiter_flag *m)
{
    while (!ct_mutex_asym_waiter_flag_trylock(m)) {
        if (ct_rseq_usable()) {
            ct_u32_store_relaxed(&m->waiter, 1);
            ct_membarrier_rseq(); /* either unlock sees waiter, or the look below sees its store */
        } else {
            ct_u32_exchange_seq_cst(&m->waiter, 1);
        }
        if (ct_u32_load_seq_cst(&m->held))
            ct_wait(&m->held, 1, CT_FOREVER);
    }
}

static inline void ct_mutex_asym_waiter_flag_unlock(struct ct_mutex_asym_waiter_flag *m)
{
    if (ct_rseq_usable()) {
        ct_u32_store_release(&m->held, 0);
        ct_compiler_barrier();
    } else {
        ct_u32_exchange_seq_cst(&m->held, 0);
    }
    if (ct_u32_load_seq_cst(&m->waiter)) {
        ct_u32_store_relaxed(&m->waiter, 0); /* the mistake: there may be two */
        ct_wake(&m->held, 1);
    }
}

CT_MUTEX_ADAPT(asym_waiter_flag)
CT_MUTEX_ADAPT_TRY(asym_waiter_flag)

static const struct ct_mutex_ops ct_mutex_asym_waiter_flag_ops = {
    .impl = {CT_MUTEX_IMPL(asym_waiter_flag, "asym-waiter-flag"),
             .summary = "broken: one waiter flag for all, cleared by unlock",
             .source = "after Dice, Huang & Yang, Asymmetric Dekker Synchronization",
             .traits = CT_PARKS},
    CT_MUTEX_REQUIRED(asym_waiter_flag),
    .trylock = ct_mutex_asym_waiter_flag_op_trylock,
};

#endif
