// SPDX-License-Identifier: MIT
/* unlock-relaxed - recursive spin lock, broken.
 *
 * Mistake: the last unlock stores relaxed, so that nothing orders the owner's writes before it.
 * Breaks:  visibility of the previous owner's writes.
 */
#ifndef STRESS_BROKEN_RMUTEX_UNLOCK_RELAXED_H
#define STRESS_BROKEN_RMUTEX_UNLOCK_RELAXED_H

#include <contend/rmutex.h>
#include <contend/wait.h>

struct ct_rmutex_unlock_relaxed {
    struct ct_u32 owner; /* 0: free */
    uint32_t depth;
};

static inline void ct_rmutex_unlock_relaxed_init(struct ct_rmutex_unlock_relaxed *m)
{
    ct_u32_store_relaxed(&m->owner, 0);
    m->depth = 0;
}

static inline bool ct_rmutex_unlock_relaxed_is_mine(const struct ct_rmutex_unlock_relaxed *m)
{
    return ct_u32_load_relaxed(&m->owner) == ct_thread_id();
}

static inline bool ct_rmutex_unlock_relaxed_take(struct ct_rmutex_unlock_relaxed *m)
{
    uint32_t seen = 0;
    return ct_u32_cas_acquire(&m->owner, &seen, ct_thread_id()); /* pairs with unlock */
}

static inline int ct_rmutex_unlock_relaxed_lock(struct ct_rmutex_unlock_relaxed *m)
{
    if (!ct_rmutex_unlock_relaxed_is_mine(m)) {
        while (!ct_rmutex_unlock_relaxed_take(m))
            ct_pause();
        m->depth = 0;
    }
    m->depth++;
    return 0;
}

static inline int ct_rmutex_unlock_relaxed_unlock(struct ct_rmutex_unlock_relaxed *m)
{
    if (!ct_rmutex_unlock_relaxed_is_mine(m))
        return EPERM;
    if (--m->depth == 0)
        ct_u32_store_relaxed(&m->owner, 0); /* the mistake: release */
    return 0;
}

CT_RMUTEX_ADAPT(unlock_relaxed)

static const struct ct_rmutex_ops ct_rmutex_unlock_relaxed_ops = {
    .impl = {CT_RMUTEX_IMPL(unlock_relaxed, "unlock-relaxed"),
             .summary = "broken: unlocks with a relaxed store",
             .source = "POSIX, PTHREAD_MUTEX_RECURSIVE", .traits = CT_SPINS},
    CT_RMUTEX_REQUIRED(unlock_relaxed),
};

#endif
