// SPDX-License-Identifier: MIT
/* pthread-robust - libc's mutex for processes that share memory and may die.
 *
 * Idea      The word holds the owner's thread id, and each thread keeps a list of what it holds, which
 *           the kernel goes through when the thread ends: it marks what it finds, and wakes a waiter.
 * Source    POSIX.1-2024, PTHREAD_MUTEX_ROBUST, PTHREAD_PROCESS_SHARED; Linux,
 *           Documentation/locking/robust-futexes.rst.
 * State     libc's. A thread has one such list, set_robust_list(2), and libc owns it: that is why this
 *           suite has no robust mutex of its own.
 * Order     libc's: unlock, or the owner's death, synchronises with the next lock.
 * Choose    where an owner may be killed in the section and the others must go on. Keeping the list
 *           costs about a quarter more than pthread's pair.
 */
#ifndef CONTEND_MUTEX_PTHREAD_ROBUST_H
#define CONTEND_MUTEX_PTHREAD_ROBUST_H

#include <contend/mutex.h>
#include <contend/wait.h>

#include <pthread.h>

struct ct_mutex_pthread_robust {
    pthread_mutex_t libc;
};

static inline void ct_mutex_pthread_robust_init(struct ct_mutex_pthread_robust *m)
{
    pthread_mutexattr_t robust;
    pthread_mutexattr_init(&robust);
    pthread_mutexattr_setpshared(&robust, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&m->libc, &robust);
    pthread_mutexattr_destroy(&robust);
}

static inline void ct_mutex_pthread_robust_destroy(struct ct_mutex_pthread_robust *m)
{
    pthread_mutex_destroy(&m->libc);
}

static inline int ct_mutex_pthread_robust_lock_robust(struct ct_mutex_pthread_robust *m)
{
    return pthread_mutex_lock(&m->libc);
}

static inline int ct_mutex_pthread_robust_consistent(struct ct_mutex_pthread_robust *m)
{
    return pthread_mutex_consistent(&m->libc);
}

/* For callers that cannot be told that the owner died. */
static inline void ct_mutex_pthread_robust_check(int error)
{
    if (error == EOWNERDEAD || error == ENOTRECOVERABLE)
        ct_panic("robust mutex, locked as a plain one after its owner died", error);
}

static inline void ct_mutex_pthread_robust_lock(struct ct_mutex_pthread_robust *m)
{
    ct_mutex_pthread_robust_check(pthread_mutex_lock(&m->libc));
}

static inline bool ct_mutex_pthread_robust_trylock(struct ct_mutex_pthread_robust *m)
{
    int error = pthread_mutex_trylock(&m->libc);
    ct_mutex_pthread_robust_check(error);
    return error == 0;
}

static inline int ct_mutex_pthread_robust_timedlock(struct ct_mutex_pthread_robust *m,
                                                    uint64_t deadline_ns)
{
    struct timespec t;
    const struct timespec *deadline = ct_timespec(&t, deadline_ns);
    int error = deadline ? pthread_mutex_clocklock(&m->libc, CLOCK_MONOTONIC, deadline)
                         : pthread_mutex_lock(&m->libc);
    ct_mutex_pthread_robust_check(error);
    return error;
}

static inline void ct_mutex_pthread_robust_unlock(struct ct_mutex_pthread_robust *m)
{
    pthread_mutex_unlock(&m->libc);
}

CT_MUTEX_ADAPT(pthread_robust)
CT_MUTEX_ADAPT_DESTROY(pthread_robust)
CT_MUTEX_ADAPT_TRY(pthread_robust)
CT_MUTEX_ADAPT_TIMED(pthread_robust)
CT_MUTEX_ADAPT_ROBUST(pthread_robust)

static const struct ct_mutex_ops ct_mutex_pthread_robust_ops = {
    .impl = {CT_MUTEX_IMPL(pthread_robust, "pthread-robust"),
             .summary = "libc's mutex between processes that may die",
             .source = "POSIX.1-2024, PTHREAD_MUTEX_ROBUST",
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_PSHARED | CT_ROBUST},
    CT_MUTEX_REQUIRED(pthread_robust),
    .destroy = ct_mutex_pthread_robust_op_destroy,
    .trylock = ct_mutex_pthread_robust_op_trylock,
    .timedlock = ct_mutex_pthread_robust_op_timedlock,
    .lock_robust = ct_mutex_pthread_robust_op_lock_robust,
    .consistent = ct_mutex_pthread_robust_op_consistent,
};

#endif
