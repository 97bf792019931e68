// SPDX-License-Identifier: MIT
/* ring-list - sequenced rings in a list: the last takes items, and is closed and followed by one of twice
 * the size when it is full.
 *
 * Idea      A queue that consumers keep up with stays in one ring and finds no memory. When the last ring
 *           is full it is closed, so that nothing follows its items in it, and another one appended;
 *           consumers go on to that once the closed one is empty. As sizes double, all rings left behind
 *           together are smaller than the last: they can stay until destroy, so that nobody ever reads
 *           memory that was freed, and there are no hazards to protect.
 * Source    list of closable rings: Morrison & Afek, "Fast concurrent queues for x86 processors",
 *           PPoPP 2013; left in place as Chase & Lev's growing deque, SPAA 2005; the ring: Vyukov 2010.
 * State     head, tail  the rings to pop from and to push to, or ones before them
 *           next        of a ring: NULL, the next ring, or the queue itself: closed. Changes once.
 *           before      of a ring: items pushed to all earlier rings, for size and join
 *           not_empty, idle  where consumers and joiners sleep
 *           done        items whose task is done
 *           Invariant: a ring that has a successor or is the last of a closed queue is closed; only
 *           rings whose end was reached are behind head.
 *           Sleepers wake each other as in mpmc_queue/ring-futex.
 * Order     sequenced_ring.h's and eventcount.h's; next's release pairs with the acquires of it, tail and
 *           head.
 * Lifetime  CT_LATE: a push looks for sleepers after its item was there.
 * Limits    A push that meets a cell whose pop has begun and not ended waits for it, rather than grow a
 *           queue that is not full.
 * Choose    the default.
 */
#ifndef CONTEND_UNBOUNDED_QUEUE_RING_LIST_H
#define CONTEND_UNBOUNDED_QUEUE_RING_LIST_H

#include <contend/queue_wait.h>
#include <contend/sequenced_ring.h>
#include <contend/unbounded_queue.h>

struct ct_unbounded_queue_ring_list_ring {
    struct ct_sequenced_ring ring;
    uint64_t before;
    struct ct_ptr next;
};

struct ct_unbounded_queue_ring_list {
    struct ct_ptr head, tail; /* change when a ring is full: beside what is only read */
    struct ct_unbounded_queue_ring_list_ring *first;
    size_t item_bytes;
    struct ct_eventcount not_empty, idle;
    CT_APART struct ct_u64 done;
};

static inline struct ct_unbounded_queue_ring_list_ring *
ct_unbounded_queue_ring_list_load(const struct ct_ptr *p)
{
    return (struct ct_unbounded_queue_ring_list_ring *)ct_ptr_load_acquire(p);
}

/* The ring after this one, or NULL. */
static inline struct ct_unbounded_queue_ring_list_ring *
ct_unbounded_queue_ring_list_next(const struct ct_unbounded_queue_ring_list *q,
                                  const struct ct_unbounded_queue_ring_list_ring *r)
{
    void *next = ct_ptr_load_acquire(&r->next);
    return next == q ? NULL : (struct ct_unbounded_queue_ring_list_ring *)next;
}

static inline int ct_unbounded_queue_ring_list_make(struct ct_unbounded_queue_ring_list_ring **ring,
                                                    uint32_t capacity, size_t item_bytes,
                                                    uint64_t before)
{
    struct ct_unbounded_queue_ring_list_ring *r =
        (struct ct_unbounded_queue_ring_list_ring *)ct_alloc(CT_APART_BYTES, sizeof *r);
    if (!r)
        return ENOMEM;
    int error = ct_sequenced_ring_init(&r->ring, capacity, item_bytes);
    if (error != 0) {
        ct_free(r);
        return error;
    }
    r->before = before;
    ct_ptr_store_relaxed(&r->next, NULL);
    *ring = r;
    return 0;
}

static inline void ct_unbounded_queue_ring_list_unmake(struct ct_unbounded_queue_ring_list_ring *r)
{
    ct_sequenced_ring_destroy(&r->ring);
    ct_free(r);
}

