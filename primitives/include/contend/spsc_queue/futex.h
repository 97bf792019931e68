// SPDX-License-Identifier: MIT
/* futex - the ring of index, whose sides sleep; whoever may be slept for pays a load and a store.
 *
 * Idea      Who finds nothing to do says that it parks, looks again and sleeps; the other side, having
 *           moved on, looks for that word and wakes. Between move and look there would have to be a full
 *           fence: instead the one who parks, who has time, makes every thread pass one (membarrier).
 *           The word is cleared with the wake-up, so that a side that sleeps costs one system call and
 *           not one for each item until it runs. Before it parks, a side whose other ran last on another
 *           CPU looks on for a while (poll.h): from there an item comes in 100 ns, and waking takes 50 us.
 * Source    ring: Lee, Bu & Chandranmenon, IPDPS 2010 (see index); asymmetric fence: Dice, Huang & Yang,
 *           "Asymmetric Dekker Synchronization", 2001.
 * State     tail, limit, head, ready, done, closed: as in index
 *           producer_cpu, consumer_cpu          of the last push and pop: hints
 *           producer_parked, consumer_parked    1: sleeps, or is about to
 *           idle                                where joiners sleep
 * Order     as in index. A move of the place / a look at the other's parked against the store of parked
 *           / a look at the place: ordered by ct_compiler_barrier there and ct_membarrier here, so that
 *           one of the two sees the other's. Where membarrier is missing, sleepers look again now and then.
 * Lifetime  push, pop and close look for sleepers after their last store: CT_LATE.
 * Choose    records of more than a word, and it may wait; else slots-futex.
 */
#ifndef CONTEND_SPSC_QUEUE_FUTEX_H
#define CONTEND_SPSC_QUEUE_FUTEX_H

#include <contend/alloc.h>
#include <contend/deadline.h>
#include <contend/eventcount.h>
#include <contend/poll.h>
#include <contend/ring.h>
#include <contend/spsc_queue.h>

#include <string.h>

struct ct_spsc_queue_futex {
    CT_APART struct ct_u64 tail;
    uint64_t limit;
    struct ct_u32 producer_cpu;
    CT_APART struct ct_u64 head;
    uint64_t ready;
    struct ct_u64 done;
    struct ct_u32 consumer_cpu;
    CT_APART struct ct_u32 closed; /* from here on, both read and hardly anybody writes */
    struct ct_u32 producer_parked, consumer_parked;
    struct ct_eventcount idle;
    uint32_t capacity;
    char *items;
};

static inline int ct_spsc_queue_futex_init(struct ct_spsc_queue_futex *q, uint32_t capacity,
                                           size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    q->items =
        item_bytes > SIZE_MAX / capacity ? NULL : ct_alloc(CT_APART_BYTES, capacity * item_bytes);
    if (!q->items)
        return ENOMEM;
    ct_u64_store_relaxed(&q->tail, 0);
    ct_u64_store_relaxed(&q->head, 0);
    ct_u64_store_relaxed(&q->done, 0);
    ct_u32_store_relaxed(&q->closed, 0);
    ct_u32_store_relaxed(&q->producer_cpu, CT_CPU_UNKNOWN);
    ct_u32_store_relaxed(&q->consumer_cpu, CT_CPU_UNKNOWN);
    ct_u32_store_relaxed(&q->producer_parked, 0);
    ct_u32_store_relaxed(&q->consumer_parked, 0);
    ct_eventcount_init(&q->idle);
    q->limit = CT_RING_LAP;
    q->ready = 0;
    q->capacity = capacity;
    return 0;
}

static inline void ct_spsc_queue_futex_destroy(struct ct_spsc_queue_futex *q)
{
    ct_free(q->items);
}

__attribute__((noinline)) static void ct_spsc_queue_futex_wake(struct ct_u32 *parked)
{
    ct_u32_store_relaxed(parked, 0);
    ct_wake(parked, 1);
}

