// SPDX-License-Identifier: MIT
/* bounded_semaphore.h - the contract of every counting semaphore with a maximum, and its ops table.
 *
 * Typed functions are ct_bounded_semaphore_<impl>_<verb> in contend/bounded_semaphore/<impl>.h; an
 * adopter includes that one header. As semaphore.h, but a post that would bring the value above the
 * maximum is an error and changes nothing: one release too many shows where it happens, as in Python's
 * BoundedSemaphore.
 *
 * init(s, value, max)
 *   Requires  nobody uses *s; value <= max <= CT_BOUNDED_SEMAPHORE_MAX. Zeroed memory is not enough.
 *   Ensures   *s holds value permits, and will never hold more than max.
 * destroy(s)
 *   Requires  nobody is inside any call on *s but post: a thread may destroy and reuse the memory as
 *             soon as the wait returned that no other will follow, even while the post of one permit
 *             that let it through is still on its way out. (Implementations with the trait CT_LATE
 *             need the memory to stay mapped until that post has returned.)
 *   Ensures   what init acquired is released. NULL: there is nothing to release.
 * wait(s)
 *   Ensures   one permit fewer; everything before the posts that the permits came from happens before
 *             the return. The value never goes below 0: of more waiters than permits, as many return
 *             as there are permits, in no particular order. Signals and wake-ups for no reason do not
 *             end it.
 *   Blocks    spins or sleeps as the traits say (CT_SPINS, CT_PARKS) while the value is 0.
 * trywait(s)
 *   Ensures   true: as wait. False: the value was 0 at some moment during the call; nothing is taken
 *             and nothing is ordered.
 *   Blocks    never.
 * timedwait(s, deadline_ns)
 *   Ensures   0: as wait, and a permit that is there is taken whatever the deadline.
 *   Errors    ETIMEDOUT: nothing is taken, and deadline_ns (absolute, CLOCK_MONOTONIC; CT_FOREVER:
 *             none) has passed. A permit that races with the deadline is either taken and 0 returned,
 *             or left to others, whom a post that woke this thread then wakes too.
 *   Blocks    like wait, up to the deadline.
 * post(s, n)
 *   Ensures   0: n permits more, whoever posts them, up to n sleeping waiters are on their way; n may
 *             be 0.
 *   Errors    EOVERFLOW: the value would have exceeded the maximum at some moment during the call, not
 *             counting as taken what a wait has taken that has not returned yet, and counting as there
 *             what a post is bringing that has not returned; it is unchanged and nobody was let through.
 *             So whoever gives back what its own waits returned with is never refused.
 *   Blocks    never.
 * value(s)
 *   Ensures   the value at some moment during the call, old when it returns; never more than the maximum.
 *   Blocks    never for longer than another operation takes.
 *
 * No function sets errno. More than 2^30 waiters are the caller's error and are not detected.
 */
#ifndef CONTEND_BOUNDED_SEMAPHORE_H
#define CONTEND_BOUNDED_SEMAPHORE_H

#include <contend/impl.h>

#include <stdbool.h>
#include <stdint.h>

#define CT_BOUNDED_SEMAPHORE_MAX UINT32_C(0x7fffffff)

struct ct_bounded_semaphore_ops {
    struct ct_impl impl;
    void (*init)(void *s, uint32_t value, uint32_t max);
    void (*destroy)(void *s); /* NULL: nothing to release */
    void (*wait)(void *s);
    bool (*trywait)(void *s);
    int (*timedwait)(void *s, uint64_t deadline_ns); /* NULL: not offered */
    int (*post)(void *s, uint32_t n);
    uint32_t (*value)(const void *s);
};

/* Everything, over the semaphore of contend/semaphore/ with the same name, whose post can be told the
   maximum: the check is part of its one read-modify-write, or of what its lock protects, and costs
   nothing more. */
