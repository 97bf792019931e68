// SPDX-License-Identifier: MIT
/* ring-futex - the sequenced ring; who must wait looks on for a while, then sleeps.
 *
 * Idea      As ring, and on each side an eventcount (eventcount.h): a push or a pop pays a load and a
 *           branch for sleepers that are not there. Who must wait looks on before it sleeps, if the other
 *           side seems to run (queue_wait.h).
 * Source    Vyukov, "Bounded MPMC queue", 2010; Reed & Kanodia 1979.
 * State     ring       the items
 *           not_empty, not_full, idle  where consumers, producers and joiners sleep
 *           done       items whose task is done; join compares it with the positions pushed to
 *           Invariant: a push that finds sleepers wakes one. That one may find that an earlier push is not
 *           ready, though later ones are, and sleep again; the earlier push will wake one only. So who
 *           was announced as a sleeper and finds an item wakes the next if there are more.
 * Order     sequenced_ring.h's and eventcount.h's; done's release pairs with join's acquire.
 * Lifetime  CT_LATE: a push looks for sleepers after its item was there.
 * Choose    the default.
 */
#ifndef CONTEND_MPMC_QUEUE_RING_FUTEX_H
#define CONTEND_MPMC_QUEUE_RING_FUTEX_H

#include <contend/mpmc_queue.h>
#include <contend/queue_wait.h>
#include <contend/sequenced_ring.h>

struct ct_mpmc_queue_ring_futex {
    struct ct_sequenced_ring ring;
    size_t item_bytes;
    struct ct_eventcount not_empty, not_full,
        idle; /* beside what is only read: so are they, mostly */
    CT_APART struct ct_u64 done;
};

static inline int ct_mpmc_queue_ring_futex_init(struct ct_mpmc_queue_ring_futex *q,
                                                uint32_t capacity, size_t item_bytes)
{
    q->item_bytes = item_bytes;
    ct_eventcount_init(&q->not_empty);
    ct_eventcount_init(&q->not_full);
    ct_eventcount_init(&q->idle);
    ct_u64_store_relaxed(&q->done, 0);
    return ct_sequenced_ring_init(&q->ring, capacity, item_bytes);
}

static inline void ct_mpmc_queue_ring_futex_destroy(struct ct_mpmc_queue_ring_futex *q)
{
    ct_sequenced_ring_destroy(&q->ring);
}

static inline size_t ct_mpmc_queue_ring_futex_size(const struct ct_mpmc_queue_ring_futex *q)
{
    return ct_sequenced_ring_size(&q->ring);
}

static inline uint32_t ct_mpmc_queue_ring_futex_capacity(const struct ct_mpmc_queue_ring_futex *q)
{
    return q->ring.capacity;
}

CT_QUEUE_FAST int ct_mpmc_queue_ring_futex_try_push(struct ct_mpmc_queue_ring_futex *q,
                                                    const void *item, size_t item_bytes)
{
    int error = ct_sequenced_ring_try_push(&q->ring, item, item_bytes);
    if (error == 0)
        ct_eventcount_notify(&q->not_empty, 1);
    return error;
}

CT_QUEUE_FAST int ct_mpmc_queue_ring_futex_try_pop(struct ct_mpmc_queue_ring_futex *q, void *item,
                                                   size_t item_bytes)
{
    int error = ct_sequenced_ring_try_pop(&q->ring, item, item_bytes);
    if (error == 0)
        ct_eventcount_notify(&q->not_full, 1);
    return error;
}

CT_QUEUE_FAST size_t ct_mpmc_queue_ring_futex_push_many(struct ct_mpmc_queue_ring_futex *q,
                                                        const void *items, size_t count,
                                                        size_t item_bytes)
{
    size_t n = ct_sequenced_ring_push_many(&q->ring, items, count, item_bytes);
    if (n != 0)
        ct_eventcount_notify(&q->not_empty, n < CT_WAKE_ALL ? (int)n : CT_WAKE_ALL);
    return n;
}

CT_QUEUE_FAST size_t ct_mpmc_queue_ring_futex_pop_many(struct ct_mpmc_queue_ring_futex *q,
                                                       void *items, size_t count, size_t item_bytes)
{
    size_t n = ct_sequenced_ring_pop_many(&q->ring, items, count, item_bytes);
    if (n != 0)
        ct_eventcount_notify(&q->not_full, n < CT_WAKE_ALL ? (int)n : CT_WAKE_ALL);
    return n;
}

static inline bool ct_mpmc_queue_ring_futex_can_pop(const void *queue)
{
    const struct ct_mpmc_queue_ring_futex *q = (const struct ct_mpmc_queue_ring_futex *)queue;
    return ct_sequenced_ring_can_pop(&q->ring, q->item_bytes);
}

static inline bool ct_mpmc_queue_ring_futex_can_push(const void *queue)
{
    const struct ct_mpmc_queue_ring_futex *q = (const struct ct_mpmc_queue_ring_futex *)queue;
    return ct_sequenced_ring_can_push(&q->ring, q->item_bytes);
}

