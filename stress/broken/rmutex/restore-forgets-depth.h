// SPDX-License-Identifier: MIT
/* restore-forgets-depth - recursive spin lock, broken.
 *
 * Mistake: restore takes the mutex back, but not as deep as it was.
 * Breaks:  the depth is restored: released at depth 0 and not before.
 */
#ifndef STRESS_BROKEN_RMUTEX_RESTORE_FORGETS_DEPTH_H
#define STRESS_BROKEN_RMUTEX_RESTORE_FORGETS_DEPTH_H

#include <contend/rmutex.h>
#include <contend/wait.h>

struct ct_rmutex_restore_forgets_depth {
    struct ct_u32 owner; /* 0: free */
    uint32_t depth;
};

static inline void ct_rmutex_restore_forgets_depth_init(struct ct_rmutex_restore_forgets_depth *m)
{
    ct_u32_store_relaxed(&m->owner, 0);
    m->depth = 0;
}

static inline bool
ct_rmutex_restore_forgets_depth_is_mine(const struct ct_rmutex_restore_forgets_depth *m)
{
    return ct_u32_load_relaxed(&m->owner) == ct_thread_id();
}

static inline bool ct_rmutex_restore_forgets_depth_take(struct ct_rmutex_restore_forgets_depth *m)
{
    uint32_t seen = 0;
    return ct_u32_cas_acquire(&m->owner, &seen, ct_thread_id()); /* pairs with unlock */
}

static inline int ct_rmutex_restore_forgets_depth_lock(struct ct_rmutex_restore_forgets_depth *m)
{
    if (!ct_rmutex_restore_forgets_depth_is_mine(m)) {
        while (!ct_rmutex_restore_forgets_depth_take(m))
            ct_pause();
        m->depth = 0;
    }
    m->depth++;
    return 0;
}

static inline int ct_rmutex_restore_forgets_depth_unlock(struct ct_rmutex_restore_forgets_depth *m)
{
    if (!ct_rmutex_restore_forgets_depth_is_mine(m))
        return EPERM;
    if (--m->depth == 0)
        ct_u32_store_release(&m->owner, 0);
    return 0;
}

static inline uint32_t
ct_rmutex_restore_forgets_depth_owner(const struct ct_rmutex_restore_forgets_depth *m)
{
    return ct_u32_load_relaxed(&m->owner);
}

static inline uint32_t
ct_rmutex_restore_forgets_depth_depth(const struct ct_rmutex_restore_forgets_depth *m)
{
    return ct_rmutex_restore_forgets_depth_is_mine(m) ? m->depth : 0;
}

static inline uint32_t
ct_rmutex_restore_forgets_depth_release_all(struct ct_rmutex_restore_forgets_depth *m)
{
    uint32_t depth = ct_rmutex_restore_forgets_depth_depth(m);
    if (depth != 0)
        ct_u32_store_release(&m->owner, 0);
    return depth;
}

static inline void
ct_rmutex_restore_forgets_depth_restore(struct ct_rmutex_restore_forgets_depth *m, uint32_t depth)
{
    (void)depth; /* the mistake */
    ct_rmutex_restore_forgets_depth_lock(m);
}

CT_RMUTEX_ADAPT(restore_forgets_depth)
CT_RMUTEX_ADAPT_DEPTH(restore_forgets_depth)

static const struct ct_rmutex_ops ct_rmutex_restore_forgets_depth_ops = {
    .impl = {CT_RMUTEX_IMPL(restore_forgets_depth, "restore-forgets-depth"),
             .summary = "broken: comes back at depth 1",
             .source = "Birrell, An Introduction to Programming with Threads, 1989",
             .traits = CT_SPINS},
    CT_RMUTEX_REQUIRED(restore_forgets_depth),
    CT_RMUTEX_DEPTH(restore_forgets_depth),
};

#endif
