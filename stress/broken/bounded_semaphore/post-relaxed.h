// SPDX-License-Identifier: MIT
/* post-relaxed - spinning bounded semaphore, broken.
 *
 * Mistake: a post does not order what was written with the permit.
 * Breaks:  visibility of the previous holder's writes.
 */
#ifndef STRESS_BROKEN_BOUNDED_SEMAPHORE_POST_RELAXED_H
#define STRESS_BROKEN_BOUNDED_SEMAPHORE_POST_RELAXED_H

#include <contend/bounded_semaphore.h>
#include <contend/wait.h>

struct ct_bounded_semaphore_post_relaxed {
    struct ct_u32 value;
    uint32_t max; /* never changes */
};

static inline void
ct_bounded_semaphore_post_relaxed_init(struct ct_bounded_semaphore_post_relaxed *s, uint32_t value,
                                       uint32_t max)
{
    ct_u32_store_relaxed(&s->value, value);
    s->max = max;
}

static inline bool
ct_bounded_semaphore_post_relaxed_trywait(struct ct_bounded_semaphore_post_relaxed *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void
ct_bounded_semaphore_post_relaxed_wait(struct ct_bounded_semaphore_post_relaxed *s)
{
    while (!ct_bounded_semaphore_post_relaxed_trywait(s))
        ct_pause();
}

static inline int
ct_bounded_semaphore_post_relaxed_post(struct ct_bounded_semaphore_post_relaxed *s, uint32_t n)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    do {
        if (n > s->max - seen)
            return EOVERFLOW;
    } while (!ct_u32_cas_relaxed(&s->value, &seen, seen + n)); /* the mistake */
    return 0;
}

static inline uint32_t
ct_bounded_semaphore_post_relaxed_value(const struct ct_bounded_semaphore_post_relaxed *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_BOUNDED_SEMAPHORE_ADAPT(post_relaxed)

static const struct ct_bounded_semaphore_ops ct_bounded_semaphore_post_relaxed_ops = {
    .impl = {CT_BOUNDED_SEMAPHORE_IMPL(post_relaxed, "post-relaxed"),
             .summary = "broken: post orders nothing",
             .source = "Dijkstra 1965; Python, BoundedSemaphore", .traits = CT_SPINS},
    CT_BOUNDED_SEMAPHORE_REQUIRED(post_relaxed),
};

#endif
