// SPDX-License-Identifier: MIT
/* slots - a ring whose slots say themselves whether they are full.
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
 * Choose    both sides have a CPU of their own and items are pointers or words: the fastest for them.
 *           For large items index touches fewer lines.
 */
#ifndef CONTEND_SPSC_QUEUE_SLOTS_H
#define CONTEND_SPSC_QUEUE_SLOTS_H

#include <contend/alloc.h>
#include <contend/ring.h>
#include <contend/spsc_queue.h>
#include <contend/wait.h>

#include <string.h>

struct ct_spsc_queue_slots {
    CT_APART struct ct_u64 tail;
    CT_APART struct ct_u64 head;
    struct ct_u64 done;
    CT_APART struct ct_u32 closed; /* from here on, both read and hardly anybody writes */
    uint32_t capacity;
    struct ct_u64 *slots;
    char *items;
};

/* Neither a pointer nor a small number, of either sign. */
#define CT_SPSC_QUEUE_SLOTS_EMPTY UINT64_C(0x8a5e0f1c3d7b9642)
#define CT_SPSC_QUEUE_SLOTS_APART (CT_SPSC_QUEUE_SLOTS_EMPTY + 1)

static inline int ct_spsc_queue_slots_init(struct ct_spsc_queue_slots *q, uint32_t capacity,
                                           size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    q->slots =
        item_bytes > SIZE_MAX / capacity - sizeof *q->slots
            ? NULL
            : (struct ct_u64 *)ct_alloc(CT_APART_BYTES, capacity * (sizeof *q->slots + item_bytes));
    if (!q->slots)
        return ENOMEM;
    q->items = (char *)(q->slots + capacity);
    q->capacity = capacity;
    for (uint32_t i = 0; i < capacity; i++)
        ct_u64_store_relaxed(&q->slots[i], CT_SPSC_QUEUE_SLOTS_EMPTY);
    ct_u64_store_relaxed(&q->tail, 0);
    ct_u64_store_relaxed(&q->head, 0);
    ct_u64_store_relaxed(&q->done, 0);
    ct_u32_store_relaxed(&q->closed, 0);
    return 0;
}

static inline void ct_spsc_queue_slots_destroy(struct ct_spsc_queue_slots *q)
{
    ct_free(q->slots);
}

CT_QUEUE_FAST int ct_spsc_queue_slots_try_push(struct ct_spsc_queue_slots *q, const void *item,
                                               size_t item_bytes)
{
    uint64_t tail = ct_u64_load_relaxed(&q->tail), word = CT_SPSC_QUEUE_SLOTS_APART;
    struct ct_u64 *slot = &q->slots[ct_ring_slot(tail)];
    if (ct_u32_load_relaxed(&q->closed))
        return EPIPE;
    if (ct_u64_load_acquire(slot) != CT_SPSC_QUEUE_SLOTS_EMPTY) /* pairs with pop */
        return EAGAIN;
    if (item_bytes <= sizeof word) {
        word = 0;
        memcpy(&word, item, item_bytes);
    }
    if (__builtin_expect(word - CT_SPSC_QUEUE_SLOTS_EMPTY <= 1, item_bytes > sizeof word)) {
        memcpy(q->items + ct_ring_slot(tail) * item_bytes, item, item_bytes);
        word = CT_SPSC_QUEUE_SLOTS_APART;
    }
    ct_u64_store_release(&q->tail, ct_ring_next(tail, q->capacity));
    ct_u64_store_release(slot, word); /* pairs with pop */
    return 0;
}

/* The slot as it is once the queue was found closed, or EMPTY with why. */
static inline uint64_t ct_spsc_queue_slots_look_again(struct ct_spsc_queue_slots *q,
                                                      const struct ct_u64 *slot, int *error)
{
    *error = EAGAIN;
    if (!ct_u32_load_acquire(&q->closed)) /* pairs with close */
        return CT_SPSC_QUEUE_SLOTS_EMPTY;
    *error = EPIPE;
    return ct_u64_load_acquire(slot); /* its last value: close came after */
}

CT_QUEUE_FAST int ct_spsc_queue_slots_try_pop(struct ct_spsc_queue_slots *q, void *item,
                                              size_t item_bytes)
{
    uint64_t head = ct_u64_load_relaxed(&q->head);
    struct ct_u64 *slot = &q->slots[ct_ring_slot(head)];
    uint64_t word = ct_u64_load_acquire(slot); /* pairs with push */
    if (word == CT_SPSC_QUEUE_SLOTS_EMPTY) {
        int error;
        word = ct_spsc_queue_slots_look_again(q, slot, &error);
        if (word == CT_SPSC_QUEUE_SLOTS_EMPTY)
            return error;
    }
    if (item_bytes > sizeof word || __builtin_expect(word == CT_SPSC_QUEUE_SLOTS_APART, 0))
        memcpy(item, q->items + ct_ring_slot(head) * item_bytes, item_bytes);
    else
        memcpy(item, &word, item_bytes);
    ct_u64_store_release(&q->head, ct_ring_next(head, q->capacity));
    ct_u64_store_release(slot, CT_SPSC_QUEUE_SLOTS_EMPTY); /* pairs with push */
    return 0;
}

