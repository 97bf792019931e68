// SPDX-License-Identifier: MIT
/* futex - the owner's id is the lock: one word says who holds it and whether somebody sleeps.
 *
 * Idea      The adaptive futex mutex whose word, when held, is the owner's thread id: the load that
 *           finds it held also tells whether by the caller, and no second word can disagree.
 * Source    the word of the kernel's PI and robust futexes (Linux, Documentation/locking), with
 *           mutex/futex-adaptive.h's spinning and count of waiters in user space.
 * State     word     0 free | the owner's thread id | that and CT_RMUTEX_FUTEX_SLEEPERS: held, somebody
 *                    may sleep
 *           waiters  threads that have given up spinning and not yet acquired or timed out
 *           depth    the owner's: 1 for the first lock
 *           Invariant: if a thread sleeps and word has not the mark, another thread is awake that was
 *           woken or has not slept yet, and will take the word with the mark or set it.
 * Order     the cas that takes is an acquire, the exchange that frees a release. waiters: as in
 *           mutex/futex-adaptive.h. depth is touched by the owner only.
 * Lifetime  the last unlock touches the mutex last with its exchange; the wake-up after it only names
 *           the address.
 * Choose    the portable one, and the smallest: 12 bytes. Two locked instructions a pair, none nested.
 */
#ifndef CONTEND_RMUTEX_FUTEX_H
#define CONTEND_RMUTEX_FUTEX_H

#include <contend/rmutex.h>
#include <contend/spin.h>

struct ct_rmutex_futex {
    struct ct_u32 word, waiters;
    uint32_t depth;
};

#define CT_RMUTEX_FUTEX_INIT                                                                       \
    {                                                                                              \
        CT_CELL(0), CT_CELL(0), 0                                                                  \
    }
#define CT_RMUTEX_FUTEX_FREE UINT32_C(0)
#define CT_RMUTEX_FUTEX_SLEEPERS UINT32_C(0x80000000) /* thread ids have 22 bits at most */

static inline void ct_rmutex_futex_init(struct ct_rmutex_futex *m)
{
    ct_u32_store_relaxed(&m->word, CT_RMUTEX_FUTEX_FREE);
    ct_u32_store_relaxed(&m->waiters, 0);
    m->depth = 0;
}

static inline uint32_t ct_rmutex_futex_owner(const struct ct_rmutex_futex *m)
{
    return ct_u32_load_relaxed(&m->word) & ~CT_RMUTEX_FUTEX_SLEEPERS;
}

static inline uint32_t ct_rmutex_futex_depth(const struct ct_rmutex_futex *m)
{
    return ct_rmutex_futex_owner(m) == ct_thread_id() ? m->depth : 0;
}

/* Given its depth, not 0. */
static inline int ct_rmutex_futex_deepen(struct ct_rmutex_futex *m, uint32_t depth)
{
    if (depth == CT_RMUTEX_DEPTH_MAX)
        return EAGAIN;
    m->depth = depth + 1;
    return 0;
}

static inline bool ct_rmutex_futex_take(struct ct_rmutex_futex *m)
{
    uint32_t seen = CT_RMUTEX_FUTEX_FREE;
    return ct_u32_cas_acquire(&m->word, &seen, ct_thread_id()); /* pairs with let_go */
}

static inline bool ct_rmutex_futex_spin(struct ct_rmutex_futex *m)
{
    struct ct_spin spin = CT_SPIN_START;
    do {
        if (ct_u32_load_relaxed(&m->word) == CT_RMUTEX_FUTEX_FREE && ct_rmutex_futex_take(m))
            return true;
    } while (ct_spin_more(&spin));
    return false;
}

