// SPDX-License-Identifier: MIT
/* futex-adaptive - spins a little, yields a little, then sleeps.
 *
 * Idea      The three-state futex mutex, with bounded spinning (spin.h) before the sleep, and a count
 *           of the waiters, so that the last of them takes the lock without the mark "somebody
 *           sleeps" and its unlock makes no system call for nobody.
 * Source    Drepper, "Futexes Are Tricky", 2011, mutex 2; the waiter count after musl's
 *           __pthread_mutex_lock; back-off, then yields: WebKit's WTF::Lock.
 * State     word     0 free | 1 held | 2 held, somebody may sleep
 *           waiters  threads that have given up spinning and not yet acquired or timed out
 *           Invariant: if a thread sleeps and word is not 2, another thread is awake that was woken
 *           or has not slept yet, and will take the word as 2 or set it to 2 before it sleeps.
 * Order     the cas that takes is an acquire, the exchange that frees a release. A thread counts
 *           itself in before it sleeps, ct_wait is a full barrier both ways: so a thread that
 *           returned from ct_wait and finds itself alone in waiters leaves no sleeper behind.
 * Lifetime  unlock touches the mutex last with its exchange; the wake-up after it only names the
 *           address.
 * Choose    the portable default where threads may outnumber CPUs.
 */
#ifndef CONTEND_MUTEX_FUTEX_ADAPTIVE_H
#define CONTEND_MUTEX_FUTEX_ADAPTIVE_H

#include <contend/mutex.h>
#include <contend/spin.h>

struct ct_mutex_futex_adaptive {
    struct ct_u32 word, waiters;
};

enum { CT_FUTEX_ADAPTIVE_FREE, CT_FUTEX_ADAPTIVE_HELD, CT_FUTEX_ADAPTIVE_SLEEPERS };

#define CT_MUTEX_FUTEX_ADAPTIVE_INIT                                                               \
    {                                                                                              \
        CT_CELL(0), CT_CELL(0)                                                                     \
    }

static inline void ct_mutex_futex_adaptive_init(struct ct_mutex_futex_adaptive *m)
{
    ct_u32_store_relaxed(&m->word, CT_FUTEX_ADAPTIVE_FREE);
    ct_u32_store_relaxed(&m->waiters, 0);
}

static inline bool ct_mutex_futex_adaptive_trylock(struct ct_mutex_futex_adaptive *m)
{
    uint32_t seen = CT_FUTEX_ADAPTIVE_FREE;
    return ct_u32_cas_acquire(&m->word, &seen, CT_FUTEX_ADAPTIVE_HELD);
}

static inline bool ct_mutex_futex_adaptive_spin(struct ct_mutex_futex_adaptive *m)
{
    struct ct_spin spin = CT_SPIN_START;
    do {
        if (ct_u32_load_relaxed(&m->word) == CT_FUTEX_ADAPTIVE_FREE &&
            ct_mutex_futex_adaptive_trylock(m))
            return true;
    } while (ct_spin_more(&spin));
    return false;
}

/* Sleeps until it can take the word; out of line, to keep the fast path small where it is inlined. */
__attribute__((noinline)) static int ct_mutex_futex_adaptive_slow(struct ct_mutex_futex_adaptive *m,
                                                                  uint64_t deadline_ns)
{
    int error = 0;
    bool slept = false;
    if (ct_mutex_futex_adaptive_spin(m))
        return 0;
    ct_u32_add_seq_cst(&m->waiters, 1);
    for (;;) {
        uint32_t seen = ct_u32_load_relaxed(&m->word);
        if (seen == CT_FUTEX_ADAPTIVE_FREE) {
            bool alone = slept && ct_u32_load_relaxed(&m->waiters) == 1;
            if (ct_u32_cas_acquire(&m->word, &seen,
                                   alone ? CT_FUTEX_ADAPTIVE_HELD : CT_FUTEX_ADAPTIVE_SLEEPERS)) {
                error = 0;
                break;
            }
            continue;
        }
        if (error != 0)
            break;
        if (seen == CT_FUTEX_ADAPTIVE_HELD &&
            !ct_u32_cas_relaxed(&m->word, &seen, CT_FUTEX_ADAPTIVE_SLEEPERS))
            continue;
        error = ct_wait(&m->word, CT_FUTEX_ADAPTIVE_SLEEPERS, deadline_ns);
        slept = true;
    }
    ct_u32_sub_relaxed(&m->waiters, 1);
    return error;
}

static inline void ct_mutex_futex_adaptive_lock(struct ct_mutex_futex_adaptive *m)
{
    if (!ct_mutex_futex_adaptive_trylock(m))
        ct_mutex_futex_adaptive_slow(m, CT_FOREVER);
}

static inline int ct_mutex_futex_adaptive_timedlock(struct ct_mutex_futex_adaptive *m,
                                                    uint64_t deadline_ns)
{
    return ct_mutex_futex_adaptive_trylock(m) ? 0 : ct_mutex_futex_adaptive_slow(m, deadline_ns);
}

static inline void ct_mutex_futex_adaptive_unlock(struct ct_mutex_futex_adaptive *m)
{
    if (ct_u32_exchange_release(&m->word, CT_FUTEX_ADAPTIVE_FREE) == CT_FUTEX_ADAPTIVE_SLEEPERS)
        ct_wake(&m->word, 1);
}

CT_MUTEX_ADAPT(futex_adaptive)
CT_MUTEX_ADAPT_TRY(futex_adaptive)
CT_MUTEX_ADAPT_TIMED(futex_adaptive)

static const struct ct_mutex_ops ct_mutex_futex_adaptive_ops = {
    .impl = {CT_MUTEX_IMPL(futex_adaptive, "futex-adaptive"),
             .summary = "spins by time, yields, then sleeps; waiter count",
             .source = "Drepper 2011, musl, WTF::Lock", .traits = CT_PARKS | CT_TIMED},
    CT_MUTEX_REQUIRED(futex_adaptive),
    .trylock = ct_mutex_futex_adaptive_op_trylock,
    .timedlock = ct_mutex_futex_adaptive_op_timedlock,
};

#endif
