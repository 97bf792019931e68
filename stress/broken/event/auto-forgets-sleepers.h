// SPDX-License-Identifier: MIT
/* auto-forgets-sleepers - parking event with auto reset, broken.
 *
 * Mistake: who has slept takes the event without leaving the mark: the set removed it, and the others
 *          who sleep are no longer known.
 * Breaks:  no lost wake-up, from the third thread on.
 */
#ifndef STRESS_BROKEN_EVENT_AUTO_FORGETS_SLEEPERS_H
#define STRESS_BROKEN_EVENT_AUTO_FORGETS_SLEEPERS_H

#include <contend/event.h>
#include <contend/wait.h>

struct ct_event_auto_forgets_sleepers {
    struct ct_u32 word; /* 0 clear, 1 set, 2 clear and somebody may sleep */
};

static inline void
ct_event_auto_forgets_sleepers_init_auto(struct ct_event_auto_forgets_sleepers *e)
{
    ct_u32_store_relaxed(&e->word, 0);
}

static inline bool
ct_event_auto_forgets_sleepers_is_set(const struct ct_event_auto_forgets_sleepers *e)
{
    return ct_u32_load_acquire(&e->word) & 1;
}

static inline void ct_event_auto_forgets_sleepers_set(struct ct_event_auto_forgets_sleepers *e)
{
    if (ct_u32_exchange_release(&e->word, 1) == 2)
        ct_wake(&e->word, 1);
}

static inline void ct_event_auto_forgets_sleepers_clear(struct ct_event_auto_forgets_sleepers *e)
{
    uint32_t seen = 1;
    ct_u32_cas_acquire(&e->word, &seen, 0);
}

static inline bool ct_event_auto_forgets_sleepers_take(struct ct_event_auto_forgets_sleepers *e)
{
    uint32_t seen = 1;
    return ct_u32_cas_acquire(&e->word, &seen, 0); /* the mistake: after a sleep, 2 */
}

static inline void ct_event_auto_forgets_sleepers_wait(struct ct_event_auto_forgets_sleepers *e)
{
    while (!ct_event_auto_forgets_sleepers_take(e)) {
        uint32_t seen = 0;
        if (ct_u32_cas_relaxed(&e->word, &seen, 2) || seen == 2)
            ct_wait(&e->word, 2, CT_FOREVER);
    }
}

CT_EVENT_ADAPT(auto_forgets_sleepers)
CT_EVENT_ADAPT_AUTO(auto_forgets_sleepers)

static const struct ct_event_ops ct_event_auto_forgets_sleepers_ops = {
    .impl = {CT_EVENT_IMPL(auto_forgets_sleepers, "auto-forgets-sleepers"),
             .summary = "broken: forgets all sleepers but the one it wakes",
             .source = "Drepper 2011, without the mark put back", .traits = CT_PARKS},
    CT_EVENT_REQUIRED(auto_forgets_sleepers),
    .init_auto = ct_event_auto_forgets_sleepers_op_init_auto,
};

#endif
