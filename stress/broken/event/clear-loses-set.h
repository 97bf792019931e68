// SPDX-License-Identifier: MIT
/* clear-loses-set - parking event with manual reset, broken.
 *
 * Mistake: a woken waiter only asks whether the event is set now: who was woken by a set that was
 *          cleared at once sleeps on.
 * Breaks:  who waits when the event is set is let through.
 */
#ifndef STRESS_BROKEN_EVENT_CLEAR_LOSES_SET_H
#define STRESS_BROKEN_EVENT_CLEAR_LOSES_SET_H

#include <contend/event.h>
#include <contend/wait.h>

struct ct_event_clear_loses_set {
    struct ct_u32 word; /* changes so far, odd while set; high bit: somebody may sleep */
};

static inline void ct_event_clear_loses_set_init(struct ct_event_clear_loses_set *e)
{
    ct_u32_store_relaxed(&e->word, 0);
}

static inline bool ct_event_clear_loses_set_is_set(const struct ct_event_clear_loses_set *e)
{
    return ct_u32_load_acquire(&e->word) & 1;
}

static inline void ct_event_clear_loses_set_set(struct ct_event_clear_loses_set *e)
{
    uint32_t seen = ct_u32_load_relaxed(&e->word);
    while (!ct_u32_cas_release(&e->word, &seen, (seen & UINT32_C(0x7fffffff)) | 1))
        ;
    if (seen & UINT32_C(0x80000000))
        ct_wake(&e->word, CT_WAKE_ALL);
}

static inline void ct_event_clear_loses_set_clear(struct ct_event_clear_loses_set *e)
{
    uint32_t seen = ct_u32_load_acquire(&e->word);
    while (seen & 1 && !ct_u32_cas_acquire(&e->word, &seen, (seen + 1) & UINT32_C(0x7fffffff)))
        ;
}

static inline void ct_event_clear_loses_set_wait(struct ct_event_clear_loses_set *e)
{
    uint32_t seen = ct_u32_load_acquire(&e->word);
    while (!(seen & 1)) { /* the mistake: the count does not matter */
        uint32_t marked = seen | UINT32_C(0x80000000);
        if (seen == marked || ct_u32_cas_relaxed(&e->word, &seen, marked))
            ct_wait(&e->word, marked, CT_FOREVER);
        seen = ct_u32_load_acquire(&e->word);
    }
}

CT_EVENT_ADAPT(clear_loses_set)
CT_EVENT_ADAPT_MANUAL(clear_loses_set)

static const struct ct_event_ops ct_event_clear_loses_set_ops = {
    .impl = {CT_EVENT_IMPL(clear_loses_set, "clear-loses-set"),
             .summary = "broken: forgets a set that was cleared at once",
             .source = "own, on futex(2)", .traits = CT_PARKS},
    CT_EVENT_REQUIRED(clear_loses_set),
    .init = ct_event_clear_loses_set_op_init,
};

#endif
