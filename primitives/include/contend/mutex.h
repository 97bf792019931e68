// SPDX-License-Identifier: MIT
/* mutex.h - the contract of every mutual-exclusion lock, and its ops table.
 *
 * Typed functions are ct_mutex_<impl>_<verb> in contend/mutex/<impl>.h; an adopter includes that one
 * header. Implementations without a node omit that parameter.
 *
 * init(m)
 *   Requires  nobody uses *m. Zeroed memory is not enough.
 *   Ensures   *m is free. An object may also be initialised with CT_MUTEX_<IMPL>_INIT where defined.
 * destroy(m)
 *   Requires  *m is free and nobody is inside any call on it but unlock: the thread that locked last
 *             may destroy and reuse the memory as soon as its own unlock returned, even while the
 *             unlock of the owner before it is still on its way out. (Implementations with the trait
 *             CT_LATE need the memory to stay mapped until that unlock has returned.)
 *   Ensures   what init acquired is released. NULL: there is nothing to release.
 * lock(m, node)
 *   Requires  the caller does not hold *m (else it waits for ever). node: below.
 *   Ensures   the caller holds *m, alone; everything before the previous owner's unlock happens
 *             before the return.
 *   Blocks    spins or sleeps as the traits say (CT_SPINS, CT_PARKS).
 * trylock(m, node)
 *   Ensures   true: as lock. False: somebody held *m at some moment during the call, or was just
 *             being given it; nothing is held and nothing is ordered.
 *   Blocks    never.
 * timedlock(m, node, deadline_ns)
 *   Ensures   0: as lock, and a free mutex is acquired whatever the deadline.
 *   Errors    ETIMEDOUT: nothing is held, and deadline_ns (absolute, CLOCK_MONOTONIC; CT_FOREVER:
 *             none) has passed. An acquisition that races with the deadline ends as one of the two,
 *             never as both.
 *   Blocks    like lock, up to the deadline.
 * unlock(m, node)
 *   Requires  the caller holds *m and passes the node that it locked with.
 *   Ensures   *m is free or handed to a waiter; if it parks, a sleeping waiter is on its way.
 *   Blocks    at most for a waiter that has announced itself to link, or to acknowledge (queue locks).
 * lock_robust(m, node), consistent(m): for owners that may die (trait CT_ROBUST)
 *   Ensures   lock_robust: 0: as lock. consistent: 0: the mutex is as if nobody had died.
 *   Errors    lock_robust: EOWNERDEAD: the owner before ended, or its process did, without unlock. The
 *             caller holds *m, and finds what it protects as that owner left it: it mends that, says so
 *             by consistent, and unlocks. ENOTRECOVERABLE: one that should have done so unlocked without
 *             it; nothing is held, and never will be until *m is destroyed and initialised anew.
 *             consistent: EINVAL: there was nothing to mend.
 *   Blocks    like lock; consistent never.
 *             The other ways to lock cannot say that the owner died: they end the program then.
 *
 * node: node_bytes of memory, one per thread and mutex, zeroed before its first use with a mutex (and
 * again after that was destroyed or initialised anew), alive until the mutex is destroyed: CLH-like
 * locks pass pieces of it on to other threads. Locks that need less say so in their header.
 *
 * With the trait CT_PSHARED the mutex may lie in memory that processes share, wherever each has it; one of
 * them initialises it. Its node, if any, must be shared as well.
 *
 * No function sets errno. Recursion, unlocking what one does not hold, and counts of waiters beyond
 * 2^29 are the caller's errors and are not detected.
 */
#ifndef CONTEND_MUTEX_H
#define CONTEND_MUTEX_H

#include <contend/impl.h>

#include <stdbool.h>
#include <stdint.h>

struct ct_mutex_ops {
    struct ct_impl impl;
    void (*init)(void *m);
    void (*destroy)(void *m); /* NULL: nothing to release */
    void (*lock)(void *m, void *node);
    bool (*trylock)(void *m, void *node);                        /* NULL: not offered */
    int (*timedlock)(void *m, void *node, uint64_t deadline_ns); /* NULL: not offered */
    void (*unlock)(void *m, void *node);
    int (*lock_robust)(void *m, void *node); /* both NULL: not offered */
    int (*consistent)(void *m);
};

/* A mutex held for the rest of a block, however that is left (gcc's and clang's cleanup):
 *
 *     CT_MUTEX_SCOPE held = ct_mutex_scope_enter(&ct_mutex_ticket_ops, &mutex, NULL);
 */
struct ct_mutex_scope {
    const struct ct_mutex_ops *ops;
    void *m, *node;
};

