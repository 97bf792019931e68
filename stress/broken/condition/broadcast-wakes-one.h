// SPDX-License-Identifier: MIT
/* broadcast-wakes-one - condition on a sequence number, broken.
 *
 * Mistake: a broadcast is a signal.
 * Breaks:  a broadcast wakes all who wait.
 */
#ifndef STRESS_BROKEN_CONDITION_BROADCAST_WAKES_ONE_H
#define STRESS_BROKEN_CONDITION_BROADCAST_WAKES_ONE_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_condition_broadcast_wakes_one {
    struct ct_u32 seq, waiters;
};

static inline void ct_condition_broadcast_wakes_one_init(struct ct_condition_broadcast_wakes_one *c)
{
    ct_u32_store_relaxed(&c->seq, 0);
    ct_u32_store_relaxed(&c->waiters, 0);
}

static inline void
ct_condition_broadcast_wakes_one_destroy(struct ct_condition_broadcast_wakes_one *c)
{
    while (ct_u32_load_acquire(&c->waiters) != 0)
        ct_pause();
}

static inline int
ct_condition_broadcast_wakes_one_timedwait(struct ct_condition_broadcast_wakes_one *c,
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

static inline void ct_condition_broadcast_wakes_one_wait(struct ct_condition_broadcast_wakes_one *c,
                                                         const struct ct_held *held)
{
    (void)ct_condition_broadcast_wakes_one_timedwait(c, held, CT_FOREVER);
}

static inline void
ct_condition_broadcast_wakes_one_signal_many(struct ct_condition_broadcast_wakes_one *c, uint32_t n)
{
    if (n == 0 || ct_u32_load_relaxed(&c->waiters) == 0)
        return;
    ct_u32_add_relaxed(&c->seq, 1);
    ct_wake(&c->seq, (int)n);
}

static inline void
ct_condition_broadcast_wakes_one_signal(struct ct_condition_broadcast_wakes_one *c)
{
    ct_condition_broadcast_wakes_one_signal_many(c, 1);
}

static inline void
ct_condition_broadcast_wakes_one_broadcast(struct ct_condition_broadcast_wakes_one *c)
{
    ct_condition_broadcast_wakes_one_signal_many(c, 1 /* the mistake */);
}

CT_CONDITION_ADAPT(broadcast_wakes_one)
CT_CONDITION_ADAPT_DESTROY(broadcast_wakes_one)

static const struct ct_condition_ops ct_condition_broadcast_wakes_one_ops = {
    .impl = {CT_CONDITION_IMPL(broadcast_wakes_one, "broadcast-wakes-one"),
             .summary = "broken: broadcast wakes one", .source = "bionic, pthread_cond.cpp",
             .traits = CT_PARKS | CT_TIMED},
    .any_mutex = true,
    .mutex = "ttas",
    CT_CONDITION_REQUIRED(broadcast_wakes_one),
    .destroy = ct_condition_broadcast_wakes_one_op_destroy,
};

#endif
