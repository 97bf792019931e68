// SPDX-License-Identifier: MIT
/* rte-ring - DPDK's ring, for many producers and many consumers.
 *
 * Idea      A range of positions is taken with one compare-and-swap; its end is published once all
 *           earlier ranges are, for which a push or a pop spins.
 * Source    DPDK, rte_ring_elem.h; FreeBSD's bufring.
 * Choose    in DPDK programs, and where threads do not outnumber CPUs.
 *
 * The header's functions on a ring that was not made by DPDK's library: what rte_ring_init does is done
 * here, so that nothing is linked. Items are multiples of 4 bytes.
 */
#ifndef CONTEND_PEERS_MPMC_QUEUE_RTE_RING_H
#define CONTEND_PEERS_MPMC_QUEUE_RTE_RING_H

#include <rte_config.h>

#include <contend/alloc.h>
#include <contend/cpu.h>
#include <contend/mpmc_queue.h>

#include <rte_ring_elem.h>
#include <string.h>

struct ct_mpmc_queue_rte_ring {
    struct rte_ring *ring; /* the items follow it */
};

static inline int ct_mpmc_queue_rte_ring_init(struct ct_mpmc_queue_rte_ring *q, uint32_t capacity,
                                              size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0 || item_bytes % 4 != 0)
        return EINVAL;
    if (capacity > RTE_RING_SZ_MASK / 2 || item_bytes > UINT32_MAX / 2)
        return ENOMEM;
    uint32_t size = 2;
    while (size <= capacity)
        size *= 2;
    q->ring = (struct rte_ring *)ct_alloc(CT_APART_BYTES, sizeof *q->ring + size * item_bytes);
    if (!q->ring)
        return ENOMEM;
    memset(q->ring, 0, sizeof *q->ring);
    q->ring->flags = RING_F_EXACT_SZ;
    q->ring->size = size;
    q->ring->mask = size - 1;
    q->ring->capacity = capacity;
    q->ring->prod.sync_type = RTE_RING_SYNC_MT;
    q->ring->cons.sync_type = RTE_RING_SYNC_MT;
    return 0;
}

static inline void ct_mpmc_queue_rte_ring_destroy(struct ct_mpmc_queue_rte_ring *q)
{
    ct_free(q->ring);
}

CT_QUEUE_FAST int ct_mpmc_queue_rte_ring_try_push(struct ct_mpmc_queue_rte_ring *q,
                                                  const void *item, size_t item_bytes)
{
    return rte_ring_mp_enqueue_bulk_elem(q->ring, item, (unsigned)item_bytes, 1, NULL) ? 0 : EAGAIN;
}

CT_QUEUE_FAST int ct_mpmc_queue_rte_ring_try_pop(struct ct_mpmc_queue_rte_ring *q, void *item,
                                                 size_t item_bytes)
{
    return rte_ring_mc_dequeue_bulk_elem(q->ring, item, (unsigned)item_bytes, 1, NULL) ? 0 : EAGAIN;
}

CT_QUEUE_FAST size_t ct_mpmc_queue_rte_ring_push_many(struct ct_mpmc_queue_rte_ring *q,
                                                      const void *items, size_t count,
                                                      size_t item_bytes)
{
    return rte_ring_mp_enqueue_burst_elem(q->ring, items, (unsigned)item_bytes, (unsigned)count,
                                          NULL);
}

CT_QUEUE_FAST size_t ct_mpmc_queue_rte_ring_pop_many(struct ct_mpmc_queue_rte_ring *q, void *items,
                                                     size_t count, size_t item_bytes)
{
    return rte_ring_mc_dequeue_burst_elem(q->ring, items, (unsigned)item_bytes, (unsigned)count,
                                          NULL);
}

static inline size_t ct_mpmc_queue_rte_ring_size(const struct ct_mpmc_queue_rte_ring *q)
{
    return rte_ring_count(q->ring);
}

static inline uint32_t ct_mpmc_queue_rte_ring_capacity(const struct ct_mpmc_queue_rte_ring *q)
{
    return q->ring->capacity;
}

CT_QUEUE_ADAPT(mpmc_queue_rte_ring)
CT_QUEUE_ADAPT_MANY(mpmc_queue_rte_ring)

static const struct ct_queue_ops ct_mpmc_queue_rte_ring_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(rte_ring, "rte-ring"),
             .summary = "rte_ring MP/MC: ranges by CAS, finished in order", .source = "DPDK",
             .package = CT_PACKAGE_dpdk, .traits = CT_SPINS | CT_OPAQUE | CT_LATE | CT_PEER},
    CT_QUEUE_REQUIRED(mpmc_queue_rte_ring),
    CT_QUEUE_MANY(mpmc_queue_rte_ring),
};

#endif
