// SPDX-License-Identifier: MIT
/* index - a ring with a place for each side, which remembers what it last saw of the other's.
 *
 * Idea      A side reads the other's place only when, by what it saw last, the ring is full or empty:
 *           once in many items the cache line moves. What a side writes lies apart from what the other
 *           does. Closing makes the ring look full to the producer, so that a push need not ask.
 * Source    Lamport, "Specifying Concurrent Program Modules", TOPLAS 5(2), 1983; remembered places:
 *           Lee, Bu & Chandranmenon, "A Lock-Free, Cache-Efficient Multi-Core Synchronization Mechanism
 *           for Line-Rate Network Traffic Monitoring" (MCRingBuffer), IPDPS 2010.
 * State     tail    where the next item goes; the producer's, like
 *           limit   a lap ahead of head as last seen; tail itself once closed
 *           head    where the next item comes from; the consumer's, like
 *           ready   tail as last seen
 *           done    head as of the last task_done
 *           Invariant: head <= ready <= tail <= limit <= head + a lap (but for limit when closed).
 * Order     tail's release pairs with the acquire of pop: the item, and what came before it. head's
 *           release pairs with the acquire of push: the item was read before its slot is written
 *           again. closed's release after the last tail pairs with pop's acquire before another look.
 * Lifetime  push touches the queue last with the store of tail, close with that of closed.
 * Choose    both sides have a CPU of their own; many items, or records of more than a word.
 */
#ifndef CONTEND_SPSC_QUEUE_INDEX_H
#define CONTEND_SPSC_QUEUE_INDEX_H

#include <contend/alloc.h>
#include <contend/deadline.h>
#include <contend/ring.h>
#include <contend/spsc_queue.h>

#include <string.h>

struct ct_spsc_queue_index {
    CT_APART struct ct_u64 tail;
    uint64_t limit;
    CT_APART struct ct_u64 head;
    uint64_t ready;
    struct ct_u64 done;
    CT_APART struct ct_u32 closed; /* from here on, both read and hardly anybody writes */
    uint32_t capacity;
    char *items;
};

static inline int ct_spsc_queue_index_init(struct ct_spsc_queue_index *q, uint32_t capacity,
                                           size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    q->items =
        item_bytes > SIZE_MAX / capacity ? NULL : ct_alloc(CT_APART_BYTES, capacity * item_bytes);
    if (!q->items)
        return ENOMEM;
    ct_u64_store_relaxed(&q->tail, 0);
    ct_u64_store_relaxed(&q->head, 0);
    ct_u64_store_relaxed(&q->done, 0);
    ct_u32_store_relaxed(&q->closed, 0);
    q->limit = CT_RING_LAP;
    q->ready = 0;
    q->capacity = capacity;
    return 0;
}

static inline void ct_spsc_queue_index_destroy(struct ct_spsc_queue_index *q)
{
    ct_free(q->items);
}

/* 0: there is room. Reads the consumer's place. */
static inline int ct_spsc_queue_index_make_room(struct ct_spsc_queue_index *q, uint64_t tail)
{
    if (ct_u32_load_relaxed(&q->closed))
        return EPIPE;
    q->limit = ct_u64_load_acquire(&q->head) + CT_RING_LAP; /* pairs with pop */
    return tail == q->limit ? EAGAIN : 0;
}

CT_QUEUE_FAST int ct_spsc_queue_index_try_push(struct ct_spsc_queue_index *q, const void *item,
                                               size_t item_bytes)
{
    uint64_t tail = ct_u64_load_relaxed(&q->tail);
    if (__builtin_expect(tail == q->limit, 0)) {
        int error = ct_spsc_queue_index_make_room(q, tail);
        if (error)
            return error;
    }
    memcpy(q->items + ct_ring_slot(tail) * item_bytes, item, item_bytes);
    ct_u64_store_release(&q->tail, ct_ring_next(tail, q->capacity));
    return 0;
}

/* 0: there is an item. Reads the producer's place. */
static inline int ct_spsc_queue_index_find_item(struct ct_spsc_queue_index *q, uint64_t head)
{
    q->ready = ct_u64_load_acquire(&q->tail); /* pairs with push */
    if (head != q->ready)
        return 0;
    if (!ct_u32_load_acquire(&q->closed)) /* pairs with close */
        return EAGAIN;
    q->ready = ct_u64_load_acquire(&q->tail); /* its last value: close came after */
    return head == q->ready ? EPIPE : 0;
}

CT_QUEUE_FAST int ct_spsc_queue_index_try_pop(struct ct_spsc_queue_index *q, void *item,
                                              size_t item_bytes)
{
    uint64_t head = ct_u64_load_relaxed(&q->head);
    if (__builtin_expect(head == q->ready, 0)) {
        int error = ct_spsc_queue_index_find_item(q, head);
        if (error)
            return error;
    }
    memcpy(item, q->items + ct_ring_slot(head) * item_bytes, item_bytes);
    ct_u64_store_release(&q->head, ct_ring_next(head, q->capacity));
    return 0;
}

