// SPDX-License-Identifier: MIT
/* ttas-lock-relaxed - test and test-and-set spin lock, broken.
 *
 * Mistake: lock exchanges relaxed, so that nothing orders the critical section after it.
 * Breaks:  visibility of the previous holder's writes.
 */
#ifndef STRESS_BROKEN_MUTEX_TTAS_LOCK_RELAXED_H
#define STRESS_BROKEN_MUTEX_TTAS_LOCK_RELAXED_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_ttas_lock_relaxed {
    struct ct_u32 held;
};

static inline void ct_mutex_ttas_lock_relaxed_init(struct ct_mutex_ttas_lock_relaxed *m)
{
    ct_u32_store_relaxed(&m->held, 0);
}

static inline void ct_mutex_ttas_lock_relaxed_lock(struct ct_mutex_ttas_lock_relaxed *m)
{
    while (ct_u32_exchange_relaxed(&m->held, 1)) { /* the mistake: acquire */
        while (ct_u32_load_relaxed(&m->held))
            ct_pause();
    }
}

static inline bool ct_mutex_ttas_lock_relaxed_trylock(struct ct_mutex_ttas_lock_relaxed *m)
{
    return !ct_u32_load_relaxed(&m->held) && !ct_u32_exchange_acquire(&m->held, 1);
}

static inline void ct_mutex_ttas_lock_relaxed_unlock(struct ct_mutex_ttas_lock_relaxed *m)
{
    ct_u32_store_release(&m->held, 0);
}

CT_MUTEX_ADAPT(ttas_lock_relaxed)
CT_MUTEX_ADAPT_TRY(ttas_lock_relaxed)

static const struct ct_mutex_ops ct_mutex_ttas_lock_relaxed_ops = {
    .impl = {CT_MUTEX_IMPL(ttas_lock_relaxed, "ttas-lock-relaxed"),
             .summary = "broken: locks with a relaxed exchange",
             .source = "Rudolph & Segall, ISCA 1984", .traits = CT_SPINS},
    CT_MUTEX_REQUIRED(ttas_lock_relaxed),
    .trylock = ct_mutex_ttas_lock_relaxed_op_trylock,
};

#endif
