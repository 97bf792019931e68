// SPDX-License-Identifier: MIT
/* absl - absl::Mutex held for reading or writing.
 *
 * Idea      One word with a list of waiters; spins a little, then sleeps.
 * Source    Abseil, absl/synchronization/mutex.h
 * Choose    where its conditional critical sections or deadlock detection are wanted as well.
 *
 * C++ behind C functions (absl.cc): a C program pays one call for that. Debian builds Abseil without NDEBUG,
 * with its checks on, which makes it slow. CT_INEXACT as mutex/absl.h.
 */
#ifndef CONTEND_PEERS_RWLOCK_ABSL_H
#define CONTEND_PEERS_RWLOCK_ABSL_H

#include <contend/rwlock.h>

/* Storage for an absl::Mutex: absl.cc asserts size and alignment. */
struct ct_rwlock_absl {
    uint64_t storage[1];
};

void ct_rwlock_absl_init(struct ct_rwlock_absl *rw);
void ct_rwlock_absl_destroy(struct ct_rwlock_absl *rw);
void ct_rwlock_absl_rdlock(struct ct_rwlock_absl *rw);
bool ct_rwlock_absl_tryrdlock(struct ct_rwlock_absl *rw);
void ct_rwlock_absl_rdunlock(struct ct_rwlock_absl *rw);
void ct_rwlock_absl_wrlock(struct ct_rwlock_absl *rw);
bool ct_rwlock_absl_trywrlock(struct ct_rwlock_absl *rw);
void ct_rwlock_absl_wrunlock(struct ct_rwlock_absl *rw);

CT_RWLOCK_ADAPT(absl)
CT_RWLOCK_ADAPT_DESTROY(absl)
CT_RWLOCK_ADAPT_TRY(absl)

static const struct ct_rwlock_ops ct_rwlock_absl_ops = {
    .impl = {CT_RWLOCK_IMPL(absl, "absl"),
             .summary = "absl::Mutex: one word, a waiter list, spins first", .source = "Abseil",
             .package = CT_PACKAGE_absl, .traits = CT_PARKS | CT_OPAQUE | CT_INEXACT | CT_PEER},
    .preference = CT_RWLOCK_UNSTATED,
    CT_RWLOCK_REQUIRED(absl),
    .destroy = ct_rwlock_absl_op_destroy,
    CT_RWLOCK_TRY(absl),
};

#endif
