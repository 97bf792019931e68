// SPDX-License-Identifier: MIT
/* slot_ring.h - a ring whose slots say themselves whether they are full, for one producer and one consumer:
 * what the queues of slots are made of.
 *
 * Idea      Neither side reads the other's place: a slot that is empty is the producer's, one that is
 *           not is the consumer's. An item of up to a word is its own mark: one line carries eight, and
 *           the mark comes with the item. What does not fit a word, or looks like a mark of ours, lies in
 *           a second array, and the slot says so.
 * Source    Giacomoni, Moseley & Vachharajani, "FastForward for Efficient Pipeline Parallelism",
 *           PPoPP 2008; there, NULL cannot be an item.
 * State     slots   EMPTY; APART: full, the item is in items; else the item itself
 *           items   as many places
 *           tail    where the next item goes, written by the producer only
 *           head    where the next item comes from, written by the consumer only
 *           done    head as of the last task_done
 *           tail moves on before the slot is filled, head before it is emptied: so head never passes tail,
 *           done never passes head, and between head and tail are never more than capacity. size and join
 *           ask for the places, push and pop for the slots, which they write last.
 * Order     A slot's release by push pairs with pop's acquire: the item, and what came before it; its
 *           release by pop with push's acquire: the item was read before its place is written again.
 *           closed's release after the last slot pairs with pop's acquire before another look.
 */
#ifndef CONTEND_SLOT_RING_H
#define CONTEND_SLOT_RING_H

#include <contend/alloc.h>
#include <contend/atomic.h>
#include <contend/queue.h>
#include <contend/ring.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

struct ct_slot_ring {
    CT_APART struct ct_u64 tail;
    CT_APART struct ct_u64 head;
    struct ct_u64 done;
    CT_APART struct ct_u32 closed; /* from here on, both read and hardly anybody writes */
    uint32_t capacity;
    struct ct_u64 *slots;
    char *items;
};

/* Neither a pointer nor a small number, of either sign. */
#define CT_SLOT_RING_EMPTY UINT64_C(0x8a5e0f1c3d7b9642)
#define CT_SLOT_RING_APART (CT_SLOT_RING_EMPTY + 1)

static inline int ct_slot_ring_init(struct ct_slot_ring *r, uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    r->slots =
        item_bytes > SIZE_MAX / capacity - sizeof *r->slots
            ? NULL
            : (struct ct_u64 *)ct_alloc(CT_APART_BYTES, capacity * (sizeof *r->slots + item_bytes));
    if (!r->slots)
        return ENOMEM;
    r->items = (char *)(r->slots + capacity);
    r->capacity = capacity;
    for (uint32_t i = 0; i < capacity; i++)
        ct_u64_store_relaxed(&r->slots[i], CT_SLOT_RING_EMPTY);
    ct_u64_store_relaxed(&r->tail, 0);
    ct_u64_store_relaxed(&r->head, 0);
    ct_u64_store_relaxed(&r->done, 0);
    ct_u32_store_relaxed(&r->closed, 0);
    return 0;
}

static inline void ct_slot_ring_destroy(struct ct_slot_ring *r)
{
    ct_free(r->slots);
}

CT_QUEUE_FAST int ct_slot_ring_try_push(struct ct_slot_ring *r, const void *item, size_t item_bytes)
{
    uint64_t tail = ct_u64_load_relaxed(&r->tail), word = CT_SLOT_RING_APART;
    struct ct_u64 *slot = &r->slots[ct_ring_slot(tail)];
    if (ct_u32_load_relaxed(&r->closed))
        return EPIPE;
    if (ct_u64_load_acquire(slot) != CT_SLOT_RING_EMPTY) /* pairs with pop */
        return EAGAIN;
    if (item_bytes <= sizeof word) {
        word = 0;
        memcpy(&word, item, item_bytes);
    }
    if (__builtin_expect(word - CT_SLOT_RING_EMPTY <= 1, item_bytes > sizeof word)) {
        memcpy(r->items + ct_ring_slot(tail) * item_bytes, item, item_bytes);
        word = CT_SLOT_RING_APART;
    }
    ct_u64_store_release(&r->tail, ct_ring_next(tail, r->capacity));
    ct_u64_store_release(slot, word); /* pairs with pop */
    return 0;
}

