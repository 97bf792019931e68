// SPDX-License-Identifier: MIT
/* set-wakes-one - parking event with manual reset, broken.
 *
 * Mistake: a set wakes one of the sleepers, as one would for auto reset.
 * Breaks:  a set lets everybody through.
 */
#ifndef STRESS_BROKEN_EVENT_SET_WAKES_ONE_H
#define STRESS_BROKEN_EVENT_SET_WAKES_ONE_H

#include <contend/event.h>
#include <contend/wait.h>

struct ct_event_set_wakes_one {
    struct ct_u32 word; /* changes so far, odd while set; high bit: somebody may sleep */
};

static inline void ct_event_set_wakes_one_init(struct ct_event_set_wakes_one *e)
{
    ct_u32_store_relaxed(&e->word, 0);
}

static inline bool ct_event_set_wakes_one_is_set(const struct ct_event_set_wakes_one *e)
{
    return ct_u32_load_acquire(&e->word) & 1;
}

static inline void ct_event_set_wakes_one_set(struct ct_event_set_wakes_one *e)
{
    uint32_t seen = ct_u32_load_relaxed(&e->word);
    while (!ct_u32_cas_release(&e->word, &seen, (seen & UINT32_C(0x7fffffff)) | 1))
        ;
    if (seen & UINT32_C(0x80000000))
        ct_wake(&e->word, 1); /* the mistake */
}

static inline void ct_event_set_wakes_one_clear(struct ct_event_set_wakes_one *e)
{
    uint32_t seen = ct_u32_load_acquire(&e->word);
    while (seen & 1 && !ct_u32_cas_acquire(&e->word, &seen, (seen + 1) & UINT32_C(0x7fffffff)))
        ;
}

static inline void ct_event_set_wakes_one_wait(struct ct_event_set_wakes_one *e)
{
    uint32_t seen = ct_u32_load_acquire(&e->word), began = seen & UINT32_C(0x7fffffff);
    while (!(seen & 1) && (seen & UINT32_C(0x7fffffff)) == began) {
        uint32_t marked = seen | UINT32_C(0x80000000);
        if (seen == marked || ct_u32_cas_relaxed(&e->word, &seen, marked))
            ct_wait(&e->word, marked, CT_FOREVER);
        seen = ct_u32_load_acquire(&e->word);
    }
}

CT_EVENT_ADAPT(set_wakes_one)
CT_EVENT_ADAPT_MANUAL(set_wakes_one)

static const struct ct_event_ops ct_event_set_wakes_one_ops = {
    .impl = {CT_EVENT_IMPL(set_wakes_one, "set-wakes-one"),
             .summary = "broken: wakes one of those who sleep", .source = "own, on futex(2)",
             .traits = CT_PARKS},
    CT_EVENT_REQUIRED(set_wakes_one),
    .init = ct_event_set_wakes_one_op_init,
};

#endif
