// SPDX-License-Identifier: MIT
/* rwword.h - who holds a reader-writer lock and who waits for it, in one word, with sleeping; what
 * the parking locks of contend/rwlock/ are made of. The preference is a constant argument.
 *
 * Idea     Four counts in one word, so that each read-modify-write knows everything: a reader adds itself
 *          without looking and takes itself back if it must wait; whoever makes the lock free knows from
 *          the same instruction whether to wake, and whom. Waiters spin a little (spin.h), count themselves
 *          in, and sleep on the turn of their class: a number that goes up before each wake-up. It
 *          cannot be the word itself: readers change that all the time, and whom a wake-up there reached
 *          would be chance.
 * Source   own; one word: Mellor-Crummey & Scott, "Scalable Reader-Writer Synchronization", PPoPP 1991; a
 *          turn to sleep on: eventcounts (Reed & Kanodia 1979), as std::sync::RwLock of Rust has it.
 * State    state   bits  0-20  readers inside, and those who look in and leave again
 *                       21-41  readers waiting: they gave up spinning, and are not yet in or timed out
 *                       42-62  writers waiting, likewise
 *                          63  a writer is inside
 *          turns   one for readers, one for writers
 *          Invariant: if the lock could let a waiter in and nobody is inside, then a waiter has been woken
 *          or has not slept since it was counted, or somebody is about to wake one.
 *            wrunlock wakes all readers, or else one writer (preference writers: the other way round).
 *            The last rdunlock wakes one writer. So does a reader that times out and leaves the lock free.
 *            A writer that times out wakes the readers that waited because of it.
 *          Woken readers are all that were counted, so one of them comes in and later wakes the writer,
 *          or times out and does.
 * Order    Every change of state is a read-modify-write: acquire to enter, release to leave, so a writer
 *          synchronises with all readers before it. Turns go up with release after the change that lets
 *          others in, and are read with acquire before state: a new turn shows the new state. wrunlock
 *          acquires as well, so that a reader who counted itself in before has also read its turn before.
 */
#ifndef CONTEND_RWWORD_H
#define CONTEND_RWWORD_H

#include <contend/rwlock.h>
#include <contend/spin.h>

struct ct_rwword {
    struct ct_u64 state;
    struct ct_u32 readers_turn, writers_turn;
};

#define CT_RWWORD_INIT                                                                             \
    {                                                                                              \
        CT_CELL(0), CT_CELL(0), CT_CELL(0)                                                         \
    }

#define CT_RWWORD_READER UINT64_C(1)
#define CT_RWWORD_READER_WAITS (UINT64_C(1) << 21)
#define CT_RWWORD_WRITER_WAITS (UINT64_C(1) << 42)
#define CT_RWWORD_WRITER (UINT64_C(1) << 63)

#define CT_RWWORD_INLINE static inline __attribute__((always_inline))

static inline void ct_rwword_init(struct ct_rwword *w)
{
    ct_u64_store_relaxed(&w->state, 0);
    ct_u32_store_relaxed(&w->readers_turn, 0);
    ct_u32_store_relaxed(&w->writers_turn, 0);
}

static inline bool ct_rwword_writers_wait(uint64_t state)
{
    return (state & ~CT_RWWORD_WRITER) >= CT_RWWORD_WRITER_WAITS;
}

static inline bool ct_rwword_readers_wait(uint64_t state)
{
    return state % CT_RWWORD_WRITER_WAITS >= CT_RWWORD_READER_WAITS;
}

static inline bool ct_rwword_readers_inside(uint64_t state)
{
    return state % CT_RWWORD_READER_WAITS != 0;
}

/* May a reader that has just come not enter? */
CT_RWWORD_INLINE bool ct_rwword_keeps_readers_out(uint64_t state, enum ct_rwlock_preference prefer)
{
    return state >= (prefer == CT_RWLOCK_READERS ? CT_RWWORD_WRITER : CT_RWWORD_WRITER_WAITS);
}

/* After a change to state that may let others in, wake those whose turn it is. */
__attribute__((noinline)) static void ct_rwword_pass_on(struct ct_rwword *w, uint64_t state,
                                                        bool readers_first)
{
    if (state & CT_RWWORD_WRITER)
        return;
    bool writers_wait = ct_rwword_writers_wait(state);
    if (ct_rwword_readers_wait(state) && (readers_first || !writers_wait)) {
        ct_u32_add_release(&w->readers_turn, 1);
        ct_wake(&w->readers_turn, CT_WAKE_ALL);
    } else if (writers_wait && !ct_rwword_readers_inside(state)) {
        ct_u32_add_release(&w->writers_turn, 1);
        ct_wake(&w->writers_turn, 1);
    }
}

CT_RWWORD_INLINE void ct_rwword_rdunlock(struct ct_rwword *w)
{
    uint64_t state = ct_u64_sub_release(&w->state, CT_RWWORD_READER) - CT_RWWORD_READER;
    if (__builtin_expect(state >= CT_RWWORD_READER_WAITS, 0) && !ct_rwword_readers_inside(state))
        ct_rwword_pass_on(w, state, false);
}

CT_RWWORD_INLINE bool ct_rwword_tryrdlock(struct ct_rwword *w, enum ct_rwlock_preference prefer)
{
    uint64_t seen = ct_u64_load_relaxed(&w->state);
    while (!ct_rwword_keeps_readers_out(seen, prefer))
        if (ct_u64_cas_acquire(&w->state, &seen, seen + CT_RWWORD_READER)) /* pairs with wrunlock */
            return true;
    return false;
}

