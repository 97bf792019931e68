// SPDX-License-Identifier: MIT
/* set-skips-when-set - spinning event, broken.
 *
 * Mistake: a set that finds the event set already returns at once, without a read-modify-write: who
 *          clears it at that moment and then looks may see neither the set nor what it announced.
 * Breaks:  who clears first and then looks misses nothing.
 */
#ifndef STRESS_BROKEN_EVENT_SET_SKIPS_WHEN_SET_H
#define STRESS_BROKEN_EVENT_SET_SKIPS_WHEN_SET_H

#include <contend/event.h>
#include <contend/wait.h>

struct ct_event_set_skips_when_set {
    struct ct_u32 word; /* changes so far, odd while set */
};

static inline void ct_event_set_skips_when_set_init(struct ct_event_set_skips_when_set *e)
{
    ct_u32_store_relaxed(&e->word, 0);
}

static inline bool ct_event_set_skips_when_set_is_set(const struct ct_event_set_skips_when_set *e)
{
    return ct_u32_load_acquire(&e->word) & 1;
}

static inline void ct_event_set_skips_when_set_set(struct ct_event_set_skips_when_set *e)
{
    uint32_t seen = ct_u32_load_relaxed(&e->word);
    while (!(seen & 1) && /* the mistake */
           !ct_u32_cas_release(&e->word, &seen, seen | 1))
        ;
}

static inline void ct_event_set_skips_when_set_clear(struct ct_event_set_skips_when_set *e)
{
    uint32_t seen = ct_u32_load_acquire(&e->word);
    while (seen & 1 && !ct_u32_cas_acquire(&e->word, &seen, (seen + 1) & UINT32_C(0x7fffffff)))
        ;
}

static inline void ct_event_set_skips_when_set_wait(struct ct_event_set_skips_when_set *e)
{
    uint32_t began = ct_u32_load_acquire(&e->word), seen = began;
    while (!(seen & 1) && seen == began) {
        ct_pause();
        seen = ct_u32_load_acquire(&e->word);
    }
}

CT_EVENT_ADAPT(set_skips_when_set)
CT_EVENT_ADAPT_MANUAL(set_skips_when_set)

static const struct ct_event_ops ct_event_set_skips_when_set_ops = {
    .impl = {CT_EVENT_IMPL(set_skips_when_set, "set-skips-when-set"),
             .summary = "broken: a set of what is set does nothing",
             .source = "Reed & Kanodia 1979", .traits = CT_SPINS},
    CT_EVENT_REQUIRED(set_skips_when_set),
    .init = ct_event_set_skips_when_set_op_init,
};

#endif
