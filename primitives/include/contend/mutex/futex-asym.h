// SPDX-License-Identifier: MIT
/* futex-asym - one locked instruction per uncontended pair, and nothing to wait for after it.
 *
 * Idea      Unlocking is a plain store, then a look at the count of waiters. The fence that should
 *           stand between the two is left to the waiter, who has time: it counts itself in, makes
 *           every other thread pass a barrier (membarrier), and looks again before it sleeps. Each
 *           unlocker then either had freed the word before (the waiter sees it), or sees the waiter.
 * Source    the asymmetric Dekker of Dice, Huang & Yang, "Asymmetric Dekker Synchronization", 2001,
 *           on membarrier(2) (Desnoyers). A flag in place of the count would lose wake-ups: an
 *           unlocker delayed before clearing it would clear a later waiter's.
 * State     word     0 free | 1 held
 *           waiters  threads that have given up spinning and not yet acquired or timed out
 *           Invariant: a counted thread that sleeps on a held word is woken by the next unlock.
 * Order     exchange acquire takes, store release frees. store word / load waiters of unlock against
 *           add waiters / exchange word of the waiter: ordered by ct_compiler_barrier here and
 *           ct_membarrier there.
 * Lifetime  unlock reads waiters after it freed the word (trait late): the memory must stay mapped
 *           until every unlock has returned. An object that its last user frees needs futex-rseq.
 * Choose    static or long-lived locks that are mostly free. While anyone waits, each unlock is a
 *           system call: under steady contention futex-adaptive does better. Where membarrier is
 *           missing, waiters look again every CT_FUTEX_ASYM_NAP_NS instead.
 */
#ifndef CONTEND_MUTEX_FUTEX_ASYM_H
#define CONTEND_MUTEX_FUTEX_ASYM_H

#include <contend/mutex.h>
#include <contend/spin.h>

struct ct_mutex_futex_asym {
    struct ct_u32 word, waiters;
};

#define CT_MUTEX_FUTEX_ASYM_INIT                                                                   \
    {                                                                                              \
        CT_CELL(0), CT_CELL(0)                                                                     \
    }
#define CT_FUTEX_ASYM_NAP_NS 1000000

static inline void ct_mutex_futex_asym_init(struct ct_mutex_futex_asym *m)
{
    ct_u32_store_relaxed(&m->word, 0);
    ct_u32_store_relaxed(&m->waiters, 0);
}

static inline bool ct_mutex_futex_asym_trylock(struct ct_mutex_futex_asym *m)
{
    return ct_u32_exchange_acquire(&m->word, 1) == 0;
}

static inline bool ct_mutex_futex_asym_spin(struct ct_mutex_futex_asym *m)
{
    struct ct_spin spin = CT_SPIN_START;
    do {
        if (ct_u32_load_relaxed(&m->word) == 0 && ct_mutex_futex_asym_trylock(m))
            return true;
    } while (ct_spin_more(&spin));
    return false;
}

/* Sleep while the word is held. Without membarrier an unlocker may have missed us: only nap. */
static inline int ct_mutex_futex_asym_sleep(struct ct_mutex_futex_asym *m, uint64_t deadline_ns)
{
    if (ct_membarrier_usable())
        return ct_wait(&m->word, 1, deadline_ns);
    uint64_t nap_ns = ct_now_ns() + CT_FUTEX_ASYM_NAP_NS;
    if (deadline_ns <= nap_ns)
        return ct_wait(&m->word, 1, deadline_ns);
    ct_wait(&m->word, 1, nap_ns);
    return 0;
}

__attribute__((noinline)) static int ct_mutex_futex_asym_slow(struct ct_mutex_futex_asym *m,
                                                              uint64_t deadline_ns)
{
    int error = 0;
    if (ct_mutex_futex_asym_spin(m))
        return 0;
    ct_u32_add_seq_cst(&m->waiters, 1);
    if (ct_membarrier_usable())
        ct_membarrier();
    for (;;) {
        if (ct_mutex_futex_asym_trylock(m)) {
            error = 0;
            break;
        }
        if (error != 0)
            break;
        error = ct_mutex_futex_asym_sleep(m, deadline_ns);
    }
    ct_u32_sub_relaxed(&m->waiters, 1);
    return error;
}

static inline void ct_mutex_futex_asym_lock(struct ct_mutex_futex_asym *m)
{
    if (!ct_mutex_futex_asym_trylock(m))
        ct_mutex_futex_asym_slow(m, CT_FOREVER);
}

static inline int ct_mutex_futex_asym_timedlock(struct ct_mutex_futex_asym *m, uint64_t deadline_ns)
{
    return ct_mutex_futex_asym_trylock(m) ? 0 : ct_mutex_futex_asym_slow(m, deadline_ns);
}

static inline void ct_mutex_futex_asym_unlock(struct ct_mutex_futex_asym *m)
{
    ct_u32_store_release(&m->word, 0);
    ct_compiler_barrier(); /* pairs with the waiter's ct_membarrier */
    if (__builtin_expect(ct_u32_load_relaxed(&m->waiters) != 0, 0))
        ct_wake(&m->word, 1);
}

CT_MUTEX_ADAPT(futex_asym)
CT_MUTEX_ADAPT_TRY(futex_asym)
CT_MUTEX_ADAPT_TIMED(futex_asym)

static const struct ct_mutex_ops ct_mutex_futex_asym_ops = {
    .impl = {CT_MUTEX_IMPL(futex_asym, "futex-asym"),
             .summary = "one RMW a pair: waiters pay the fence; spins, then sleeps",
             .source = "Dice, Huang & Yang 2001, on membarrier(2)",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    CT_MUTEX_REQUIRED(futex_asym),
    .trylock = ct_mutex_futex_asym_op_trylock,
    .timedlock = ct_mutex_futex_asym_op_timedlock,
};

#endif
