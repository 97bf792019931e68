// SPDX-License-Identifier: MIT
/* futex-cpu - as futex, but a waiter first looks on for a while if the set will come from another CPU.
 *
 * Idea      Between two CPUs a cache line is there in 100 ns and a sleeper in 50 us; on one CPU looking
 *           on only keeps the other thread from its set. So a set notes its CPU, a plain store, and a
 *           waiter guesses that the next set will come from there as well: from its own CPU, sleep at
 *           once; else look on (poll.h), for as long as a sleep would cost.
 * Source    own; the word as in futex, the CPU from rseq(2); how long: Karlin et al. 1994 (poll.h).
 * State     word    as in futex: bit 31: somebody may sleep, only while clear; bit 30: auto reset; low
 *                   30 bits: changes so far, odd while set
 *           setter  CPU of the last set: a hint, old when read
 *           Invariant: while the event is clear, each sleeper is marked, or (auto) one of those that
 *           slept is awake and has not looked yet.
 * Order     set's release pairs with the acquire of wait, clear and is_set. Every change, and a set that
 *           changes nothing as well, is a read-modify-write, so who sees the word sees what was before
 *           all sets so far; and no set looks away before its own writes are out. setter orders nothing.
 * Lifetime  set notes its CPU before, and touches the event last with its compare-and-swap.
 * Choose    the default on Linux with glibc >= 2.35; elsewhere the CPU is unknown and it sleeps at once,
 *           which futex does with half the memory. If waits are long, futex saves the looking.
 */
#ifndef CONTEND_EVENT_FUTEX_CPU_H
#define CONTEND_EVENT_FUTEX_CPU_H

#include <contend/event.h>
#include <contend/poll.h>

struct ct_event_futex_cpu {
    struct ct_u32 word, setter;
};

#define CT_EVENT_FUTEX_CPU_SET UINT32_C(1)
#define CT_EVENT_FUTEX_CPU_COUNT UINT32_C(0x3fffffff)
#define CT_EVENT_FUTEX_CPU_AUTO UINT32_C(0x40000000)
#define CT_EVENT_FUTEX_CPU_SLEEPERS UINT32_C(0x80000000)

#define CT_EVENT_FUTEX_CPU_INIT                                                                    \
    {                                                                                              \
        CT_CELL(0), CT_CELL(CT_CPU_UNKNOWN)                                                        \
    }
#define CT_EVENT_FUTEX_CPU_INIT_AUTO                                                               \
    {                                                                                              \
        CT_CELL(CT_EVENT_FUTEX_CPU_AUTO), CT_CELL(CT_CPU_UNKNOWN)                                  \
    }

static inline void ct_event_futex_cpu_init(struct ct_event_futex_cpu *e)
{
    ct_u32_store_relaxed(&e->word, 0);
    ct_u32_store_relaxed(&e->setter, CT_CPU_UNKNOWN);
}

static inline void ct_event_futex_cpu_init_auto(struct ct_event_futex_cpu *e)
{
    ct_u32_store_relaxed(&e->word, CT_EVENT_FUTEX_CPU_AUTO);
    ct_u32_store_relaxed(&e->setter, CT_CPU_UNKNOWN);
}

static inline bool ct_event_futex_cpu_is_set(const struct ct_event_futex_cpu *e)
{
    return ct_u32_load_acquire(&e->word) & CT_EVENT_FUTEX_CPU_SET; /* pairs with set */
}

static inline void ct_event_futex_cpu_set(struct ct_event_futex_cpu *e)
{
    uint32_t seen = ct_u32_load_relaxed(&e->word);
    ct_u32_store_relaxed(&e->setter, ct_cpu_id());
    while (!ct_u32_cas_release(&e->word, &seen,
                               (seen & ~CT_EVENT_FUTEX_CPU_SLEEPERS) | CT_EVENT_FUTEX_CPU_SET))
        ;
    if (seen & CT_EVENT_FUTEX_CPU_SLEEPERS)
        ct_wake(&e->word, seen & CT_EVENT_FUTEX_CPU_AUTO ? 1 : CT_WAKE_ALL);
}

