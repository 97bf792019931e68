// SPDX-License-Identifier: MIT
/* timeout-swallows-signal - condition with numbered waiters, broken.
 *
 * Mistake: who times out keeps its number: the signal that serves that number wakes nobody.
 * Breaks:  a wait that times out swallows no signal.
 */
#ifndef STRESS_BROKEN_CONDITION_TIMEOUT_SWALLOWS_SIGNAL_H
#define STRESS_BROKEN_CONDITION_TIMEOUT_SWALLOWS_SIGNAL_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_condition_timeout_swallows_signal {
    struct ct_u32 arrived, served; /* numbers handed out, and those that may go */
    struct ct_u32 inside;
};

static inline void
ct_condition_timeout_swallows_signal_init(struct ct_condition_timeout_swallows_signal *c)
{
    ct_u32_store_relaxed(&c->arrived, 0);
    ct_u32_store_relaxed(&c->served, 0);
    ct_u32_store_relaxed(&c->inside, 0);
}

static inline void
ct_condition_timeout_swallows_signal_destroy(struct ct_condition_timeout_swallows_signal *c)
{
    while (ct_u32_load_acquire(&c->inside) != 0)
        ct_pause();
}

static inline int
ct_condition_timeout_swallows_signal_timedwait(struct ct_condition_timeout_swallows_signal *c,
                                               const struct ct_held *held, uint64_t deadline_ns)
{
    int error = 0;
    ct_u32_add_relaxed(&c->inside, 1);
    uint32_t mine = ct_u32_add_relaxed(&c->arrived, 1), seen;
    held->ops->unlock(held->m, held->node);
    while ((int32_t)((seen = ct_u32_load_relaxed(&c->served)) - mine) <= 0 && error == 0)
        error = ct_wait(&c->served, seen, deadline_ns);
    ct_u32_sub_release(&c->inside, 1);
    held->ops->lock(held->m, held->node);
    return error; /* the mistake: mine will be served all the same */
}

static inline void
ct_condition_timeout_swallows_signal_wait(struct ct_condition_timeout_swallows_signal *c,
                                          const struct ct_held *held)
{
    (void)ct_condition_timeout_swallows_signal_timedwait(c, held, CT_FOREVER);
}

static inline void
ct_condition_timeout_swallows_signal_signal_many(struct ct_condition_timeout_swallows_signal *c,
                                                 uint32_t n)
{
    uint32_t seen = ct_u32_load_relaxed(&c->served), wait;
    do {
        wait = ct_u32_load_relaxed(&c->arrived) - seen;
        if (n == 0 || wait == 0)
            return;
    } while (!ct_u32_cas_relaxed(&c->served, &seen, seen + (n < wait ? n : wait)));
    ct_wake(&c->served, CT_WAKE_ALL);
}

static inline void
ct_condition_timeout_swallows_signal_signal(struct ct_condition_timeout_swallows_signal *c)
{
    ct_condition_timeout_swallows_signal_signal_many(c, 1);
}

static inline void
ct_condition_timeout_swallows_signal_broadcast(struct ct_condition_timeout_swallows_signal *c)
{
    ct_condition_timeout_swallows_signal_signal_many(c, UINT32_MAX);
}

CT_CONDITION_ADAPT(timeout_swallows_signal)
CT_CONDITION_ADAPT_DESTROY(timeout_swallows_signal)

static const struct ct_condition_ops ct_condition_timeout_swallows_signal_ops = {
    .impl = {CT_CONDITION_IMPL(timeout_swallows_signal, "timeout-swallows-signal"),
             .summary = "broken: a signal goes to who has timed out",
             .source = "Reed & Kanodia 1979 (sequencers)", .traits = CT_PARKS | CT_TIMED},
    .any_mutex = true,
    .mutex = "futex",
    CT_CONDITION_REQUIRED(timeout_swallows_signal),
    .destroy = ct_condition_timeout_swallows_signal_op_destroy,
};

#endif
