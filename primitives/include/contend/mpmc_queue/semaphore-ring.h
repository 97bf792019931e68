// SPDX-License-Identifier: MIT
/* semaphore-ring - Dijkstra's bounded buffer: a ring, two counting semaphores, and a binary one for each
 * end.
 *
 * Idea      A permit of room is the right to put one item in, a permit of items to take one out; who has
 *           one takes the lock of that end to move the item. Closing posts both semaphores once more;
 *           who gets such a permit finds nothing to do, and posts it for the next.
 * Source    Dijkstra, "Cooperating sequential processes", EWD 123, 1965.
 * State     room, items          permits; one more in both once closed
 *           push_end, pop_end    one permit each: the locks of the ends
 *           pushed, popped       counts; the end's lock guards the change
 *           next_in, next_out    slots; under the end's lock
 *           closed               changes under push_end
 * Order     the semaphores'. The lock of an end orders the items of that end, so a permit, whichever post
 *           it came from, shows the oldest item. pushed's release pairs with the acquire that finds the
 *           ring empty, closed's with the one that then says so.
 * Lifetime  CT_LATE: a push posts after its item was there.
 * Choose    where semaphores are what there is. Four of them make it cost twice ring-futex and more.
 */
#ifndef CONTEND_MPMC_QUEUE_SEMAPHORE_RING_H
#define CONTEND_MPMC_QUEUE_SEMAPHORE_RING_H

#include <contend/alloc.h>
#include <contend/mpmc_queue.h>
#include <contend/semaphore/futex-cpu.h>

#include <string.h>

struct ct_mpmc_queue_semaphore_ring {
    CT_APART struct ct_semaphore_futex_cpu room, push_end;
    struct ct_u64 pushed;
    uint32_t next_in;
    CT_APART struct ct_semaphore_futex_cpu items, pop_end;
    struct ct_u64 popped;
    uint32_t next_out;
    CT_APART struct ct_u32 closed;
    uint32_t capacity;
    unsigned char *slots;
};

static inline int ct_mpmc_queue_semaphore_ring_init(struct ct_mpmc_queue_semaphore_ring *q,
                                                    uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    if (capacity >= CT_SEMAPHORE_VALUE_MAX || capacity > SIZE_MAX / item_bytes)
        return ENOMEM;
    q->slots = (unsigned char *)ct_alloc(CT_APART_BYTES, capacity * item_bytes);
    if (!q->slots)
        return ENOMEM;
    ct_semaphore_futex_cpu_init(&q->room, capacity);
    ct_semaphore_futex_cpu_init(&q->items, 0);
    ct_semaphore_futex_cpu_init(&q->push_end, 1);
    ct_semaphore_futex_cpu_init(&q->pop_end, 1);
    ct_u64_store_relaxed(&q->pushed, 0);
    ct_u64_store_relaxed(&q->popped, 0);
    ct_u32_store_relaxed(&q->closed, 0);
    q->next_in = q->next_out = 0;
    q->capacity = capacity;
    return 0;
}

static inline void ct_mpmc_queue_semaphore_ring_destroy(struct ct_mpmc_queue_semaphore_ring *q)
{
    ct_free(q->slots);
}

static inline bool
ct_mpmc_queue_semaphore_ring_is_closed(const struct ct_mpmc_queue_semaphore_ring *q)
{
    return ct_u32_load_acquire(&q->closed) != 0; /* pairs with close */
}

static inline bool
ct_mpmc_queue_semaphore_ring_is_empty(const struct ct_mpmc_queue_semaphore_ring *q)
{
    return ct_u64_load_acquire(&q->popped) == ct_u64_load_acquire(&q->pushed);
}

/* With a permit of room. */
CT_QUEUE_FAST int ct_mpmc_queue_semaphore_ring_put(struct ct_mpmc_queue_semaphore_ring *q,
                                                   const void *item, size_t item_bytes)
{
    ct_semaphore_futex_cpu_wait(&q->push_end);
    bool closed = ct_mpmc_queue_semaphore_ring_is_closed(q);
    if (!closed) {
        memcpy(q->slots + q->next_in * item_bytes, item, item_bytes);
        q->next_in = q->next_in + 1 == q->capacity ? 0 : q->next_in + 1;
        ct_u64_store_release(&q->pushed, ct_u64_load_relaxed(&q->pushed) + 1);
    }
    (void)ct_semaphore_futex_cpu_post(&q->push_end, 1);
    (void)ct_semaphore_futex_cpu_post(closed ? &q->room : &q->items, 1);
    return closed ? EPIPE : 0;
}

/* With a permit of items. */
CT_QUEUE_FAST int ct_mpmc_queue_semaphore_ring_get(struct ct_mpmc_queue_semaphore_ring *q,
                                                   void *item, size_t item_bytes)
{
    ct_semaphore_futex_cpu_wait(&q->pop_end);
    bool end = ct_mpmc_queue_semaphore_ring_is_empty(q); /* the permit more was close's */
    if (!end) {
        memcpy(item, q->slots + q->next_out * item_bytes, item_bytes);
        q->next_out = q->next_out + 1 == q->capacity ? 0 : q->next_out + 1;
        ct_u64_store_release(&q->popped, ct_u64_load_relaxed(&q->popped) + 1);
    }
    (void)ct_semaphore_futex_cpu_post(&q->pop_end, 1);
    (void)ct_semaphore_futex_cpu_post(end ? &q->items : &q->room, 1);
    return end ? EPIPE : 0;
}

