// SPDX-License-Identifier: MIT
/* wait.h - time, pausing, sleeping and waking. The only file with the futex and membarrier calls. */
#ifndef CONTEND_WAIT_H
#define CONTEND_WAIT_H

#include <contend/atomic.h>

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* All times are absolute nanoseconds of CLOCK_MONOTONIC; this one never comes. */
#define CT_FOREVER UINT64_MAX
#define CT_WAKE_ALL INT_MAX

#define CT_NS_PER_S UINT64_C(1000000000)

/* A kernel answer that cannot be: nothing sensible can follow. */
_Noreturn static inline void ct_panic(const char *call, int error)
{
    fprintf(stderr, "contend: %s: unexpected errno %d\n", call, error);
    abort();
}

/* The caller broke a contract in a way that is told at once. */
_Noreturn static inline void ct_misuse(const char *what)
{
    fprintf(stderr, "contend: %s\n", what);
    abort();
}

static inline uint64_t ct_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * CT_NS_PER_S + (uint64_t)t.tv_nsec;
}

/* "I cannot progress until another thread writes something I read": every spin loop has exactly
   one per probe. */
static inline void ct_pause(void)
{
    ct_cpu_pause();
}

/* Pauses in a microsecond on this CPU: the most that several short runs showed, measured once. A pause
   takes 5 ns on one processor and 70 ns on the next, so counts of them mean nothing by themselves. */
static inline uint32_t ct_pauses_per_us(void)
{
    enum { RUNS = 4, PAUSES = 64 };
    static struct ct_u32 answer = CT_CELL(0);
    uint32_t most = ct_u32_load_relaxed(&answer);
    if (most != 0)
        return most;
    most = 1;
    for (int run = 0; run < RUNS; run++) {
        uint64_t begin_ns = ct_now_ns();
        for (int i = 0; i < PAUSES; i++)
            ct_cpu_pause();
        uint64_t took_ns = ct_now_ns() - begin_ns + 1;
        if (PAUSES * UINT64_C(1000) / took_ns > most)
            most = (uint32_t)(PAUSES * UINT64_C(1000) / took_ns);
    }
    ct_u32_store_relaxed(&answer, most);
    return most;
}

/* Let about ns pass between two attempts; unlike ct_pause it waits for nobody. */
static inline void ct_backoff_ns(uint32_t ns)
{
    for (uint32_t pauses = ns * ct_pauses_per_us() / 1000 + 1; pauses > 0; pauses--)
        ct_cpu_pause();
}

/* Give the CPU to another runnable thread, if there is one. */
static inline void ct_yield(void)
{
    sched_yield();
}

/* CPUs that this thread may run on, asked of the kernel at each call; at least 1. */
static inline uint32_t ct_cpus(void)
{
    cpu_set_t set;
    int saved = errno;
    long cpus = sched_getaffinity(0, sizeof set, &set) == 0
                    ? CPU_COUNT(&set)
                    : sysconf(_SC_NPROCESSORS_ONLN); /* more CPUs than the set has bits */
    errno = saved;
    return cpus < 1 ? 1 : (uint32_t)cpus;
}

/* NULL, which the kernel takes as for ever, or deadline_ns in its form. */
static inline struct timespec *ct_timespec(struct timespec *t, uint64_t deadline_ns)
{
    if (deadline_ns == CT_FOREVER)
        return NULL;
    t->tv_sec = (time_t)(deadline_ns / CT_NS_PER_S);
    t->tv_nsec = (long)(deadline_ns % CT_NS_PER_S);
    return t;
}

/* 0 or the errno of the call; errno itself is left as it was. */
static inline int ct_futex(const struct ct_u32 *c, int op, uint32_t value, const void *timeout,
                           const struct ct_u32 *other, uint32_t value3)
{
    int saved = errno, error = 0;
    if (syscall(SYS_futex, c, op, value, timeout, other, value3) < 0)
        error = errno;
    errno = saved;
    return error;
}

static inline int ct_wait_how(const struct ct_u32 *c, int op, uint32_t seen, uint64_t deadline_ns)
{
    struct timespec t;
    int error = ct_futex(c, op, seen, ct_timespec(&t, deadline_ns), NULL, FUTEX_BITSET_MATCH_ANY);
    if (error == 0 || error == EINTR || error == EAGAIN)
        return 0;
    if (error != ETIMEDOUT)
        ct_panic("futex wait", error);
    return ETIMEDOUT;
}

static inline void ct_wake_how(const struct ct_u32 *c, int op, int threads)
{
    int error = ct_futex(c, op, (uint32_t)threads, NULL, NULL, 0);
    if (error != 0 && error != EFAULT) /* EFAULT: the memory is gone, and its sleepers with it */
        ct_panic("futex wake", error);
}

/* Sleep while *c == seen.
 * Ensures   returns 0 when woken, when *c differs, or early for no reason at all: the caller looks
 *           again. A full barrier stands before the comparison and before the return (the kernel's
 *           hash bucket and context switch have them); what the waker did is ordered by the caller's
 *           own load of *c.
 * Errors    ETIMEDOUT once deadline_ns has passed.
 * Blocks    sleeps. */
