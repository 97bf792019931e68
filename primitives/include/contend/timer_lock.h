// SPDX-License-Identifier: MIT
/* timer_lock.h - the lock of timer services, one word: their sections are short, and who finds it taken
 * sleeps.
 *
 * Source    Drepper, "Futexes Are Tricky", 2011, mutex 2
 * State     0 free, 1 held, 2 held and somebody may sleep
 * Order     give's release exchange pairs with the acquire that finds 0. Once it is free give reads it
 *           no more, so whoever takes it next may destroy it.
 */
#ifndef CONTEND_TIMER_LOCK_H
#define CONTEND_TIMER_LOCK_H

#include <contend/wait.h>

struct ct_timer_lock {
    struct ct_u32 state;
};

static inline void ct_timer_lock_init(struct ct_timer_lock *l)
{
    ct_u32_store_relaxed(&l->state, 0);
}

static inline void ct_timer_lock_take(struct ct_timer_lock *l)
{
    uint32_t seen = 0;
    if (ct_u32_cas_acquire(&l->state, &seen, 1)) /* pairs with give */
        return;
    while (ct_u32_exchange_acquire(&l->state, 2) != 0)
        ct_wait(&l->state, 2, CT_FOREVER);
}

static inline void ct_timer_lock_give(struct ct_timer_lock *l)
{
    if (ct_u32_exchange_release(&l->state, 0) == 2)
        ct_wake(&l->state, 1);
}

#endif
