// SPDX-License-Identifier: MIT
/* trylock-takes-others - recursive spin lock, broken.
 *
 * Mistake: trylock makes any held mutex one deeper, not only its own thread's.
 * Breaks:  exclusion; trylock never lies.
 */
#ifndef STRESS_BROKEN_RMUTEX_TRYLOCK_TAKES_OTHERS_H
#define STRESS_BROKEN_RMUTEX_TRYLOCK_TAKES_OTHERS_H

#include <contend/rmutex.h>
#include <contend/wait.h>

struct ct_rmutex_trylock_takes_others {
    struct ct_u32 owner; /* 0: free */
    uint32_t depth;
};

static inline void ct_rmutex_trylock_takes_others_init(struct ct_rmutex_trylock_takes_others *m)
{
    ct_u32_store_relaxed(&m->owner, 0);
    m->depth = 0;
}

static inline bool
ct_rmutex_trylock_takes_others_is_mine(const struct ct_rmutex_trylock_takes_others *m)
{
    return ct_u32_load_relaxed(&m->owner) == ct_thread_id();
}

static inline bool ct_rmutex_trylock_takes_others_take(struct ct_rmutex_trylock_takes_others *m)
{
    uint32_t seen = 0;
    return ct_u32_cas_acquire(&m->owner, &seen, ct_thread_id()); /* pairs with unlock */
}

static inline int ct_rmutex_trylock_takes_others_lock(struct ct_rmutex_trylock_takes_others *m)
{
    if (!ct_rmutex_trylock_takes_others_is_mine(m)) {
        while (!ct_rmutex_trylock_takes_others_take(m))
            ct_pause();
        m->depth = 0;
    }
    m->depth++;
    return 0;
}

static inline int ct_rmutex_trylock_takes_others_unlock(struct ct_rmutex_trylock_takes_others *m)
{
    if (!ct_rmutex_trylock_takes_others_is_mine(m))
        return EPERM;
    if (--m->depth == 0)
        ct_u32_store_release(&m->owner, 0);
    return 0;
}

static inline bool ct_rmutex_trylock_takes_others_trylock(struct ct_rmutex_trylock_takes_others *m)
{
    if (!ct_rmutex_trylock_takes_others_take(m))
        m->depth++; /* the mistake: it may be another thread's */
    else
        m->depth = 1;
    return true;
}

CT_RMUTEX_ADAPT(trylock_takes_others)
CT_RMUTEX_ADAPT_TRY(trylock_takes_others)

static const struct ct_rmutex_ops ct_rmutex_trylock_takes_others_ops = {
    .impl = {CT_RMUTEX_IMPL(trylock_takes_others, "trylock-takes-others"),
             .summary = "broken: trylock is true whoever the owner is",
             .source = "POSIX, PTHREAD_MUTEX_RECURSIVE", .traits = CT_SPINS},
    CT_RMUTEX_REQUIRED(trylock_takes_others),
    .trylock = ct_rmutex_trylock_takes_others_op_trylock,
};

#endif
