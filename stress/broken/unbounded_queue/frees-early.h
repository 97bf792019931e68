// SPDX-License-Identifier: MIT
/* frees-early - list of rings, broken.
 *
 * Mistake: the pop that goes on to the next ring frees the one left behind, in which another pop, or a push
 *          that found it full, may still be.
 * Breaks:  memory is not used after it is freed.
 */
#ifndef STRESS_BROKEN_UNBOUNDED_QUEUE_FREES_EARLY_H
#define STRESS_BROKEN_UNBOUNDED_QUEUE_FREES_EARLY_H

#include <contend/sequenced_ring.h>
#include <contend/unbounded_queue.h>

struct ct_unbounded_queue_frees_early_ring {
    struct ct_sequenced_ring ring;
    struct ct_ptr next;
};

struct ct_unbounded_queue_frees_early {
    struct ct_ptr head, tail;
    struct ct_u32 size;
    size_t item_bytes;
};

static inline struct ct_unbounded_queue_frees_early_ring *
ct_unbounded_queue_frees_early_make(uint32_t capacity, size_t item_bytes)
{
    struct ct_unbounded_queue_frees_early_ring *r =
        (struct ct_unbounded_queue_frees_early_ring *)ct_alloc(CT_APART_BYTES, sizeof *r);
    if (r && ct_sequenced_ring_init(&r->ring, capacity, item_bytes) != 0) {
        ct_free(r);
        r = NULL;
    }
    if (r)
        ct_ptr_store_relaxed(&r->next, NULL);
    return r;
}

static inline void
ct_unbounded_queue_frees_early_unmake(struct ct_unbounded_queue_frees_early_ring *r)
{
    ct_sequenced_ring_destroy(&r->ring);
    ct_free(r);
}

static inline int ct_unbounded_queue_frees_early_init(struct ct_unbounded_queue_frees_early *q,
                                                      uint32_t capacity, size_t item_bytes)
{
    struct ct_unbounded_queue_frees_early_ring *r =
        ct_unbounded_queue_frees_early_make(capacity, item_bytes);
    ct_ptr_store_relaxed(&q->head, r);
    ct_ptr_store_relaxed(&q->tail, r);
    ct_u32_store_relaxed(&q->size, 0);
    q->item_bytes = item_bytes;
    return r ? 0 : ENOMEM;
}

static inline void ct_unbounded_queue_frees_early_destroy(struct ct_unbounded_queue_frees_early *q)
{
    struct ct_unbounded_queue_frees_early_ring *r =
        (struct ct_unbounded_queue_frees_early_ring *)ct_ptr_load_acquire(&q->head);
    while (r) {
        struct ct_unbounded_queue_frees_early_ring *next =
            (struct ct_unbounded_queue_frees_early_ring *)ct_ptr_load_acquire(&r->next);
        ct_unbounded_queue_frees_early_unmake(r);
        r = next;
    }
}

CT_QUEUE_FAST int ct_unbounded_queue_frees_early_try_push(struct ct_unbounded_queue_frees_early *q,
                                                          const void *item, size_t item_bytes)
{
    ct_u32_add_relaxed(&q->size, 1);
    for (;;) {
        void *seen = ct_ptr_load_acquire(&q->tail);
        struct ct_unbounded_queue_frees_early_ring *r =
            (struct ct_unbounded_queue_frees_early_ring *)seen;
        if (ct_sequenced_ring_try_push(&r->ring, item, item_bytes) == 0)
            return 0;
        ct_sequenced_ring_close(&r->ring);
        void *next = NULL,
             *made = ct_unbounded_queue_frees_early_make(2 * r->ring.capacity, q->item_bytes);
        if (!made)
            return ENOMEM;
        if (ct_ptr_cas_acqrel(&r->next, &next, made))
            next = made;
        else
            ct_unbounded_queue_frees_early_unmake(
                (struct ct_unbounded_queue_frees_early_ring *)made);
        ct_ptr_cas_acqrel(&q->tail, &seen, next);
    }
}

CT_QUEUE_FAST int ct_unbounded_queue_frees_early_try_pop(struct ct_unbounded_queue_frees_early *q,
                                                         void *item, size_t item_bytes)
{
    for (;;) {
        void *seen = ct_ptr_load_acquire(&q->head);
        struct ct_unbounded_queue_frees_early_ring *r =
            (struct ct_unbounded_queue_frees_early_ring *)seen;
        int error = ct_sequenced_ring_try_pop(&r->ring, item, item_bytes);
        if (error == 0)
            ct_u32_sub_relaxed(&q->size, 1);
        if (error != EPIPE)
            return error;
        void *next = ct_ptr_load_acquire(&r->next);
        if (!next)
            return EAGAIN;
        if (ct_ptr_cas_acqrel(&q->head, &seen, next))
            ct_unbounded_queue_frees_early_unmake(r); /* the mistake */
    }
}

static inline size_t
ct_unbounded_queue_frees_early_size(const struct ct_unbounded_queue_frees_early *q)
{
    return ct_u32_load_relaxed(&q->size);
}

static inline uint32_t
ct_unbounded_queue_frees_early_capacity(const struct ct_unbounded_queue_frees_early *q)
{
    (void)q;
    return UINT32_MAX;
}

CT_QUEUE_ADAPT(unbounded_queue_frees_early)

static const struct ct_queue_ops ct_unbounded_queue_frees_early_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(frees_early, "frees-early"),
             .summary = "broken: frees a ring while others may be in it",
             .source = "Morrison & Afek 2013, without hazard pointers", .traits = CT_SPINS},
    CT_QUEUE_REQUIRED(unbounded_queue_frees_early),
};

#endif
