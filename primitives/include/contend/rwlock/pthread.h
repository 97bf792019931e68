// SPDX-License-Identifier: MIT
/* pthread - libc's reader-writer lock: the reference that the others are compared with.
 *
 * Idea      Whatever libc does; in glibc a word that readers add themselves to, phases that writers end
 *           explicitly, and no spinning. It prefers readers unless told otherwise; POSIX leaves that open.
 * Source    POSIX.1-2024, pthread_rwlock_rdlock.
 * State     libc's
 * Order     libc's: unlock synchronises with the next lock.
 * Choose    unless a measurement on the machine in question says otherwise.
 */
#ifndef CONTEND_RWLOCK_PTHREAD_H
#define CONTEND_RWLOCK_PTHREAD_H

#include <contend/rwlock.h>
#include <contend/wait.h>

#include <pthread.h>

struct ct_rwlock_pthread {
    pthread_rwlock_t libc;
};

#define CT_RWLOCK_PTHREAD_INIT                                                                     \
    {                                                                                              \
        PTHREAD_RWLOCK_INITIALIZER                                                                 \
    }

static inline void ct_rwlock_pthread_init(struct ct_rwlock_pthread *rw)
{
    pthread_rwlock_init(&rw->libc, NULL);
}

static inline void ct_rwlock_pthread_destroy(struct ct_rwlock_pthread *rw)
{
    pthread_rwlock_destroy(&rw->libc);
}

static inline void ct_rwlock_pthread_rdlock(struct ct_rwlock_pthread *rw)
{
    pthread_rwlock_rdlock(&rw->libc);
}

static inline bool ct_rwlock_pthread_tryrdlock(struct ct_rwlock_pthread *rw)
{
    return pthread_rwlock_tryrdlock(&rw->libc) == 0;
}

static inline int ct_rwlock_pthread_timedrdlock(struct ct_rwlock_pthread *rw, uint64_t deadline_ns)
{
    struct timespec t;
    const struct timespec *deadline = ct_timespec(&t, deadline_ns);
    return deadline ? pthread_rwlock_clockrdlock(&rw->libc, CLOCK_MONOTONIC, deadline)
                    : pthread_rwlock_rdlock(&rw->libc);
}

static inline void ct_rwlock_pthread_rdunlock(struct ct_rwlock_pthread *rw)
{
    pthread_rwlock_unlock(&rw->libc);
}

static inline void ct_rwlock_pthread_wrlock(struct ct_rwlock_pthread *rw)
{
    pthread_rwlock_wrlock(&rw->libc);
}

static inline bool ct_rwlock_pthread_trywrlock(struct ct_rwlock_pthread *rw)
{
    return pthread_rwlock_trywrlock(&rw->libc) == 0;
}

static inline int ct_rwlock_pthread_timedwrlock(struct ct_rwlock_pthread *rw, uint64_t deadline_ns)
{
    struct timespec t;
    const struct timespec *deadline = ct_timespec(&t, deadline_ns);
    return deadline ? pthread_rwlock_clockwrlock(&rw->libc, CLOCK_MONOTONIC, deadline)
                    : pthread_rwlock_wrlock(&rw->libc);
}

static inline void ct_rwlock_pthread_wrunlock(struct ct_rwlock_pthread *rw)
{
    pthread_rwlock_unlock(&rw->libc);
}

CT_RWLOCK_ADAPT(pthread)
CT_RWLOCK_ADAPT_DESTROY(pthread)
CT_RWLOCK_ADAPT_TRY(pthread)
CT_RWLOCK_ADAPT_TIMED(pthread)

static const struct ct_rwlock_ops ct_rwlock_pthread_ops = {
    .impl = {CT_RWLOCK_IMPL(pthread, "pthread"), .summary = "libc's reader-writer lock",
             .source = "POSIX.1-2024, pthread_rwlock_rdlock",
             .traits = CT_REFERENCE | CT_PARKS | CT_TIMED | CT_OPAQUE},
    .preference = CT_RWLOCK_UNSTATED,
    CT_RWLOCK_REQUIRED(pthread),
    .destroy = ct_rwlock_pthread_op_destroy,
    CT_RWLOCK_TRY(pthread),
    CT_RWLOCK_TIMED(pthread),
};

#endif
