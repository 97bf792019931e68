// SPDX-License-Identifier: MIT
/* post-adds-two - spinning semaphore, broken.
 *
 * Mistake: a post adds two permits for each.
 * Breaks:  conservation.
 */
#ifndef STRESS_BROKEN_SEMAPHORE_POST_ADDS_TWO_H
#define STRESS_BROKEN_SEMAPHORE_POST_ADDS_TWO_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_post_adds_two {
    struct ct_u32 value;
};

static inline void ct_semaphore_post_adds_two_init(struct ct_semaphore_post_adds_two *s,
                                                   uint32_t value)
{
    ct_u32_store_relaxed(&s->value, value);
}

static inline bool ct_semaphore_post_adds_two_trywait(struct ct_semaphore_post_adds_two *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void ct_semaphore_post_adds_two_wait(struct ct_semaphore_post_adds_two *s)
{
    while (!ct_semaphore_post_adds_two_trywait(s))
        ct_pause();
}

static inline int ct_semaphore_post_adds_two_post(struct ct_semaphore_post_adds_two *s, uint32_t n)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    do {
        if (n > CT_SEMAPHORE_VALUE_MAX - seen)
            return EOVERFLOW;
    } while (!ct_u32_cas_release(&s->value, &seen, seen + 2 * n)); /* the mistake */
    return 0;
}

static inline uint32_t ct_semaphore_post_adds_two_value(const struct ct_semaphore_post_adds_two *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_SEMAPHORE_ADAPT(post_adds_two)

static const struct ct_semaphore_ops ct_semaphore_post_adds_two_ops = {
    .impl = {CT_SEMAPHORE_IMPL(post_adds_two, "post-adds-two"),
             .summary = "broken: posts two permits for each", .source = "Dijkstra 1965",
             .traits = CT_SPINS},
    CT_SEMAPHORE_REQUIRED(post_adds_two),
};

#endif