/* Another thread holds it: wait, take it; out of line, to keep the fast path small where it is inlined. */
__attribute__((noinline)) static int ct_rmutex_futex_slow(struct ct_rmutex_futex *m,
                                                          uint64_t deadline_ns)
{
    int error = 0;
    bool slept = false;
    uint32_t mine = ct_thread_id();
    if (ct_rmutex_futex_spin(m))
        return 0;
    ct_u32_add_seq_cst(&m->waiters, 1);
    for (;;) {
        uint32_t seen = ct_u32_load_relaxed(&m->word);
        if (seen == CT_RMUTEX_FUTEX_FREE) {
            bool alone = slept && ct_u32_load_relaxed(&m->waiters) == 1;
            if (ct_u32_cas_acquire(&m->word, &seen,
                                   alone ? mine : mine | CT_RMUTEX_FUTEX_SLEEPERS)) {
                error = 0;
                break;
            }
            continue;
        }
        if (error != 0)
            break;
        uint32_t marked = seen | CT_RMUTEX_FUTEX_SLEEPERS;
        if (seen != marked && !ct_u32_cas_relaxed(&m->word, &seen, marked))
            continue;
        error = ct_wait(&m->word, marked, deadline_ns);
        slept = true;
    }
    ct_u32_sub_relaxed(&m->waiters, 1);
    return error;
}

static inline bool ct_rmutex_futex_trylock(struct ct_rmutex_futex *m)
{
    uint32_t depth = ct_rmutex_futex_depth(m);
    if (depth != 0)
        return ct_rmutex_futex_deepen(m, depth) == 0;
    if (!ct_rmutex_futex_take(m))
        return false;
    m->depth = 1;
    return true;
}

static inline void ct_rmutex_futex_restore(struct ct_rmutex_futex *m, uint32_t depth)
{
    if (!ct_rmutex_futex_take(m))
        ct_rmutex_futex_slow(m, CT_FOREVER);
    m->depth = depth;
}

static inline int ct_rmutex_futex_lock(struct ct_rmutex_futex *m)
{
    uint32_t depth = ct_rmutex_futex_depth(m);
    if (depth != 0)
        return ct_rmutex_futex_deepen(m, depth);
    ct_rmutex_futex_restore(m, 1);
    return 0;
}

static inline int ct_rmutex_futex_timedlock(struct ct_rmutex_futex *m, uint64_t deadline_ns)
{
    uint32_t depth = ct_rmutex_futex_depth(m);
    if (depth != 0)
        return ct_rmutex_futex_deepen(m, depth);
    int error = ct_rmutex_futex_take(m) ? 0 : ct_rmutex_futex_slow(m, deadline_ns);
    if (error == 0)
        m->depth = 1;
    return error;
}

static inline void ct_rmutex_futex_let_go(struct ct_rmutex_futex *m)
{
    if (ct_u32_exchange_release(&m->word, CT_RMUTEX_FUTEX_FREE) & CT_RMUTEX_FUTEX_SLEEPERS)
        ct_wake(&m->word, 1);
}

static inline uint32_t ct_rmutex_futex_release_all(struct ct_rmutex_futex *m)
{
    uint32_t depth = ct_rmutex_futex_depth(m);
    if (depth != 0)
        ct_rmutex_futex_let_go(m);
    return depth;
}

static inline int ct_rmutex_futex_unlock(struct ct_rmutex_futex *m)
{
    uint32_t depth = ct_rmutex_futex_depth(m);
    if (depth == 0)
        return EPERM;
    if (depth > 1)
        m->depth = depth - 1;
    else
        ct_rmutex_futex_let_go(m);
    return 0;
}

CT_RMUTEX_ADAPT(futex)
CT_RMUTEX_ADAPT_TRY(futex)
CT_RMUTEX_ADAPT_TIMED(futex)
CT_RMUTEX_ADAPT_DEPTH(futex)

static const struct ct_rmutex_ops ct_rmutex_futex_ops = {
    .impl = {CT_RMUTEX_IMPL(futex, "futex"),
             .summary = "the owner's id is the word; spins by time, then sleeps",
             .source = "the kernel's PI futex word; mutex/futex-adaptive.h",
             .traits = CT_PARKS | CT_TIMED},
    CT_RMUTEX_REQUIRED(futex),
    CT_RMUTEX_DEPTH(futex),
    .trylock = ct_rmutex_futex_op_trylock,
    .timedlock = ct_rmutex_futex_op_timedlock,
};

#endif
