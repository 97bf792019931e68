// SPDX-License-Identifier: MIT
/* slot-pipeline - one slot and two binary semaphores: "free" for producers, "full" for consumers.
 *
 * Idea      Who has the one permit of free may write the slot, then posts full; who has that permit may
 *           read it, then posts free: strict alternation, and no other exclusion. Closing posts both
 *           once more; who gets such a permit finds the mark, and posts it for the next.
 * Source    Dijkstra, "Cooperating sequential processes", EWD 123, 1965.
 * State     free, full  a permit each, in turn; one more in both once closed
 *           mark        FULL: the slot holds an item; CLOSED. A push puts its item in by a cas from 0, so
 *                       it and close cannot both come first; a pop takes it by taking FULL away.
 * Order     mark's release and acquire; the semaphores' as well.
 * Lifetime  CT_LATE: a push posts after its item was there.
 * Choose    to pass one thing at a time between the stages of a pipeline. capacity is 1 whatever init
 *           was asked for.
 */
#ifndef CONTEND_MPMC_QUEUE_SLOT_PIPELINE_H
#define CONTEND_MPMC_QUEUE_SLOT_PIPELINE_H

#include <contend/alloc.h>
#include <contend/mpmc_queue.h>
#include <contend/semaphore/futex-cpu.h>

#include <string.h>

struct ct_mpmc_queue_slot_pipeline {
    struct ct_semaphore_futex_cpu free, full;
    struct ct_u32 mark;
    unsigned char *slot;
};

enum { CT_SLOT_FULL = 1, CT_SLOT_CLOSED = 2 };

static inline int ct_mpmc_queue_slot_pipeline_init(struct ct_mpmc_queue_slot_pipeline *q,
                                                   uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    if (item_bytes > SIZE_MAX / 4)
        return ENOMEM;
    q->slot = (unsigned char *)ct_alloc(sizeof(void *), item_bytes);
    if (!q->slot)
        return ENOMEM;
    ct_semaphore_futex_cpu_init(&q->free, 1);
    ct_semaphore_futex_cpu_init(&q->full, 0);
    ct_u32_store_relaxed(&q->mark, 0);
    return 0;
}

static inline void ct_mpmc_queue_slot_pipeline_destroy(struct ct_mpmc_queue_slot_pipeline *q)
{
    ct_free(q->slot);
}

/* With a permit of free. */
CT_QUEUE_FAST int ct_mpmc_queue_slot_pipeline_put(struct ct_mpmc_queue_slot_pipeline *q,
                                                  const void *item, size_t item_bytes)
{
    uint32_t seen = ct_u32_load_relaxed(&q->mark);
    if (seen == 0) {
        memcpy(q->slot, item, item_bytes);
        if (ct_u32_cas_release(&q->mark, &seen, CT_SLOT_FULL)) { /* pairs with get */
            (void)ct_semaphore_futex_cpu_post(&q->full, 1);
            return 0;
        }
    }
    (void)ct_semaphore_futex_cpu_post(&q->free, 1); /* closed: on to the next who waits */
    return EPIPE;
}

/* With a permit of full. */
CT_QUEUE_FAST int ct_mpmc_queue_slot_pipeline_get(struct ct_mpmc_queue_slot_pipeline *q, void *item,
                                                  size_t item_bytes)
{
    if (ct_u32_and_acquire(&q->mark, ~(uint32_t)CT_SLOT_FULL) & CT_SLOT_FULL) {
        memcpy(item, q->slot, item_bytes);
        (void)ct_semaphore_futex_cpu_post(&q->free, 1);
        return 0;
    }
    (void)ct_semaphore_futex_cpu_post(&q->full, 1);
    return EPIPE;
}

/* For who got no permit: one that is on its way from one to the next says nothing. */
CT_QUEUE_FAST int ct_mpmc_queue_slot_pipeline_not_pushed(struct ct_mpmc_queue_slot_pipeline *q,
                                                         int error)
{
    return ct_u32_load_relaxed(&q->mark) & CT_SLOT_CLOSED ? EPIPE : error;
}

