// SPDX-License-Identifier: MIT
/* sleeps-after-check - ring of one producer and one consumer who sleeps, broken.
 *
 * Mistake: the consumer says that it sleeps after it looked, and does not look again.
 * Breaks:  no lost wake-up: an item pushed in between finds nobody to wake.
 */
#ifndef STRESS_BROKEN_SPSC_QUEUE_SLEEPS_AFTER_CHECK_H
#define STRESS_BROKEN_SPSC_QUEUE_SLEEPS_AFTER_CHECK_H

#include <contend/alloc.h>
#include <contend/spsc_queue.h>
#include <contend/wait.h>

#include <string.h>

struct ct_spsc_queue_sleeps_after_check {
    struct ct_u32 tail, head, sleeping; /* pushed, popped: modulo 2^32 */
    uint32_t capacity;
    char *items;
};

static inline int ct_spsc_queue_sleeps_after_check_init(struct ct_spsc_queue_sleeps_after_check *q,
                                                        uint32_t capacity, size_t item_bytes)
{
    ct_u32_store_relaxed(&q->tail, 0);
    ct_u32_store_relaxed(&q->head, 0);
    ct_u32_store_relaxed(&q->sleeping, 0);
    q->capacity = capacity;
    q->items = ct_alloc(CT_APART_BYTES, capacity * item_bytes);
    return q->items ? 0 : ENOMEM;
}

static inline void
ct_spsc_queue_sleeps_after_check_destroy(struct ct_spsc_queue_sleeps_after_check *q)
{
    ct_free(q->items);
}

static inline size_t
ct_spsc_queue_sleeps_after_check_size(const struct ct_spsc_queue_sleeps_after_check *q)
{
    uint32_t head = ct_u32_load_acquire(&q->head);
    uint32_t size = ct_u32_load_acquire(&q->tail) - head;
    return size < q->capacity ? size : q->capacity;
}

static inline uint32_t
ct_spsc_queue_sleeps_after_check_capacity(const struct ct_spsc_queue_sleeps_after_check *q)
{
    return q->capacity;
}

CT_QUEUE_FAST int
ct_spsc_queue_sleeps_after_check_try_push(struct ct_spsc_queue_sleeps_after_check *q,
                                          const void *item, size_t item_bytes)
{
    uint32_t tail = ct_u32_load_relaxed(&q->tail);
    if (tail - ct_u32_load_acquire(&q->head) == q->capacity) /* pairs with pop */
        return EAGAIN;
    memcpy(q->items + tail % q->capacity * item_bytes, item, item_bytes);
    ct_u32_store_seq_cst(&q->tail, tail + 1); /* pairs with pop */
    if (ct_u32_load_seq_cst(&q->sleeping) && ct_u32_exchange_relaxed(&q->sleeping, 0))
        ct_wake(&q->sleeping, 1);
    return 0;
}

CT_QUEUE_FAST int
ct_spsc_queue_sleeps_after_check_try_pop(struct ct_spsc_queue_sleeps_after_check *q, void *item,
                                         size_t item_bytes)
{
    uint32_t head = ct_u32_load_relaxed(&q->head);
    if (ct_u32_load_acquire(&q->tail) == head) /* pairs with push */
        return EAGAIN;
    memcpy(item, q->items + head % q->capacity * item_bytes, item_bytes);
    ct_u32_store_release(&q->head, head + 1); /* pairs with push */
    return 0;
}

static inline int ct_spsc_queue_sleeps_after_check_push(struct ct_spsc_queue_sleeps_after_check *q,
                                                        const void *item, size_t item_bytes,
                                                        uint64_t deadline_ns)
{
    while (ct_spsc_queue_sleeps_after_check_try_push(q, item, item_bytes) != 0) {
        if (ct_now_ns() >= deadline_ns)
            return ETIMEDOUT;
        ct_pause();
    }
    return 0;
}

static inline int ct_spsc_queue_sleeps_after_check_pop(struct ct_spsc_queue_sleeps_after_check *q,
                                                       void *item, size_t item_bytes,
                                                       uint64_t deadline_ns)
{
    int error = 0;
    while (ct_spsc_queue_sleeps_after_check_try_pop(q, item, item_bytes) != 0) {
        if (error)
            return error;
        ct_u32_store_seq_cst(&q->sleeping, 1);
        error =
            ct_wait(&q->sleeping, 1, deadline_ns); /* the mistake: something may be there by now */
    }
    return 0;
}

CT_QUEUE_ADAPT(spsc_queue_sleeps_after_check)
CT_QUEUE_ADAPT_BLOCKING(spsc_queue_sleeps_after_check)

static const struct ct_queue_ops ct_spsc_queue_sleeps_after_check_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(sleeps_after_check, "sleeps-after-check"),
             .summary = "broken: says that it sleeps too late", .source = "Lamport 1983, broken",
             .traits = CT_FIFO | CT_PARKS | CT_TIMED},
    CT_QUEUE_REQUIRED(spsc_queue_sleeps_after_check),
    CT_QUEUE_BLOCKING(spsc_queue_sleeps_after_check),
};

#endif
