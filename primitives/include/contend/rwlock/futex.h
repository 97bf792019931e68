// SPDX-License-Identifier: MIT
/* futex - one word, phases: neither readers nor writers are starved; the default.
 *
 * Idea      A reader that finds a writer waiting waits behind it, but for one writer only: a writer that leaves
 *           wakes the readers first, and those need not wait for the writers that wait.
 * Source    own, see rwword.h; phases: Brandenburg & Anderson, "Reader-Writer Synchronization for
 *           Shared-Memory Multiprocessor Real-Time Systems", ECRTS 2009, without their guarantee: who has
 *           a CPU may overtake who is being woken.
 * State     rwword.h's: counts of readers inside, waiting readers and waiting writers, and a writer's bit,
 *           in one word; two turns to sleep on.
 * Order     rwword.h's: one read-modify-write to enter, one to leave, acquire and release.
 * Lifetime  an unlock that found waiters touches a turn after it let others in (trait late).
 * Choose    unless one of the others fits better: a few locks in each object, mixed use, any number of threads.
 *           Not for a thread that reads again while it reads: see futex-reader.
 */
#ifndef CONTEND_RWLOCK_FUTEX_H
#define CONTEND_RWLOCK_FUTEX_H

#include <contend/rwword.h>

struct ct_rwlock_futex {
    struct ct_rwword word;
};

#define CT_RWLOCK_FUTEX_INIT                                                                       \
    {                                                                                              \
        CT_RWWORD_INIT                                                                             \
    }

static inline void ct_rwlock_futex_init(struct ct_rwlock_futex *rw)
{
    ct_rwword_init(&rw->word);
}

static inline void ct_rwlock_futex_rdlock(struct ct_rwlock_futex *rw)
{
    ct_rwword_rdlock(&rw->word, CT_RWLOCK_PHASES);
}

static inline bool ct_rwlock_futex_tryrdlock(struct ct_rwlock_futex *rw)
{
    return ct_rwword_tryrdlock(&rw->word, CT_RWLOCK_PHASES);
}

static inline int ct_rwlock_futex_timedrdlock(struct ct_rwlock_futex *rw, uint64_t deadline_ns)
{
    return ct_rwword_timedrdlock(&rw->word, deadline_ns, CT_RWLOCK_PHASES);
}

static inline void ct_rwlock_futex_rdunlock(struct ct_rwlock_futex *rw)
{
    ct_rwword_rdunlock(&rw->word);
}

static inline void ct_rwlock_futex_wrlock(struct ct_rwlock_futex *rw)
{
    ct_rwword_wrlock(&rw->word);
}

static inline bool ct_rwlock_futex_trywrlock(struct ct_rwlock_futex *rw)
{
    return ct_rwword_trywrlock(&rw->word);
}

static inline int ct_rwlock_futex_timedwrlock(struct ct_rwlock_futex *rw, uint64_t deadline_ns)
{
    return ct_rwword_timedwrlock(&rw->word, deadline_ns);
}

static inline void ct_rwlock_futex_wrunlock(struct ct_rwlock_futex *rw)
{
    ct_rwword_wrunlock(&rw->word, CT_RWLOCK_PHASES);
}

CT_RWLOCK_ADAPT(futex)
CT_RWLOCK_ADAPT_TRY(futex)
CT_RWLOCK_ADAPT_TIMED(futex)

static const struct ct_rwlock_ops ct_rwlock_futex_ops = {
    .impl = {CT_RWLOCK_IMPL(futex, "futex"),
             .summary = "one word, phases; spins, then sleeps: the default",
             .source = "own; one word: Mellor-Crummey & Scott 1991",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    .preference = CT_RWLOCK_PHASES,
    CT_RWLOCK_REQUIRED(futex),
    CT_RWLOCK_TRY(futex),
    CT_RWLOCK_TIMED(futex),
};

#endif
