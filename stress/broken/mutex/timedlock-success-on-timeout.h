// SPDX-License-Identifier: MIT
/* timedlock-success-on-timeout - three-state parking lock, broken.
 *
 * Mistake: timedlock forgets the answer of the sleep: whose deadline passed is told that it holds.
 * Breaks:  exclusion.
 */
#ifndef STRESS_BROKEN_MUTEX_TIMEDLOCK_SUCCESS_ON_TIMEOUT_H
#define STRESS_BROKEN_MUTEX_TIMEDLOCK_SUCCESS_ON_TIMEOUT_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_timedlock_success_on_timeout {
    struct ct_u32 state; /* 0 free, 1 held, 2 held and somebody may sleep */
};

static inline void
ct_mutex_timedlock_success_on_timeout_init(struct ct_mutex_timedlock_success_on_timeout *m)
{
    ct_u32_store_relaxed(&m->state, 0);
}

static inline bool
ct_mutex_timedlock_success_on_timeout_trylock(struct ct_mutex_timedlock_success_on_timeout *m)
{
    uint32_t seen = 0;
    return ct_u32_cas_acquire(&m->state, &seen, 1); /* pairs with unlock */
}

static inline void
ct_mutex_timedlock_success_on_timeout_lock(struct ct_mutex_timedlock_success_on_timeout *m)
{
    if (ct_mutex_timedlock_success_on_timeout_trylock(m))
        return;
    while (ct_u32_exchange_acquire(&m->state, 2) != 0) /* pairs with unlock */
        ct_wait(&m->state, 2, CT_FOREVER);
}

static inline int
ct_mutex_timedlock_success_on_timeout_timedlock(struct ct_mutex_timedlock_success_on_timeout *m,
                                                uint64_t deadline_ns)
{
    if (ct_mutex_timedlock_success_on_timeout_trylock(m))
        return 0;
    while (ct_u32_exchange_acquire(&m->state, 2) != 0) { /* pairs with unlock */
        if (ct_wait(&m->state, 2, deadline_ns) == ETIMEDOUT)
            break; /* the mistake: nothing is held */
    }
    return 0;
}

static inline void
ct_mutex_timedlock_success_on_timeout_unlock(struct ct_mutex_timedlock_success_on_timeout *m)
{
    if (ct_u32_exchange_release(&m->state, 0) == 2)
        ct_wake(&m->state, 1);
}

CT_MUTEX_ADAPT(timedlock_success_on_timeout)
CT_MUTEX_ADAPT_TRY(timedlock_success_on_timeout)
CT_MUTEX_ADAPT_TIMED(timedlock_success_on_timeout)

static const struct ct_mutex_ops ct_mutex_timedlock_success_on_timeout_ops = {
    .impl = {CT_MUTEX_IMPL(timedlock_success_on_timeout, "timedlock-success-on-timeout"),
             .summary = "broken: a deadline that passed reads as success",
             .source = "Drepper, Futexes Are Tricky, 2011, section 6",
             .traits = CT_PARKS | CT_TIMED},
    CT_MUTEX_REQUIRED(timedlock_success_on_timeout),
    .trylock = ct_mutex_timedlock_success_on_timeout_op_trylock,
    .timedlock = ct_mutex_timedlock_success_on_timeout_op_timedlock,
};

#endif
