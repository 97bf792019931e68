// SPDX-License-Identifier: MIT
/* post-wraps - spinning semaphore, broken.
 *
 * Mistake: a post does not look whether the sum fits.
 * Breaks:  a post beyond the maximum leaves the value.
 */
#ifndef STRESS_BROKEN_SEMAPHORE_POST_WRAPS_H
#define STRESS_BROKEN_SEMAPHORE_POST_WRAPS_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_post_wraps {
    struct ct_u32 value;
};

static inline void ct_semaphore_post_wraps_init(struct ct_semaphore_post_wraps *s, uint32_t value)
{
    ct_u32_store_relaxed(&s->value, value);
}

static inline bool ct_semaphore_post_wraps_trywait(struct ct_semaphore_post_wraps *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void ct_semaphore_post_wraps_wait(struct ct_semaphore_post_wraps *s)
{
    while (!ct_semaphore_post_wraps_trywait(s))
        ct_pause();
}

static inline int ct_semaphore_post_wraps_post(struct ct_semaphore_post_wraps *s, uint32_t n)
{
    ct_u32_add_release(&s->value, n); /* the mistake */
    return 0;
}

static inline uint32_t ct_semaphore_post_wraps_value(const struct ct_semaphore_post_wraps *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_SEMAPHORE_ADAPT(post_wraps)

static const struct ct_semaphore_ops ct_semaphore_post_wraps_ops = {
    .impl = {CT_SEMAPHORE_IMPL(post_wraps, "post-wraps"),
             .summary = "broken: posts beyond the maximum", .source = "Dijkstra 1965",
             .traits = CT_SPINS},
    CT_SEMAPHORE_REQUIRED(post_wraps),
};

#endif