/* After a move: wake the other side, should it sleep. */
static inline void ct_spsc_queue_futex_notify(struct ct_u32 *parked)
{
    ct_compiler_barrier(); /* pairs with ct_membarrier in park */
    if (__builtin_expect(ct_u32_load_relaxed(parked) != 0, 0))
        ct_spsc_queue_futex_wake(parked);
}

/* Is there nothing new for who waits for place to leave seen? */
static inline bool ct_spsc_queue_futex_stuck(const struct ct_spsc_queue_futex *q,
                                             const struct ct_u64 *place, uint64_t seen)
{
    return ct_u64_load_acquire(place) == seen && !ct_u32_load_acquire(&q->closed);
}

/* Looks on if the other side last ran on another CPU, then sleeps, until place is no longer seen or
   the queue is closed, or ETIMEDOUT. */
__attribute__((noinline)) static int
ct_spsc_queue_futex_park(struct ct_spsc_queue_futex *q, const struct ct_u64 *place, uint64_t seen,
                         const struct ct_u32 *other_cpu, struct ct_u32 *parked,
                         uint64_t deadline_ns)
{
    struct ct_poll poll = CT_POLL_START;
    bool fenced = ct_membarrier_usable();
    int error = 0;
    if (ct_u32_load_relaxed(other_cpu) != ct_cpu_id() && !ct_has_passed(deadline_ns)) {
        do {
            if (!ct_spsc_queue_futex_stuck(q, place, seen))
                return 0;
        } while (ct_poll_more(&poll));
    }
    do {
        ct_u32_store_seq_cst(parked, 1);
        if (fenced)
            ct_membarrier(); /* pairs with the compiler barrier in notify */
        if (!ct_spsc_queue_futex_stuck(q, place, seen))
            break;
        uint64_t nap_ns = fenced ? CT_FOREVER : ct_now_ns() + CT_EVENTCOUNT_NAP_NS;
        if (deadline_ns <= nap_ns)
            error = ct_wait(parked, 1, deadline_ns);
        else
            ct_wait(parked, 1, nap_ns); /* the other side may not have seen it: only nap */
    } while (!error);
    ct_u32_store_relaxed(parked, 0);
    return ct_spsc_queue_futex_stuck(q, place, seen) ? error : 0;
}

/* cpu first: it lies beside place, and who waits takes that line away as soon as place has moved. */
static inline void ct_spsc_queue_futex_move(struct ct_u64 *place, uint64_t to, struct ct_u32 *cpu,
                                            struct ct_u32 *other_parked)
{
    ct_u32_store_relaxed(cpu, ct_cpu_id());
    ct_u64_store_release(place, to);
    ct_spsc_queue_futex_notify(other_parked);
}

static inline void ct_spsc_queue_futex_push_to(struct ct_spsc_queue_futex *q, uint64_t tail)
{
    ct_spsc_queue_futex_move(&q->tail, tail, &q->producer_cpu, &q->consumer_parked);
}

static inline void ct_spsc_queue_futex_pop_to(struct ct_spsc_queue_futex *q, uint64_t head)
{
    ct_spsc_queue_futex_move(&q->head, head, &q->consumer_cpu, &q->producer_parked);
}

/* 0: there is room. Reads the consumer's place. */
static inline int ct_spsc_queue_futex_make_room(struct ct_spsc_queue_futex *q, uint64_t tail)
{
    if (ct_u32_load_relaxed(&q->closed))
        return EPIPE;
    q->limit = ct_u64_load_acquire(&q->head) + CT_RING_LAP; /* pairs with pop */
    return tail == q->limit ? EAGAIN : 0;
}

