// SPDX-License-Identifier: MIT
/* futex-shared - the three-state mutex between processes.
 *
 * Idea      As futex; but the kernel is asked to find sleepers by the memory that is behind the address,
 *           not by the address, so that they may be in any process.
 * Source    Drepper, "Futexes Are Tricky", 2011, mutex 3; futex(2), without FUTEX_PRIVATE_FLAG.
 * State     state  0 free, 1 held, 2 held and perhaps waited for
 *                  0 -> 1  lock, trylock; 0, 1 -> 2  a waiter; 1, 2 -> 0  unlock, which after 2 wakes
 *                  A waiter takes it with 2, since it cannot know whether others sleep.
 * Order     unlock's release exchange pairs with the acquire that finds 0.
 * Lifetime  unlock touches the mutex last with its exchange; the wake-up after it only names the
 *           address.
 * Choose    processes that share memory and do not die in the section: if one does, the mutex stays held
 *           for ever. Else pthread-robust.
 */
#ifndef CONTEND_MUTEX_FUTEX_SHARED_H
#define CONTEND_MUTEX_FUTEX_SHARED_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_futex_shared {
    struct ct_u32 state;
};

#define CT_MUTEX_FUTEX_SHARED_INIT                                                                 \
    {                                                                                              \
        CT_CELL(0)                                                                                 \
    }

enum { CT_MUTEX_FUTEX_SHARED_FREE, CT_MUTEX_FUTEX_SHARED_HELD, CT_MUTEX_FUTEX_SHARED_WAITED_FOR };

static inline void ct_mutex_futex_shared_init(struct ct_mutex_futex_shared *m)
{
    ct_u32_store_relaxed(&m->state, CT_MUTEX_FUTEX_SHARED_FREE);
}

static inline bool ct_mutex_futex_shared_trylock(struct ct_mutex_futex_shared *m)
{
    uint32_t seen = CT_MUTEX_FUTEX_SHARED_FREE;
    return ct_u32_cas_acquire(&m->state, &seen, CT_MUTEX_FUTEX_SHARED_HELD); /* pairs with unlock */
}

static inline int ct_mutex_futex_shared_timedlock(struct ct_mutex_futex_shared *m,
                                                  uint64_t deadline_ns)
{
    uint32_t seen = CT_MUTEX_FUTEX_SHARED_FREE;
    if (ct_u32_cas_acquire(&m->state, &seen, CT_MUTEX_FUTEX_SHARED_HELD)) /* pairs with unlock */
        return 0;
    if (seen == CT_MUTEX_FUTEX_SHARED_HELD)
        seen = ct_u32_exchange_acquire(&m->state, CT_MUTEX_FUTEX_SHARED_WAITED_FOR);
    while (seen != CT_MUTEX_FUTEX_SHARED_FREE) {
        if (ct_wait_shared(&m->state, CT_MUTEX_FUTEX_SHARED_WAITED_FOR, deadline_ns) == ETIMEDOUT)
            return ETIMEDOUT; /* not woken, so no wake-up is lost */
        seen = ct_u32_exchange_acquire(&m->state, CT_MUTEX_FUTEX_SHARED_WAITED_FOR);
    }
    return 0;
}

static inline void ct_mutex_futex_shared_lock(struct ct_mutex_futex_shared *m)
{
    (void)ct_mutex_futex_shared_timedlock(m, CT_FOREVER);
}

static inline void ct_mutex_futex_shared_unlock(struct ct_mutex_futex_shared *m)
{
    if (ct_u32_exchange_release(&m->state, CT_MUTEX_FUTEX_SHARED_FREE) ==
        CT_MUTEX_FUTEX_SHARED_WAITED_FOR)
        ct_wake_shared(&m->state, 1);
}

CT_MUTEX_ADAPT(futex_shared)
CT_MUTEX_ADAPT_TRY(futex_shared)
CT_MUTEX_ADAPT_TIMED(futex_shared)

static const struct ct_mutex_ops ct_mutex_futex_shared_ops = {
    .impl = {CT_MUTEX_IMPL(futex_shared, "futex-shared"),
             .summary = "three states, between processes that share memory",
             .source = "Drepper 2011, mutex 3; futex(2)",
             .traits = CT_PARKS | CT_TIMED | CT_PSHARED},
    CT_MUTEX_REQUIRED(futex_shared),
    .trylock = ct_mutex_futex_shared_op_trylock,
    .timedlock = ct_mutex_futex_shared_op_timedlock,
};

#endif
