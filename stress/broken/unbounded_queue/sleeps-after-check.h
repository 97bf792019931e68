// SPDX-License-Identifier: MIT
/* sleeps-after-check - list under a lock, broken.
 *
 * Mistake: a consumer announces that it will sleep after it has looked for an item, and does not look
 *          again: a push in between sees nobody to wake.
 * Breaks:  no lost wake-up.
 */
#ifndef STRESS_BROKEN_UNBOUNDED_QUEUE_SLEEPS_AFTER_CHECK_H
#define STRESS_BROKEN_UNBOUNDED_QUEUE_SLEEPS_AFTER_CHECK_H

#include <contend/alloc.h>
#include <contend/eventcount.h>
#include <contend/mutex/ticket.h>
#include <contend/unbounded_queue.h>

#include <string.h>

struct ct_unbounded_queue_sleeps_after_check_node {
    struct ct_unbounded_queue_sleeps_after_check_node *next;
    unsigned char item[]; /* item_bytes */
};

struct ct_unbounded_queue_sleeps_after_check {
    struct ct_mutex_ticket lock;
    struct ct_unbounded_queue_sleeps_after_check_node *first,
        **last; /* under the lock; last: where the next one goes */
    struct ct_u32 size;
    struct ct_eventcount not_empty;
};

static inline int
ct_unbounded_queue_sleeps_after_check_init(struct ct_unbounded_queue_sleeps_after_check *q,
                                           uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    ct_mutex_ticket_init(&q->lock);
    ct_eventcount_init(&q->not_empty);
    ct_u32_store_relaxed(&q->size, 0);
    q->first = NULL;
    q->last = &q->first;
    return 0;
}

static inline void
ct_unbounded_queue_sleeps_after_check_destroy(struct ct_unbounded_queue_sleeps_after_check *q)
{
    while (q->first) {
        struct ct_unbounded_queue_sleeps_after_check_node *node = q->first;
        q->first = node->next;
        ct_free(node);
    }
}

CT_QUEUE_FAST int
ct_unbounded_queue_sleeps_after_check_try_push(struct ct_unbounded_queue_sleeps_after_check *q,
                                               const void *item, size_t item_bytes)
{
    struct ct_unbounded_queue_sleeps_after_check_node *node =
        (struct ct_unbounded_queue_sleeps_after_check_node *)ct_alloc(sizeof(void *),
                                                                      sizeof *node + item_bytes);
    if (!node)
        return ENOMEM;
    memcpy(node->item, item, item_bytes);
    node->next = NULL;
    ct_mutex_ticket_lock(&q->lock);
    *q->last = node;
    q->last = &node->next;
    ct_u32_add_relaxed(&q->size, 1);
    ct_mutex_ticket_unlock(&q->lock);
    ct_eventcount_notify(&q->not_empty, 1);
    return 0;
}

CT_QUEUE_FAST int
ct_unbounded_queue_sleeps_after_check_try_pop(struct ct_unbounded_queue_sleeps_after_check *q,
                                              void *item, size_t item_bytes)
{
    ct_mutex_ticket_lock(&q->lock);
    struct ct_unbounded_queue_sleeps_after_check_node *node = q->first;
    if (node) {
        q->first = node->next;
        if (!q->first)
            q->last = &q->first;
        ct_u32_sub_relaxed(&q->size, 1);
    }
    ct_mutex_ticket_unlock(&q->lock);
    if (!node)
        return EAGAIN;
    memcpy(item, node->item, item_bytes);
    ct_free(node);
    return 0;
}

static inline int
ct_unbounded_queue_sleeps_after_check_push(struct ct_unbounded_queue_sleeps_after_check *q,
                                           const void *item, size_t item_bytes,
                                           uint64_t deadline_ns)
{
    (void)deadline_ns;
    return ct_unbounded_queue_sleeps_after_check_try_push(q, item, item_bytes);
}

static inline int
ct_unbounded_queue_sleeps_after_check_pop(struct ct_unbounded_queue_sleeps_after_check *q,
                                          void *item, size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_unbounded_queue_sleeps_after_check_try_pop(q, item, item_bytes)) == EAGAIN) {
        uint32_t key = ct_eventcount_prepare(&q->not_empty); /* the mistake: too late */
        error = ct_eventcount_wait(&q->not_empty, key, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

static inline size_t
ct_unbounded_queue_sleeps_after_check_size(const struct ct_unbounded_queue_sleeps_after_check *q)
{
    return ct_u32_load_relaxed(&q->size);
}

static inline uint32_t ct_unbounded_queue_sleeps_after_check_capacity(
    const struct ct_unbounded_queue_sleeps_after_check *q)
{
    (void)q;
    return UINT32_MAX;
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
