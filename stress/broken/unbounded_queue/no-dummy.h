// SPDX-License-Identifier: MIT
/* no-dummy - linked list with a lock for each end, broken.
 *
 * Mistake: an empty list has no node, so that the only item is both ends at once, and what one end does
 *          to it under its lock the other end does under another.
 * Breaks:  every item once.
 */
#ifndef STRESS_BROKEN_UNBOUNDED_QUEUE_NO_DUMMY_H
#define STRESS_BROKEN_UNBOUNDED_QUEUE_NO_DUMMY_H

#include <contend/alloc.h>
#include <contend/mutex/ticket.h>
#include <contend/unbounded_queue.h>

#include <string.h>

struct ct_unbounded_queue_no_dummy_node {
    struct ct_ptr next;
    struct ct_unbounded_queue_no_dummy_node *made_before;
    unsigned char item[]; /* item_bytes */
};

struct ct_unbounded_queue_no_dummy {
    struct ct_mutex_ticket push_lock, pop_lock;
    struct ct_ptr head, tail;
    struct ct_u32 size;
    struct ct_unbounded_queue_no_dummy_node *made; /* all nodes, for destroy; under push_lock */
};

static inline int ct_unbounded_queue_no_dummy_init(struct ct_unbounded_queue_no_dummy *q,
                                                   uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    ct_mutex_ticket_init(&q->push_lock);
    ct_mutex_ticket_init(&q->pop_lock);
    ct_ptr_store_relaxed(&q->head, NULL);
    ct_ptr_store_relaxed(&q->tail, NULL);
    ct_u32_store_relaxed(&q->size, 0);
    q->made = NULL;
    return 0;
}

static inline void ct_unbounded_queue_no_dummy_destroy(struct ct_unbounded_queue_no_dummy *q)
{
    while (q->made) {
        struct ct_unbounded_queue_no_dummy_node *node = q->made;
        q->made = node->made_before;
        ct_free(node);
    }
}

CT_QUEUE_FAST int ct_unbounded_queue_no_dummy_try_push(struct ct_unbounded_queue_no_dummy *q,
                                                       const void *item, size_t item_bytes)
{
    struct ct_unbounded_queue_no_dummy_node *node =
        (struct ct_unbounded_queue_no_dummy_node *)ct_alloc(sizeof(void *),
                                                            sizeof *node + item_bytes);
    if (!node)
        return ENOMEM;
    memcpy(node->item, item, item_bytes);
    ct_ptr_store_relaxed(&node->next, NULL);
    ct_mutex_ticket_lock(&q->push_lock);
    node->made_before = q->made;
    q->made = node;
    struct ct_unbounded_queue_no_dummy_node *tail =
        (struct ct_unbounded_queue_no_dummy_node *)ct_ptr_load_acquire(&q->tail);
    ct_u32_add_relaxed(&q->size, 1);
    if (tail) /* the mistake: a pop may take it now, and forget its successor */
        ct_ptr_store_release(&tail->next, node);
    else
        ct_ptr_store_release(&q->head, node);
    ct_ptr_store_release(&q->tail, node);
    ct_mutex_ticket_unlock(&q->push_lock);
    return 0;
}

CT_QUEUE_FAST int ct_unbounded_queue_no_dummy_try_pop(struct ct_unbounded_queue_no_dummy *q,
                                                      void *item, size_t item_bytes)
{
    ct_mutex_ticket_lock(&q->pop_lock);
    struct ct_unbounded_queue_no_dummy_node *head =
        (struct ct_unbounded_queue_no_dummy_node *)ct_ptr_load_acquire(&q->head);
    if (head) {
        memcpy(item, head->item, item_bytes);
        void *next = ct_ptr_load_acquire(&head->next);
        if (!next)
            ct_ptr_store_release(&q->tail, NULL);
        ct_ptr_store_release(&q->head, next);
        ct_u32_sub_relaxed(&q->size, 1);
    }
    ct_mutex_ticket_unlock(&q->pop_lock);
    return head ? 0 : EAGAIN;
}

static inline size_t ct_unbounded_queue_no_dummy_size(const struct ct_unbounded_queue_no_dummy *q)
{
    return ct_u32_load_relaxed(&q->size);
}

static inline uint32_t
ct_unbounded_queue_no_dummy_capacity(const struct ct_unbounded_queue_no_dummy *q)
{
    (void)q;
    return UINT32_MAX;
}

CT_QUEUE_ADAPT(unbounded_queue_no_dummy)

static const struct ct_queue_ops ct_unbounded_queue_no_dummy_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(no_dummy, "no-dummy"),
             .summary = "broken: a lock for each end, and one item is both ends",
             .source = "Michael & Scott 1996, broken", .traits = CT_SPINS},
    CT_QUEUE_REQUIRED(unbounded_queue_no_dummy),
};

#endif
