// SPDX-License-Identifier: MIT
/* two-lock - a linked list with a lock for each end, so that a push and a pop do not disturb each other.
 *
 * Idea      The list always starts with a node that holds no item any more, so that the ends never are
 *           the same item and each needs its own lock only. A pop leaves the old first node linked;
 *           pushes use the nodes so left behind again, and ask for memory only when there are none.
 * Source    Michael & Scott, "Simple, fast, and practical non-blocking and blocking concurrent queue
 *           algorithms", PODC 1996, figure 2; nodes left linked: Vyukov's unbounded SPSC queue.
 * State     oldest .. head .. tail  one list: empty nodes, the node before the first item, the last item
 *           oldest, tail, pushed, closed   change under push_lock, head and popped under pop_lock
 *           not_empty, idle         where consumers and joiners sleep
 *           done                    items whose task is done
 * Order     The release that links a node pairs with the acquire that finds it. head's release pairs
 *           with the acquire before nodes are used again: the item had been copied. pushed changes before
 *           the link, so popped never passes it.
 * Lifetime  CT_LATE: a push looks for sleepers after its item was there.
 * Choose    a list under locks, where one lock for both ends is too narrow; ring-list is faster.
 */
#ifndef CONTEND_UNBOUNDED_QUEUE_TWO_LOCK_H
#define CONTEND_UNBOUNDED_QUEUE_TWO_LOCK_H

#include <contend/alloc.h>
#include <contend/mutex/futex-adaptive.h>
#include <contend/queue_wait.h>
#include <contend/unbounded_queue.h>

#include <string.h>

struct ct_unbounded_queue_two_lock_node {
    struct ct_ptr next;
    unsigned char item[]; /* item_bytes */
};

struct ct_unbounded_queue_two_lock {
    CT_APART struct ct_mutex_futex_adaptive push_lock;
    struct ct_unbounded_queue_two_lock_node *tail, *oldest, *head_seen;
    struct ct_u64 pushed;
    CT_APART struct ct_mutex_futex_adaptive pop_lock;
    struct ct_ptr head;
    struct ct_u64 popped;
    CT_APART struct ct_eventcount not_empty, idle;
    struct ct_u32 push_cpu, closed;
    CT_APART struct ct_u64 done;
};

/* NULL: no memory. */
static inline struct ct_unbounded_queue_two_lock_node *
ct_unbounded_queue_two_lock_node(size_t item_bytes)
{
    if (item_bytes > SIZE_MAX / 4)
        return NULL;
    return (struct ct_unbounded_queue_two_lock_node *)ct_alloc(
        sizeof(void *), sizeof(struct ct_unbounded_queue_two_lock_node) + item_bytes);
}

static inline struct ct_unbounded_queue_two_lock_node *
ct_unbounded_queue_two_lock_next(const struct ct_unbounded_queue_two_lock_node *node)
{
    return (struct ct_unbounded_queue_two_lock_node *)ct_ptr_load_acquire(&node->next);
}

static inline struct ct_unbounded_queue_two_lock_node *
ct_unbounded_queue_two_lock_head(const struct ct_unbounded_queue_two_lock *q)
{
    return (struct ct_unbounded_queue_two_lock_node *)ct_ptr_load_acquire(&q->head);
}

static inline void ct_unbounded_queue_two_lock_destroy(struct ct_unbounded_queue_two_lock *q)
{
    struct ct_unbounded_queue_two_lock_node *node = q->oldest;
    while (node) {
        struct ct_unbounded_queue_two_lock_node *next = ct_unbounded_queue_two_lock_next(node);
        ct_free(node);
        node = next;
    }
}

static inline int ct_unbounded_queue_two_lock_init(struct ct_unbounded_queue_two_lock *q,
                                                   uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    q->oldest = q->tail = NULL;
    for (uint64_t i = 0; i <= capacity; i++) {
        struct ct_unbounded_queue_two_lock_node *node =
            ct_unbounded_queue_two_lock_node(item_bytes);
        if (!node) {
            ct_unbounded_queue_two_lock_destroy(q);
            return ENOMEM;
        }
        ct_ptr_store_relaxed(&node->next, q->oldest);
        q->oldest = node;
        if (!q->tail)
            q->tail = node;
    }
    q->head_seen = q->tail;
    ct_ptr_store_relaxed(&q->head, q->tail);
    ct_mutex_futex_adaptive_init(&q->push_lock);
    ct_mutex_futex_adaptive_init(&q->pop_lock);
    ct_eventcount_init(&q->not_empty);
    ct_eventcount_init(&q->idle);
    ct_u64_store_relaxed(&q->pushed, 0);
    ct_u64_store_relaxed(&q->popped, 0);
    ct_u64_store_relaxed(&q->done, 0);
    ct_u32_store_relaxed(&q->closed, 0);
    ct_u32_store_relaxed(&q->push_cpu, CT_CPU_UNKNOWN);
    return 0;
}

