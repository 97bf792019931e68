// SPDX-License-Identifier: MIT
/* close-drops - ring of cells with turns, broken.
 *
 * Mistake: a pop says that the end is reached as soon as the queue is closed, although items are
 *          inside.
 * Breaks:  close drains.
 */
#ifndef STRESS_BROKEN_MPMC_QUEUE_CLOSE_DROPS_H
#define STRESS_BROKEN_MPMC_QUEUE_CLOSE_DROPS_H

#include <contend/mpmc_queue.h>
#include <contend/sequenced_ring.h>

struct ct_mpmc_queue_close_drops {
    struct ct_sequenced_ring ring;
};

static inline int ct_mpmc_queue_close_drops_init(struct ct_mpmc_queue_close_drops *q,
                                                 uint32_t capacity, size_t item_bytes)
{
    return ct_sequenced_ring_init(&q->ring, capacity, item_bytes);
}

static inline void ct_mpmc_queue_close_drops_destroy(struct ct_mpmc_queue_close_drops *q)
{
    ct_sequenced_ring_destroy(&q->ring);
}

static inline size_t ct_mpmc_queue_close_drops_size(const struct ct_mpmc_queue_close_drops *q)
{
    return ct_sequenced_ring_size(&q->ring);
}

static inline uint32_t ct_mpmc_queue_close_drops_capacity(const struct ct_mpmc_queue_close_drops *q)
{
    return q->ring.capacity;
}

CT_QUEUE_FAST int ct_mpmc_queue_close_drops_try_push(struct ct_mpmc_queue_close_drops *q,
                                                     const void *item, size_t item_bytes)
{
    return ct_sequenced_ring_try_push(&q->ring, item, item_bytes);
}

CT_QUEUE_FAST int ct_mpmc_queue_close_drops_try_pop(struct ct_mpmc_queue_close_drops *q, void *item,
                                                    size_t item_bytes)
{
    if (ct_sequenced_ring_is_closed(&q->ring)) /* the mistake */
        return EPIPE;
    return ct_sequenced_ring_try_pop(&q->ring, item, item_bytes);
}

static inline void ct_mpmc_queue_close_drops_close(struct ct_mpmc_queue_close_drops *q)
{
    ct_sequenced_ring_close(&q->ring);
}

CT_QUEUE_ADAPT(mpmc_queue_close_drops)
CT_QUEUE_ADAPT_CLOSE(mpmc_queue_close_drops)

static const struct ct_queue_ops ct_mpmc_queue_close_drops_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(close_drops, "close-drops"),
             .summary = "broken: closing loses the items inside", .source = "Vyukov 2010, broken",
             .traits = CT_SPINS},
    CT_QUEUE_REQUIRED(mpmc_queue_close_drops),
    CT_QUEUE_CLOSE(mpmc_queue_close_drops),
};

#endif
