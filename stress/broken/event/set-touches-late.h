// SPDX-License-Identifier: MIT
/* set-touches-late - spinning event with manual reset, broken.
 *
 * Mistake: a set counts itself after it has let others through, who may be done with the event.
 * Breaks:  who was let through may destroy the event.
 */
#ifndef STRESS_BROKEN_EVENT_SET_TOUCHES_LATE_H
#define STRESS_BROKEN_EVENT_SET_TOUCHES_LATE_H

#include <contend/event.h>
#include <contend/wait.h>

struct ct_event_set_touches_late {
    struct ct_u32 word; /* changes so far, odd while set */
    struct ct_u32 sets; /* so far */
};

static inline void ct_event_set_touches_late_init(struct ct_event_set_touches_late *e)
{
    ct_u32_store_relaxed(&e->word, 0);
    ct_u32_store_relaxed(&e->sets, 0);
}

static inline bool ct_event_set_touches_late_is_set(const struct ct_event_set_touches_late *e)
{
    return ct_u32_load_acquire(&e->word) & 1;
}

static inline void ct_event_set_touches_late_set(struct ct_event_set_touches_late *e)
{
    uint32_t seen = ct_u32_load_relaxed(&e->word);
    while (!ct_u32_cas_release(&e->word, &seen, seen | 1))
        ;
    ct_u32_add_relaxed(&e->sets, 1); /* the mistake */
}

static inline void ct_event_set_touches_late_clear(struct ct_event_set_touches_late *e)
{
    uint32_t seen = ct_u32_load_acquire(&e->word);
    while (seen & 1 && !ct_u32_cas_acquire(&e->word, &seen, (seen + 1) & UINT32_C(0x7fffffff)))
        ;
}

static inline void ct_event_set_touches_late_wait(struct ct_event_set_touches_late *e)
{
    uint32_t began = ct_u32_load_acquire(&e->word), seen = began;
    while (!(seen & 1) && seen == began) {
        ct_pause();
        seen = ct_u32_load_acquire(&e->word);
    }
}

CT_EVENT_ADAPT(set_touches_late)
CT_EVENT_ADAPT_MANUAL(set_touches_late)

static const struct ct_event_ops ct_event_set_touches_late_ops = {
    .impl = {CT_EVENT_IMPL(set_touches_late, "set-touches-late"),
             .summary = "broken: writes to the event after setting it",
             .source = "Reed & Kanodia 1979", .traits = CT_SPINS},
    CT_EVENT_REQUIRED(set_touches_late),
    .init = ct_event_set_touches_late_op_init,
};

#endif
