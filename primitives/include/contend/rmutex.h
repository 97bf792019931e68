// SPDX-License-Identifier: MIT
/* rmutex.h - the contract of every recursive mutex, and its ops table.
 *
 * Typed functions are ct_rmutex_<impl>_<verb> in contend/rmutex/<impl>.h; an adopter includes that one
 * header. A recursive mutex is free, or held by one thread, its owner, at a depth from 1 to
 * CT_RMUTEX_DEPTH_MAX: the owner may lock it again, and has to unlock it as often. Implementations
 * without a node omit that parameter; those over any mutex (contend/rmutex_over.h) keep it, and it may
 * be NULL where node_bytes is 0.
 *
 * init(m)
 *   Requires  nobody uses *m. Zeroed memory is not enough.
 *   Ensures   *m is free. An object may also be initialised with CT_RMUTEX_<IMPL>_INIT where defined.
 * destroy(m)
 *   Requires  as for a mutex (mutex.h): *m is free; the thread that owned it last may destroy at once,
 *             even while an earlier owner's last unlock is still on its way out (but: trait CT_LATE).
 *   Ensures   what init acquired is released. NULL: there is nothing to release.
 * lock(m, node)
 *   Ensures   0: the caller is the owner, one deeper than before; if it was not the owner before,
 *             everything before the previous owner's last unlock happens before the return.
 *   Errors    EAGAIN: the caller is the owner at CT_RMUTEX_DEPTH_MAX; nothing changed.
 *   Blocks    while another thread is the owner; never if the caller is.
 * trylock(m, node)
 *   Ensures   true: as lock. False: another thread was the owner at some moment during the call, or
 *             was just being made it, or the caller is at CT_RMUTEX_DEPTH_MAX; nothing changed.
 *   Blocks    never.
 * timedlock(m, node, deadline_ns)
 *   Ensures   0: as lock, and whatever the deadline if *m is free or the caller's.
 *   Errors    EAGAIN: as lock. ETIMEDOUT: nothing changed, and deadline_ns (absolute, CLOCK_MONOTONIC;
 *             CT_FOREVER: none) has passed.
 *   Blocks    like lock, up to the deadline.
 * unlock(m, node)
 *   Requires  the owner passes the node that it locked with.
 *   Ensures   0: one less deep; *m is free or handed to a waiter once as many unlocks as locks
 *             returned, and not before.
 *   Errors    EPERM: the caller is not the owner; nothing changed.
 *   Blocks    as the unlock of a mutex.
 * owner(m)
 *   Ensures   the owner's thread id, or 0: whether it is the caller's is certain, all else is old when
 *             it returns.
 *   Blocks    never.
 * depth(m)
 *   Ensures   how deep the caller holds *m; 0: it is not the owner.
 *   Blocks    never.
 * release_all(m, node), restore(m, node, depth): for who must let others in whatever was locked on the
 * way here, above all a condition variable's wait (contend/rmutex_held.h).
 *   Requires  restore: the caller does not hold *m; 0 < depth <= CT_RMUTEX_DEPTH_MAX.
 *   Ensures   release_all: *m is free, as by that many unlocks; returns how deep it was, 0: the caller
 *             was not the owner and nothing changed. restore: the caller is the owner at depth, as by
 *             that many locks.
 *   Blocks    like unlock, and like lock.
 *
 * trusts  true: unlock and lock never fail; strangers' unlocks and more than CT_RMUTEX_DEPTH_MAX locks are
 *   the caller's errors and are not detected (some peers').
 *
 * node: as in mutex.h, one per thread and mutex; nested locks pass the same one.
 *
 * Ownership is by thread id (ct_thread_id in wait.h, asked for once per thread). A thread that ends while
 * it is the owner leaves *m held; a later thread that the kernel gives the same id would pass for the
 * owner. After a fork the ids remembered are still the parent's: the child is to use no recursive mutex
 * until it calls exec, which is all that POSIX lets the child of a process with threads do.
 *
 * No function sets errno.
 */
#ifndef CONTEND_RMUTEX_H
#define CONTEND_RMUTEX_H

#include <contend/impl.h>

#include <stdbool.h>
#include <stdint.h>

#define CT_RMUTEX_DEPTH_MAX UINT32_MAX

struct ct_rmutex_ops {
    struct ct_impl impl;
    bool trusts;
    void (*init)(void *m);
    void (*destroy)(void *m); /* NULL: nothing to release */
    int (*lock)(void *m, void *node);
    bool (*trylock)(void *m, void *node);                        /* NULL: not offered */
    int (*timedlock)(void *m, void *node, uint64_t deadline_ns); /* NULL: not offered */
    int (*unlock)(void *m, void *node);
    /* All or none of these: NULL where a library keeps to itself whose and how deep it is. */
    uint32_t (*owner)(const void *m);
    uint32_t (*depth)(const void *m);
    uint32_t (*release_all)(void *m, void *node);
    void (*restore)(void *m, void *node, uint32_t depth);
};

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. An implementation names those it offers, then fills its table. */
#define CT_RMUTEX_ADAPT(id)                                                                        \
    static inline void ct_rmutex_##id##_op_init(void *m)                                           \
    {                                                                                              \
        ct_rmutex_##id##_init((struct ct_rmutex_##id *)m);                                         \
    }                                                                                              \
    static inline int ct_rmutex_##id##_op_lock(void *m, void *node)                                \
    {                                                                                              \
        (void)node;                                                                                \
        return ct_rmutex_##id##_lock((struct ct_rmutex_##id *)m);                                  \
    }                                                                                              \
    static inline int ct_rmutex_##id##_op_unlock(void *m, void *node)                              \
    {                                                                                              \
        (void)node;                                                                                \
        return ct_rmutex_##id##_unlock((struct ct_rmutex_##id *)m);                                \
    }
