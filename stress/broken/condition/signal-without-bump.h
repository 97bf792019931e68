// SPDX-License-Identifier: MIT
/* signal-without-bump - condition on a sequence number, broken.
 *
 * Mistake: a signal wakes who sleeps, but leaves the number: a waiter that has given up the mutex and
 *          not fallen asleep yet sleeps on.
 * Breaks:  no signal is missed.
 */
#ifndef STRESS_BROKEN_CONDITION_SIGNAL_WITHOUT_BUMP_H
#define STRESS_BROKEN_CONDITION_SIGNAL_WITHOUT_BUMP_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_condition_signal_without_bump {
    struct ct_u32 seq, waiters;
};

static inline void ct_condition_signal_without_bump_init(struct ct_condition_signal_without_bump *c)
{
    ct_u32_store_relaxed(&c->seq, 0);
    ct_u32_store_relaxed(&c->waiters, 0);
}

static inline void
ct_condition_signal_without_bump_destroy(struct ct_condition_signal_without_bump *c)
{
    while (ct_u32_load_acquire(&c->waiters) != 0)
        ct_pause();
}

static inline int
ct_condition_signal_without_bump_timedwait(struct ct_condition_signal_without_bump *c,
                                           const struct ct_held *held, uint64_t deadline_ns)
{
    ct_u32_add_relaxed(&c->waiters, 1);
    uint32_t seen = ct_u32_load_relaxed(&c->seq);
    held->ops->unlock(held->m, held->node);
    int error = ct_wait(&c->seq, seen, deadline_ns);
    ct_u32_sub_release(&c->waiters, 1);
    held->ops->lock(held->m, held->node);
    return error;
}

static inline void ct_condition_signal_without_bump_wait(struct ct_condition_signal_without_bump *c,
                                                         const struct ct_held *held)
{
    (void)ct_condition_signal_without_bump_timedwait(c, held, CT_FOREVER);
}

static inline void
ct_condition_signal_without_bump_signal_many(struct ct_condition_signal_without_bump *c, uint32_t n)
{
    if (n == 0 || ct_u32_load_relaxed(&c->waiters) == 0)
        return;
    ct_wake(&c->seq, (int)n); /* the mistake: seq is what it was */
}

static inline void
ct_condition_signal_without_bump_signal(struct ct_condition_signal_without_bump *c)
{
    ct_condition_signal_without_bump_signal_many(c, 1);
}

static inline void
ct_condition_signal_without_bump_broadcast(struct ct_condition_signal_without_bump *c)
{
    ct_condition_signal_without_bump_signal_many(c, CT_WAKE_ALL);
}

CT_CONDITION_ADAPT(signal_without_bump)
CT_CONDITION_ADAPT_DESTROY(signal_without_bump)

static const struct ct_condition_ops ct_condition_signal_without_bump_ops = {
    .impl = {CT_CONDITION_IMPL(signal_without_bump, "signal-without-bump"),
             .summary = "broken: wakes without changing the number",
             .source = "bionic, pthread_cond.cpp", .traits = CT_PARKS | CT_TIMED},
    .any_mutex = true,
    .mutex = "ttas",
    CT_CONDITION_REQUIRED(signal_without_bump),
    .destroy = ct_condition_signal_without_bump_op_destroy,
};

#endif
