// SPDX-License-Identifier: MIT
/* pthread-shared - POSIX's barrier between processes.
 *
 * Idea      As pthread, with the attribute that lets the memory be shared.
 * Source    POSIX.1-2024, pthread_barrierattr_setpshared.
 * State     libc's
 * Order     libc's: who comes synchronises with all who leave.
 * Choose    processes that meet; it never spins.
 */
#ifndef CONTEND_BARRIER_PTHREAD_SHARED_H
#define CONTEND_BARRIER_PTHREAD_SHARED_H

#include <contend/barrier.h>
#include <contend/wait.h>

#include <pthread.h>

struct ct_barrier_pthread_shared {
    pthread_barrier_t libc;
};

static inline int ct_barrier_pthread_shared_init(struct ct_barrier_pthread_shared *b,
                                                 uint32_t parties)
{
    if (!ct_barrier_parties_valid(parties))
        return EINVAL;
    pthread_barrierattr_t shared;
    pthread_barrierattr_init(&shared);
    pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    int error = pthread_barrier_init(&b->libc, &shared, parties);
    pthread_barrierattr_destroy(&shared);
    return error;
}

static inline void ct_barrier_pthread_shared_destroy(struct ct_barrier_pthread_shared *b)
{
    pthread_barrier_destroy(&b->libc);
}

static inline int ct_barrier_pthread_shared_wait(struct ct_barrier_pthread_shared *b)
{
    return pthread_barrier_wait(&b->libc) == PTHREAD_BARRIER_SERIAL_THREAD ? CT_BARRIER_SERIAL : 0;
}

CT_BARRIER_ADAPT(pthread_shared)
CT_BARRIER_ADAPT_DESTROY(pthread_shared)

static const struct ct_barrier_ops ct_barrier_pthread_shared_ops = {
    .impl = {CT_BARRIER_IMPL(pthread_shared, "pthread-shared"),
             .summary = "POSIX's barrier between processes, from libc",
             .source = "POSIX.1-2024, pthread_barrierattr_setpshared",
             .traits = CT_PARKS | CT_PSHARED | CT_OPAQUE},
    CT_BARRIER_REQUIRED(pthread_shared),
    .destroy = ct_barrier_pthread_shared_op_destroy,
};

#endif
