// SPDX-License-Identifier: MIT
/* rwlock.h - the contract of every reader-writer lock, and its ops table.
 *
 * Typed functions are ct_rwlock_<impl>_<verb> in contend/rwlock/<impl>.h; an adopter includes that one
 * header. Implementations without a node omit that parameter, and no writer has one.
 *
 * init(rw)
 *   Requires  nobody uses *rw. Zeroed memory is not enough.
 *   Ensures   *rw is free. An object may also be initialised with CT_RWLOCK_<IMPL>_INIT where defined.
 * destroy(rw)
 *   Requires  *rw is free and every call on it has returned, the unlocks as well: those with the trait
 *             CT_LATE read the lock, or their node, after they let others in.
 *   Ensures   what init acquired is released. NULL: there is nothing to release.
 * rdlock(rw, node)
 *   Requires  the caller does not hold *rw for writing; node: below. A caller that holds it for reading
 *             may do so again, with another node, only if preference is CT_RWLOCK_READERS or no writer
 *             comes meanwhile: else it waits for the writer that waits for it.
 *   Ensures   the caller holds *rw for reading, perhaps with other readers, never with a writer;
 *             everything before the previous writer's unlock happens before the return.
 *   Blocks    while a writer holds *rw, and as preference says; spins or sleeps as the traits say
 *             (CT_SPINS, CT_PARKS).
 * tryrdlock(rw, node)
 *   Ensures   true: as rdlock. False: a writer held *rw or waited for it, or was about to, at some moment
 *             during the call; nothing is held and nothing is ordered.
 *   Blocks    never.
 * timedrdlock(rw, node, deadline_ns)
 *   Ensures   0: as rdlock, and a free lock is acquired whatever the deadline.
 *   Errors    ETIMEDOUT: nothing is held, and deadline_ns (absolute, CLOCK_MONOTONIC; CT_FOREVER: none)
 *             has passed. An acquisition that races with the deadline ends as one of the two, never as
 *             both.
 *   Blocks    like rdlock, up to the deadline.
 * rdunlock(rw, node)
 *   Requires  the calling thread holds *rw for reading and passes the node that it locked with.
 *   Ensures   that hold is over: everything before happens before the return of the next writer's
 *             wrlock. After the last one a sleeping writer is on its way.
 *   Blocks    never.
 * wrlock(rw)
 *   Requires  the caller does not hold *rw (else it waits for ever).
 *   Ensures   the caller holds *rw alone; everything before the previous writer's unlock and before
 *             those of all readers since happens before the return.
 *   Blocks    while anybody holds *rw, and as preference says.
 * trywrlock(rw)
 *   Ensures   true: as wrlock. False: somebody held *rw, or was trying to or just being given it, or was
 *             inside an unlock that had not returned, at some moment during the call; nothing is held and
 *             nothing is ordered.
 *   Blocks    never.
 * timedwrlock(rw, deadline_ns)
 *   Ensures   0: as wrlock, and a free lock is acquired whatever the deadline.
 *   Errors    ETIMEDOUT: as timedrdlock; readers that waited only for this writer are on their way.
 *   Blocks    like wrlock, up to the deadline.
 * wrunlock(rw)
 *   Requires  the calling thread holds *rw for writing.
 *   Ensures   *rw is free or handed on; if it parks, sleeping waiters are on their way, as preference
 *             says.
 *   Blocks    never.
 *
 * node: node_bytes of memory aligned to CT_APART_BYTES, one per thread and lock, zeroed before its
 * first use with a lock (and again after that was destroyed or initialised anew), alive until the lock is
 * destroyed, for writers look at the nodes of all readers. Without one (node_bytes 0): NULL will do.
 *
 * No function sets errno. Unlocking what one does not hold, and more than CT_RWLOCK_THREADS_MAX holds for
 * reading, waiting readers or waiting writers at a time are the caller's errors and are not detected.
 */
#ifndef CONTEND_RWLOCK_H
#define CONTEND_RWLOCK_H

#include <contend/impl.h>

#include <stdbool.h>
#include <stdint.h>

#define CT_RWLOCK_THREADS_MAX UINT32_C(0x1fffff)

/* Who goes first, between readers and writers. */
enum ct_rwlock_preference {
    CT_RWLOCK_UNSTATED, /* nothing is promised */
    CT_RWLOCK_READERS, /* a reader waits for writers that hold it only: may read again while reading;
                           readers who follow each other closely keep writers out for ever */
    CT_RWLOCK_WRITERS, /* a reader lets every waiting writer go first, also those that come later:
                           writers who follow each other closely keep readers out for ever */
    CT_RWLOCK_PHASES, /* a reader lets a waiting writer go first, but only one: when a writer leaves, the
                           readers who waited get in before the writers who wait */
};

struct ct_rwlock_ops {
    struct ct_impl impl;
    enum ct_rwlock_preference preference;
    void (*init)(void *rw);
    void (*destroy)(void *rw); /* NULL: nothing to release */
    void (*rdlock)(void *rw, void *node);
    void (*rdunlock)(void *rw, void *node);
    void (*wrlock)(void *rw);
    void (*wrunlock)(void *rw);
    bool (*tryrdlock)(void *rw, void *node); /* both try, or NULL: not offered */
    bool (*trywrlock)(void *rw);
    int (*timedrdlock)(void *rw, void *node, uint64_t deadline_ns); /* both timed, or NULL */
    int (*timedwrlock)(void *rw, uint64_t deadline_ns);
};

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. An implementation names those it offers, then fills its table; if its readers have
   a struct ct_rwlock_<id>_node, with the names that end in _NODE. */
