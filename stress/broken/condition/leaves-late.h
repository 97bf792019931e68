// SPDX-License-Identifier: MIT
/* leaves-late - condition on a sequence number, broken.
 *
 * Mistake: a waiter counts itself out when it has the mutex again, and nobody waits for that: the
 *          condition may be gone.
 * Breaks:  who woke all may destroy the condition at once.
 */
#ifndef STRESS_BROKEN_CONDITION_LEAVES_LATE_H
#define STRESS_BROKEN_CONDITION_LEAVES_LATE_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_condition_leaves_late {
    struct ct_u32 seq, waiters;
};

static inline void ct_condition_leaves_late_init(struct ct_condition_leaves_late *c)
{
    ct_u32_store_relaxed(&c->seq, 0);
    ct_u32_store_relaxed(&c->waiters, 0);
}

static inline int ct_condition_leaves_late_timedwait(struct ct_condition_leaves_late *c,
                                                     const struct ct_held *held,
                                                     uint64_t deadline_ns)
{
    ct_u32_add_relaxed(&c->waiters, 1);
    uint32_t seen = ct_u32_load_relaxed(&c->seq);
    held->ops->unlock(held->m, held->node);
    int error = ct_wait(&c->seq, seen, deadline_ns);
    held->ops->lock(held->m, held->node);
    ct_u32_sub_release(&c->waiters, 1); /* the mistake */
    return error;
}

static inline void ct_condition_leaves_late_wait(struct ct_condition_leaves_late *c,
                                                 const struct ct_held *held)
{
    (void)ct_condition_leaves_late_timedwait(c, held, CT_FOREVER);
}

static inline void ct_condition_leaves_late_signal_many(struct ct_condition_leaves_late *c,
                                                        uint32_t n)
{
    if (n == 0 || ct_u32_load_relaxed(&c->waiters) == 0)
        return;
    ct_u32_add_relaxed(&c->seq, 1);
    ct_wake(&c->seq, (int)n);
}

static inline void ct_condition_leaves_late_signal(struct ct_condition_leaves_late *c)
{
    ct_condition_leaves_late_signal_many(c, 1);
}

static inline void ct_condition_leaves_late_broadcast(struct ct_condition_leaves_late *c)
{
    ct_condition_leaves_late_signal_many(c, CT_WAKE_ALL);
}

CT_CONDITION_ADAPT(leaves_late)

static const struct ct_condition_ops ct_condition_leaves_late_ops = {
    .impl = {CT_CONDITION_IMPL(leaves_late, "leaves-late"),
             .summary = "broken: touches the condition when it may be gone",
             .source = "bionic, pthread_cond.cpp", .traits = CT_PARKS | CT_TIMED},
    .any_mutex = true,
    .mutex = "ttas",
    CT_CONDITION_REQUIRED(leaves_late),
};

#endif