/* The slot as it is once the queue was found closed, or EMPTY with why. */
static inline uint64_t ct_slot_ring_look_again(struct ct_slot_ring *r, const struct ct_u64 *slot,
                                               int *error)
{
    *error = EAGAIN;
    if (!ct_u32_load_acquire(&r->closed)) /* pairs with close */
        return CT_SLOT_RING_EMPTY;
    *error = EPIPE;
    return ct_u64_load_acquire(slot); /* its last value: close came after */
}

CT_QUEUE_FAST int ct_slot_ring_try_pop(struct ct_slot_ring *r, void *item, size_t item_bytes)
{
    uint64_t head = ct_u64_load_relaxed(&r->head);
    struct ct_u64 *slot = &r->slots[ct_ring_slot(head)];
    uint64_t word = ct_u64_load_acquire(slot); /* pairs with push */
    if (word == CT_SLOT_RING_EMPTY) {
        int error;
        word = ct_slot_ring_look_again(r, slot, &error);
        if (word == CT_SLOT_RING_EMPTY)
            return error;
    }
    if (item_bytes > sizeof word || __builtin_expect(word == CT_SLOT_RING_APART, 0))
        memcpy(item, r->items + ct_ring_slot(head) * item_bytes, item_bytes);
    else
        memcpy(item, &word, item_bytes);
    ct_u64_store_release(&r->head, ct_ring_next(head, r->capacity));
    ct_u64_store_release(slot, CT_SLOT_RING_EMPTY); /* pairs with push */
    return 0;
}

/* Would try_push, asked by the producer, try_pop, asked by the consumer, answer anything but EAGAIN? */
static inline bool ct_slot_ring_can_push(const struct ct_slot_ring *r)
{
    const struct ct_u64 *slot = &r->slots[ct_ring_slot(ct_u64_load_relaxed(&r->tail))];
    return ct_u64_load_acquire(slot) == CT_SLOT_RING_EMPTY || ct_u32_load_acquire(&r->closed) != 0;
}

static inline bool ct_slot_ring_can_pop(const struct ct_slot_ring *r)
{
    const struct ct_u64 *slot = &r->slots[ct_ring_slot(ct_u64_load_relaxed(&r->head))];
    return ct_u64_load_acquire(slot) != CT_SLOT_RING_EMPTY || ct_u32_load_acquire(&r->closed) != 0;
}

CT_QUEUE_FAST size_t ct_slot_ring_push_many(struct ct_slot_ring *r, const void *items, size_t count,
                                            size_t item_bytes)
{
    size_t n = 0;
    while (n < count &&
           ct_slot_ring_try_push(r, (const char *)items + n * item_bytes, item_bytes) == 0)
        n++;
    return n;
}

CT_QUEUE_FAST size_t ct_slot_ring_pop_many(struct ct_slot_ring *r, void *items, size_t count,
                                           size_t item_bytes)
{
    size_t n = 0;
    while (n < count && ct_slot_ring_try_pop(r, (char *)items + n * item_bytes, item_bytes) == 0)
        n++;
    return n;
}

static inline void ct_slot_ring_close(struct ct_slot_ring *r)
{
    ct_u32_store_release(&r->closed, 1); /* pairs with pop */
}

static inline size_t ct_slot_ring_size(const struct ct_slot_ring *r)
{
    uint64_t head, tail;
    do {
        head = ct_u64_load_acquire(&r->head);
        tail = ct_u64_load_acquire(&r->tail);
    } while (ct_u64_load_relaxed(&r->head) != head); /* both of one moment */
    return ct_ring_distance(head, tail, r->capacity);
}

static inline void ct_slot_ring_task_done(struct ct_slot_ring *r)
{
    ct_u64_store_release(&r->done, ct_ring_next(ct_u64_load_relaxed(&r->done), r->capacity));
}

/* done never passes tail, so found equal they were so when done was read. */
static inline bool ct_slot_ring_can_join(const struct ct_slot_ring *r)
{
    uint64_t done = ct_u64_load_acquire(&r->done); /* pairs with task_done */
    return done == ct_u64_load_acquire(&r->tail);
}

#endif
