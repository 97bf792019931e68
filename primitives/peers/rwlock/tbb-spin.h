// SPDX-License-Identifier: MIT
/* tbb-spin - tbb::spin_rw_mutex.
 *
 * Idea      A word: writer, writer pending, readers; spins with back-off, then yields.
 * Source    oneTBB, oneapi/tbb/spin_rw_mutex.h
 * Choose    beside TBB's algorithms, for short sections.
 *
 * C++ behind C functions (tbb-spin.cc): a C program pays one call for that.
 */
#ifndef CONTEND_PEERS_RWLOCK_TBB_SPIN_H
#define CONTEND_PEERS_RWLOCK_TBB_SPIN_H

#include <contend/rwlock.h>

/* Storage for a tbb::spin_rw_mutex: tbb-spin.cc asserts size and alignment. */
struct ct_rwlock_tbb_spin {
    uint64_t storage[1];
};

void ct_rwlock_tbb_spin_init(struct ct_rwlock_tbb_spin *rw);
void ct_rwlock_tbb_spin_destroy(struct ct_rwlock_tbb_spin *rw);
void ct_rwlock_tbb_spin_rdlock(struct ct_rwlock_tbb_spin *rw);
bool ct_rwlock_tbb_spin_tryrdlock(struct ct_rwlock_tbb_spin *rw);
void ct_rwlock_tbb_spin_rdunlock(struct ct_rwlock_tbb_spin *rw);
void ct_rwlock_tbb_spin_wrlock(struct ct_rwlock_tbb_spin *rw);
bool ct_rwlock_tbb_spin_trywrlock(struct ct_rwlock_tbb_spin *rw);
void ct_rwlock_tbb_spin_wrunlock(struct ct_rwlock_tbb_spin *rw);

CT_RWLOCK_ADAPT(tbb_spin)
CT_RWLOCK_ADAPT_DESTROY(tbb_spin)
CT_RWLOCK_ADAPT_TRY(tbb_spin)

static const struct ct_rwlock_ops ct_rwlock_tbb_spin_ops = {
    .impl = {CT_RWLOCK_IMPL(tbb_spin, "tbb-spin"),
             .summary = "tbb::spin_rw_mutex: a word; spins, then yields", .source = "oneTBB",
             .package = CT_PACKAGE_tbb, .traits = CT_SPINS | CT_OPAQUE | CT_PEER},
    .preference = CT_RWLOCK_UNSTATED,
    CT_RWLOCK_REQUIRED(tbb_spin),
    .destroy = ct_rwlock_tbb_spin_op_destroy,
    CT_RWLOCK_TRY(tbb_spin),
};

#endif