static inline int ct_unbounded_queue_ring_list_init(struct ct_unbounded_queue_ring_list *q,
                                                    uint32_t capacity, size_t item_bytes)
{
    int error = ct_unbounded_queue_ring_list_make(&q->first, capacity, item_bytes, 0);
    if (error != 0)
        return error;
    q->item_bytes = item_bytes;
    ct_ptr_store_relaxed(&q->head, q->first);
    ct_ptr_store_relaxed(&q->tail, q->first);
    ct_eventcount_init(&q->not_empty);
    ct_eventcount_init(&q->idle);
    ct_u64_store_relaxed(&q->done, 0);
    return 0;
}

static inline void ct_unbounded_queue_ring_list_destroy(struct ct_unbounded_queue_ring_list *q)
{
    struct ct_unbounded_queue_ring_list_ring *r = q->first;
    while (r) {
        struct ct_unbounded_queue_ring_list_ring *next = ct_unbounded_queue_ring_list_next(q, r);
        ct_unbounded_queue_ring_list_unmake(r);
        r = next;
    }
}

/* After r was full or closed: 0 once there is another ring to try, or a moment passed for a pop under
   way; EPIPE, ENOMEM. */
__attribute__((noinline)) static int
ct_unbounded_queue_ring_list_grow(struct ct_unbounded_queue_ring_list *q,
                                  struct ct_unbounded_queue_ring_list_ring *r, int error)
{
    uint32_t capacity = r->ring.capacity;
    if (error == EAGAIN && ct_sequenced_ring_size(&r->ring) < capacity) {
        ct_yield();
        ct_pause();
        return 0;
    }
    ct_sequenced_ring_close(&r->ring);
    void *next = ct_ptr_load_acquire(&r->next);
    if (!next) {
        struct ct_unbounded_queue_ring_list_ring *made;
        error = ct_unbounded_queue_ring_list_make(
            &made, capacity <= UINT32_MAX / 2 ? 2 * capacity : capacity, q->item_bytes,
            r->before + ct_sequenced_pushed(&r->ring));
        if (error != 0)
            return error;
        if (ct_ptr_cas_acqrel(&r->next, &next, made)) {
            next = made;
        } else {
            ct_unbounded_queue_ring_list_unmake(made);
            next = ct_ptr_load_acquire(&r->next);
        }
    }
    if (next == q)
        return EPIPE;
    void *seen = r;
    ct_ptr_cas_release(&q->tail, &seen, next); /* or somebody else did */
    return 0;
}

CT_QUEUE_FAST int ct_unbounded_queue_ring_list_try_push(struct ct_unbounded_queue_ring_list *q,
                                                        const void *item, size_t item_bytes)
{
    for (;;) {
        struct ct_unbounded_queue_ring_list_ring *r = ct_unbounded_queue_ring_list_load(&q->tail);
        int error = ct_sequenced_ring_try_push(&r->ring, item, item_bytes);
        if (error == 0) {
            ct_eventcount_notify(&q->not_empty, 1);
            return 0;
        }
        error = ct_unbounded_queue_ring_list_grow(q, r, error);
        if (error != 0)
            return error;
    }
}

CT_QUEUE_FAST int ct_unbounded_queue_ring_list_push(struct ct_unbounded_queue_ring_list *q,
                                                    const void *item, size_t item_bytes,
                                                    uint64_t deadline_ns)
{
    (void)deadline_ns;
    return ct_unbounded_queue_ring_list_try_push(q, item, item_bytes);
}

/* After r's end was reached: 0 once there is another ring to try, EAGAIN, EPIPE. */
static inline int ct_unbounded_queue_ring_list_advance(struct ct_unbounded_queue_ring_list *q,
                                                       struct ct_unbounded_queue_ring_list_ring *r)
{
    void *next = ct_ptr_load_acquire(&r->next);
    if (!next)
        return EAGAIN;
    if (next == q)
        return EPIPE;
    void *seen = r;
    ct_ptr_cas_release(&q->head, &seen, next); /* or somebody else did */
    return 0;
}

CT_QUEUE_FAST int ct_unbounded_queue_ring_list_try_pop(struct ct_unbounded_queue_ring_list *q,
                                                       void *item, size_t item_bytes)
{
    for (;;) {
        struct ct_unbounded_queue_ring_list_ring *r = ct_unbounded_queue_ring_list_load(&q->head);
        int error = ct_sequenced_ring_try_pop(&r->ring, item, item_bytes);
        if (error == EPIPE)
            error = ct_unbounded_queue_ring_list_advance(q, r);
        else
            return error;
        if (error != 0)
            return error;
    }
}

