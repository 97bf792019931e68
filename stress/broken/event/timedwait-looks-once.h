// SPDX-License-Identifier: MIT
/* timedwait-looks-once - spinning event with manual reset, broken.
 *
 * Mistake: a timed wait that finds the event clear lets its time pass and answers by what it saw
 *          first: a set in between is reported as a timeout.
 * Breaks:  a set that returned before the deadline is not reported as a timeout.
 */
#ifndef STRESS_BROKEN_EVENT_TIMEDWAIT_LOOKS_ONCE_H
#define STRESS_BROKEN_EVENT_TIMEDWAIT_LOOKS_ONCE_H

#include <contend/event.h>
#include <contend/wait.h>

struct ct_event_timedwait_looks_once {
    struct ct_u32 word; /* changes so far, odd while set */
};

static inline void ct_event_timedwait_looks_once_init(struct ct_event_timedwait_looks_once *e)
{
    ct_u32_store_relaxed(&e->word, 0);
}

static inline bool
ct_event_timedwait_looks_once_is_set(const struct ct_event_timedwait_looks_once *e)
{
    return ct_u32_load_acquire(&e->word) & 1;
}

static inline void ct_event_timedwait_looks_once_set(struct ct_event_timedwait_looks_once *e)
{
    uint32_t seen = ct_u32_load_relaxed(&e->word);
    while (!ct_u32_cas_release(&e->word, &seen, seen | 1))
        ;
}

static inline void ct_event_timedwait_looks_once_clear(struct ct_event_timedwait_looks_once *e)
{
    uint32_t seen = ct_u32_load_acquire(&e->word);
    while (seen & 1 && !ct_u32_cas_acquire(&e->word, &seen, (seen + 1) & UINT32_C(0x7fffffff)))
        ;
}

static inline void ct_event_timedwait_looks_once_wait(struct ct_event_timedwait_looks_once *e)
{
    uint32_t began = ct_u32_load_acquire(&e->word), seen = began;
    while (!(seen & 1) && seen == began) {
        ct_pause();
        seen = ct_u32_load_acquire(&e->word);
    }
}

static inline int ct_event_timedwait_looks_once_timedwait(struct ct_event_timedwait_looks_once *e,
                                                          uint64_t deadline_ns)
{
    bool set =
        ct_event_timedwait_looks_once_is_set(e); /* the mistake: before the time, not after */
    while (!set && ct_now_ns() < deadline_ns)
        ct_yield();
    return set ? 0 : ETIMEDOUT;
}

CT_EVENT_ADAPT(timedwait_looks_once)
CT_EVENT_ADAPT_MANUAL(timedwait_looks_once)
CT_EVENT_ADAPT_TIMED(timedwait_looks_once)

static const struct ct_event_ops ct_event_timedwait_looks_once_ops = {
    .impl = {CT_EVENT_IMPL(timedwait_looks_once, "timedwait-looks-once"),
             .summary = "broken: a set during a timed wait counts as a timeout",
             .source = "Reed & Kanodia 1979", .traits = CT_SPINS | CT_TIMED},
    CT_EVENT_REQUIRED(timedwait_looks_once),
    .init = ct_event_timedwait_looks_once_op_init,
    .timedwait = ct_event_timedwait_looks_once_op_timedwait,
};

#endif