static inline int ct_wait(const struct ct_u32 *c, uint32_t seen, uint64_t deadline_ns)
{
    return ct_wait_how(c, FUTEX_WAIT_BITSET_PRIVATE, seen, deadline_ns);
}

/* Wake up to threads sleepers of c. Never touches *c: c may already belong to something else, whose
   sleepers then wake early, which they must bear anyway. */
static inline void ct_wake(const struct ct_u32 *c, int threads)
{
    ct_wake_how(c, FUTEX_WAKE_PRIVATE, threads);
}

/* The same between processes that share the cell's memory; slower, for the kernel must find out where
   it is. */
static inline int ct_wait_shared(const struct ct_u32 *c, uint32_t seen, uint64_t deadline_ns)
{
    return ct_wait_how(c, FUTEX_WAIT_BITSET, seen, deadline_ns);
}

static inline void ct_wake_shared(const struct ct_u32 *c, int threads)
{
    ct_wake_how(c, FUTEX_WAKE, threads);
}

/* If *c == seen, wake up to threads sleepers of c and move the rest to sleep on to. False, and
   nothing done, if *c differed. */
static inline bool ct_requeue(const struct ct_u32 *c, uint32_t seen, int threads,
                              const struct ct_u32 *to)
{
    /* the fourth argument is a count here: how many to move at most */
    int error = ct_futex(c, FUTEX_CMP_REQUEUE_PRIVATE, (uint32_t)threads,
                         (const void *)(uintptr_t)CT_WAKE_ALL, to, seen);
    if (error != 0 && error != EAGAIN)
        ct_panic("futex requeue", error);
    return error == 0;
}

/* Priority-inheriting lock and unlock: the cell holds 0 or the owner's thread id.
 * ct_pi_lock: 0, ETIMEDOUT, or EDEADLK if the caller holds it. Acquires; ct_pi_unlock releases. */
static inline int ct_pi_lock(struct ct_u32 *c, uint64_t deadline_ns)
{
    struct timespec t;
    for (;;) {
        int error = ct_futex(c, FUTEX_LOCK_PI2_PRIVATE, 0, ct_timespec(&t, deadline_ns), NULL, 0);
        if (error == ENOSYS) { /* before Linux 5.14: the same against CLOCK_REALTIME */
            uint64_t realtime_ns = deadline_ns;
            if (deadline_ns != CT_FOREVER) {
                clock_gettime(CLOCK_REALTIME, &t);
                uint64_t now_ns = ct_now_ns();
                uint64_t left_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;
                realtime_ns = (uint64_t)t.tv_sec * CT_NS_PER_S + (uint64_t)t.tv_nsec + left_ns;
            }
            error = ct_futex(c, FUTEX_LOCK_PI_PRIVATE, 0, ct_timespec(&t, realtime_ns), NULL, 0);
        }
        if (error == 0 || error == ETIMEDOUT || error == EDEADLK)
            return error;
        if (error != EINTR && error != EAGAIN)
            ct_panic("futex lock pi", error);
    }
}

static inline void ct_pi_unlock(struct ct_u32 *c)
{
    int error = ct_futex(c, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0);
    if (error != 0)
        ct_panic("futex unlock pi", error);
}

/* This thread's kernel id, asked for once: the value a PI cell holds. */
static inline uint32_t ct_thread_id(void)
{
    static _Thread_local uint32_t id;
    if (id == 0)
        id = (uint32_t)syscall(SYS_gettid);
    return id;
}

/* Registers for a membarrier command, once; remembers the answer. */
static inline bool ct_membarrier_register(struct ct_u32 *answer, int command)
{
    enum { UNKNOWN, NO, YES };
    uint32_t a = ct_u32_load_relaxed(answer);
    if (a == UNKNOWN) {
        int saved = errno;
        a = syscall(SYS_membarrier, command, 0, 0) == 0 ? YES : NO;
        errno = saved;
        ct_u32_store_relaxed(answer, a);
    }
    return a == YES;
}

static inline void ct_membarrier_call(int command)
{
    int saved = errno;
    if (syscall(SYS_membarrier, command, 0, 0) != 0)
        ct_panic("membarrier", errno);
    errno = saved;
}

/* Does the kernel offer ct_membarrier (Linux 4.14; a sandbox may forbid it)? */
static inline bool ct_membarrier_usable(void)
{
    static struct ct_u32 answer = CT_CELL(0);
    return ct_membarrier_register(&answer, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
}

/* A full barrier in this thread and, at some moment during the call, in every other thread of the
   process: pairs with their ct_compiler_barrier, which costs them nothing. 0.3 us alone, some us when
   others run. Requires ct_membarrier_usable. */
static inline void ct_membarrier(void)
{
    ct_membarrier_call(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

/* Are restartable stores and their barrier available (glibc 2.35, Linux 5.10)? */
static inline bool ct_rseq_usable(void)
{
    static struct ct_u32 answer = CT_CELL(0);
    return ct_cpu_rseq_registered() &&
           ct_membarrier_register(&answer, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ);
}

/* As ct_membarrier, and every restartable compare-and-store under way in the process starts over.
   Requires ct_rseq_usable. */
static inline void ct_membarrier_rseq(void)
{
    ct_membarrier_call(MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ);
}

#endif
