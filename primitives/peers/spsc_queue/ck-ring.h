// SPDX-License-Identifier: MIT
/* ck-ring - Concurrency Kit's ring, for one producer and one consumer.
 *
 * Idea      A ring with a place for each side; every operation reads the other's. A power of two, one place
 *           of which stays empty: capacity is rounded up to one less than that.
 * Source    Concurrency Kit, ck_ring.h
 * Choose    C programs that have the library and do their own waiting.
 *
 * The items' type is known when it is compiled: here 8, 24 and 64 bytes.
 */
#ifndef CONTEND_PEERS_SPSC_QUEUE_CK_RING_H
#define CONTEND_PEERS_SPSC_QUEUE_CK_RING_H

#include <contend/alloc.h>
#include <contend/spsc_queue.h>

#include <ck_ring.h>

struct ct_spsc_queue_ck_ring {
    ck_ring_t peer;
    void *items;
};

struct ct_spsc_queue_ck_ring_8 {
    uint64_t word[1];
};
struct ct_spsc_queue_ck_ring_24 {
    uint64_t word[3];
};
struct ct_spsc_queue_ck_ring_64 {
    uint64_t word[8];
};
CK_RING_PROTOTYPE(ct8, ct_spsc_queue_ck_ring_8)
CK_RING_PROTOTYPE(ct24, ct_spsc_queue_ck_ring_24)
CK_RING_PROTOTYPE(ct64, ct_spsc_queue_ck_ring_64)

static inline int ct_spsc_queue_ck_ring_init(struct ct_spsc_queue_ck_ring *q, uint32_t capacity,
                                             size_t item_bytes)
{
    enum { CAPACITY_MAX = 1 << 30 };
    unsigned places = 2;
    if (capacity == 0 || capacity > CAPACITY_MAX ||
        (item_bytes != 8 && item_bytes != 24 && item_bytes != 64))
        return EINVAL;
    while (places <= capacity)
        places *= 2;
    q->items = ct_alloc(CT_APART_BYTES, places * item_bytes);
    if (!q->items)
        return ENOMEM;
    ck_ring_init(&q->peer, places);
    return 0;
}

static inline void ct_spsc_queue_ck_ring_destroy(struct ct_spsc_queue_ck_ring *q)
{
    ct_free(q->items);
}

CT_QUEUE_FAST int ct_spsc_queue_ck_ring_try_push(struct ct_spsc_queue_ck_ring *q, const void *item,
                                                 size_t item_bytes)
{
    void *value = (void *)(uintptr_t)item; /* which it only reads */
    bool pushed;
    if (item_bytes == 8)
        pushed = ck_ring_enqueue_spsc_ct8(&q->peer, q->items, value);
    else if (item_bytes == 24)
        pushed = ck_ring_enqueue_spsc_ct24(&q->peer, q->items, value);
    else
        pushed = ck_ring_enqueue_spsc_ct64(&q->peer, q->items, value);
    return pushed ? 0 : EAGAIN;
}

CT_QUEUE_FAST int ct_spsc_queue_ck_ring_try_pop(struct ct_spsc_queue_ck_ring *q, void *item,
                                                size_t item_bytes)
{
    bool popped;
    if (item_bytes == 8)
        popped = ck_ring_dequeue_spsc_ct8(&q->peer, q->items, item);
    else if (item_bytes == 24)
        popped = ck_ring_dequeue_spsc_ct24(&q->peer, q->items, item);
    else
        popped = ck_ring_dequeue_spsc_ct64(&q->peer, q->items, item);
    return popped ? 0 : EAGAIN;
}

static inline size_t ct_spsc_queue_ck_ring_size(const struct ct_spsc_queue_ck_ring *q)
{
    return ck_ring_size(&q->peer);
}

static inline uint32_t ct_spsc_queue_ck_ring_capacity(const struct ct_spsc_queue_ck_ring *q)
{
    return ck_ring_capacity(&q->peer) - 1;
}

CT_QUEUE_ADAPT(spsc_queue_ck_ring)

static const struct ct_queue_ops ct_spsc_queue_ck_ring_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(ck_ring, "ck-ring"),
             .summary = "ck_ring, spsc calls: ring, no waiting", .source = "Concurrency Kit",
             .package = CT_PACKAGE_ck, .traits = CT_FIFO | CT_SPINS | CT_OPAQUE | CT_PEER},
    CT_QUEUE_REQUIRED(spsc_queue_ck_ring),
};

#endif
