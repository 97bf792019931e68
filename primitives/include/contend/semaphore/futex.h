// SPDX-License-Identifier: MIT
/* futex - a value, a mark "somebody sleeps" in the same word, and a count of the waiters beside it.
 *
 * Idea      Taking and posting are one compare-and-swap each while nobody sleeps. A waiter marks the
 *           empty word and sleeps on it; a post that finds the mark wakes. The count only says whether
 *           the mark can go: a post that reaches all who are counted clears it and wakes everybody,
 *           another one leaves it and wakes as many as it brings permits.
 * Source    musl, src/thread/sem_post.c and sem_timedwait.c (Felker); the word and count that a post
 *           must not read after it posted: glibc bug 12674.
 * State     word     low 31 bits: permits there; high bit: somebody may sleep
 *           waiters  threads that found no permit and have neither got one nor given up
 *           Invariant: who sleeps found the word to be the mark alone, and it is cleared only by a
 *           post that then wakes all. So while permits are there, each sleeper is marked, or has a
 *           wake-up under way. waiters is a hint: too low, a post wakes too many; too high, the mark
 *           stays and a later post makes one system call for nobody.
 * Order     post's release pairs with the acquire that takes; every change of the word is a
 *           read-modify-write, so a taker sees what was before all posts so far. waiters orders nothing.
 * Lifetime  post touches the semaphore last with its compare-and-swap; the wake-up after it only names
 *           the address.
 * Choose    long waits, more threads than CPUs. Between two CPUs the sleeping costs 100 times the
 *           hand-over: see futex-cpu.
 */
#ifndef CONTEND_SEMAPHORE_FUTEX_H
#define CONTEND_SEMAPHORE_FUTEX_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_futex {
    struct ct_u32 word, waiters;
};

#define CT_SEMAPHORE_FUTEX_INIT(permits)                                                           \
    {                                                                                              \
        CT_CELL(permits), CT_CELL(0)                                                               \
    }
#define CT_SEMAPHORE_FUTEX_SLEEPERS UINT32_C(0x80000000) /* the rest is the value */

static inline void ct_semaphore_futex_init(struct ct_semaphore_futex *s, uint32_t value)
{
    ct_u32_store_relaxed(&s->word, value);
    ct_u32_store_relaxed(&s->waiters, 0);
}

static inline uint32_t ct_semaphore_futex_value(const struct ct_semaphore_futex *s)
{
    return ct_u32_load_relaxed(&s->word) & ~CT_SEMAPHORE_FUTEX_SLEEPERS;
}

static inline bool ct_semaphore_futex_trywait(struct ct_semaphore_futex *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->word);
    while (seen & ~CT_SEMAPHORE_FUTEX_SLEEPERS)
        if (ct_u32_cas_acquire(&s->word, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

/* Sleeps until it can take a permit; out of line, to keep the fast path small where it is inlined. */
__attribute__((noinline)) static int ct_semaphore_futex_slow(struct ct_semaphore_futex *s,
                                                             uint64_t deadline_ns)
{
    int error = 0;
    ct_u32_add_relaxed(&s->waiters, 1);
    while (error == 0 && !ct_semaphore_futex_trywait(s)) {
        uint32_t seen = 0;
        if (ct_u32_cas_relaxed(&s->word, &seen, CT_SEMAPHORE_FUTEX_SLEEPERS) ||
            seen == CT_SEMAPHORE_FUTEX_SLEEPERS)
            error = ct_wait(&s->word, CT_SEMAPHORE_FUTEX_SLEEPERS, deadline_ns);
    }
    ct_u32_sub_relaxed(&s->waiters, 1);
    return error; /* timed out: not woken, so no wake-up is lost */
}

static inline int ct_semaphore_futex_timedwait(struct ct_semaphore_futex *s, uint64_t deadline_ns)
{
    return ct_semaphore_futex_trywait(s) ? 0 : ct_semaphore_futex_slow(s, deadline_ns);
}

static inline void ct_semaphore_futex_wait(struct ct_semaphore_futex *s)
{
    (void)ct_semaphore_futex_timedwait(s, CT_FOREVER);
}

/* post where the value may come to be max at most: CT_SEMAPHORE_VALUE_MAX, or that of a bounded
   semaphore. */
static inline int ct_semaphore_futex_post_within(struct ct_semaphore_futex *s, uint32_t n,
                                                 uint32_t max)
{
    uint32_t seen = ct_u32_load_relaxed(&s->word), next;
    bool all;
    do {
        if (n > max - (seen & ~CT_SEMAPHORE_FUTEX_SLEEPERS))
            return EOVERFLOW;
        all = seen & CT_SEMAPHORE_FUTEX_SLEEPERS && ct_u32_load_relaxed(&s->waiters) <= n;
        next = seen + n;
        if (all)
            next &= ~CT_SEMAPHORE_FUTEX_SLEEPERS;
    } while (!ct_u32_cas_release(&s->word, &seen, next));
    if (seen & CT_SEMAPHORE_FUTEX_SLEEPERS)
        ct_wake(&s->word, all ? CT_WAKE_ALL : (int)n);
    return 0;
}

static inline int ct_semaphore_futex_post(struct ct_semaphore_futex *s, uint32_t n)
{
    return ct_semaphore_futex_post_within(s, n, CT_SEMAPHORE_VALUE_MAX);
}

CT_SEMAPHORE_ADAPT(futex)
CT_SEMAPHORE_ADAPT_TIMED(futex)

static const struct ct_semaphore_ops ct_semaphore_futex_ops = {
    .impl = {CT_SEMAPHORE_IMPL(futex, "futex"),
             .summary = "value and sleepers' mark in one word; no spinning",
             .source = "musl, sem_post.c (Felker)", .traits = CT_PARKS | CT_TIMED},
    CT_SEMAPHORE_REQUIRED(futex),
    .timedwait = ct_semaphore_futex_op_timedwait,
};

#endif