#define CT_BOUNDED_SEMAPHORE_OVER(id)                                                              \
    struct ct_bounded_semaphore_##id {                                                             \
        struct ct_semaphore_##id over;                                                             \
        uint32_t max; /* never changes */                                                          \
    };                                                                                             \
    static inline void ct_bounded_semaphore_##id##_wait(struct ct_bounded_semaphore_##id *s)       \
    {                                                                                              \
        ct_semaphore_##id##_wait(&s->over);                                                        \
    }                                                                                              \
    static inline bool ct_bounded_semaphore_##id##_trywait(struct ct_bounded_semaphore_##id *s)    \
    {                                                                                              \
        return ct_semaphore_##id##_trywait(&s->over);                                              \
    }                                                                                              \
    static inline int ct_bounded_semaphore_##id##_timedwait(struct ct_bounded_semaphore_##id *s,   \
                                                            uint64_t deadline_ns)                  \
    {                                                                                              \
        return ct_semaphore_##id##_timedwait(&s->over, deadline_ns);                               \
    }                                                                                              \
    static inline uint32_t ct_bounded_semaphore_##id##_value(                                      \
        const struct ct_bounded_semaphore_##id *s)                                                 \
    {                                                                                              \
        return ct_semaphore_##id##_value(&s->over);                                                \
    }                                                                                              \
    static inline void ct_bounded_semaphore_##id##_init(struct ct_bounded_semaphore_##id *s,       \
                                                        uint32_t value, uint32_t max)              \
    {                                                                                              \
        ct_semaphore_##id##_init(&s->over, value);                                                 \
        s->max = max;                                                                              \
    }                                                                                              \
    static inline int ct_bounded_semaphore_##id##_post(struct ct_bounded_semaphore_##id *s,        \
                                                       uint32_t n)                                 \
    {                                                                                              \
        return ct_semaphore_##id##_post_within(&s->over, n, s->max);                               \
    }

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. An implementation names those it offers, then fills its table. */
#define CT_BOUNDED_SEMAPHORE_ADAPT(id)                                                             \
    static inline void ct_bounded_semaphore_##id##_op_init(void *s, uint32_t value, uint32_t max)  \
    {                                                                                              \
        ct_bounded_semaphore_##id##_init((struct ct_bounded_semaphore_##id *)s, value, max);       \
    }                                                                                              \
    static inline void ct_bounded_semaphore_##id##_op_wait(void *s)                                \
    {                                                                                              \
        ct_bounded_semaphore_##id##_wait((struct ct_bounded_semaphore_##id *)s);                   \
    }                                                                                              \
    static inline bool ct_bounded_semaphore_##id##_op_trywait(void *s)                             \
    {                                                                                              \
        return ct_bounded_semaphore_##id##_trywait((struct ct_bounded_semaphore_##id *)s);         \
    }                                                                                              \
    static inline int ct_bounded_semaphore_##id##_op_post(void *s, uint32_t n)                     \
    {                                                                                              \
        return ct_bounded_semaphore_##id##_post((struct ct_bounded_semaphore_##id *)s, n);         \
    }                                                                                              \
    static inline uint32_t ct_bounded_semaphore_##id##_op_value(const void *s)                     \
    {                                                                                              \
        return ct_bounded_semaphore_##id##_value((const struct ct_bounded_semaphore_##id *)s);     \
    }
#define CT_BOUNDED_SEMAPHORE_ADAPT_TIMED(id)                                                       \
    static inline int ct_bounded_semaphore_##id##_op_timedwait(void *s, uint64_t deadline_ns)      \
    {                                                                                              \
        return ct_bounded_semaphore_##id##_timedwait((struct ct_bounded_semaphore_##id *)s,        \
                                                     deadline_ns);                                 \
    }
#define CT_BOUNDED_SEMAPHORE_ADAPT_DESTROY(id)                                                     \
    static inline void ct_bounded_semaphore_##id##_op_destroy(void *s)                             \
    {                                                                                              \
        ct_semaphore_##id##_destroy(&((struct ct_bounded_semaphore_##id *)s)->over);               \
    }

/* What every table starts with; .timedwait and .destroy follow where offered. */
#define CT_BOUNDED_SEMAPHORE_IMPL(id, shown_name)                                                  \
    .kind = "bounded_semaphore", .name = shown_name,                                               \
    .size_bytes = sizeof(struct ct_bounded_semaphore_##id),                                        \
    .align_bytes = _Alignof(struct ct_bounded_semaphore_##id)
#define CT_BOUNDED_SEMAPHORE_REQUIRED(id)                                                          \
    .init = ct_bounded_semaphore_##id##_op_init, .wait = ct_bounded_semaphore_##id##_op_wait,      \
    .trywait = ct_bounded_semaphore_##id##_op_trywait,                                             \
    .post = ct_bounded_semaphore_##id##_op_post, .value = ct_bounded_semaphore_##id##_op_value

#endif
