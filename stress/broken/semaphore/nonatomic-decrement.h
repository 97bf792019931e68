// SPDX-License-Identifier: MIT
/* nonatomic-decrement - spinning semaphore, broken.
 *
 * Mistake: takes a permit with a load and a store instead of one read-modify-write, so that two
 *          threads may take the same.
 * Breaks:  permits: more threads inside than there are.
 */
#ifndef STRESS_BROKEN_SEMAPHORE_NONATOMIC_DECREMENT_H
#define STRESS_BROKEN_SEMAPHORE_NONATOMIC_DECREMENT_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_nonatomic_decrement {
    struct ct_u32 value;
};

static inline void ct_semaphore_nonatomic_decrement_init(struct ct_semaphore_nonatomic_decrement *s,
                                                         uint32_t value)
{
    ct_u32_store_relaxed(&s->value, value);
}

static inline bool
ct_semaphore_nonatomic_decrement_trywait(struct ct_semaphore_nonatomic_decrement *s)
{
    uint32_t seen = ct_u32_load_acquire(&s->value); /* pairs with post */
    if (seen == 0)
        return false;
    ct_u32_store_relaxed(&s->value, seen - 1); /* the mistake */
    return true;
}

static inline void ct_semaphore_nonatomic_decrement_wait(struct ct_semaphore_nonatomic_decrement *s)
{
    while (!ct_semaphore_nonatomic_decrement_trywait(s))
        ct_pause();
}

static inline int ct_semaphore_nonatomic_decrement_post(struct ct_semaphore_nonatomic_decrement *s,
                                                        uint32_t n)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    do {
        if (n > CT_SEMAPHORE_VALUE_MAX - seen)
            return EOVERFLOW;
    } while (!ct_u32_cas_release(&s->value, &seen, seen + n));
    return 0;
}

static inline uint32_t
ct_semaphore_nonatomic_decrement_value(const struct ct_semaphore_nonatomic_decrement *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_SEMAPHORE_ADAPT(nonatomic_decrement)

static const struct ct_semaphore_ops ct_semaphore_nonatomic_decrement_ops = {
    .impl = {CT_SEMAPHORE_IMPL(nonatomic_decrement, "nonatomic-decrement"),
             .summary = "broken: takes a permit with a load and a store", .source = "Dijkstra 1965",
             .traits = CT_SPINS},
    CT_SEMAPHORE_REQUIRED(nonatomic_decrement),
};

#endif
