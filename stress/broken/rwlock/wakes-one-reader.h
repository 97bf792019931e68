// SPDX-License-Identifier: MIT
/* wakes-one-reader - sleeping reader-writer lock, broken.
 *
 * Mistake: a writer that leaves wakes one of the readers that sleep, as if it were a mutex.
 * Breaks:  no reader sleeps for ever while it may enter; needs three threads.
 */
#ifndef STRESS_BROKEN_RWLOCK_WAKES_ONE_READER_H
#define STRESS_BROKEN_RWLOCK_WAKES_ONE_READER_H

#include <contend/rwlock.h>
#include <contend/wait.h>

struct ct_rwlock_wakes_one_reader {
    struct ct_u32 word;                       /* readers inside | WRITER */
    struct ct_u32 readers_turn, writers_turn; /* what they sleep on; goes up before each wake-up */
};

#define CT_WAKES_ONE_READER_WRITER UINT32_C(0x80000000)

static inline void ct_rwlock_wakes_one_reader_init(struct ct_rwlock_wakes_one_reader *rw)
{
    ct_u32_store_relaxed(&rw->word, 0);
    ct_u32_store_relaxed(&rw->readers_turn, 0);
    ct_u32_store_relaxed(&rw->writers_turn, 0);
}

static inline void ct_rwlock_wakes_one_reader_rdlock(struct ct_rwlock_wakes_one_reader *rw)
{
    for (;;) {
        uint32_t turn = ct_u32_load_acquire(&rw->readers_turn);
        uint32_t seen = ct_u32_load_relaxed(&rw->word);
        while (!(seen & CT_WAKES_ONE_READER_WRITER))
            if (ct_u32_cas_acquire(&rw->word, &seen, seen + 1))
                return;
        ct_wait(&rw->readers_turn, turn, CT_FOREVER);
    }
}

static inline void ct_rwlock_wakes_one_reader_wake(struct ct_u32 *turn, int threads)
{
    ct_u32_add_release(turn, 1);
    ct_wake(turn, threads);
}

static inline void ct_rwlock_wakes_one_reader_rdunlock(struct ct_rwlock_wakes_one_reader *rw)
{
    if (ct_u32_sub_release(&rw->word, 1) == 1)
        ct_rwlock_wakes_one_reader_wake(&rw->writers_turn, 1);
}

static inline void ct_rwlock_wakes_one_reader_wrlock(struct ct_rwlock_wakes_one_reader *rw)
{
    for (;;) {
        uint32_t turn = ct_u32_load_acquire(&rw->writers_turn);
        uint32_t seen = 0;
        if (ct_u32_cas_acquire(&rw->word, &seen, CT_WAKES_ONE_READER_WRITER))
            return;
        ct_wait(&rw->writers_turn, turn, CT_FOREVER);
    }
}

static inline void ct_rwlock_wakes_one_reader_wrunlock(struct ct_rwlock_wakes_one_reader *rw)
{
    ct_u32_and_release(&rw->word, ~CT_WAKES_ONE_READER_WRITER);
    ct_rwlock_wakes_one_reader_wake(&rw->readers_turn, 1); /* the mistake: all may enter */
    ct_rwlock_wakes_one_reader_wake(&rw->writers_turn, 1);
}

CT_RWLOCK_ADAPT(wakes_one_reader)

static const struct ct_rwlock_ops ct_rwlock_wakes_one_reader_ops = {
    .impl = {CT_RWLOCK_IMPL(wakes_one_reader, "wakes-one-reader"),
             .summary = "broken: a leaving writer wakes one reader only", .source = "own",
             .traits = CT_PARKS},
    CT_RWLOCK_REQUIRED(wakes_one_reader),

};

#endif
