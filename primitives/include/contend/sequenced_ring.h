// SPDX-License-Identifier: MIT
/* sequenced_ring.h - a ring whose cells say whose turn it is: what several queues are made of.
 *
 * Idea      A cell's turn number says for which position it is free, or full; so a push or a pop knows
 *           from the cell alone, takes the position with one compare-and-swap, and has the cell for
 *           itself until it writes the next turn. Producers and consumers meet in the cells only.
 * Source    Vyukov, "Bounded MPMC queue", 2010; turns that also fit one cell: rigtorp, MPMCQueue.
 * State     tail, head  the next position to push to and to pop from: lap << shift | slot, where slot
 *                       counts to capacity only; tail's high bit: closed, no position is taken any more
 *           turn        of a cell: 2p, free for position p; 2p+1, full with the item of position p
 *           push_cpu, pop_cpu  CPU of a push and a pop not long ago (ct_queue_say_cpu)
 *           closed      1 before tail says so: consumers look at tail, whose writers that slows, only then
 * Order     The release that writes a turn pairs with the acquire that finds it: the item, and all
 *           before a push. tail and head order nothing but head's change after tail's, for size; who
 *           finds a later turn than its position's also finds a later tail or head, for their writer
 *           wrote them before the turn.
 * Limits    Between the compare-and-swap and the next turn, who holds the cell holds up who wants it
 *           next: a thread that is stopped there stops the queue once all others have come round.
 */
#ifndef CONTEND_SEQUENCED_RING_H
#define CONTEND_SEQUENCED_RING_H

#include <contend/alloc.h>
#include <contend/queue.h>
#include <contend/queue_wait.h>

#include <string.h>

struct ct_sequenced_ring {
    CT_APART struct ct_u64 tail;
    CT_APART struct ct_u64 head;
    CT_APART unsigned char *cells; /* from here on, all read and hardly anybody writes */
    uint64_t mask;
    uint32_t capacity, shift;
    struct ct_u32 push_cpu, pop_cpu, closed;
};

struct ct_sequenced_cell {
    struct ct_u64 turn;
    unsigned char item[]; /* item_bytes */
};

#define CT_SEQUENCED_CLOSED (UINT64_C(1) << 63)

CT_QUEUE_FAST size_t ct_sequenced_cell_bytes(size_t item_bytes)
{
    return sizeof(struct ct_sequenced_cell) + (item_bytes + 7) / 8 * 8;
}

CT_QUEUE_FAST struct ct_sequenced_cell *ct_sequenced_cell(const struct ct_sequenced_ring *r,
                                                          uint64_t position, size_t item_bytes)
{
    return (struct ct_sequenced_cell *)(void *)(r->cells + (position & r->mask) *
                                                               ct_sequenced_cell_bytes(item_bytes));
}

CT_QUEUE_FAST uint64_t ct_sequenced_next(const struct ct_sequenced_ring *r, uint64_t position)
{
    uint64_t next = position + 1;
    if ((next & r->mask) >= r->capacity) /* never, if capacity is a power of two */
        next = (next | r->mask) + 1;
    return next;
}

/* Positions before this one. */
static inline uint64_t ct_sequenced_count(const struct ct_sequenced_ring *r, uint64_t position)
{
    position &= ~CT_SEQUENCED_CLOSED;
    return (position >> r->shift) * r->capacity + (position & r->mask);
}

static inline uint64_t ct_sequenced_pushed(const struct ct_sequenced_ring *r)
{
    return ct_sequenced_count(r, ct_u64_load_acquire(&r->tail));
}

static inline uint64_t ct_sequenced_popped(const struct ct_sequenced_ring *r)
{
    return ct_sequenced_count(r, ct_u64_load_acquire(&r->head));
}

/* 0, EINVAL or ENOMEM. */
static inline int ct_sequenced_ring_init(struct ct_sequenced_ring *r, uint32_t capacity,
                                         size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    if (item_bytes > SIZE_MAX / 4 || capacity > SIZE_MAX / 2 / ct_sequenced_cell_bytes(item_bytes))
        return ENOMEM;
    r->cells =
        (unsigned char *)ct_alloc(CT_APART_BYTES, capacity * ct_sequenced_cell_bytes(item_bytes));
    if (!r->cells)
        return ENOMEM;
    r->capacity = capacity;
    for (r->shift = 0; UINT64_C(1) << r->shift < capacity;)
        r->shift++;
    r->mask = (UINT64_C(1) << r->shift) - 1;
    ct_u64_store_relaxed(&r->tail, 0);
    ct_u64_store_relaxed(&r->head, 0);
    ct_u32_store_relaxed(&r->push_cpu, CT_CPU_UNKNOWN);
    ct_u32_store_relaxed(&r->pop_cpu, CT_CPU_UNKNOWN);
    ct_u32_store_relaxed(&r->closed, 0);
    for (uint64_t p = 0; p < capacity; p++)
        ct_u64_store_relaxed(&ct_sequenced_cell(r, p, item_bytes)->turn, 2 * p);
    return 0;
}

