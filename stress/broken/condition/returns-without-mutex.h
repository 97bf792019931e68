// SPDX-License-Identifier: MIT
/* returns-without-mutex - condition on a sequence number, broken.
 *
 * Mistake: a wait returns without having taken the mutex again.
 * Breaks:  the mutex is held on return.
 */
#ifndef STRESS_BROKEN_CONDITION_RETURNS_WITHOUT_MUTEX_H
#define STRESS_BROKEN_CONDITION_RETURNS_WITHOUT_MUTEX_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_condition_returns_without_mutex {
    struct ct_u32 seq, waiters;
};

static inline void
ct_condition_returns_without_mutex_init(struct ct_condition_returns_without_mutex *c)
{
    ct_u32_store_relaxed(&c->seq, 0);
    ct_u32_store_relaxed(&c->waiters, 0);
}

static inline void
ct_condition_returns_without_mutex_destroy(struct ct_condition_returns_without_mutex *c)
{
    while (ct_u32_load_acquire(&c->waiters) != 0)
        ct_pause();
}

static inline int
ct_condition_returns_without_mutex_timedwait(struct ct_condition_returns_without_mutex *c,
                                             const struct ct_held *held, uint64_t deadline_ns)
{
    ct_u32_add_relaxed(&c->waiters, 1);
    uint32_t seen = ct_u32_load_relaxed(&c->seq);
    held->ops->unlock(held->m, held->node);
    int error = ct_wait(&c->seq, seen, deadline_ns);
    ct_u32_sub_release(&c->waiters, 1);
    return error; /* the mistake */
}

static inline void
ct_condition_returns_without_mutex_wait(struct ct_condition_returns_without_mutex *c,
                                        const struct ct_held *held)
{
    (void)ct_condition_returns_without_mutex_timedwait(c, held, CT_FOREVER);
}

static inline void
ct_condition_returns_without_mutex_signal_many(struct ct_condition_returns_without_mutex *c,
                                               uint32_t n)
{
    if (n == 0 || ct_u32_load_relaxed(&c->waiters) == 0)
        return;
    ct_u32_add_relaxed(&c->seq, 1);
    ct_wake(&c->seq, (int)n);
}

static inline void
ct_condition_returns_without_mutex_signal(struct ct_condition_returns_without_mutex *c)
{
    ct_condition_returns_without_mutex_signal_many(c, 1);
}

static inline void
ct_condition_returns_without_mutex_broadcast(struct ct_condition_returns_without_mutex *c)
{
    ct_condition_returns_without_mutex_signal_many(c, CT_WAKE_ALL);
}

CT_CONDITION_ADAPT(returns_without_mutex)
CT_CONDITION_ADAPT_DESTROY(returns_without_mutex)

static const struct ct_condition_ops ct_condition_returns_without_mutex_ops = {
    .impl = {CT_CONDITION_IMPL(returns_without_mutex, "returns-without-mutex"),
             .summary = "broken: does not take the mutex again",
             .source = "bionic, pthread_cond.cpp", .traits = CT_PARKS | CT_TIMED},
    .any_mutex = true,
    .mutex = "ttas",
    CT_CONDITION_REQUIRED(returns_without_mutex),
    .destroy = ct_condition_returns_without_mutex_op_destroy,
};

#endif
