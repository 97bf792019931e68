// SPDX-License-Identifier: MIT
/* mutex-cond - a count under libc's mutex, waited for on libc's condition variable.
 *
 * Idea      The classic: lock, wait until there is a permit, take it, unlock.
 * Source    Birrell, "An Introduction to Programming with Threads", SRC 35, 1989.
 * State     value    permits there
 *           waiters  threads inside the condition's wait, woken or not; both under the mutex
 * Order     the mutex's.
 * Lifetime  post signals before it unlocks, although the woken thread then finds the mutex held: after
 *           the unlock the semaphore may be gone.
 * Choose    where a second condition on the same count will follow; else any other is faster.
 */
#ifndef CONTEND_SEMAPHORE_MUTEX_COND_H
#define CONTEND_SEMAPHORE_MUTEX_COND_H

#include <contend/semaphore.h>
#include <contend/wait.h>

#include <pthread.h>

struct ct_semaphore_mutex_cond {
    pthread_mutex_t mutex;
    pthread_cond_t more;
    uint32_t value, waiters;
};

#define CT_SEMAPHORE_MUTEX_COND_INIT(permits)                                                      \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, (permits), 0                          \
    }

static inline void ct_semaphore_mutex_cond_init(struct ct_semaphore_mutex_cond *s, uint32_t value)
{
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->more, NULL);
    s->value = value;
    s->waiters = 0;
}

static inline void ct_semaphore_mutex_cond_destroy(struct ct_semaphore_mutex_cond *s)
{
    pthread_cond_destroy(&s->more);
    pthread_mutex_destroy(&s->mutex);
}

static inline int ct_semaphore_mutex_cond_timedwait(struct ct_semaphore_mutex_cond *s,
                                                    uint64_t deadline_ns)
{
    struct timespec t;
    const struct timespec *deadline = ct_timespec(&t, deadline_ns);
    int error = 0;
    pthread_mutex_lock(&s->mutex);
    while (s->value == 0 && error != ETIMEDOUT) {
        s->waiters++;
        error = deadline ? pthread_cond_clockwait(&s->more, &s->mutex, CLOCK_MONOTONIC, deadline)
                         : pthread_cond_wait(&s->more, &s->mutex);
        s->waiters--;
    }
    bool taken = s->value != 0;
    if (taken)
        s->value--;
    pthread_mutex_unlock(&s->mutex);
    return taken ? 0 : ETIMEDOUT;
}

static inline void ct_semaphore_mutex_cond_wait(struct ct_semaphore_mutex_cond *s)
{
    (void)ct_semaphore_mutex_cond_timedwait(s, CT_FOREVER);
}

static inline bool ct_semaphore_mutex_cond_trywait(struct ct_semaphore_mutex_cond *s)
{
    pthread_mutex_lock(&s->mutex);
    bool taken = s->value != 0;
    if (taken)
        s->value--;
    pthread_mutex_unlock(&s->mutex);
    return taken;
}

/* post where the value may come to be max at most: CT_SEMAPHORE_VALUE_MAX, or that of a bounded
   semaphore. */
static inline int ct_semaphore_mutex_cond_post_within(struct ct_semaphore_mutex_cond *s, uint32_t n,
                                                      uint32_t max)
{
    pthread_mutex_lock(&s->mutex);
    bool fits = n <= max - s->value;
    if (fits) {
        s->value += n;
        if (n >= s->waiters && s->waiters > 1)
            pthread_cond_broadcast(&s->more);
        else
            for (uint32_t i = 0; i < n && i < s->waiters; i++)
                pthread_cond_signal(&s->more);
    }
    pthread_mutex_unlock(&s->mutex);
    return fits ? 0 : EOVERFLOW;
}

static inline int ct_semaphore_mutex_cond_post(struct ct_semaphore_mutex_cond *s, uint32_t n)
{
    return ct_semaphore_mutex_cond_post_within(s, n, CT_SEMAPHORE_VALUE_MAX);
}

static inline uint32_t ct_semaphore_mutex_cond_value(const struct ct_semaphore_mutex_cond *s)
{
    /* only the lock inside changes */
    pthread_mutex_t *mutex = (pthread_mutex_t *)(uintptr_t)&s->mutex;
    pthread_mutex_lock(mutex);
    uint32_t value = s->value;
    pthread_mutex_unlock(mutex);
    return value;
}

CT_SEMAPHORE_ADAPT(mutex_cond)
CT_SEMAPHORE_ADAPT_DESTROY(mutex_cond)
CT_SEMAPHORE_ADAPT_TIMED(mutex_cond)

static const struct ct_semaphore_ops ct_semaphore_mutex_cond_ops = {
    .impl = {CT_SEMAPHORE_IMPL(mutex_cond, "mutex-cond"),
             .summary = "a count under libc's mutex and condition variable",
             .source = "Birrell 1989", .traits = CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_SEMAPHORE_REQUIRED(mutex_cond),
    .destroy = ct_semaphore_mutex_cond_op_destroy,
    .timedwait = ct_semaphore_mutex_cond_op_timedwait,
};

#endif