static inline void ct_sequenced_ring_destroy(struct ct_sequenced_ring *r)
{
    ct_free(r->cells);
}

/* EPIPE, and what came before the close: this thread's pops will find closed. */
static inline int ct_sequenced_ring_ended(const struct ct_sequenced_ring *r)
{
    (void)ct_u64_load_acquire(&r->tail); /* pairs with ct_sequenced_ring_close */
    return EPIPE;
}

/* 0, EAGAIN: the cell is not free, EPIPE: closed. */
CT_QUEUE_FAST int ct_sequenced_ring_try_push(struct ct_sequenced_ring *r, const void *item,
                                             size_t item_bytes)
{
    uint64_t tail = ct_u64_load_relaxed(&r->tail);
    for (;;) {
        if (tail & CT_SEQUENCED_CLOSED)
            return ct_sequenced_ring_ended(r);
        struct ct_sequenced_cell *cell = ct_sequenced_cell(r, tail, item_bytes);
        uint64_t turn = ct_u64_load_acquire(&cell->turn); /* pairs with try_pop */
        if (turn < 2 * tail)
            return EAGAIN;
        if (turn > 2 * tail) {
            tail = ct_u64_load_relaxed(&r->tail);
        } else if (ct_u64_cas_relaxed(&r->tail, &tail, ct_sequenced_next(r, tail))) {
            ct_queue_say_cpu(&r->push_cpu, tail);
            memcpy(cell->item, item, item_bytes);
            ct_u64_store_release(&cell->turn, 2 * tail + 1);
            return 0;
        }
    }
}

/* After a cell that was not full: EAGAIN, or EPIPE if nothing will ever come. */
static inline int ct_sequenced_ring_nothing(const struct ct_sequenced_ring *r, uint64_t head)
{
    if (ct_u32_load_relaxed(&r->closed) == 0)
        return EAGAIN;
    /* pairs with ct_sequenced_ring_close */
    return ct_u64_load_acquire(&r->tail) == (head | CT_SEQUENCED_CLOSED) ? EPIPE : EAGAIN;
}

/* 0, EAGAIN: the cell is not full, EPIPE: closed, and all that was pushed has been popped. */
CT_QUEUE_FAST int ct_sequenced_ring_try_pop(struct ct_sequenced_ring *r, void *item,
                                            size_t item_bytes)
{
    uint64_t head = ct_u64_load_relaxed(&r->head);
    for (;;) {
        struct ct_sequenced_cell *cell = ct_sequenced_cell(r, head, item_bytes);
        uint64_t turn = ct_u64_load_acquire(&cell->turn); /* pairs with try_push */
        if (turn < 2 * head + 1)
            return ct_sequenced_ring_nothing(r, head);
        if (turn > 2 * head + 1) {
            head = ct_u64_load_relaxed(&r->head);
        } else if (ct_u64_cas_release(&r->head, &head, ct_sequenced_next(r, head))) {
            ct_queue_say_cpu(&r->pop_cpu, head);
            memcpy(item, cell->item, item_bytes);
            ct_u64_store_release(&cell->turn, 2 * (head + r->mask + 1));
            return 0;
        }
    }
}

/* How many cells from a position on, up to count, have that turn: 2 * position + full. Only the holder of
   the position may change that. */
CT_QUEUE_FAST size_t ct_sequenced_run(const struct ct_sequenced_ring *r, uint64_t position,
                                      unsigned full, size_t count, size_t item_bytes, uint64_t *end)
{
    size_t n = 0;
    while (n < count && ct_u64_load_acquire(&ct_sequenced_cell(r, position, item_bytes)->turn) ==
                            2 * position + full) {
        position = ct_sequenced_next(r, position);
        n++;
    }
    *end = position;
    return n;
}

