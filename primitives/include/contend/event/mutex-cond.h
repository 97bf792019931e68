// SPDX-License-Identifier: MIT
/* mutex-cond - a flag under libc's mutex, waited for on libc's condition variable: the reference that
 * the others are compared with.
 *
 * Idea      What one writes where there is no event: lock, wait until the flag is set, unlock; with a
 *           count of sets, so that a waiter woken after a clear knows why.
 * Source    POSIX.1-2024, pthread_cond_wait, rationale; Python's threading.Event is the same.
 * State     set   the flag
 *           sets  how many there were; all under the mutex
 * Order     the mutex's.
 * Lifetime  set signals before it unlocks, although the woken thread then finds the mutex held: after
 *           the unlock the event may be gone.
 * Choose    where a second condition on the same flag will follow; else any other is faster.
 */
#ifndef CONTEND_EVENT_MUTEX_COND_H
#define CONTEND_EVENT_MUTEX_COND_H

#include <contend/event.h>
#include <contend/wait.h>

#include <pthread.h>

struct ct_event_mutex_cond {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uint64_t sets;
    bool set, auto_reset;
};

#define CT_EVENT_MUTEX_COND_INIT                                                                   \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, false, false                       \
    }
#define CT_EVENT_MUTEX_COND_INIT_AUTO                                                              \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, false, true                        \
    }

static inline void ct_event_mutex_cond_init(struct ct_event_mutex_cond *e)
{
    pthread_mutex_init(&e->mutex, NULL);
    pthread_cond_init(&e->changed, NULL);
    e->sets = 0;
    e->set = e->auto_reset = false;
}

static inline void ct_event_mutex_cond_init_auto(struct ct_event_mutex_cond *e)
{
    ct_event_mutex_cond_init(e);
    e->auto_reset = true;
}

static inline void ct_event_mutex_cond_destroy(struct ct_event_mutex_cond *e)
{
    pthread_cond_destroy(&e->changed);
    pthread_mutex_destroy(&e->mutex);
}

static inline void ct_event_mutex_cond_set(struct ct_event_mutex_cond *e)
{
    pthread_mutex_lock(&e->mutex);
    e->set = true;
    e->sets++;
    if (e->auto_reset)
        pthread_cond_signal(&e->changed);
    else
        pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->mutex);
}

static inline void ct_event_mutex_cond_clear(struct ct_event_mutex_cond *e)
{
    pthread_mutex_lock(&e->mutex);
    e->set = false;
    pthread_mutex_unlock(&e->mutex);
}

static inline bool ct_event_mutex_cond_is_set(const struct ct_event_mutex_cond *e)
{
    /* only the lock inside changes */
    pthread_mutex_t *mutex = (pthread_mutex_t *)(uintptr_t)&e->mutex;
    pthread_mutex_lock(mutex);
    bool set = e->set;
    pthread_mutex_unlock(mutex);
    return set;
}

static inline int ct_event_mutex_cond_timedwait(struct ct_event_mutex_cond *e, uint64_t deadline_ns)
{
    struct timespec t;
    const struct timespec *deadline = ct_timespec(&t, deadline_ns);
    int error = 0;
    pthread_mutex_lock(&e->mutex);
    uint64_t sets = e->sets;
    bool through;
    while (!(through = e->set || (!e->auto_reset && e->sets != sets)) && error != ETIMEDOUT)
        error = deadline ? pthread_cond_clockwait(&e->changed, &e->mutex, CLOCK_MONOTONIC, deadline)
                         : pthread_cond_wait(&e->changed, &e->mutex);
    if (e->auto_reset)
        e->set = false; /* which it was already, unless this call took it */
    pthread_mutex_unlock(&e->mutex);
    return through ? 0 : ETIMEDOUT;
}

static inline void ct_event_mutex_cond_wait(struct ct_event_mutex_cond *e)
{
    (void)ct_event_mutex_cond_timedwait(e, CT_FOREVER);
}

CT_EVENT_ADAPT(mutex_cond)
CT_EVENT_ADAPT_MANUAL(mutex_cond)
CT_EVENT_ADAPT_AUTO(mutex_cond)
CT_EVENT_ADAPT_DESTROY(mutex_cond)
CT_EVENT_ADAPT_TIMED(mutex_cond)

static const struct ct_event_ops ct_event_mutex_cond_ops = {
    .impl = {CT_EVENT_IMPL(mutex_cond, "mutex-cond"),
             .summary = "a flag under libc's mutex and condition variable",
             .source = "POSIX.1-2024, pthread_cond_wait",
             .traits = CT_REFERENCE | CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_EVENT_REQUIRED(mutex_cond),
    .init = ct_event_mutex_cond_op_init,
    .init_auto = ct_event_mutex_cond_op_init_auto,
    .destroy = ct_event_mutex_cond_op_destroy,
    .timedwait = ct_event_mutex_cond_op_timedwait,
};

#endif
