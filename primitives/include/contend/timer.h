// SPDX-License-Identifier: MIT
/* timer.h - the contract of every timer service, and its ops table.
 *
 * Typed functions are ct_timer_<impl>_<verb> in contend/timer/<impl>.h; an adopter includes that one
 * header. A service calls functions when their time has come. A timer is the caller's memory,
 * struct ct_timer_<impl>_node, from open until close has returned or shutdown and destroy have; starting
 * one allocates nothing, except where a peer does. It is armed from a start until it fires, once, or is
 * cancelled.
 *
 * function(argument, late_ns) is what a timer calls: so long after its deadline, never before it. The calls
 * of one timer do not overlap; those of several do where the implementation's block says so. It may call
 * everything here but close of its own timer, shutdown and destroy. It must return: no C++ exception,
 * longjmp, pthread_exit or cancellation may leave it.
 *
 * init(s, timers, own_thread)
 *   Requires  nobody uses *s. Zeroed memory is not enough.
 *   Ensures   0: up to timers timers may be open at once. own_thread: the service makes the threads it
 *             needs; they block all signals. Else nothing fires but while a thread serves.
 *   Errors    EINVAL: timers is 0, or serve is not offered and own_thread is false. ENOMEM, EAGAIN: no
 *             memory, no thread. Then *s holds nothing.
 * destroy(s)
 *   Requires  shutdown has returned, and nobody is inside any call on *s but serve, on its way out. Timers
 *             that are still open need no close.
 * open(s, timer, function, argument)
 *   Requires  nobody uses *timer, whose content does not matter.
 *   Ensures   0: *timer is the service's, not armed.
 *   Errors    EAGAIN: there are too many already. ECANCELED: shutdown has begun.
 * close(s, timer)
 *   Requires  not called by the timer's own function, nor while another call on *timer or shutdown is
 *             under way.
 *   Ensures   cancelled, as by cancel; *timer is the caller's again.
 *   Blocks    as cancel.
 * start(s, timer, deadline_ns)
 *   Ensures   0: the timer fires once deadline_ns (absolute, CLOCK_MONOTONIC) has passed: at once if it
 *             has already, never if it is CT_FOREVER. If it was armed, the earlier deadline is void.
 *             Everything before the call happens before the function's call.
 *   Errors    ECANCELED: shutdown has begun.
 *   Blocks    never for longer than another start takes.
 * restart(s, timer, deadline_ns)
 *   Ensures   true: the timer was armed; as start. False: it was not (it has fired, or was cancelled, or
 *             shutdown has begun), and nothing was done.
 *   Blocks    as start.
 * cancel(s, timer)
 *   Ensures   true: the timer was armed, and this call made sure that it does not fire. False: it was
 *             not. Either way it is not armed and its function is not running when the call returns, if
 *             no other thread starts it again meanwhile; what the function did happens before the
 *             return. A function that restarts its own timer while a cancel waits for it is cancelled,
 *             too. Called by the timer's own function: the same, but it does not wait for itself.
 *   Blocks    until the function, if running, has returned: hold no lock that it wants.
 * serve(s)
 *   Ensures   the calling thread is the service's until shutdown; then returns 0.
 *   Errors    EBUSY: it has one.
 *   Blocks    until then. NULL: not offered.
 * shutdown(s)
 *   Requires  not called by a timer's function. May be called again, then gives 0.
 *   Ensures   no timer is armed any more, no function runs, threads of the service's own have ended, and
 *             serve is on its way out; returns how many timers were armed.
 *   Blocks    until running functions have returned.
 *
 * No function sets errno, but a timer's may.
 */
#ifndef CONTEND_TIMER_H
#define CONTEND_TIMER_H

#include <contend/impl.h>

#include <stdbool.h>
#include <stdint.h>

/* Room for a timer of any implementation, for who chooses at run time; aligned as max_align_t. */
#define CT_TIMER_NODE_BYTES_MAX 128

typedef void ct_timer_function(void *argument, uint64_t late_ns);

