// SPDX-License-Identifier: MIT
/* futex-rseq - sleeps when it must, and costs one locked instruction per uncontended pair.
 *
 * Idea      Unlocking is a restartable compare-and-store, which needs no locked instruction: if the
 *           word still says "held, quick", store "free". A thread that wants to sleep first changes
 *           the word to "sleepers" and issues a barrier, after which every unlocker either had
 *           already stored (the waiter sees its mark gone, and looks again) or will see the mark.
 *           The barrier costs microseconds, so once somebody slept the lock stays in a mode without
 *           it (both lock and unlock are RMWs) until it was taken CT_SPIN_QUIET times with
 *           nobody in the way.
 * Source    own. The barrier is Linux's membarrier(PRIVATE_EXPEDITED_RSEQ), the sequence rseq(2); the
 *           states grow out of Drepper's mutex 2, the waiter count out of musl.
 * State     word     0 free, quick | 1 held, quick | 4 free | 5 held | 7 held, somebody may sleep
 *           waiters  threads that have given up spinning and not yet acquired or timed out
 *           quiet    acquisitions to go before the quick mode is tried again; the holder's
 *           States 0 and 1 exist only where ct_rseq_usable(). All changes are RMWs but 1 -> 0, a
 *           plain store, which may overwrite one 1 -> 7 that came between its compare and its store:
 *           the thread that made that change, and it alone, sees this after its barrier. It then owes
 *           a rescue to those who read the lost 7 and slept: it takes the word as 7, or wakes one.
 * Order     cas acquire takes; the restartable store and the exchange release. ct_wait and
 *           ct_membarrier_rseq are full barriers. alone: as in futex-adaptive.
 * Lifetime  unlock touches the mutex last when it frees it; the wake-up after it names the address.
 * Choose    the default on Linux with glibc >= 2.35: uncontended as cheap as a spin lock. Elsewhere it
 *           behaves like futex-adaptive.
 */
#ifndef CONTEND_MUTEX_FUTEX_RSEQ_H
#define CONTEND_MUTEX_FUTEX_RSEQ_H

#include <contend/mutex.h>
#include <contend/spin.h>

struct ct_mutex_futex_rseq {
    struct ct_u32 word, waiters, quiet;
};

enum {
    CT_FUTEX_RSEQ_FREE_QUICK = 0,
    CT_FUTEX_RSEQ_HELD_QUICK = 1,
    CT_FUTEX_RSEQ_FREE = 4,
    CT_FUTEX_RSEQ_HELD = 5,
    CT_FUTEX_RSEQ_SLEEPERS = 7,

    CT_FUTEX_RSEQ_HELD_BIT = 1,
};

/* Starts in the mode that works everywhere; the first quiet spell asks whether the quick one does. */
#define CT_MUTEX_FUTEX_RSEQ_INIT                                                                   \
    {                                                                                              \
        CT_CELL(CT_FUTEX_RSEQ_FREE), CT_CELL(0), CT_CELL(0)                                        \
    }

static inline void ct_mutex_futex_rseq_init(struct ct_mutex_futex_rseq *m)
{
    ct_u32_store_relaxed(&m->word, CT_FUTEX_RSEQ_FREE);
    ct_u32_store_relaxed(&m->waiters, 0);
    ct_u32_store_relaxed(&m->quiet, 0);
}

/* Take a free word that is not quick; becomes quick when the quiet spell is over. */
static inline bool ct_mutex_futex_rseq_take(struct ct_mutex_futex_rseq *m)
{
    uint32_t quiet = ct_u32_load_relaxed(&m->quiet);
    uint32_t held = quiet == 0 && ct_rseq_usable() ? CT_FUTEX_RSEQ_HELD_QUICK : CT_FUTEX_RSEQ_HELD;
    uint32_t seen = CT_FUTEX_RSEQ_FREE;
    if (!ct_u32_cas_acquire(&m->word, &seen, held))
        return false;
    if (quiet != 0)
        ct_u32_store_relaxed(&m->quiet, quiet - 1);
    return true;
}

static inline bool ct_mutex_futex_rseq_trylock(struct ct_mutex_futex_rseq *m)
{
    uint32_t seen = CT_FUTEX_RSEQ_FREE_QUICK;
    return ct_u32_cas_acquire(&m->word, &seen, CT_FUTEX_RSEQ_HELD_QUICK) ||
           (seen == CT_FUTEX_RSEQ_FREE && ct_mutex_futex_rseq_take(m));
}

static inline bool ct_mutex_futex_rseq_spin(struct ct_mutex_futex_rseq *m)
{
    struct ct_spin spin = CT_SPIN_START;
    do {
        if (!(ct_u32_load_relaxed(&m->word) & CT_FUTEX_RSEQ_HELD_BIT) &&
            ct_mutex_futex_rseq_trylock(m))
            return true;
    } while (ct_spin_more(&spin));
    return false;
}

