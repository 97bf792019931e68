// SPDX-License-Identifier: MIT
/* timeout-keeps-waiting - spinning reader-writer lock, writers first, broken.
 *
 * Mistake: a writer that gives up stays counted as waiting, so readers let it go first for ever.
 * Breaks:  a writer that gives up lets the readers in that waited because of it.
 */
#ifndef STRESS_BROKEN_RWLOCK_TIMEOUT_KEEPS_WAITING_H
#define STRESS_BROKEN_RWLOCK_TIMEOUT_KEEPS_WAITING_H

#include <contend/deadline.h>
#include <contend/rwlock.h>

struct ct_rwlock_timeout_keeps_waiting {
    struct ct_u32 word;    /* readers inside | WRITER */
    struct ct_u32 waiting; /* writers, whom new readers let go first */
};

#define CT_TIMEOUT_KEEPS_WAITING_WRITER UINT32_C(0x80000000)

static inline void ct_rwlock_timeout_keeps_waiting_init(struct ct_rwlock_timeout_keeps_waiting *rw)
{
    ct_u32_store_relaxed(&rw->word, 0);
    ct_u32_store_relaxed(&rw->waiting, 0);
}

static inline int
ct_rwlock_timeout_keeps_waiting_timedrdlock(struct ct_rwlock_timeout_keeps_waiting *rw,
                                            uint64_t deadline_ns)
{
    for (;;) {
        uint32_t seen = ct_u32_load_relaxed(&rw->word);
        if (ct_u32_load_relaxed(&rw->waiting) == 0 && !(seen & CT_TIMEOUT_KEEPS_WAITING_WRITER) &&
            ct_u32_cas_acquire(&rw->word, &seen, seen + 1))
            return 0;
        if (ct_has_passed(deadline_ns))
            return ETIMEDOUT;
        ct_pause();
    }
}

static inline void
ct_rwlock_timeout_keeps_waiting_rdlock(struct ct_rwlock_timeout_keeps_waiting *rw)
{
    (void)ct_rwlock_timeout_keeps_waiting_timedrdlock(rw, CT_FOREVER);
}

static inline void
ct_rwlock_timeout_keeps_waiting_rdunlock(struct ct_rwlock_timeout_keeps_waiting *rw)
{
    ct_u32_sub_release(&rw->word, 1);
}

static inline int
ct_rwlock_timeout_keeps_waiting_timedwrlock(struct ct_rwlock_timeout_keeps_waiting *rw,
                                            uint64_t deadline_ns)
{
    uint32_t seen = 0;
    if (ct_u32_cas_acquire(&rw->word, &seen, CT_TIMEOUT_KEEPS_WAITING_WRITER))
        return 0;
    ct_u32_add_relaxed(&rw->waiting, 1);
    for (;;) {
        seen = 0;
        if (ct_u32_cas_acquire(&rw->word, &seen, CT_TIMEOUT_KEEPS_WAITING_WRITER))
            break;
        if (ct_has_passed(deadline_ns))
            return ETIMEDOUT; /* the mistake: still counted as waiting */
        ct_pause();
    }
    ct_u32_sub_relaxed(&rw->waiting, 1);
    return 0;
}

static inline void
ct_rwlock_timeout_keeps_waiting_wrlock(struct ct_rwlock_timeout_keeps_waiting *rw)
{
    (void)ct_rwlock_timeout_keeps_waiting_timedwrlock(rw, CT_FOREVER);
}

static inline void
ct_rwlock_timeout_keeps_waiting_wrunlock(struct ct_rwlock_timeout_keeps_waiting *rw)
{
    ct_u32_and_release(&rw->word, ~CT_TIMEOUT_KEEPS_WAITING_WRITER);
}

CT_RWLOCK_ADAPT(timeout_keeps_waiting)
CT_RWLOCK_ADAPT_TIMED(timeout_keeps_waiting)

static const struct ct_rwlock_ops ct_rwlock_timeout_keeps_waiting_ops = {
    .impl = {CT_RWLOCK_IMPL(timeout_keeps_waiting, "timeout-keeps-waiting"),
             .summary = "broken: a writer that gives up still counts as waiting", .source = "own",
             .traits = CT_SPINS | CT_TIMED},
    CT_RWLOCK_REQUIRED(timeout_keeps_waiting),
    CT_RWLOCK_TIMED(timeout_keeps_waiting),
};

#endif