/* Would try_push, asked by the producer, try_pop, asked by the consumer, answer anything but EAGAIN? */
static inline bool ct_spsc_queue_slots_can_push(const struct ct_spsc_queue_slots *q)
{
    const struct ct_u64 *slot = &q->slots[ct_ring_slot(ct_u64_load_relaxed(&q->tail))];
    return ct_u64_load_acquire(slot) == CT_SPSC_QUEUE_SLOTS_EMPTY ||
           ct_u32_load_acquire(&q->closed) != 0;
}

static inline bool ct_spsc_queue_slots_can_pop(const struct ct_spsc_queue_slots *q)
{
    const struct ct_u64 *slot = &q->slots[ct_ring_slot(ct_u64_load_relaxed(&q->head))];
    return ct_u64_load_acquire(slot) != CT_SPSC_QUEUE_SLOTS_EMPTY ||
           ct_u32_load_acquire(&q->closed) != 0;
}

CT_QUEUE_FAST int ct_spsc_queue_slots_push(struct ct_spsc_queue_slots *q, const void *item,
                                           size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_spsc_queue_slots_try_push(q, item, item_bytes)) == EAGAIN) {
        if (deadline_ns != CT_FOREVER && ct_now_ns() >= deadline_ns)
            return ETIMEDOUT;
        ct_pause();
    }
    return error;
}

CT_QUEUE_FAST int ct_spsc_queue_slots_pop(struct ct_spsc_queue_slots *q, void *item,
                                          size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_spsc_queue_slots_try_pop(q, item, item_bytes)) == EAGAIN) {
        if (deadline_ns != CT_FOREVER && ct_now_ns() >= deadline_ns)
            return ETIMEDOUT;
        ct_pause();
    }
    return error;
}

CT_QUEUE_FAST size_t ct_spsc_queue_slots_push_many(struct ct_spsc_queue_slots *q, const void *items,
                                                   size_t count, size_t item_bytes)
{
    size_t n = 0;
    while (n < count &&
           ct_spsc_queue_slots_try_push(q, (const char *)items + n * item_bytes, item_bytes) == 0)
        n++;
    return n;
}

CT_QUEUE_FAST size_t ct_spsc_queue_slots_pop_many(struct ct_spsc_queue_slots *q, void *items,
                                                  size_t count, size_t item_bytes)
{
    size_t n = 0;
    while (n < count &&
           ct_spsc_queue_slots_try_pop(q, (char *)items + n * item_bytes, item_bytes) == 0)
        n++;
    return n;
}

static inline void ct_spsc_queue_slots_close(struct ct_spsc_queue_slots *q)
{
    ct_u32_store_release(&q->closed, 1); /* pairs with pop */
}

static inline size_t ct_spsc_queue_slots_size(const struct ct_spsc_queue_slots *q)
{
    uint64_t head, tail;
    do {
        head = ct_u64_load_acquire(&q->head);
        tail = ct_u64_load_acquire(&q->tail);
    } while (ct_u64_load_relaxed(&q->head) != head); /* both of one moment */
    return ct_ring_distance(head, tail, q->capacity);
}

static inline uint32_t ct_spsc_queue_slots_capacity(const struct ct_spsc_queue_slots *q)
{
    return q->capacity;
}

static inline void ct_spsc_queue_slots_task_done(struct ct_spsc_queue_slots *q)
{
    ct_u64_store_release(&q->done, ct_ring_next(ct_u64_load_relaxed(&q->done), q->capacity));
}

/* done never passes tail, so found equal they were so when done was read. */
static inline bool ct_spsc_queue_slots_can_join(const struct ct_spsc_queue_slots *q)
{
    uint64_t done = ct_u64_load_acquire(&q->done); /* pairs with task_done */
    return done == ct_u64_load_acquire(&q->tail);
}

static inline int ct_spsc_queue_slots_join(struct ct_spsc_queue_slots *q, uint64_t deadline_ns)
{
    while (!ct_spsc_queue_slots_can_join(q)) {
        if (deadline_ns != CT_FOREVER && ct_now_ns() >= deadline_ns)
            return ETIMEDOUT;
        ct_pause();
    }
    return 0;
}

CT_QUEUE_ADAPT(spsc_queue_slots)
CT_QUEUE_ADAPT_BLOCKING(spsc_queue_slots)
CT_QUEUE_ADAPT_MANY(spsc_queue_slots)
CT_QUEUE_ADAPT_CLOSE(spsc_queue_slots)
CT_QUEUE_ADAPT_JOIN(spsc_queue_slots)

static const struct ct_queue_ops ct_spsc_queue_slots_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(slots, "slots"),
             .summary = "ring; a slot says itself whether it is full",
             .source = "FastForward, Giacomoni et al. 2008",
             .traits = CT_FIFO | CT_SPINS | CT_TIMED},
    CT_QUEUE_REQUIRED(spsc_queue_slots),
    CT_QUEUE_BLOCKING(spsc_queue_slots),
    CT_QUEUE_MANY(spsc_queue_slots),
    CT_QUEUE_CLOSE(spsc_queue_slots),
    CT_QUEUE_JOIN(spsc_queue_slots),
};

#endif
