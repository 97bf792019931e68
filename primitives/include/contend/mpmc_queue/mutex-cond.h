// SPDX-License-Identifier: MIT
/* mutex-cond - a ring under libc's mutex, with a condition variable for each thing waited for.
 *
 * Idea      The classic monitor: lock, wait until there is room or an item, move it, signal the other
 *           side, unlock.
 * Source    Hoare, "Monitors: an operating system structuring concept", CACM 17(10), 1974; task_done and
 *           join: Python's queue.Queue.
 * State     size, first  items inside and where the oldest is
 *           undone       items pushed whose task is not done
 *           closed       all under the mutex
 * Order     the mutex's.
 * Lifetime  whoever signals still holds the mutex: after the unlock the queue may be gone.
 * Choose    what the others are compared with.
 */
#ifndef CONTEND_MPMC_QUEUE_MUTEX_COND_H
#define CONTEND_MPMC_QUEUE_MUTEX_COND_H

#include <contend/alloc.h>
#include <contend/mpmc_queue.h>
#include <contend/wait.h>

#include <pthread.h>
#include <string.h>

struct ct_mpmc_queue_mutex_cond {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty, not_full, idle;
    unsigned char *items;
    uint64_t undone;
    uint32_t capacity, size, first;
    bool closed;
};

static inline int ct_mpmc_queue_mutex_cond_init(struct ct_mpmc_queue_mutex_cond *q,
                                                uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    if (capacity > SIZE_MAX / item_bytes)
        return ENOMEM;
    q->items = (unsigned char *)ct_alloc(sizeof(void *), capacity * item_bytes);
    if (!q->items)
        return ENOMEM;
    pthread_mutex_init(&q->mutex, NULL);
    pthread_cond_init(&q->not_empty, NULL);
    pthread_cond_init(&q->not_full, NULL);
    pthread_cond_init(&q->idle, NULL);
    q->capacity = capacity;
    q->undone = 0;
    q->size = q->first = 0;
    q->closed = false;
    return 0;
}

static inline void ct_mpmc_queue_mutex_cond_destroy(struct ct_mpmc_queue_mutex_cond *q)
{
    pthread_cond_destroy(&q->idle);
    pthread_cond_destroy(&q->not_full);
    pthread_cond_destroy(&q->not_empty);
    pthread_mutex_destroy(&q->mutex);
    ct_free(q->items);
}

/* Under the mutex: 0, EAGAIN, EPIPE. */
CT_QUEUE_FAST int ct_mpmc_queue_mutex_cond_put(struct ct_mpmc_queue_mutex_cond *q, const void *item,
                                               size_t item_bytes)
{
    if (q->closed)
        return EPIPE;
    if (q->size == q->capacity)
        return EAGAIN;
    uint64_t last = (uint64_t)q->first + q->size;
    if (last >= q->capacity)
        last -= q->capacity;
    memcpy(q->items + last * item_bytes, item, item_bytes);
    q->size++;
    q->undone++;
    pthread_cond_signal(&q->not_empty);
    return 0;
}

CT_QUEUE_FAST int ct_mpmc_queue_mutex_cond_get(struct ct_mpmc_queue_mutex_cond *q, void *item,
                                               size_t item_bytes)
{
    if (q->size == 0)
        return q->closed ? EPIPE : EAGAIN;
    memcpy(item, q->items + q->first * item_bytes, item_bytes);
    q->first = q->first + 1 == q->capacity ? 0 : q->first + 1;
    q->size--;
    pthread_cond_signal(&q->not_full);
    return 0;
}

/* Under the mutex: 0 once c was signalled or for no reason, or ETIMEDOUT. */
static inline int ct_mpmc_queue_mutex_cond_wait(struct ct_mpmc_queue_mutex_cond *q,
                                                pthread_cond_t *c, uint64_t deadline_ns)
{
    struct timespec t;
    const struct timespec *deadline = ct_timespec(&t, deadline_ns);
    return deadline ? pthread_cond_clockwait(c, &q->mutex, CLOCK_MONOTONIC, deadline)
                    : pthread_cond_wait(c, &q->mutex);
}

CT_QUEUE_FAST int ct_mpmc_queue_mutex_cond_try_push(struct ct_mpmc_queue_mutex_cond *q,
                                                    const void *item, size_t item_bytes)
{
    pthread_mutex_lock(&q->mutex);
    int error = ct_mpmc_queue_mutex_cond_put(q, item, item_bytes);
    pthread_mutex_unlock(&q->mutex);
    return error;
}

CT_QUEUE_FAST int ct_mpmc_queue_mutex_cond_try_pop(struct ct_mpmc_queue_mutex_cond *q, void *item,
                                                   size_t item_bytes)
{
    pthread_mutex_lock(&q->mutex);
    int error = ct_mpmc_queue_mutex_cond_get(q, item, item_bytes);
    pthread_mutex_unlock(&q->mutex);
    return error;
}

