// SPDX-License-Identifier: MIT
/* post-relaxed - spinning semaphore, broken.
 *
 * Mistake: a post is relaxed, so that what was done before it need not be seen after the wait.
 * Breaks:  visibility.
 */
#ifndef STRESS_BROKEN_SEMAPHORE_POST_RELAXED_H
#define STRESS_BROKEN_SEMAPHORE_POST_RELAXED_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_post_relaxed {
    struct ct_u32 value;
};

static inline void ct_semaphore_post_relaxed_init(struct ct_semaphore_post_relaxed *s,
                                                  uint32_t value)
{
    ct_u32_store_relaxed(&s->value, value);
}

static inline bool ct_semaphore_post_relaxed_trywait(struct ct_semaphore_post_relaxed *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void ct_semaphore_post_relaxed_wait(struct ct_semaphore_post_relaxed *s)
{
    while (!ct_semaphore_post_relaxed_trywait(s))
        ct_pause();
}

static inline int ct_semaphore_post_relaxed_post(struct ct_semaphore_post_relaxed *s, uint32_t n)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    do {
        if (n > CT_SEMAPHORE_VALUE_MAX - seen)
            return EOVERFLOW;
    } while (!ct_u32_cas_relaxed(&s->value, &seen, seen + n)); /* the mistake */
    return 0;
}

static inline uint32_t ct_semaphore_post_relaxed_value(const struct ct_semaphore_post_relaxed *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_SEMAPHORE_ADAPT(post_relaxed)

static const struct ct_semaphore_ops ct_semaphore_post_relaxed_ops = {
    .impl = {CT_SEMAPHORE_IMPL(post_relaxed, "post-relaxed"),
             .summary = "broken: posts with relaxed order", .source = "Dijkstra 1965",
             .traits = CT_SPINS},
    CT_SEMAPHORE_REQUIRED(post_relaxed),
};

#endif
