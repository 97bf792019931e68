// SPDX-License-Identifier: MIT
/* nsync - nsync_cv, the condition variable of Google's C synchronization library.
 *
 * Idea      A list of waiters, each with a semaphore of its own; a signal by the mutex's holder moves
 *           the waiter to the mutex's list instead of waking it.
 * Source    nsync, public/nsync_cv.h.
 * Choose    with nsync_mu, where its cancellation or conditional critical sections are wanted as well.
 *
 * Works with nsync_mu only: held->m starts with one. Its deadlines are of CLOCK_REALTIME: one that comes
 * early by our clock is a wake-up for no reason. signal_many signals so many times.
 */
#ifndef CONTEND_PEERS_CONDITION_NSYNC_H
#define CONTEND_PEERS_CONDITION_NSYNC_H

#include <contend/condition.h>
#include <contend/wait.h>

#include <nsync.h>

struct ct_condition_nsync {
    nsync_cv peer;
};

static inline void ct_condition_nsync_init(struct ct_condition_nsync *c)
{
    nsync_cv_init(&c->peer);
}

static inline void ct_condition_nsync_wait(struct ct_condition_nsync *c, const struct ct_held *held)
{
    int saved = errno;
    nsync_cv_wait(&c->peer, (nsync_mu *)held->m);
    errno = saved;
}

static inline int ct_condition_nsync_timedwait(struct ct_condition_nsync *c,
                                               const struct ct_held *held, uint64_t deadline_ns)
{
    if (deadline_ns == CT_FOREVER) {
        ct_condition_nsync_wait(c, held);
        return 0;
    }
    uint64_t now_ns = ct_now_ns(), left_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;
    struct timespec left;
    int saved = errno;
    nsync_time deadline = nsync_time_add(nsync_time_now(), *ct_timespec(&left, left_ns));
    int error = nsync_cv_wait_with_deadline(&c->peer, (nsync_mu *)held->m, deadline, NULL);
    errno = saved;
    return error != 0 && ct_now_ns() >= deadline_ns ? ETIMEDOUT : 0;
}

static inline void ct_condition_nsync_signal(struct ct_condition_nsync *c)
{
    nsync_cv_signal(&c->peer);
}

static inline void ct_condition_nsync_signal_many(struct ct_condition_nsync *c, uint32_t n)
{
    for (; n > 0; n--)
        nsync_cv_signal(&c->peer);
}

static inline void ct_condition_nsync_broadcast(struct ct_condition_nsync *c)
{
    nsync_cv_broadcast(&c->peer);
}

CT_CONDITION_ADAPT(nsync)

static const struct ct_condition_ops ct_condition_nsync_ops = {
    .impl = {CT_CONDITION_IMPL(nsync, "nsync"),
             .summary = "nsync_cv: a waiter list, moves waiters to the mutex", .source = "nsync",
             .package = CT_PACKAGE_nsync,
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_PEER | CT_LATE},
    .mutex = "nsync",
    CT_CONDITION_REQUIRED(nsync),
};

#endif
