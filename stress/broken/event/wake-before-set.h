// SPDX-License-Identifier: MIT
/* wake-before-set - parking event with manual reset, broken.
 *
 * Mistake: a set wakes the sleepers first and sets the event then: who was woken may find it still
 *          clear and sleep on.
 * Breaks:  no set is lost.
 */
#ifndef STRESS_BROKEN_EVENT_WAKE_BEFORE_SET_H
#define STRESS_BROKEN_EVENT_WAKE_BEFORE_SET_H

#include <contend/event.h>
#include <contend/wait.h>

struct ct_event_wake_before_set {
    struct ct_u32 word; /* changes so far, odd while set; high bit: somebody may sleep */
};

static inline void ct_event_wake_before_set_init(struct ct_event_wake_before_set *e)
{
    ct_u32_store_relaxed(&e->word, 0);
}

static inline bool ct_event_wake_before_set_is_set(const struct ct_event_wake_before_set *e)
{
    return ct_u32_load_acquire(&e->word) & 1;
}

static inline void ct_event_wake_before_set_set(struct ct_event_wake_before_set *e)
{
    uint32_t seen = ct_u32_load_relaxed(&e->word);
    if (seen & UINT32_C(0x80000000))
        ct_wake(&e->word, CT_WAKE_ALL); /* the mistake */
    while (!ct_u32_cas_release(&e->word, &seen, (seen & UINT32_C(0x7fffffff)) | 1))
        ;
}

static inline void ct_event_wake_before_set_clear(struct ct_event_wake_before_set *e)
{
    uint32_t seen = ct_u32_load_acquire(&e->word);
    while (seen & 1 && !ct_u32_cas_acquire(&e->word, &seen, (seen + 1) & UINT32_C(0x7fffffff)))
        ;
}

static inline void ct_event_wake_before_set_wait(struct ct_event_wake_before_set *e)
{
    uint32_t seen = ct_u32_load_acquire(&e->word), began = seen & UINT32_C(0x7fffffff);
    while (!(seen & 1) && (seen & UINT32_C(0x7fffffff)) == began) {
        uint32_t marked = seen | UINT32_C(0x80000000);
        if (seen == marked || ct_u32_cas_relaxed(&e->word, &seen, marked))
            ct_wait(&e->word, marked, CT_FOREVER);
        seen = ct_u32_load_acquire(&e->word);
    }
}

CT_EVENT_ADAPT(wake_before_set)
CT_EVENT_ADAPT_MANUAL(wake_before_set)

static const struct ct_event_ops ct_event_wake_before_set_ops = {
    .impl = {CT_EVENT_IMPL(wake_before_set, "wake-before-set"),
             .summary = "broken: wakes before it sets", .source = "own, on futex(2)",
             .traits = CT_PARKS},
    CT_EVENT_REQUIRED(wake_before_set),
    .init = ct_event_wake_before_set_op_init,
};

#endif
