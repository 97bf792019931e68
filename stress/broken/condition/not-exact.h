// SPDX-License-Identifier: MIT
/* not-exact - condition on a sequence number, broken.
 *
 * Mistake: it promises to wake as many as it is told, although a signal also lets those go who have
 *          given up the mutex and not fallen asleep yet.
 * Breaks:  no more wake than were told to, where that is promised.
 */
#ifndef STRESS_BROKEN_CONDITION_NOT_EXACT_H
#define STRESS_BROKEN_CONDITION_NOT_EXACT_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_condition_not_exact {
    struct ct_u32 seq, waiters;
};

static inline void ct_condition_not_exact_init(struct ct_condition_not_exact *c)
{
    ct_u32_store_relaxed(&c->seq, 0);
    ct_u32_store_relaxed(&c->waiters, 0);
}

static inline void ct_condition_not_exact_destroy(struct ct_condition_not_exact *c)
{
    while (ct_u32_load_acquire(&c->waiters) != 0)
        ct_pause();
}

static inline int ct_condition_not_exact_timedwait(struct ct_condition_not_exact *c,
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

static inline void ct_condition_not_exact_wait(struct ct_condition_not_exact *c,
                                               const struct ct_held *held)
{
    (void)ct_condition_not_exact_timedwait(c, held, CT_FOREVER);
}

static inline void ct_condition_not_exact_signal_many(struct ct_condition_not_exact *c, uint32_t n)
{
    if (n == 0 || ct_u32_load_relaxed(&c->waiters) == 0)
        return;
    ct_u32_add_relaxed(&c->seq, 1);
    ct_wake(&c->seq, (int)n);
}

static inline void ct_condition_not_exact_signal(struct ct_condition_not_exact *c)
{
    ct_condition_not_exact_signal_many(c, 1);
}

static inline void ct_condition_not_exact_broadcast(struct ct_condition_not_exact *c)
{
    ct_condition_not_exact_signal_many(c, CT_WAKE_ALL);
}

CT_CONDITION_ADAPT(not_exact)
CT_CONDITION_ADAPT_DESTROY(not_exact)

static const struct ct_condition_ops ct_condition_not_exact_ops = {
    .impl = {CT_CONDITION_IMPL(not_exact, "not-exact"), .summary = "broken: promises to be exact",
             .source = "bionic, pthread_cond.cpp", .traits = CT_PARKS | CT_TIMED},
    .any_mutex = true,
    .exact = true, /* the mistake */
    .mutex = "ttas",
    CT_CONDITION_REQUIRED(not_exact),
    .destroy = ct_condition_not_exact_op_destroy,
};

#endif
