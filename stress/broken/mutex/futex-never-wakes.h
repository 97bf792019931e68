// SPDX-License-Identifier: MIT
/* futex-never-wakes - three-state parking lock, broken.
 *
 * Mistake: unlock does not wake whom it left asleep.
 * Breaks:  progress.
 */
#ifndef STRESS_BROKEN_MUTEX_FUTEX_NEVER_WAKES_H
#define STRESS_BROKEN_MUTEX_FUTEX_NEVER_WAKES_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_futex_never_wakes {
    struct ct_u32 state; /* 0 free, 1 held, 2 held and somebody may sleep */
};

static inline void ct_mutex_futex_never_wakes_init(struct ct_mutex_futex_never_wakes *m)
{
    ct_u32_store_relaxed(&m->state, 0);
}

static inline bool ct_mutex_futex_never_wakes_trylock(struct ct_mutex_futex_never_wakes *m)
{
    uint32_t seen = 0;
    return ct_u32_cas_acquire(&m->state, &seen, 1); /* pairs with unlock */
}

static inline void ct_mutex_futex_never_wakes_lock(struct ct_mutex_futex_never_wakes *m)
{
    if (ct_mutex_futex_never_wakes_trylock(m))
        return;
    while (ct_u32_exchange_acquire(&m->state, 2) != 0) /* pairs with unlock */
        ct_wait(&m->state, 2, CT_FOREVER);
}

static inline void ct_mutex_futex_never_wakes_unlock(struct ct_mutex_futex_never_wakes *m)
{
    ct_u32_exchange_release(&m->state, 0); /* the mistake: 2 asks for a wake */
}

CT_MUTEX_ADAPT(futex_never_wakes)
CT_MUTEX_ADAPT_TRY(futex_never_wakes)

static const struct ct_mutex_ops ct_mutex_futex_never_wakes_ops = {
    .impl = {CT_MUTEX_IMPL(futex_never_wakes, "futex-never-wakes"),
             .summary = "broken: unlock wakes nobody",
             .source = "Drepper, Futexes Are Tricky, 2011, section 6", .traits = CT_PARKS},
    CT_MUTEX_REQUIRED(futex_never_wakes),
    .trylock = ct_mutex_futex_never_wakes_op_trylock,
};

#endif
