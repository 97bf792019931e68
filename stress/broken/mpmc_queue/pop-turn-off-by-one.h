// SPDX-License-Identifier: MIT
/* pop-turn-off-by-one - ring of cells with turns, broken.
 *
 * Mistake: a pop takes a cell whose turn is one short of its own: the position was taken, but the
 *          item may not be in it yet.
 * Breaks:  visibility, and every item once.
 */
#ifndef STRESS_BROKEN_MPMC_QUEUE_POP_TURN_OFF_BY_ONE_H
#define STRESS_BROKEN_MPMC_QUEUE_POP_TURN_OFF_BY_ONE_H

#include <contend/mpmc_queue.h>
#include <contend/sequenced_ring.h>

#include <string.h>

struct ct_mpmc_queue_pop_turn_off_by_one {
    struct ct_sequenced_ring ring;
};

static inline int
ct_mpmc_queue_pop_turn_off_by_one_init(struct ct_mpmc_queue_pop_turn_off_by_one *q,
                                       uint32_t capacity, size_t item_bytes)
{
    return ct_sequenced_ring_init(&q->ring, capacity, item_bytes);
}

static inline void
ct_mpmc_queue_pop_turn_off_by_one_destroy(struct ct_mpmc_queue_pop_turn_off_by_one *q)
{
    ct_sequenced_ring_destroy(&q->ring);
}

static inline size_t
ct_mpmc_queue_pop_turn_off_by_one_size(const struct ct_mpmc_queue_pop_turn_off_by_one *q)
{
    return ct_sequenced_ring_size(&q->ring);
}

static inline uint32_t
ct_mpmc_queue_pop_turn_off_by_one_capacity(const struct ct_mpmc_queue_pop_turn_off_by_one *q)
{
    return q->ring.capacity;
}

CT_QUEUE_FAST int
ct_mpmc_queue_pop_turn_off_by_one_try_push(struct ct_mpmc_queue_pop_turn_off_by_one *q,
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
            ct_u64_add_release(&cell->turn, 1);
            return 0;
        }
    }
}

CT_QUEUE_FAST int
ct_mpmc_queue_pop_turn_off_by_one_try_pop(struct ct_mpmc_queue_pop_turn_off_by_one *q, void *item,
                                          size_t item_bytes)
{
    uint64_t head = ct_u64_load_relaxed(&q->ring.head);
    for (;;) {
        struct ct_sequenced_cell *cell = ct_sequenced_cell(&q->ring, head, item_bytes);
        uint64_t turn = ct_u64_load_acquire(&cell->turn);
        if (turn < 2 * head || ct_u64_load_acquire(&q->ring.tail) == head) /* the mistake: no + 1 */
            return EAGAIN;
        if (turn > 2 * head + 1) {
            head = ct_u64_load_relaxed(&q->ring.head);
        } else if (ct_u64_cas_release(&q->ring.head, &head, ct_sequenced_next(&q->ring, head))) {
            memcpy(item, cell->item, item_bytes);
            ct_u64_add_release(&cell->turn, 2 * q->ring.mask + 1);
            return 0;
        }
    }
}

CT_QUEUE_ADAPT(mpmc_queue_pop_turn_off_by_one)

static const struct ct_queue_ops ct_mpmc_queue_pop_turn_off_by_one_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(pop_turn_off_by_one, "pop-turn-off-by-one"),
             .summary = "broken: pops from a cell that is not full yet",
             .source = "Vyukov 2010, broken", .traits = CT_SPINS},
    CT_QUEUE_REQUIRED(mpmc_queue_pop_turn_off_by_one),
};

#endif
