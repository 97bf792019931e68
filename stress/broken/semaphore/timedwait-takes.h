// SPDX-License-Identifier: MIT
/* timedwait-takes - spinning semaphore, broken.
 *
 * Mistake: tries once more at its deadline, and says that it timed out even if that took a
 *          permit.
 * Breaks:  conservation: the permit is lost.
 */
#ifndef STRESS_BROKEN_SEMAPHORE_TIMEDWAIT_TAKES_H
#define STRESS_BROKEN_SEMAPHORE_TIMEDWAIT_TAKES_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_timedwait_takes {
    struct ct_u32 value;
};

static inline void ct_semaphore_timedwait_takes_init(struct ct_semaphore_timedwait_takes *s,
                                                     uint32_t value)
{
    ct_u32_store_relaxed(&s->value, value);
}

static inline bool ct_semaphore_timedwait_takes_trywait(struct ct_semaphore_timedwait_takes *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void ct_semaphore_timedwait_takes_wait(struct ct_semaphore_timedwait_takes *s)
{
    while (!ct_semaphore_timedwait_takes_trywait(s))
        ct_pause();
}

static inline int ct_semaphore_timedwait_takes_timedwait(struct ct_semaphore_timedwait_takes *s,
                                                         uint64_t deadline_ns)
{
    while (!ct_semaphore_timedwait_takes_trywait(s)) {
        if (ct_now_ns() >= deadline_ns) {
            ct_semaphore_timedwait_takes_trywait(s); /* the mistake */
            return ETIMEDOUT;
        }
        ct_pause();
    }
    return 0;
}

static inline int ct_semaphore_timedwait_takes_post(struct ct_semaphore_timedwait_takes *s,
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
ct_semaphore_timedwait_takes_value(const struct ct_semaphore_timedwait_takes *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_SEMAPHORE_ADAPT(timedwait_takes)
CT_SEMAPHORE_ADAPT_TIMED(timedwait_takes)

static const struct ct_semaphore_ops ct_semaphore_timedwait_takes_ops = {
    .impl = {CT_SEMAPHORE_IMPL(timedwait_takes, "timedwait-takes"),
             .summary = "broken: a timed wait that fails may keep a permit",
             .source = "Dijkstra 1965", .traits = CT_SPINS | CT_TIMED},
    CT_SEMAPHORE_REQUIRED(timedwait_takes),
    .timedwait = ct_semaphore_timedwait_takes_op_timedwait,
};

#endif
