// SPDX-License-Identifier: MIT
/* tas - test-and-set spin lock, the smallest there is.
 *
 * Idea      Exchange 1 into the word until what came out is 0.
 * Source    Anderson, "The Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors",
 *           TPDS 1(1), 1990.
 * State     held  0 free, 1 held
 * Order     unlock's release store of 0 pairs with the acquire exchange that takes it out.
 * Choose    never for speed: every probe takes the line away from the holder. It is the yardstick
 *           for what reading before writing (ttas) and queueing (mcs) buy.
 */
#ifndef CONTEND_MUTEX_TAS_H
#define CONTEND_MUTEX_TAS_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_tas {
    struct ct_u32 held;
};

#define CT_MUTEX_TAS_INIT                                                                          \
    {                                                                                              \
        CT_CELL(0)                                                                                 \
    }

enum { CT_MUTEX_TAS_PROBES_PER_CLOCK_READ = 16 };

static inline void ct_mutex_tas_init(struct ct_mutex_tas *m)
{
    ct_u32_store_relaxed(&m->held, 0);
}

static inline bool ct_mutex_tas_trylock(struct ct_mutex_tas *m)
{
    return ct_u32_exchange_acquire(&m->held, 1) == 0; /* pairs with unlock */
}

static inline void ct_mutex_tas_lock(struct ct_mutex_tas *m)
{
    while (!ct_mutex_tas_trylock(m))
        ct_pause();
}

static inline int ct_mutex_tas_timedlock(struct ct_mutex_tas *m, uint64_t deadline_ns)
{
    for (unsigned probe = 0; !ct_mutex_tas_trylock(m); probe++) {
        if (probe % CT_MUTEX_TAS_PROBES_PER_CLOCK_READ == 0 && ct_now_ns() >= deadline_ns)
            return ETIMEDOUT;
        ct_pause();
    }
    return 0;
}

static inline void ct_mutex_tas_unlock(struct ct_mutex_tas *m)
{
    ct_u32_store_release(&m->held, 0);
}

CT_MUTEX_ADAPT(tas)
CT_MUTEX_ADAPT_TRY(tas)
CT_MUTEX_ADAPT_TIMED(tas)

static const struct ct_mutex_ops ct_mutex_tas_ops = {
    .impl = {CT_MUTEX_IMPL(tas, "tas"), .summary = "test-and-set: exchange until free",
             .source = "Anderson 1990", .traits = CT_SPINS | CT_TIMED},
    CT_MUTEX_REQUIRED(tas),
    .trylock = ct_mutex_tas_op_trylock,
    .timedlock = ct_mutex_tas_op_timedlock,
};

#endif
