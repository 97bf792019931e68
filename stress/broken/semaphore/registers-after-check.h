// SPDX-License-Identifier: MIT
/* registers-after-check - parking semaphore, broken.
 *
 * Mistake: a waiter counts itself in only after it found no permit: a post in between sees nobody
 *          to wake, and the waiter, who does not look again, sleeps beside the permit.
 * Breaks:  no lost wake-up.
 */
#ifndef STRESS_BROKEN_SEMAPHORE_REGISTERS_AFTER_CHECK_H
#define STRESS_BROKEN_SEMAPHORE_REGISTERS_AFTER_CHECK_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_registers_after_check {
    struct ct_u32 value, waiters;
    struct ct_u32 posts; /* that found waiters: what those sleep on */
};

static inline void
ct_semaphore_registers_after_check_init(struct ct_semaphore_registers_after_check *s,
                                        uint32_t value)
{
    ct_u32_store_relaxed(&s->value, value);
    ct_u32_store_relaxed(&s->waiters, 0);
    ct_u32_store_relaxed(&s->posts, 0);
}

static inline bool
ct_semaphore_registers_after_check_trywait(struct ct_semaphore_registers_after_check *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void
ct_semaphore_registers_after_check_wait(struct ct_semaphore_registers_after_check *s)
{
    while (!ct_semaphore_registers_after_check_trywait(s)) {
        ct_u32_add_seq_cst(&s->waiters, 1); /* the mistake: after the look at the value */
        uint32_t seen = ct_u32_load_acquire(&s->posts);
        ct_wait(&s->posts, seen, CT_FOREVER);
        ct_u32_sub_relaxed(&s->waiters, 1);
    }
}

static inline int
ct_semaphore_registers_after_check_post(struct ct_semaphore_registers_after_check *s, uint32_t n)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    do {
        if (n > CT_SEMAPHORE_VALUE_MAX - seen)
            return EOVERFLOW;
    } while (!ct_u32_cas_seq_cst(&s->value, &seen, seen + n));
    if (ct_u32_load_seq_cst(&s->waiters) != 0) {
        ct_u32_add_seq_cst(&s->posts, 1);
        ct_wake(&s->posts, CT_WAKE_ALL);
    }
    return 0;
}

static inline uint32_t
ct_semaphore_registers_after_check_value(const struct ct_semaphore_registers_after_check *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_SEMAPHORE_ADAPT(registers_after_check)

static const struct ct_semaphore_ops ct_semaphore_registers_after_check_ops = {
    .impl = {CT_SEMAPHORE_IMPL(registers_after_check, "registers-after-check"),
             .summary = "broken: counts itself in after the look at the value",
             .source = "Reed & Kanodia 1979 (eventcounts), read too late",
             .traits = CT_PARKS | CT_LATE},
    CT_SEMAPHORE_REQUIRED(registers_after_check),
};

#endif
