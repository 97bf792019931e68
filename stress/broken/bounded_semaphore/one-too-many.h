// SPDX-License-Identifier: MIT
/* one-too-many - spinning bounded semaphore, broken.
 *
 * Mistake: the maximum itself is taken for the first value that does not fit: one permit too many
 *          finds room.
 * Breaks:  the value is never above the maximum.
 */
#ifndef STRESS_BROKEN_BOUNDED_SEMAPHORE_ONE_TOO_MANY_H
#define STRESS_BROKEN_BOUNDED_SEMAPHORE_ONE_TOO_MANY_H

#include <contend/bounded_semaphore.h>
#include <contend/wait.h>

struct ct_bounded_semaphore_one_too_many {
    struct ct_u32 value;
    uint32_t max; /* never changes */
};

static inline void
ct_bounded_semaphore_one_too_many_init(struct ct_bounded_semaphore_one_too_many *s, uint32_t value,
                                       uint32_t max)
{
    ct_u32_store_relaxed(&s->value, value);
    s->max = max;
}

static inline bool
ct_bounded_semaphore_one_too_many_trywait(struct ct_bounded_semaphore_one_too_many *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void
ct_bounded_semaphore_one_too_many_wait(struct ct_bounded_semaphore_one_too_many *s)
{
    while (!ct_bounded_semaphore_one_too_many_trywait(s))
        ct_pause();
}

static inline int
ct_bounded_semaphore_one_too_many_post(struct ct_bounded_semaphore_one_too_many *s, uint32_t n)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    do {
        if (seen > s->max || n > s->max + 1 - seen) /* the mistake */
            return EOVERFLOW;
    } while (!ct_u32_cas_release(&s->value, &seen, seen + n));
    return 0;
}

static inline uint32_t
ct_bounded_semaphore_one_too_many_value(const struct ct_bounded_semaphore_one_too_many *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_BOUNDED_SEMAPHORE_ADAPT(one_too_many)

static const struct ct_bounded_semaphore_ops ct_bounded_semaphore_one_too_many_ops = {
    .impl = {CT_BOUNDED_SEMAPHORE_IMPL(one_too_many, "one-too-many"),
             .summary = "broken: room for one more than the maximum",
             .source = "Dijkstra 1965; Python, BoundedSemaphore", .traits = CT_SPINS},
    CT_BOUNDED_SEMAPHORE_REQUIRED(one_too_many),
};

#endif
