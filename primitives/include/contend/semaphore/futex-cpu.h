// SPDX-License-Identifier: MIT
/* futex-cpu - as futex, but a waiter first looks on for a while if its permit will come from another
 * CPU.
 *
 * Idea      Between two CPUs a cache line is there in 100 ns and a sleeper in 50 us; on one CPU looking
 *           on only keeps the poster from its post. So who posts or takes notes its CPU, a plain store.
 *           The next post will come from a thread that posted last (a producer) or took last (a
 *           holder). Both were on the waiter's own CPU: sleep at once. Only the taker was: the waiter
 *           itself, whom a producer elsewhere serves; look on closely (poll.h). Else holders elsewhere
 *           share the semaphore as a lock: look on with back-off (spin.h).
 *           A load of the word before its compare-and-swap would cost half as much again: wait guesses
 *           that there is one permit, post that there was none, as in a lock and in a hand-over; who
 *           guessed wrong has been told.
 * Source    own; word and count after musl's semaphore (see futex), CPU from rseq(2).
 * State     word     low 31 bits: permits there; high bit: somebody may sleep
 *           waiters  threads that gave up looking and have neither got a permit nor given up waiting
 *           poster   CPU of the last post, taker of the last one served: hints, old when read
 *           Invariant: who sleeps found the word to be the mark alone, and it is cleared only by a
 *           post that then wakes all. waiters is a hint: too low, a post wakes too many; too high, the
 *           mark stays and a later post makes one system call for nobody.
 * Order     post's release pairs with the acquire that takes; every change of the word is a
 *           read-modify-write, so a taker sees what was before all posts so far. The rest orders
 *           nothing.
 * Lifetime  post notes its CPU before, and touches the semaphore last with its compare-and-swap.
 * Choose    the default for locks and hand-overs on Linux with glibc >= 2.35; elsewhere the CPU is
 *           unknown and it sleeps at once. For a pool of many permits, mostly there, futex is cheaper.
 */
#ifndef CONTEND_SEMAPHORE_FUTEX_CPU_H
#define CONTEND_SEMAPHORE_FUTEX_CPU_H

#include <contend/poll.h>
#include <contend/semaphore.h>
#include <contend/spin.h>

struct ct_semaphore_futex_cpu {
    struct ct_u32 word, waiters, poster, taker;
};

#define CT_SEMAPHORE_FUTEX_CPU_INIT(permits)                                                       \
    {                                                                                              \
        CT_CELL(permits), CT_CELL(0), CT_CELL(CT_CPU_UNKNOWN), CT_CELL(CT_CPU_UNKNOWN)             \
    }
#define CT_SEMAPHORE_FUTEX_CPU_SLEEPERS UINT32_C(0x80000000) /* the rest is the value */

static inline void ct_semaphore_futex_cpu_init(struct ct_semaphore_futex_cpu *s, uint32_t value)
{
    ct_u32_store_relaxed(&s->word, value);
    ct_u32_store_relaxed(&s->waiters, 0);
    ct_u32_store_relaxed(&s->poster, CT_CPU_UNKNOWN);
    ct_u32_store_relaxed(&s->taker, CT_CPU_UNKNOWN);
}

static inline uint32_t ct_semaphore_futex_cpu_value(const struct ct_semaphore_futex_cpu *s)
{
    return ct_u32_load_relaxed(&s->word) & ~CT_SEMAPHORE_FUTEX_CPU_SLEEPERS;
}

static inline bool ct_semaphore_futex_cpu_trywait(struct ct_semaphore_futex_cpu *s)
{
    uint32_t seen = 1; /* a guess */
    while (seen & ~CT_SEMAPHORE_FUTEX_CPU_SLEEPERS)
        if (ct_u32_cas_acquire(&s->word, &seen, seen - 1)) { /* pairs with post */
            ct_u32_store_relaxed(&s->taker, ct_cpu_id());
            return true;
        }
    return false;
}

