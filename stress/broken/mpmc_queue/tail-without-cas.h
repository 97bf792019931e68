// SPDX-License-Identifier: MIT
/* tail-without-cas - ring of cells with turns, broken.
 *
 * Mistake: a push takes its position by a load and a store, so that two may take the same.
 * Breaks:  every item once.
 */
#ifndef STRESS_BROKEN_MPMC_QUEUE_TAIL_WITHOUT_CAS_H
#define STRESS_BROKEN_MPMC_QUEUE_TAIL_WITHOUT_CAS_H

#include <contend/mpmc_queue.h>
#include <contend/sequenced_ring.h>

#include <string.h>

struct ct_mpmc_queue_tail_without_cas {
    struct ct_sequenced_ring ring;
};

static inline int ct_mpmc_queue_tail_without_cas_init(struct ct_mpmc_queue_tail_without_cas *q,
                                                      uint32_t capacity, size_t item_bytes)
{
    return ct_sequenced_ring_init(&q->ring, capacity, item_bytes);
}

static inline void ct_mpmc_queue_tail_without_cas_destroy(struct ct_mpmc_queue_tail_without_cas *q)
{
    ct_sequenced_ring_destroy(&q->ring);
}

static inline size_t
ct_mpmc_queue_tail_without_cas_size(const struct ct_mpmc_queue_tail_without_cas *q)
{
    return ct_sequenced_ring_size(&q->ring);
}

static inline uint32_t
ct_mpmc_queue_tail_without_cas_capacity(const struct ct_mpmc_queue_tail_without_cas *q)
{
    return q->ring.capacity;
}

CT_QUEUE_FAST int ct_mpmc_queue_tail_without_cas_try_pop(struct ct_mpmc_queue_tail_without_cas *q,
                                                         void *item, size_t item_bytes)
{
    return ct_sequenced_ring_try_pop(&q->ring, item, item_bytes);
}

CT_QUEUE_FAST int ct_mpmc_queue_tail_without_cas_try_push(struct ct_mpmc_queue_tail_without_cas *q,
                                                          const void *item, size_t item_bytes)
{
    uint64_t tail = ct_u64_load_relaxed(&q->ring.tail);
    if (tail & CT_SEQUENCED_CLOSED)
        return EPIPE;
    struct ct_sequenced_cell *cell = ct_sequenced_cell(&q->ring, tail, item_bytes);
    if (ct_u64_load_acquire(&cell->turn) != 2 * tail)
        return EAGAIN;
    ct_u64_store_relaxed(&q->ring.tail, ct_sequenced_next(&q->ring, tail)); /* the mistake */
    memcpy(cell->item, item, item_bytes);
    ct_u64_store_release(&cell->turn, 2 * tail + 1);
    return 0;
}

CT_QUEUE_ADAPT(mpmc_queue_tail_without_cas)

static const struct ct_queue_ops ct_mpmc_queue_tail_without_cas_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(tail_without_cas, "tail-without-cas"),
             .summary = "broken: takes the position by a load and a store",
             .source = "Vyukov 2010, broken", .traits = CT_SPINS},
    CT_QUEUE_REQUIRED(mpmc_queue_tail_without_cas),
};

#endif
