// SPDX-License-Identifier: MIT
/* queue.h - the contract of every queue, and the ops table that the kinds of queue share.
 *
 * The kinds are spsc_queue, mpmc_queue and unbounded_queue: their headers say who may call what. Typed
 * functions are ct_<kind>_<impl>_<verb> in contend/<kind>/<impl>.h; an adopter includes that one header.
 * A queue holds items of one size, copied in and out: pointers, or records. item_bytes is everywhere
 * that of init, and a constant where it is written, so that the copy is a few instructions. A producer
 * is a thread that pushes, a consumer one that pops.
 *
 * init(q, capacity, item_bytes)
 *   Requires  nobody uses *q. Zeroed memory is not enough.
 *   Ensures   0: *q is open, empty, and takes capacity items: exactly, or what capacity(q) then says.
 *   Errors    EINVAL: capacity or item_bytes is 0, or a peer is not made for items of that size. ENOMEM:
 *             no memory for so many. *q is then unusable.
 * destroy(q)
 *   Requires  nobody is inside any call on *q but a push whose item was popped, or a close that a pop
 *             reported: who pops the last item may destroy at once. (Trait CT_LATE: inside no call.)
 *   Ensures   what init acquired is released; items left are dropped.
 * try_push(q, item, item_bytes)
 *   Ensures   0: *item is in the queue, behind all items that this producer, and all whose push
 *             returned before this call began, pushed before. Everything before the call happens before
 *             the return of the pop that gets the item. Another answer: the queue is as it was and
 *             nothing is ordered.
 *   Errors    EAGAIN: it was full at some moment during the call, counting the places that other calls
 *             under way have claimed. EPIPE: it was closed. ENOMEM: an unbounded queue found no memory.
 *   Blocks    never.
 * try_pop(q, item, item_bytes)
 *   Ensures   0: the first item is in *item and no longer in the queue. Every item is popped once. Items
 *             of one producer come in the order in which they were pushed; all items do, in one order
 *             that fits the order of the calls, but with the trait CT_UNORDERED.
 *   Errors    EAGAIN: the queue was empty at some moment during the call, or its first item was still
 *             being brought, or taken, by another call under way. EPIPE: it is closed and empty, for ever;
 *             everything before the close happens before this return. *item is undefined.
 *   Blocks    never.
 * push(q, item, item_bytes, deadline_ns), pop(q, item, item_bytes, deadline_ns)
 *   Ensures   0: as try_push, try_pop, whatever the deadline.
 *   Errors    ETIMEDOUT: full, or empty, and deadline_ns (absolute, CLOCK_MONOTONIC; CT_FOREVER: none)
 *             has passed. EPIPE, ENOMEM: as try_push, try_pop.
 *   Blocks    spins or sleeps as the traits say (CT_SPINS, CT_PARKS) while the queue is open and full,
 *             or open and empty.
 * push_many(q, items, count, item_bytes), pop_many(q, items, count, item_bytes)
 *   Ensures   as many items as there was room for, or as there were, up to count, in order, each as
 *             by try_push, try_pop; returns how many. None when closed, or closed and empty.
 *   Blocks    never.
 * close(q)
 *   Ensures   no push that begins after the return succeeds; who sleeps or spins in push or pop is on
 *             the way. Items inside can still be popped. Closing twice is closing once.
 *   Blocks    never for longer than another operation takes.
 * size(q)
 *   Ensures   the number of items at some moment during the call, old when it returns. NULL: not offered:
 *             who pushes does not tell who asks (some peers).
 * capacity(q)
 *   Ensures   the most items it holds; UINT32_MAX: no bound.
 * task_done(q)
 *   Requires  the caller has popped an item for which it has not yet called this.
 * join(q, deadline_ns)
 *   Ensures   0: at some moment during the call each item pushed so far had been popped and its
 *             task_done called; everything before those calls happens before the return.
 *   Errors    ETIMEDOUT: there was no such moment and deadline_ns has passed.
 *   Blocks    as pop does.
 *
 * No function sets errno.
 */
#ifndef CONTEND_QUEUE_H
#define CONTEND_QUEUE_H

#include <contend/impl.h>

#include <stdint.h>

struct ct_queue_ops {
    struct ct_impl impl;
    int (*init)(void *q, uint32_t capacity, size_t item_bytes);
    void (*destroy)(void *q);
    int (*try_push)(void *q, const void *item, size_t item_bytes);
    int (*try_pop)(void *q, void *item, size_t item_bytes);
    size_t (*size)(const void *q); /* NULL: not offered */
    uint32_t (*capacity)(const void *q);
    /* NULL: not offered; push and pop are offered together, as are task_done and join. */
    int (*push)(void *q, const void *item, size_t item_bytes, uint64_t deadline_ns);
    int (*pop)(void *q, void *item, size_t item_bytes, uint64_t deadline_ns);
    size_t (*push_many)(void *q, const void *items, size_t count, size_t item_bytes);
    size_t (*pop_many)(void *q, void *items, size_t count, size_t item_bytes);
    void (*close)(void *q);
    void (*task_done)(void *q);
    int (*join)(void *q, uint64_t deadline_ns);
};

