// SPDX-License-Identifier: MIT
/* slots-futex - the ring of slots; who must wait looks on for a while, then sleeps.
 *
 * Idea      As slots, and on each side an eventcount (eventcount.h): a push or a pop pays a load and a
 *           branch for a sleeper that is not there. Who must wait looks on before it sleeps, if the other
 *           side seems to run (queue_wait.h).
 * Source    Giacomoni et al. 2008 (see slots); Reed & Kanodia 1979; asymmetric fence: Dice, Huang & Yang,
 *           "Asymmetric Dekker Synchronization", 2001.
 * State     ring       the items
 *           not_empty, not_full, idle  where the consumer, the producer and joiners sleep
 *           push_cpu, pop_cpu          for ct_queue_look_on
 * Order     slot_ring.h's and eventcount.h's.
 * Lifetime  CT_LATE: a push looks for a sleeper after its item was there.
 * Choose    the default: as fast as slots, and it may wait. For large items futex touches fewer lines.
 */
#ifndef CONTEND_SPSC_QUEUE_SLOTS_FUTEX_H
#define CONTEND_SPSC_QUEUE_SLOTS_FUTEX_H

#include <contend/queue_wait.h>
#include <contend/slot_ring.h>
#include <contend/spsc_queue.h>

struct ct_spsc_queue_slots_futex {
    struct ct_slot_ring ring;
    struct ct_eventcount not_empty, not_full, idle; /* all read and hardly anybody writes */
    struct ct_u32 push_cpu, pop_cpu;
};

static inline int ct_spsc_queue_slots_futex_init(struct ct_spsc_queue_slots_futex *q,
                                                 uint32_t capacity, size_t item_bytes)
{
    ct_eventcount_init(&q->not_empty);
    ct_eventcount_init(&q->not_full);
    ct_eventcount_init(&q->idle);
    ct_u32_store_relaxed(&q->push_cpu, CT_CPU_UNKNOWN);
    ct_u32_store_relaxed(&q->pop_cpu, CT_CPU_UNKNOWN);
    return ct_slot_ring_init(&q->ring, capacity, item_bytes);
}

static inline void ct_spsc_queue_slots_futex_destroy(struct ct_spsc_queue_slots_futex *q)
{
    ct_slot_ring_destroy(&q->ring);
}

static inline size_t ct_spsc_queue_slots_futex_size(const struct ct_spsc_queue_slots_futex *q)
{
    return ct_slot_ring_size(&q->ring);
}

static inline uint32_t ct_spsc_queue_slots_futex_capacity(const struct ct_spsc_queue_slots_futex *q)
{
    return q->ring.capacity;
}

CT_QUEUE_FAST int ct_spsc_queue_slots_futex_try_push(struct ct_spsc_queue_slots_futex *q,
                                                     const void *item, size_t item_bytes)
{
    uint64_t tail = ct_u64_load_relaxed(&q->ring.tail);
    int error = ct_slot_ring_try_push(&q->ring, item, item_bytes);
    if (error == 0) {
        ct_queue_say_cpu(&q->push_cpu, tail);
        ct_eventcount_notify(&q->not_empty, 1);
    }
    return error;
}

CT_QUEUE_FAST int ct_spsc_queue_slots_futex_try_pop(struct ct_spsc_queue_slots_futex *q, void *item,
                                                    size_t item_bytes)
{
    uint64_t head = ct_u64_load_relaxed(&q->ring.head);
    int error = ct_slot_ring_try_pop(&q->ring, item, item_bytes);
    if (error == 0) {
        ct_queue_say_cpu(&q->pop_cpu, head);
        ct_eventcount_notify(&q->not_full, 1);
    }
    return error;
}

CT_QUEUE_FAST size_t ct_spsc_queue_slots_futex_push_many(struct ct_spsc_queue_slots_futex *q,
                                                         const void *items, size_t count,
                                                         size_t item_bytes)
{
    size_t n = ct_slot_ring_push_many(&q->ring, items, count, item_bytes);
    if (n != 0) {
        ct_queue_say_cpu(&q->push_cpu, 0);
        ct_eventcount_notify(&q->not_empty, 1);
    }
    return n;
}

CT_QUEUE_FAST size_t ct_spsc_queue_slots_futex_pop_many(struct ct_spsc_queue_slots_futex *q,
                                                        void *items, size_t count,
                                                        size_t item_bytes)
{
    size_t n = ct_slot_ring_pop_many(&q->ring, items, count, item_bytes);
    if (n != 0) {
        ct_queue_say_cpu(&q->pop_cpu, 0);
        ct_eventcount_notify(&q->not_full, 1);
    }
    return n;
}

