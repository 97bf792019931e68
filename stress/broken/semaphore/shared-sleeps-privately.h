// SPDX-License-Identifier: MIT
/* shared-sleeps-privately - semaphore between processes, broken.
 *
 * Mistake: sleeps and wakes as if all who share the memory were of one process.
 * Breaks:  progress between processes; within one it is correct.
 */
#ifndef STRESS_BROKEN_SEMAPHORE_SHARED_SLEEPS_PRIVATELY_H
#define STRESS_BROKEN_SEMAPHORE_SHARED_SLEEPS_PRIVATELY_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_shared_sleeps_privately {
    struct ct_u32 value;
};

static inline void
ct_semaphore_shared_sleeps_privately_init(struct ct_semaphore_shared_sleeps_privately *s,
                                          uint32_t value)
{
    ct_u32_store_relaxed(&s->value, value);
}

static inline bool
ct_semaphore_shared_sleeps_privately_trywait(struct ct_semaphore_shared_sleeps_privately *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void
ct_semaphore_shared_sleeps_privately_wait(struct ct_semaphore_shared_sleeps_privately *s)
{
    while (!ct_semaphore_shared_sleeps_privately_trywait(s))
        ct_wait(&s->value, 0, CT_FOREVER); /* the mistake */
}

static inline int
ct_semaphore_shared_sleeps_privately_post(struct ct_semaphore_shared_sleeps_privately *s,
                                          uint32_t n)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    do {
        if (n > CT_SEMAPHORE_VALUE_MAX - seen)
            return EOVERFLOW;
    } while (!ct_u32_cas_release(&s->value, &seen, seen + n));
    ct_wake(&s->value, (int)n);
    return 0;
}

static inline uint32_t
ct_semaphore_shared_sleeps_privately_value(const struct ct_semaphore_shared_sleeps_privately *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_SEMAPHORE_ADAPT(shared_sleeps_privately)

static const struct ct_semaphore_ops ct_semaphore_shared_sleeps_privately_ops = {
    .impl = {CT_SEMAPHORE_IMPL(shared_sleeps_privately, "shared-sleeps-privately"),
             .summary = "broken: sleepers of other processes are not woken",
             .source = "futex(2), FUTEX_PRIVATE_FLAG", .traits = CT_PARKS | CT_PSHARED},
    CT_SEMAPHORE_REQUIRED(shared_sleeps_privately),
};

#endif
