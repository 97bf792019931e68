// SPDX-License-Identifier: MIT
/* thread_local.h - the contract of thread-local state, and its ops table.
 *
 * Typed functions are ct_thread_local_<impl>_<verb> in contend/thread_local/<impl>.h; an adopter includes
 * that one header. Through one object each thread reaches a value of its own, say its connection, which
 * is made when it first asks and unmade when it ends.
 *
 * init(o, make, unmake, context)
 *   Requires  nobody uses *o.
 *   Ensures   0: no thread has a value. make(context), where not NULL, makes a thread's value; unmake,
 *             where not NULL, is told the value at that thread's end.
 *   Errors    EAGAIN: the implementation's limit of objects that exist at one time is reached.
 * destroy(o)
 *   Requires  nobody is inside any call on *o, and no thread that has a value is ending.
 *   Ensures   what init acquired is released. Values that threads still have are not unmade: they are
 *             the caller's.
 * get(o)
 *   Ensures   this thread's value. If it has none, make is called, in this thread, and its result
 *             becomes the value; NULL if that is NULL, if there is no make, or if memory ran out (then
 *             what was made is unmade).
 *   Blocks    as make does.
 * open(o, value)
 *   Requires  value is not NULL.
 *   Ensures   0: it is this thread's value.
 *   Errors    EEXIST: the thread has one already, which stays. ENOMEM: no memory. In both cases value is
 *             the caller's still.
 * set(o, value)
 *   Ensures   0: value is this thread's, and the former one the caller's. NULL: the thread has none, so
 *             nothing is unmade at its end, and its next get makes one.
 *   Errors    ENOMEM: no memory; nothing has changed.
 *
 * At the end of a thread, by return from its function, pthread_exit or cancellation, each value it has is
 * unmade exactly once, in that thread, in no particular order. Such a call may use any object: what it
 * gives the thread anew is unmade as well, in up to PTHREAD_DESTRUCTOR_ITERATIONS rounds. As with
 * POSIX's keys, the end of the process unmakes nothing.
 *
 * All calls but init and destroy may be made by any number of threads at once. No function sets errno;
 * none but get blocks.
 */
#ifndef CONTEND_THREAD_LOCAL_H
#define CONTEND_THREAD_LOCAL_H

#include <contend/impl.h>

#include <stdbool.h>
#include <stdint.h>

typedef void *ct_thread_local_make(void *context);
typedef void ct_thread_local_unmake(void *value);

struct ct_thread_local_ops {
    struct ct_impl impl;
    int (*init)(void *o, ct_thread_local_make *make, ct_thread_local_unmake *unmake, void *context);
    void (*destroy)(void *o);
    void *(*get)(void *o);
    int (*open)(void *o, void *value);
    int (*set)(void *o, void *value);
};

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. */
#define CT_THREAD_LOCAL_ADAPT(id)                                                                  \
    static inline int ct_thread_local_##id##_op_init(                                              \
        void *o, ct_thread_local_make *make, ct_thread_local_unmake *unmake, void *context)        \
    {                                                                                              \
        return ct_thread_local_##id##_init((struct ct_thread_local_##id *)o, make, unmake,         \
                                           context);                                               \
    }                                                                                              \
    static inline void ct_thread_local_##id##_op_destroy(void *o)                                  \
    {                                                                                              \
        ct_thread_local_##id##_destroy((struct ct_thread_local_##id *)o);                          \
    }                                                                                              \
    static inline void *ct_thread_local_##id##_op_get(void *o)                                     \
    {                                                                                              \
        return ct_thread_local_##id##_get((struct ct_thread_local_##id *)o);                       \
    }                                                                                              \
    static inline int ct_thread_local_##id##_op_open(void *o, void *value)                         \
    {                                                                                              \
        return ct_thread_local_##id##_open((struct ct_thread_local_##id *)o, value);               \
    }                                                                                              \
    static inline int ct_thread_local_##id##_op_set(void *o, void *value)                          \
    {                                                                                              \
        return ct_thread_local_##id##_set((struct ct_thread_local_##id *)o, value);                \
    }

/* What every table starts with. */
#define CT_THREAD_LOCAL_IMPL(id, shown_name)                                                       \
    .kind = "thread_local", .name = shown_name, .size_bytes = sizeof(struct ct_thread_local_##id), \
    .align_bytes = _Alignof(struct ct_thread_local_##id)
#define CT_THREAD_LOCAL_REQUIRED(id)                                                               \
    .init = ct_thread_local_##id##_op_init, .destroy = ct_thread_local_##id##_op_destroy,          \
    .get = ct_thread_local_##id##_op_get, .open = ct_thread_local_##id##_op_open,                  \
    .set = ct_thread_local_##id##_op_set

#endif
