// SPDX-License-Identifier: MIT
/* trylock-lies - test and test-and-set spin lock, broken.
 *
 * Mistake: trylock does not look at what its exchange found: it returns true of a held lock too.
 * Breaks:  exclusion; trylock never lies.
 */
#ifndef STRESS_BROKEN_MUTEX_TRYLOCK_LIES_H
#define STRESS_BROKEN_MUTEX_TRYLOCK_LIES_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_trylock_lies {
    struct ct_u32 held;
};

static inline void ct_mutex_trylock_lies_init(struct ct_mutex_trylock_lies *m)
{
    ct_u32_store_relaxed(&m->held, 0);
}

static inline void ct_mutex_trylock_lies_lock(struct ct_mutex_trylock_lies *m)
{
    while (ct_u32_exchange_acquire(&m->held, 1)) { /* pairs with unlock */
        while (ct_u32_load_relaxed(&m->held))
            ct_pause();
    }
}

static inline bool ct_mutex_trylock_lies_trylock(struct ct_mutex_trylock_lies *m)
{
    ct_u32_exchange_acquire(&m->held, 1);
    return true; /* the mistake */
}

static inline void ct_mutex_trylock_lies_unlock(struct ct_mutex_trylock_lies *m)
{
    ct_u32_store_release(&m->held, 0);
}

CT_MUTEX_ADAPT(trylock_lies)
CT_MUTEX_ADAPT_TRY(trylock_lies)

static const struct ct_mutex_ops ct_mutex_trylock_lies_ops = {
    .impl = {CT_MUTEX_IMPL(trylock_lies, "trylock-lies"),
             .summary = "broken: trylock is true whatever it found",
             .source = "Rudolph & Segall, ISCA 1984", .traits = CT_SPINS},
    CT_MUTEX_REQUIRED(trylock_lies),
    .trylock = ct_mutex_trylock_lies_op_trylock,
};

#endif