static inline bool ct_spsc_queue_slots_futex_can_push(const void *queue)
{
    return ct_slot_ring_can_push(&((const struct ct_spsc_queue_slots_futex *)queue)->ring);
}

static inline bool ct_spsc_queue_slots_futex_can_pop(const void *queue)
{
    return ct_slot_ring_can_pop(&((const struct ct_spsc_queue_slots_futex *)queue)->ring);
}

static inline bool ct_spsc_queue_slots_futex_can_join(const void *queue)
{
    return ct_slot_ring_can_join(&((const struct ct_spsc_queue_slots_futex *)queue)->ring);
}

__attribute__((noinline)) static int
ct_spsc_queue_slots_futex_wait_for(struct ct_spsc_queue_slots_futex *q, ct_queue_can *can,
                                   const struct ct_u32 *other_cpu, struct ct_eventcount *e,
                                   uint64_t deadline_ns)
{
    return ct_queue_look_on(q, can, other_cpu) ? 0 : ct_queue_sleep(q, can, e, deadline_ns);
}

CT_QUEUE_FAST int ct_spsc_queue_slots_futex_push(struct ct_spsc_queue_slots_futex *q,
                                                 const void *item, size_t item_bytes,
                                                 uint64_t deadline_ns)
{
    int error;
    while ((error = ct_spsc_queue_slots_futex_try_push(q, item, item_bytes)) == EAGAIN) {
        error = ct_spsc_queue_slots_futex_wait_for(q, ct_spsc_queue_slots_futex_can_push,
                                                   &q->pop_cpu, &q->not_full, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

CT_QUEUE_FAST int ct_spsc_queue_slots_futex_pop(struct ct_spsc_queue_slots_futex *q, void *item,
                                                size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_spsc_queue_slots_futex_try_pop(q, item, item_bytes)) == EAGAIN) {
        error = ct_spsc_queue_slots_futex_wait_for(q, ct_spsc_queue_slots_futex_can_pop,
                                                   &q->push_cpu, &q->not_empty, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

static inline void ct_spsc_queue_slots_futex_close(struct ct_spsc_queue_slots_futex *q)
{
    ct_slot_ring_close(&q->ring);
    ct_eventcount_notify(&q->not_empty, 1);
    ct_eventcount_notify(&q->not_full, 1);
}

/* done reaches tail in a task_done only: tail moves first. */
static inline void ct_spsc_queue_slots_futex_task_done(struct ct_spsc_queue_slots_futex *q)
{
    ct_slot_ring_task_done(&q->ring);
    if (ct_slot_ring_can_join(&q->ring))
        ct_eventcount_notify(&q->idle, CT_WAKE_ALL);
}

static inline int ct_spsc_queue_slots_futex_join(struct ct_spsc_queue_slots_futex *q,
                                                 uint64_t deadline_ns)
{
    return ct_spsc_queue_slots_futex_can_join(q)
               ? 0
               : ct_queue_sleep(q, ct_spsc_queue_slots_futex_can_join, &q->idle, deadline_ns);
}

CT_QUEUE_ADAPT(spsc_queue_slots_futex)
CT_QUEUE_ADAPT_BLOCKING(spsc_queue_slots_futex)
CT_QUEUE_ADAPT_MANY(spsc_queue_slots_futex)
CT_QUEUE_ADAPT_CLOSE(spsc_queue_slots_futex)
CT_QUEUE_ADAPT_JOIN(spsc_queue_slots_futex)

static const struct ct_queue_ops ct_spsc_queue_slots_futex_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(slots_futex, "slots-futex"),
             .summary = "slots that say if they are full; may sleep",
             .source = "Giacomoni et al. 2008; Reed & Kanodia 1979",
             .traits = CT_FIFO | CT_PARKS | CT_TIMED | CT_LATE},
    CT_QUEUE_REQUIRED(spsc_queue_slots_futex),
    CT_QUEUE_BLOCKING(spsc_queue_slots_futex),
    CT_QUEUE_MANY(spsc_queue_slots_futex),
    CT_QUEUE_CLOSE(spsc_queue_slots_futex),
    CT_QUEUE_JOIN(spsc_queue_slots_futex),
};

#endif
