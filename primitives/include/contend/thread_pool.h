// SPDX-License-Identifier: MIT
/* thread_pool.h - the contract of every thread pool, and its ops table.
 *
 * Typed functions are ct_thread_pool_<impl>_<verb> in contend/thread_pool/<impl>.h; an adopter includes
 * that one header. A task is a function and its argument. A future is the caller's memory (task.h) from
 * submit until a wait for it has returned; submitting allocates nothing, except where a peer does.
 *
 * function(argument, &value) is the task: what it stores in value, first NULL, and the int it returns,
 * 0 or its failure, reach whoever asks for the result. It must return: no C++ exception, longjmp,
 * pthread_exit or cancellation may leave it. A fork's child has the pool's memory and none of its
 * threads: it must not touch the pool.
 *
 * init(p, workers, cpus)
 *   Requires  nobody uses *p. Zeroed memory is not enough.
 *   Ensures   0: workers threads serve *p; worker i may run on the (i modulo their number)-th CPU of
 *             *cpus alone, or, where cpus is NULL, wherever the caller may. No workers: tasks wait for
 *             threads that call work, or for shutdown. The threads block all signals.
 *   Errors    EINVAL: more than CT_THREAD_POOL_WORKERS_MAX workers, none where work is not offered, or no
 *             CPU in *cpus. EAGAIN: not so many threads could be made. ENOTSUP: cpus is not NULL, and this
 *             peer cannot pin its workers. Then *p holds nothing.
 * destroy(p)
 *   Requires  shutdown has returned, and nobody is inside any call on *p but work, on its way out.
 *             NULL: there is nothing to release.
 * submit(p, future, function, argument)
 *   Requires  future is NULL (nobody will ask), or nobody uses *future.
 *   Ensures   0: the task is run once, by one thread, unless it is cancelled or shutdown drops it;
 *             everything before the submit happens before its start.
 *   Errors    ECANCELED: shutdown has begun; EINVAL: function is NULL. Then nothing is submitted and
 *             *future is the caller's still.
 *   Blocks    never; but where the pool is full (CT_THREAD_POOL_TASKS tasks wait) the caller runs one
 *             first. So it must hold no lock that a task wants.
 * map(p, function, items, item_bytes, count, &failed)
 *   Ensures   0: function was applied to each of count items, as its argument, by workers and the
 *             caller; failed of them returned another value than 0. All that happens before the return.
 *   Errors    ECANCELED: shutdown has begun, nothing is done; EINVAL: function is NULL.
 *   Blocks    as wait, until workers have got round to it.
 * wait(p, future)
 *   Requires  a submit of *future returned 0. Inside a task: of one that this task submitted itself
 *             (fork and join), else tasks could wait for each other.
 *   Ensures   the task is done: it has run, or never will (cancelled, dropped). It happens before the
 *             return. The future is the caller's again; result may be asked any number of times.
 *   Blocks    sleeps. Inside a task of the same pool the thread runs others meanwhile (where helps), so
 *             that tasks which wait cannot block the pool, however few its workers.
 * timedwait(p, future, deadline_ns)
 *   Ensures   0: as wait. Runs no other tasks meanwhile.
 *   Errors    ETIMEDOUT: it is not done, and deadline_ns (absolute, CLOCK_MONOTONIC; CT_FOREVER: none)
 *             has passed; the future is not the caller's yet.
 * cancel(p, future)
 *   Requires  as wait; a wait for it has not returned.
 *   Ensures   true: this call made sure that the task never runs. False: it has started, is done, or was
 *             cancelled before. Either way a wait is what gives the future back.
 *   Blocks    never.
 * result(p, future, &value)
 *   Requires  a wait for it has returned.
 *   Ensures   what the task returned and stored; ECANCELED and NULL if it never ran. value may be NULL.
 *             A failure that was asked for counts as read.
 * work(p)
 *   Ensures   the calling thread serves as one more worker until shutdown; then returns 0.
 *   Errors    EAGAIN: CT_THREAD_POOL_WORKERS_MAX threads have served already; returns at once.
 *   Blocks    until then. NULL: not offered.
 * shutdown(p, how)
 *   Requires  not called inside a task, nor by two threads at once. May be called again.
 *   Ensures   from its begin on, submit gives ECANCELED. CT_THREAD_POOL_DRAIN: all tasks submitted have
 *             run. CT_THREAD_POOL_NOW: those that had not started are dropped, which makes them done;
 *             dropped counts them, less those that had been cancelled. failed counts tasks that returned
 *             a failure which nobody has read: none vanishes. The workers have ended.
 *   Blocks    until the running tasks have returned; may run tasks itself.
 *
 * No function sets errno, but tasks may.
 */
#ifndef CONTEND_THREAD_POOL_H
#define CONTEND_THREAD_POOL_H

#include <contend/impl.h>

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#define CT_THREAD_POOL_WORKERS_MAX 128
#define CT_THREAD_POOL_TASKS 1024 /* that can wait in a pool; a power of two */

struct ct_future; /* contend/task.h */
typedef int ct_task_function(void *argument, void **value);

enum ct_thread_pool_how { CT_THREAD_POOL_DRAIN, CT_THREAD_POOL_NOW };

struct ct_thread_pool_rest {
    uint64_t dropped, failed;
};