static inline struct ct_mutex_scope ct_mutex_scope_enter(const struct ct_mutex_ops *ops, void *m,
                                                         void *node)
{
    struct ct_mutex_scope held = {ops, m, node};
    ops->lock(m, node);
    return held;
}

static inline void ct_mutex_scope_leave(const struct ct_mutex_scope *held)
{
    held->ops->unlock(held->m, held->node);
}

#define CT_MUTEX_SCOPE struct ct_mutex_scope __attribute__((cleanup(ct_mutex_scope_leave)))

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. An implementation names those it offers, then fills its table. */
#define CT_MUTEX_ADAPT(id)                                                                         \
    static inline void ct_mutex_##id##_op_init(void *m)                                            \
    {                                                                                              \
        ct_mutex_##id##_init((struct ct_mutex_##id *)m);                                           \
    }                                                                                              \
    static inline void ct_mutex_##id##_op_lock(void *m, void *node)                                \
    {                                                                                              \
        (void)node;                                                                                \
        ct_mutex_##id##_lock((struct ct_mutex_##id *)m);                                           \
    }                                                                                              \
    static inline void ct_mutex_##id##_op_unlock(void *m, void *node)                              \
    {                                                                                              \
        (void)node;                                                                                \
        ct_mutex_##id##_unlock((struct ct_mutex_##id *)m);                                         \
    }
#define CT_MUTEX_ADAPT_TRY(id)                                                                     \
    static inline bool ct_mutex_##id##_op_trylock(void *m, void *node)                             \
    {                                                                                              \
        (void)node;                                                                                \
        return ct_mutex_##id##_trylock((struct ct_mutex_##id *)m);                                 \
    }
#define CT_MUTEX_ADAPT_TIMED(id)                                                                   \
    static inline int ct_mutex_##id##_op_timedlock(void *m, void *node, uint64_t deadline_ns)      \
    {                                                                                              \
        (void)node;                                                                                \
        return ct_mutex_##id##_timedlock((struct ct_mutex_##id *)m, deadline_ns);                  \
    }
#define CT_MUTEX_ADAPT_DESTROY(id)                                                                 \
    static inline void ct_mutex_##id##_op_destroy(void *m)                                         \
    {                                                                                              \
        ct_mutex_##id##_destroy((struct ct_mutex_##id *)m);                                        \
    }
#define CT_MUTEX_ADAPT_ROBUST(id)                                                                  \
    static inline int ct_mutex_##id##_op_lock_robust(void *m, void *node)                          \
    {                                                                                              \
        (void)node;                                                                                \
        return ct_mutex_##id##_lock_robust((struct ct_mutex_##id *)m);                             \
    }                                                                                              \
    static inline int ct_mutex_##id##_op_consistent(void *m)                                       \
    {                                                                                              \
        return ct_mutex_##id##_consistent((struct ct_mutex_##id *)m);                              \
    }
/* The same for queue locks: struct ct_mutex_<id>_node is passed on. */
#define CT_MUTEX_ADAPT_NODE(id)                                                                    \
    static inline void ct_mutex_##id##_op_init(void *m)                                            \
    {                                                                                              \
        ct_mutex_##id##_init((struct ct_mutex_##id *)m);                                           \
    }                                                                                              \
    static inline void ct_mutex_##id##_op_lock(void *m, void *node)                                \
    {                                                                                              \
        ct_mutex_##id##_lock((struct ct_mutex_##id *)m, (struct ct_mutex_##id##_node *)node);      \
    }                                                                                              \
    static inline void ct_mutex_##id##_op_unlock(void *m, void *node)                              \
    {                                                                                              \
        ct_mutex_##id##_unlock((struct ct_mutex_##id *)m, (struct ct_mutex_##id##_node *)node);    \
    }
#define CT_MUTEX_ADAPT_NODE_TRY(id)                                                                \
    static inline bool ct_mutex_##id##_op_trylock(void *m, void *node)                             \
    {                                                                                              \
        return ct_mutex_##id##_trylock((struct ct_mutex_##id *)m,                                  \
                                       (struct ct_mutex_##id##_node *)node);                       \
    }

/* What every table starts with; .trylock, .timedlock and .destroy follow where offered. */
#define CT_MUTEX_IMPL(id, shown_name)                                                              \
    .kind = "mutex", .name = shown_name, .size_bytes = sizeof(struct ct_mutex_##id),               \
    .align_bytes = _Alignof(struct ct_mutex_##id)
#define CT_MUTEX_REQUIRED(id)                                                                      \
    .init = ct_mutex_##id##_op_init, .lock = ct_mutex_##id##_op_lock,                              \
    .unlock = ct_mutex_##id##_op_unlock

#endif