/* Under push_lock: an empty node, or NULL. */
CT_QUEUE_FAST struct ct_unbounded_queue_two_lock_node *
ct_unbounded_queue_two_lock_reuse(struct ct_unbounded_queue_two_lock *q, size_t item_bytes)
{
    struct ct_unbounded_queue_two_lock_node *node = q->oldest;
    if (node == q->head_seen)
        q->head_seen = ct_unbounded_queue_two_lock_head(q); /* pairs with try_pop */
    if (node == q->head_seen)
        return ct_unbounded_queue_two_lock_node(item_bytes);
    q->oldest = (struct ct_unbounded_queue_two_lock_node *)ct_ptr_load_relaxed(&node->next);
    return node;
}

/* Under push_lock: 0, EPIPE, ENOMEM. */
CT_QUEUE_FAST int ct_unbounded_queue_two_lock_put(struct ct_unbounded_queue_two_lock *q,
                                                  const void *item, size_t item_bytes)
{
    if (ct_u32_load_relaxed(&q->closed))
        return EPIPE;
    struct ct_unbounded_queue_two_lock_node *node =
        ct_unbounded_queue_two_lock_reuse(q, item_bytes);
    if (!node)
        return ENOMEM;
    memcpy(node->item, item, item_bytes);
    ct_ptr_store_relaxed(&node->next, NULL);
    uint64_t pushed = ct_u64_load_relaxed(&q->pushed);
    ct_u64_store_relaxed(&q->pushed, pushed + 1);
    ct_queue_say_cpu(&q->push_cpu, pushed);
    ct_ptr_store_release(&q->tail->next, node); /* pairs with try_pop */
    q->tail = node;
    return 0;
}

CT_QUEUE_FAST int ct_unbounded_queue_two_lock_try_push(struct ct_unbounded_queue_two_lock *q,
                                                       const void *item, size_t item_bytes)
{
    ct_mutex_futex_adaptive_lock(&q->push_lock);
    int error = ct_unbounded_queue_two_lock_put(q, item, item_bytes);
    ct_mutex_futex_adaptive_unlock(&q->push_lock);
    if (error == 0)
        ct_eventcount_notify(&q->not_empty, 1);
    return error;
}

CT_QUEUE_FAST int ct_unbounded_queue_two_lock_push(struct ct_unbounded_queue_two_lock *q,
                                                   const void *item, size_t item_bytes,
                                                   uint64_t deadline_ns)
{
    (void)deadline_ns;
    return ct_unbounded_queue_two_lock_try_push(q, item, item_bytes);
}

/* Under pop_lock: 0, EAGAIN, EPIPE. */
CT_QUEUE_FAST int ct_unbounded_queue_two_lock_get(struct ct_unbounded_queue_two_lock *q, void *item,
                                                  size_t item_bytes)
{
    struct ct_unbounded_queue_two_lock_node *head =
        (struct ct_unbounded_queue_two_lock_node *)ct_ptr_load_relaxed(&q->head);
    struct ct_unbounded_queue_two_lock_node *next = ct_unbounded_queue_two_lock_next(head);
    if (!next) {
        if (ct_u32_load_acquire(&q->closed) == 0) /* pairs with close: the last push is seen */
            return EAGAIN;
        next = ct_unbounded_queue_two_lock_next(head);
        if (!next)
            return EPIPE;
    }
    memcpy(item, next->item, item_bytes);
    ct_u64_store_release(&q->popped, ct_u64_load_relaxed(&q->popped) + 1);
    ct_ptr_store_release(&q->head, next);
    return 0;
}

CT_QUEUE_FAST int ct_unbounded_queue_two_lock_try_pop(struct ct_unbounded_queue_two_lock *q,
                                                      void *item, size_t item_bytes)
{
    ct_mutex_futex_adaptive_lock(&q->pop_lock);
    int error = ct_unbounded_queue_two_lock_get(q, item, item_bytes);
    ct_mutex_futex_adaptive_unlock(&q->pop_lock);
    return error;
}

/* Nodes are never given back while the queue is in use, so looking at one needs no lock; that it was
   head all the while, a second look says. */
static inline bool ct_unbounded_queue_two_lock_can_pop(const void *queue)
{
    const struct ct_unbounded_queue_two_lock *q = (const struct ct_unbounded_queue_two_lock *)queue;
    struct ct_unbounded_queue_two_lock_node *head, *next;
    do {
        head = ct_unbounded_queue_two_lock_head(q);
        next = ct_unbounded_queue_two_lock_next(head);
    } while (ct_unbounded_queue_two_lock_head(q) != head);
    return next || ct_u32_load_relaxed(&q->closed);
}

__attribute__((noinline)) static int
ct_unbounded_queue_two_lock_wait_item(struct ct_unbounded_queue_two_lock *q, uint64_t deadline_ns)
{
    if (ct_queue_look_on(q, ct_unbounded_queue_two_lock_can_pop, &q->push_cpu))
        return 0;
    return ct_queue_sleep(q, ct_unbounded_queue_two_lock_can_pop, &q->not_empty, deadline_ns);
}

