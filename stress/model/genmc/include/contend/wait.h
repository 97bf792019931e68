// SPDX-License-Identifier: MIT
/* wait.h for GenMC: the native header's operations in C11, without a kernel. The atomic operations
 * themselves are the native atomic.h.
 *
 * Sleeping is an event count for all cells together: who sleeps notes how many wake-ups there were,
 * compares, and goes on once there was another. So every wake-up reaches all who sleep, and one that
 * reaches too few is not noticed; none at all, or one that comes too early, is. No deadline passes.
 * A membarrier is a fence on both sides: the light one, a compiler barrier, counts as a full one (cpu.h).
 * Restartable sequences and priority inheritance are not there.
 */
#ifndef CONTEND_WAIT_H
#define CONTEND_WAIT_H

#include <contend/atomic.h>

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#define CT_FOREVER UINT64_MAX
#define CT_WAKE_ALL INT_MAX
#define CT_NS_PER_S UINT64_C(1000000000)

#define ct_panic(call, error) ((void)(error), assert(!"a kernel answer that cannot be"))
#define ct_misuse(what) assert(!"misuse")

#define ct_now_ns() UINT64_C(0)
#define ct_pause() ((void)0)
#define ct_backoff_ns(ns) ((void)(ns))
#define ct_yield() ((void)0)
#define ct_cpus() UINT32_C(1024) /* a CPU for each thread, so that what spins on several does */
#define ct_thread_id() ((uint32_t)pthread_self() + 1)

static struct ct_u32 genmc_wakes;
static struct ct_u32
    genmc_looks_again; /* written, so that a loop around ct_wait is not taken for a spin */

/* The barriers are the kernel's: one before the comparison, one before the look for sleepers. */
static inline int ct_wait(const struct ct_u32 *c, uint32_t seen, uint64_t deadline_ns)
{
    (void)deadline_ns;
    uint32_t wakes = ct_u32_load_relaxed(&genmc_wakes);
    atomic_thread_fence(memory_order_seq_cst);
    if (ct_u32_load_relaxed(c) == seen)
        while (ct_u32_load_relaxed(&genmc_wakes) == wakes)
            ;
    ct_u32_store_relaxed(&genmc_looks_again, 1);
    return 0;
}

static inline void ct_wake(const struct ct_u32 *c, int threads)
{
    (void)c;
    (void)threads;
    atomic_thread_fence(memory_order_seq_cst);
    ct_u32_add_relaxed(&genmc_wakes, 1);
}

#define ct_wait_shared(c, seen, deadline_ns) ct_wait(c, seen, deadline_ns)
#define ct_wake_shared(c, threads) ct_wake(c, threads)

/* All wake up and look again, as they may at any time. */
static inline bool ct_requeue(const struct ct_u32 *c, uint32_t seen, int threads,
                              const struct ct_u32 *to)
{
    (void)to;
    if (ct_u32_load_relaxed(c) != seen)
        return false;
    ct_wake(c, threads);
    return true;
}

#define ct_membarrier_usable() true
#define ct_membarrier() atomic_thread_fence(memory_order_seq_cst)
#define ct_rseq_usable() false
#define ct_membarrier_rseq() ct_membarrier()

#endif
