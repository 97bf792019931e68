// SPDX-License-Identifier: MIT
/* checks-then-adds - spinning bounded semaphore, broken.
 *
 * Mistake: a post looks whether there is room and then adds, in two steps: two posts may fill the room
 *          that is there for one.
 * Breaks:  the value is never above the maximum.
 */
#ifndef STRESS_BROKEN_BOUNDED_SEMAPHORE_CHECKS_THEN_ADDS_H
#define STRESS_BROKEN_BOUNDED_SEMAPHORE_CHECKS_THEN_ADDS_H

#include <contend/bounded_semaphore.h>
#include <contend/wait.h>

struct ct_bounded_semaphore_checks_then_adds {
    struct ct_u32 value;
    uint32_t max; /* never changes */
};

static inline void
ct_bounded_semaphore_checks_then_adds_init(struct ct_bounded_semaphore_checks_then_adds *s,
                                           uint32_t value, uint32_t max)
{
    ct_u32_store_relaxed(&s->value, value);
    s->max = max;
}

static inline bool
ct_bounded_semaphore_checks_then_adds_trywait(struct ct_bounded_semaphore_checks_then_adds *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void
ct_bounded_semaphore_checks_then_adds_wait(struct ct_bounded_semaphore_checks_then_adds *s)
{
    while (!ct_bounded_semaphore_checks_then_adds_trywait(s))
        ct_pause();
}

static inline int
ct_bounded_semaphore_checks_then_adds_post(struct ct_bounded_semaphore_checks_then_adds *s,
                                           uint32_t n)
{
    if (n > s->max - ct_u32_load_relaxed(&s->value))
        return EOVERFLOW;
    ct_u32_add_release(&s->value, n); /* the mistake */
    return 0;
}

static inline uint32_t
ct_bounded_semaphore_checks_then_adds_value(const struct ct_bounded_semaphore_checks_then_adds *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_BOUNDED_SEMAPHORE_ADAPT(checks_then_adds)

static const struct ct_bounded_semaphore_ops ct_bounded_semaphore_checks_then_adds_ops = {
    .impl = {CT_BOUNDED_SEMAPHORE_IMPL(checks_then_adds, "checks-then-adds"),
             .summary = "broken: looks for room and adds in two steps",
             .source = "Dijkstra 1965; Python, BoundedSemaphore", .traits = CT_SPINS},
    CT_BOUNDED_SEMAPHORE_REQUIRED(checks_then_adds),
};

#endif
