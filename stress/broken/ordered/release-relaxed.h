// SPDX-License-Identifier: MIT
/* release-relaxed - several locks at once, by address, broken.
 *
 * Mistake: the spin lock underneath is freed with a relaxed store.
 * Breaks:  visibility of the previous holder's writes.
 */
#ifndef STRESS_BROKEN_ORDERED_RELEASE_RELAXED_H
#define STRESS_BROKEN_ORDERED_RELEASE_RELAXED_H

#include <contend/mutex/ttas.h>
#include <contend/ordered_over.h>

struct ct_mutex_release_relaxed {
    struct ct_mutex_ttas spin;
};

static inline void ct_mutex_release_relaxed_op_init(void *m)
{
    ct_mutex_ttas_op_init(m);
}

static inline void ct_mutex_release_relaxed_op_lock(void *m, void *node)
{
    ct_mutex_ttas_op_lock(m, node);
}

static inline void ct_mutex_release_relaxed_op_unlock(void *m, void *node)
{
    (void)node;
    /* the mistake: release */
    ct_u32_store_relaxed(&((struct ct_mutex_release_relaxed *)m)->spin.held, 0);
}

CT_ORDERED_OVER(release_relaxed, release_relaxed)
CT_ORDERED_BY_ADDRESS(release_relaxed, release_relaxed)

static const struct ct_ordered_ops ct_ordered_release_relaxed_ops = {
    .impl = {CT_ORDERED_IMPL(release_relaxed, "release-relaxed"),
             .summary = "broken: frees with relaxed stores", .source = "Havender 1968",
             .traits = CT_SPINS},
    CT_ORDERED_REQUIRED(release_relaxed),
    .nests = true,
};

#endif