/* Items pushed, or being pushed, so far. */
static inline uint64_t
ct_unbounded_queue_ring_list_pushed(const struct ct_unbounded_queue_ring_list *q)
{
    const struct ct_unbounded_queue_ring_list_ring *r, *next;
    r = ct_unbounded_queue_ring_list_load(&q->tail);
    while ((next = ct_unbounded_queue_ring_list_next(q, r)) != NULL)
        r = next;
    return r->before + ct_sequenced_pushed(&r->ring);
}

static inline uint64_t
ct_unbounded_queue_ring_list_popped(const struct ct_unbounded_queue_ring_list *q)
{
    const struct ct_unbounded_queue_ring_list_ring *r = ct_unbounded_queue_ring_list_load(&q->head);
    return r->before + ct_sequenced_popped(&r->ring);
}

/* Items at some moment: popped did not change between two looks, and pushed was read between. */
static inline size_t ct_unbounded_queue_ring_list_size(const struct ct_unbounded_queue_ring_list *q)
{
    uint64_t popped, pushed;
    do {
        popped = ct_unbounded_queue_ring_list_popped(q);
        pushed = ct_unbounded_queue_ring_list_pushed(q);
    } while (ct_unbounded_queue_ring_list_popped(q) != popped);
    return pushed - popped;
}

static inline uint32_t
ct_unbounded_queue_ring_list_capacity(const struct ct_unbounded_queue_ring_list *q)
{
    (void)q;
    return UINT32_MAX;
}

static inline bool ct_unbounded_queue_ring_list_can_pop(const void *queue)
{
    const struct ct_unbounded_queue_ring_list *q =
        (const struct ct_unbounded_queue_ring_list *)queue;
    const struct ct_unbounded_queue_ring_list_ring *r = ct_unbounded_queue_ring_list_load(&q->head);
    return ct_sequenced_ring_has_item(&r->ring, q->item_bytes) ||
           (ct_ptr_load_relaxed(&r->next) && ct_sequenced_ring_can_pop(&r->ring, q->item_bytes));
}

static inline bool ct_unbounded_queue_ring_list_is_closed(struct ct_unbounded_queue_ring_list *q)
{
    return ct_ptr_load_relaxed(&ct_unbounded_queue_ring_list_load(&q->tail)->next) == q;
}

__attribute__((noinline)) static int
ct_unbounded_queue_ring_list_wait_item(struct ct_unbounded_queue_ring_list *q, uint64_t deadline_ns)
{
    const struct ct_unbounded_queue_ring_list_ring *r = ct_unbounded_queue_ring_list_load(&q->tail);
    if (ct_queue_look_on(q, ct_unbounded_queue_ring_list_can_pop, &r->ring.push_cpu))
        return 0;
    int error = ct_queue_sleep(q, ct_unbounded_queue_ring_list_can_pop, &q->not_empty, deadline_ns);
    if (error == 0 && ct_unbounded_queue_ring_list_is_closed(q))
        ct_eventcount_notify(&q->not_empty, CT_WAKE_ALL);
    else if (error == 0 && ct_unbounded_queue_ring_list_size(q) > 1)
        ct_eventcount_notify(&q->not_empty, 1);
    return error;
}

