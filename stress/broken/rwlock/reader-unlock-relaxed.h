// SPDX-License-Identifier: MIT
/* reader-unlock-relaxed - spinning reader-writer lock, broken.
 *
 * Mistake: a reader leaves without release, so its last looks may come after the next writer's writes.
 * Breaks:  readers exclude a writer.
 */
#ifndef STRESS_BROKEN_RWLOCK_READER_UNLOCK_RELAXED_H
#define STRESS_BROKEN_RWLOCK_READER_UNLOCK_RELAXED_H

#include <contend/rwlock.h>
#include <contend/wait.h>

struct ct_rwlock_reader_unlock_relaxed {
    struct ct_u32 word; /* readers inside | WRITER */
};

#define CT_READER_UNLOCK_RELAXED_WRITER UINT32_C(0x80000000)

static inline void ct_rwlock_reader_unlock_relaxed_init(struct ct_rwlock_reader_unlock_relaxed *rw)
{
    ct_u32_store_relaxed(&rw->word, 0);
}

static inline void
ct_rwlock_reader_unlock_relaxed_rdlock(struct ct_rwlock_reader_unlock_relaxed *rw)
{
    for (;;) {
        uint32_t seen = ct_u32_load_relaxed(&rw->word);
        if (!(seen & CT_READER_UNLOCK_RELAXED_WRITER) &&
            ct_u32_cas_acquire(&rw->word, &seen, seen + 1))
            return;
        ct_pause();
    }
}

static inline void
ct_rwlock_reader_unlock_relaxed_rdunlock(struct ct_rwlock_reader_unlock_relaxed *rw)
{
    ct_u32_sub_relaxed(&rw->word, 1); /* the mistake: not a release */
}

static inline void
ct_rwlock_reader_unlock_relaxed_wrlock(struct ct_rwlock_reader_unlock_relaxed *rw)
{
    for (;;) {
        uint32_t seen = 0;
        if (ct_u32_cas_acquire(&rw->word, &seen, CT_READER_UNLOCK_RELAXED_WRITER))
            return;
        ct_pause();
    }
}

static inline void
ct_rwlock_reader_unlock_relaxed_wrunlock(struct ct_rwlock_reader_unlock_relaxed *rw)
{
    ct_u32_and_release(&rw->word, ~CT_READER_UNLOCK_RELAXED_WRITER);
}

CT_RWLOCK_ADAPT(reader_unlock_relaxed)

static const struct ct_rwlock_ops ct_rwlock_reader_unlock_relaxed_ops = {
    .impl = {CT_RWLOCK_IMPL(reader_unlock_relaxed, "reader-unlock-relaxed"),
             .summary = "broken: rdunlock is relaxed", .source = "Courtois, Heymans & Parnas 1971",
             .traits = CT_SPINS},
    CT_RWLOCK_REQUIRED(reader_unlock_relaxed),

};

#endif
