// SPDX-License-Identifier: MIT
/* frees-twice - linked list under one lock, broken.
 *
 * Mistake: a pop that emptied the list frees its node, and leaves it to destroy as well.
 * Breaks:  memory is freed once.
 */
#ifndef STRESS_BROKEN_UNBOUNDED_QUEUE_FREES_TWICE_H
#define STRESS_BROKEN_UNBOUNDED_QUEUE_FREES_TWICE_H

#include <contend/alloc.h>
#include <contend/mutex/ticket.h>
#include <contend/unbounded_queue.h>

#include <string.h>

struct ct_unbounded_queue_frees_twice_node {
    struct ct_unbounded_queue_frees_twice_node *next;
    unsigned char item[]; /* item_bytes */
};

struct ct_unbounded_queue_frees_twice {
    struct ct_mutex_ticket lock;
    struct ct_unbounded_queue_frees_twice_node *head, *tail;
    struct ct_u32 size;
};

static inline int ct_unbounded_queue_frees_twice_init(struct ct_unbounded_queue_frees_twice *q,
                                                      uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    ct_mutex_ticket_init(&q->lock);
    ct_u32_store_relaxed(&q->size, 0);
    q->head = q->tail = NULL;
    return 0;
}

static inline void ct_unbounded_queue_frees_twice_destroy(struct ct_unbounded_queue_frees_twice *q)
{
    while (q->head) {
        struct ct_unbounded_queue_frees_twice_node *node = q->head;
        q->head = node == q->tail ? NULL : node->next;
        ct_free(node);
    }
}

CT_QUEUE_FAST int ct_unbounded_queue_frees_twice_try_push(struct ct_unbounded_queue_frees_twice *q,
                                                          const void *item, size_t item_bytes)
{
    struct ct_unbounded_queue_frees_twice_node *node =
        (struct ct_unbounded_queue_frees_twice_node *)ct_alloc(sizeof(void *),
                                                               sizeof *node + item_bytes);
    if (!node)
        return ENOMEM;
    memcpy(node->item, item, item_bytes);
    node->next = NULL;
    ct_mutex_ticket_lock(&q->lock);
    if (ct_u32_load_relaxed(&q->size))
        q->tail->next = node;
    else
        q->head = node;
    q->tail = node;
    ct_u32_add_relaxed(&q->size, 1);
    ct_mutex_ticket_unlock(&q->lock);
    return 0;
}

CT_QUEUE_FAST int ct_unbounded_queue_frees_twice_try_pop(struct ct_unbounded_queue_frees_twice *q,
                                                         void *item, size_t item_bytes)
{
    ct_mutex_ticket_lock(&q->lock);
    struct ct_unbounded_queue_frees_twice_node *head =
        ct_u32_load_relaxed(&q->size) ? q->head : NULL;
    if (head) {
        memcpy(item, head->item, item_bytes);
        if (head->next) /* the mistake */
            q->head = head->next;
        ct_u32_sub_relaxed(&q->size, 1);
    }
    ct_mutex_ticket_unlock(&q->lock);
    if (head)
        ct_free(head);
    return head ? 0 : EAGAIN;
}

static inline size_t
ct_unbounded_queue_frees_twice_size(const struct ct_unbounded_queue_frees_twice *q)
{
    return ct_u32_load_relaxed(&q->size);
}

static inline uint32_t
ct_unbounded_queue_frees_twice_capacity(const struct ct_unbounded_queue_frees_twice *q)
{
    (void)q;
    return UINT32_MAX;
}

CT_QUEUE_ADAPT(unbounded_queue_frees_twice)

static const struct ct_queue_ops ct_unbounded_queue_frees_twice_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(frees_twice, "frees-twice"),
             .summary = "broken: the last node popped stays in the list", .source = "the project",
             .traits = CT_SPINS},
    CT_QUEUE_REQUIRED(unbounded_queue_frees_twice),
};

#endif
