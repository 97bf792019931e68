// SPDX-License-Identifier: MIT
/* writer-unlock-relaxed - spinning reader-writer lock, broken.
 *
 * Mistake: a writer leaves without release.
 * Breaks:  who enters next sees what the writer wrote.
 */
#ifndef STRESS_BROKEN_RWLOCK_WRITER_UNLOCK_RELAXED_H
#define STRESS_BROKEN_RWLOCK_WRITER_UNLOCK_RELAXED_H

#include <contend/rwlock.h>
#include <contend/wait.h>

struct ct_rwlock_writer_unlock_relaxed {
    struct ct_u32 word; /* readers inside | WRITER */
};

#define CT_WRITER_UNLOCK_RELAXED_WRITER UINT32_C(0x80000000)

static inline void ct_rwlock_writer_unlock_relaxed_init(struct ct_rwlock_writer_unlock_relaxed *rw)
{
    ct_u32_store_relaxed(&rw->word, 0);
}

static inline void
ct_rwlock_writer_unlock_relaxed_rdlock(struct ct_rwlock_writer_unlock_relaxed *rw)
{
    for (;;) {
        uint32_t seen = ct_u32_load_relaxed(&rw->word);
        if (!(seen & CT_WRITER_UNLOCK_RELAXED_WRITER) &&
            ct_u32_cas_acquire(&rw->word, &seen, seen + 1))
            return;
        ct_pause();
    }
}

static inline void
ct_rwlock_writer_unlock_relaxed_rdunlock(struct ct_rwlock_writer_unlock_relaxed *rw)
{
    ct_u32_sub_release(&rw->word, 1);
}

static inline void
ct_rwlock_writer_unlock_relaxed_wrlock(struct ct_rwlock_writer_unlock_relaxed *rw)
{
    for (;;) {
        uint32_t seen = 0;
        if (ct_u32_cas_acquire(&rw->word, &seen, CT_WRITER_UNLOCK_RELAXED_WRITER))
            return;
        ct_pause();
    }
}

static inline void
ct_rwlock_writer_unlock_relaxed_wrunlock(struct ct_rwlock_writer_unlock_relaxed *rw)
{
    ct_u32_and_relaxed(&rw->word,
                       ~CT_WRITER_UNLOCK_RELAXED_WRITER); /* the mistake: not a release */
}

CT_RWLOCK_ADAPT(writer_unlock_relaxed)

static const struct ct_rwlock_ops ct_rwlock_writer_unlock_relaxed_ops = {
    .impl = {CT_RWLOCK_IMPL(writer_unlock_relaxed, "writer-unlock-relaxed"),
             .summary = "broken: wrunlock is relaxed", .source = "Courtois, Heymans & Parnas 1971",
             .traits = CT_SPINS},
    CT_RWLOCK_REQUIRED(writer_unlock_relaxed),

};

#endif
