// SPDX-License-Identifier: MIT
/* ring - the sequenced ring, atomics only; push and pop spin.
 *
 * Idea      Each cell says whose turn it is; a position is taken with one compare-and-swap
 *           (sequenced_ring.h). Who must wait looks again, one pause between looks, and lets others have
 *           the CPU every CT_RING_LOOKS, or at once if the other side's last call was on that CPU.
 * Source    Vyukov, "Bounded MPMC queue", 2010.
 * State     ring  the items
 *           done  items whose task is done; join compares it with the positions pushed to
 * Order     sequenced_ring.h's; done's release pairs with join's acquire. done never passes tail, so if
 *           the tail read after it is no further, that was so when it was read.
 * Lifetime  a push touches the queue last with its cell's turn, so that who popped it may destroy.
 * Choose    try_push and try_pop, or a producer and a consumer that have a CPU each.
 */
#ifndef CONTEND_MPMC_QUEUE_RING_H
#define CONTEND_MPMC_QUEUE_RING_H

#include <contend/deadline.h>
#include <contend/mpmc_queue.h>
#include <contend/sequenced_ring.h>

enum { CT_RING_LOOKS = 64 };

struct ct_mpmc_queue_ring {
    struct ct_sequenced_ring ring;
    CT_APART struct ct_u64 done;
};

static inline int ct_mpmc_queue_ring_init(struct ct_mpmc_queue_ring *q, uint32_t capacity,
                                          size_t item_bytes)
{
    ct_u64_store_relaxed(&q->done, 0);
    return ct_sequenced_ring_init(&q->ring, capacity, item_bytes);
}

static inline void ct_mpmc_queue_ring_destroy(struct ct_mpmc_queue_ring *q)
{
    ct_sequenced_ring_destroy(&q->ring);
}

CT_QUEUE_FAST int ct_mpmc_queue_ring_try_push(struct ct_mpmc_queue_ring *q, const void *item,
                                              size_t item_bytes)
{
    return ct_sequenced_ring_try_push(&q->ring, item, item_bytes);
}

CT_QUEUE_FAST int ct_mpmc_queue_ring_try_pop(struct ct_mpmc_queue_ring *q, void *item,
                                             size_t item_bytes)
{
    return ct_sequenced_ring_try_pop(&q->ring, item, item_bytes);
}

/* Between two looks for what a thread on that CPU will do: 0, or ETIMEDOUT. */
static inline int ct_mpmc_queue_ring_pass(const struct ct_u32 *other_cpu, unsigned *looks,
                                          uint64_t deadline_ns)
{
    if (ct_has_passed(deadline_ns))
        return ETIMEDOUT;
    if (++*looks % CT_RING_LOOKS == 0 || ct_u32_load_relaxed(other_cpu) == ct_cpu_id())
        ct_yield();
    ct_pause();
    return 0;
}

CT_QUEUE_FAST int ct_mpmc_queue_ring_push(struct ct_mpmc_queue_ring *q, const void *item,
                                          size_t item_bytes, uint64_t deadline_ns)
{
    unsigned looks = 0;
    int error;
    while ((error = ct_sequenced_ring_try_push(&q->ring, item, item_bytes)) == EAGAIN) {
        error = ct_mpmc_queue_ring_pass(&q->ring.pop_cpu, &looks, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

CT_QUEUE_FAST int ct_mpmc_queue_ring_pop(struct ct_mpmc_queue_ring *q, void *item,
                                         size_t item_bytes, uint64_t deadline_ns)
{
    unsigned looks = 0;
    int error;
    while ((error = ct_sequenced_ring_try_pop(&q->ring, item, item_bytes)) == EAGAIN) {
        error = ct_mpmc_queue_ring_pass(&q->ring.push_cpu, &looks, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

CT_QUEUE_FAST size_t ct_mpmc_queue_ring_push_many(struct ct_mpmc_queue_ring *q, const void *items,
                                                  size_t count, size_t item_bytes)
{
    return ct_sequenced_ring_push_many(&q->ring, items, count, item_bytes);
}

CT_QUEUE_FAST size_t ct_mpmc_queue_ring_pop_many(struct ct_mpmc_queue_ring *q, void *items,
                                                 size_t count, size_t item_bytes)
{
    return ct_sequenced_ring_pop_many(&q->ring, items, count, item_bytes);
}

static inline void ct_mpmc_queue_ring_close(struct ct_mpmc_queue_ring *q)
{
    ct_sequenced_ring_close(&q->ring);
}

static inline size_t ct_mpmc_queue_ring_size(const struct ct_mpmc_queue_ring *q)
{
    return ct_sequenced_ring_size(&q->ring);
}

static inline uint32_t ct_mpmc_queue_ring_capacity(const struct ct_mpmc_queue_ring *q)
{
    return q->ring.capacity;
}

static inline void ct_mpmc_queue_ring_task_done(struct ct_mpmc_queue_ring *q)
{
    ct_u64_add_release(&q->done, 1); /* pairs with join */
}

static inline int ct_mpmc_queue_ring_join(struct ct_mpmc_queue_ring *q, uint64_t deadline_ns)
{
    unsigned looks = 0;
    while (ct_u64_load_acquire(&q->done) != ct_sequenced_pushed(&q->ring)) {
        int error = ct_mpmc_queue_ring_pass(&q->ring.pop_cpu, &looks, deadline_ns);
        if (error != 0)
            return error;
    }
    return 0;
}

CT_QUEUE_ADAPT(mpmc_queue_ring)
CT_QUEUE_ADAPT_BLOCKING(mpmc_queue_ring)
CT_QUEUE_ADAPT_MANY(mpmc_queue_ring)
CT_QUEUE_ADAPT_CLOSE(mpmc_queue_ring)
CT_QUEUE_ADAPT_JOIN(mpmc_queue_ring)

static const struct ct_queue_ops ct_mpmc_queue_ring_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(ring, "ring"),
             .summary = "ring of cells with turn numbers, atomics only; spins",
             .source = "Vyukov 2010", .traits = CT_SPINS | CT_TIMED},
    CT_QUEUE_REQUIRED(mpmc_queue_ring),
    CT_QUEUE_BLOCKING(mpmc_queue_ring),
    CT_QUEUE_MANY(mpmc_queue_ring),
    CT_QUEUE_CLOSE(mpmc_queue_ring),
    CT_QUEUE_JOIN(mpmc_queue_ring),
};

#endif
