// SPDX-License-Identifier: MIT
/* nsync - nsync_mu held for reading or writing.
 *
 * Idea      One word and a list of waiters; spins a little, then sleeps on a semaphore of its own.
 * Source    nsync, public/nsync_mu.h
 * Choose    where its conditional critical sections or cancellation are wanted as well.
 *
 * CT_INEXACT: by its own contract a try succeeds "with high probability" where it could.
 */
#ifndef CONTEND_PEERS_RWLOCK_NSYNC_H
#define CONTEND_PEERS_RWLOCK_NSYNC_H

#include <contend/rwlock.h>

#include <nsync.h>

struct ct_rwlock_nsync {
    nsync_mu peer;
};

static inline void ct_rwlock_nsync_init(struct ct_rwlock_nsync *rw)
{
    nsync_mu_init(&rw->peer);
}

static inline void ct_rwlock_nsync_rdlock(struct ct_rwlock_nsync *rw)
{
    nsync_mu_rlock(&rw->peer);
}

static inline bool ct_rwlock_nsync_tryrdlock(struct ct_rwlock_nsync *rw)
{
    return nsync_mu_rtrylock(&rw->peer) != 0;
}

static inline void ct_rwlock_nsync_rdunlock(struct ct_rwlock_nsync *rw)
{
    nsync_mu_runlock(&rw->peer);
}

static inline void ct_rwlock_nsync_wrlock(struct ct_rwlock_nsync *rw)
{
    nsync_mu_lock(&rw->peer);
}

static inline bool ct_rwlock_nsync_trywrlock(struct ct_rwlock_nsync *rw)
{
    return nsync_mu_trylock(&rw->peer) != 0;
}

static inline void ct_rwlock_nsync_wrunlock(struct ct_rwlock_nsync *rw)
{
    nsync_mu_unlock(&rw->peer);
}

CT_RWLOCK_ADAPT(nsync)
CT_RWLOCK_ADAPT_TRY(nsync)

static const struct ct_rwlock_ops ct_rwlock_nsync_ops = {
    .impl = {CT_RWLOCK_IMPL(nsync, "nsync"),
             .summary = "nsync_mu: one word, a waiter list, spins first", .source = "nsync",
             .package = CT_PACKAGE_nsync, .traits = CT_PARKS | CT_OPAQUE | CT_INEXACT | CT_PEER},
    .preference = CT_RWLOCK_UNSTATED,
    CT_RWLOCK_REQUIRED(nsync),

    CT_RWLOCK_TRY(nsync),
};

#endif
