// SPDX-License-Identifier: MIT
/* futex-reader - one word, readers first.
 *
 * Idea      A reader waits for a writer that is inside, never for one that waits.
 * Source    own, see rwword.h; Courtois, Heymans & Parnas, "Concurrent Control with Readers and
 *           Writers", CACM 14(10), 1971, problem 1.
 * State     rwword.h's: counts of readers inside, waiting readers and waiting writers, and a writer's bit,
 *           in one word; two turns to sleep on.
 * Order     rwword.h's: one read-modify-write to enter, one to leave, acquire and release.
 * Lifetime  an unlock that found waiters touches a turn after it let others in (trait late).
 * Choose    where a thread may read again while it reads, or where writers may wait for long: readers that
 *           follow each other closely keep them out for ever. While a writer is being woken,
 *           every reader that leaves the lock free makes a system call for it.
 */
#ifndef CONTEND_RWLOCK_FUTEX_READER_H
#define CONTEND_RWLOCK_FUTEX_READER_H

#include <contend/rwword.h>

struct ct_rwlock_futex_reader {
    struct ct_rwword word;
};

#define CT_RWLOCK_FUTEX_READER_INIT                                                                \
    {                                                                                              \
        CT_RWWORD_INIT                                                                             \
    }

static inline void ct_rwlock_futex_reader_init(struct ct_rwlock_futex_reader *rw)
{
    ct_rwword_init(&rw->word);
}

static inline void ct_rwlock_futex_reader_rdlock(struct ct_rwlock_futex_reader *rw)
{
    ct_rwword_rdlock(&rw->word, CT_RWLOCK_READERS);
}

static inline bool ct_rwlock_futex_reader_tryrdlock(struct ct_rwlock_futex_reader *rw)
{
    return ct_rwword_tryrdlock(&rw->word, CT_RWLOCK_READERS);
}

static inline int ct_rwlock_futex_reader_timedrdlock(struct ct_rwlock_futex_reader *rw,
                                                     uint64_t deadline_ns)
{
    return ct_rwword_timedrdlock(&rw->word, deadline_ns, CT_RWLOCK_READERS);
}

static inline void ct_rwlock_futex_reader_rdunlock(struct ct_rwlock_futex_reader *rw)
{
    ct_rwword_rdunlock(&rw->word);
}

static inline void ct_rwlock_futex_reader_wrlock(struct ct_rwlock_futex_reader *rw)
{
    ct_rwword_wrlock(&rw->word);
}

static inline bool ct_rwlock_futex_reader_trywrlock(struct ct_rwlock_futex_reader *rw)
{
    return ct_rwword_trywrlock(&rw->word);
}

static inline int ct_rwlock_futex_reader_timedwrlock(struct ct_rwlock_futex_reader *rw,
                                                     uint64_t deadline_ns)
{
    return ct_rwword_timedwrlock(&rw->word, deadline_ns);
}

static inline void ct_rwlock_futex_reader_wrunlock(struct ct_rwlock_futex_reader *rw)
{
    ct_rwword_wrunlock(&rw->word, CT_RWLOCK_READERS);
}

CT_RWLOCK_ADAPT(futex_reader)
CT_RWLOCK_ADAPT_TRY(futex_reader)
CT_RWLOCK_ADAPT_TIMED(futex_reader)

static const struct ct_rwlock_ops ct_rwlock_futex_reader_ops = {
    .impl = {CT_RWLOCK_IMPL(futex_reader, "futex-reader"),
             .summary = "one word, readers first; spins, then sleeps",
             .source = "own; one word: Mellor-Crummey & Scott 1991",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    .preference = CT_RWLOCK_READERS,
    CT_RWLOCK_REQUIRED(futex_reader),
    CT_RWLOCK_TRY(futex_reader),
    CT_RWLOCK_TIMED(futex_reader),
};

#endif
