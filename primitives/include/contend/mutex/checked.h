// SPDX-License-Identifier: MIT
/* checked - a mutex that knows its owner, and ends the program where others would hang or break.
 *
 * Idea      The word holds the owner's thread id, so that a lock by who holds it already, and an unlock by
 *           who does not, are found at once, said, and followed by abort, for a debugger to see where.
 * Source    own; POSIX's PTHREAD_MUTEX_ERRORCHECK, which answers EDEADLK and EPERM instead
 * State     word  0 free, else the owner's thread id; high bit: somebody may sleep
 *                 0 -> id  lock, trylock; 0 -> id, marked  a waiter; id -> id, marked  a waiter
 *                 -> 0  unlock, which wakes one if it was marked
 *                 A waiter takes it marked, since it cannot know whether others sleep.
 * Order     unlock's release exchange pairs with the acquire that finds 0.
 * Choose    in builds for development, in place of any other parking mutex. A forked child must not use
 *           it: its thread still has the parent's id here.
 */
#ifndef CONTEND_MUTEX_CHECKED_H
#define CONTEND_MUTEX_CHECKED_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_checked {
    struct ct_u32 word;
};

#define CT_MUTEX_CHECKED_INIT                                                                      \
    {                                                                                              \
        CT_CELL(0)                                                                                 \
    }
#define CT_MUTEX_CHECKED_WAITERS UINT32_C(0x80000000) /* the rest is the owner */

static inline void ct_mutex_checked_init(struct ct_mutex_checked *m)
{
    ct_u32_store_relaxed(&m->word, 0);
}

static inline bool ct_mutex_checked_trylock(struct ct_mutex_checked *m)
{
    uint32_t seen = 0;
    return ct_u32_cas_acquire(&m->word, &seen, ct_thread_id()); /* pairs with unlock */
}

static inline int ct_mutex_checked_timedlock(struct ct_mutex_checked *m, uint64_t deadline_ns)
{
    uint32_t me = ct_thread_id(), seen = 0, mark = 0;
    int error = 0;
    while (!ct_u32_cas_acquire(&m->word, &seen, me | mark)) { /* pairs with unlock */
        mark = CT_MUTEX_CHECKED_WAITERS;
        if (error)
            return error; /* not woken, so no wake-up is lost */
        if (deadline_ns == CT_FOREVER && (seen & ~mark) == me)
            ct_misuse("mutex checked: locked by the thread that holds it already");
        if (seen == 0)
            continue;
        if ((seen & mark) || ct_u32_cas_relaxed(&m->word, &seen, seen | mark))
            error = ct_wait(&m->word, seen | mark, deadline_ns);
        seen = 0;
    }
    return 0;
}

static inline void ct_mutex_checked_lock(struct ct_mutex_checked *m)
{
    (void)ct_mutex_checked_timedlock(m, CT_FOREVER);
}

static inline void ct_mutex_checked_unlock(struct ct_mutex_checked *m)
{
    uint32_t seen = ct_u32_load_relaxed(&m->word);
    if ((seen & ~CT_MUTEX_CHECKED_WAITERS) != ct_thread_id())
        ct_misuse("mutex checked: unlocked by a thread that does not hold it");
    if (ct_u32_exchange_release(&m->word, 0) & CT_MUTEX_CHECKED_WAITERS)
        ct_wake(&m->word, 1);
}

CT_MUTEX_ADAPT(checked)
CT_MUTEX_ADAPT_TRY(checked)
CT_MUTEX_ADAPT_TIMED(checked)

static const struct ct_mutex_ops ct_mutex_checked_ops = {
    .impl = {CT_MUTEX_IMPL(checked, "checked"),
             .summary = "knows its owner: self-deadlock and strangers end the program",
             .source = "own; POSIX, PTHREAD_MUTEX_ERRORCHECK", .traits = CT_PARKS | CT_TIMED},
    CT_MUTEX_REQUIRED(checked),
    .trylock = ct_mutex_checked_op_trylock,
    .timedlock = ct_mutex_checked_op_timedlock,
};

#endif
