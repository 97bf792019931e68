// SPDX-License-Identifier: MIT
/* pthread-shared - POSIX's semaphore, for processes that share the memory it lies in.
 *
 * Idea      Whatever libc does when sem_init's pshared is not 0; in glibc the same words, with futex
 *           calls that look for sleepers under the page.
 * Source    POSIX.1-2024, sem_init.
 * State     libc's
 * Order     libc's: a post synchronises with the wait that it lets through.
 * Lifetime  glibc's post is done with the object when it has posted; a post of several, which libc
 *           does not have, is so many calls, and the object must stay until it has returned.
 * Choose    between processes, unless a measurement says otherwise.
 */
#ifndef CONTEND_SEMAPHORE_PTHREAD_SHARED_H
#define CONTEND_SEMAPHORE_PTHREAD_SHARED_H

#include <contend/semaphore.h>
#include <contend/wait.h>

#include <semaphore.h>

struct ct_semaphore_pthread_shared {
    sem_t libc;
};

static inline void ct_semaphore_pthread_shared_init(struct ct_semaphore_pthread_shared *s,
                                                    uint32_t value)
{
    sem_init(&s->libc, 1, value);
}

static inline void ct_semaphore_pthread_shared_destroy(struct ct_semaphore_pthread_shared *s)
{
    sem_destroy(&s->libc);
}

static inline void ct_semaphore_pthread_shared_wait(struct ct_semaphore_pthread_shared *s)
{
    int saved = errno;
    while (sem_wait(&s->libc) != 0) /* a signal came */
        errno = saved;
}

static inline bool ct_semaphore_pthread_shared_trywait(struct ct_semaphore_pthread_shared *s)
{
    int saved = errno;
    if (sem_trywait(&s->libc) == 0)
        return true;
    errno = saved;
    return false;
}

static inline int ct_semaphore_pthread_shared_timedwait(struct ct_semaphore_pthread_shared *s,
                                                        uint64_t deadline_ns)
{
    struct timespec t;
    int saved = errno, error = 0;
    if (!ct_timespec(&t, deadline_ns)) {
        ct_semaphore_pthread_shared_wait(s);
        return 0;
    }
    do {
        error = sem_clockwait(&s->libc, CLOCK_MONOTONIC, &t) == 0 ? 0 : errno;
    } while (error == EINTR);
    errno = saved;
    return error;
}

static inline uint32_t
ct_semaphore_pthread_shared_value(const struct ct_semaphore_pthread_shared *s)
{
    int value;
    sem_getvalue((sem_t *)(uintptr_t)&s->libc, &value); /* which only reads */
    return (uint32_t)value;
}

/* Where others post in between and the last do not fit, takes back what it posted; as much of that as
   somebody has taken has made room, and is posted anew. */
static inline int ct_semaphore_pthread_shared_post_many(struct ct_semaphore_pthread_shared *s,
                                                        uint32_t n)
{
    if (n > CT_SEMAPHORE_VALUE_MAX - ct_semaphore_pthread_shared_value(s))
        return EOVERFLOW;
    uint32_t posted = 0;
    while (posted < n) {
        if (sem_post(&s->libc) == 0) {
            posted++;
            continue;
        }
        while (posted > 0 && sem_trywait(&s->libc) == 0)
            posted--;
        if (posted == 0)
            return EOVERFLOW;
    }
    return 0;
}

static inline int ct_semaphore_pthread_shared_post(struct ct_semaphore_pthread_shared *s,
                                                   uint32_t n)
{
    int saved = errno, error;
    if (n == 1)
        error = sem_post(&s->libc) == 0 ? 0 : EOVERFLOW;
    else
        error = ct_semaphore_pthread_shared_post_many(s, n);
    errno = saved;
    return error;
}

CT_SEMAPHORE_ADAPT(pthread_shared)
CT_SEMAPHORE_ADAPT_DESTROY(pthread_shared)
CT_SEMAPHORE_ADAPT_TIMED(pthread_shared)

static const struct ct_semaphore_ops ct_semaphore_pthread_shared_ops = {
    .impl = {CT_SEMAPHORE_IMPL(pthread_shared, "pthread-shared"),
             .summary = "POSIX's sem_t, between processes that share its memory",
             .source = "POSIX.1-2024, sem_wait",
             .traits = CT_PARKS | CT_TIMED | CT_PSHARED | CT_OPAQUE},
    CT_SEMAPHORE_REQUIRED(pthread_shared),
    .destroy = ct_semaphore_pthread_shared_op_destroy,
    .timedwait = ct_semaphore_pthread_shared_op_timedwait,
};

#endif
