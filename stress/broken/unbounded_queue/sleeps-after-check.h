// SPDX-License-Identifier: MIT
/* sleeps-after-check - list with a lock for each end, broken.
 *
 * Mistake: a consumer announces that it will sleep after it has looked for an item, and does not look
 *          again: a push in between sees nobody to wake.
 * Breaks:  no lost wake-up.
 */
#ifndef STRESS_BROKEN_UNBOUNDED_QUEUE_SLEEPS_AFTER_CHECK_H
#define STRESS_BROKEN_UNBOUNDED_QUEUE_SLEEPS_AFTER_CHECK_H

#include <contend/eventcount.h>
#include <contend/unbounded_queue.h>
#include <contend/unbounded_queue/two-lock.h>

struct ct_unbounded_queue_sleeps_after_check {
    struct ct_unbounded_queue_two_lock list;
};

static inline int
ct_unbounded_queue_sleeps_after_check_init(struct ct_unbounded_queue_sleeps_after_check *q,
                                           uint32_t capacity, size_t item_bytes)
{
    return ct_unbounded_queue_two_lock_init(&q->list, capacity, item_bytes);
}

static inline void
ct_unbounded_queue_sleeps_after_check_destroy(struct ct_unbounded_queue_sleeps_after_check *q)
{
    ct_unbounded_queue_two_lock_destroy(&q->list);
}

CT_QUEUE_FAST int
ct_unbounded_queue_sleeps_after_check_try_push(struct ct_unbounded_queue_sleeps_after_check *q,
                                               const void *item, size_t item_bytes)
{
    return ct_unbounded_queue_two_lock_try_push(&q->list, item, item_bytes);
}

CT_QUEUE_FAST int
ct_unbounded_queue_sleeps_after_check_try_pop(struct ct_unbounded_queue_sleeps_after_check *q,
                                              void *item, size_t item_bytes)
{
    return ct_unbounded_queue_two_lock_try_pop(&q->list, item, item_bytes);
}

static inline int
ct_unbounded_queue_sleeps_after_check_push(struct ct_unbounded_queue_sleeps_after_check *q,
                                           const void *item, size_t item_bytes,
                                           uint64_t deadline_ns)
{
    return ct_unbounded_queue_two_lock_push(&q->list, item, item_bytes, deadline_ns);
}

static inline int
ct_unbounded_queue_sleeps_after_check_pop(struct ct_unbounded_queue_sleeps_after_check *q,
                                          void *item, size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_unbounded_queue_two_lock_try_pop(&q->list, item, item_bytes)) == EAGAIN) {
        uint32_t key = ct_eventcount_prepare(&q->list.not_empty); /* the mistake: too late */
        error = ct_eventcount_wait(&q->list.not_empty, key, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

static inline size_t
ct_unbounded_queue_sleeps_after_check_size(const struct ct_unbounded_queue_sleeps_after_check *q)
{
    return ct_unbounded_queue_two_lock_size(&q->list);
}

static inline uint32_t ct_unbounded_queue_sleeps_after_check_capacity(
    const struct ct_unbounded_queue_sleeps_after_check *q)
{
    return ct_unbounded_queue_two_lock_capacity(&q->list);
}

CT_QUEUE_ADAPT(unbounded_queue_sleeps_after_check)
CT_QUEUE_ADAPT_BLOCKING(unbounded_queue_sleeps_after_check)

static const struct ct_queue_ops ct_unbounded_queue_sleeps_after_check_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(sleeps_after_check, "sleeps-after-check"),
             .summary = "broken: announces its sleep after the look for an item",
             .source = "Reed & Kanodia 1979 (eventcounts), read too late",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    CT_QUEUE_REQUIRED(unbounded_queue_sleeps_after_check),
    CT_QUEUE_BLOCKING(unbounded_queue_sleeps_after_check),
};

#endif