struct ct_timer_ops {
    struct ct_impl impl;
    int (*init)(void *s, uint32_t timers, bool own_thread);
    void (*destroy)(void *s);
    int (*open)(void *s, void *timer, ct_timer_function *function, void *argument);
    void (*close)(void *s, void *timer);
    int (*start)(void *s, void *timer, uint64_t deadline_ns);
    bool (*restart)(void *s, void *timer, uint64_t deadline_ns);
    bool (*cancel)(void *s, void *timer);
    int (*serve)(void *s); /* NULL: not offered */
    uint32_t (*shutdown)(void *s);
};

/* delay_ns after now_ns: a deadline; at the end of all time, one that never passes. */
static inline uint64_t ct_timer_deadline(uint64_t now_ns, uint64_t delay_ns)
{
    return delay_ns > UINT64_MAX - now_ns ? UINT64_MAX : now_ns + delay_ns;
}

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. */
#define CT_TIMER_ADAPT(id)                                                                         \
    static inline int ct_timer_##id##_op_init(void *s, uint32_t timers, bool own_thread)           \
    {                                                                                              \
        return ct_timer_##id##_init((struct ct_timer_##id *)s, timers, own_thread);                \
    }                                                                                              \
    static inline void ct_timer_##id##_op_destroy(void *s)                                         \
    {                                                                                              \
        ct_timer_##id##_destroy((struct ct_timer_##id *)s);                                        \
    }                                                                                              \
    static inline int ct_timer_##id##_op_open(void *s, void *timer, ct_timer_function *function,   \
                                              void *argument)                                      \
    {                                                                                              \
        return ct_timer_##id##_open((struct ct_timer_##id *)s,                                     \
                                    (struct ct_timer_##id##_node *)timer, function, argument);     \
    }                                                                                              \
    static inline void ct_timer_##id##_op_close(void *s, void *timer)                              \
    {                                                                                              \
        ct_timer_##id##_close((struct ct_timer_##id *)s, (struct ct_timer_##id##_node *)timer);    \
    }                                                                                              \
    static inline int ct_timer_##id##_op_start(void *s, void *timer, uint64_t deadline_ns)         \
    {                                                                                              \
        return ct_timer_##id##_start((struct ct_timer_##id *)s,                                    \
                                     (struct ct_timer_##id##_node *)timer, deadline_ns);           \
    }                                                                                              \
    static inline bool ct_timer_##id##_op_restart(void *s, void *timer, uint64_t deadline_ns)      \
    {                                                                                              \
        return ct_timer_##id##_restart((struct ct_timer_##id *)s,                                  \
                                       (struct ct_timer_##id##_node *)timer, deadline_ns);         \
    }                                                                                              \
    static inline bool ct_timer_##id##_op_cancel(void *s, void *timer)                             \
    {                                                                                              \
        return ct_timer_##id##_cancel((struct ct_timer_##id *)s,                                   \
                                      (struct ct_timer_##id##_node *)timer);                       \
    }                                                                                              \
    static inline uint32_t ct_timer_##id##_op_shutdown(void *s)                                    \
    {                                                                                              \
        return ct_timer_##id##_shutdown((struct ct_timer_##id *)s);                                \
    }
#define CT_TIMER_ADAPT_SERVE(id)                                                                   \
    static inline int ct_timer_##id##_op_serve(void *s)                                            \
    {                                                                                              \
        return ct_timer_##id##_serve((struct ct_timer_##id *)s);                                   \
    }

/* What every table starts with; .serve follows where offered. */
#define CT_TIMER_IMPL(id, shown_name)                                                              \
    .kind = "timer", .name = shown_name, .size_bytes = sizeof(struct ct_timer_##id),               \
    .align_bytes = _Alignof(struct ct_timer_##id),                                                 \
    .node_bytes = sizeof(struct ct_timer_##id##_node)
#define CT_TIMER_REQUIRED(id)                                                                      \
    .init = ct_timer_##id##_op_init, .destroy = ct_timer_##id##_op_destroy,                        \
    .open = ct_timer_##id##_op_open, .close = ct_timer_##id##_op_close,                            \
    .start = ct_timer_##id##_op_start, .restart = ct_timer_##id##_op_restart,                      \
    .cancel = ct_timer_##id##_op_cancel, .shutdown = ct_timer_##id##_op_shutdown

#endif
