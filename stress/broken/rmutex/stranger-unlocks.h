// SPDX-License-Identifier: MIT
/* stranger-unlocks - recursive spin lock, broken.
 *
 * Mistake: unlock does not look whose the mutex is.
 * Breaks:  an unlock by a thread that is not the owner fails and changes nothing.
 */
#ifndef STRESS_BROKEN_RMUTEX_STRANGER_UNLOCKS_H
#define STRESS_BROKEN_RMUTEX_STRANGER_UNLOCKS_H

#include <contend/rmutex.h>
#include <contend/wait.h>

struct ct_rmutex_stranger_unlocks {
    struct ct_u32 owner; /* 0: free */
    uint32_t depth;
};

static inline void ct_rmutex_stranger_unlocks_init(struct ct_rmutex_stranger_unlocks *m)
{
    ct_u32_store_relaxed(&m->owner, 0);
    m->depth = 0;
}

static inline bool ct_rmutex_stranger_unlocks_is_mine(const struct ct_rmutex_stranger_unlocks *m)
{
    return ct_u32_load_relaxed(&m->owner) == ct_thread_id();
}

static inline bool ct_rmutex_stranger_unlocks_take(struct ct_rmutex_stranger_unlocks *m)
{
    uint32_t seen = 0;
    return ct_u32_cas_acquire(&m->owner, &seen, ct_thread_id()); /* pairs with unlock */
}

static inline int ct_rmutex_stranger_unlocks_lock(struct ct_rmutex_stranger_unlocks *m)
{
    if (!ct_rmutex_stranger_unlocks_is_mine(m)) {
        while (!ct_rmutex_stranger_unlocks_take(m))
            ct_pause();
        m->depth = 0;
    }
    m->depth++;
    return 0;
}

static inline int ct_rmutex_stranger_unlocks_unlock(struct ct_rmutex_stranger_unlocks *m)
{
    if (ct_u32_load_relaxed(&m->owner) == 0)
        return EPERM;
    ct_u32_store_release(&m->owner, 0); /* the mistake: whoever calls */
    return 0;
}

CT_RMUTEX_ADAPT(stranger_unlocks)

static const struct ct_rmutex_ops ct_rmutex_stranger_unlocks_ops = {
    .impl = {CT_RMUTEX_IMPL(stranger_unlocks, "stranger-unlocks"),
             .summary = "broken: whoever calls unlock frees",
             .source = "POSIX, PTHREAD_MUTEX_RECURSIVE", .traits = CT_SPINS},
    CT_RMUTEX_REQUIRED(stranger_unlocks),
};

#endif
