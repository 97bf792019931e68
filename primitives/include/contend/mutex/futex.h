// SPDX-License-Identifier: MIT
/* futex - the textbook three-state mutex: waiters sleep at once.
 *
 * Idea      Taking a free mutex and leaving one nobody waits for are one exchange each; a third state
 *           tells the holder that somebody may be asleep.
 * Source    Drepper, "Futexes Are Tricky", 2011, mutex 3; unlock does its decrement and store as one
 *           exchange.
 * State     state  0 free, 1 held, 2 held and perhaps waited for
 *                  0 -> 1  lock, trylock; 0, 1 -> 2  a waiter; 1, 2 -> 0  unlock, which after 2 wakes
 *                  A waiter takes it with 2, since it cannot know whether others sleep.
 * Order     unlock's release exchange pairs with the acquire that finds 0.
 * Choose    long sections, more threads than CPUs. For short ones the sleeping costs more than the
 *           section: see futex-adaptive.
 */
#ifndef CONTEND_MUTEX_FUTEX_H
#define CONTEND_MUTEX_FUTEX_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_futex {
    struct ct_u32 state;
};

#define CT_MUTEX_FUTEX_INIT                                                                        \
    {                                                                                              \
        CT_CELL(0)                                                                                 \
    }

enum { CT_MUTEX_FUTEX_FREE, CT_MUTEX_FUTEX_HELD, CT_MUTEX_FUTEX_WAITED_FOR };

static inline void ct_mutex_futex_init(struct ct_mutex_futex *m)
{
    ct_u32_store_relaxed(&m->state, CT_MUTEX_FUTEX_FREE);
}

static inline bool ct_mutex_futex_trylock(struct ct_mutex_futex *m)
{
    uint32_t seen = CT_MUTEX_FUTEX_FREE;
    return ct_u32_cas_acquire(&m->state, &seen, CT_MUTEX_FUTEX_HELD); /* pairs with unlock */
}

static inline int ct_mutex_futex_timedlock(struct ct_mutex_futex *m, uint64_t deadline_ns)
{
    uint32_t seen = CT_MUTEX_FUTEX_FREE;
    if (ct_u32_cas_acquire(&m->state, &seen, CT_MUTEX_FUTEX_HELD)) /* pairs with unlock */
        return 0;
    if (seen == CT_MUTEX_FUTEX_HELD)
        seen = ct_u32_exchange_acquire(&m->state, CT_MUTEX_FUTEX_WAITED_FOR);
    while (seen != CT_MUTEX_FUTEX_FREE) {
        if (ct_wait(&m->state, CT_MUTEX_FUTEX_WAITED_FOR, deadline_ns) == ETIMEDOUT)
            return ETIMEDOUT; /* not woken, so no wake-up is lost */
        seen = ct_u32_exchange_acquire(&m->state, CT_MUTEX_FUTEX_WAITED_FOR);
    }
    return 0;
}

static inline void ct_mutex_futex_lock(struct ct_mutex_futex *m)
{
    (void)ct_mutex_futex_timedlock(m, CT_FOREVER);
}

static inline void ct_mutex_futex_unlock(struct ct_mutex_futex *m)
{
    if (ct_u32_exchange_release(&m->state, CT_MUTEX_FUTEX_FREE) == CT_MUTEX_FUTEX_WAITED_FOR)
        ct_wake(&m->state, 1);
}

CT_MUTEX_ADAPT(futex)
CT_MUTEX_ADAPT_TRY(futex)
CT_MUTEX_ADAPT_TIMED(futex)

static const struct ct_mutex_ops ct_mutex_futex_ops = {
    .impl = {CT_MUTEX_IMPL(futex, "futex"),
             .summary = "three states, no spinning: the textbook futex",
             .source = "Drepper 2011, mutex 3", .traits = CT_PARKS | CT_TIMED},
    CT_MUTEX_REQUIRED(futex),
    .trylock = ct_mutex_futex_op_trylock,
    .timedlock = ct_mutex_futex_op_timedlock,
};

#endif