/* done never passes tail: if the tail read after it is no further, that was so when it was read. */
static inline bool ct_mpmc_queue_ring_futex_can_join(const void *queue)
{
    const struct ct_mpmc_queue_ring_futex *q = (const struct ct_mpmc_queue_ring_futex *)queue;
    uint64_t done = ct_u64_load_acquire(&q->done); /* pairs with task_done */
    return done == ct_sequenced_pushed(&q->ring);
}

__attribute__((noinline)) static int
ct_mpmc_queue_ring_futex_wait_item(struct ct_mpmc_queue_ring_futex *q, uint64_t deadline_ns)
{
    if (ct_queue_look_on(q, ct_mpmc_queue_ring_futex_can_pop, &q->ring.push_cpu))
        return 0;
    int error = ct_queue_sleep(q, ct_mpmc_queue_ring_futex_can_pop, &q->not_empty, deadline_ns);
    if (error == 0 && ct_sequenced_ring_is_closed(&q->ring))
        ct_eventcount_notify(&q->not_empty, CT_WAKE_ALL);
    else if (error == 0 && ct_sequenced_ring_size(&q->ring) > 1)
        ct_eventcount_notify(&q->not_empty, 1);
    return error;
}

__attribute__((noinline)) static int
ct_mpmc_queue_ring_futex_wait_room(struct ct_mpmc_queue_ring_futex *q, uint64_t deadline_ns)
{
    if (ct_queue_look_on(q, ct_mpmc_queue_ring_futex_can_push, &q->ring.pop_cpu))
        return 0;
    int error = ct_queue_sleep(q, ct_mpmc_queue_ring_futex_can_push, &q->not_full, deadline_ns);
    if (error == 0 && ct_sequenced_ring_size(&q->ring) + 1 < q->ring.capacity)
        ct_eventcount_notify(&q->not_full, 1);
    return error;
}

CT_QUEUE_FAST int ct_mpmc_queue_ring_futex_push(struct ct_mpmc_queue_ring_futex *q,
                                                const void *item, size_t item_bytes,
                                                uint64_t deadline_ns)
{
    int error;
    while ((error = ct_mpmc_queue_ring_futex_try_push(q, item, item_bytes)) == EAGAIN) {
        error = ct_mpmc_queue_ring_futex_wait_room(q, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

CT_QUEUE_FAST int ct_mpmc_queue_ring_futex_pop(struct ct_mpmc_queue_ring_futex *q, void *item,
                                               size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_mpmc_queue_ring_futex_try_pop(q, item, item_bytes)) == EAGAIN) {
        error = ct_mpmc_queue_ring_futex_wait_item(q, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

static inline void ct_mpmc_queue_ring_futex_close(struct ct_mpmc_queue_ring_futex *q)
{
    ct_sequenced_ring_close(&q->ring);
    ct_eventcount_notify(&q->not_empty, CT_WAKE_ALL);
    ct_eventcount_notify(&q->not_full, CT_WAKE_ALL);
}

static inline void ct_mpmc_queue_ring_futex_task_done(struct ct_mpmc_queue_ring_futex *q)
{
    /* acquire: the tail that this looks at holds the items of those who were done before */
    if (ct_u64_add_acqrel(&q->done, 1) + 1 == ct_sequenced_pushed(&q->ring))
        ct_eventcount_notify(&q->idle, CT_WAKE_ALL);
}

static inline int ct_mpmc_queue_ring_futex_join(struct ct_mpmc_queue_ring_futex *q,
                                                uint64_t deadline_ns)
{
    if (ct_mpmc_queue_ring_futex_can_join(q))
        return 0;
    return ct_queue_sleep(q, ct_mpmc_queue_ring_futex_can_join, &q->idle, deadline_ns);
}

CT_QUEUE_ADAPT(mpmc_queue_ring_futex)
CT_QUEUE_ADAPT_BLOCKING(mpmc_queue_ring_futex)
CT_QUEUE_ADAPT_MANY(mpmc_queue_ring_futex)
CT_QUEUE_ADAPT_CLOSE(mpmc_queue_ring_futex)
CT_QUEUE_ADAPT_JOIN(mpmc_queue_ring_futex)

static const struct ct_queue_ops ct_mpmc_queue_ring_futex_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(ring_futex, "ring-futex"),
             .summary = "ring of cells with turn numbers; looks on, then sleeps",
             .source = "Vyukov 2010; Reed & Kanodia 1979", .traits = CT_PARKS | CT_TIMED | CT_LATE},
    CT_QUEUE_REQUIRED(mpmc_queue_ring_futex),
    CT_QUEUE_BLOCKING(mpmc_queue_ring_futex),
    CT_QUEUE_MANY(mpmc_queue_ring_futex),
    CT_QUEUE_CLOSE(mpmc_queue_ring_futex),
    CT_QUEUE_JOIN(mpmc_queue_ring_futex),
};

#endif