struct ct_thread_pool_ops {
    struct ct_impl impl;
    bool helps; /* a task that waits runs others meanwhile */
    int (*init)(void *p, unsigned workers, const cpu_set_t *cpus);
    void (*destroy)(void *p); /* NULL: nothing to release */
    int (*submit)(void *p, struct ct_future *future, ct_task_function *function, void *argument);
    int (*map)(void *p, ct_task_function *function, void *items, size_t item_bytes, size_t count,
               size_t *failed);
    void (*wait)(void *p, struct ct_future *future);
    int (*timedwait)(void *p, struct ct_future *future, uint64_t deadline_ns);
    bool (*cancel)(void *p, struct ct_future *future);
    int (*result)(void *p, struct ct_future *future, void **value);
    int (*work)(void *p); /* NULL: not offered */
    struct ct_thread_pool_rest (*shutdown)(void *p, enum ct_thread_pool_how how);
};

/* Where the table is a constant, submit is to be inlined, although map also takes its address. */
#define CT_THREAD_POOL_INLINE static inline __attribute__((always_inline))

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. An implementation names those it offers, then fills its table. */
#define CT_THREAD_POOL_ADAPT(id)                                                                   \
    static inline int ct_thread_pool_##id##_op_init(void *p, unsigned workers,                     \
                                                    const cpu_set_t *cpus)                         \
    {                                                                                              \
        return ct_thread_pool_##id##_init((struct ct_thread_pool_##id *)p, workers, cpus);         \
    }                                                                                              \
    CT_THREAD_POOL_INLINE int ct_thread_pool_##id##_op_submit(                                     \
        void *p, struct ct_future *future, ct_task_function *function, void *argument)             \
    {                                                                                              \
        return ct_thread_pool_##id##_submit((struct ct_thread_pool_##id *)p, future, function,     \
                                            argument);                                             \
    }                                                                                              \
    static inline int ct_thread_pool_##id##_op_map(void *p, ct_task_function *function,            \
                                                   void *items, size_t item_bytes, size_t count,   \
                                                   size_t *failed)                                 \
    {                                                                                              \
        return ct_thread_pool_##id##_map((struct ct_thread_pool_##id *)p, function, items,         \
                                         item_bytes, count, failed);                               \
    }                                                                                              \
    static inline void ct_thread_pool_##id##_op_wait(void *p, struct ct_future *future)            \
    {                                                                                              \
        ct_thread_pool_##id##_wait((struct ct_thread_pool_##id *)p, future);                       \
    }                                                                                              \
    static inline int ct_thread_pool_##id##_op_timedwait(void *p, struct ct_future *future,        \
                                                         uint64_t deadline_ns)                     \
    {                                                                                              \
        return ct_thread_pool_##id##_timedwait((struct ct_thread_pool_##id *)p, future,            \
                                               deadline_ns);                                       \
    }                                                                                              \
    static inline bool ct_thread_pool_##id##_op_cancel(void *p, struct ct_future *future)          \
    {                                                                                              \
        return ct_thread_pool_##id##_cancel((struct ct_thread_pool_##id *)p, future);              \
    }                                                                                              \
    static inline int ct_thread_pool_##id##_op_result(void *p, struct ct_future *future,           \
                                                      void **value)                                \
    {                                                                                              \
        return ct_thread_pool_##id##_result((struct ct_thread_pool_##id *)p, future, value);       \
    }                                                                                              \
    static inline struct ct_thread_pool_rest ct_thread_pool_##id##_op_shutdown(                    \
        void *p, enum ct_thread_pool_how how)                                                      \
    {                                                                                              \
        return ct_thread_pool_##id##_shutdown((struct ct_thread_pool_##id *)p, how);               \
    }
#define CT_THREAD_POOL_ADAPT_WORK(id)                                                              \
    static inline int ct_thread_pool_##id##_op_work(void *p)                                       \
    {                                                                                              \
        return ct_thread_pool_##id##_work((struct ct_thread_pool_##id *)p);                        \
    }
#define CT_THREAD_POOL_ADAPT_DESTROY(id)                                                           \
    static inline void ct_thread_pool_##id##_op_destroy(void *p)                                   \
    {                                                                                              \
        ct_thread_pool_##id##_destroy((struct ct_thread_pool_##id *)p);                            \
    }

/* What every table starts with; .helps, .work and .destroy follow where offered. */
#define CT_THREAD_POOL_IMPL(id, shown_name)                                                        \
    .kind = "thread_pool", .name = shown_name, .size_bytes = sizeof(struct ct_thread_pool_##id),   \
    .align_bytes = _Alignof(struct ct_thread_pool_##id)
#define CT_THREAD_POOL_REQUIRED(id)                                                                \
    .init = ct_thread_pool_##id##_op_init, .submit = ct_thread_pool_##id##_op_submit,              \
    .map = ct_thread_pool_##id##_op_map, .wait = ct_thread_pool_##id##_op_wait,                    \
    .timedwait = ct_thread_pool_##id##_op_timedwait, .cancel = ct_thread_pool_##id##_op_cancel,    \
    .result = ct_thread_pool_##id##_op_result, .shutdown = ct_thread_pool_##id##_op_shutdown

#endif
