// SPDX-License-Identifier: MIT
/* futex - state, phase and a mark "somebody sleeps" in one word; a set for nobody makes no system call.
 *
 * Idea      As spin, a count of changes whose parity is the state: a manual waiter that wakes up late,
 *           after the event was cleared again, still sees by the count that there was a set. The mark
 *           is put by who is about to sleep and removed by the set, which then wakes all (auto: one).
 *           An auto waiter that has slept puts the mark back when it takes the event, for it knows not
 *           whether it was the only one: a later set may then make one system call for nobody.
 * Source    own, on futex(2); the mark that the woken one puts back: Drepper, "Futexes Are Tricky",
 *           2011, section 6.
 * State     word  bit 31: somebody may sleep, only while clear; bit 30: auto reset, never changes; low
 *                 30 bits: changes so far, odd while set
 *           Invariant: while the event is clear, each sleeper is marked, or (auto) one of those that
 *           slept is awake and has not looked yet.
 * Order     set's release pairs with the acquire of wait, clear and is_set. Every change, and a set that
 *           changes nothing as well, is a read-modify-write, so who sees the word sees what was before
 *           all sets so far; and no set looks away before its own writes are out.
 * Lifetime  set touches the event last with its compare-and-swap; the wake-up only names the address.
 * Choose    long waits, more threads than CPUs, one word. Between two CPUs the sleeping costs 100 times
 *           the hand-over: see futex-cpu.
 */
#ifndef CONTEND_EVENT_FUTEX_H
#define CONTEND_EVENT_FUTEX_H

#include <contend/event.h>
#include <contend/wait.h>

struct ct_event_futex {
    struct ct_u32 word;
};

#define CT_EVENT_FUTEX_SET UINT32_C(1)
#define CT_EVENT_FUTEX_COUNT UINT32_C(0x3fffffff)
#define CT_EVENT_FUTEX_AUTO UINT32_C(0x40000000)
#define CT_EVENT_FUTEX_SLEEPERS UINT32_C(0x80000000)

#define CT_EVENT_FUTEX_INIT                                                                        \
    {                                                                                              \
        CT_CELL(0)                                                                                 \
    }
#define CT_EVENT_FUTEX_INIT_AUTO                                                                   \
    {                                                                                              \
        CT_CELL(CT_EVENT_FUTEX_AUTO)                                                               \
    }

static inline void ct_event_futex_init(struct ct_event_futex *e)
{
    ct_u32_store_relaxed(&e->word, 0);
}

static inline void ct_event_futex_init_auto(struct ct_event_futex *e)
{
    ct_u32_store_relaxed(&e->word, CT_EVENT_FUTEX_AUTO);
}

static inline bool ct_event_futex_is_set(const struct ct_event_futex *e)
{
    return ct_u32_load_acquire(&e->word) & CT_EVENT_FUTEX_SET; /* pairs with set */
}

static inline void ct_event_futex_set(struct ct_event_futex *e)
{
    uint32_t seen = ct_u32_load_relaxed(&e->word);
    while (!ct_u32_cas_release(&e->word, &seen,
                               (seen & ~CT_EVENT_FUTEX_SLEEPERS) | CT_EVENT_FUTEX_SET))
        ;
    if (seen & CT_EVENT_FUTEX_SLEEPERS)
        ct_wake(&e->word, seen & CT_EVENT_FUTEX_AUTO ? 1 : CT_WAKE_ALL);
}

/* The word after clearing; there is no mark on what is set. */
static inline uint32_t ct_event_futex_cleared(uint32_t seen)
{
    return (seen & CT_EVENT_FUTEX_AUTO) | ((seen + 1) & CT_EVENT_FUTEX_COUNT);
}

static inline void ct_event_futex_clear(struct ct_event_futex *e)
{
    uint32_t seen;
    do {
        seen = ct_u32_load_acquire(&e->word);
    } while (seen & CT_EVENT_FUTEX_SET &&
             !ct_u32_cas_acquire(&e->word, &seen, ct_event_futex_cleared(seen)));
}

/* Does seen, read with acquire, let a wait through that first saw began? Takes an auto event, and
   leaves mark in it. */
static inline bool ct_event_futex_through(struct ct_event_futex *e, uint32_t seen, uint32_t began,
                                          uint32_t mark)
{
    if (!(seen & CT_EVENT_FUTEX_AUTO))
        return seen & CT_EVENT_FUTEX_SET || (seen ^ began) & CT_EVENT_FUTEX_COUNT;
    return seen & CT_EVENT_FUTEX_SET &&
           ct_u32_cas_acquire(&e->word, &seen, ct_event_futex_cleared(seen) | mark);
}

/* Sleeps until a wait that first saw began is let through; out of line, to keep the fast path small
   where it is inlined. */
__attribute__((noinline)) static int ct_event_futex_slow(struct ct_event_futex *e, uint32_t began,
                                                         uint64_t deadline_ns)
{
    uint32_t seen = began;
    int error = 0;
    while (error == 0) {
        uint32_t marked = seen | CT_EVENT_FUTEX_SLEEPERS;
        if (!(seen & CT_EVENT_FUTEX_SET) &&
            (seen == marked || ct_u32_cas_relaxed(&e->word, &seen, marked)))
            error = ct_wait(&e->word, marked, deadline_ns);
        seen = ct_u32_load_acquire(&e->word); /* after the deadline as well */
        if (ct_event_futex_through(e, seen, began, CT_EVENT_FUTEX_SLEEPERS))
            return 0;
    }
    return error;
}

static inline int ct_event_futex_timedwait(struct ct_event_futex *e, uint64_t deadline_ns)
{
    uint32_t began = ct_u32_load_acquire(&e->word); /* pairs with set */
    return ct_event_futex_through(e, began, began, 0) ? 0
                                                      : ct_event_futex_slow(e, began, deadline_ns);
}

static inline void ct_event_futex_wait(struct ct_event_futex *e)
{
    (void)ct_event_futex_timedwait(e, CT_FOREVER);
}

CT_EVENT_ADAPT(futex)
CT_EVENT_ADAPT_MANUAL(futex)
CT_EVENT_ADAPT_AUTO(futex)
CT_EVENT_ADAPT_TIMED(futex)

static const struct ct_event_ops ct_event_futex_ops = {
    .impl = {CT_EVENT_IMPL(futex, "futex"),
             .summary = "state, phase and sleepers' mark in one word; no spinning",
             .source = "own, on futex(2); Drepper 2011", .traits = CT_PARKS | CT_TIMED},
    CT_EVENT_REQUIRED(futex),
    .init = ct_event_futex_op_init,
    .init_auto = ct_event_futex_op_init_auto,
    .timedwait = ct_event_futex_op_timedwait,
};

#endif
