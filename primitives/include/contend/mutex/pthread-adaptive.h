// SPDX-License-Identifier: MIT
/* pthread-adaptive - glibc's mutex that spins for a while before it sleeps.
 *
 * Idea      Try up to 100 times, fewer where that has not helped lately, then sleep.
 * Source    glibc, nptl/pthread_mutex_lock.c, PTHREAD_MUTEX_ADAPTIVE_NP.
 * State     libc's
 * Order     libc's: unlock synchronises with the next lock.
 * Choose    as pthread, for short sections.
 */
#ifndef CONTEND_MUTEX_PTHREAD_ADAPTIVE_H
#define CONTEND_MUTEX_PTHREAD_ADAPTIVE_H

#include <contend/mutex.h>
#include <contend/wait.h>

#include <pthread.h>

struct ct_mutex_pthread_adaptive {
    pthread_mutex_t libc;
};

#define CT_MUTEX_PTHREAD_ADAPTIVE_INIT                                                             \
    {                                                                                              \
        PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP                                                      \
    }

static inline void ct_mutex_pthread_adaptive_init(struct ct_mutex_pthread_adaptive *m)
{
    pthread_mutexattr_t adaptive;
    pthread_mutexattr_init(&adaptive);
    pthread_mutexattr_settype(&adaptive, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(&m->libc, &adaptive);
    pthread_mutexattr_destroy(&adaptive);
}

static inline void ct_mutex_pthread_adaptive_destroy(struct ct_mutex_pthread_adaptive *m)
{
    pthread_mutex_destroy(&m->libc);
}

static inline void ct_mutex_pthread_adaptive_lock(struct ct_mutex_pthread_adaptive *m)
{
    pthread_mutex_lock(&m->libc);
}

static inline bool ct_mutex_pthread_adaptive_trylock(struct ct_mutex_pthread_adaptive *m)
{
    return pthread_mutex_trylock(&m->libc) == 0;
}

static inline int ct_mutex_pthread_adaptive_timedlock(struct ct_mutex_pthread_adaptive *m,
                                                      uint64_t deadline_ns)
{
    struct timespec t;
    const struct timespec *deadline = ct_timespec(&t, deadline_ns);
    return deadline ? pthread_mutex_clocklock(&m->libc, CLOCK_MONOTONIC, deadline)
                    : pthread_mutex_lock(&m->libc);
}

static inline void ct_mutex_pthread_adaptive_unlock(struct ct_mutex_pthread_adaptive *m)
{
    pthread_mutex_unlock(&m->libc);
}

CT_MUTEX_ADAPT(pthread_adaptive)
CT_MUTEX_ADAPT_DESTROY(pthread_adaptive)
CT_MUTEX_ADAPT_TRY(pthread_adaptive)
CT_MUTEX_ADAPT_TIMED(pthread_adaptive)

static const struct ct_mutex_ops ct_mutex_pthread_adaptive_ops = {
    .impl = {CT_MUTEX_IMPL(pthread_adaptive, "pthread-adaptive"),
             .summary = "libc's mutex that spins before it sleeps",
             .source = "glibc, PTHREAD_MUTEX_ADAPTIVE_NP",
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_MUTEX_REQUIRED(pthread_adaptive),
    .destroy = ct_mutex_pthread_adaptive_op_destroy,
    .trylock = ct_mutex_pthread_adaptive_op_trylock,
    .timedlock = ct_mutex_pthread_adaptive_op_timedlock,
};

#endif
