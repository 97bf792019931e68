// SPDX-License-Identifier: MIT
/* pthread - POSIX's barrier: the reference that the others are compared with.
 *
 * Idea      Whatever libc does; in glibc a count of arrivals that runs over many phases, a futex, and a
 *           count of those who left, for destroy.
 * Source    POSIX.1-2024, pthread_barrier_wait.
 * State     libc's
 * Order     libc's: who comes synchronises with all who leave.
 * Choose    threads that wait long or share CPUs, where nothing else is at hand; it never spins.
 */
#ifndef CONTEND_BARRIER_PTHREAD_H
#define CONTEND_BARRIER_PTHREAD_H

#include <contend/barrier.h>
#include <contend/wait.h>

#include <pthread.h>

struct ct_barrier_pthread {
    pthread_barrier_t libc;
};

static inline int ct_barrier_pthread_init(struct ct_barrier_pthread *b, uint32_t parties)
{
    if (!ct_barrier_parties_valid(parties))
        return EINVAL;
    return pthread_barrier_init(&b->libc, NULL, parties);
}

static inline void ct_barrier_pthread_destroy(struct ct_barrier_pthread *b)
{
    pthread_barrier_destroy(&b->libc);
}

static inline int ct_barrier_pthread_wait(struct ct_barrier_pthread *b)
{
    return pthread_barrier_wait(&b->libc) == PTHREAD_BARRIER_SERIAL_THREAD ? CT_BARRIER_SERIAL : 0;
}

CT_BARRIER_ADAPT(pthread)
CT_BARRIER_ADAPT_DESTROY(pthread)

static const struct ct_barrier_ops ct_barrier_pthread_ops = {
    .impl = {CT_BARRIER_IMPL(pthread, "pthread"), .summary = "POSIX's barrier, from libc",
             .source = "POSIX.1-2024, pthread_barrier_wait",
             .traits = CT_REFERENCE | CT_PARKS | CT_OPAQUE},
    CT_BARRIER_REQUIRED(pthread),
    .destroy = ct_barrier_pthread_op_destroy,
};

#endif