static inline bool ct_semaphore_futex_cpu_look_on(struct ct_semaphore_futex_cpu *s)
{
    struct ct_poll poll = CT_POLL_START;
    struct ct_spin spin = CT_SPIN_START;
    bool more;
    do {
        if (ct_semaphore_futex_cpu_value(s) != 0 && ct_semaphore_futex_cpu_trywait(s))
            return true;
        uint32_t here = ct_cpu_id();
        bool posted_here = ct_u32_load_relaxed(&s->poster) == here;
        bool taken_here = ct_u32_load_relaxed(&s->taker) == here;
        if (posted_here && taken_here)
            return false;
        more = taken_here ? ct_poll_more(&poll) : ct_spin_more(&spin);
    } while (more);
    return false;
}

/* Looks on, then sleeps, until it can take a permit; out of line. */
__attribute__((noinline)) static int ct_semaphore_futex_cpu_slow(struct ct_semaphore_futex_cpu *s,
                                                                 uint64_t deadline_ns)
{
    int error = 0;
    if (ct_semaphore_futex_cpu_look_on(s))
        return 0;
    ct_u32_add_relaxed(&s->waiters, 1);
    while (error == 0 && !ct_semaphore_futex_cpu_trywait(s)) {
        uint32_t seen = 0;
        if (ct_u32_cas_relaxed(&s->word, &seen, CT_SEMAPHORE_FUTEX_CPU_SLEEPERS) ||
            seen == CT_SEMAPHORE_FUTEX_CPU_SLEEPERS)
            error = ct_wait(&s->word, CT_SEMAPHORE_FUTEX_CPU_SLEEPERS, deadline_ns);
    }
    ct_u32_sub_relaxed(&s->waiters, 1);
    return error; /* timed out: not woken, so no wake-up is lost */
}

static inline int ct_semaphore_futex_cpu_timedwait(struct ct_semaphore_futex_cpu *s,
                                                   uint64_t deadline_ns)
{
    return ct_semaphore_futex_cpu_trywait(s) ? 0 : ct_semaphore_futex_cpu_slow(s, deadline_ns);
}

static inline void ct_semaphore_futex_cpu_wait(struct ct_semaphore_futex_cpu *s)
{
    (void)ct_semaphore_futex_cpu_timedwait(s, CT_FOREVER);
}

/* post where the value may come to be max at most: CT_SEMAPHORE_VALUE_MAX, or that of a bounded
   semaphore. */
static inline int ct_semaphore_futex_cpu_post_within(struct ct_semaphore_futex_cpu *s, uint32_t n,
                                                     uint32_t max)
{
    uint32_t seen = 0, next; /* a guess */
    bool all;
    ct_u32_store_relaxed(&s->poster, ct_cpu_id());
    do {
        if (n > max - (seen & ~CT_SEMAPHORE_FUTEX_CPU_SLEEPERS))
            return EOVERFLOW;
        all = seen & CT_SEMAPHORE_FUTEX_CPU_SLEEPERS && ct_u32_load_relaxed(&s->waiters) <= n;
        next = seen + n;
        if (all)
            next &= ~CT_SEMAPHORE_FUTEX_CPU_SLEEPERS;
    } while (!ct_u32_cas_release(&s->word, &seen, next));
    if (seen & CT_SEMAPHORE_FUTEX_CPU_SLEEPERS)
        ct_wake(&s->word, all ? CT_WAKE_ALL : (int)n);
    return 0;
}

static inline int ct_semaphore_futex_cpu_post(struct ct_semaphore_futex_cpu *s, uint32_t n)
{
    return ct_semaphore_futex_cpu_post_within(s, n, CT_SEMAPHORE_VALUE_MAX);
}

CT_SEMAPHORE_ADAPT(futex_cpu)
CT_SEMAPHORE_ADAPT_TIMED(futex_cpu)

static const struct ct_semaphore_ops ct_semaphore_futex_cpu_ops = {
    .impl = {CT_SEMAPHORE_IMPL(futex_cpu, "futex-cpu"),
             .summary = "looks on before it sleeps, unless the poster is on its CPU",
             .source = "own, on rseq(2); musl, sem_post.c", .traits = CT_PARKS | CT_TIMED},
    CT_SEMAPHORE_REQUIRED(futex_cpu),
    .timedwait = ct_semaphore_futex_cpu_op_timedwait,
};

#endif
