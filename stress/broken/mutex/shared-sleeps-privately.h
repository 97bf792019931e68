// SPDX-License-Identifier: MIT
/* shared-sleeps-privately - three-state lock between processes, broken.
 *
 * Mistake: sleeps and wakes as if all who share the memory were of one process.
 * Breaks:  progress between processes; within one it is correct.
 */
#ifndef STRESS_BROKEN_MUTEX_SHARED_SLEEPS_PRIVATELY_H
#define STRESS_BROKEN_MUTEX_SHARED_SLEEPS_PRIVATELY_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_shared_sleeps_privately {
    struct ct_u32 state; /* 0 free, 1 held, 2 held and perhaps waited for */
};

static inline void ct_mutex_shared_sleeps_privately_init(struct ct_mutex_shared_sleeps_privately *m)
{
    ct_u32_store_relaxed(&m->state, 0);
}

static inline void ct_mutex_shared_sleeps_privately_lock(struct ct_mutex_shared_sleeps_privately *m)
{
    uint32_t seen = 0;
    if (ct_u32_cas_acquire(&m->state, &seen, 1))
        return;
    while (ct_u32_exchange_acquire(&m->state, 2) != 0)
        ct_wait(&m->state, 2, CT_FOREVER);
}

static inline void
ct_mutex_shared_sleeps_privately_unlock(struct ct_mutex_shared_sleeps_privately *m)
{
    if (ct_u32_exchange_release(&m->state, 0) == 2)
        ct_wake(&m->state, 1);
}

CT_MUTEX_ADAPT(shared_sleeps_privately)

static const struct ct_mutex_ops ct_mutex_shared_sleeps_privately_ops = {
    .impl = {CT_MUTEX_IMPL(shared_sleeps_privately, "shared-sleeps-privately"),
             .summary = "sleepers of other processes are not woken",
             .source = "Drepper 2011, mutex 3; futex(2), FUTEX_PRIVATE_FLAG",
             .traits = CT_PARKS | CT_PSHARED},
    CT_MUTEX_REQUIRED(shared_sleeps_privately),
};

#endif
