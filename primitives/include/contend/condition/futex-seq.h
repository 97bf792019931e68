// SPDX-License-Identifier: MIT
/* futex-seq - waiters sleep on a number that every signal changes.
 *
 * Idea      Read the number while the mutex is held, give the mutex up, sleep unless the number has
 *           changed. A count of the waiters saves a signal that concerns nobody the rest.
 * Source    Birrell, Guttag, Horning & Levin, "Synchronization Primitives for a Multiprocessor: A
 *           Formal Specification", SOSP 1987 (eventcounts); Android's bionic, pthread_cond.cpp.
 * State     seq      signals so far that found somebody, modulo 2^32
 *           waiters  threads between giving up the mutex and leaving the condition; the high bit:
 *                    somebody waits for them to leave, to destroy it
 * Order     A waiter counts itself in and reads seq before it unlocks, so a signal by a thread that
 *           locks later finds both. Woken, it counts itself out with a release that pairs with
 *           destroy's acquire, and touches the condition no more.
 * Woken     for no reason as well: by a signal between reading seq and falling asleep, which wakes
 *           all who are there, or by the kernel. Whom a signal wakes of the sleepers is the kernel's
 *           choice: by priority, then by arrival.
 * Choose    small and simple: no list, no lock inside. A waiter that is off its CPU just between
 *           reading seq and sleeping, for exactly 2^32 signals, sleeps on.
 */
#ifndef CONTEND_CONDITION_FUTEX_SEQ_H
#define CONTEND_CONDITION_FUTEX_SEQ_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_condition_futex_seq {
    struct ct_u32 seq, waiters;
};

#define CT_CONDITION_FUTEX_SEQ_INIT                                                                \
    {                                                                                              \
        CT_CELL(0), CT_CELL(0)                                                                     \
    }
#define CT_CONDITION_FUTEX_SEQ_DESTROYED UINT32_C(0x80000000)

static inline void ct_condition_futex_seq_init(struct ct_condition_futex_seq *c)
{
    ct_u32_store_relaxed(&c->seq, 0);
    ct_u32_store_relaxed(&c->waiters, 0);
}

static inline void ct_condition_futex_seq_destroy(struct ct_condition_futex_seq *c)
{
    uint32_t seen = ct_u32_or_acquire(&c->waiters, CT_CONDITION_FUTEX_SEQ_DESTROYED) |
                    CT_CONDITION_FUTEX_SEQ_DESTROYED;
    while (seen != CT_CONDITION_FUTEX_SEQ_DESTROYED) {
        ct_wait(&c->waiters, seen, CT_FOREVER);
        seen = ct_u32_load_acquire(&c->waiters); /* pairs with the waiters' leaving */
    }
}

/* Out of line: a wait is no fast path. */
__attribute__((noinline)) static int ct_condition_futex_seq_block(struct ct_condition_futex_seq *c,
                                                                  const struct ct_held *held,
                                                                  uint64_t deadline_ns)
{
    ct_u32_add_relaxed(&c->waiters, 1);
    uint32_t seen = ct_u32_load_relaxed(&c->seq);
    held->ops->unlock(held->m, held->node);
    int error = ct_wait(&c->seq, seen, deadline_ns);
    if (ct_u32_sub_release(&c->waiters, 1) == (CT_CONDITION_FUTEX_SEQ_DESTROYED | 1))
        ct_wake(&c->waiters, CT_WAKE_ALL); /* only the address */
    held->ops->lock(held->m, held->node);
    return error;
}

static inline int ct_condition_futex_seq_timedwait(struct ct_condition_futex_seq *c,
                                                   const struct ct_held *held, uint64_t deadline_ns)
{
    return ct_condition_futex_seq_block(c, held, deadline_ns);
}

static inline void ct_condition_futex_seq_wait(struct ct_condition_futex_seq *c,
                                               const struct ct_held *held)
{
    (void)ct_condition_futex_seq_block(c, held, CT_FOREVER);
}

__attribute__((noinline)) static void ct_condition_futex_seq_wake(struct ct_condition_futex_seq *c,
                                                                  int threads)
{
    ct_u32_add_relaxed(&c->seq, 1);
    ct_wake(&c->seq, threads);
}

static inline void ct_condition_futex_seq_signal_many(struct ct_condition_futex_seq *c, uint32_t n)
{
    if (n != 0 && ct_u32_load_relaxed(&c->waiters) != 0)
        ct_condition_futex_seq_wake(c, n < CT_WAKE_ALL ? (int)n : CT_WAKE_ALL);
}

static inline void ct_condition_futex_seq_signal(struct ct_condition_futex_seq *c)
{
    ct_condition_futex_seq_signal_many(c, 1);
}

static inline void ct_condition_futex_seq_broadcast(struct ct_condition_futex_seq *c)
{
    ct_condition_futex_seq_signal_many(c, CT_WAKE_ALL);
}

CT_CONDITION_ADAPT(futex_seq)
CT_CONDITION_ADAPT_DESTROY(futex_seq)

static const struct ct_condition_ops ct_condition_futex_seq_ops = {
    .impl = {CT_CONDITION_IMPL(futex_seq, "futex-seq"),
             .summary = "sleeps on a sequence number; counts its waiters",
             .source = "Birrell et al., SOSP 1987; bionic", .traits = CT_PARKS | CT_TIMED},
    .any_mutex = true,
    .mutex = "futex",
    CT_CONDITION_REQUIRED(futex_seq),
    .destroy = ct_condition_futex_seq_op_destroy,
};

#endif
