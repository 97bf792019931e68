// SPDX-License-Identifier: MIT
/* set-relaxed - spinning event with manual reset, broken.
 *
 * Mistake: a set does not order what was written before it.
 * Breaks:  who is let through sees what was written before the set.
 */
#ifndef STRESS_BROKEN_EVENT_SET_RELAXED_H
#define STRESS_BROKEN_EVENT_SET_RELAXED_H

#include <contend/event.h>
#include <contend/wait.h>

struct ct_event_set_relaxed {
    struct ct_u32 word; /* changes so far, odd while set */
};

static inline void ct_event_set_relaxed_init(struct ct_event_set_relaxed *e)
{
    ct_u32_store_relaxed(&e->word, 0);
}

static inline bool ct_event_set_relaxed_is_set(const struct ct_event_set_relaxed *e)
{
    return ct_u32_load_acquire(&e->word) & 1;
}

static inline void ct_event_set_relaxed_set(struct ct_event_set_relaxed *e)
{
    uint32_t seen = ct_u32_load_relaxed(&e->word);
    while (!ct_u32_cas_relaxed(&e->word, &seen, seen | 1))
        ; /* the mistake: relaxed */
}

static inline void ct_event_set_relaxed_clear(struct ct_event_set_relaxed *e)
{
    uint32_t seen = ct_u32_load_acquire(&e->word);
    while (seen & 1 && !ct_u32_cas_acquire(&e->word, &seen, (seen + 1) & UINT32_C(0x7fffffff)))
        ;
}

static inline void ct_event_set_relaxed_wait(struct ct_event_set_relaxed *e)
{
    uint32_t began = ct_u32_load_acquire(&e->word), seen = began;
    while (!(seen & 1) && seen == began) {
        ct_pause();
        seen = ct_u32_load_acquire(&e->word);
    }
}

CT_EVENT_ADAPT(set_relaxed)
CT_EVENT_ADAPT_MANUAL(set_relaxed)

static const struct ct_event_ops ct_event_set_relaxed_ops = {
    .impl = {CT_EVENT_IMPL(set_relaxed, "set-relaxed"), .summary = "broken: set orders nothing",
             .source = "Reed & Kanodia 1979", .traits = CT_SPINS},
    CT_EVENT_REQUIRED(set_relaxed),
    .init = ct_event_set_relaxed_op_init,
};

#endif
