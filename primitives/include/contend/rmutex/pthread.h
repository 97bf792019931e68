// SPDX-License-Identifier: MIT
/* pthread - libc's recursive mutex: the reference that the others are compared with.
 *
 * Idea      Whatever libc does; in glibc three states and no spinning, an owner and a count.
 * Source    POSIX.1-2024, PTHREAD_MUTEX_RECURSIVE.
 * State     libc's, and it keeps it to itself: no owner, depth, release_all and restore. In glibc a
 *           thread's id changes with fork, so that the child owns nothing, not even what the thread
 *           that called fork held.
 * Order     libc's: the last unlock synchronises with the next lock.
 * Choose    unless a measurement on the machine in question says otherwise, or a condition variable has
 *           to let others in at any depth.
 */
#ifndef CONTEND_RMUTEX_PTHREAD_H
#define CONTEND_RMUTEX_PTHREAD_H

#include <contend/rmutex.h>
#include <contend/wait.h>

#include <pthread.h>

struct ct_rmutex_pthread {
    pthread_mutex_t libc;
};

#define CT_RMUTEX_PTHREAD_INIT                                                                     \
    {                                                                                              \
        PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP                                                     \
    }

static inline void ct_rmutex_pthread_init(struct ct_rmutex_pthread *m)
{
    pthread_mutexattr_t recursive;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&m->libc, &recursive);
    pthread_mutexattr_destroy(&recursive);
}

static inline void ct_rmutex_pthread_destroy(struct ct_rmutex_pthread *m)
{
    pthread_mutex_destroy(&m->libc);
}

static inline int ct_rmutex_pthread_lock(struct ct_rmutex_pthread *m)
{
    return pthread_mutex_lock(&m->libc);
}

static inline bool ct_rmutex_pthread_trylock(struct ct_rmutex_pthread *m)
{
    return pthread_mutex_trylock(&m->libc) == 0;
}

static inline int ct_rmutex_pthread_timedlock(struct ct_rmutex_pthread *m, uint64_t deadline_ns)
{
    struct timespec t;
    const struct timespec *deadline = ct_timespec(&t, deadline_ns);
    return deadline ? pthread_mutex_clocklock(&m->libc, CLOCK_MONOTONIC, deadline)
                    : pthread_mutex_lock(&m->libc);
}

static inline int ct_rmutex_pthread_unlock(struct ct_rmutex_pthread *m)
{
    return pthread_mutex_unlock(&m->libc);
}

CT_RMUTEX_ADAPT(pthread)
CT_RMUTEX_ADAPT_DESTROY(pthread)
CT_RMUTEX_ADAPT_TRY(pthread)
CT_RMUTEX_ADAPT_TIMED(pthread)

static const struct ct_rmutex_ops ct_rmutex_pthread_ops = {
    .impl = {CT_RMUTEX_IMPL(pthread, "pthread"), .summary = "libc's recursive mutex",
             .source = "POSIX.1-2024, PTHREAD_MUTEX_RECURSIVE",
             .traits = CT_REFERENCE | CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_RMUTEX_REQUIRED(pthread),
    .destroy = ct_rmutex_pthread_op_destroy,
    .trylock = ct_rmutex_pthread_op_trylock,
    .timedlock = ct_rmutex_pthread_op_timedlock,
};

#endif