/* Make sure that the word is SLEEPERS and will not be overwritten. False: look again; *owes: a change
   of ours was overwritten, and somebody may sleep on it. */
static inline bool ct_mutex_futex_rseq_announce(struct ct_mutex_futex_rseq *m, uint32_t seen,
                                                bool *owes)
{
    if (seen == CT_FUTEX_RSEQ_SLEEPERS)
        return true;
    if (!ct_u32_cas_relaxed(&m->word, &seen, CT_FUTEX_RSEQ_SLEEPERS))
        return false;
    if (seen == CT_FUTEX_RSEQ_HELD)
        return true;
    ct_membarrier_rseq();
    if (ct_u32_load_relaxed(&m->word) == CT_FUTEX_RSEQ_SLEEPERS)
        return true;
    *owes = true;
    return false;
}

__attribute__((noinline)) static int ct_mutex_futex_rseq_wait(struct ct_mutex_futex_rseq *m,
                                                              uint64_t deadline_ns)
{
    int error = 0;
    bool slept = false, owes = false;
    ct_u32_add_seq_cst(&m->waiters, 1);
    for (;;) {
        uint32_t seen = ct_u32_load_relaxed(&m->word);
        if (!(seen & CT_FUTEX_RSEQ_HELD_BIT)) {
            bool alone = slept && !owes && ct_u32_load_relaxed(&m->waiters) == 1;
            if (ct_u32_cas_acquire(&m->word, &seen,
                                   alone ? CT_FUTEX_RSEQ_HELD : CT_FUTEX_RSEQ_SLEEPERS)) {
                ct_u32_store_relaxed(&m->quiet, CT_SPIN_QUIET);
                error = 0;
                break;
            }
            continue;
        }
        if (error != 0) {
            if (owes)
                ct_wake(&m->word, 1);
            break;
        }
        if (!ct_mutex_futex_rseq_announce(m, seen, &owes))
            continue;
        error = ct_wait(&m->word, CT_FUTEX_RSEQ_SLEEPERS, deadline_ns);
        slept = true;
    }
    ct_u32_sub_relaxed(&m->waiters, 1);
    return error;
}

/* Everything but the quick mode's first attempt; out of line. */
__attribute__((noinline)) static int ct_mutex_futex_rseq_slow(struct ct_mutex_futex_rseq *m,
                                                              uint32_t seen, uint64_t deadline_ns)
{
    if (seen == CT_FUTEX_RSEQ_FREE && ct_mutex_futex_rseq_take(m))
        return 0;
    return ct_mutex_futex_rseq_spin(m) ? 0 : ct_mutex_futex_rseq_wait(m, deadline_ns);
}

static inline int ct_mutex_futex_rseq_timedlock(struct ct_mutex_futex_rseq *m, uint64_t deadline_ns)
{
    uint32_t seen = CT_FUTEX_RSEQ_FREE_QUICK;
    if (ct_u32_cas_acquire(&m->word, &seen, CT_FUTEX_RSEQ_HELD_QUICK))
        return 0;
    return ct_mutex_futex_rseq_slow(m, seen, deadline_ns);
}

static inline void ct_mutex_futex_rseq_lock(struct ct_mutex_futex_rseq *m)
{
    ct_mutex_futex_rseq_timedlock(m, CT_FOREVER);
}

__attribute__((noinline)) static void ct_mutex_futex_rseq_unlock_slow(struct ct_mutex_futex_rseq *m)
{
    if (ct_u32_exchange_release(&m->word, CT_FUTEX_RSEQ_FREE) == CT_FUTEX_RSEQ_SLEEPERS)
        ct_wake(&m->word, 1);
}

static inline void ct_mutex_futex_rseq_unlock(struct ct_mutex_futex_rseq *m)
{
    /* the load keeps threads without a restartable area out of the sequence */
    if (ct_u32_load_relaxed(&m->word) != CT_FUTEX_RSEQ_HELD_QUICK ||
        !ct_u32_rseq_cmpstore_release(&m->word, CT_FUTEX_RSEQ_HELD_QUICK, CT_FUTEX_RSEQ_FREE_QUICK))
        ct_mutex_futex_rseq_unlock_slow(m);
}

CT_MUTEX_ADAPT(futex_rseq)
CT_MUTEX_ADAPT_TRY(futex_rseq)
CT_MUTEX_ADAPT_TIMED(futex_rseq)

static const struct ct_mutex_ops ct_mutex_futex_rseq_ops = {
    .impl = {CT_MUTEX_IMPL(futex_rseq, "futex-rseq"),
             .summary = "one RMW a pair: restartable unlock; spins, yields, sleeps",
             .source = "own, on rseq(2) and membarrier(2); Drepper 2011, musl",
             .traits = CT_PARKS | CT_TIMED},
    CT_MUTEX_REQUIRED(futex_rseq),
    .trylock = ct_mutex_futex_rseq_op_trylock,
    .timedlock = ct_mutex_futex_rseq_op_timedlock,
};

#endif
