// SPDX-License-Identifier: MIT
/* pi - priority-inheriting futex: the kernel runs the owner at its most urgent waiter's priority.
 *
 * Idea      The word names the owner, so that the kernel knows whom to boost. Free to held and back is
 *           one compare-and-swap each in user space; with waiters the kernel does both, and hands over
 *           to the most urgent one.
 * Source    Linux, Documentation/locking/pi-futex.rst; Sha, Rajkumar & Lehoczky, "Priority Inheritance
 *           Protocols", IEEE Transactions on Computers 39(9), 1990.
 * State     owner  0 free; thread id; thread id | FUTEX_WAITERS: the kernel has waiters
 * Order     unlock's release pairs with the acquire that follows in lock. Through the kernel both are
 *           accesses of owner beside the system call, which itself orders everything: the language
 *           and ThreadSanitizer know nothing of the kernel's writes.
 * Choose    real-time priorities, where an urgent thread must not wait for whoever pre-empted the
 *           owner. Otherwise it pays for what is not used. A forked child must not use it: its thread
 *           still has the parent's id here.
 */
#ifndef CONTEND_MUTEX_PI_H
#define CONTEND_MUTEX_PI_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_pi {
    struct ct_u32 owner;
};

#define CT_MUTEX_PI_INIT                                                                           \
    {                                                                                              \
        CT_CELL(0)                                                                                 \
    }

static inline void ct_mutex_pi_init(struct ct_mutex_pi *m)
{
    ct_u32_store_relaxed(&m->owner, 0);
}

static inline bool ct_mutex_pi_trylock(struct ct_mutex_pi *m)
{
    uint32_t free = 0;
    return ct_u32_cas_acquire(&m->owner, &free, ct_thread_id()); /* pairs with unlock */
}

static inline int ct_mutex_pi_timedlock(struct ct_mutex_pi *m, uint64_t deadline_ns)
{
    if (ct_mutex_pi_trylock(m))
        return 0;
    int error = ct_pi_lock(&m->owner, deadline_ns);
    (void)ct_u32_load_acquire(&m->owner); /* pairs with unlock, whichever way that went */
    return error;
}

static inline void ct_mutex_pi_lock(struct ct_mutex_pi *m)
{
    int error = ct_mutex_pi_timedlock(m, CT_FOREVER);
    if (error != 0)
        ct_panic("futex lock pi", error); /* EDEADLK: returning would feign a second holder */
}

static inline void ct_mutex_pi_unlock(struct ct_mutex_pi *m)
{
    uint32_t mine = ct_thread_id();
    if (ct_u32_cas_release(&m->owner, &mine, 0))
        return;
    /* The failed cas released nothing. This changes nothing, but is a release on the cell that the
       next owner acquires from; it is still ours, so it must come before the call. */
    (void)ct_u32_or_release(&m->owner, 0);
    ct_pi_unlock(&m->owner);
}

CT_MUTEX_ADAPT(pi)
CT_MUTEX_ADAPT_TRY(pi)
CT_MUTEX_ADAPT_TIMED(pi)

static const struct ct_mutex_ops ct_mutex_pi_ops = {
    .impl = {CT_MUTEX_IMPL(pi, "pi"),
             .summary = "priority-inheriting futex, handed over by the kernel",
             .source = "Linux, Documentation/locking/pi-futex.rst",
             .traits = CT_PARKS | CT_TIMED | CT_PI},
    CT_MUTEX_REQUIRED(pi),
    .trylock = ct_mutex_pi_op_trylock,
    .timedlock = ct_mutex_pi_op_timedlock,
};

#endif
