// SPDX-License-Identifier: MIT
/* futex-slow-path-takes-with-1 - three-state parking lock, broken.
 *
 * Mistake: a thread that slept takes the lock as 1, held, instead of 2, held and somebody may sleep:
 *          its unlock then wakes nobody, although others slept beside it.
 * Breaks:  no lost wake-up; needs three threads.
 */
#ifndef STRESS_BROKEN_MUTEX_FUTEX_SLOW_PATH_TAKES_WITH_1_H
#define STRESS_BROKEN_MUTEX_FUTEX_SLOW_PATH_TAKES_WITH_1_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_futex_slow_path_takes_with_1 {
    struct ct_u32 state; /* 0 free, 1 held, 2 held and somebody may sleep */
};

static inline void
ct_mutex_futex_slow_path_takes_with_1_init(struct ct_mutex_futex_slow_path_takes_with_1 *m)
{
    ct_u32_store_relaxed(&m->state, 0);
}

static inline bool
ct_mutex_futex_slow_path_takes_with_1_trylock(struct ct_mutex_futex_slow_path_takes_with_1 *m)
{
    uint32_t seen = 0;
    return ct_u32_cas_acquire(&m->state, &seen, 1); /* pairs with unlock */
}

static inline void
ct_mutex_futex_slow_path_takes_with_1_lock(struct ct_mutex_futex_slow_path_takes_with_1 *m)
{
    while (!ct_mutex_futex_slow_path_takes_with_1_trylock(
        m)) { /* the mistake: a sleeper must take with 2 */
        uint32_t seen = 1;
        if (ct_u32_cas_relaxed(&m->state, &seen, 2) || seen == 2)
            ct_wait(&m->state, 2, CT_FOREVER);
    }
}

static inline void
ct_mutex_futex_slow_path_takes_with_1_unlock(struct ct_mutex_futex_slow_path_takes_with_1 *m)
{
    if (ct_u32_exchange_release(&m->state, 0) == 2)
        ct_wake(&m->state, 1);
}

CT_MUTEX_ADAPT(futex_slow_path_takes_with_1)
CT_MUTEX_ADAPT_TRY(futex_slow_path_takes_with_1)

static const struct ct_mutex_ops ct_mutex_futex_slow_path_takes_with_1_ops = {
    .impl = {CT_MUTEX_IMPL(futex_slow_path_takes_with_1, "futex-slow-path-takes-with-1"),
             .summary = "broken: who slept takes the lock as if alone",
             .source = "Drepper, Futexes Are Tricky, 2011, section 6", .traits = CT_PARKS},
    CT_MUTEX_REQUIRED(futex_slow_path_takes_with_1),
    .trylock = ct_mutex_futex_slow_path_takes_with_1_op_trylock,
};

#endif