CT_QUEUE_FAST int ct_unbounded_queue_two_lock_pop(struct ct_unbounded_queue_two_lock *q, void *item,
                                                  size_t item_bytes, uint64_t deadline_ns)
{
    int error;
    while ((error = ct_unbounded_queue_two_lock_try_pop(q, item, item_bytes)) == EAGAIN) {
        error = ct_unbounded_queue_two_lock_wait_item(q, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

CT_QUEUE_FAST size_t ct_unbounded_queue_two_lock_push_many(struct ct_unbounded_queue_two_lock *q,
                                                           const void *items, size_t count,
                                                           size_t item_bytes)
{
    const unsigned char *from = (const unsigned char *)items;
    size_t n = 0;
    ct_mutex_futex_adaptive_lock(&q->push_lock);
    while (n < count && ct_unbounded_queue_two_lock_put(q, from + n * item_bytes, item_bytes) == 0)
        n++;
    ct_mutex_futex_adaptive_unlock(&q->push_lock);
    if (n != 0)
        ct_eventcount_notify(&q->not_empty, n < CT_WAKE_ALL ? (int)n : CT_WAKE_ALL);
    return n;
}

CT_QUEUE_FAST size_t ct_unbounded_queue_two_lock_pop_many(struct ct_unbounded_queue_two_lock *q,
                                                          void *items, size_t count,
                                                          size_t item_bytes)
{
    unsigned char *to = (unsigned char *)items;
    size_t n = 0;
    ct_mutex_futex_adaptive_lock(&q->pop_lock);
    while (n < count && ct_unbounded_queue_two_lock_get(q, to + n * item_bytes, item_bytes) == 0)
        n++;
    ct_mutex_futex_adaptive_unlock(&q->pop_lock);
    return n;
}

static inline void ct_unbounded_queue_two_lock_close(struct ct_unbounded_queue_two_lock *q)
{
    ct_mutex_futex_adaptive_lock(&q->push_lock);
    ct_u32_store_release(&q->closed, 1);
    ct_mutex_futex_adaptive_unlock(&q->push_lock);
    ct_eventcount_notify(&q->not_empty, CT_WAKE_ALL);
}

/* Items at some moment: popped did not change between two looks, and pushed was read between. */
static inline size_t ct_unbounded_queue_two_lock_size(const struct ct_unbounded_queue_two_lock *q)
{
    uint64_t popped, pushed;
    do {
        popped = ct_u64_load_acquire(&q->popped);
        pushed = ct_u64_load_acquire(&q->pushed);
    } while (ct_u64_load_relaxed(&q->popped) != popped);
    return pushed - popped;
}

static inline uint32_t
ct_unbounded_queue_two_lock_capacity(const struct ct_unbounded_queue_two_lock *q)
{
    (void)q;
    return UINT32_MAX;
}

/* done never passes pushed: if pushed, read after it, is the same, it was so when it was read. */
static inline bool ct_unbounded_queue_two_lock_can_join(const void *queue)
{
    const struct ct_unbounded_queue_two_lock *q = (const struct ct_unbounded_queue_two_lock *)queue;
    uint64_t done = ct_u64_load_acquire(&q->done); /* pairs with task_done */
    return done == ct_u64_load_relaxed(&q->pushed);
}

static inline void ct_unbounded_queue_two_lock_task_done(struct ct_unbounded_queue_two_lock *q)
{
    /* acquire: the pushed that this looks at counts the items of those who were done before */
    if (ct_u64_add_acqrel(&q->done, 1) + 1 == ct_u64_load_relaxed(&q->pushed))
        ct_eventcount_notify(&q->idle, CT_WAKE_ALL);
}

static inline int ct_unbounded_queue_two_lock_join(struct ct_unbounded_queue_two_lock *q,
                                                   uint64_t deadline_ns)
{
    if (ct_unbounded_queue_two_lock_can_join(q))
        return 0;
    return ct_queue_sleep(q, ct_unbounded_queue_two_lock_can_join, &q->idle, deadline_ns);
}

CT_QUEUE_ADAPT(unbounded_queue_two_lock)
CT_QUEUE_ADAPT_BLOCKING(unbounded_queue_two_lock)
CT_QUEUE_ADAPT_MANY(unbounded_queue_two_lock)
CT_QUEUE_ADAPT_CLOSE(unbounded_queue_two_lock)
CT_QUEUE_ADAPT_JOIN(unbounded_queue_two_lock)

static const struct ct_queue_ops ct_unbounded_queue_two_lock_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(two_lock, "two-lock"),
             .summary = "linked list, a futex mutex for each end",
             .source = "Michael & Scott, PODC 1996, figure 2",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    CT_QUEUE_REQUIRED(unbounded_queue_two_lock),
    CT_QUEUE_BLOCKING(unbounded_queue_two_lock),
    CT_QUEUE_MANY(unbounded_queue_two_lock),
    CT_QUEUE_CLOSE(unbounded_queue_two_lock),
    CT_QUEUE_JOIN(unbounded_queue_two_lock),
};

#endif
