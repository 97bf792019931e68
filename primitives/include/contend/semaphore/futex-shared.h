// SPDX-License-Identifier: MIT
/* futex-shared - as futex, for processes that share the memory it lies in.
 *
 * Idea      Nothing in it is an address, so any process may map it anywhere; only the kernel must be
 *           told, by the form of the futex call, to look for sleepers under the page and not under the
 *           address. That costs it a little more; the path without sleepers is the same.
 * Source    musl, src/thread/sem_post.c and sem_timedwait.c (Felker), with pshared.
 * State     word     low 31 bits: permits there; high bit: somebody may sleep
 *           waiters  threads that found no permit and have neither got one nor given up
 *           Invariant: who sleeps found the word to be the mark alone, and it is cleared only by a
 *           post that then wakes all. So while permits are there, each sleeper is marked, or has a
 *           wake-up under way. waiters is a hint: too low, a post wakes too many; too high (a waiter's
 *           process was killed), the mark stays and later posts make one system call for nobody.
 * Order     post's release pairs with the acquire that takes; every change of the word is a
 *           read-modify-write, so a taker sees what was before all posts so far. waiters orders nothing.
 * Lifetime  post touches the semaphore last with its compare-and-swap; the wake-up after it only names
 *           the address. The memory must stay mapped in each process that uses it.
 * Choose    between processes. One that dies takes its permits along, and a wake-up on its way to it.
 */
#ifndef CONTEND_SEMAPHORE_FUTEX_SHARED_H
#define CONTEND_SEMAPHORE_FUTEX_SHARED_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_futex_shared {
    struct ct_u32 word, waiters;
};

#define CT_SEMAPHORE_FUTEX_SHARED_INIT(permits)                                                    \
    {                                                                                              \
        CT_CELL(permits), CT_CELL(0)                                                               \
    }
#define CT_SEMAPHORE_FUTEX_SHARED_SLEEPERS UINT32_C(0x80000000) /* the rest is the value */

static inline void ct_semaphore_futex_shared_init(struct ct_semaphore_futex_shared *s,
                                                  uint32_t value)
{
    ct_u32_store_relaxed(&s->word, value);
    ct_u32_store_relaxed(&s->waiters, 0);
}

static inline uint32_t ct_semaphore_futex_shared_value(const struct ct_semaphore_futex_shared *s)
{
    return ct_u32_load_relaxed(&s->word) & ~CT_SEMAPHORE_FUTEX_SHARED_SLEEPERS;
}

static inline bool ct_semaphore_futex_shared_trywait(struct ct_semaphore_futex_shared *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->word);
    while (seen & ~CT_SEMAPHORE_FUTEX_SHARED_SLEEPERS)
        if (ct_u32_cas_acquire(&s->word, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

/* Sleeps until it can take a permit; out of line, to keep the fast path small where it is inlined. */
__attribute__((noinline)) static int
ct_semaphore_futex_shared_slow(struct ct_semaphore_futex_shared *s, uint64_t deadline_ns)
{
    int error = 0;
    ct_u32_add_relaxed(&s->waiters, 1);
    while (error == 0 && !ct_semaphore_futex_shared_trywait(s)) {
        uint32_t seen = 0;
        if (ct_u32_cas_relaxed(&s->word, &seen, CT_SEMAPHORE_FUTEX_SHARED_SLEEPERS) ||
            seen == CT_SEMAPHORE_FUTEX_SHARED_SLEEPERS)
            error = ct_wait_shared(&s->word, CT_SEMAPHORE_FUTEX_SHARED_SLEEPERS, deadline_ns);
    }
    ct_u32_sub_relaxed(&s->waiters, 1);
    return error; /* timed out: not woken, so no wake-up is lost */
}

static inline int ct_semaphore_futex_shared_timedwait(struct ct_semaphore_futex_shared *s,
                                                      uint64_t deadline_ns)
{
    return ct_semaphore_futex_shared_trywait(s) ? 0
                                                : ct_semaphore_futex_shared_slow(s, deadline_ns);
}

static inline void ct_semaphore_futex_shared_wait(struct ct_semaphore_futex_shared *s)
{
    (void)ct_semaphore_futex_shared_timedwait(s, CT_FOREVER);
}

static inline int ct_semaphore_futex_shared_post(struct ct_semaphore_futex_shared *s, uint32_t n)
{
    uint32_t seen = ct_u32_load_relaxed(&s->word), next;
    bool all;
    do {
        if (n > CT_SEMAPHORE_VALUE_MAX - (seen & ~CT_SEMAPHORE_FUTEX_SHARED_SLEEPERS))
            return EOVERFLOW;
        all = seen & CT_SEMAPHORE_FUTEX_SHARED_SLEEPERS && ct_u32_load_relaxed(&s->waiters) <= n;
        next = seen + n;
        if (all)
            next &= ~CT_SEMAPHORE_FUTEX_SHARED_SLEEPERS;
    } while (!ct_u32_cas_release(&s->word, &seen, next));
    if (seen & CT_SEMAPHORE_FUTEX_SHARED_SLEEPERS)
        ct_wake_shared(&s->word, all ? CT_WAKE_ALL : (int)n);
    return 0;
}

CT_SEMAPHORE_ADAPT(futex_shared)
CT_SEMAPHORE_ADAPT_TIMED(futex_shared)

static const struct ct_semaphore_ops ct_semaphore_futex_shared_ops = {
    .impl = {CT_SEMAPHORE_IMPL(futex_shared, "futex-shared"),
             .summary = "as futex, between processes that share its memory",
             .source = "musl, sem_post.c (Felker)", .traits = CT_PARKS | CT_TIMED | CT_PSHARED},
    CT_SEMAPHORE_REQUIRED(futex_shared),
    .timedwait = ct_semaphore_futex_shared_op_timedwait,
};

#endif
