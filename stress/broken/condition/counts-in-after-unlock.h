// SPDX-License-Identifier: MIT
/* counts-in-after-unlock - condition on a sequence number, broken.
 *
 * Mistake: a waiter counts itself in only after it has given up the mutex: a signal in between sees
 *          nobody to wake.
 * Breaks:  no signal is missed.
 */
#ifndef STRESS_BROKEN_CONDITION_COUNTS_IN_AFTER_UNLOCK_H
#define STRESS_BROKEN_CONDITION_COUNTS_IN_AFTER_UNLOCK_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_condition_counts_in_after_unlock {
    struct ct_u32 seq, waiters;
};

static inline void
ct_condition_counts_in_after_unlock_init(struct ct_condition_counts_in_after_unlock *c)
{
    ct_u32_store_relaxed(&c->seq, 0);
    ct_u32_store_relaxed(&c->waiters, 0);
}

static inline void
ct_condition_counts_in_after_unlock_destroy(struct ct_condition_counts_in_after_unlock *c)
{
    while (ct_u32_load_acquire(&c->waiters) != 0)
        ct_pause();
}

static inline int
ct_condition_counts_in_after_unlock_timedwait(struct ct_condition_counts_in_after_unlock *c,
                                              const struct ct_held *held, uint64_t deadline_ns)
{
    uint32_t seen = ct_u32_load_relaxed(&c->seq);
    held->ops->unlock(held->m, held->node);
    ct_u32_add_relaxed(&c->waiters, 1); /* the mistake */
    int error = ct_wait(&c->seq, seen, deadline_ns);
    ct_u32_sub_release(&c->waiters, 1);
    held->ops->lock(held->m, held->node);
    return error;
}

static inline void
ct_condition_counts_in_after_unlock_wait(struct ct_condition_counts_in_after_unlock *c,
                                         const struct ct_held *held)
{
    (void)ct_condition_counts_in_after_unlock_timedwait(c, held, CT_FOREVER);
}

static inline void
ct_condition_counts_in_after_unlock_signal_many(struct ct_condition_counts_in_after_unlock *c,
                                                uint32_t n)
{
    if (n == 0 || ct_u32_load_relaxed(&c->waiters) == 0)
        return;
    ct_u32_add_relaxed(&c->seq, 1);
    ct_wake(&c->seq, (int)n);
}

static inline void
ct_condition_counts_in_after_unlock_signal(struct ct_condition_counts_in_after_unlock *c)
{
    ct_condition_counts_in_after_unlock_signal_many(c, 1);
}

static inline void
ct_condition_counts_in_after_unlock_broadcast(struct ct_condition_counts_in_after_unlock *c)
{
    ct_condition_counts_in_after_unlock_signal_many(c, CT_WAKE_ALL);
}

CT_CONDITION_ADAPT(counts_in_after_unlock)
CT_CONDITION_ADAPT_DESTROY(counts_in_after_unlock)

static const struct ct_condition_ops ct_condition_counts_in_after_unlock_ops = {
    .impl = {CT_CONDITION_IMPL(counts_in_after_unlock, "counts-in-after-unlock"),
             .summary = "broken: counts itself in after giving up the mutex",
             .source = "bionic, pthread_cond.cpp", .traits = CT_PARKS | CT_TIMED},
    .any_mutex = true,
    .mutex = "ttas",
    CT_CONDITION_REQUIRED(counts_in_after_unlock),
    .destroy = ct_condition_counts_in_after_unlock_op_destroy,
};

#endif
