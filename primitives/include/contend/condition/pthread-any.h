// SPDX-License-Identifier: MIT
/* pthread-any - libc's condition variable over any mutex, by a mutex of its own.
 *
 * Idea      Who waits takes libc's mutex inside before it gives up the one outside, and waits with the
 *           inner; a signal takes the inner first, so it cannot fall in between.
 * Source    C++11, std::condition_variable_any; as libstdc++ has it.
 * State     inner    guards the rest
 *           woken    what is waited for
 *           left     destroy waits for it until nobody is inside
 *           waiters  threads inside a wait; destroying: the last of them says that it has left
 * Order     the two mutexes'.
 * Choose    never for speed: two mutexes per wait and one per signal. It shows what the adapter costs
 *           that portable code would otherwise use.
 */
#ifndef CONTEND_CONDITION_PTHREAD_ANY_H
#define CONTEND_CONDITION_PTHREAD_ANY_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/wait.h>

#include <pthread.h>

struct ct_condition_pthread_any {
    pthread_mutex_t inner;
    pthread_cond_t woken, left;
    uint32_t waiters;
    bool destroying;
};

#define CT_CONDITION_PTHREAD_ANY_INIT                                                              \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, false    \
    }

static inline void ct_condition_pthread_any_init(struct ct_condition_pthread_any *c)
{
    pthread_mutex_init(&c->inner, NULL);
    pthread_cond_init(&c->woken, NULL);
    pthread_cond_init(&c->left, NULL);
    c->waiters = 0;
    c->destroying = false;
}

static inline void ct_condition_pthread_any_destroy(struct ct_condition_pthread_any *c)
{
    pthread_mutex_lock(&c->inner);
    c->destroying = true;
    while (c->waiters != 0)
        pthread_cond_wait(&c->left, &c->inner);
    pthread_mutex_unlock(&c->inner);
    pthread_cond_destroy(&c->left);
    pthread_cond_destroy(&c->woken);
    pthread_mutex_destroy(&c->inner);
}

/* Out of line: a wait is no fast path. */
__attribute__((noinline)) static int
ct_condition_pthread_any_block(struct ct_condition_pthread_any *c, const struct ct_held *held,
                               uint64_t deadline_ns)
{
    struct timespec t;
    const struct timespec *deadline = ct_timespec(&t, deadline_ns);
    pthread_mutex_lock(&c->inner);
    c->waiters++;
    held->ops->unlock(held->m, held->node);
    int error = deadline ? pthread_cond_clockwait(&c->woken, &c->inner, CLOCK_MONOTONIC, deadline)
                         : pthread_cond_wait(&c->woken, &c->inner);
    if (--c->waiters == 0 && c->destroying)
        pthread_cond_signal(&c->left);
    pthread_mutex_unlock(&c->inner);
    held->ops->lock(held->m, held->node);
    return error;
}

static inline int ct_condition_pthread_any_timedwait(struct ct_condition_pthread_any *c,
                                                     const struct ct_held *held,
                                                     uint64_t deadline_ns)
{
    return ct_condition_pthread_any_block(c, held, deadline_ns);
}

static inline void ct_condition_pthread_any_wait(struct ct_condition_pthread_any *c,
                                                 const struct ct_held *held)
{
    (void)ct_condition_pthread_any_block(c, held, CT_FOREVER);
}

static inline void ct_condition_pthread_any_signal_many(struct ct_condition_pthread_any *c,
                                                        uint32_t n)
{
    pthread_mutex_lock(&c->inner);
    for (uint32_t i = 0; i < n && i < c->waiters; i++)
        pthread_cond_signal(&c->woken);
    pthread_mutex_unlock(&c->inner);
}

static inline void ct_condition_pthread_any_signal(struct ct_condition_pthread_any *c)
{
    ct_condition_pthread_any_signal_many(c, 1);
}

static inline void ct_condition_pthread_any_broadcast(struct ct_condition_pthread_any *c)
{
    pthread_mutex_lock(&c->inner);
    pthread_cond_broadcast(&c->woken);
    pthread_mutex_unlock(&c->inner);
}

CT_CONDITION_ADAPT(pthread_any)
CT_CONDITION_ADAPT_DESTROY(pthread_any)

static const struct ct_condition_ops ct_condition_pthread_any_ops = {
    .impl = {CT_CONDITION_IMPL(pthread_any, "pthread-any"),
             .summary = "libc's, over any mutex by a mutex of its own",
             .source = "C++11, condition_variable_any; libstdc++",
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE},
    .any_mutex = true,
    .mutex = "futex",
    CT_CONDITION_REQUIRED(pthread_any),
    .destroy = ct_condition_pthread_any_op_destroy,
};

#endif
