// SPDX-License-Identifier: MIT
/* close-wakes-one - ring with sleeping, broken.
 *
 * Mistake: closing wakes one of those who sleep for an item.
 * Breaks:  closing wakes everybody.
 */
#ifndef STRESS_BROKEN_MPMC_QUEUE_CLOSE_WAKES_ONE_H
#define STRESS_BROKEN_MPMC_QUEUE_CLOSE_WAKES_ONE_H

#include <contend/mpmc_queue.h>
#include <contend/queue_wait.h>
#include <contend/sequenced_ring.h>

struct ct_mpmc_queue_close_wakes_one {
    struct ct_sequenced_ring ring;
    size_t item_bytes;
    struct ct_eventcount not_empty, not_full;
};

static inline int ct_mpmc_queue_close_wakes_one_init(struct ct_mpmc_queue_close_wakes_one *q,
                                                     uint32_t capacity, size_t item_bytes)
{
    q->item_bytes = item_bytes;
    ct_eventcount_init(&q->not_empty);
    ct_eventcount_init(&q->not_full);
    return ct_sequenced_ring_init(&q->ring, capacity, item_bytes);
}

static inline void ct_mpmc_queue_close_wakes_one_destroy(struct ct_mpmc_queue_close_wakes_one *q)
{
    ct_sequenced_ring_destroy(&q->ring);
}

static inline size_t
ct_mpmc_queue_close_wakes_one_size(const struct ct_mpmc_queue_close_wakes_one *q)
{
    return ct_sequenced_ring_size(&q->ring);
}

static inline uint32_t
ct_mpmc_queue_close_wakes_one_capacity(const struct ct_mpmc_queue_close_wakes_one *q)
{
    return q->ring.capacity;
}

CT_QUEUE_FAST int ct_mpmc_queue_close_wakes_one_try_push(struct ct_mpmc_queue_close_wakes_one *q,
                                                         const void *item, size_t item_bytes)
{
    int error = ct_sequenced_ring_try_push(&q->ring, item, item_bytes);
    if (error == 0)
        ct_eventcount_notify(&q->not_empty, 1);
    return error;
}

CT_QUEUE_FAST int ct_mpmc_queue_close_wakes_one_try_pop(struct ct_mpmc_queue_close_wakes_one *q,
                                                        void *item, size_t item_bytes)
{
    int error = ct_sequenced_ring_try_pop(&q->ring, item, item_bytes);
    if (error == 0)
        ct_eventcount_notify(&q->not_full, 1);
    return error;
}

static inline bool ct_mpmc_queue_close_wakes_one_can_pop(const void *queue)
{
    const struct ct_mpmc_queue_close_wakes_one *q =
        (const struct ct_mpmc_queue_close_wakes_one *)queue;
    return ct_sequenced_ring_can_pop(&q->ring, q->item_bytes);
}

static inline bool ct_mpmc_queue_close_wakes_one_can_push(const void *queue)
{
    const struct ct_mpmc_queue_close_wakes_one *q =
        (const struct ct_mpmc_queue_close_wakes_one *)queue;
    return ct_sequenced_ring_can_push(&q->ring, q->item_bytes);
}

static inline int ct_mpmc_queue_close_wakes_one_push(struct ct_mpmc_queue_close_wakes_one *q,
                                                     const void *item, size_t item_bytes,
                                                     uint64_t deadline_ns)
{
    int error;
    while ((error = ct_mpmc_queue_close_wakes_one_try_push(q, item, item_bytes)) == EAGAIN) {
        error =
            ct_queue_sleep(q, ct_mpmc_queue_close_wakes_one_can_push, &q->not_full, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

static inline int ct_mpmc_queue_close_wakes_one_pop(struct ct_mpmc_queue_close_wakes_one *q,
                                                    void *item, size_t item_bytes,
                                                    uint64_t deadline_ns)
{
    int error;
    while ((error = ct_mpmc_queue_close_wakes_one_try_pop(q, item, item_bytes)) == EAGAIN) {
        error =
            ct_queue_sleep(q, ct_mpmc_queue_close_wakes_one_can_pop, &q->not_empty, deadline_ns);
        if (error == 0 && ct_sequenced_ring_size(&q->ring) > 1)
            ct_eventcount_notify(&q->not_empty, 1);
        if (error != 0)
            break;
    }
    return error;
}

static inline void ct_mpmc_queue_close_wakes_one_close(struct ct_mpmc_queue_close_wakes_one *q)
{
    ct_sequenced_ring_close(&q->ring);
    ct_eventcount_notify(&q->not_empty, 1); /* the mistake */
    ct_eventcount_notify(&q->not_full, CT_WAKE_ALL);
}

CT_QUEUE_ADAPT(mpmc_queue_close_wakes_one)
CT_QUEUE_ADAPT_BLOCKING(mpmc_queue_close_wakes_one)
CT_QUEUE_ADAPT_CLOSE(mpmc_queue_close_wakes_one)

static const struct ct_queue_ops ct_mpmc_queue_close_wakes_one_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(close_wakes_one, "close-wakes-one"),
             .summary = "broken: closing wakes one consumer only",
             .source = "Vyukov 2010; Reed & Kanodia 1979, broken",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    CT_QUEUE_REQUIRED(mpmc_queue_close_wakes_one),
    CT_QUEUE_BLOCKING(mpmc_queue_close_wakes_one),
    CT_QUEUE_CLOSE(mpmc_queue_close_wakes_one),
};

#endif
