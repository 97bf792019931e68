// SPDX-License-Identifier: MIT
/* close-drops - ring of one producer and one consumer, broken.
 *
 * Mistake: pop asks whether the queue is closed before it asks whether it is empty.
 * Breaks:  closing drains: what was inside never comes out.
 */
#ifndef STRESS_BROKEN_SPSC_QUEUE_CLOSE_DROPS_H
#define STRESS_BROKEN_SPSC_QUEUE_CLOSE_DROPS_H

#include <contend/alloc.h>
#include <contend/spsc_queue.h>
#include <contend/wait.h>

#include <string.h>

struct ct_spsc_queue_close_drops {
    struct ct_u32 tail, head, closed; /* pushed, popped: modulo 2^32 */
    uint32_t capacity;
    char *items;
};

static inline int ct_spsc_queue_close_drops_init(struct ct_spsc_queue_close_drops *q,
                                                 uint32_t capacity, size_t item_bytes)
{
    ct_u32_store_relaxed(&q->tail, 0);
    ct_u32_store_relaxed(&q->head, 0);
    ct_u32_store_relaxed(&q->closed, 0);
    q->capacity = capacity;
    q->items = ct_alloc(CT_APART_BYTES, capacity * item_bytes);
    return q->items ? 0 : ENOMEM;
}

static inline void ct_spsc_queue_close_drops_destroy(struct ct_spsc_queue_close_drops *q)
{
    ct_free(q->items);
}

static inline size_t ct_spsc_queue_close_drops_size(const struct ct_spsc_queue_close_drops *q)
{
    uint32_t head = ct_u32_load_acquire(&q->head);
    uint32_t size = ct_u32_load_acquire(&q->tail) - head;
    return size < q->capacity ? size : q->capacity;
}

static inline uint32_t ct_spsc_queue_close_drops_capacity(const struct ct_spsc_queue_close_drops *q)
{
    return q->capacity;
}

CT_QUEUE_FAST int ct_spsc_queue_close_drops_try_push(struct ct_spsc_queue_close_drops *q,
                                                     const void *item, size_t item_bytes)
{
    uint32_t tail = ct_u32_load_relaxed(&q->tail);
    if (ct_u32_load_relaxed(&q->closed))
        return EPIPE;
    if (tail - ct_u32_load_acquire(&q->head) == q->capacity) /* pairs with pop */
        return EAGAIN;
    memcpy(q->items + tail % q->capacity * item_bytes, item, item_bytes);
    ct_u32_store_release(&q->tail, tail + 1); /* pairs with pop */
    return 0;
}

CT_QUEUE_FAST int ct_spsc_queue_close_drops_try_pop(struct ct_spsc_queue_close_drops *q, void *item,
                                                    size_t item_bytes)
{
    uint32_t head = ct_u32_load_relaxed(&q->head);
    if (ct_u32_load_acquire(&q->closed)) /* the mistake: items may be there */
        return EPIPE;
    if (ct_u32_load_acquire(&q->tail) == head) /* pairs with push */
        return EAGAIN;
    memcpy(item, q->items + head % q->capacity * item_bytes, item_bytes);
    ct_u32_store_release(&q->head, head + 1); /* pairs with push */
    return 0;
}

static inline void ct_spsc_queue_close_drops_close(struct ct_spsc_queue_close_drops *q)
{
    ct_u32_store_release(&q->closed, 1); /* pairs with pop */
}

CT_QUEUE_ADAPT(spsc_queue_close_drops)
CT_QUEUE_ADAPT_CLOSE(spsc_queue_close_drops)

static const struct ct_queue_ops ct_spsc_queue_close_drops_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(close_drops, "close-drops"),
             .summary = "broken: forgets what it holds when it is closed",
             .source = "Lamport 1983, broken", .traits = CT_FIFO | CT_SPINS},
    CT_QUEUE_REQUIRED(spsc_queue_close_drops),
    CT_QUEUE_CLOSE(spsc_queue_close_drops),
};

#endif
