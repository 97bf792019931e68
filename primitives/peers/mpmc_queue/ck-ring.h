// SPDX-License-Identifier: MIT
/* ck-ring - Concurrency Kit's ring, for many producers and many consumers.
 *
 * Idea      A position is taken with one compare-and-swap; then a push waits until all earlier ones are
 *           finished before it says so of its own. A pop copies first, and takes what it has copied.
 * Source    Concurrency Kit, ck_ring.h, ck_ring_enqueue_mpmc.
 * Choose    beside Concurrency Kit's other structures.
 *
 * Holds a power of two less one. The functions that take the size of an item are called directly: the
 * public ones are instances of them for one type.
 */
#ifndef CONTEND_PEERS_MPMC_QUEUE_CK_RING_H
#define CONTEND_PEERS_MPMC_QUEUE_CK_RING_H

#include <contend/alloc.h>
#include <contend/mpmc_queue.h>

#include <ck_ring.h>

struct ct_mpmc_queue_ck_ring {
    ck_ring_t ring;
    void *items;
};

static inline int ct_mpmc_queue_ck_ring_init(struct ct_mpmc_queue_ck_ring *q, uint32_t capacity,
                                             size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    if (capacity > UINT32_MAX / 4 || item_bytes > UINT32_MAX / 2)
        return ENOMEM;
    uint32_t size = 2;
    while (size <= capacity)
        size *= 2;
    q->items = ct_alloc(CK_MD_CACHELINE, size * item_bytes);
    if (!q->items)
        return ENOMEM;
    ck_ring_init(&q->ring, size);
    return 0;
}

static inline void ct_mpmc_queue_ck_ring_destroy(struct ct_mpmc_queue_ck_ring *q)
{
    ct_free(q->items);
}

CT_QUEUE_FAST int ct_mpmc_queue_ck_ring_try_push(struct ct_mpmc_queue_ck_ring *q, const void *item,
                                                 size_t item_bytes)
{
    return _ck_ring_enqueue_mp(&q->ring, q->items, item, (unsigned)item_bytes, NULL) ? 0 : EAGAIN;
}

CT_QUEUE_FAST int ct_mpmc_queue_ck_ring_try_pop(struct ct_mpmc_queue_ck_ring *q, void *item,
                                                size_t item_bytes)
{
    return _ck_ring_dequeue_mc(&q->ring, q->items, item, (unsigned)item_bytes) ? 0 : EAGAIN;
}

static inline size_t ct_mpmc_queue_ck_ring_size(const struct ct_mpmc_queue_ck_ring *q)
{
    return ck_ring_size(&q->ring);
}

static inline uint32_t ct_mpmc_queue_ck_ring_capacity(const struct ct_mpmc_queue_ck_ring *q)
{
    return ck_ring_capacity(&q->ring) - 1;
}

CT_QUEUE_ADAPT(mpmc_queue_ck_ring)

static const struct ct_queue_ops ct_mpmc_queue_ck_ring_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(ck_ring, "ck-ring"),
             .summary = "ck_ring: positions by CAS, finished in order", .source = "Concurrency Kit",
             .package = CT_PACKAGE_ck, .traits = CT_SPINS | CT_OPAQUE | CT_LATE | CT_PEER},
    CT_QUEUE_REQUIRED(mpmc_queue_ck_ring),
};

#endif