CT_QUEUE_FAST int ct_unbounded_queue_ring_list_pop(struct ct_unbounded_queue_ring_list *q,
                                                   void *item, size_t item_bytes,
                                                   uint64_t deadline_ns)
{
    int error;
    while ((error = ct_unbounded_queue_ring_list_try_pop(q, item, item_bytes)) == EAGAIN) {
        error = ct_unbounded_queue_ring_list_wait_item(q, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

CT_QUEUE_FAST size_t ct_unbounded_queue_ring_list_push_many(struct ct_unbounded_queue_ring_list *q,
                                                            const void *items, size_t count,
                                                            size_t item_bytes)
{
    const unsigned char *from = (const unsigned char *)items;
    size_t n = 0;
    while (n < count) {
        struct ct_unbounded_queue_ring_list_ring *r = ct_unbounded_queue_ring_list_load(&q->tail);
        size_t now =
            ct_sequenced_ring_push_many(&r->ring, from + n * item_bytes, count - n, item_bytes);
        n += now;
        if (now == 0) { /* full or closed: one push finds the next ring */
            if (ct_unbounded_queue_ring_list_try_push(q, from + n * item_bytes, item_bytes) != 0)
                break;
            n++;
        }
    }
    if (n != 0)
        ct_eventcount_notify(&q->not_empty, n < CT_WAKE_ALL ? (int)n : CT_WAKE_ALL);
    return n;
}

CT_QUEUE_FAST size_t ct_unbounded_queue_ring_list_pop_many(struct ct_unbounded_queue_ring_list *q,
                                                           void *items, size_t count,
                                                           size_t item_bytes)
{
    unsigned char *to = (unsigned char *)items;
    size_t n = 0;
    while (n < count) {
        struct ct_unbounded_queue_ring_list_ring *r = ct_unbounded_queue_ring_list_load(&q->head);
        size_t now =
            ct_sequenced_ring_pop_many(&r->ring, to + n * item_bytes, count - n, item_bytes);
        n += now;
        if (now == 0) { /* empty, or its end: one pop finds the next ring */
            if (ct_unbounded_queue_ring_list_try_pop(q, to + n * item_bytes, item_bytes) != 0)
                break;
            n++;
        }
    }
    return n;
}

static inline void ct_unbounded_queue_ring_list_close(struct ct_unbounded_queue_ring_list *q)
{
    for (;;) {
        struct ct_unbounded_queue_ring_list_ring *r = ct_unbounded_queue_ring_list_load(&q->tail);
        void *next = NULL, *seen = r;
        if (ct_ptr_cas_acqrel(&r->next, &next, q) || next == q) { /* no ring will follow */
            ct_sequenced_ring_close(&r->ring);
            break;
        }
        next = ct_ptr_load_acquire(&r->next);
        ct_ptr_cas_release(&q->tail, &seen, next);
    }
    ct_eventcount_notify(&q->not_empty, CT_WAKE_ALL);
}

/* done never passes pushed: if pushed, read after it, is the same, it was so when it was read. */
static inline bool ct_unbounded_queue_ring_list_can_join(const void *queue)
{
    const struct ct_unbounded_queue_ring_list *q =
        (const struct ct_unbounded_queue_ring_list *)queue;
    uint64_t done = ct_u64_load_acquire(&q->done); /* pairs with task_done */
    return done == ct_unbounded_queue_ring_list_pushed(q);
}

static inline void ct_unbounded_queue_ring_list_task_done(struct ct_unbounded_queue_ring_list *q)
{
    /* acquire: the pushed that this looks at counts the items of those who were done before */
    if (ct_u64_add_acqrel(&q->done, 1) + 1 == ct_unbounded_queue_ring_list_pushed(q))
        ct_eventcount_notify(&q->idle, CT_WAKE_ALL);
}

static inline int ct_unbounded_queue_ring_list_join(struct ct_unbounded_queue_ring_list *q,
                                                    uint64_t deadline_ns)
{
    if (ct_unbounded_queue_ring_list_can_join(q))
        return 0;
    return ct_queue_sleep(q, ct_unbounded_queue_ring_list_can_join, &q->idle, deadline_ns);
}

CT_QUEUE_ADAPT(unbounded_queue_ring_list)
CT_QUEUE_ADAPT_BLOCKING(unbounded_queue_ring_list)
CT_QUEUE_ADAPT_MANY(unbounded_queue_ring_list)
CT_QUEUE_ADAPT_CLOSE(unbounded_queue_ring_list)
CT_QUEUE_ADAPT_JOIN(unbounded_queue_ring_list)

static const struct ct_queue_ops ct_unbounded_queue_ring_list_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(ring_list, "ring-list"),
             .summary = "list of rings, each twice the one before; looks on, sleeps",
             .source = "Morrison & Afek 2013; Vyukov 2010",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    CT_QUEUE_REQUIRED(unbounded_queue_ring_list),
    CT_QUEUE_BLOCKING(unbounded_queue_ring_list),
    CT_QUEUE_MANY(unbounded_queue_ring_list),
    CT_QUEUE_CLOSE(unbounded_queue_ring_list),
    CT_QUEUE_JOIN(unbounded_queue_ring_list),
};

#endif
