// SPDX-License-Identifier: MIT
/* releases-early - recursive spin lock, broken.
 *
 * Mistake: the depth is not counted: the first unlock frees.
 * Breaks:  released at depth 0 and not before.
 */
#ifndef STRESS_BROKEN_RMUTEX_RELEASES_EARLY_H
#define STRESS_BROKEN_RMUTEX_RELEASES_EARLY_H

#include <contend/rmutex.h>
#include <contend/wait.h>

struct ct_rmutex_releases_early {
    struct ct_u32 owner; /* 0: free */
};

static inline void ct_rmutex_releases_early_init(struct ct_rmutex_releases_early *m)
{
    ct_u32_store_relaxed(&m->owner, 0);
}

static inline bool ct_rmutex_releases_early_is_mine(const struct ct_rmutex_releases_early *m)
{
    return ct_u32_load_relaxed(&m->owner) == ct_thread_id();
}

static inline bool ct_rmutex_releases_early_take(struct ct_rmutex_releases_early *m)
{
    uint32_t seen = 0;
    return ct_u32_cas_acquire(&m->owner, &seen, ct_thread_id()); /* pairs with unlock */
}

static inline int ct_rmutex_releases_early_lock(struct ct_rmutex_releases_early *m)
{
    while (!ct_rmutex_releases_early_is_mine(m) && !ct_rmutex_releases_early_take(m))
        ct_pause();
    return 0;
}

static inline int ct_rmutex_releases_early_unlock(struct ct_rmutex_releases_early *m)
{
    if (ct_rmutex_releases_early_is_mine(m)) /* so that only the depth is wrong */
        ct_u32_store_release(&m->owner, 0);  /* the mistake: there may be locks left */
    return 0;
}

CT_RMUTEX_ADAPT(releases_early)

static const struct ct_rmutex_ops ct_rmutex_releases_early_ops = {
    .impl = {CT_RMUTEX_IMPL(releases_early, "releases-early"),
             .summary = "broken: the first unlock frees",
             .source = "POSIX, PTHREAD_MUTEX_RECURSIVE", .traits = CT_SPINS},
    CT_RMUTEX_REQUIRED(releases_early),
};

#endif
