// SPDX-License-Identifier: MIT
/* reader-without-recheck - spinning reader-writer lock, broken.
 *
 * Mistake: a reader looks whether a writer is inside, and counts itself in without looking again.
 * Breaks:  readers exclude a writer.
 */
#ifndef STRESS_BROKEN_RWLOCK_READER_WITHOUT_RECHECK_H
#define STRESS_BROKEN_RWLOCK_READER_WITHOUT_RECHECK_H

#include <contend/rwlock.h>
#include <contend/wait.h>

struct ct_rwlock_reader_without_recheck {
    struct ct_u32 word; /* readers inside | WRITER */
};

#define CT_READER_WITHOUT_RECHECK_WRITER UINT32_C(0x80000000)

static inline void
ct_rwlock_reader_without_recheck_init(struct ct_rwlock_reader_without_recheck *rw)
{
    ct_u32_store_relaxed(&rw->word, 0);
}

static inline void
ct_rwlock_reader_without_recheck_rdlock(struct ct_rwlock_reader_without_recheck *rw)
{
    while (ct_u32_load_relaxed(&rw->word) & CT_READER_WITHOUT_RECHECK_WRITER)
        ct_pause();
    ct_u32_add_acquire(&rw->word, 1); /* the mistake: a writer may have come meanwhile */
}

static inline void
ct_rwlock_reader_without_recheck_rdunlock(struct ct_rwlock_reader_without_recheck *rw)
{
    ct_u32_sub_release(&rw->word, 1);
}

static inline void
ct_rwlock_reader_without_recheck_wrlock(struct ct_rwlock_reader_without_recheck *rw)
{
    for (;;) {
        uint32_t seen = 0;
        if (ct_u32_cas_acquire(&rw->word, &seen, CT_READER_WITHOUT_RECHECK_WRITER))
            return;
        ct_pause();
    }
}

static inline void
ct_rwlock_reader_without_recheck_wrunlock(struct ct_rwlock_reader_without_recheck *rw)
{
    ct_u32_and_release(&rw->word, ~CT_READER_WITHOUT_RECHECK_WRITER);
}

CT_RWLOCK_ADAPT(reader_without_recheck)

static const struct ct_rwlock_ops ct_rwlock_reader_without_recheck_ops = {
    .impl = {CT_RWLOCK_IMPL(reader_without_recheck, "reader-without-recheck"),
             .summary = "broken: readers count themselves in without a second look",
             .source = "Courtois, Heymans & Parnas 1971", .traits = CT_SPINS},
    CT_RWLOCK_REQUIRED(reader_without_recheck),

};

#endif