CT_QUEUE_FAST int ct_mpmc_queue_slot_pipeline_not_popped(struct ct_mpmc_queue_slot_pipeline *q,
                                                         int error)
{
    return ct_u32_load_acquire(&q->mark) == CT_SLOT_CLOSED ? EPIPE : error; /* pairs with close */
}

CT_QUEUE_FAST int ct_mpmc_queue_slot_pipeline_try_push(struct ct_mpmc_queue_slot_pipeline *q,
                                                       const void *item, size_t item_bytes)
{
    if (ct_semaphore_futex_cpu_trywait(&q->free))
        return ct_mpmc_queue_slot_pipeline_put(q, item, item_bytes);
    return ct_mpmc_queue_slot_pipeline_not_pushed(q, EAGAIN);
}

CT_QUEUE_FAST int ct_mpmc_queue_slot_pipeline_try_pop(struct ct_mpmc_queue_slot_pipeline *q,
                                                      void *item, size_t item_bytes)
{
    if (ct_semaphore_futex_cpu_trywait(&q->full))
        return ct_mpmc_queue_slot_pipeline_get(q, item, item_bytes);
    return ct_mpmc_queue_slot_pipeline_not_popped(q, EAGAIN);
}

CT_QUEUE_FAST int ct_mpmc_queue_slot_pipeline_push(struct ct_mpmc_queue_slot_pipeline *q,
                                                   const void *item, size_t item_bytes,
                                                   uint64_t deadline_ns)
{
    int error = ct_semaphore_futex_cpu_timedwait(&q->free, deadline_ns);
    return error != 0 ? ct_mpmc_queue_slot_pipeline_not_pushed(q, error)
                      : ct_mpmc_queue_slot_pipeline_put(q, item, item_bytes);
}

CT_QUEUE_FAST int ct_mpmc_queue_slot_pipeline_pop(struct ct_mpmc_queue_slot_pipeline *q, void *item,
                                                  size_t item_bytes, uint64_t deadline_ns)
{
    int error = ct_semaphore_futex_cpu_timedwait(&q->full, deadline_ns);
    return error != 0 ? ct_mpmc_queue_slot_pipeline_not_popped(q, error)
                      : ct_mpmc_queue_slot_pipeline_get(q, item, item_bytes);
}

static inline void ct_mpmc_queue_slot_pipeline_close(struct ct_mpmc_queue_slot_pipeline *q)
{
    if (ct_u32_or_release(&q->mark, CT_SLOT_CLOSED) & CT_SLOT_CLOSED)
        return; /* one permit more is enough */
    (void)ct_semaphore_futex_cpu_post(&q->free, 1);
    (void)ct_semaphore_futex_cpu_post(&q->full, 1);
}

static inline size_t ct_mpmc_queue_slot_pipeline_size(const struct ct_mpmc_queue_slot_pipeline *q)
{
    return ct_u32_load_relaxed(&q->mark) & CT_SLOT_FULL;
}

static inline uint32_t
ct_mpmc_queue_slot_pipeline_capacity(const struct ct_mpmc_queue_slot_pipeline *q)
{
    (void)q;
    return 1;
}

CT_QUEUE_ADAPT(mpmc_queue_slot_pipeline)
CT_QUEUE_ADAPT_BLOCKING(mpmc_queue_slot_pipeline)
CT_QUEUE_ADAPT_CLOSE(mpmc_queue_slot_pipeline)

static const struct ct_queue_ops ct_mpmc_queue_slot_pipeline_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(slot_pipeline, "slot-pipeline"),
             .summary = "one slot between two binary semaphores; capacity 1",
             .source = "Dijkstra 1965", .traits = CT_PARKS | CT_TIMED | CT_LATE},
    CT_QUEUE_REQUIRED(mpmc_queue_slot_pipeline),
    CT_QUEUE_BLOCKING(mpmc_queue_slot_pipeline),
    CT_QUEUE_CLOSE(mpmc_queue_slot_pipeline),
};

#endif
