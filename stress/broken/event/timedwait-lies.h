// SPDX-License-Identifier: MIT
/* timedwait-lies - spinning event with manual reset, broken.
 *
 * Mistake: a timed wait that reaches its deadline returns 0.
 * Breaks:  a timed wait tells a set and its deadline apart.
 */
#ifndef STRESS_BROKEN_EVENT_TIMEDWAIT_LIES_H
#define STRESS_BROKEN_EVENT_TIMEDWAIT_LIES_H

#include <contend/event.h>
#include <contend/wait.h>

struct ct_event_timedwait_lies {
    struct ct_u32 word; /* changes so far, odd while set */
};

static inline void ct_event_timedwait_lies_init(struct ct_event_timedwait_lies *e)
{
    ct_u32_store_relaxed(&e->word, 0);
}

static inline bool ct_event_timedwait_lies_is_set(const struct ct_event_timedwait_lies *e)
{
    return ct_u32_load_acquire(&e->word) & 1;
}

static inline void ct_event_timedwait_lies_set(struct ct_event_timedwait_lies *e)
{
    uint32_t seen = ct_u32_load_relaxed(&e->word);
    while (!ct_u32_cas_release(&e->word, &seen, seen | 1))
        ;
}

static inline void ct_event_timedwait_lies_clear(struct ct_event_timedwait_lies *e)
{
    uint32_t seen = ct_u32_load_acquire(&e->word);
    while (seen & 1 && !ct_u32_cas_acquire(&e->word, &seen, (seen + 1) & UINT32_C(0x7fffffff)))
        ;
}

static inline int ct_event_timedwait_lies_timedwait(struct ct_event_timedwait_lies *e,
                                                    uint64_t deadline_ns)
{
    uint32_t began = ct_u32_load_acquire(&e->word), seen = began;
    while (!(seen & 1) && seen == began) {
        if (ct_now_ns() >= deadline_ns)
            return 0; /* the mistake */
        ct_pause();
        seen = ct_u32_load_acquire(&e->word);
    }
    return 0;
}

static inline void ct_event_timedwait_lies_wait(struct ct_event_timedwait_lies *e)
{
    (void)ct_event_timedwait_lies_timedwait(e, CT_FOREVER);
}

CT_EVENT_ADAPT(timedwait_lies)
CT_EVENT_ADAPT_MANUAL(timedwait_lies)
CT_EVENT_ADAPT_TIMED(timedwait_lies)

static const struct ct_event_ops ct_event_timedwait_lies_ops = {
    .impl = {CT_EVENT_IMPL(timedwait_lies, "timedwait-lies"),
             .summary = "broken: says that it was set when time was up",
             .source = "Reed & Kanodia 1979", .traits = CT_SPINS | CT_TIMED},
    CT_EVENT_REQUIRED(timedwait_lies),
    .init = ct_event_timedwait_lies_op_init,
    .timedwait = ct_event_timedwait_lies_op_timedwait,
};

#endif