/* A reader that counted itself in although it may not: takes that back, spins, then sleeps. */
__attribute__((noinline)) static int
ct_rwword_rdlock_slow(struct ct_rwword *w, uint64_t deadline_ns, enum ct_rwlock_preference prefer)
{
    struct ct_spin spin = CT_SPIN_START;
    int error = 0;
    ct_rwword_rdunlock(w); /* a writer may have come to sleep because of us */
    do {
        if (ct_rwword_tryrdlock(w, prefer))
            return 0;
    } while (ct_spin_more(&spin));

    uint32_t turn_before = ct_u32_load_acquire(&w->readers_turn);
    ct_u64_add_acqrel(&w->state, CT_RWWORD_READER_WAITS);
    for (;;) {
        uint32_t turn = ct_u32_load_acquire(&w->readers_turn);
        uint64_t seen = ct_u64_load_relaxed(&w->state);
        /* Whom a writer has woken on leaving need not wait for others: they wait for it. */
        enum ct_rwlock_preference now =
            prefer == CT_RWLOCK_PHASES && turn != turn_before ? CT_RWLOCK_READERS : prefer;
        while (!ct_rwword_keeps_readers_out(seen, now))
            if (ct_u64_cas_acquire(&w->state, &seen,
                                   seen - CT_RWWORD_READER_WAITS + CT_RWWORD_READER))
                return 0;
        if (error != 0)
            break;
        error = ct_wait(&w->readers_turn, turn, deadline_ns);
    }
    uint64_t state = ct_u64_sub_acqrel(&w->state, CT_RWWORD_READER_WAITS) - CT_RWWORD_READER_WAITS;
    ct_rwword_pass_on(w, state, false);
    return error;
}

CT_RWWORD_INLINE int ct_rwword_timedrdlock(struct ct_rwword *w, uint64_t deadline_ns,
                                           enum ct_rwlock_preference prefer)
{
    uint64_t seen = ct_u64_add_acquire(&w->state, CT_RWWORD_READER); /* pairs with wrunlock */
    if (__builtin_expect(!ct_rwword_keeps_readers_out(seen, prefer), 1))
        return 0;
    return ct_rwword_rdlock_slow(w, deadline_ns, prefer);
}

CT_RWWORD_INLINE void ct_rwword_rdlock(struct ct_rwword *w, enum ct_rwlock_preference prefer)
{
    (void)ct_rwword_timedrdlock(w, CT_FOREVER, prefer);
}

CT_RWWORD_INLINE bool ct_rwword_trywrlock(struct ct_rwword *w)
{
    uint64_t seen = 0; /* a guess */
    while (!(seen & CT_RWWORD_WRITER) && !ct_rwword_readers_inside(seen))
        if (ct_u64_cas_acquire(&w->state, &seen, seen | CT_RWWORD_WRITER)) /* pairs with unlocks */
            return true;
    return false;
}

/* Spins, then sleeps. */
__attribute__((noinline)) static int ct_rwword_wrlock_slow(struct ct_rwword *w,
                                                           uint64_t deadline_ns)
{
    struct ct_spin spin = CT_SPIN_START;
    int error = 0;
    do {
        uint64_t seen = ct_u64_load_relaxed(&w->state);
        if (!(seen & CT_RWWORD_WRITER) && !ct_rwword_readers_inside(seen) && ct_rwword_trywrlock(w))
            return 0;
    } while (ct_spin_more(&spin));

    ct_u64_add_relaxed(&w->state, CT_RWWORD_WRITER_WAITS);
    for (;;) {
        uint32_t turn = ct_u32_load_acquire(&w->writers_turn);
        uint64_t seen = ct_u64_load_relaxed(&w->state);
        while (!(seen & CT_RWWORD_WRITER) && !ct_rwword_readers_inside(seen))
            if (ct_u64_cas_acquire(&w->state, &seen,
                                   (seen - CT_RWWORD_WRITER_WAITS) | CT_RWWORD_WRITER))
                return 0;
        if (error != 0)
            break;
        error = ct_wait(&w->writers_turn, turn, deadline_ns);
    }
    uint64_t state = ct_u64_sub_acqrel(&w->state, CT_RWWORD_WRITER_WAITS) - CT_RWWORD_WRITER_WAITS;
    ct_rwword_pass_on(w, state, false);
    return error;
}

CT_RWWORD_INLINE int ct_rwword_timedwrlock(struct ct_rwword *w, uint64_t deadline_ns)
{
    return ct_rwword_trywrlock(w) ? 0 : ct_rwword_wrlock_slow(w, deadline_ns);
}

CT_RWWORD_INLINE void ct_rwword_wrlock(struct ct_rwword *w)
{
    (void)ct_rwword_timedwrlock(w, CT_FOREVER);
}

CT_RWWORD_INLINE void ct_rwword_wrunlock(struct ct_rwword *w, enum ct_rwlock_preference prefer)
{
    uint64_t state = ct_u64_sub_acqrel(&w->state, CT_RWWORD_WRITER) - CT_RWWORD_WRITER;
    if (__builtin_expect(state != 0, 0))
        ct_rwword_pass_on(w, state, prefer != CT_RWLOCK_WRITERS);
}

#endif