/* For what copies an item: inlined, or the copy would be a call and a loop. */
#define CT_QUEUE_FAST static inline __attribute__((always_inline))

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. id is <kind>_<impl>; an implementation names those it offers. UNCOUNTED: all that is
   required, where there is no size. */
#define CT_QUEUE_ADAPT_UNCOUNTED(id)                                                               \
    static inline int ct_##id##_op_init(void *q, uint32_t capacity, size_t item_bytes)             \
    {                                                                                              \
        return ct_##id##_init((struct ct_##id *)q, capacity, item_bytes);                          \
    }                                                                                              \
    static inline void ct_##id##_op_destroy(void *q)                                               \
    {                                                                                              \
        ct_##id##_destroy((struct ct_##id *)q);                                                    \
    }                                                                                              \
    CT_QUEUE_FAST int ct_##id##_op_try_push(void *q, const void *item, size_t item_bytes)          \
    {                                                                                              \
        return ct_##id##_try_push((struct ct_##id *)q, item, item_bytes);                          \
    }                                                                                              \
    CT_QUEUE_FAST int ct_##id##_op_try_pop(void *q, void *item, size_t item_bytes)                 \
    {                                                                                              \
        return ct_##id##_try_pop((struct ct_##id *)q, item, item_bytes);                           \
    }                                                                                              \
    static inline uint32_t ct_##id##_op_capacity(const void *q)                                    \
    {                                                                                              \
        return ct_##id##_capacity((const struct ct_##id *)q);                                      \
    }
#define CT_QUEUE_ADAPT(id)                                                                         \
    CT_QUEUE_ADAPT_UNCOUNTED(id)                                                                   \
    static inline size_t ct_##id##_op_size(const void *q)                                          \
    {                                                                                              \
        return ct_##id##_size((const struct ct_##id *)q);                                          \
    }
#define CT_QUEUE_ADAPT_BLOCKING(id)                                                                \
    CT_QUEUE_FAST int ct_##id##_op_push(void *q, const void *item, size_t item_bytes,              \
                                        uint64_t deadline_ns)                                      \
    {                                                                                              \
        return ct_##id##_push((struct ct_##id *)q, item, item_bytes, deadline_ns);                 \
    }                                                                                              \
    CT_QUEUE_FAST int ct_##id##_op_pop(void *q, void *item, size_t item_bytes,                     \
                                       uint64_t deadline_ns)                                       \
    {                                                                                              \
        return ct_##id##_pop((struct ct_##id *)q, item, item_bytes, deadline_ns);                  \
    }
#define CT_QUEUE_ADAPT_MANY(id)                                                                    \
    CT_QUEUE_FAST size_t ct_##id##_op_push_many(void *q, const void *items, size_t count,          \
                                                size_t item_bytes)                                 \
    {                                                                                              \
        return ct_##id##_push_many((struct ct_##id *)q, items, count, item_bytes);                 \
    }                                                                                              \
    CT_QUEUE_FAST size_t ct_##id##_op_pop_many(void *q, void *items, size_t count,                 \
                                               size_t item_bytes)                                  \
    {                                                                                              \
        return ct_##id##_pop_many((struct ct_##id *)q, items, count, item_bytes);                  \
    }
#define CT_QUEUE_ADAPT_CLOSE(id)                                                                   \
    static inline void ct_##id##_op_close(void *q)                                                 \
    {                                                                                              \
        ct_##id##_close((struct ct_##id *)q);                                                      \
    }
#define CT_QUEUE_ADAPT_JOIN(id)                                                                    \
    static inline void ct_##id##_op_task_done(void *q)                                             \
    {                                                                                              \
        ct_##id##_task_done((struct ct_##id *)q);                                                  \
    }                                                                                              \
    static inline int ct_##id##_op_join(void *q, uint64_t deadline_ns)                             \
    {                                                                                              \
        return ct_##id##_join((struct ct_##id *)q, deadline_ns);                                   \
    }

/* What every table starts with, and a line for each group that is offered. */
#define CT_QUEUE_IMPL(id, kind_name, shown_name)                                                   \
    .kind = kind_name, .name = shown_name, .size_bytes = sizeof(struct ct_##id),                   \
    .align_bytes = _Alignof(struct ct_##id)
#define CT_QUEUE_UNCOUNTED(id)                                                                     \
    .init = ct_##id##_op_init, .destroy = ct_##id##_op_destroy, .try_push = ct_##id##_op_try_push, \
    .try_pop = ct_##id##_op_try_pop, .capacity = ct_##id##_op_capacity
#define CT_QUEUE_REQUIRED(id) CT_QUEUE_UNCOUNTED(id), .size = ct_##id##_op_size
#define CT_QUEUE_BLOCKING(id) .push = ct_##id##_op_push, .pop = ct_##id##_op_pop
#define CT_QUEUE_MANY(id) .push_many = ct_##id##_op_push_many, .pop_many = ct_##id##_op_pop_many
#define CT_QUEUE_CLOSE(id) .close = ct_##id##_op_close
#define CT_QUEUE_JOIN(id) .task_done = ct_##id##_op_task_done, .join = ct_##id##_op_join

#endif
