// SPDX-License-Identifier: MIT
/* no-hazards - michael-scott, broken.
 *
 * Mistake: nobody announces the nodes that it looks at, and who removes one frees it at once.
 * Breaks:  memory is not used after it is freed.
 */
#ifndef STRESS_BROKEN_UNBOUNDED_QUEUE_NO_HAZARDS_H
#define STRESS_BROKEN_UNBOUNDED_QUEUE_NO_HAZARDS_H

#include <contend/alloc.h>
#include <contend/unbounded_queue.h>
#include <contend/wait.h>

#include <string.h>

struct ct_unbounded_queue_no_hazards_node {
    struct ct_ptr next;
    unsigned char item[]; /* item_bytes */
};

struct ct_unbounded_queue_no_hazards {
    struct ct_ptr head, tail;
    struct ct_u32 size;
};

static inline struct ct_unbounded_queue_no_hazards_node *
ct_unbounded_queue_no_hazards_node(size_t item_bytes)
{
    struct ct_unbounded_queue_no_hazards_node *node =
        (struct ct_unbounded_queue_no_hazards_node *)ct_alloc(sizeof(void *),
                                                              sizeof *node + item_bytes);
    if (node)
        ct_ptr_store_relaxed(&node->next, NULL);
    return node;
}

static inline int ct_unbounded_queue_no_hazards_init(struct ct_unbounded_queue_no_hazards *q,
                                                     uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    struct ct_unbounded_queue_no_hazards_node *node =
        ct_unbounded_queue_no_hazards_node(item_bytes);
    ct_ptr_store_relaxed(&q->head, node);
    ct_ptr_store_relaxed(&q->tail, node);
    ct_u32_store_relaxed(&q->size, 0);
    return node ? 0 : ENOMEM;
}

static inline void ct_unbounded_queue_no_hazards_destroy(struct ct_unbounded_queue_no_hazards *q)
{
    struct ct_unbounded_queue_no_hazards_node *node = (struct ct_unbounded_queue_no_hazards_node *)
                                                  ct_ptr_load_acquire(&q->head),
                                              *next;
    for (; node; node = next) {
        next = (struct ct_unbounded_queue_no_hazards_node *)ct_ptr_load_acquire(&node->next);
        ct_free(node);
    }
}

CT_QUEUE_FAST int ct_unbounded_queue_no_hazards_try_push(struct ct_unbounded_queue_no_hazards *q,
                                                         const void *item, size_t item_bytes)
{
    struct ct_unbounded_queue_no_hazards_node *node =
        ct_unbounded_queue_no_hazards_node(item_bytes);
    if (!node)
        return ENOMEM;
    memcpy(node->item, item, item_bytes);
    ct_u32_add_relaxed(&q->size, 1);
    for (;;) {
        void *seen = ct_ptr_load_acquire(&q->tail), *next = NULL;
        struct ct_unbounded_queue_no_hazards_node *last =
            (struct ct_unbounded_queue_no_hazards_node *)seen;
        if (ct_ptr_cas_acqrel(&last->next, &next, node)) {
            ct_ptr_cas_acqrel(&q->tail, &seen, node);
            return 0;
        }
        ct_ptr_cas_acqrel(&q->tail, &seen, next);
    }
}

CT_QUEUE_FAST int ct_unbounded_queue_no_hazards_try_pop(struct ct_unbounded_queue_no_hazards *q,
                                                        void *item, size_t item_bytes)
{
    for (;;) {
        void *seen = ct_ptr_load_acquire(&q->head), *last = ct_ptr_load_acquire(&q->tail);
        struct ct_unbounded_queue_no_hazards_node *first =
            (struct ct_unbounded_queue_no_hazards_node *)seen;
        void *next = ct_ptr_load_acquire(&first->next); /* the mistake */
        if (!next)
            return EAGAIN;
        if (last == seen)
            ct_ptr_cas_acqrel(&q->tail, &last, next);
        if (ct_ptr_cas_acqrel(&q->head, &seen, next)) {
            memcpy(item, ((struct ct_unbounded_queue_no_hazards_node *)next)->item, item_bytes);
            ct_u32_sub_relaxed(&q->size, 1);
            ct_free(first); /* and here */
            return 0;
        }
    }
}

static inline size_t
ct_unbounded_queue_no_hazards_size(const struct ct_unbounded_queue_no_hazards *q)
{
    return ct_u32_load_relaxed(&q->size);
}

static inline uint32_t
ct_unbounded_queue_no_hazards_capacity(const struct ct_unbounded_queue_no_hazards *q)
{
    (void)q;
    return UINT32_MAX;
}

CT_QUEUE_ADAPT(unbounded_queue_no_hazards)

static const struct ct_queue_ops ct_unbounded_queue_no_hazards_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(no_hazards, "no-hazards"),
             .summary = "broken: frees nodes that others look at",
             .source = "Michael & Scott 1996, without Michael 2004", .traits = CT_SPINS},
    CT_QUEUE_REQUIRED(unbounded_queue_no_hazards),
};

#endif
