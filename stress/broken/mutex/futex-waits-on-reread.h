// SPDX-License-Identifier: MIT
/* futex-waits-on-reread - three-state parking lock, broken.
 *
 * Mistake: sleeps while the state is what a second look showed, not the 2 that it announced itself
 *          with: an unlock in between is slept through.
 * Breaks:  no lost wake-up.
 */
#ifndef STRESS_BROKEN_MUTEX_FUTEX_WAITS_ON_REREAD_H
#define STRESS_BROKEN_MUTEX_FUTEX_WAITS_ON_REREAD_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_futex_waits_on_reread {
    struct ct_u32 state; /* 0 free, 1 held, 2 held and somebody may sleep */
};

static inline void ct_mutex_futex_waits_on_reread_init(struct ct_mutex_futex_waits_on_reread *m)
{
    ct_u32_store_relaxed(&m->state, 0);
}

static inline bool ct_mutex_futex_waits_on_reread_trylock(struct ct_mutex_futex_waits_on_reread *m)
{
    uint32_t seen = 0;
    return ct_u32_cas_acquire(&m->state, &seen, 1); /* pairs with unlock */
}

static inline void ct_mutex_futex_waits_on_reread_lock(struct ct_mutex_futex_waits_on_reread *m)
{
    if (ct_mutex_futex_waits_on_reread_trylock(m))
        return;
    while (ct_u32_exchange_acquire(&m->state, 2) != 0) { /* pairs with unlock */
        uint32_t seen = ct_u32_load_relaxed(&m->state);  /* the mistake: it is 2 or to be retried */
        ct_wait(&m->state, seen, CT_FOREVER);
    }
}

static inline void ct_mutex_futex_waits_on_reread_unlock(struct ct_mutex_futex_waits_on_reread *m)
{
    if (ct_u32_exchange_release(&m->state, 0) == 2)
        ct_wake(&m->state, 1);
}

CT_MUTEX_ADAPT(futex_waits_on_reread)
CT_MUTEX_ADAPT_TRY(futex_waits_on_reread)

static const struct ct_mutex_ops ct_mutex_futex_waits_on_reread_ops = {
    .impl = {CT_MUTEX_IMPL(futex_waits_on_reread, "futex-waits-on-reread"),
             .summary = "broken: sleeps on a value read again",
             .source = "Drepper, Futexes Are Tricky, 2011, section 6", .traits = CT_PARKS},
    CT_MUTEX_REQUIRED(futex_waits_on_reread),
    .trylock = ct_mutex_futex_waits_on_reread_op_trylock,
};

#endif