CT_QUEUE_FAST int ct_spsc_queue_futex_try_push(struct ct_spsc_queue_futex *q, const void *item,
                                               size_t item_bytes)
{
    uint64_t tail = ct_u64_load_relaxed(&q->tail);
    if (__builtin_expect(tail == q->limit, 0)) {
        int error = ct_spsc_queue_futex_make_room(q, tail);
        if (error)
            return error;
    }
    memcpy(q->items + ct_ring_slot(tail) * item_bytes, item, item_bytes);
    ct_spsc_queue_futex_push_to(q, ct_ring_next(tail, q->capacity));
    return 0;
}

/* 0: there is an item. Reads the producer's place. */
static inline int ct_spsc_queue_futex_find_item(struct ct_spsc_queue_futex *q, uint64_t head)
{
    q->ready = ct_u64_load_acquire(&q->tail); /* pairs with push */
    if (head != q->ready)
        return 0;
    if (!ct_u32_load_acquire(&q->closed)) /* pairs with close */
        return EAGAIN;
    q->ready = ct_u64_load_acquire(&q->tail); /* its last value: close came after */
    return head == q->ready ? EPIPE : 0;
}

CT_QUEUE_FAST int ct_spsc_queue_futex_try_pop(struct ct_spsc_queue_futex *q, void *item,
                                              size_t item_bytes)
{
    uint64_t head = ct_u64_load_relaxed(&q->head);
    if (__builtin_expect(head == q->ready, 0)) {
        int error = ct_spsc_queue_futex_find_item(q, head);
        if (error)
            return error;
    }
    memcpy(item, q->items + ct_ring_slot(head) * item_bytes, item_bytes);
    ct_spsc_queue_futex_pop_to(q, ct_ring_next(head, q->capacity));
    return 0;
}

CT_QUEUE_FAST int ct_spsc_queue_futex_push(struct ct_spsc_queue_futex *q, const void *item,
                                           size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_spsc_queue_futex_try_push(q, item, item_bytes)) == EAGAIN) {
        uint64_t full = ct_u64_load_relaxed(&q->tail) - CT_RING_LAP;
        error = ct_spsc_queue_futex_park(q, &q->head, full, &q->consumer_cpu, &q->producer_parked,
                                         deadline_ns);
        if (error)
            return error;
    }
    return error;
}

CT_QUEUE_FAST int ct_spsc_queue_futex_pop(struct ct_spsc_queue_futex *q, void *item,
                                          size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_spsc_queue_futex_try_pop(q, item, item_bytes)) == EAGAIN) {
        uint64_t empty = ct_u64_load_relaxed(&q->head);
        error = ct_spsc_queue_futex_park(q, &q->tail, empty, &q->producer_cpu, &q->consumer_parked,
                                         deadline_ns);
        if (error)
            return error;
    }
    return error;
}

/* Copies up to the end of the ring, and the rest to its start. */
CT_QUEUE_FAST size_t ct_spsc_queue_futex_push_many(struct ct_spsc_queue_futex *q, const void *items,
                                                   size_t count, size_t item_bytes)
{
    uint64_t tail = ct_u64_load_relaxed(&q->tail);
    size_t room = ct_ring_distance(tail, q->limit, q->capacity);
    if (room < count && ct_spsc_queue_futex_make_room(q, tail) != EPIPE)
        room = ct_ring_distance(tail, q->limit, q->capacity);
    size_t n = count < room ? count : room, left = q->capacity - ct_ring_slot(tail);
    size_t first = n < left ? n : left;
    memcpy(q->items + ct_ring_slot(tail) * item_bytes, items, first * item_bytes);
    memcpy(q->items, (const char *)items + first * item_bytes, (n - first) * item_bytes);
    ct_spsc_queue_futex_push_to(q, ct_ring_advance(tail, (uint32_t)n, q->capacity));
    return n;
}

