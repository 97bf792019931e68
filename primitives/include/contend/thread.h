// SPDX-License-Identifier: MIT
/* thread.h - the contract of threads, and its ops table.
 *
 * Typed functions are ct_thread_<impl>_<verb> in contend/thread/<impl>.h; an adopter includes that one
 * header.
 *
 * start(t, run, argument)
 *   Requires  nobody uses *t. It must stay until a join succeeded, or, once detached, until the thread
 *             has ended.
 *   Ensures   0: run(argument) runs in a new thread. Everything before the call happens before that.
 *   Errors    EAGAIN: the system gives no more threads, or no memory for one. Nothing was started, and
 *             no other call is allowed but start.
 * join(t, result)
 *   Ensures   0: run has returned, *result (where not NULL) is what, and everything it did happens
 *             before the return.
 *   Errors    EDEADLK: t is the calling thread. EINVAL: it was joined or detached, or is being joined.
 *   Blocks    until run has returned.
 * timedjoin(t, result, deadline_ns)
 *   As join; ETIMEDOUT: deadline_ns (absolute, CLOCK_MONOTONIC; CT_FOREVER: none) has passed, the
 *   thread runs on and can be joined later. One that has ended is joined whatever the deadline.
 * detach(t)
 *   Ensures   0: nobody needs to join it; the process may end without it (a daemon).
 *   Errors    EINVAL: it was joined or detached, or is being joined.
 * is_alive(t)
 *   Ensures   true from start's return until run has returned; false then. False orders what the thread
 *             did before the return.
 * request_stop(t)
 *   Ensures   stop_requested(t) is true from then on. The thread is not otherwise disturbed.
 * stop_requested(t)
 *   Ensures   whether somebody requested it; true orders what was before that before the return. Meant
 *             for the thread itself, between two steps of its work.
 * set_name(t, name)
 *   Requires  the thread is alive and not detached.
 *   Ensures   0: the system shows the thread under this name.
 *   Errors    ERANGE: it is longer than CT_THREAD_NAME_MAX.
 * set_cpus(t, cpus, count)
 *   Requires  as set_name; count >= 1.
 *   Ensures   0: the thread runs on these CPUs only.
 *   Errors    EINVAL: there is no such CPU for this process.
 *
 * No function sets errno; none but join and timedjoin blocks.
 */
#ifndef CONTEND_THREAD_H
#define CONTEND_THREAD_H

#include <contend/impl.h>

#include <stdbool.h>
#include <stdint.h>

#define CT_THREAD_NAME_MAX 15

typedef int ct_thread_run(void *argument);

struct ct_thread_ops {
    struct ct_impl impl;
    int (*start)(void *t, ct_thread_run *run, void *argument);
    int (*join)(void *t, int *result);
    int (*timedjoin)(void *t, int *result, uint64_t deadline_ns); /* NULL: not offered */
    int (*detach)(void *t);
    bool (*is_alive)(const void *t);
    void (*request_stop)(void *t);
    bool (*stop_requested)(const void *t);
    int (*set_name)(void *t, const char *name);                     /* NULL: not offered */
    int (*set_cpus)(void *t, const uint32_t *cpus, uint32_t count); /* offered if set_name is */
};

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. An implementation names those it offers, then fills its table. */
#define CT_THREAD_ADAPT(id)                                                                        \
    static inline int ct_thread_##id##_op_start(void *t, ct_thread_run *run, void *argument)       \
    {                                                                                              \
        return ct_thread_##id##_start((struct ct_thread_##id *)t, run, argument);                  \
    }                                                                                              \
    static inline int ct_thread_##id##_op_join(void *t, int *result)                               \
    {                                                                                              \
        return ct_thread_##id##_join((struct ct_thread_##id *)t, result);                          \
    }                                                                                              \
    static inline int ct_thread_##id##_op_detach(void *t)                                          \
    {                                                                                              \
        return ct_thread_##id##_detach((struct ct_thread_##id *)t);                                \
    }                                                                                              \
    static inline bool ct_thread_##id##_op_is_alive(const void *t)                                 \
    {                                                                                              \
        return ct_thread_##id##_is_alive((const struct ct_thread_##id *)t);                        \
    }                                                                                              \
    static inline void ct_thread_##id##_op_request_stop(void *t)                                   \
    {                                                                                              \
        ct_thread_##id##_request_stop((struct ct_thread_##id *)t);                                 \
    }                                                                                              \
    static inline bool ct_thread_##id##_op_stop_requested(const void *t)                           \
    {                                                                                              \
        return ct_thread_##id##_stop_requested((const struct ct_thread_##id *)t);                  \
    }
#define CT_THREAD_ADAPT_TIMED(id)                                                                  \
    static inline int ct_thread_##id##_op_timedjoin(void *t, int *result, uint64_t deadline_ns)    \
    {                                                                                              \
        return ct_thread_##id##_timedjoin((struct ct_thread_##id *)t, result, deadline_ns);        \
    }
#define CT_THREAD_ADAPT_NAMED(id)                                                                  \
    static inline int ct_thread_##id##_op_set_name(void *t, const char *name)                      \
    {                                                                                              \
        return ct_thread_##id##_set_name((struct ct_thread_##id *)t, name);                        \
    }                                                                                              \
    static inline int ct_thread_##id##_op_set_cpus(void *t, const uint32_t *cpus, uint32_t count)  \
    {                                                                                              \
        return ct_thread_##id##_set_cpus((struct ct_thread_##id *)t, cpus, count);                 \
    }

/* What every table starts with; .timedjoin, .set_name and .set_cpus follow where offered. */
#define CT_THREAD_IMPL(id, shown_name)                                                             \
    .kind = "thread", .name = shown_name, .size_bytes = sizeof(struct ct_thread_##id),             \
    .align_bytes = _Alignof(struct ct_thread_##id)
#define CT_THREAD_REQUIRED(id)                                                                     \
    .start = ct_thread_##id##_op_start, .join = ct_thread_##id##_op_join,                          \
    .detach = ct_thread_##id##_op_detach, .is_alive = ct_thread_##id##_op_is_alive,                \
    .request_stop = ct_thread_##id##_op_request_stop,                                              \
    .stop_requested = ct_thread_##id##_op_stop_requested

#endif
