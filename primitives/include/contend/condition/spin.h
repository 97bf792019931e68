// SPDX-License-Identifier: MIT
/* spin - atomics only: waiters look again until a number has changed.
 *
 * Idea      As futex-seq, without the sleep: every signal changes the number, and all who wait see it.
 *           So a signal is a broadcast, as the contract allows.
 * Source    Reed & Kanodia, "Synchronization with Eventcounts and Sequencers", CACM 22(2), 1979.
 * State     seq      signals so far that found somebody, modulo 2^32
 *           waiters  threads between giving up the mutex and leaving the condition
 * Order     A waiter counts itself in and reads seq before it unlocks, so a signal by a thread that
 *           locks later finds both. It counts itself out with a release that pairs with destroy's
 *           acquire, and touches the condition no more.
 * Choose    two threads, or few, that all have a CPU; nothing needs a kernel. With many waiters each
 *           signal lets all of them at the mutex.
 */
#ifndef CONTEND_CONDITION_SPIN_H
#define CONTEND_CONDITION_SPIN_H

#include <contend/condition.h>
#include <contend/deadline.h>
#include <contend/mutex.h>

struct ct_condition_spin {
    struct ct_u32 seq, waiters;
};

#define CT_CONDITION_SPIN_INIT                                                                     \
    {                                                                                              \
        CT_CELL(0), CT_CELL(0)                                                                     \
    }

static inline void ct_condition_spin_init(struct ct_condition_spin *c)
{
    ct_u32_store_relaxed(&c->seq, 0);
    ct_u32_store_relaxed(&c->waiters, 0);
}

static inline void ct_condition_spin_destroy(struct ct_condition_spin *c)
{
    while (ct_u32_load_acquire(&c->waiters) != 0) /* pairs with the waiters' leaving */
        ct_pause();
}

__attribute__((noinline)) static int ct_condition_spin_block(struct ct_condition_spin *c,
                                                             const struct ct_held *held,
                                                             uint64_t deadline_ns)
{
    int error = 0;
    ct_u32_add_relaxed(&c->waiters, 1);
    uint32_t seen = ct_u32_load_relaxed(&c->seq);
    held->ops->unlock(held->m, held->node);
    while (ct_u32_load_relaxed(&c->seq) == seen) {
        if (ct_has_passed(deadline_ns)) {
            error = ETIMEDOUT;
            break;
        }
        ct_pause();
    }
    ct_u32_sub_release(&c->waiters, 1);
    held->ops->lock(held->m, held->node);
    return error;
}

static inline int ct_condition_spin_timedwait(struct ct_condition_spin *c,
                                              const struct ct_held *held, uint64_t deadline_ns)
{
    return ct_condition_spin_block(c, held, deadline_ns);
}

static inline void ct_condition_spin_wait(struct ct_condition_spin *c, const struct ct_held *held)
{
    (void)ct_condition_spin_block(c, held, CT_FOREVER);
}

static inline void ct_condition_spin_signal_many(struct ct_condition_spin *c, uint32_t n)
{
    if (n != 0 && ct_u32_load_relaxed(&c->waiters) != 0)
        ct_u32_add_relaxed(&c->seq, 1);
}

static inline void ct_condition_spin_signal(struct ct_condition_spin *c)
{
    ct_condition_spin_signal_many(c, 1);
}

static inline void ct_condition_spin_broadcast(struct ct_condition_spin *c)
{
    ct_condition_spin_signal_many(c, 1);
}

CT_CONDITION_ADAPT(spin)
CT_CONDITION_ADAPT_DESTROY(spin)

static const struct ct_condition_ops ct_condition_spin_ops = {
    .impl = {CT_CONDITION_IMPL(spin, "spin"),
             .summary = "a number that all who wait look at; never sleeps",
             .source = "Reed & Kanodia 1979", .traits = CT_SPINS | CT_TIMED},
    .any_mutex = true,
    .mutex = "ttas",
    CT_CONDITION_REQUIRED(spin),
    .destroy = ct_condition_spin_op_destroy,
};

#endif
