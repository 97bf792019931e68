// SPDX-License-Identifier: MIT
/* publish-relaxed - ring of cells with turns, broken.
 *
 * Mistake: the turn that says that a cell is full is written with relaxed order.
 * Breaks:  visibility of what was written before the push.
 */
#ifndef STRESS_BROKEN_MPMC_QUEUE_PUBLISH_RELAXED_H
#define STRESS_BROKEN_MPMC_QUEUE_PUBLISH_RELAXED_H

#include <contend/mpmc_queue.h>
#include <contend/sequenced_ring.h>

#include <string.h>

struct ct_mpmc_queue_publish_relaxed {
    struct ct_sequenced_ring ring;
};

static inline int ct_mpmc_queue_publish_relaxed_init(struct ct_mpmc_queue_publish_relaxed *q,
                                                     uint32_t capacity, size_t item_bytes)
{
    return ct_sequenced_ring_init(&q->ring, capacity, item_bytes);
}

static inline void ct_mpmc_queue_publish_relaxed_destroy(struct ct_mpmc_queue_publish_relaxed *q)
{
    ct_sequenced_ring_destroy(&q->ring);
}

static inline size_t
ct_mpmc_queue_publish_relaxed_size(const struct ct_mpmc_queue_publish_relaxed *q)
{
    return ct_sequenced_ring_size(&q->ring);
}

static inline uint32_t
ct_mpmc_queue_publish_relaxed_capacity(const struct ct_mpmc_queue_publish_relaxed *q)
{
    return q->ring.capacity;
}

CT_QUEUE_FAST int ct_mpmc_queue_publish_relaxed_try_pop(struct ct_mpmc_queue_publish_relaxed *q,
                                                        void *item, size_t item_bytes)
{
    return ct_sequenced_ring_try_pop(&q->ring, item, item_bytes);
}

CT_QUEUE_FAST int ct_mpmc_queue_publish_relaxed_try_push(struct ct_mpmc_queue_publish_relaxed *q,
                                                         const void *item, size_t item_bytes)
{
    uint64_t tail = ct_u64_load_relaxed(&q->ring.tail);
    for (;;) {
        struct ct_sequenced_cell *cell = ct_sequenced_cell(&q->ring, tail, item_bytes);
        uint64_t turn = ct_u64_load_acquire(&cell->turn);
        if (turn < 2 * tail)
            return EAGAIN;
        if (turn > 2 * tail) {
            tail = ct_u64_load_relaxed(&q->ring.tail);
        } else if (ct_u64_cas_relaxed(&q->ring.tail, &tail, ct_sequenced_next(&q->ring, tail))) {
            memcpy(cell->item, item, item_bytes);
            ct_u64_store_relaxed(&cell->turn, 2 * tail + 1); /* the mistake */
            return 0;
        }
    }
}

CT_QUEUE_ADAPT(mpmc_queue_publish_relaxed)

static const struct ct_queue_ops ct_mpmc_queue_publish_relaxed_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(publish_relaxed, "publish-relaxed"),
             .summary = "broken: a push is published with relaxed order",
             .source = "Vyukov 2010, broken", .traits = CT_SPINS},
    CT_QUEUE_REQUIRED(mpmc_queue_publish_relaxed),
};

#endif
