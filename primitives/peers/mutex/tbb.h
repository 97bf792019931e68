// SPDX-License-Identifier: MIT
/* tbb - tbb::mutex, oneTBB's default mutex.
 *
 * Idea      A byte to exchange; spins, yields, then sleeps in TBB's table of waiters by address.
 * Source    oneTBB, oneapi/tbb/mutex.h
 * Choose    beside TBB's algorithms.
 *
 * C++ behind C functions (tbb.cc): a C program pays one call for that.
 */
#ifndef CONTEND_PEERS_MUTEX_TBB_H
#define CONTEND_PEERS_MUTEX_TBB_H

#include <contend/mutex.h>

/* Storage for a tbb::mutex: tbb.cc asserts size and alignment. */
struct ct_mutex_tbb {
    uint8_t storage[1];
};

void ct_mutex_tbb_init(struct ct_mutex_tbb *m);
void ct_mutex_tbb_destroy(struct ct_mutex_tbb *m);
void ct_mutex_tbb_lock(struct ct_mutex_tbb *m);
bool ct_mutex_tbb_trylock(struct ct_mutex_tbb *m);
void ct_mutex_tbb_unlock(struct ct_mutex_tbb *m);

CT_MUTEX_ADAPT(tbb)
CT_MUTEX_ADAPT_DESTROY(tbb)
CT_MUTEX_ADAPT_TRY(tbb)

static const struct ct_mutex_ops ct_mutex_tbb_ops = {
    .impl = {CT_MUTEX_IMPL(tbb, "tbb"), .summary = "tbb::mutex: a byte; spins, yields, then sleeps",
             .source = "oneTBB", .package = CT_PACKAGE_tbb,
             .traits = CT_PARKS | CT_OPAQUE | CT_PEER},
    CT_MUTEX_REQUIRED(tbb),
    .destroy = ct_mutex_tbb_op_destroy,
    .trylock = ct_mutex_tbb_op_trylock,
};

#endif