/* Up to count items with one compare-and-swap; returns how many. */
CT_QUEUE_FAST size_t ct_sequenced_ring_push_many(struct ct_sequenced_ring *r, const void *items,
                                                 size_t count, size_t item_bytes)
{
    uint64_t tail = ct_u64_load_relaxed(&r->tail), end;
    size_t n;
    do {
        if (tail & CT_SEQUENCED_CLOSED)
            return 0;
        n = ct_sequenced_run(r, tail, 0, count, item_bytes, &end);
        if (n == 0) /* perhaps only for an old tail */
            return count != 0 && ct_sequenced_ring_try_push(r, items, item_bytes) == 0;
    } while (!ct_u64_cas_relaxed(&r->tail, &tail, end));
    ct_queue_say_cpu(&r->push_cpu, 0);
    for (size_t i = 0; i < n; i++, tail = ct_sequenced_next(r, tail)) {
        struct ct_sequenced_cell *cell = ct_sequenced_cell(r, tail, item_bytes);
        memcpy(cell->item, (const unsigned char *)items + i * item_bytes, item_bytes);
        ct_u64_store_release(&cell->turn, 2 * tail + 1);
    }
    return n;
}

CT_QUEUE_FAST size_t ct_sequenced_ring_pop_many(struct ct_sequenced_ring *r, void *items,
                                                size_t count, size_t item_bytes)
{
    uint64_t head = ct_u64_load_relaxed(&r->head), end;
    size_t n;
    do {
        n = ct_sequenced_run(r, head, 1, count, item_bytes, &end);
        if (n == 0)
            return count != 0 && ct_sequenced_ring_try_pop(r, items, item_bytes) == 0;
    } while (!ct_u64_cas_release(&r->head, &head, end));
    ct_queue_say_cpu(&r->pop_cpu, 0);
    for (size_t i = 0; i < n; i++, head = ct_sequenced_next(r, head)) {
        struct ct_sequenced_cell *cell = ct_sequenced_cell(r, head, item_bytes);
        memcpy((unsigned char *)items + i * item_bytes, cell->item, item_bytes);
        ct_u64_store_release(&cell->turn, 2 * (head + r->mask + 1));
    }
    return n;
}

static inline void ct_sequenced_ring_close(struct ct_sequenced_ring *r)
{
    ct_u32_store_relaxed(&r->closed, 1);
    ct_u64_or_release(&r->tail, CT_SEQUENCED_CLOSED); /* pairs with nothing and ended */
}

/* Would try_push, try_pop answer anything but EAGAIN? */
static inline bool ct_sequenced_ring_can_push(const struct ct_sequenced_ring *r, size_t item_bytes)
{
    for (;;) {
        uint64_t tail = ct_u64_load_relaxed(&r->tail);
        if (tail & CT_SEQUENCED_CLOSED)
            return true;
        uint64_t turn = ct_u64_load_acquire(&ct_sequenced_cell(r, tail, item_bytes)->turn);
        if (turn <= 2 * tail)
            return turn == 2 * tail;
    }
}

static inline bool ct_sequenced_ring_has_item(const struct ct_sequenced_ring *r, size_t item_bytes)
{
    for (;;) {
        uint64_t head = ct_u64_load_relaxed(&r->head);
        uint64_t turn = ct_u64_load_acquire(&ct_sequenced_cell(r, head, item_bytes)->turn);
        if (turn <= 2 * head + 1)
            return turn == 2 * head + 1;
    }
}

static inline bool ct_sequenced_ring_can_pop(const struct ct_sequenced_ring *r, size_t item_bytes)
{
    return ct_sequenced_ring_has_item(r, item_bytes) ||
           ct_sequenced_ring_nothing(r, ct_u64_load_relaxed(&r->head)) == EPIPE;
}

static inline bool ct_sequenced_ring_is_closed(const struct ct_sequenced_ring *r)
{
    return ct_u32_load_relaxed(&r->closed) != 0;
}

/* Items at some moment: popped did not change between two looks, and pushed was read between; whoever
   moved head had seen tail beyond it, and head's release shows that. */
static inline uint64_t ct_sequenced_ring_size(const struct ct_sequenced_ring *r)
{
    uint64_t popped, pushed;
    do {
        popped = ct_sequenced_popped(r);
        pushed = ct_sequenced_pushed(r);
    } while (ct_sequenced_popped(r) != popped);
    return pushed - popped;
}

#endif