/* For who got no permit: one that is on its way from one to the next says nothing. */
CT_QUEUE_FAST int ct_mpmc_queue_semaphore_ring_not_pushed(struct ct_mpmc_queue_semaphore_ring *q,
                                                          int error)
{
    return ct_mpmc_queue_semaphore_ring_is_closed(q) ? EPIPE : error;
}

CT_QUEUE_FAST int ct_mpmc_queue_semaphore_ring_not_popped(struct ct_mpmc_queue_semaphore_ring *q,
                                                          int error)
{
    return ct_mpmc_queue_semaphore_ring_is_closed(q) && ct_mpmc_queue_semaphore_ring_is_empty(q)
               ? EPIPE
               : error;
}

CT_QUEUE_FAST int ct_mpmc_queue_semaphore_ring_try_push(struct ct_mpmc_queue_semaphore_ring *q,
                                                        const void *item, size_t item_bytes)
{
    if (ct_semaphore_futex_cpu_trywait(&q->room))
        return ct_mpmc_queue_semaphore_ring_put(q, item, item_bytes);
    return ct_mpmc_queue_semaphore_ring_not_pushed(q, EAGAIN);
}

CT_QUEUE_FAST int ct_mpmc_queue_semaphore_ring_try_pop(struct ct_mpmc_queue_semaphore_ring *q,
                                                       void *item, size_t item_bytes)
{
    if (ct_semaphore_futex_cpu_trywait(&q->items))
        return ct_mpmc_queue_semaphore_ring_get(q, item, item_bytes);
    return ct_mpmc_queue_semaphore_ring_not_popped(q, EAGAIN);
}

CT_QUEUE_FAST int ct_mpmc_queue_semaphore_ring_push(struct ct_mpmc_queue_semaphore_ring *q,
                                                    const void *item, size_t item_bytes,
                                                    uint64_t deadline_ns)
{
    int error = ct_semaphore_futex_cpu_timedwait(&q->room, deadline_ns);
    return error != 0 ? ct_mpmc_queue_semaphore_ring_not_pushed(q, error)
                      : ct_mpmc_queue_semaphore_ring_put(q, item, item_bytes);
}

CT_QUEUE_FAST int ct_mpmc_queue_semaphore_ring_pop(struct ct_mpmc_queue_semaphore_ring *q,
                                                   void *item, size_t item_bytes,
                                                   uint64_t deadline_ns)
{
    int error = ct_semaphore_futex_cpu_timedwait(&q->items, deadline_ns);
    return error != 0 ? ct_mpmc_queue_semaphore_ring_not_popped(q, error)
                      : ct_mpmc_queue_semaphore_ring_get(q, item, item_bytes);
}

static inline void ct_mpmc_queue_semaphore_ring_close(struct ct_mpmc_queue_semaphore_ring *q)
{
    ct_semaphore_futex_cpu_wait(&q->push_end);
    bool first = !ct_mpmc_queue_semaphore_ring_is_closed(q);
    ct_u32_store_release(&q->closed, 1);
    (void)ct_semaphore_futex_cpu_post(&q->push_end, 1);
    (void)ct_semaphore_futex_cpu_post(&q->room, first);
    (void)ct_semaphore_futex_cpu_post(&q->items, first);
}

/* Items at some moment: popped did not change between two looks, and pushed was read between. */
static inline size_t ct_mpmc_queue_semaphore_ring_size(const struct ct_mpmc_queue_semaphore_ring *q)
{
    uint64_t popped, pushed;
    do {
        popped = ct_u64_load_acquire(&q->popped);
        pushed = ct_u64_load_acquire(&q->pushed);
    } while (ct_u64_load_relaxed(&q->popped) != popped);
    return pushed - popped;
}

static inline uint32_t
ct_mpmc_queue_semaphore_ring_capacity(const struct ct_mpmc_queue_semaphore_ring *q)
{
    return q->capacity;
}

CT_QUEUE_ADAPT(mpmc_queue_semaphore_ring)
CT_QUEUE_ADAPT_BLOCKING(mpmc_queue_semaphore_ring)
CT_QUEUE_ADAPT_CLOSE(mpmc_queue_semaphore_ring)

static const struct ct_queue_ops ct_mpmc_queue_semaphore_ring_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(semaphore_ring, "semaphore-ring"),
             .summary = "ring, two counting semaphores, one binary for each end",
             .source = "Dijkstra 1965", .traits = CT_PARKS | CT_TIMED | CT_LATE},
    CT_QUEUE_REQUIRED(mpmc_queue_semaphore_ring),
    CT_QUEUE_BLOCKING(mpmc_queue_semaphore_ring),
    CT_QUEUE_CLOSE(mpmc_queue_semaphore_ring),
};

#endif
