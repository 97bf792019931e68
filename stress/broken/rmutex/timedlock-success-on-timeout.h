// SPDX-License-Identifier: MIT
/* timedlock-success-on-timeout - recursive spin lock, broken.
 *
 * Mistake: a timed lock whose deadline passes returns 0.
 * Breaks:  exclusion; a timed call that times out did not acquire.
 */
#ifndef STRESS_BROKEN_RMUTEX_TIMEDLOCK_SUCCESS_ON_TIMEOUT_H
#define STRESS_BROKEN_RMUTEX_TIMEDLOCK_SUCCESS_ON_TIMEOUT_H

#include <contend/rmutex.h>
#include <contend/wait.h>

struct ct_rmutex_timedlock_success_on_timeout {
    struct ct_u32 owner; /* 0: free */
    uint32_t depth;
};

static inline void
ct_rmutex_timedlock_success_on_timeout_init(struct ct_rmutex_timedlock_success_on_timeout *m)
{
    ct_u32_store_relaxed(&m->owner, 0);
    m->depth = 0;
}

static inline bool ct_rmutex_timedlock_success_on_timeout_is_mine(
    const struct ct_rmutex_timedlock_success_on_timeout *m)
{
    return ct_u32_load_relaxed(&m->owner) == ct_thread_id();
}

static inline bool
ct_rmutex_timedlock_success_on_timeout_take(struct ct_rmutex_timedlock_success_on_timeout *m)
{
    uint32_t seen = 0;
    return ct_u32_cas_acquire(&m->owner, &seen, ct_thread_id()); /* pairs with unlock */
}

static inline int
ct_rmutex_timedlock_success_on_timeout_lock(struct ct_rmutex_timedlock_success_on_timeout *m)
{
    if (!ct_rmutex_timedlock_success_on_timeout_is_mine(m)) {
        while (!ct_rmutex_timedlock_success_on_timeout_take(m))
            ct_pause();
        m->depth = 0;
    }
    m->depth++;
    return 0;
}

static inline int
ct_rmutex_timedlock_success_on_timeout_unlock(struct ct_rmutex_timedlock_success_on_timeout *m)
{
    if (!ct_rmutex_timedlock_success_on_timeout_is_mine(m))
        return EPERM;
    if (--m->depth == 0)
        ct_u32_store_release(&m->owner, 0);
    return 0;
}

static inline int
ct_rmutex_timedlock_success_on_timeout_timedlock(struct ct_rmutex_timedlock_success_on_timeout *m,
                                                 uint64_t deadline_ns)
{
    if (!ct_rmutex_timedlock_success_on_timeout_is_mine(m)) {
        while (!ct_rmutex_timedlock_success_on_timeout_take(m)) {
            if (ct_now_ns() >= deadline_ns)
                return 0; /* the mistake: ETIMEDOUT */
            ct_backoff_ns(100);
        }
        m->depth = 0;
    }
    m->depth++;
    return 0;
}

CT_RMUTEX_ADAPT(timedlock_success_on_timeout)
CT_RMUTEX_ADAPT_TIMED(timedlock_success_on_timeout)

static const struct ct_rmutex_ops ct_rmutex_timedlock_success_on_timeout_ops = {
    .impl = {CT_RMUTEX_IMPL(timedlock_success_on_timeout, "timedlock-success-on-timeout"),
             .summary = "broken: times out as if it had acquired",
             .source = "POSIX, PTHREAD_MUTEX_RECURSIVE", .traits = CT_SPINS | CT_TIMED},
    CT_RMUTEX_REQUIRED(timedlock_success_on_timeout),
    .timedlock = ct_rmutex_timedlock_success_on_timeout_op_timedlock,
};

#endif
