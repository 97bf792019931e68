// SPDX-License-Identifier: MIT
/* reader-forgets-writer - sleeping reader-writer lock, broken.
 *
 * Mistake: the last reader leaves without waking anybody.
 * Breaks:  no writer sleeps for ever while it may enter.
 */
#ifndef STRESS_BROKEN_RWLOCK_READER_FORGETS_WRITER_H
#define STRESS_BROKEN_RWLOCK_READER_FORGETS_WRITER_H

#include <contend/rwlock.h>
#include <contend/wait.h>

struct ct_rwlock_reader_forgets_writer {
    struct ct_u32 word;                       /* readers inside | WRITER */
    struct ct_u32 readers_turn, writers_turn; /* what they sleep on; goes up before each wake-up */
};

#define CT_READER_FORGETS_WRITER_WRITER UINT32_C(0x80000000)

static inline void ct_rwlock_reader_forgets_writer_init(struct ct_rwlock_reader_forgets_writer *rw)
{
    ct_u32_store_relaxed(&rw->word, 0);
    ct_u32_store_relaxed(&rw->readers_turn, 0);
    ct_u32_store_relaxed(&rw->writers_turn, 0);
}

static inline void
ct_rwlock_reader_forgets_writer_rdlock(struct ct_rwlock_reader_forgets_writer *rw)
{
    for (;;) {
        uint32_t turn = ct_u32_load_acquire(&rw->readers_turn);
        uint32_t seen = ct_u32_load_relaxed(&rw->word);
        while (!(seen & CT_READER_FORGETS_WRITER_WRITER))
            if (ct_u32_cas_acquire(&rw->word, &seen, seen + 1))
                return;
        ct_wait(&rw->readers_turn, turn, CT_FOREVER);
    }
}

static inline void ct_rwlock_reader_forgets_writer_wake(struct ct_u32 *turn, int threads)
{
    ct_u32_add_release(turn, 1);
    ct_wake(turn, threads);
}

static inline void
ct_rwlock_reader_forgets_writer_rdunlock(struct ct_rwlock_reader_forgets_writer *rw)
{
    ct_u32_sub_release(&rw->word, 1); /* the mistake: the last one must wake a writer */
}

static inline void
ct_rwlock_reader_forgets_writer_wrlock(struct ct_rwlock_reader_forgets_writer *rw)
{
    for (;;) {
        uint32_t turn = ct_u32_load_acquire(&rw->writers_turn);
        uint32_t seen = 0;
        if (ct_u32_cas_acquire(&rw->word, &seen, CT_READER_FORGETS_WRITER_WRITER))
            return;
        ct_wait(&rw->writers_turn, turn, CT_FOREVER);
    }
}

static inline void
ct_rwlock_reader_forgets_writer_wrunlock(struct ct_rwlock_reader_forgets_writer *rw)
{
    ct_u32_and_release(&rw->word, ~CT_READER_FORGETS_WRITER_WRITER);
    ct_rwlock_reader_forgets_writer_wake(&rw->readers_turn, CT_WAKE_ALL);
    ct_rwlock_reader_forgets_writer_wake(&rw->writers_turn, 1);
}

CT_RWLOCK_ADAPT(reader_forgets_writer)

static const struct ct_rwlock_ops ct_rwlock_reader_forgets_writer_ops = {
    .impl = {CT_RWLOCK_IMPL(reader_forgets_writer, "reader-forgets-writer"),
             .summary = "broken: the last reader wakes nobody", .source = "own",
             .traits = CT_PARKS},
    CT_RWLOCK_REQUIRED(reader_forgets_writer),

};

#endif
