// SPDX-License-Identifier: MIT
/* publish-relaxed - ring of one producer and one consumer, broken.
 *
 * Mistake: the store that shows an item to the consumer is relaxed.
 * Breaks:  visibility: the consumer may see the place, and not yet the item.
 */
#ifndef STRESS_BROKEN_SPSC_QUEUE_PUBLISH_RELAXED_H
#define STRESS_BROKEN_SPSC_QUEUE_PUBLISH_RELAXED_H

#include <contend/alloc.h>
#include <contend/spsc_queue.h>
#include <contend/wait.h>

#include <string.h>

struct ct_spsc_queue_publish_relaxed {
    struct ct_u32 tail, head; /* pushed, popped: modulo 2^32 */
    uint32_t capacity;
    char *items;
};

static inline int ct_spsc_queue_publish_relaxed_init(struct ct_spsc_queue_publish_relaxed *q,
                                                     uint32_t capacity, size_t item_bytes)
{
    ct_u32_store_relaxed(&q->tail, 0);
    ct_u32_store_relaxed(&q->head, 0);
    q->capacity = capacity;
    q->items = ct_alloc(CT_APART_BYTES, capacity * item_bytes);
    return q->items ? 0 : ENOMEM;
}

static inline void ct_spsc_queue_publish_relaxed_destroy(struct ct_spsc_queue_publish_relaxed *q)
{
    ct_free(q->items);
}

static inline size_t
ct_spsc_queue_publish_relaxed_size(const struct ct_spsc_queue_publish_relaxed *q)
{
    uint32_t head = ct_u32_load_acquire(&q->head);
    uint32_t size = ct_u32_load_acquire(&q->tail) - head;
    return size < q->capacity ? size : q->capacity;
}

static inline uint32_t
ct_spsc_queue_publish_relaxed_capacity(const struct ct_spsc_queue_publish_relaxed *q)
{
    return q->capacity;
}

CT_QUEUE_FAST int ct_spsc_queue_publish_relaxed_try_push(struct ct_spsc_queue_publish_relaxed *q,
                                                         const void *item, size_t item_bytes)
{
    uint32_t tail = ct_u32_load_relaxed(&q->tail);
    if (tail - ct_u32_load_acquire(&q->head) == q->capacity) /* pairs with pop */
        return EAGAIN;
    memcpy(q->items + tail % q->capacity * item_bytes, item, item_bytes);
    ct_u32_store_relaxed(&q->tail, tail + 1); /* the mistake: not a release */
    return 0;
}

CT_QUEUE_FAST int ct_spsc_queue_publish_relaxed_try_pop(struct ct_spsc_queue_publish_relaxed *q,
                                                        void *item, size_t item_bytes)
{
    uint32_t head = ct_u32_load_relaxed(&q->head);
    if (ct_u32_load_acquire(&q->tail) == head) /* pairs with push */
        return EAGAIN;
    memcpy(item, q->items + head % q->capacity * item_bytes, item_bytes);
    ct_u32_store_release(&q->head, head + 1); /* pairs with push */
    return 0;
}

CT_QUEUE_ADAPT(spsc_queue_publish_relaxed)

static const struct ct_queue_ops ct_spsc_queue_publish_relaxed_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(publish_relaxed, "publish-relaxed"),
             .summary = "broken: items are published by a relaxed store",
             .source = "Lamport 1983, broken", .traits = CT_FIFO | CT_SPINS},
    CT_QUEUE_REQUIRED(spsc_queue_publish_relaxed),
};

#endif
