// SPDX-License-Identifier: MIT
/* saturates - spinning bounded semaphore, broken.
 *
 * Mistake: a post that does not fit fills up to the maximum and says that all is well, which hides the
 *          release too many.
 * Breaks:  a post beyond the maximum is refused.
 */
#ifndef STRESS_BROKEN_BOUNDED_SEMAPHORE_SATURATES_H
#define STRESS_BROKEN_BOUNDED_SEMAPHORE_SATURATES_H

#include <contend/bounded_semaphore.h>
#include <contend/wait.h>

struct ct_bounded_semaphore_saturates {
    struct ct_u32 value;
    uint32_t max; /* never changes */
};

static inline void ct_bounded_semaphore_saturates_init(struct ct_bounded_semaphore_saturates *s,
                                                       uint32_t value, uint32_t max)
{
    ct_u32_store_relaxed(&s->value, value);
    s->max = max;
}

static inline bool ct_bounded_semaphore_saturates_trywait(struct ct_bounded_semaphore_saturates *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void ct_bounded_semaphore_saturates_wait(struct ct_bounded_semaphore_saturates *s)
{
    while (!ct_bounded_semaphore_saturates_trywait(s))
        ct_pause();
}

static inline int ct_bounded_semaphore_saturates_post(struct ct_bounded_semaphore_saturates *s,
                                                      uint32_t n)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value), next;
    do
        next = n > s->max - seen ? s->max : seen + n; /* the mistake */
    while (!ct_u32_cas_release(&s->value, &seen, next));
    return 0;
}

static inline uint32_t
ct_bounded_semaphore_saturates_value(const struct ct_bounded_semaphore_saturates *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_BOUNDED_SEMAPHORE_ADAPT(saturates)

static const struct ct_bounded_semaphore_ops ct_bounded_semaphore_saturates_ops = {
    .impl = {CT_BOUNDED_SEMAPHORE_IMPL(saturates, "saturates"),
             .summary = "broken: drops what does not fit and says nothing",
             .source = "Dijkstra 1965; Python, BoundedSemaphore", .traits = CT_SPINS},
    CT_BOUNDED_SEMAPHORE_REQUIRED(saturates),
};

#endif
