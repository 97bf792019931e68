// SPDX-License-Identifier: MIT
/* wake-not-passed-on - ring with sleeping, broken.
 *
 * Mistake: a consumer that was woken and finds an item does not wake the next although there are
 *          more: one that came before it, for a later item, had slept again because the first was
 *          not ready.
 * Breaks:  no lost wake-up; two producers and two consumers are needed.
 */
#ifndef STRESS_BROKEN_MPMC_QUEUE_WAKE_NOT_PASSED_ON_H
#define STRESS_BROKEN_MPMC_QUEUE_WAKE_NOT_PASSED_ON_H

#include <contend/mpmc_queue.h>
#include <contend/queue_wait.h>
#include <contend/sequenced_ring.h>

struct ct_mpmc_queue_wake_not_passed_on {
    struct ct_sequenced_ring ring;
    size_t item_bytes;
    struct ct_eventcount not_empty, not_full;
};

static inline int ct_mpmc_queue_wake_not_passed_on_init(struct ct_mpmc_queue_wake_not_passed_on *q,
                                                        uint32_t capacity, size_t item_bytes)
{
    q->item_bytes = item_bytes;
    ct_eventcount_init(&q->not_empty);
    ct_eventcount_init(&q->not_full);
    return ct_sequenced_ring_init(&q->ring, capacity, item_bytes);
}

static inline void
ct_mpmc_queue_wake_not_passed_on_destroy(struct ct_mpmc_queue_wake_not_passed_on *q)
{
    ct_sequenced_ring_destroy(&q->ring);
}

static inline size_t
ct_mpmc_queue_wake_not_passed_on_size(const struct ct_mpmc_queue_wake_not_passed_on *q)
{
    return ct_sequenced_ring_size(&q->ring);
}

static inline uint32_t
ct_mpmc_queue_wake_not_passed_on_capacity(const struct ct_mpmc_queue_wake_not_passed_on *q)
{
    return q->ring.capacity;
}

CT_QUEUE_FAST int
ct_mpmc_queue_wake_not_passed_on_try_push(struct ct_mpmc_queue_wake_not_passed_on *q,
                                          const void *item, size_t item_bytes)
{
    int error = ct_sequenced_ring_try_push(&q->ring, item, item_bytes);
    if (error == 0)
        ct_eventcount_notify(&q->not_empty, 1);
    return error;
}

CT_QUEUE_FAST int
ct_mpmc_queue_wake_not_passed_on_try_pop(struct ct_mpmc_queue_wake_not_passed_on *q, void *item,
                                         size_t item_bytes)
{
    int error = ct_sequenced_ring_try_pop(&q->ring, item, item_bytes);
    if (error == 0)
        ct_eventcount_notify(&q->not_full, 1);
    return error;
}

static inline bool ct_mpmc_queue_wake_not_passed_on_can_pop(const void *queue)
{
    const struct ct_mpmc_queue_wake_not_passed_on *q =
        (const struct ct_mpmc_queue_wake_not_passed_on *)queue;
    return ct_sequenced_ring_can_pop(&q->ring, q->item_bytes);
}

static inline bool ct_mpmc_queue_wake_not_passed_on_can_push(const void *queue)
{
    const struct ct_mpmc_queue_wake_not_passed_on *q =
        (const struct ct_mpmc_queue_wake_not_passed_on *)queue;
    return ct_sequenced_ring_can_push(&q->ring, q->item_bytes);
}

static inline int ct_mpmc_queue_wake_not_passed_on_push(struct ct_mpmc_queue_wake_not_passed_on *q,
                                                        const void *item, size_t item_bytes,
                                                        uint64_t deadline_ns)
{
    int error;
    while ((error = ct_mpmc_queue_wake_not_passed_on_try_push(q, item, item_bytes)) == EAGAIN) {
        error =
            ct_queue_sleep(q, ct_mpmc_queue_wake_not_passed_on_can_push, &q->not_full, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

static inline int ct_mpmc_queue_wake_not_passed_on_pop(struct ct_mpmc_queue_wake_not_passed_on *q,
                                                       void *item, size_t item_bytes,
                                                       uint64_t deadline_ns)
{
    int error;
    while ((error = ct_mpmc_queue_wake_not_passed_on_try_pop(q, item, item_bytes)) == EAGAIN) {
        error = ct_queue_sleep(q, ct_mpmc_queue_wake_not_passed_on_can_pop, &q->not_empty,
                               deadline_ns); /* the mistake: nobody else is woken */
        if (error != 0)
            break;
    }
    return error;
}

CT_QUEUE_ADAPT(mpmc_queue_wake_not_passed_on)
CT_QUEUE_ADAPT_BLOCKING(mpmc_queue_wake_not_passed_on)

static const struct ct_queue_ops ct_mpmc_queue_wake_not_passed_on_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(wake_not_passed_on, "wake-not-passed-on"),
             .summary = "broken: who is woken does not wake the next",
             .source = "Vyukov 2010; Reed & Kanodia 1979, broken",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    CT_QUEUE_REQUIRED(mpmc_queue_wake_not_passed_on),
    CT_QUEUE_BLOCKING(mpmc_queue_wake_not_passed_on),
};

#endif