CT_QUEUE_FAST size_t ct_spsc_queue_futex_pop_many(struct ct_spsc_queue_futex *q, void *items,
                                                  size_t count, size_t item_bytes)
{
    uint64_t head = ct_u64_load_relaxed(&q->head);
    size_t there = ct_ring_distance(head, q->ready, q->capacity);
    if (there < count) {
        q->ready = ct_u64_load_acquire(&q->tail); /* pairs with push */
        there = ct_ring_distance(head, q->ready, q->capacity);
    }
    size_t n = count < there ? count : there, left = q->capacity - ct_ring_slot(head);
    size_t first = n < left ? n : left;
    memcpy(items, q->items + ct_ring_slot(head) * item_bytes, first * item_bytes);
    memcpy((char *)items + first * item_bytes, q->items, (n - first) * item_bytes);
    ct_spsc_queue_futex_pop_to(q, ct_ring_advance(head, (uint32_t)n, q->capacity));
    return n;
}

static inline void ct_spsc_queue_futex_close(struct ct_spsc_queue_futex *q)
{
    q->limit = ct_u64_load_relaxed(&q->tail);
    ct_u32_store_release(&q->closed, 1); /* pairs with pop */
    ct_spsc_queue_futex_notify(&q->consumer_parked);
}

static inline size_t ct_spsc_queue_futex_size(const struct ct_spsc_queue_futex *q)
{
    uint64_t head, tail;
    do {
        head = ct_u64_load_acquire(&q->head);
        tail = ct_u64_load_acquire(&q->tail);
    } while (ct_u64_load_relaxed(&q->head) != head); /* both of one moment */
    return ct_ring_distance(head, tail, q->capacity);
}

static inline uint32_t ct_spsc_queue_futex_capacity(const struct ct_spsc_queue_futex *q)
{
    return q->capacity;
}

/* Joiners are woken when, by what the consumer saw last, there is nothing left to work off. */
static inline void ct_spsc_queue_futex_task_done(struct ct_spsc_queue_futex *q)
{
    uint64_t done = ct_ring_next(ct_u64_load_relaxed(&q->done), q->capacity);
    ct_u64_store_release(&q->done, done);
    if (done == q->ready)
        ct_eventcount_notify(&q->idle, CT_WAKE_ALL);
}

/* done never passes tail, so found equal they were so when tail was read. */
static inline bool ct_spsc_queue_futex_idle(const struct ct_spsc_queue_futex *q)
{
    uint64_t done = ct_u64_load_acquire(&q->done); /* pairs with task_done */
    return done == ct_u64_load_acquire(&q->tail);
}

static inline int ct_spsc_queue_futex_join(struct ct_spsc_queue_futex *q, uint64_t deadline_ns)
{
    int error = 0;
    while (!ct_spsc_queue_futex_idle(q)) {
        if (error)
            return error;
        uint32_t key = ct_eventcount_prepare(&q->idle);
        if (ct_spsc_queue_futex_idle(q))
            ct_eventcount_cancel(&q->idle);
        else
            error = ct_eventcount_wait(&q->idle, key, deadline_ns);
    }
    return 0;
}

CT_QUEUE_ADAPT(spsc_queue_futex)
CT_QUEUE_ADAPT_BLOCKING(spsc_queue_futex)
CT_QUEUE_ADAPT_MANY(spsc_queue_futex)
CT_QUEUE_ADAPT_CLOSE(spsc_queue_futex)
CT_QUEUE_ADAPT_JOIN(spsc_queue_futex)

static const struct ct_queue_ops ct_spsc_queue_futex_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(futex, "futex"),
             .summary = "ring as index; sides look on or sleep, fence-free",
             .source = "Lee et al. 2010; Dice, Huang & Yang 2001",
             .traits = CT_FIFO | CT_PARKS | CT_TIMED | CT_LATE},
    CT_QUEUE_REQUIRED(spsc_queue_futex),
    CT_QUEUE_BLOCKING(spsc_queue_futex),
    CT_QUEUE_MANY(spsc_queue_futex),
    CT_QUEUE_CLOSE(spsc_queue_futex),
    CT_QUEUE_JOIN(spsc_queue_futex),
};

#endif
