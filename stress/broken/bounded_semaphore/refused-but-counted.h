// SPDX-License-Identifier: MIT
/* refused-but-counted - spinning bounded semaphore, broken.
 *
 * Mistake: a post adds first and takes back what was too much: in between the value is above the
 *          maximum, and others take it.
 * Breaks:  what is refused is not counted.
 */
#ifndef STRESS_BROKEN_BOUNDED_SEMAPHORE_REFUSED_BUT_COUNTED_H
#define STRESS_BROKEN_BOUNDED_SEMAPHORE_REFUSED_BUT_COUNTED_H

#include <contend/bounded_semaphore.h>
#include <contend/wait.h>

struct ct_bounded_semaphore_refused_but_counted {
    struct ct_u32 value;
    uint32_t max; /* never changes */
};

static inline void
ct_bounded_semaphore_refused_but_counted_init(struct ct_bounded_semaphore_refused_but_counted *s,
                                              uint32_t value, uint32_t max)
{
    ct_u32_store_relaxed(&s->value, value);
    s->max = max;
}

static inline bool
ct_bounded_semaphore_refused_but_counted_trywait(struct ct_bounded_semaphore_refused_but_counted *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void
ct_bounded_semaphore_refused_but_counted_wait(struct ct_bounded_semaphore_refused_but_counted *s)
{
    while (!ct_bounded_semaphore_refused_but_counted_trywait(s))
        ct_pause();
}

static inline int
ct_bounded_semaphore_refused_but_counted_post(struct ct_bounded_semaphore_refused_but_counted *s,
                                              uint32_t n)
{
    if (ct_u32_add_release(&s->value, n) + n <= s->max)
        return 0;
    ct_u32_sub_relaxed(&s->value, n); /* the mistake: somebody may have taken it */
    return EOVERFLOW;
}

static inline uint32_t ct_bounded_semaphore_refused_but_counted_value(
    const struct ct_bounded_semaphore_refused_but_counted *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_BOUNDED_SEMAPHORE_ADAPT(refused_but_counted)

static const struct ct_bounded_semaphore_ops ct_bounded_semaphore_refused_but_counted_ops = {
    .impl = {CT_BOUNDED_SEMAPHORE_IMPL(refused_but_counted, "refused-but-counted"),
             .summary = "broken: adds first, and takes back too late",
             .source = "Dijkstra 1965; Python, BoundedSemaphore", .traits = CT_SPINS},
    CT_BOUNDED_SEMAPHORE_REQUIRED(refused_but_counted),
};

#endif
