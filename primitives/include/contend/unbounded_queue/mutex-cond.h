// SPDX-License-Identifier: MIT
/* mutex-cond - a list under libc's mutex, and a condition variable for who waits for an item.
 *
 * Idea      Lock, append, signal, unlock; nodes that were emptied are kept for the next push.
 * Source    Hoare, "Monitors: an operating system structuring concept", CACM 17(10), 1974; task_done and
 *           join: Python's queue.Queue.
 * State     first, last   the list of items, the oldest first
 *           spare         nodes without an item
 *           undone        items pushed whose task is not done
 *           size, closed  all under the mutex
 * Order     the mutex's.
 * Lifetime  whoever signals still holds the mutex: after the unlock the queue may be gone.
 * Choose    what the others are compared with.
 */
#ifndef CONTEND_UNBOUNDED_QUEUE_MUTEX_COND_H
#define CONTEND_UNBOUNDED_QUEUE_MUTEX_COND_H

#include <contend/alloc.h>
#include <contend/unbounded_queue.h>
#include <contend/wait.h>

#include <pthread.h>
#include <string.h>

struct ct_unbounded_queue_mutex_cond_node {
    struct ct_unbounded_queue_mutex_cond_node *next;
    unsigned char item[]; /* item_bytes */
};

struct ct_unbounded_queue_mutex_cond {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty, idle;
    struct ct_unbounded_queue_mutex_cond_node *first, *last, *spare;
    uint64_t size, undone;
    bool closed;
};

static inline void
ct_unbounded_queue_mutex_cond_free(struct ct_unbounded_queue_mutex_cond_node *node)
{
    while (node) {
        struct ct_unbounded_queue_mutex_cond_node *next = node->next;
        ct_free(node);
        node = next;
    }
}

/* NULL: no memory. */
static inline struct ct_unbounded_queue_mutex_cond_node *
ct_unbounded_queue_mutex_cond_node(size_t item_bytes)
{
    if (item_bytes > SIZE_MAX / 4)
        return NULL;
    return (struct ct_unbounded_queue_mutex_cond_node *)ct_alloc(
        sizeof(void *), sizeof(struct ct_unbounded_queue_mutex_cond_node) + item_bytes);
}

static inline int ct_unbounded_queue_mutex_cond_init(struct ct_unbounded_queue_mutex_cond *q,
                                                     uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    q->first = q->last = q->spare = NULL;
    for (uint32_t i = 0; i < capacity; i++) {
        struct ct_unbounded_queue_mutex_cond_node *node =
            ct_unbounded_queue_mutex_cond_node(item_bytes);
        if (!node) {
            ct_unbounded_queue_mutex_cond_free(q->spare);
            return ENOMEM;
        }
        node->next = q->spare;
        q->spare = node;
    }
    pthread_mutex_init(&q->mutex, NULL);
    pthread_cond_init(&q->not_empty, NULL);
    pthread_cond_init(&q->idle, NULL);
    q->size = q->undone = 0;
    q->closed = false;
    return 0;
}

static inline void ct_unbounded_queue_mutex_cond_destroy(struct ct_unbounded_queue_mutex_cond *q)
{
    pthread_cond_destroy(&q->idle);
    pthread_cond_destroy(&q->not_empty);
    pthread_mutex_destroy(&q->mutex);
    ct_unbounded_queue_mutex_cond_free(q->first);
    ct_unbounded_queue_mutex_cond_free(q->spare);
}

/* Under the mutex: 0, EPIPE, ENOMEM. */
CT_QUEUE_FAST int ct_unbounded_queue_mutex_cond_put(struct ct_unbounded_queue_mutex_cond *q,
                                                    const void *item, size_t item_bytes)
{
    if (q->closed)
        return EPIPE;
    struct ct_unbounded_queue_mutex_cond_node *node = q->spare;
    if (node)
        q->spare = node->next;
    else if (!(node = ct_unbounded_queue_mutex_cond_node(item_bytes)))
        return ENOMEM;
    memcpy(node->item, item, item_bytes);
    node->next = NULL;
    if (q->first)
        q->last->next = node;
    else
        q->first = node;
    q->last = node;
    q->size++;
    q->undone++;
    pthread_cond_signal(&q->not_empty);
    return 0;
}

/* Under the mutex: 0, EAGAIN, EPIPE. */
CT_QUEUE_FAST int ct_unbounded_queue_mutex_cond_get(struct ct_unbounded_queue_mutex_cond *q,
                                                    void *item, size_t item_bytes)
{
    struct ct_unbounded_queue_mutex_cond_node *node = q->first;
    if (!node)
        return q->closed ? EPIPE : EAGAIN;
    memcpy(item, node->item, item_bytes);
    q->first = node->next;
    node->next = q->spare;
    q->spare = node;
    q->size--;
    return 0;
}

/* Under the mutex: 0 once c was signalled or for no reason, or ETIMEDOUT. */
static inline int ct_unbounded_queue_mutex_cond_wait(struct ct_unbounded_queue_mutex_cond *q,
                                                     pthread_cond_t *c, uint64_t deadline_ns)
{
    struct timespec t;
    const struct timespec *deadline = ct_timespec(&t, deadline_ns);
    return deadline ? pthread_cond_clockwait(c, &q->mutex, CLOCK_MONOTONIC, deadline)
                    : pthread_cond_wait(c, &q->mutex);
}

CT_QUEUE_FAST int ct_unbounded_queue_mutex_cond_try_push(struct ct_unbounded_queue_mutex_cond *q,
                                                         const void *item, size_t item_bytes)
{
    pthread_mutex_lock(&q->mutex);
    int error = ct_unbounded_queue_mutex_cond_put(q, item, item_bytes);
    pthread_mutex_unlock(&q->mutex);
    return error;
}

