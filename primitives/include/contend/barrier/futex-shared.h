// SPDX-License-Identifier: MIT
/* futex-shared - a count and a phase in memory that several processes share.
 *
 * Idea      As central, but who has looked on long enough, or given the CPU away a few times where not
 *           all can run, marks the phase and sleeps on it; the last finds the mark when it moves the
 *           phase on, and makes no system call without.
 * Source    sense reversal: Mellor-Crummey & Scott 1991; leaving as in glibc's pthread_barrier_destroy.
 * State     arrived  threads that have come in this phase
 *           phase    bit 0 somebody may sleep on it; the rest numbers the phase
 *           leaving  threads that the last phase let go and that are still inside; high bit: destroy
 *                    sleeps on it
 * Order     arrived: each add's release pairs with the acquire of the last's.
 *           phase: the last's release pairs with the waiters' acquire. arrived and leaving are set
 *           before; who leaves releases to destroy's acquire.
 * Lifetime  the last touches the barrier last with its exchange, a waiter with its subtraction from
 *           leaving; after that they only wake an address.
 * Choose    processes that meet. One that dies inside holds up all others for ever.
 */
#ifndef CONTEND_BARRIER_FUTEX_SHARED_H
#define CONTEND_BARRIER_FUTEX_SHARED_H

#include <contend/barrier.h>
#include <contend/poll.h>

#define CT_BARRIER_FUTEX_SHARED_SLEEPERS UINT32_C(1) /* in phase */
#define CT_BARRIER_FUTEX_SHARED_PHASE_STEP UINT32_C(2)
#define CT_BARRIER_FUTEX_SHARED_DESTROYER UINT32_C(0x80000000) /* in leaving */
enum { CT_BARRIER_FUTEX_SHARED_YIELDS = 4 };

struct ct_barrier_futex_shared {
    struct ct_u32 arrived, phase, leaving;
    uint32_t parties;
    bool all_can_run;
};

static inline int ct_barrier_futex_shared_init(struct ct_barrier_futex_shared *b, uint32_t parties)
{
    if (!ct_barrier_parties_valid(parties))
        return EINVAL;
    ct_u32_store_relaxed(&b->arrived, 0);
    ct_u32_store_relaxed(&b->phase, 0);
    ct_u32_store_relaxed(&b->leaving, 0);
    b->parties = parties;
    b->all_can_run = parties <= ct_cpus();
    return 0;
}

static inline void ct_barrier_futex_shared_destroy(struct ct_barrier_futex_shared *b)
{
    ct_u32_or_relaxed(&b->leaving, CT_BARRIER_FUTEX_SHARED_DESTROYER);
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&b->leaving)) != CT_BARRIER_FUTEX_SHARED_DESTROYER)
        ct_wait_shared(&b->leaving, seen, CT_FOREVER);
}

/* Until the phase ends; out of line, to keep the last one's way short where it is inlined. */
__attribute__((noinline)) static void
ct_barrier_futex_shared_stay(struct ct_barrier_futex_shared *b, uint32_t phase)
{
    struct ct_poll poll = CT_POLL_START;
    uint32_t seen, yields = 0;
    while (((seen = ct_u32_load_acquire(&b->phase)) & ~CT_BARRIER_FUTEX_SHARED_SLEEPERS) == phase) {
        if (b->all_can_run && ct_poll_more(&poll))
            continue;
        if (!b->all_can_run && yields++ < CT_BARRIER_FUTEX_SHARED_YIELDS) {
            ct_yield();
            continue;
        }
        uint32_t marked = phase | CT_BARRIER_FUTEX_SHARED_SLEEPERS;
        if (seen == marked || ct_u32_cas_relaxed(&b->phase, &seen, marked))
            ct_wait_shared(&b->phase, marked, CT_FOREVER);
    }
    /* pairs with destroy */
    if (ct_u32_sub_release(&b->leaving, 1) - 1 == CT_BARRIER_FUTEX_SHARED_DESTROYER)
        ct_wake_shared(&b->leaving, 1);
}

static inline int ct_barrier_futex_shared_wait(struct ct_barrier_futex_shared *b)
{
    /* cannot move on before this thread has arrived; may be marked already */
    uint32_t phase = ct_u32_load_relaxed(&b->phase) & ~CT_BARRIER_FUTEX_SHARED_SLEEPERS;
    if (ct_u32_add_acqrel(&b->arrived, 1) + 1 == b->parties) {
        ct_u32_store_relaxed(&b->arrived, 0);
        ct_u32_store_relaxed(&b->leaving, b->parties - 1);
        /* pairs with stay */
        if (ct_u32_exchange_release(&b->phase, phase + CT_BARRIER_FUTEX_SHARED_PHASE_STEP) != phase)
            ct_wake_shared(&b->phase, CT_WAKE_ALL);
        return CT_BARRIER_SERIAL;
    }
    ct_barrier_futex_shared_stay(b, phase);
    return 0;
}

CT_BARRIER_ADAPT(futex_shared)
CT_BARRIER_ADAPT_DESTROY(futex_shared)

static const struct ct_barrier_ops ct_barrier_futex_shared_ops = {
    .impl = {CT_BARRIER_IMPL(futex_shared, "futex-shared"),
             .summary = "between processes: count, phase, shared futex",
             .source = "Mellor-Crummey & Scott 1991; glibc pthread_barrier",
             .traits = CT_PARKS | CT_PSHARED},
    CT_BARRIER_REQUIRED(futex_shared),
    .destroy = ct_barrier_futex_shared_op_destroy,
};

#endif
