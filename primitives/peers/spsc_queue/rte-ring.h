// SPDX-License-Identifier: MIT
/* rte-ring - DPDK's ring, for one producer and one consumer.
 *
 * Idea      A ring with two places for each side, so that several threads could share one; every operation
 *           reads the other side's.
 * Source    DPDK, lib/ring, rte_ring_elem.h: all of it inline. Set up here as rte_ring_init does with
 *           RING_F_EXACT_SZ, RING_F_SP_ENQ and RING_F_SC_DEQ, which spares a program DPDK's libraries.
 * Choose    where DPDK is there anyway, and in batches.
 */
#ifndef CONTEND_PEERS_SPSC_QUEUE_RTE_RING_H
#define CONTEND_PEERS_SPSC_QUEUE_RTE_RING_H

#include <contend/alloc.h>
#include <contend/spsc_queue.h>

#include <rte_config.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <string.h>

struct ct_spsc_queue_rte_ring {
    struct rte_ring *peer; /* its items lie behind it */
};

static inline int ct_spsc_queue_rte_ring_init(struct ct_spsc_queue_rte_ring *q, uint32_t capacity,
                                              size_t item_bytes)
{
    uint32_t places = 1;
    if (capacity == 0 || capacity > RTE_RING_SZ_MASK / 2 || item_bytes == 0 ||
        item_bytes % 4 != 0 || item_bytes > CT_APART_BYTES)
        return EINVAL;
    while (places <= capacity)
        places *= 2;
    q->peer = ct_alloc(CT_APART_BYTES, sizeof *q->peer + places * item_bytes);
    if (!q->peer)
        return ENOMEM;
    memset(q->peer, 0, sizeof *q->peer);
    q->peer->flags = RING_F_EXACT_SZ | RING_F_SP_ENQ | RING_F_SC_DEQ;
    q->peer->prod.sync_type = q->peer->cons.sync_type = RTE_RING_SYNC_ST;
    q->peer->size = places;
    q->peer->mask = places - 1;
    q->peer->capacity = capacity;
    return 0;
}

static inline void ct_spsc_queue_rte_ring_destroy(struct ct_spsc_queue_rte_ring *q)
{
    ct_free(q->peer);
}

CT_QUEUE_FAST size_t ct_spsc_queue_rte_ring_push_many(struct ct_spsc_queue_rte_ring *q,
                                                      const void *items, size_t count,
                                                      size_t item_bytes)
{
    return rte_ring_sp_enqueue_burst_elem(q->peer, items, (unsigned)item_bytes, (unsigned)count,
                                          NULL);
}

CT_QUEUE_FAST size_t ct_spsc_queue_rte_ring_pop_many(struct ct_spsc_queue_rte_ring *q, void *items,
                                                     size_t count, size_t item_bytes)
{
    return rte_ring_sc_dequeue_burst_elem(q->peer, items, (unsigned)item_bytes, (unsigned)count,
                                          NULL);
}

CT_QUEUE_FAST int ct_spsc_queue_rte_ring_try_push(struct ct_spsc_queue_rte_ring *q,
                                                  const void *item, size_t item_bytes)
{
    void *value = (void *)(uintptr_t)item; /* which it only reads */
    return rte_ring_sp_enqueue_elem(q->peer, value, (unsigned)item_bytes) == 0 ? 0 : EAGAIN;
}

CT_QUEUE_FAST int ct_spsc_queue_rte_ring_try_pop(struct ct_spsc_queue_rte_ring *q, void *item,
                                                 size_t item_bytes)
{
    return rte_ring_sc_dequeue_elem(q->peer, item, (unsigned)item_bytes) == 0 ? 0 : EAGAIN;
}

static inline size_t ct_spsc_queue_rte_ring_size(const struct ct_spsc_queue_rte_ring *q)
{
    return rte_ring_count(q->peer);
}

static inline uint32_t ct_spsc_queue_rte_ring_capacity(const struct ct_spsc_queue_rte_ring *q)
{
    return rte_ring_get_capacity(q->peer);
}

CT_QUEUE_ADAPT(spsc_queue_rte_ring)
CT_QUEUE_ADAPT_MANY(spsc_queue_rte_ring)

static const struct ct_queue_ops ct_spsc_queue_rte_ring_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(rte_ring, "rte-ring"),
             .summary = "rte_ring, SP/SC calls: ring, no waiting", .source = "DPDK",
             .package = CT_PACKAGE_dpdk, .traits = CT_FIFO | CT_SPINS | CT_OPAQUE | CT_PEER},
    CT_QUEUE_REQUIRED(spsc_queue_rte_ring),
    CT_QUEUE_MANY(spsc_queue_rte_ring),
};

#endif
