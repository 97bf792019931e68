// SPDX-License-Identifier: MIT
/* pthread-spin - libc's spin lock.
 *
 * Idea      Whatever libc does; in glibc test-and-test-and-set without back-off.
 * Source    POSIX.1-2024, pthread_spin_lock.
 * State     libc's
 * Order     libc's: unlock synchronises with the next lock.
 * Choose    as ttas, where nothing but libc may be used.
 */
#ifndef CONTEND_MUTEX_PTHREAD_SPIN_H
#define CONTEND_MUTEX_PTHREAD_SPIN_H

#include <contend/mutex.h>

#include <pthread.h>

struct ct_mutex_pthread_spin {
    pthread_spinlock_t libc;
};

static inline void ct_mutex_pthread_spin_init(struct ct_mutex_pthread_spin *m)
{
    pthread_spin_init(&m->libc, PTHREAD_PROCESS_PRIVATE);
}

static inline void ct_mutex_pthread_spin_destroy(struct ct_mutex_pthread_spin *m)
{
    pthread_spin_destroy(&m->libc);
}

static inline void ct_mutex_pthread_spin_lock(struct ct_mutex_pthread_spin *m)
{
    pthread_spin_lock(&m->libc);
}

static inline bool ct_mutex_pthread_spin_trylock(struct ct_mutex_pthread_spin *m)
{
    return pthread_spin_trylock(&m->libc) == 0;
}

static inline void ct_mutex_pthread_spin_unlock(struct ct_mutex_pthread_spin *m)
{
    pthread_spin_unlock(&m->libc);
}

CT_MUTEX_ADAPT(pthread_spin)
CT_MUTEX_ADAPT_DESTROY(pthread_spin)
CT_MUTEX_ADAPT_TRY(pthread_spin)

static const struct ct_mutex_ops ct_mutex_pthread_spin_ops = {
    .impl = {CT_MUTEX_IMPL(pthread_spin, "pthread-spin"), .summary = "libc's spin lock",
             .source = "POSIX.1-2024, pthread_spin_lock", .traits = CT_SPINS | CT_OPAQUE},
    CT_MUTEX_REQUIRED(pthread_spin),
    .destroy = ct_mutex_pthread_spin_op_destroy,
    .trylock = ct_mutex_pthread_spin_op_trylock,
};

#endif