#define CT_RWLOCK_SELF(id) (struct ct_rwlock_##id *)rw
#define CT_RWLOCK_SELF_NODE(id) (struct ct_rwlock_##id *)rw, (struct ct_rwlock_##id##_node *)node

#define CT_RWLOCK_ADAPT_READER(id, READER)                                                         \
    static inline void ct_rwlock_##id##_op_init(void *rw)                                          \
    {                                                                                              \
        ct_rwlock_##id##_init(CT_RWLOCK_SELF(id));                                                 \
    }                                                                                              \
    static inline void ct_rwlock_##id##_op_rdlock(void *rw, void *node)                            \
    {                                                                                              \
        (void)node;                                                                                \
        ct_rwlock_##id##_rdlock(READER(id));                                                       \
    }                                                                                              \
    static inline void ct_rwlock_##id##_op_rdunlock(void *rw, void *node)                          \
    {                                                                                              \
        (void)node;                                                                                \
        ct_rwlock_##id##_rdunlock(READER(id));                                                     \
    }                                                                                              \
    static inline void ct_rwlock_##id##_op_wrlock(void *rw)                                        \
    {                                                                                              \
        ct_rwlock_##id##_wrlock(CT_RWLOCK_SELF(id));                                               \
    }                                                                                              \
    static inline void ct_rwlock_##id##_op_wrunlock(void *rw)                                      \
    {                                                                                              \
        ct_rwlock_##id##_wrunlock(CT_RWLOCK_SELF(id));                                             \
    }
#define CT_RWLOCK_ADAPT_READER_TRY(id, READER)                                                     \
    static inline bool ct_rwlock_##id##_op_tryrdlock(void *rw, void *node)                         \
    {                                                                                              \
        (void)node;                                                                                \
        return ct_rwlock_##id##_tryrdlock(READER(id));                                             \
    }                                                                                              \
    static inline bool ct_rwlock_##id##_op_trywrlock(void *rw)                                     \
    {                                                                                              \
        return ct_rwlock_##id##_trywrlock(CT_RWLOCK_SELF(id));                                     \
    }
#define CT_RWLOCK_ADAPT_READER_TIMED(id, READER)                                                   \
    static inline int ct_rwlock_##id##_op_timedrdlock(void *rw, void *node, uint64_t deadline_ns)  \
    {                                                                                              \
        (void)node;                                                                                \
        return ct_rwlock_##id##_timedrdlock(READER(id), deadline_ns);                              \
    }                                                                                              \
    static inline int ct_rwlock_##id##_op_timedwrlock(void *rw, uint64_t deadline_ns)              \
    {                                                                                              \
        return ct_rwlock_##id##_timedwrlock(CT_RWLOCK_SELF(id), deadline_ns);                      \
    }
#define CT_RWLOCK_ADAPT_DESTROY(id)                                                                \
    static inline void ct_rwlock_##id##_op_destroy(void *rw)                                       \
    {                                                                                              \
        ct_rwlock_##id##_destroy(CT_RWLOCK_SELF(id));                                              \
    }

#define CT_RWLOCK_ADAPT(id) CT_RWLOCK_ADAPT_READER(id, CT_RWLOCK_SELF)
#define CT_RWLOCK_ADAPT_TRY(id) CT_RWLOCK_ADAPT_READER_TRY(id, CT_RWLOCK_SELF)
#define CT_RWLOCK_ADAPT_TIMED(id) CT_RWLOCK_ADAPT_READER_TIMED(id, CT_RWLOCK_SELF)
#define CT_RWLOCK_ADAPT_NODE(id) CT_RWLOCK_ADAPT_READER(id, CT_RWLOCK_SELF_NODE)
#define CT_RWLOCK_ADAPT_NODE_TRY(id) CT_RWLOCK_ADAPT_READER_TRY(id, CT_RWLOCK_SELF_NODE)
#define CT_RWLOCK_ADAPT_NODE_TIMED(id) CT_RWLOCK_ADAPT_READER_TIMED(id, CT_RWLOCK_SELF_NODE)

/* What every table starts with; the other groups and .destroy follow where offered. */
#define CT_RWLOCK_IMPL(id, shown_name)                                                             \
    .kind = "rwlock", .name = shown_name, .size_bytes = sizeof(struct ct_rwlock_##id),             \
    .align_bytes = _Alignof(struct ct_rwlock_##id)
#define CT_RWLOCK_REQUIRED(id)                                                                     \
    .init = ct_rwlock_##id##_op_init, .rdlock = ct_rwlock_##id##_op_rdlock,                        \
    .rdunlock = ct_rwlock_##id##_op_rdunlock, .wrlock = ct_rwlock_##id##_op_wrlock,                \
    .wrunlock = ct_rwlock_##id##_op_wrunlock
#define CT_RWLOCK_TRY(id)                                                                          \
    .tryrdlock = ct_rwlock_##id##_op_tryrdlock, .trywrlock = ct_rwlock_##id##_op_trywrlock
#define CT_RWLOCK_TIMED(id)                                                                        \
    .timedrdlock = ct_rwlock_##id##_op_timedrdlock, .timedwrlock = ct_rwlock_##id##_op_timedwrlock

#endif
