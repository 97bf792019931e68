// SPDX-License-Identifier: MIT
/* ttas-unlock-relaxed - test and test-and-set spin lock, broken.
 *
 * Mistake: unlock stores relaxed, so that nothing orders the owner's writes before it.
 * Breaks:  visibility of the previous holder's writes.
 */
#ifndef STRESS_BROKEN_MUTEX_TTAS_UNLOCK_RELAXED_H
#define STRESS_BROKEN_MUTEX_TTAS_UNLOCK_RELAXED_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_ttas_unlock_relaxed {
    struct ct_u32 held;
};

static inline void ct_mutex_ttas_unlock_relaxed_init(struct ct_mutex_ttas_unlock_relaxed *m)
{
    ct_u32_store_relaxed(&m->held, 0);
}

static inline void ct_mutex_ttas_unlock_relaxed_lock(struct ct_mutex_ttas_unlock_relaxed *m)
{
    while (ct_u32_exchange_acquire(&m->held, 1)) {
        while (ct_u32_load_relaxed(&m->held))
            ct_pause();
    }
}

static inline bool ct_mutex_ttas_unlock_relaxed_trylock(struct ct_mutex_ttas_unlock_relaxed *m)
{
    return !ct_u32_load_relaxed(&m->held) && !ct_u32_exchange_acquire(&m->held, 1);
}

static inline void ct_mutex_ttas_unlock_relaxed_unlock(struct ct_mutex_ttas_unlock_relaxed *m)
{
    ct_u32_store_relaxed(&m->held, 0); /* the mistake: release */
}

CT_MUTEX_ADAPT(ttas_unlock_relaxed)
CT_MUTEX_ADAPT_TRY(ttas_unlock_relaxed)

static const struct ct_mutex_ops ct_mutex_ttas_unlock_relaxed_ops = {
    .impl = {CT_MUTEX_IMPL(ttas_unlock_relaxed, "ttas-unlock-relaxed"),
             .summary = "broken: unlocks with a relaxed store",
             .source = "Rudolph & Segall, ISCA 1984", .traits = CT_SPINS},
    CT_MUTEX_REQUIRED(ttas_unlock_relaxed),
    .trylock = ct_mutex_ttas_unlock_relaxed_op_trylock,
};

#endif
