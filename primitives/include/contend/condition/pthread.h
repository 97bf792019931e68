// SPDX-License-Identifier: MIT
/* pthread - libc's condition variable: the reference that the others are compared with.
 *
 * Idea      Whatever libc does; in glibc two groups of waiters, the older of which the signals go to.
 * Source    POSIX.1-2024, pthread_cond_wait.
 * State     libc's
 * Order     the mutex's.
 * Choose    with libc's mutex, unless a measurement on the machine in question says otherwise.
 *
 * Works with libc's mutex only: held->m is a pthread_mutex_t, or a struct that starts with one.
 * signal_many signals so many times, for POSIX has no such call.
 */
#ifndef CONTEND_CONDITION_PTHREAD_H
#define CONTEND_CONDITION_PTHREAD_H

#include <contend/condition.h>
#include <contend/wait.h>

#include <pthread.h>

struct ct_condition_pthread {
    pthread_cond_t libc;
};

#define CT_CONDITION_PTHREAD_INIT                                                                  \
    {                                                                                              \
        PTHREAD_COND_INITIALIZER                                                                   \
    }

static inline void ct_condition_pthread_init(struct ct_condition_pthread *c)
{
    pthread_cond_init(&c->libc, NULL);
}

static inline void ct_condition_pthread_destroy(struct ct_condition_pthread *c)
{
    pthread_cond_destroy(&c->libc);
}

static inline void ct_condition_pthread_wait(struct ct_condition_pthread *c,
                                             const struct ct_held *held)
{
    pthread_cond_wait(&c->libc, (pthread_mutex_t *)held->m);
}

static inline int ct_condition_pthread_timedwait(struct ct_condition_pthread *c,
                                                 const struct ct_held *held, uint64_t deadline_ns)
{
    struct timespec t;
    const struct timespec *deadline = ct_timespec(&t, deadline_ns);
    pthread_mutex_t *mutex = (pthread_mutex_t *)held->m;
    return deadline ? pthread_cond_clockwait(&c->libc, mutex, CLOCK_MONOTONIC, deadline)
                    : pthread_cond_wait(&c->libc, mutex);
}

static inline void ct_condition_pthread_signal(struct ct_condition_pthread *c)
{
    pthread_cond_signal(&c->libc);
}

static inline void ct_condition_pthread_signal_many(struct ct_condition_pthread *c, uint32_t n)
{
    for (; n > 0; n--)
        pthread_cond_signal(&c->libc);
}

static inline void ct_condition_pthread_broadcast(struct ct_condition_pthread *c)
{
    pthread_cond_broadcast(&c->libc);
}

CT_CONDITION_ADAPT(pthread)
CT_CONDITION_ADAPT_DESTROY(pthread)

static const struct ct_condition_ops ct_condition_pthread_ops = {
    .impl = {CT_CONDITION_IMPL(pthread, "pthread"), .summary = "POSIX's pthread_cond_t, from libc",
             .source = "POSIX.1-2024, pthread_cond_wait",
             .traits = CT_REFERENCE | CT_PARKS | CT_TIMED | CT_OPAQUE},
    .mutex = "pthread",
    CT_CONDITION_REQUIRED(pthread),
    .destroy = ct_condition_pthread_op_destroy,
};

#endif
