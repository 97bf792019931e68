// SPDX-License-Identifier: MIT
/* ttas - test-and-test-and-set spin lock with exponential back-off.
 *
 * Idea      Read until the word is 0, only then exchange; read ever more seldom, up to a bound. While
 *           a waiter looks away, the holder unlocks and locks again in its own cache.
 * Source    Anderson, "The Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors",
 *           TPDS 1(1), 1990; Rudolph & Segall, ISCA 1984, for reading first.
 * State     held  0 free, 1 held
 * Order     unlock's release store of 0 pairs with the acquire exchange that takes it out.
 * Choose    short sections, threads that all have a CPU, and nobody who must be served in turn.
 *
 * The bounds are a compromise: looking away for longer makes empty sections faster, since each
 * hand-over costs two misses, and sections as long as the wait slower, since a free mutex goes unseen.
 */
#ifndef CONTEND_MUTEX_TTAS_H
#define CONTEND_MUTEX_TTAS_H

#include <contend/deadline.h>
#include <contend/mutex.h>

struct ct_mutex_ttas {
    struct ct_u32 held;
};

#define CT_MUTEX_TTAS_INIT                                                                         \
    {                                                                                              \
        CT_CELL(0)                                                                                 \
    }

enum { CT_MUTEX_TTAS_GAP_NS = 160, CT_MUTEX_TTAS_GAP_NS_MAX = 320 };

static inline void ct_mutex_ttas_init(struct ct_mutex_ttas *m)
{
    ct_u32_store_relaxed(&m->held, 0);
}

static inline bool ct_mutex_ttas_trylock(struct ct_mutex_ttas *m)
{
    return ct_u32_load_relaxed(&m->held) == 0 &&
           ct_u32_exchange_acquire(&m->held, 1) == 0; /* pairs with unlock */
}

static inline int ct_mutex_ttas_contended(struct ct_mutex_ttas *m, uint64_t deadline_ns)
{
    uint32_t gap_ns = CT_MUTEX_TTAS_GAP_NS;
    do {
        if (ct_has_passed(deadline_ns))
            return ETIMEDOUT;
        ct_pause();
        ct_backoff_ns(gap_ns);
        if (gap_ns < CT_MUTEX_TTAS_GAP_NS_MAX)
            gap_ns *= 2;
    } while (!ct_mutex_ttas_trylock(m));
    return 0;
}

static inline int ct_mutex_ttas_timedlock(struct ct_mutex_ttas *m, uint64_t deadline_ns)
{
    if (ct_u32_exchange_acquire(&m->held, 1) == 0) /* pairs with unlock */
        return 0;
    return ct_mutex_ttas_contended(m, deadline_ns);
}

static inline void ct_mutex_ttas_lock(struct ct_mutex_ttas *m)
{
    (void)ct_mutex_ttas_timedlock(m, CT_FOREVER);
}

static inline void ct_mutex_ttas_unlock(struct ct_mutex_ttas *m)
{
    ct_u32_store_release(&m->held, 0);
}

CT_MUTEX_ADAPT(ttas)
CT_MUTEX_ADAPT_TRY(ttas)
CT_MUTEX_ADAPT_TIMED(ttas)

static const struct ct_mutex_ops ct_mutex_ttas_ops = {
    .impl = {CT_MUTEX_IMPL(ttas, "ttas"),
             .summary = "test-and-test-and-set with bounded exponential back-off",
             .source = "Anderson 1990", .traits = CT_SPINS | CT_TIMED},
    CT_MUTEX_REQUIRED(ttas),
    .trylock = ct_mutex_ttas_op_trylock,
    .timedlock = ct_mutex_ttas_op_timedlock,
};

#endif
