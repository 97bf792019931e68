// SPDX-License-Identifier: MIT
/* mutex-cond - a ring under libc's mutex, two condition variables: the bounded buffer of the textbooks.
 *
 * Idea      One side waits until there is an item, the other until there is room; a third condition
 *           says that every item popped was also worked off.
 * Source    Hoare, "Monitors: An Operating System Structuring Concept", CACM 17(10), 1974; task_done and
 *           join as in Python's queue module.
 * State     size        items in the ring, from first on
 *           unfinished  pushed and not yet task_done
 *           *_waiters   threads inside that condition's wait, woken or not. All under the mutex.
 * Order     the mutex's.
 * Lifetime  signals before it unlocks: after that the queue may be gone.
 * Choose    where a further condition on the same state will follow; else any other is faster.
 */
#ifndef CONTEND_SPSC_QUEUE_MUTEX_COND_H
#define CONTEND_SPSC_QUEUE_MUTEX_COND_H

#include <contend/alloc.h>
#include <contend/spsc_queue.h>
#include <contend/wait.h>

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

struct ct_spsc_queue_mutex_cond {
    pthread_mutex_t mutex;
    pthread_cond_t item, room, idle;
    uint32_t item_waiters, room_waiters;
    uint32_t capacity, first, size;
    uint64_t unfinished;
    bool closed;
    char *items;
};

static inline int ct_spsc_queue_mutex_cond_init(struct ct_spsc_queue_mutex_cond *q,
                                                uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    q->items =
        item_bytes > SIZE_MAX / capacity ? NULL : ct_alloc(CT_APART_BYTES, capacity * item_bytes);
    if (!q->items)
        return ENOMEM;
    pthread_mutex_init(&q->mutex, NULL);
    pthread_cond_init(&q->item, NULL);
    pthread_cond_init(&q->room, NULL);
    pthread_cond_init(&q->idle, NULL);
    q->item_waiters = q->room_waiters = 0;
    q->capacity = capacity;
    q->first = q->size = 0;
    q->unfinished = 0;
    q->closed = false;
    return 0;
}

static inline void ct_spsc_queue_mutex_cond_destroy(struct ct_spsc_queue_mutex_cond *q)
{
    pthread_cond_destroy(&q->idle);
    pthread_cond_destroy(&q->room);
    pthread_cond_destroy(&q->item);
    pthread_mutex_destroy(&q->mutex);
    ct_free(q->items);
}

static inline int ct_spsc_queue_mutex_cond_sleep(struct ct_spsc_queue_mutex_cond *q,
                                                 pthread_cond_t *condition, uint64_t deadline_ns)
{
    struct timespec t;
    if (deadline_ns == CT_FOREVER)
        return pthread_cond_wait(condition, &q->mutex);
    return pthread_cond_clockwait(condition, &q->mutex, CLOCK_MONOTONIC,
                                  ct_timespec(&t, deadline_ns));
}

/* The copies below run with the mutex held. */
static inline void ct_spsc_queue_mutex_cond_put(struct ct_spsc_queue_mutex_cond *q,
                                                const void *item, size_t item_bytes)
{
    uint32_t left = q->capacity - q->first; /* before the ring's end */
    uint32_t slot = q->size < left ? q->first + q->size : q->size - left;
    memcpy(q->items + slot * item_bytes, item, item_bytes);
    q->size++;
    q->unfinished++;
}

static inline void ct_spsc_queue_mutex_cond_take(struct ct_spsc_queue_mutex_cond *q, void *item,
                                                 size_t item_bytes)
{
    memcpy(item, q->items + q->first * item_bytes, item_bytes);
    q->first = q->first + 1 == q->capacity ? 0 : q->first + 1;
    q->size--;
}

/* Signal who waits, let the others in. */
static inline void ct_spsc_queue_mutex_cond_leave(struct ct_spsc_queue_mutex_cond *q,
                                                  pthread_cond_t *condition, uint32_t waiters)
{
    if (waiters != 0)
        pthread_cond_signal(condition);
    pthread_mutex_unlock(&q->mutex);
}

/* deadline_ns 0: do not even wait for the shortest time. */
CT_QUEUE_FAST int ct_spsc_queue_mutex_cond_push(struct ct_spsc_queue_mutex_cond *q,
                                                const void *item, size_t item_bytes,
                                                uint64_t deadline_ns)
{
    int error = 0;
    pthread_mutex_lock(&q->mutex);
    while (q->size == q->capacity && !q->closed && error != ETIMEDOUT) {
        if (deadline_ns == 0) {
            error = ETIMEDOUT;
        } else {
            q->room_waiters++;
            error = ct_spsc_queue_mutex_cond_sleep(q, &q->room, deadline_ns);
            q->room_waiters--;
        }
    }
    error = q->closed ? EPIPE : q->size == q->capacity ? ETIMEDOUT : 0;
    if (error == 0)
        ct_spsc_queue_mutex_cond_put(q, item, item_bytes);
    ct_spsc_queue_mutex_cond_leave(q, &q->item, error == 0 ? q->item_waiters : 0);
    return error;
}