/* The word after clearing; there is no mark on what is set. */
static inline uint32_t ct_event_futex_cpu_cleared(uint32_t seen)
{
    return (seen & CT_EVENT_FUTEX_CPU_AUTO) | ((seen + 1) & CT_EVENT_FUTEX_CPU_COUNT);
}

static inline void ct_event_futex_cpu_clear(struct ct_event_futex_cpu *e)
{
    uint32_t seen;
    do {
        seen = ct_u32_load_acquire(&e->word);
    } while (seen & CT_EVENT_FUTEX_CPU_SET &&
             !ct_u32_cas_acquire(&e->word, &seen, ct_event_futex_cpu_cleared(seen)));
}

/* Does seen, read with acquire, let a wait through that first saw began? Takes an auto event, and
   leaves mark in it. */
static inline bool ct_event_futex_cpu_through(struct ct_event_futex_cpu *e, uint32_t seen,
                                              uint32_t began, uint32_t mark)
{
    if (!(seen & CT_EVENT_FUTEX_CPU_AUTO))
        return seen & CT_EVENT_FUTEX_CPU_SET || (seen ^ began) & CT_EVENT_FUTEX_CPU_COUNT;
    return seen & CT_EVENT_FUTEX_CPU_SET &&
           ct_u32_cas_acquire(&e->word, &seen, ct_event_futex_cpu_cleared(seen) | mark);
}

/* Looks on, then sleeps, until a wait that first saw began is let through; out of line. */
__attribute__((noinline)) static int ct_event_futex_cpu_slow(struct ct_event_futex_cpu *e,
                                                             uint32_t began, uint64_t deadline_ns)
{
    struct ct_poll poll = CT_POLL_START;
    while (ct_u32_load_relaxed(&e->setter) != ct_cpu_id() && ct_poll_more(&poll)) {
        if (ct_event_futex_cpu_through(e, ct_u32_load_acquire(&e->word), began, 0))
            return 0;
    }
    uint32_t seen = began;
    int error = 0;
    while (error == 0) {
        uint32_t marked = seen | CT_EVENT_FUTEX_CPU_SLEEPERS;
        if (!(seen & CT_EVENT_FUTEX_CPU_SET) &&
            (seen == marked || ct_u32_cas_relaxed(&e->word, &seen, marked)))
            error = ct_wait(&e->word, marked, deadline_ns);
        seen = ct_u32_load_acquire(&e->word); /* after the deadline as well */
        if (ct_event_futex_cpu_through(e, seen, began, CT_EVENT_FUTEX_CPU_SLEEPERS))
            return 0;
    }
    return error;
}

static inline int ct_event_futex_cpu_timedwait(struct ct_event_futex_cpu *e, uint64_t deadline_ns)
{
    uint32_t began = ct_u32_load_acquire(&e->word); /* pairs with set */
    return ct_event_futex_cpu_through(e, began, began, 0)
               ? 0
               : ct_event_futex_cpu_slow(e, began, deadline_ns);
}

static inline void ct_event_futex_cpu_wait(struct ct_event_futex_cpu *e)
{
    (void)ct_event_futex_cpu_timedwait(e, CT_FOREVER);
}

CT_EVENT_ADAPT(futex_cpu)
CT_EVENT_ADAPT_MANUAL(futex_cpu)
CT_EVENT_ADAPT_AUTO(futex_cpu)
CT_EVENT_ADAPT_TIMED(futex_cpu)

static const struct ct_event_ops ct_event_futex_cpu_ops = {
    .impl = {CT_EVENT_IMPL(futex_cpu, "futex-cpu"),
             .summary = "looks on before it sleeps, unless set on its own CPU",
             .source = "own, on rseq(2) and futex(2); Drepper 2011", .traits = CT_PARKS | CT_TIMED},
    CT_EVENT_REQUIRED(futex_cpu),
    .init = ct_event_futex_cpu_op_init,
    .init_auto = ct_event_futex_cpu_op_init_auto,
    .timedwait = ct_event_futex_cpu_op_timedwait,
};

#endif
