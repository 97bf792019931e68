// SPDX-License-Identifier: MIT
/* futex-wakes-one - parking semaphore, broken.
 *
 * Mistake: a post clears the mark "somebody sleeps" and wakes one of them: the others are no
 *          longer known to sleep.
 * Breaks:  no lost wake-up, for a batch and from the third thread on.
 */
#ifndef STRESS_BROKEN_SEMAPHORE_FUTEX_WAKES_ONE_H
#define STRESS_BROKEN_SEMAPHORE_FUTEX_WAKES_ONE_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_futex_wakes_one {
    struct ct_u32 word; /* low 31 bits: permits; high bit: somebody may sleep */
};

static inline void ct_semaphore_futex_wakes_one_init(struct ct_semaphore_futex_wakes_one *s,
                                                     uint32_t value)
{
    ct_u32_store_relaxed(&s->word, value);
}

static inline uint32_t
ct_semaphore_futex_wakes_one_value(const struct ct_semaphore_futex_wakes_one *s)
{
    return ct_u32_load_relaxed(&s->word) & ~UINT32_C(0x80000000);
}

static inline bool ct_semaphore_futex_wakes_one_trywait(struct ct_semaphore_futex_wakes_one *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->word);
    while (seen & ~UINT32_C(0x80000000))
        if (ct_u32_cas_acquire(&s->word, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void ct_semaphore_futex_wakes_one_wait(struct ct_semaphore_futex_wakes_one *s)
{
    while (!ct_semaphore_futex_wakes_one_trywait(s)) {
        uint32_t seen = 0;
        if (ct_u32_cas_relaxed(&s->word, &seen, UINT32_C(0x80000000)) ||
            seen == UINT32_C(0x80000000))
            ct_wait(&s->word, UINT32_C(0x80000000), CT_FOREVER);
    }
}

static inline int ct_semaphore_futex_wakes_one_post(struct ct_semaphore_futex_wakes_one *s,
                                                    uint32_t n)
{
    uint32_t seen = ct_u32_load_relaxed(&s->word), value;
    do {
        value = seen & ~UINT32_C(0x80000000);
        if (n > CT_SEMAPHORE_VALUE_MAX - value)
            return EOVERFLOW;
    } while (!ct_u32_cas_release(&s->word, &seen, value + n));
    if (seen != value)
        ct_wake(&s->word, 1); /* the mistake: the mark is gone, and others may sleep */
    return 0;
}

CT_SEMAPHORE_ADAPT(futex_wakes_one)

static const struct ct_semaphore_ops ct_semaphore_futex_wakes_one_ops = {
    .impl = {CT_SEMAPHORE_IMPL(futex_wakes_one, "futex-wakes-one"),
             .summary = "broken: forgets all sleepers but the one it wakes",
             .source = "musl, sem_post.c, without the count of waiters", .traits = CT_PARKS},
    CT_SEMAPHORE_REQUIRED(futex_wakes_one),
};

#endif
