// SPDX-License-Identifier: MIT
/* tbb-spin - tbb::spin_mutex.
 *
 * Idea      Test-and-set with exponential back-off, then yielding the CPU for ever.
 * Source    oneTBB, oneapi/tbb/spin_mutex.h
 * Choose    short sections beside TBB's algorithms.
 *
 * C++ behind C functions (tbb-spin.cc): a C program pays one call for that.
 */
#ifndef CONTEND_PEERS_MUTEX_TBB_SPIN_H
#define CONTEND_PEERS_MUTEX_TBB_SPIN_H

#include <contend/mutex.h>

/* Storage for a tbb::spin_mutex: tbb-spin.cc asserts size and alignment. */
struct ct_mutex_tbb_spin {
    uint8_t storage[1];
};

void ct_mutex_tbb_spin_init(struct ct_mutex_tbb_spin *m);
void ct_mutex_tbb_spin_destroy(struct ct_mutex_tbb_spin *m);
void ct_mutex_tbb_spin_lock(struct ct_mutex_tbb_spin *m);
bool ct_mutex_tbb_spin_trylock(struct ct_mutex_tbb_spin *m);
void ct_mutex_tbb_spin_unlock(struct ct_mutex_tbb_spin *m);

CT_MUTEX_ADAPT(tbb_spin)
CT_MUTEX_ADAPT_DESTROY(tbb_spin)
CT_MUTEX_ADAPT_TRY(tbb_spin)

static const struct ct_mutex_ops ct_mutex_tbb_spin_ops = {
    .impl = {CT_MUTEX_IMPL(tbb_spin, "tbb-spin"),
             .summary = "tbb::spin_mutex: test-and-set, back-off, then yields", .source = "oneTBB",
             .package = CT_PACKAGE_tbb, .traits = CT_SPINS | CT_OPAQUE | CT_PEER},
    CT_MUTEX_REQUIRED(tbb_spin),
    .destroy = ct_mutex_tbb_spin_op_destroy,
    .trylock = ct_mutex_tbb_spin_op_trylock,
};

#endif
