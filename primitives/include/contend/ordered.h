// SPDX-License-Identifier: MIT
/* ordered.h - the contract of acquiring several locks at once without deadlock, and its ops table.
 *
 * Typed functions are ct_ordered_<impl>_<verb> in contend/ordered/<impl>.h; an adopter includes that one
 * header. An object is one lock, and the functions take arrays of pointers to locks of the same
 * implementation. What a thread holds stands in its struct ct_ordered_thread: its own memory, one for
 * each implementation that it uses, zeroed before its first use, alive while it holds anything.
 *
 * init(lock)
 *   Requires  nobody uses *lock. Zeroed memory is not enough.
 *   Ensures   *lock is free.
 * destroy(lock)
 *   Requires  as for a mutex (mutex.h): *lock is free, and nobody is inside any call on it but release
 *             (implementations with the trait CT_LATE: nobody at all).
 *   Ensures   what init acquired is released. NULL: there is nothing to release.
 * acquire(thread, locks, count, conflict)
 *   Ensures   0: the thread holds all count locks, alone, beside those that it held before; for each of
 *             them, everything before its previous holder's release happens before the return. Nobody
 *             waits for ever because of the order in which locks are listed. count may be 0.
 *   Errors    nothing of this call is held; what the thread held before it still holds:
 *             EINVAL   a lock is listed twice.
 *             EAGAIN   the thread would hold more than CT_ORDERED_HELD_MAX.
 *             EDEADLK  a violation of the order: the thread holds a lock beside which it may not wait
 *                      for one of these. *conflict names the two; conflict may be NULL. Found by what
 *                      the thread holds, not by what others do: it is returned every time, not only
 *                      when there would be a deadlock.
 *             nests (below) says which locks a thread that holds some may still acquire.
 *   Blocks    spins or sleeps as the traits say, for each lock in turn.
 * timedacquire(thread, locks, count, deadline_ns, conflict)
 *   Ensures   0: as acquire; what is free is acquired whatever the deadline.
 *   Errors    as acquire, and ETIMEDOUT: deadline_ns (absolute, CLOCK_MONOTONIC; CT_FOREVER: none) has
 *             passed; nothing of this call is held.
 *   Blocks    like acquire, up to the deadline.
 * release(thread, locks, count)
 *   Ensures   0: the locks are free or handed to waiters; the thread goes on holding its others. In any
 *             order, and grouped otherwise than they were acquired, if that suits.
 *   Errors    nothing is released: EINVAL: a lock is listed twice. EPERM: the thread does not hold one
 *             of them.
 *   Blocks    as the unlock of a mutex.
 *
 * nests   true: a thread that holds locks may acquire others if all of them come later in the order of
 *         addresses than all it holds. false: it must first release all it holds.
 *
 * No function sets errno.
 */
#ifndef CONTEND_ORDERED_H
#define CONTEND_ORDERED_H

#include <contend/impl.h>

#include <stdbool.h>
#include <stdint.h>

#define CT_ORDERED_HELD_MAX 16

/* What a thread holds; zeroed: nothing. */
struct ct_ordered_thread {
    unsigned count;
    void *held[CT_ORDERED_HELD_MAX];
};

struct ct_ordered_conflict {
    void *held, *wanted;
};

struct ct_ordered_ops {
    struct ct_impl impl; /* size_bytes: of a lock; node_bytes: of a struct ct_ordered_thread */
    bool nests;
    void (*init)(void *lock);
    void (*destroy)(void *lock); /* NULL: nothing to release */
    int (*acquire)(struct ct_ordered_thread *thread, void *const *locks, unsigned count,
                   struct ct_ordered_conflict *conflict);
    int (*timedacquire)(struct ct_ordered_thread *thread, void *const *locks, unsigned count,
                        uint64_t deadline_ns,
                        struct ct_ordered_conflict *conflict); /* NULL: not offered */
    int (*release)(struct ct_ordered_thread *thread, void *const *locks, unsigned count);
};

/* Where the table is a constant the way to the locks is to be inlined, which compilers would not always
   do: several locks make much code. */
#define CT_ORDERED_INLINE static inline __attribute__((always_inline))

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. An implementation names those it offers, then fills its table. */
#define CT_ORDERED_ADAPT(id)                                                                       \
    static inline void ct_ordered_##id##_op_init(void *lock)                                       \
    {                                                                                              \
        ct_ordered_##id##_init((struct ct_ordered_##id *)lock);                                    \
    }                                                                                              \
    CT_ORDERED_INLINE int ct_ordered_##id##_op_acquire(struct ct_ordered_thread *thread,           \
                                                       void *const *locks, unsigned count,         \
                                                       struct ct_ordered_conflict *conflict)       \
    {                                                                                              \
        return ct_ordered_##id##_acquire(thread, locks, count, conflict);                          \
    }                                                                                              \
    static inline int ct_ordered_##id##_op_release(struct ct_ordered_thread *thread,               \
                                                   void *const *locks, unsigned count)             \
    {                                                                                              \
        return ct_ordered_##id##_release(thread, locks, count);                                    \
    }
#define CT_ORDERED_ADAPT_TIMED(id)                                                                 \
    static inline int ct_ordered_##id##_op_timedacquire(                                           \
        struct ct_ordered_thread *thread, void *const *locks, unsigned count,                      \
        uint64_t deadline_ns, struct ct_ordered_conflict *conflict)                                \
    {                                                                                              \
        return ct_ordered_##id##_timedacquire(thread, locks, count, deadline_ns, conflict);        \
    }
#define CT_ORDERED_ADAPT_DESTROY(id)                                                               \
    static inline void ct_ordered_##id##_op_destroy(void *lock)                                    \
    {                                                                                              \
        ct_ordered_##id##_destroy((struct ct_ordered_##id *)lock);                                 \
    }

/* What every table starts with; .timedacquire, .destroy and .nests follow where offered. */
#define CT_ORDERED_IMPL(id, shown_name)                                                            \
    .kind = "ordered", .name = shown_name, .size_bytes = sizeof(struct ct_ordered_##id),           \
    .align_bytes = _Alignof(struct ct_ordered_##id),                                               \
    .node_bytes = sizeof(struct ct_ordered_thread)
#define CT_ORDERED_REQUIRED(id)                                                                    \
    .init = ct_ordered_##id##_op_init, .acquire = ct_ordered_##id##_op_acquire,                    \
    .release = ct_ordered_##id##_op_release

#endif
