// SPDX-License-Identifier: MIT
/* writer-checks-then-sets - spinning reader-writer lock, broken.
 *
 * Mistake: a writer looks whether the lock is free, and then sets its bit, in two steps.
 * Breaks:  readers exclude a writer.
 */
#ifndef STRESS_BROKEN_RWLOCK_WRITER_CHECKS_THEN_SETS_H
#define STRESS_BROKEN_RWLOCK_WRITER_CHECKS_THEN_SETS_H

#include <contend/rwlock.h>
#include <contend/wait.h>

struct ct_rwlock_writer_checks_then_sets {
    struct ct_u32 word; /* readers inside | WRITER */
};

#define CT_WRITER_CHECKS_THEN_SETS_WRITER UINT32_C(0x80000000)

static inline void
ct_rwlock_writer_checks_then_sets_init(struct ct_rwlock_writer_checks_then_sets *rw)
{
    ct_u32_store_relaxed(&rw->word, 0);
}

static inline void
ct_rwlock_writer_checks_then_sets_rdlock(struct ct_rwlock_writer_checks_then_sets *rw)
{
    for (;;) {
        uint32_t seen = ct_u32_load_relaxed(&rw->word);
        if (!(seen & CT_WRITER_CHECKS_THEN_SETS_WRITER) &&
            ct_u32_cas_acquire(&rw->word, &seen, seen + 1))
            return;
        ct_pause();
    }
}

static inline void
ct_rwlock_writer_checks_then_sets_rdunlock(struct ct_rwlock_writer_checks_then_sets *rw)
{
    ct_u32_sub_release(&rw->word, 1);
}

static inline void
ct_rwlock_writer_checks_then_sets_wrlock(struct ct_rwlock_writer_checks_then_sets *rw)
{
    while (ct_u32_load_acquire(&rw->word) != 0)
        ct_pause();
    ct_u32_or_acquire(&rw->word,
                      CT_WRITER_CHECKS_THEN_SETS_WRITER); /* the mistake: no longer free, perhaps */
}

static inline void
ct_rwlock_writer_checks_then_sets_wrunlock(struct ct_rwlock_writer_checks_then_sets *rw)
{
    ct_u32_and_release(&rw->word, ~CT_WRITER_CHECKS_THEN_SETS_WRITER);
}

CT_RWLOCK_ADAPT(writer_checks_then_sets)

static const struct ct_rwlock_ops ct_rwlock_writer_checks_then_sets_ops = {
    .impl = {CT_RWLOCK_IMPL(writer_checks_then_sets, "writer-checks-then-sets"),
             .summary = "broken: the writer's test and set are two steps",
             .source = "Courtois, Heymans & Parnas 1971", .traits = CT_SPINS},
    CT_RWLOCK_REQUIRED(writer_checks_then_sets),

};

#endif
