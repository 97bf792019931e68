// SPDX-License-Identifier: MIT
/* futex-writer - one word, writers first.
 *
 * Idea      A reader waits as long as a writer is inside or waits; a writer that leaves wakes the next one.
 * Source    own, see rwword.h; Courtois, Heymans & Parnas, "Concurrent Control with Readers and
 *           Writers", CACM 14(10), 1971, problem 2.
 * State     rwword.h's: counts of readers inside, waiting readers and waiting writers, and a writer's bit,
 *           in one word; two turns to sleep on.
 * Order     rwword.h's: one read-modify-write to enter, one to leave, acquire and release.
 * Lifetime  an unlock that found waiters touches a turn after it let others in (trait late).
 * Choose    where writes are rare and urgent; writers that follow each other closely keep readers out for
 *           ever. Not for a thread that reads again while it reads: see futex-reader.
 */
#ifndef CONTEND_RWLOCK_FUTEX_WRITER_H
#define CONTEND_RWLOCK_FUTEX_WRITER_H

#include <contend/rwword.h>

struct ct_rwlock_futex_writer {
    struct ct_rwword word;
};

#define CT_RWLOCK_FUTEX_WRITER_INIT                                                                \
    {                                                                                              \
        CT_RWWORD_INIT                                                                             \
    }

static inline void ct_rwlock_futex_writer_init(struct ct_rwlock_futex_writer *rw)
{
    ct_rwword_init(&rw->word);
}

static inline void ct_rwlock_futex_writer_rdlock(struct ct_rwlock_futex_writer *rw)
{
    ct_rwword_rdlock(&rw->word, CT_RWLOCK_WRITERS);
}

static inline bool ct_rwlock_futex_writer_tryrdlock(struct ct_rwlock_futex_writer *rw)
{
    return ct_rwword_tryrdlock(&rw->word, CT_RWLOCK_WRITERS);
}

static inline int ct_rwlock_futex_writer_timedrdlock(struct ct_rwlock_futex_writer *rw,
                                                     uint64_t deadline_ns)
{
    return ct_rwword_timedrdlock(&rw->word, deadline_ns, CT_RWLOCK_WRITERS);
}

static inline void ct_rwlock_futex_writer_rdunlock(struct ct_rwlock_futex_writer *rw)
{
    ct_rwword_rdunlock(&rw->word);
}

static inline void ct_rwlock_futex_writer_wrlock(struct ct_rwlock_futex_writer *rw)
{
    ct_rwword_wrlock(&rw->word);
}

static inline bool ct_rwlock_futex_writer_trywrlock(struct ct_rwlock_futex_writer *rw)
{
    return ct_rwword_trywrlock(&rw->word);
}

static inline int ct_rwlock_futex_writer_timedwrlock(struct ct_rwlock_futex_writer *rw,
                                                     uint64_t deadline_ns)
{
    return ct_rwword_timedwrlock(&rw->word, deadline_ns);
}

static inline void ct_rwlock_futex_writer_wrunlock(struct ct_rwlock_futex_writer *rw)
{
    ct_rwword_wrunlock(&rw->word, CT_RWLOCK_WRITERS);
}

CT_RWLOCK_ADAPT(futex_writer)
CT_RWLOCK_ADAPT_TRY(futex_writer)
CT_RWLOCK_ADAPT_TIMED(futex_writer)

static const struct ct_rwlock_ops ct_rwlock_futex_writer_ops = {
    .impl = {CT_RWLOCK_IMPL(futex_writer, "futex-writer"),
             .summary = "one word, writers first; spins, then sleeps",
             .source = "own; one word: Mellor-Crummey & Scott 1991",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    .preference = CT_RWLOCK_WRITERS,
    CT_RWLOCK_REQUIRED(futex_writer),
    CT_RWLOCK_TRY(futex_writer),
    CT_RWLOCK_TIMED(futex_writer),
};

#endif
