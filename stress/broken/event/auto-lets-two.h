// SPDX-License-Identifier: MIT
/* auto-lets-two - spinning event with auto reset, broken.
 *
 * Mistake: a wait looks and clears in two steps: two waits may take one set.
 * Breaks:  a set lets exactly one through.
 */
#ifndef STRESS_BROKEN_EVENT_AUTO_LETS_TWO_H
#define STRESS_BROKEN_EVENT_AUTO_LETS_TWO_H

#include <contend/event.h>
#include <contend/wait.h>

struct ct_event_auto_lets_two {
    struct ct_u32 word; /* 0 clear, 1 set */
};

static inline void ct_event_auto_lets_two_init_auto(struct ct_event_auto_lets_two *e)
{
    ct_u32_store_relaxed(&e->word, 0);
}

static inline bool ct_event_auto_lets_two_is_set(const struct ct_event_auto_lets_two *e)
{
    return ct_u32_load_acquire(&e->word) & 1;
}

static inline void ct_event_auto_lets_two_set(struct ct_event_auto_lets_two *e)
{
    ct_u32_exchange_release(&e->word, 1);
}

static inline void ct_event_auto_lets_two_clear(struct ct_event_auto_lets_two *e)
{
    uint32_t seen = 1;
    ct_u32_cas_acquire(&e->word, &seen, 0);
}

static inline void ct_event_auto_lets_two_wait(struct ct_event_auto_lets_two *e)
{
    while (ct_u32_load_acquire(&e->word) != 1)
        ct_pause();
    ct_u32_exchange_acquire(&e->word, 0); /* the mistake */
}

CT_EVENT_ADAPT(auto_lets_two)
CT_EVENT_ADAPT_AUTO(auto_lets_two)

static const struct ct_event_ops ct_event_auto_lets_two_ops = {
    .impl = {CT_EVENT_IMPL(auto_lets_two, "auto-lets-two"),
             .summary = "broken: two waits may take one set", .source = "Reed & Kanodia 1979",
             .traits = CT_SPINS},
    CT_EVENT_REQUIRED(auto_lets_two),
    .init_auto = ct_event_auto_lets_two_op_init_auto,
};

#endif
