// SPDX-License-Identifier: MIT
/* condition.h - the contract of every condition variable, and its ops table.
 *
 * Typed functions are ct_condition_<impl>_<verb> in contend/condition/<impl>.h; an adopter includes
 * that one header. A condition is waited for by threads that hold a mutex, which the wait gives up and
 * takes again:
 *
 *     struct ct_held held = {&ct_mutex_mcs_ops, &mutex, &node};
 *     ct_mutex_mcs_lock(&mutex, &node);
 *     while (!ready)
 *         ct_condition_waiter_queue_wait(&changed, &held);
 *
 * held  a mutex that the caller holds, with the node that it locked with. Of its table only unlock and
 *       lock are called. Any mutex will do where the implementation's table says any_mutex, also a
 *       recursive one, whose levels are given up and restored, by contend/rmutex_held.h; else only the
 *       mutex that the table names.
 *
 * init(c)
 *   Requires  nobody uses *c. Zeroed memory is not enough.
 *   Ensures   nobody waits. An object may also be initialised with CT_CONDITION_<IMPL>_INIT where
 *             defined.
 * destroy(c)
 *   Requires  nobody waits that was not woken, or will not be by a call that happens before, and nobody
 *             is inside any other call: one may broadcast and destroy at once. (Implementations with
 *             the trait CT_LATE need the waits to have returned.)
 *   Ensures   what init acquired is released, and no thread touches *c any more: the memory may be
 *             reused. NULL: there is nothing to release or to wait for.
 *   Blocks    until those who were woken have left *c; they need not have got the mutex.
 * wait(c, held)
 *   Requires  the caller holds the mutex, once unless it is a recursive one; all who wait at the same
 *             time use the same mutex.
 *   Ensures   the mutex is given up and the caller waits, in one step: a signal by a thread that took
 *             the mutex afterwards finds it waiting. On return the caller holds the mutex again, as
 *             after lock. It returns because it was woken, or, unless the table says exact, for no
 *             reason: the caller looks at its predicate again.
 *   Blocks    until woken, as the traits say (CT_SPINS, CT_PARKS), and then for the mutex.
 * timedwait(c, held, deadline_ns)
 *   Ensures   as wait; returns 0.
 *   Errors    ETIMEDOUT: deadline_ns (absolute, CLOCK_MONOTONIC; CT_FOREVER: none) has passed. The
 *             mutex was given up and is held again, also if the deadline had passed before the call. A
 *             wake-up that races with the deadline either makes it 0, or goes to another who waits.
 *   Blocks    like wait; the deadline is that of the waiting, not of taking the mutex again.
 * signal(c), signal_many(c, n), broadcast(c)
 *   Ensures   of those who wait, at least one, at least n, or all are woken; if fewer wait, all. exact:
 *             not one more, and in the order in which they began to wait. Nobody waits, or n is 0:
 *             nothing happens, and nothing is kept for later.
 *             Everything before the call happens before the return of the wait if the mutex orders it,
 *             that is, if the caller holds it or has held it since.
 *   Blocks    never. Need not hold the mutex; but who changes the predicate must have held it while
 *             doing so, else a thread between its look and its wait misses the change.
 *
 * No function sets errno. A forked child must not use a condition that was waited for at the fork; it
 * may initialise it anew.
 */
#ifndef CONTEND_CONDITION_H
#define CONTEND_CONDITION_H

#include <contend/impl.h>

#include <stdbool.h>
#include <stdint.h>

struct ct_mutex_ops;

struct ct_held {
    const struct ct_mutex_ops *ops;
    void *m, *node; /* node: NULL if the mutex has none */
};

struct ct_condition_ops {
    struct ct_impl impl;
    bool any_mutex;    /* works with every mutex, not only with the one named here */
    bool exact;        /* wakes as many as it is told, in order, and nobody for no reason */
    const char *mutex; /* the mutex kind's name of the one that goes well with it, or is its own */
    void (*init)(void *c);
    void (*destroy)(void *c); /* NULL: nothing to do */
    void (*wait)(void *c, const struct ct_held *held);
    int (*timedwait)(void *c, const struct ct_held *held, uint64_t deadline_ns);
    void (*signal)(void *c);
    void (*signal_many)(void *c, uint32_t n);
    void (*broadcast)(void *c);
};

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. */
#define CT_CONDITION_ADAPT(id)                                                                     \
    static inline void ct_condition_##id##_op_init(void *c)                                        \
    {                                                                                              \
        ct_condition_##id##_init((struct ct_condition_##id *)c);                                   \
    }                                                                                              \
    static inline void ct_condition_##id##_op_wait(void *c, const struct ct_held *held)            \
    {                                                                                              \
        ct_condition_##id##_wait((struct ct_condition_##id *)c, held);                             \
    }                                                                                              \
    static inline int ct_condition_##id##_op_timedwait(void *c, const struct ct_held *held,        \
                                                       uint64_t deadline_ns)                       \
    {                                                                                              \
        return ct_condition_##id##_timedwait((struct ct_condition_##id *)c, held, deadline_ns);    \
    }                                                                                              \
    static inline void ct_condition_##id##_op_signal(void *c)                                      \
    {                                                                                              \
        ct_condition_##id##_signal((struct ct_condition_##id *)c);                                 \
    }                                                                                              \
    static inline void ct_condition_##id##_op_signal_many(void *c, uint32_t n)                     \
    {                                                                                              \
        ct_condition_##id##_signal_many((struct ct_condition_##id *)c, n);                         \
    }                                                                                              \
    static inline void ct_condition_##id##_op_broadcast(void *c)                                   \
    {                                                                                              \
        ct_condition_##id##_broadcast((struct ct_condition_##id *)c);                              \
    }
#define CT_CONDITION_ADAPT_DESTROY(id)                                                             \
    static inline void ct_condition_##id##_op_destroy(void *c)                                     \
    {                                                                                              \
        ct_condition_##id##_destroy((struct ct_condition_##id *)c);                                \
    }

/* What every table starts with; .destroy follows where there is something to do. */
#define CT_CONDITION_IMPL(id, shown_name)                                                          \
    .kind = "condition", .name = shown_name, .size_bytes = sizeof(struct ct_condition_##id),       \
    .align_bytes = _Alignof(struct ct_condition_##id)
#define CT_CONDITION_REQUIRED(id)                                                                  \
    .init = ct_condition_##id##_op_init, .wait = ct_condition_##id##_op_wait,                      \
    .timedwait = ct_condition_##id##_op_timedwait, .signal = ct_condition_##id##_op_signal,        \
    .signal_many = ct_condition_##id##_op_signal_many,                                             \
    .broadcast = ct_condition_##id##_op_broadcast

#endif