CT_QUEUE_FAST int ct_mpmc_queue_mutex_cond_push(struct ct_mpmc_queue_mutex_cond *q,
                                                const void *item, size_t item_bytes,
                                                uint64_t deadline_ns)
{
    int error, late = 0;
    pthread_mutex_lock(&q->mutex);
    while ((error = ct_mpmc_queue_mutex_cond_put(q, item, item_bytes)) == EAGAIN && late == 0)
        late = ct_mpmc_queue_mutex_cond_wait(q, &q->not_full, deadline_ns);
    pthread_mutex_unlock(&q->mutex);
    return error == EAGAIN ? ETIMEDOUT : error;
}

CT_QUEUE_FAST int ct_mpmc_queue_mutex_cond_pop(struct ct_mpmc_queue_mutex_cond *q, void *item,
                                               size_t item_bytes, uint64_t deadline_ns)
{
    int error, late = 0;
    pthread_mutex_lock(&q->mutex);
    while ((error = ct_mpmc_queue_mutex_cond_get(q, item, item_bytes)) == EAGAIN && late == 0)
        late = ct_mpmc_queue_mutex_cond_wait(q, &q->not_empty, deadline_ns);
    pthread_mutex_unlock(&q->mutex);
    return error == EAGAIN ? ETIMEDOUT : error;
}

CT_QUEUE_FAST size_t ct_mpmc_queue_mutex_cond_push_many(struct ct_mpmc_queue_mutex_cond *q,
                                                        const void *items, size_t count,
                                                        size_t item_bytes)
{
    const unsigned char *from = (const unsigned char *)items;
    size_t n = 0;
    pthread_mutex_lock(&q->mutex);
    while (n < count && ct_mpmc_queue_mutex_cond_put(q, from + n * item_bytes, item_bytes) == 0)
        n++;
    pthread_mutex_unlock(&q->mutex);
    return n;
}

CT_QUEUE_FAST size_t ct_mpmc_queue_mutex_cond_pop_many(struct ct_mpmc_queue_mutex_cond *q,
                                                       void *items, size_t count, size_t item_bytes)
{
    unsigned char *to = (unsigned char *)items;
    size_t n = 0;
    pthread_mutex_lock(&q->mutex);
    while (n < count && ct_mpmc_queue_mutex_cond_get(q, to + n * item_bytes, item_bytes) == 0)
        n++;
    pthread_mutex_unlock(&q->mutex);
    return n;
}

static inline void ct_mpmc_queue_mutex_cond_close(struct ct_mpmc_queue_mutex_cond *q)
{
    pthread_mutex_lock(&q->mutex);
    q->closed = true;
    pthread_cond_broadcast(&q->not_empty);
    pthread_cond_broadcast(&q->not_full);
    pthread_mutex_unlock(&q->mutex);
}

static inline size_t ct_mpmc_queue_mutex_cond_size(const struct ct_mpmc_queue_mutex_cond *q)
{
    pthread_mutex_t *mutex = (pthread_mutex_t *)(uintptr_t)&q->mutex;
    pthread_mutex_lock(mutex);
    size_t size = q->size;
    pthread_mutex_unlock(mutex);
    return size;
}

static inline uint32_t ct_mpmc_queue_mutex_cond_capacity(const struct ct_mpmc_queue_mutex_cond *q)
{
    return q->capacity;
}

static inline void ct_mpmc_queue_mutex_cond_task_done(struct ct_mpmc_queue_mutex_cond *q)
{
    pthread_mutex_lock(&q->mutex);
    if (--q->undone == 0)
        pthread_cond_broadcast(&q->idle);
    pthread_mutex_unlock(&q->mutex);
}

static inline int ct_mpmc_queue_mutex_cond_join(struct ct_mpmc_queue_mutex_cond *q,
                                                uint64_t deadline_ns)
{
    int late = 0;
    pthread_mutex_lock(&q->mutex);
    while (q->undone != 0 && late == 0)
        late = ct_mpmc_queue_mutex_cond_wait(q, &q->idle, deadline_ns);
    bool idle = q->undone == 0;
    pthread_mutex_unlock(&q->mutex);
    return idle ? 0 : ETIMEDOUT;
}

CT_QUEUE_ADAPT(mpmc_queue_mutex_cond)
CT_QUEUE_ADAPT_BLOCKING(mpmc_queue_mutex_cond)
CT_QUEUE_ADAPT_MANY(mpmc_queue_mutex_cond)
CT_QUEUE_ADAPT_CLOSE(mpmc_queue_mutex_cond)
CT_QUEUE_ADAPT_JOIN(mpmc_queue_mutex_cond)

static const struct ct_queue_ops ct_mpmc_queue_mutex_cond_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(mutex_cond, "mutex-cond"),
             .summary = "ring under a pthread mutex, three condition variables",
             .source = "Hoare 1974; libc",
             .traits = CT_REFERENCE | CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_QUEUE_REQUIRED(mpmc_queue_mutex_cond),
    CT_QUEUE_BLOCKING(mpmc_queue_mutex_cond),
    CT_QUEUE_MANY(mpmc_queue_mutex_cond),
    CT_QUEUE_CLOSE(mpmc_queue_mutex_cond),
    CT_QUEUE_JOIN(mpmc_queue_mutex_cond),
};

#endif
