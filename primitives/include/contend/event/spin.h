// SPDX-License-Identifier: MIT
/* spin - atomics only: who finds the event clear looks again until it was set.
 *
 * Idea      A count of changes, whose parity is the state: odd is set. So a manual wait that began at an
 *           even count is let through by any other, and needs not be looking in the moment between a
 *           set and a clear. An auto wait clears what it finds set with a compare-and-swap.
 * Source    Reed & Kanodia, "Synchronization with Eventcounts and Sequencers", CACM 22(2), 1979, for the
 *           count; manual and auto reset as in Windows' CreateEvent.
 * State     word  bit 30: auto reset, never changes; low 30 bits: changes so far, odd while set
 * Order     set's release pairs with the acquire of wait, clear and is_set. Every change, and a set that
 *           changes nothing as well, is a read-modify-write, so who sees the word sees what was before
 *           all sets so far; and no set looks away before its own writes are out.
 * Lifetime  set touches the event last with its one read-modify-write.
 * Choose    short waits between threads that all have a CPU; nothing needs a kernel.
 */
#ifndef CONTEND_EVENT_SPIN_H
#define CONTEND_EVENT_SPIN_H

#include <contend/event.h>
#include <contend/wait.h>

struct ct_event_spin {
    struct ct_u32 word;
};

#define CT_EVENT_SPIN_SET UINT32_C(1)
#define CT_EVENT_SPIN_COUNT UINT32_C(0x3fffffff)
#define CT_EVENT_SPIN_AUTO UINT32_C(0x40000000)

#define CT_EVENT_SPIN_INIT                                                                         \
    {                                                                                              \
        CT_CELL(0)                                                                                 \
    }
#define CT_EVENT_SPIN_INIT_AUTO                                                                    \
    {                                                                                              \
        CT_CELL(CT_EVENT_SPIN_AUTO)                                                                \
    }

static inline void ct_event_spin_init(struct ct_event_spin *e)
{
    ct_u32_store_relaxed(&e->word, 0);
}

static inline void ct_event_spin_init_auto(struct ct_event_spin *e)
{
    ct_u32_store_relaxed(&e->word, CT_EVENT_SPIN_AUTO);
}

static inline bool ct_event_spin_is_set(const struct ct_event_spin *e)
{
    return ct_u32_load_acquire(&e->word) & CT_EVENT_SPIN_SET; /* pairs with set */
}

static inline void ct_event_spin_set(struct ct_event_spin *e)
{
    uint32_t seen = ct_u32_load_relaxed(&e->word);
    while (!ct_u32_cas_release(&e->word, &seen, seen | CT_EVENT_SPIN_SET))
        ;
}

/* The word after clearing. */
static inline uint32_t ct_event_spin_cleared(uint32_t seen)
{
    return (seen & CT_EVENT_SPIN_AUTO) | ((seen + 1) & CT_EVENT_SPIN_COUNT);
}

static inline void ct_event_spin_clear(struct ct_event_spin *e)
{
    uint32_t seen;
    do {
        seen = ct_u32_load_acquire(&e->word);
    } while (seen & CT_EVENT_SPIN_SET &&
             !ct_u32_cas_acquire(&e->word, &seen, ct_event_spin_cleared(seen)));
}

/* Does seen, read with acquire, let a wait through that first saw began? Takes an auto event. */
static inline bool ct_event_spin_through(struct ct_event_spin *e, uint32_t seen, uint32_t began)
{
    if (!(seen & CT_EVENT_SPIN_AUTO))
        return seen & CT_EVENT_SPIN_SET || seen != began;
    return seen & CT_EVENT_SPIN_SET &&
           ct_u32_cas_acquire(&e->word, &seen, ct_event_spin_cleared(seen));
}

static inline void ct_event_spin_wait(struct ct_event_spin *e)
{
    uint32_t began = ct_u32_load_acquire(&e->word), seen = began;
    while (!ct_event_spin_through(e, seen, began)) {
        ct_pause();
        seen = ct_u32_load_acquire(&e->word);
    }
}

static inline int ct_event_spin_timedwait(struct ct_event_spin *e, uint64_t deadline_ns)
{
    uint32_t began = ct_u32_load_acquire(&e->word), seen = began;
    bool late = false; /* the last look comes after the deadline */
    while (!ct_event_spin_through(e, seen, began)) {
        if (late)
            return ETIMEDOUT;
        late = ct_now_ns() >= deadline_ns;
        if (!late)
            ct_pause();
        seen = ct_u32_load_acquire(&e->word);
    }
    return 0;
}

CT_EVENT_ADAPT(spin)
CT_EVENT_ADAPT_MANUAL(spin)
CT_EVENT_ADAPT_AUTO(spin)
CT_EVENT_ADAPT_TIMED(spin)

static const struct ct_event_ops ct_event_spin_ops = {
    .impl = {CT_EVENT_IMPL(spin, "spin"), .summary = "one word, atomics only; waiters never sleep",
             .source = "Reed & Kanodia, CACM 22(2), 1979", .traits = CT_SPINS | CT_TIMED},
    CT_EVENT_REQUIRED(spin),
    .init = ct_event_spin_op_init,
    .init_auto = ct_event_spin_op_init_auto,
    .timedwait = ct_event_spin_op_timedwait,
};

#endif
