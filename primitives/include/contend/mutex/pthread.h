// SPDX-License-Identifier: MIT
/* pthread - libc's default mutex: the reference that the others are compared with.
 *
 * Idea      Whatever libc does; in glibc three states and no spinning, as futex, behind a call that
 *           also handles the other types of mutex.
 * Source    POSIX.1-2024, pthread_mutex_lock.
 * State     libc's
 * Order     libc's: unlock synchronises with the next lock.
 * Choose    unless a measurement on the machine in question says otherwise.
 */
#ifndef CONTEND_MUTEX_PTHREAD_H
#define CONTEND_MUTEX_PTHREAD_H

#include <contend/mutex.h>
#include <contend/wait.h>

#include <pthread.h>

struct ct_mutex_pthread {
    pthread_mutex_t libc;
};

#define CT_MUTEX_PTHREAD_INIT                                                                      \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER                                                                  \
    }

static inline void ct_mutex_pthread_init(struct ct_mutex_pthread *m)
{
    pthread_mutex_init(&m->libc, NULL);
}

static inline void ct_mutex_pthread_destroy(struct ct_mutex_pthread *m)
{
    pthread_mutex_destroy(&m->libc);
}

static inline void ct_mutex_pthread_lock(struct ct_mutex_pthread *m)
{
    pthread_mutex_lock(&m->libc);
}

static inline bool ct_mutex_pthread_trylock(struct ct_mutex_pthread *m)
{
    return pthread_mutex_trylock(&m->libc) == 0;
}

static inline int ct_mutex_pthread_timedlock(struct ct_mutex_pthread *m, uint64_t deadline_ns)
{
    struct timespec t;
    const struct timespec *deadline = ct_timespec(&t, deadline_ns);
    return deadline ? pthread_mutex_clocklock(&m->libc, CLOCK_MONOTONIC, deadline)
                    : pthread_mutex_lock(&m->libc);
}

static inline void ct_mutex_pthread_unlock(struct ct_mutex_pthread *m)
{
    pthread_mutex_unlock(&m->libc);
}

CT_MUTEX_ADAPT(pthread)
CT_MUTEX_ADAPT_DESTROY(pthread)
CT_MUTEX_ADAPT_TRY(pthread)
CT_MUTEX_ADAPT_TIMED(pthread)

static const struct ct_mutex_ops ct_mutex_pthread_ops = {
    .impl = {CT_MUTEX_IMPL(pthread, "pthread"), .summary = "libc's default mutex",
             .source = "POSIX.1-2024, pthread_mutex_lock",
             .traits = CT_REFERENCE | CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_MUTEX_REQUIRED(pthread),
    .destroy = ct_mutex_pthread_op_destroy,
    .trylock = ct_mutex_pthread_op_trylock,
    .timedlock = ct_mutex_pthread_op_timedlock,
};

#endif
