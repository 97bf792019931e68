// SPDX-License-Identifier: MIT
/* post-touches-late - spinning semaphore, broken.
 *
 * Mistake: a post counts itself after it has let others through, who may be done with the
 *          semaphore.
 * Breaks:  the last to be let through may destroy it.
 */
#ifndef STRESS_BROKEN_SEMAPHORE_POST_TOUCHES_LATE_H
#define STRESS_BROKEN_SEMAPHORE_POST_TOUCHES_LATE_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_post_touches_late {
    struct ct_u32 value;
    struct ct_u32 posts; /* so far */
};

static inline void ct_semaphore_post_touches_late_init(struct ct_semaphore_post_touches_late *s,
                                                       uint32_t value)
{
    ct_u32_store_relaxed(&s->value, value);
    ct_u32_store_relaxed(&s->posts, 0);
}

static inline bool ct_semaphore_post_touches_late_trywait(struct ct_semaphore_post_touches_late *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void ct_semaphore_post_touches_late_wait(struct ct_semaphore_post_touches_late *s)
{
    while (!ct_semaphore_post_touches_late_trywait(s))
        ct_pause();
}

static inline int ct_semaphore_post_touches_late_post(struct ct_semaphore_post_touches_late *s,
                                                      uint32_t n)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    do {
        if (n > CT_SEMAPHORE_VALUE_MAX - seen)
            return EOVERFLOW;
    } while (!ct_u32_cas_release(&s->value, &seen, seen + n));
    ct_u32_add_relaxed(&s->posts, 1); /* the mistake */
    return 0;
}

static inline uint32_t
ct_semaphore_post_touches_late_value(const struct ct_semaphore_post_touches_late *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_SEMAPHORE_ADAPT(post_touches_late)

static const struct ct_semaphore_ops ct_semaphore_post_touches_late_ops = {
    .impl = {CT_SEMAPHORE_IMPL(post_touches_late, "post-touches-late"),
             .summary = "broken: writes to the semaphore after posting", .source = "Dijkstra 1965",
             .traits = CT_SPINS},
    CT_SEMAPHORE_REQUIRED(post_touches_late),
};

#endif
