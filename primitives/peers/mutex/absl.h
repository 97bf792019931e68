// SPDX-License-Identifier: MIT
/* absl - absl::Mutex, Google's C++ mutex.
 *
 * Idea      One word with a list of waiters; spins a little, then sleeps.
 * Source    Abseil, absl/synchronization/mutex.h
 * Choose    where its conditional critical sections or deadlock detection are wanted as well.
 *
 * C++ behind C functions (absl.cc): a C program pays one call for that. Debian builds Abseil without
 * NDEBUG, with its checks on, which makes it slow. CT_INEXACT: by its own contract TryLock succeeds "with
 * high probability" where it could.
 */
#ifndef CONTEND_PEERS_MUTEX_ABSL_H
#define CONTEND_PEERS_MUTEX_ABSL_H

#include <contend/mutex.h>

/* Storage for an absl::Mutex: absl.cc asserts size and alignment. */
struct ct_mutex_absl {
    uint64_t storage[1];
};

void ct_mutex_absl_init(struct ct_mutex_absl *m);
void ct_mutex_absl_destroy(struct ct_mutex_absl *m);
void ct_mutex_absl_lock(struct ct_mutex_absl *m);
bool ct_mutex_absl_trylock(struct ct_mutex_absl *m);
void ct_mutex_absl_unlock(struct ct_mutex_absl *m);

CT_MUTEX_ADAPT(absl)
CT_MUTEX_ADAPT_DESTROY(absl)
CT_MUTEX_ADAPT_TRY(absl)

static const struct ct_mutex_ops ct_mutex_absl_ops = {
    .impl = {CT_MUTEX_IMPL(absl, "absl"),
             .summary = "absl::Mutex: one word, a waiter list, spins first", .source = "Abseil",
             .package = CT_PACKAGE_absl, .traits = CT_PARKS | CT_OPAQUE | CT_INEXACT | CT_PEER},
    CT_MUTEX_REQUIRED(absl),
    .destroy = ct_mutex_absl_op_destroy,
    .trylock = ct_mutex_absl_op_trylock,
};

#endif
