// SPDX-License-Identifier: MIT
/* nsync - nsync_mu, the mutex of Google's C synchronization library.
 *
 * Idea      One word and a list of waiters; spins a little, then sleeps on a semaphore of its own; a
 *           waiter that was passed over often enough keeps newcomers out.
 * Source    nsync, public/nsync_mu.h.
 * Choose    where its conditional critical sections or cancellation are wanted as well.
 *
 * CT_INEXACT: by its own contract a try succeeds "with high probability" where it could.
 */
#ifndef CONTEND_PEERS_MUTEX_NSYNC_H
#define CONTEND_PEERS_MUTEX_NSYNC_H

#include <contend/mutex.h>

#include <nsync.h>

struct ct_mutex_nsync {
    nsync_mu peer;
};

static inline void ct_mutex_nsync_init(struct ct_mutex_nsync *m)
{
    nsync_mu_init(&m->peer);
}

static inline void ct_mutex_nsync_lock(struct ct_mutex_nsync *m)
{
    nsync_mu_lock(&m->peer);
}

static inline bool ct_mutex_nsync_trylock(struct ct_mutex_nsync *m)
{
    return nsync_mu_trylock(&m->peer) != 0;
}

static inline void ct_mutex_nsync_unlock(struct ct_mutex_nsync *m)
{
    nsync_mu_unlock(&m->peer);
}

CT_MUTEX_ADAPT(nsync)
CT_MUTEX_ADAPT_TRY(nsync)

static const struct ct_mutex_ops ct_mutex_nsync_ops = {
    .impl = {CT_MUTEX_IMPL(nsync, "nsync"),
             .summary = "nsync_mu: one word, a waiter list, spins first", .source = "nsync",
             .package = CT_PACKAGE_nsync, .traits = CT_PARKS | CT_OPAQUE | CT_INEXACT | CT_PEER},
    CT_MUTEX_REQUIRED(nsync),
    .trylock = ct_mutex_nsync_op_trylock,
};

#endif