CT_QUEUE_FAST int ct_unbounded_queue_mutex_cond_push(struct ct_unbounded_queue_mutex_cond *q,
                                                     const void *item, size_t item_bytes,
                                                     uint64_t deadline_ns)
{
    (void)deadline_ns;
    return ct_unbounded_queue_mutex_cond_try_push(q, item, item_bytes);
}

CT_QUEUE_FAST int ct_unbounded_queue_mutex_cond_try_pop(struct ct_unbounded_queue_mutex_cond *q,
                                                        void *item, size_t item_bytes)
{
    pthread_mutex_lock(&q->mutex);
    int error = ct_unbounded_queue_mutex_cond_get(q, item, item_bytes);
    pthread_mutex_unlock(&q->mutex);
    return error;
}

CT_QUEUE_FAST int ct_unbounded_queue_mutex_cond_pop(struct ct_unbounded_queue_mutex_cond *q,
                                                    void *item, size_t item_bytes,
                                                    uint64_t deadline_ns)
{
    int error, late = 0;
    pthread_mutex_lock(&q->mutex);
    while ((error = ct_unbounded_queue_mutex_cond_get(q, item, item_bytes)) == EAGAIN && late == 0)
        late = ct_unbounded_queue_mutex_cond_wait(q, &q->not_empty, deadline_ns);
    pthread_mutex_unlock(&q->mutex);
    return error == EAGAIN ? ETIMEDOUT : error;
}

CT_QUEUE_FAST size_t ct_unbounded_queue_mutex_cond_push_many(
    struct ct_unbounded_queue_mutex_cond *q, const void *items, size_t count, size_t item_bytes)
{
    const unsigned char *from = (const unsigned char *)items;
    size_t n = 0;
    pthread_mutex_lock(&q->mutex);
    while (n < count &&
           ct_unbounded_queue_mutex_cond_put(q, from + n * item_bytes, item_bytes) == 0)
        n++;
    pthread_mutex_unlock(&q->mutex);
    return n;
}

CT_QUEUE_FAST size_t ct_unbounded_queue_mutex_cond_pop_many(struct ct_unbounded_queue_mutex_cond *q,
                                                            void *items, size_t count,
                                                            size_t item_bytes)
{
    unsigned char *to = (unsigned char *)items;
    size_t n = 0;
    pthread_mutex_lock(&q->mutex);
    while (n < count && ct_unbounded_queue_mutex_cond_get(q, to + n * item_bytes, item_bytes) == 0)
        n++;
    pthread_mutex_unlock(&q->mutex);
    return n;
}

static inline void ct_unbounded_queue_mutex_cond_close(struct ct_unbounded_queue_mutex_cond *q)
{
    pthread_mutex_lock(&q->mutex);
    q->closed = true;
    pthread_cond_broadcast(&q->not_empty);
    pthread_mutex_unlock(&q->mutex);
}

static inline size_t
ct_unbounded_queue_mutex_cond_size(const struct ct_unbounded_queue_mutex_cond *q)
{
    pthread_mutex_t *mutex = (pthread_mutex_t *)(uintptr_t)&q->mutex;
    pthread_mutex_lock(mutex);
    size_t size = q->size;
    pthread_mutex_unlock(mutex);
    return size;
}

static inline uint32_t
ct_unbounded_queue_mutex_cond_capacity(const struct ct_unbounded_queue_mutex_cond *q)
{
    (void)q;
    return UINT32_MAX;
}

static inline void ct_unbounded_queue_mutex_cond_task_done(struct ct_unbounded_queue_mutex_cond *q)
{
    pthread_mutex_lock(&q->mutex);
    if (--q->undone == 0)
        pthread_cond_broadcast(&q->idle);
    pthread_mutex_unlock(&q->mutex);
}

static inline int ct_unbounded_queue_mutex_cond_join(struct ct_unbounded_queue_mutex_cond *q,
                                                     uint64_t deadline_ns)
{
    int late = 0;
    pthread_mutex_lock(&q->mutex);
    while (q->undone != 0 && late == 0)
        late = ct_unbounded_queue_mutex_cond_wait(q, &q->idle, deadline_ns);
    bool idle = q->undone == 0;
    pthread_mutex_unlock(&q->mutex);
    return idle ? 0 : ETIMEDOUT;
}

CT_QUEUE_ADAPT(unbounded_queue_mutex_cond)
CT_QUEUE_ADAPT_BLOCKING(unbounded_queue_mutex_cond)
CT_QUEUE_ADAPT_MANY(unbounded_queue_mutex_cond)
CT_QUEUE_ADAPT_CLOSE(unbounded_queue_mutex_cond)
CT_QUEUE_ADAPT_JOIN(unbounded_queue_mutex_cond)

static const struct ct_queue_ops ct_unbounded_queue_mutex_cond_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(mutex_cond, "mutex-cond"),
             .summary = "list under a pthread mutex, two condition variables",
             .source = "Hoare 1974; libc",
             .traits = CT_REFERENCE | CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_QUEUE_REQUIRED(unbounded_queue_mutex_cond),
    CT_QUEUE_BLOCKING(unbounded_queue_mutex_cond),
    CT_QUEUE_MANY(unbounded_queue_mutex_cond),
    CT_QUEUE_CLOSE(unbounded_queue_mutex_cond),
    CT_QUEUE_JOIN(unbounded_queue_mutex_cond),
};

#endif
