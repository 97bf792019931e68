// SPDX-License-Identifier: MIT
/* ttas-test-then-store - test and test-and-set spin lock, broken.
 *
 * Mistake: takes a lock that it saw free with a store instead of an exchange, so that two threads
 *          may see it free and both take it.
 * Breaks:  exclusion.
 */
#ifndef STRESS_BROKEN_MUTEX_TTAS_TEST_THEN_STORE_H
#define STRESS_BROKEN_MUTEX_TTAS_TEST_THEN_STORE_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_ttas_test_then_store {
    struct ct_u32 held;
};

static inline void ct_mutex_ttas_test_then_store_init(struct ct_mutex_ttas_test_then_store *m)
{
    ct_u32_store_relaxed(&m->held, 0);
}

static inline void ct_mutex_ttas_test_then_store_lock(struct ct_mutex_ttas_test_then_store *m)
{
    while (ct_u32_load_acquire(&m->held)) /* pairs with unlock */
        ct_pause();
    ct_u32_store_relaxed(&m->held, 1); /* the mistake */
}

static inline void ct_mutex_ttas_test_then_store_unlock(struct ct_mutex_ttas_test_then_store *m)
{
    ct_u32_store_release(&m->held, 0);
}

CT_MUTEX_ADAPT(ttas_test_then_store)

static const struct ct_mutex_ops ct_mutex_ttas_test_then_store_ops = {
    .impl = {CT_MUTEX_IMPL(ttas_test_then_store, "ttas-test-then-store"),
             .summary = "broken: takes with a store what it saw free",
             .source = "Rudolph & Segall, ISCA 1984", .traits = CT_SPINS},
    CT_MUTEX_REQUIRED(ttas_test_then_store),
};

#endif
