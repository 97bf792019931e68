// SPDX-License-Identifier: MIT
/* leaks - linked list under one lock, broken.
 *
 * Mistake: whoever pops a node that has a successor by the time it is out forgets to free it.
 * Breaks:  what is allocated is freed.
 */
#ifndef STRESS_BROKEN_UNBOUNDED_QUEUE_LEAKS_H
#define STRESS_BROKEN_UNBOUNDED_QUEUE_LEAKS_H

#include <contend/alloc.h>
#include <contend/mutex/ticket.h>
#include <contend/unbounded_queue.h>

#include <string.h>

struct ct_unbounded_queue_leaks_node {
    struct ct_unbounded_queue_leaks_node *next;
    unsigned char item[]; /* item_bytes */
};

struct ct_unbounded_queue_leaks {
    struct ct_mutex_ticket lock;
    struct ct_unbounded_queue_leaks_node *head, *tail;
    struct ct_u32 size;
};

static inline int ct_unbounded_queue_leaks_init(struct ct_unbounded_queue_leaks *q,
                                                uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    ct_mutex_ticket_init(&q->lock);
    ct_u32_store_relaxed(&q->size, 0);
    q->head = q->tail = NULL;
    return 0;
}

static inline void ct_unbounded_queue_leaks_destroy(struct ct_unbounded_queue_leaks *q)
{
    while (q->head) {
        struct ct_unbounded_queue_leaks_node *node = q->head;
        q->head = node->next;
        ct_free(node);
    }
}

CT_QUEUE_FAST int ct_unbounded_queue_leaks_try_push(struct ct_unbounded_queue_leaks *q,
                                                    const void *item, size_t item_bytes)
{
    struct ct_unbounded_queue_leaks_node *node =
        (struct ct_unbounded_queue_leaks_node *)ct_alloc(sizeof(void *), sizeof *node + item_bytes);
    if (!node)
        return ENOMEM;
    memcpy(node->item, item, item_bytes);
    node->next = NULL;
    ct_mutex_ticket_lock(&q->lock);
    if (q->head)
        q->tail->next = node;
    else
        q->head = node;
    q->tail = node;
    ct_u32_add_relaxed(&q->size, 1);
    ct_mutex_ticket_unlock(&q->lock);
    return 0;
}

CT_QUEUE_FAST int ct_unbounded_queue_leaks_try_pop(struct ct_unbounded_queue_leaks *q, void *item,
                                                   size_t item_bytes)
{
    ct_mutex_ticket_lock(&q->lock);
    struct ct_unbounded_queue_leaks_node *head = q->head;
    if (head) {
        memcpy(item, head->item, item_bytes);
        q->head = head->next;
        ct_u32_sub_relaxed(&q->size, 1);
    }
    ct_mutex_ticket_unlock(&q->lock);
    if (head && !head->next) /* the mistake */
        ct_free(head);
    return head ? 0 : EAGAIN;
}

static inline size_t ct_unbounded_queue_leaks_size(const struct ct_unbounded_queue_leaks *q)
{
    return ct_u32_load_relaxed(&q->size);
}

static inline uint32_t ct_unbounded_queue_leaks_capacity(const struct ct_unbounded_queue_leaks *q)
{
    (void)q;
    return UINT32_MAX;
}

CT_QUEUE_ADAPT(unbounded_queue_leaks)

static const struct ct_queue_ops ct_unbounded_queue_leaks_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(leaks, "leaks"),
             .summary = "broken: a popped node is not freed if another stood behind it",
             .source = "the project", .traits = CT_SPINS},
    CT_QUEUE_REQUIRED(unbounded_queue_leaks),
};

#endif
