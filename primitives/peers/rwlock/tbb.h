// SPDX-License-Identifier: MIT
/* tbb - tbb::rw_mutex, oneTBB's default reader-writer lock.
 *
 * Idea      A word: writer, writer pending, readers; spins, yields, then sleeps in TBB's table of waiters by
 *           address.
 * Source    oneTBB, oneapi/tbb/rw_mutex.h
 * Choose    beside TBB's algorithms.
 *
 * C++ behind C functions (tbb.cc): a C program pays one call for that.
 */
#ifndef CONTEND_PEERS_RWLOCK_TBB_H
#define CONTEND_PEERS_RWLOCK_TBB_H

#include <contend/rwlock.h>

/* Storage for a tbb::rw_mutex: tbb.cc asserts size and alignment. */
struct ct_rwlock_tbb {
    uint64_t storage[1];
};

void ct_rwlock_tbb_init(struct ct_rwlock_tbb *rw);
void ct_rwlock_tbb_destroy(struct ct_rwlock_tbb *rw);
void ct_rwlock_tbb_rdlock(struct ct_rwlock_tbb *rw);
bool ct_rwlock_tbb_tryrdlock(struct ct_rwlock_tbb *rw);
void ct_rwlock_tbb_rdunlock(struct ct_rwlock_tbb *rw);
void ct_rwlock_tbb_wrlock(struct ct_rwlock_tbb *rw);
bool ct_rwlock_tbb_trywrlock(struct ct_rwlock_tbb *rw);
void ct_rwlock_tbb_wrunlock(struct ct_rwlock_tbb *rw);

CT_RWLOCK_ADAPT(tbb)
CT_RWLOCK_ADAPT_DESTROY(tbb)
CT_RWLOCK_ADAPT_TRY(tbb)

static const struct ct_rwlock_ops ct_rwlock_tbb_ops = {
    .impl = {CT_RWLOCK_IMPL(tbb, "tbb"),
             .summary = "tbb::rw_mutex: a word; spins, yields, then sleeps", .source = "oneTBB",
             .package = CT_PACKAGE_tbb, .traits = CT_PARKS | CT_OPAQUE | CT_PEER},
    .preference = CT_RWLOCK_UNSTATED,
    CT_RWLOCK_REQUIRED(tbb),
    .destroy = ct_rwlock_tbb_op_destroy,
    CT_RWLOCK_TRY(tbb),
};

#endif
