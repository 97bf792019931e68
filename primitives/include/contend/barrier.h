// SPDX-License-Identifier: MIT
/* barrier.h - the contract of every barrier, and its ops table.
 *
 * Typed functions are ct_barrier_<impl>_<verb> in contend/barrier/<impl>.h; an adopter includes that
 * one header. A barrier holds parties threads back until all of them have come; then it lets all go and
 * is ready for their next phase.
 *
 * Each thread has an index from 0 to parties - 1; threads that are near each other on the machine get
 * indices near each other, where that is known. Typed functions of implementations that need none
 * (impl.node_bytes 0) leave index and nodes out.
 *
 * init(b, parties, nodes)
 *   Requires  nobody uses *b; nodes: parties nodes of impl.node_bytes each, aligned to CT_APART_BYTES,
 *             which stay until after destroy; not used where impl.node_bytes is 0.
 *   Ensures   0: *b is at the start of its first phase.
 *   Errors    EINVAL: parties is 0 or above CT_BARRIER_PARTIES_MAX; nothing is initialised.
 * destroy(b)
 *   Requires  nobody waits for a phase to end. A thread may destroy and reuse the memory as soon as its
 *             own wait returned and no other will follow, even while the others are on their way out of
 *             theirs - but with the trait CT_LATE, only when the last of them has returned.
 *   Ensures   what init acquired is released. NULL: there is nothing to release.
 *   Blocks    until the others have left, which needs nothing but their CPU.
 * wait(b, index)
 *   Requires  no other thread is inside wait with this index.
 *   Ensures   0 or CT_BARRIER_SERIAL: parties threads have come since the last phase ended. Exactly one
 *             of them is told CT_BARRIER_SERIAL. Everything that each did before its call happens
 *             before the return in all. Signals and wake-ups for no reason do not end it.
 *   Errors    ECANCELED: the barrier is broken. Nothing is ordered.
 *   Blocks    spins or sleeps as the traits say (CT_SPINS, CT_PARKS) until the last has come.
 * timedwait(b, index, deadline_ns)
 *   Ensures   as wait; who comes last goes on whatever the deadline.
 *   Errors    ETIMEDOUT: deadline_ns (absolute, CLOCK_MONOTONIC; CT_FOREVER: none) passed before the
 *             last had come, and this call has broken the barrier. ECANCELED: it was broken otherwise.
 *   Blocks    like wait, up to the deadline.
 * abort(b)
 *   Ensures   the barrier is broken: all who wait for the present phase, and all who come until a reset,
 *             are told ECANCELED. A phase that was complete stays so, for each of its threads.
 *   Blocks    never.
 * reset(b)
 *   Ensures   who waited when it was called was told ECANCELED and has left, and the barrier is at the
 *             start of a phase and not broken. Everything that those did before happens before the
 *             return. Who comes while it is under way is told ECANCELED, or waits in the new phase.
 *   Blocks    until those have left, which needs nothing but their CPU.
 *
 * No function sets errno. wait's answers are POSIX's; breaking is Python's threading.Barrier. A second
 * thread inside with one index, and abort or reset at the time of destroy, are the caller's errors and
 * are not detected.
 */
#ifndef CONTEND_BARRIER_H
#define CONTEND_BARRIER_H

#include <contend/impl.h>

#include <stdbool.h>
#include <stdint.h>

#define CT_BARRIER_SERIAL (-1)
#define CT_BARRIER_PARTIES_MAX UINT32_C(32767)

struct ct_barrier_ops {
    struct ct_impl impl;
    int (*init)(void *b, uint32_t parties, void *nodes);
    void (*destroy)(void *b); /* NULL: nothing to release */
    int (*wait)(void *b, uint32_t index);
    int (*timedwait)(void *b, uint32_t index, uint64_t deadline_ns); /* NULL: not offered */
    void (*abort)(void *b);                                          /* NULL: not offered */
    void (*reset)(void *b);                                          /* offered if abort is */
};

/* Checks init's argument, for every implementation. */
static inline bool ct_barrier_parties_valid(uint32_t parties)
{
    return parties >= 1 && parties <= CT_BARRIER_PARTIES_MAX;
}

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. An implementation names those it offers, then fills its table. */
#define CT_BARRIER_ADAPT(id)                                                                       \
    static inline int ct_barrier_##id##_op_init(void *b, uint32_t parties, void *nodes)            \
    {                                                                                              \
        (void)nodes;                                                                               \
        return ct_barrier_##id##_init((struct ct_barrier_##id *)b, parties);                       \
    }                                                                                              \
    static inline int ct_barrier_##id##_op_wait(void *b, uint32_t index)                           \
    {                                                                                              \
        (void)index;                                                                               \
        return ct_barrier_##id##_wait((struct ct_barrier_##id *)b);                                \
    }
#define CT_BARRIER_ADAPT_NODES(id)                                                                 \
    static inline int ct_barrier_##id##_op_init(void *b, uint32_t parties, void *nodes)            \
    {                                                                                              \
        return ct_barrier_##id##_init((struct ct_barrier_##id *)b, parties,                        \
                                      (struct ct_barrier_##id##_node *)nodes);                     \
    }                                                                                              \
    static inline int ct_barrier_##id##_op_wait(void *b, uint32_t index)                           \
    {                                                                                              \
        return ct_barrier_##id##_wait((struct ct_barrier_##id *)b, index);                         \
    }
#define CT_BARRIER_ADAPT_TIMED(id)                                                                 \
    static inline int ct_barrier_##id##_op_timedwait(void *b, uint32_t index,                      \
                                                     uint64_t deadline_ns)                         \
    {                                                                                              \
        (void)index;                                                                               \
        return ct_barrier_##id##_timedwait((struct ct_barrier_##id *)b, deadline_ns);              \
    }
#define CT_BARRIER_ADAPT_ABORT(id)                                                                 \
    static inline void ct_barrier_##id##_op_abort(void *b)                                         \
    {                                                                                              \
        ct_barrier_##id##_abort((struct ct_barrier_##id *)b);                                      \
    }                                                                                              \
    static inline void ct_barrier_##id##_op_reset(void *b)                                         \
    {                                                                                              \
        ct_barrier_##id##_reset((struct ct_barrier_##id *)b);                                      \
    }
#define CT_BARRIER_ADAPT_DESTROY(id)                                                               \
    static inline void ct_barrier_##id##_op_destroy(void *b)                                       \
    {                                                                                              \
        ct_barrier_##id##_destroy((struct ct_barrier_##id *)b);                                    \
    }

/* What every table starts with; .destroy, .timedwait, .abort and .reset follow where offered. */
#define CT_BARRIER_IMPL(id, shown_name)                                                            \
    .kind = "barrier", .name = shown_name, .size_bytes = sizeof(struct ct_barrier_##id),           \
    .align_bytes = _Alignof(struct ct_barrier_##id)
#define CT_BARRIER_REQUIRED(id) .init = ct_barrier_##id##_op_init, .wait = ct_barrier_##id##_op_wait

#endif
