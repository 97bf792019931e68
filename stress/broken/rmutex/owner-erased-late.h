// SPDX-License-Identifier: MIT
/* owner-erased-late - recursive mutex over a spin lock, broken.
 *
 * Mistake: the last unlock frees the lock first and erases the owner after that, when the owner may be
 *          the next thread.
 * Breaks:  the owner is known; an unlock touches nothing once others may have the mutex.
 */
#ifndef STRESS_BROKEN_RMUTEX_OWNER_ERASED_LATE_H
#define STRESS_BROKEN_RMUTEX_OWNER_ERASED_LATE_H

#include <contend/rmutex.h>
#include <contend/wait.h>

struct ct_rmutex_owner_erased_late {
    struct ct_u32 held, owner;
    uint32_t depth;
};

static inline void ct_rmutex_owner_erased_late_init(struct ct_rmutex_owner_erased_late *m)
{
    ct_u32_store_relaxed(&m->held, 0);
    ct_u32_store_relaxed(&m->owner, 0);
    m->depth = 0;
}

static inline bool ct_rmutex_owner_erased_late_is_mine(const struct ct_rmutex_owner_erased_late *m)
{
    return ct_u32_load_relaxed(&m->owner) == ct_thread_id();
}

static inline int ct_rmutex_owner_erased_late_lock(struct ct_rmutex_owner_erased_late *m)
{
    if (!ct_rmutex_owner_erased_late_is_mine(m)) {
        while (ct_u32_exchange_acquire(&m->held, 1)) /* pairs with unlock */
            ct_pause();
        ct_u32_store_relaxed(&m->owner, ct_thread_id());
        m->depth = 0;
    }
    m->depth++;
    return 0;
}

static inline int ct_rmutex_owner_erased_late_unlock(struct ct_rmutex_owner_erased_late *m)
{
    if (!ct_rmutex_owner_erased_late_is_mine(m))
        return EPERM;
    if (--m->depth != 0)
        return 0;
    ct_u32_store_release(&m->held, 0);
    ct_u32_store_relaxed(&m->owner, 0); /* the mistake: before the other */
    return 0;
}

CT_RMUTEX_ADAPT(owner_erased_late)

static const struct ct_rmutex_ops ct_rmutex_owner_erased_late_ops = {
    .impl = {CT_RMUTEX_IMPL(owner_erased_late, "owner-erased-late"),
             .summary = "broken: erases the next owner's id", .source = "rmutex_over.h",
             .traits = CT_SPINS},
    CT_RMUTEX_REQUIRED(owner_erased_late),
};

#endif