CT_QUEUE_FAST int ct_spsc_queue_mutex_cond_pop(struct ct_spsc_queue_mutex_cond *q, void *item,
                                               size_t item_bytes, uint64_t deadline_ns)
{
    int error = 0;
    pthread_mutex_lock(&q->mutex);
    while (q->size == 0 && !q->closed && error != ETIMEDOUT) {
        if (deadline_ns == 0) {
            error = ETIMEDOUT;
        } else {
            q->item_waiters++;
            error = ct_spsc_queue_mutex_cond_sleep(q, &q->item, deadline_ns);
            q->item_waiters--;
        }
    }
    error = q->size != 0 ? 0 : q->closed ? EPIPE : ETIMEDOUT;
    if (error == 0)
        ct_spsc_queue_mutex_cond_take(q, item, item_bytes);
    ct_spsc_queue_mutex_cond_leave(q, &q->room, error == 0 ? q->room_waiters : 0);
    return error;
}

CT_QUEUE_FAST int ct_spsc_queue_mutex_cond_try_push(struct ct_spsc_queue_mutex_cond *q,
                                                    const void *item, size_t item_bytes)
{
    int error = ct_spsc_queue_mutex_cond_push(q, item, item_bytes, 0);
    return error == ETIMEDOUT ? EAGAIN : error;
}

CT_QUEUE_FAST int ct_spsc_queue_mutex_cond_try_pop(struct ct_spsc_queue_mutex_cond *q, void *item,
                                                   size_t item_bytes)
{
    int error = ct_spsc_queue_mutex_cond_pop(q, item, item_bytes, 0);
    return error == ETIMEDOUT ? EAGAIN : error;
}

CT_QUEUE_FAST size_t ct_spsc_queue_mutex_cond_push_many(struct ct_spsc_queue_mutex_cond *q,
                                                        const void *items, size_t count,
                                                        size_t item_bytes)
{
    size_t n = 0;
    pthread_mutex_lock(&q->mutex);
    for (; n < count && q->size < q->capacity && !q->closed; n++)
        ct_spsc_queue_mutex_cond_put(q, (const char *)items + n * item_bytes, item_bytes);
    ct_spsc_queue_mutex_cond_leave(q, &q->item, n > 0 ? q->item_waiters : 0);
    return n;
}

CT_QUEUE_FAST size_t ct_spsc_queue_mutex_cond_pop_many(struct ct_spsc_queue_mutex_cond *q,
                                                       void *items, size_t count, size_t item_bytes)
{
    size_t n = 0;
    pthread_mutex_lock(&q->mutex);
    for (; n < count && q->size > 0; n++)
        ct_spsc_queue_mutex_cond_take(q, (char *)items + n * item_bytes, item_bytes);
    ct_spsc_queue_mutex_cond_leave(q, &q->room, n > 0 ? q->room_waiters : 0);
    return n;
}

static inline void ct_spsc_queue_mutex_cond_close(struct ct_spsc_queue_mutex_cond *q)
{
    pthread_mutex_lock(&q->mutex);
    q->closed = true;
    pthread_cond_broadcast(&q->room);
    ct_spsc_queue_mutex_cond_leave(q, &q->item, q->item_waiters);
}

static inline size_t ct_spsc_queue_mutex_cond_size(const struct ct_spsc_queue_mutex_cond *q)
{
    /* only the lock inside changes */
    pthread_mutex_t *mutex = (pthread_mutex_t *)(uintptr_t)&q->mutex;
    pthread_mutex_lock(mutex);
    size_t size = q->size;
    pthread_mutex_unlock(mutex);
    return size;
}

static inline uint32_t ct_spsc_queue_mutex_cond_capacity(const struct ct_spsc_queue_mutex_cond *q)
{
    return q->capacity;
}

static inline void ct_spsc_queue_mutex_cond_task_done(struct ct_spsc_queue_mutex_cond *q)
{
    pthread_mutex_lock(&q->mutex);
    if (--q->unfinished == 0)
        pthread_cond_broadcast(&q->idle);
    pthread_mutex_unlock(&q->mutex);
}

static inline int ct_spsc_queue_mutex_cond_join(struct ct_spsc_queue_mutex_cond *q,
                                                uint64_t deadline_ns)
{
    int error = 0;
    pthread_mutex_lock(&q->mutex);
    while (q->unfinished != 0 && error != ETIMEDOUT)
        error = ct_spsc_queue_mutex_cond_sleep(q, &q->idle, deadline_ns);
    error = q->unfinished == 0 ? 0 : ETIMEDOUT;
    pthread_mutex_unlock(&q->mutex);
    return error;
}

CT_QUEUE_ADAPT(spsc_queue_mutex_cond)
CT_QUEUE_ADAPT_BLOCKING(spsc_queue_mutex_cond)
CT_QUEUE_ADAPT_MANY(spsc_queue_mutex_cond)
CT_QUEUE_ADAPT_CLOSE(spsc_queue_mutex_cond)
CT_QUEUE_ADAPT_JOIN(spsc_queue_mutex_cond)

static const struct ct_queue_ops ct_spsc_queue_mutex_cond_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(mutex_cond, "mutex-cond"),
             .summary = "ring under libc's mutex and condition variables", .source = "Hoare 1974",
             .traits = CT_REFERENCE | CT_FIFO | CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_QUEUE_REQUIRED(spsc_queue_mutex_cond),
    CT_QUEUE_BLOCKING(spsc_queue_mutex_cond),
    CT_QUEUE_MANY(spsc_queue_mutex_cond),
    CT_QUEUE_CLOSE(spsc_queue_mutex_cond),
    CT_QUEUE_JOIN(spsc_queue_mutex_cond),
};

#endif
