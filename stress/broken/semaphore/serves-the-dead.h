// SPDX-License-Identifier: MIT
/* serves-the-dead - first come, first served between processes, broken.
 *
 * Mistake: a post goes to the oldest ticket, also when the process that drew it was killed since.
 * Breaks:  as many waiters return as there are permits. Among threads, which cannot die alone, it is
 *          correct.
 */
#ifndef STRESS_BROKEN_SEMAPHORE_SERVES_THE_DEAD_H
#define STRESS_BROKEN_SEMAPHORE_SERVES_THE_DEAD_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_serves_the_dead {
    struct ct_u32 drawn, served; /* tickets; a permit is there while more are served than drawn */
};

static inline void ct_semaphore_serves_the_dead_init(struct ct_semaphore_serves_the_dead *s,
                                                     uint32_t value)
{
    ct_u32_store_relaxed(&s->drawn, 0);
    ct_u32_store_relaxed(&s->served, value);
}

static inline uint32_t
ct_semaphore_serves_the_dead_value(const struct ct_semaphore_serves_the_dead *s)
{
    uint32_t drawn = ct_u32_load_acquire(&s->drawn);
    int32_t left = (int32_t)(ct_u32_load_acquire(&s->served) - drawn);
    return left > 0 ? (uint32_t)left : 0;
}

static inline bool ct_semaphore_serves_the_dead_trywait(struct ct_semaphore_serves_the_dead *s)
{
    uint32_t drawn = ct_u32_load_relaxed(&s->drawn);
    while ((int32_t)(ct_u32_load_acquire(&s->served) - drawn) > 0) /* pairs with post */
        if (ct_u32_cas_acquire(&s->drawn, &drawn, drawn + 1))
            return true;
    return false;
}

static inline void ct_semaphore_serves_the_dead_wait(struct ct_semaphore_serves_the_dead *s)
{
    uint32_t ticket = ct_u32_add_relaxed(&s->drawn, 1), seen; /* the mistake: never given back */
    while ((int32_t)((seen = ct_u32_load_acquire(&s->served)) - ticket) <= 0) /* pairs with post */
        ct_wait_shared(&s->served, seen, CT_FOREVER);
}

static inline int ct_semaphore_serves_the_dead_post(struct ct_semaphore_serves_the_dead *s,
                                                    uint32_t n)
{
    if (n > CT_SEMAPHORE_VALUE_MAX - ct_semaphore_serves_the_dead_value(s))
        return EOVERFLOW;
    ct_u32_add_release(&s->served, n);
    ct_wake_shared(&s->served, CT_WAKE_ALL);
    return 0;
}

CT_SEMAPHORE_ADAPT(serves_the_dead)

static const struct ct_semaphore_ops ct_semaphore_serves_the_dead_ops = {
    .impl = {CT_SEMAPHORE_IMPL(serves_the_dead, "serves-the-dead"),
             .summary = "broken: a killed waiter keeps its place and is posted to",
             .source = "Reed & Kanodia 1979, ticket", .traits = CT_PARKS | CT_PSHARED},
    CT_SEMAPHORE_REQUIRED(serves_the_dead),
};

#endif