CT_QUEUE_FAST int ct_spsc_queue_index_push(struct ct_spsc_queue_index *q, const void *item,
                                           size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_spsc_queue_index_try_push(q, item, item_bytes)) == EAGAIN) {
        if (ct_has_passed(deadline_ns))
            return ETIMEDOUT;
        ct_pause();
    }
    return error;
}

CT_QUEUE_FAST int ct_spsc_queue_index_pop(struct ct_spsc_queue_index *q, void *item,
                                          size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_spsc_queue_index_try_pop(q, item, item_bytes)) == EAGAIN) {
        if (ct_has_passed(deadline_ns))
            return ETIMEDOUT;
        ct_pause();
    }
    return error;
}

/* Copies up to the end of the ring, and the rest to its start. */
CT_QUEUE_FAST size_t ct_spsc_queue_index_push_many(struct ct_spsc_queue_index *q, const void *items,
                                                   size_t count, size_t item_bytes)
{
    uint64_t tail = ct_u64_load_relaxed(&q->tail);
    size_t room = ct_ring_distance(tail, q->limit, q->capacity);
    if (room < count && ct_spsc_queue_index_make_room(q, tail) != EPIPE)
        room = ct_ring_distance(tail, q->limit, q->capacity);
    size_t n = count < room ? count : room, left = q->capacity - ct_ring_slot(tail);
    size_t first = n < left ? n : left;
    memcpy(q->items + ct_ring_slot(tail) * item_bytes, items, first * item_bytes);
    memcpy(q->items, (const char *)items + first * item_bytes, (n - first) * item_bytes);
    ct_u64_store_release(&q->tail, ct_ring_advance(tail, (uint32_t)n, q->capacity));
    return n;
}

CT_QUEUE_FAST size_t ct_spsc_queue_index_pop_many(struct ct_spsc_queue_index *q, void *items,
                                                  size_t count, size_t item_bytes)
{
    uint64_t head = ct_u64_load_relaxed(&q->head);
    size_t there = ct_ring_distance(head, q->ready, q->capacity);
    if (there < count) {
        q->ready = ct_u64_load_acquire(&q->tail); /* pairs with push */
        there = ct_ring_distance(head, q->ready, q->capacity);
    }
    size_t n = count < there ? count : there, left = q->capacity - ct_ring_slot(head);
    size_t first = n < left ? n : left;
    memcpy(items, q->items + ct_ring_slot(head) * item_bytes, first * item_bytes);
    memcpy((char *)items + first * item_bytes, q->items, (n - first) * item_bytes);
    ct_u64_store_release(&q->head, ct_ring_advance(head, (uint32_t)n, q->capacity));
    return n;
}

static inline void ct_spsc_queue_index_close(struct ct_spsc_queue_index *q)
{
    q->limit = ct_u64_load_relaxed(&q->tail);
    ct_u32_store_release(&q->closed, 1); /* pairs with pop */
}

static inline size_t ct_spsc_queue_index_size(const struct ct_spsc_queue_index *q)
{
    uint64_t head, tail;
    do {
        head = ct_u64_load_acquire(&q->head);
        tail = ct_u64_load_acquire(&q->tail);
    } while (ct_u64_load_relaxed(&q->head) != head); /* both of one moment */
    return ct_ring_distance(head, tail, q->capacity);
}

static inline uint32_t ct_spsc_queue_index_capacity(const struct ct_spsc_queue_index *q)
{
    return q->capacity;
}

static inline void ct_spsc_queue_index_task_done(struct ct_spsc_queue_index *q)
{
    ct_u64_store_release(&q->done, ct_ring_next(ct_u64_load_relaxed(&q->done), q->capacity));
}

/* done never passes tail, so found equal they were so when tail was read. */
static inline int ct_spsc_queue_index_join(struct ct_spsc_queue_index *q, uint64_t deadline_ns)
{
    while (ct_u64_load_acquire(&q->done) != ct_u64_load_acquire(&q->tail)) { /* task_done; push */
        if (ct_has_passed(deadline_ns))
            return ETIMEDOUT;
        ct_pause();
    }
    return 0;
}

CT_QUEUE_ADAPT(spsc_queue_index)
CT_QUEUE_ADAPT_BLOCKING(spsc_queue_index)
CT_QUEUE_ADAPT_MANY(spsc_queue_index)
CT_QUEUE_ADAPT_CLOSE(spsc_queue_index)
CT_QUEUE_ADAPT_JOIN(spsc_queue_index)

static const struct ct_queue_ops ct_spsc_queue_index_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(index, "index"), .summary = "ring; each side remembers the other's",
             .source = "Lamport 1983; Lee et al. 2010", .traits = CT_FIFO | CT_SPINS | CT_TIMED},
    CT_QUEUE_REQUIRED(spsc_queue_index),
    CT_QUEUE_BLOCKING(spsc_queue_index),
    CT_QUEUE_MANY(spsc_queue_index),
    CT_QUEUE_CLOSE(spsc_queue_index),
    CT_QUEUE_JOIN(spsc_queue_index),
};

#endif
