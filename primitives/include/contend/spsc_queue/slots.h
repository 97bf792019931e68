// SPDX-License-Identifier: MIT
/* slots - the ring of slots; who must wait looks on.
 *
 * Idea      A slot that is empty is the producer's, one that is not is the consumer's: neither reads the
 *           other's place, and an item of up to a word comes with the mark that says it is there.
 * Source    Giacomoni, Moseley & Vachharajani, "FastForward for Efficient Pipeline Parallelism",
 *           PPoPP 2008; there, NULL cannot be an item.
 * State     ring    all: slot_ring.h
 * Order     slot_ring.h's.
 * Lifetime  push touches the queue last with the store that makes the item visible.
 * Choose    both sides have a CPU of their own and items are pointers or words: the fastest for them.
 *           For large items index touches fewer lines.
 */
#ifndef CONTEND_SPSC_QUEUE_SLOTS_H
#define CONTEND_SPSC_QUEUE_SLOTS_H

#include <contend/deadline.h>
#include <contend/slot_ring.h>
#include <contend/spsc_queue.h>

struct ct_spsc_queue_slots {
    struct ct_slot_ring ring;
};

static inline int ct_spsc_queue_slots_init(struct ct_spsc_queue_slots *q, uint32_t capacity,
                                           size_t item_bytes)
{
    return ct_slot_ring_init(&q->ring, capacity, item_bytes);
}

static inline void ct_spsc_queue_slots_destroy(struct ct_spsc_queue_slots *q)
{
    ct_slot_ring_destroy(&q->ring);
}

CT_QUEUE_FAST int ct_spsc_queue_slots_try_push(struct ct_spsc_queue_slots *q, const void *item,
                                               size_t item_bytes)
{
    return ct_slot_ring_try_push(&q->ring, item, item_bytes);
}

CT_QUEUE_FAST int ct_spsc_queue_slots_try_pop(struct ct_spsc_queue_slots *q, void *item,
                                              size_t item_bytes)
{
    return ct_slot_ring_try_pop(&q->ring, item, item_bytes);
}

CT_QUEUE_FAST int ct_spsc_queue_slots_push(struct ct_spsc_queue_slots *q, const void *item,
                                           size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_spsc_queue_slots_try_push(q, item, item_bytes)) == EAGAIN) {
        if (ct_has_passed(deadline_ns))
            return ETIMEDOUT;
        ct_pause();
    }
    return error;
}

CT_QUEUE_FAST int ct_spsc_queue_slots_pop(struct ct_spsc_queue_slots *q, void *item,
                                          size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_spsc_queue_slots_try_pop(q, item, item_bytes)) == EAGAIN) {
        if (ct_has_passed(deadline_ns))
            return ETIMEDOUT;
        ct_pause();
    }
    return error;
}

CT_QUEUE_FAST size_t ct_spsc_queue_slots_push_many(struct ct_spsc_queue_slots *q, const void *items,
                                                   size_t count, size_t item_bytes)
{
    return ct_slot_ring_push_many(&q->ring, items, count, item_bytes);
}

CT_QUEUE_FAST size_t ct_spsc_queue_slots_pop_many(struct ct_spsc_queue_slots *q, void *items,
                                                  size_t count, size_t item_bytes)
{
    return ct_slot_ring_pop_many(&q->ring, items, count, item_bytes);
}

static inline void ct_spsc_queue_slots_close(struct ct_spsc_queue_slots *q)
{
    ct_slot_ring_close(&q->ring);
}

static inline size_t ct_spsc_queue_slots_size(const struct ct_spsc_queue_slots *q)
{
    return ct_slot_ring_size(&q->ring);
}

static inline uint32_t ct_spsc_queue_slots_capacity(const struct ct_spsc_queue_slots *q)
{
    return q->ring.capacity;
}

static inline void ct_spsc_queue_slots_task_done(struct ct_spsc_queue_slots *q)
{
    ct_slot_ring_task_done(&q->ring);
}

static inline int ct_spsc_queue_slots_join(struct ct_spsc_queue_slots *q, uint64_t deadline_ns)
{
    while (!ct_slot_ring_can_join(&q->ring)) {
        if (ct_has_passed(deadline_ns))
            return ETIMEDOUT;
        ct_pause();
    }
    return 0;
}

CT_QUEUE_ADAPT(spsc_queue_slots)
CT_QUEUE_ADAPT_BLOCKING(spsc_queue_slots)
CT_QUEUE_ADAPT_MANY(spsc_queue_slots)
CT_QUEUE_ADAPT_CLOSE(spsc_queue_slots)
CT_QUEUE_ADAPT_JOIN(spsc_queue_slots)

static const struct ct_queue_ops ct_spsc_queue_slots_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(slots, "slots"),
             .summary = "ring; a slot says itself whether it is full",
             .source = "FastForward, Giacomoni et al. 2008",
             .traits = CT_FIFO | CT_SPINS | CT_TIMED},
    CT_QUEUE_REQUIRED(spsc_queue_slots),
    CT_QUEUE_BLOCKING(spsc_queue_slots),
    CT_QUEUE_MANY(spsc_queue_slots),
    CT_QUEUE_CLOSE(spsc_queue_slots),
    CT_QUEUE_JOIN(spsc_queue_slots),
};

#endif