#define CT_RMUTEX_ADAPT_TRY(id)                                                                    \
    static inline bool ct_rmutex_##id##_op_trylock(void *m, void *node)                            \
    {                                                                                              \
        (void)node;                                                                                \
        return ct_rmutex_##id##_trylock((struct ct_rmutex_##id *)m);                               \
    }
#define CT_RMUTEX_ADAPT_TIMED(id)                                                                  \
    static inline int ct_rmutex_##id##_op_timedlock(void *m, void *node, uint64_t deadline_ns)     \
    {                                                                                              \
        (void)node;                                                                                \
        return ct_rmutex_##id##_timedlock((struct ct_rmutex_##id *)m, deadline_ns);                \
    }
#define CT_RMUTEX_ADAPT_DESTROY(id)                                                                \
    static inline void ct_rmutex_##id##_op_destroy(void *m)                                        \
    {                                                                                              \
        ct_rmutex_##id##_destroy((struct ct_rmutex_##id *)m);                                      \
    }
#define CT_RMUTEX_ADAPT_CLAIM(id)                                                                  \
    static inline uint32_t ct_rmutex_##id##_op_owner(const void *m)                                \
    {                                                                                              \
        return ct_rmutex_##id##_owner((const struct ct_rmutex_##id *)m);                           \
    }                                                                                              \
    static inline uint32_t ct_rmutex_##id##_op_depth(const void *m)                                \
    {                                                                                              \
        return ct_rmutex_##id##_depth((const struct ct_rmutex_##id *)m);                           \
    }
#define CT_RMUTEX_ADAPT_DEPTH(id)                                                                  \
    CT_RMUTEX_ADAPT_CLAIM(id)                                                                      \
    static inline uint32_t ct_rmutex_##id##_op_release_all(void *m, void *node)                    \
    {                                                                                              \
        (void)node;                                                                                \
        return ct_rmutex_##id##_release_all((struct ct_rmutex_##id *)m);                           \
    }                                                                                              \
    static inline void ct_rmutex_##id##_op_restore(void *m, void *node, uint32_t depth)            \
    {                                                                                              \
        (void)node;                                                                                \
        ct_rmutex_##id##_restore((struct ct_rmutex_##id *)m, depth);                               \
    }
/* The same for those that take a node, as void *. */
#define CT_RMUTEX_ADAPT_NODE(id)                                                                   \
    static inline void ct_rmutex_##id##_op_init(void *m)                                           \
    {                                                                                              \
        ct_rmutex_##id##_init((struct ct_rmutex_##id *)m);                                         \
    }                                                                                              \
    static inline int ct_rmutex_##id##_op_lock(void *m, void *node)                                \
    {                                                                                              \
        return ct_rmutex_##id##_lock((struct ct_rmutex_##id *)m, node);                            \
    }                                                                                              \
    static inline int ct_rmutex_##id##_op_unlock(void *m, void *node)                              \
    {                                                                                              \
        return ct_rmutex_##id##_unlock((struct ct_rmutex_##id *)m, node);                          \
    }                                                                                              \
    CT_RMUTEX_ADAPT_CLAIM(id)                                                                      \
    static inline uint32_t ct_rmutex_##id##_op_release_all(void *m, void *node)                    \
    {                                                                                              \
        return ct_rmutex_##id##_release_all((struct ct_rmutex_##id *)m, node);                     \
    }                                                                                              \
    static inline void ct_rmutex_##id##_op_restore(void *m, void *node, uint32_t depth)            \
    {                                                                                              \
        ct_rmutex_##id##_restore((struct ct_rmutex_##id *)m, node, depth);                         \
    }
#define CT_RMUTEX_ADAPT_NODE_TRY(id)                                                               \
    static inline bool ct_rmutex_##id##_op_trylock(void *m, void *node)                            \
    {                                                                                              \
        return ct_rmutex_##id##_trylock((struct ct_rmutex_##id *)m, node);                         \
    }
#define CT_RMUTEX_ADAPT_NODE_TIMED(id)                                                             \
    static inline int ct_rmutex_##id##_op_timedlock(void *m, void *node, uint64_t deadline_ns)     \
    {                                                                                              \
        return ct_rmutex_##id##_timedlock((struct ct_rmutex_##id *)m, node, deadline_ns);          \
    }

/* What every table starts with; the optional operations follow where offered. */
#define CT_RMUTEX_IMPL(id, shown_name)                                                             \
    .kind = "rmutex", .name = shown_name, .size_bytes = sizeof(struct ct_rmutex_##id),             \
    .align_bytes = _Alignof(struct ct_rmutex_##id)
#define CT_RMUTEX_REQUIRED(id)                                                                     \
    .init = ct_rmutex_##id##_op_init, .lock = ct_rmutex_##id##_op_lock,                            \
    .unlock = ct_rmutex_##id##_op_unlock
#define CT_RMUTEX_DEPTH(id)                                                                        \
    .owner = ct_rmutex_##id##_op_owner, .depth = ct_rmutex_##id##_op_depth,                        \
    .release_all = ct_rmutex_##id##_op_release_all, .restore = ct_rmutex_##id##_op_restore

#endif
