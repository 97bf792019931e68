// SPDX-License-Identifier: MIT
/* timer_queue.h - timer services of one thread: it calls the functions, one after the other, and waits for
 * the earliest deadline of all. A template: how it waits are constants, inlined here.
 *
 * Idea      A binary heap in which every timer knows its place, so that one can be taken out of the middle.
 *           Who starts a timer rouses the thread only if that sleeps beyond the new deadline; who cancels
 *           the earliest leaves it asleep, to find nothing to do. So timers that never fire, such as
 *           those against a loss, cost a lock and a few moves.
 * Source    heap: Williams, "Algorithm 232: Heapsort", CACM 7(6), 1964; waiting for the earliest:
 *           Varghese & Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987, scheme 3.
 * State     heap, count   armed timers, each deadline not before that of its parent; under the lock, as
 *                         is all but what sleepers sleep on
 *           sleeps_until  when the thread, if asleep, will rouse itself; 0: it is not asleep
 *           changed       what a thread that waits by futex sleeps on
 *           left          changes when the thread has left: what shutdown sleeps on
 *
 * Such a service is a struct ct_timer_<id> with a first member queue, a struct ct_timer_<id>_node with a
 * member entry, and a table of how it waits; the macros CT_TIMER_QUEUE_... make the contract of them.
 */
#ifndef CONTEND_TIMER_QUEUE_H
#define CONTEND_TIMER_QUEUE_H

#include <contend/alloc.h>
#include <contend/timer_call.h>

struct ct_timer_entry {
    struct ct_timer_call call;
    uint32_t place; /* in the heap, from 1; 0: not armed */
};

/* The deadline beside the pointer: comparing touches no timer. */
struct ct_timer_slot {
    uint64_t deadline_ns;
    struct ct_timer_entry *entry;
};

struct ct_timer_queue {
    struct ct_timer_lock lock;
    uint32_t count, opened, opened_max;
    bool serving, closed, own_thread;
    uint64_t sleeps_until;
    struct ct_timer_slot *heap; /* [opened_max + 1], the first is not used */
    struct ct_u32 changed, left;
    pthread_t thread;
};

/* How the service's thread waits; instantiated like a template: constant tables of inline functions. */
struct ct_timer_waiting {
    /* With the lock: the next sleep, and one under way, shall end then or earlier. NULL: sleep knows. */
    void (*set)(void *s, uint64_t deadline_ns);
    void (*rouse)(void *s); /* changed has changed; without the lock. NULL: set has done it */
    void (*sleep)(void *s, uint32_t changed, uint64_t deadline_ns); /* may end for no reason */
};

static inline void ct_timer_queue_place(struct ct_timer_queue *q, uint32_t place,
                                        struct ct_timer_slot slot)
{
    q->heap[place] = slot;
    slot.entry->place = place;
}

/* A slot that belongs at place or nearer to the root. */
static inline void ct_timer_queue_up(struct ct_timer_queue *q, uint32_t place,
                                     struct ct_timer_slot slot)
{
    for (; place > 1 && slot.deadline_ns < q->heap[place / 2].deadline_ns; place /= 2)
        ct_timer_queue_place(q, place, q->heap[place / 2]);
    ct_timer_queue_place(q, place, slot);
}

/* One that belongs there or nearer to the leaves. */
static inline void ct_timer_queue_down(struct ct_timer_queue *q, uint32_t place,
                                       struct ct_timer_slot slot)
{
    for (uint32_t child; (child = 2 * place) <= q->count; place = child) {
        if (child < q->count && q->heap[child + 1].deadline_ns < q->heap[child].deadline_ns)
            child++;
        if (slot.deadline_ns <= q->heap[child].deadline_ns)
            break;
        ct_timer_queue_place(q, place, q->heap[child]);
    }
    ct_timer_queue_place(q, place, slot);
}

static inline void ct_timer_queue_move(struct ct_timer_queue *q, uint32_t place,
                                       struct ct_timer_slot slot)
{
    if (place > 1 && slot.deadline_ns < q->heap[place / 2].deadline_ns)
        ct_timer_queue_up(q, place, slot);
    else
        ct_timer_queue_down(q, place, slot);
}

static inline void ct_timer_queue_arm(struct ct_timer_queue *q, struct ct_timer_entry *e,
                                      uint64_t deadline_ns)
{
    struct ct_timer_slot slot = {deadline_ns, e};
    if (e->place != 0)
        ct_timer_queue_move(q, e->place, slot);
    else
        ct_timer_queue_up(q, ++q->count, slot);
}

/* False: it was not armed. */
static inline bool ct_timer_queue_disarm(struct ct_timer_queue *q, struct ct_timer_entry *e)
{
    uint32_t place = e->place;
    if (place == 0)
        return false;
    e->place = 0;
    struct ct_timer_slot last = q->heap[q->count--];
    if (last.entry != e)
        ct_timer_queue_move(q, place, last);
    return true;
}

static inline __attribute__((always_inline)) void
ct_timer_queue_sleep_until(struct ct_timer_queue *q, const struct ct_timer_waiting *how,
                           uint64_t deadline_ns)
{
    if (how->set)
        how->set(q, deadline_ns);
    ct_u32_store_relaxed(&q->changed, ct_u32_load_relaxed(&q->changed) + 1);
    q->sleeps_until = deadline_ns;
}

/* With the lock, which it gives back: the thread shall not oversleep the new deadline. */
static inline __attribute__((always_inline)) void
ct_timer_queue_unlock_for(struct ct_timer_queue *q, const struct ct_timer_waiting *how,
                          uint64_t deadline_ns)
{
    bool sooner = deadline_ns < q->sleeps_until;
    if (sooner)
        ct_timer_queue_sleep_until(q, how, deadline_ns);
    ct_timer_lock_give(&q->lock);
    if (sooner && how->rouse)
        how->rouse(q);
}

static inline __attribute__((always_inline)) int
ct_timer_queue_start(struct ct_timer_queue *q, const struct ct_timer_waiting *how,
                     struct ct_timer_entry *e, uint64_t deadline_ns)
{
    ct_timer_lock_take(&q->lock);
    if (q->closed) {
        ct_timer_lock_give(&q->lock);
        return ECANCELED;
    }
    if (ct_timer_call_may_start(&e->call))
        ct_timer_queue_arm(q, e, deadline_ns);
    ct_timer_queue_unlock_for(q, how, deadline_ns);
    return 0;
}

static inline __attribute__((always_inline)) bool
ct_timer_queue_restart(struct ct_timer_queue *q, const struct ct_timer_waiting *how,
                       struct ct_timer_entry *e, uint64_t deadline_ns)
{
    ct_timer_lock_take(&q->lock);
    bool armed = e->place != 0;
    if (armed)
        ct_timer_queue_arm(q, e, deadline_ns);
    ct_timer_queue_unlock_for(q, how, armed ? deadline_ns : CT_FOREVER);
    return armed;
}

static inline bool ct_timer_queue_cancel(struct ct_timer_queue *q, struct ct_timer_entry *e)
{
    ct_timer_lock_take(&q->lock);
    bool armed = ct_timer_queue_disarm(q, e);
    bool stopped = ct_timer_call_await(&e->call, &q->lock);
    ct_timer_lock_give(&q->lock);
    return armed || stopped;
}

static inline int ct_timer_queue_open(struct ct_timer_queue *q, struct ct_timer_entry *e,
                                      ct_timer_function *function, void *argument)
{
    e->place = 0;
    ct_timer_call_init(&e->call, function, argument);
    ct_timer_lock_take(&q->lock);
    int error = q->closed ? ECANCELED : q->opened == q->opened_max ? EAGAIN : 0;
    q->opened += error == 0;
    ct_timer_lock_give(&q->lock);
    return error;
}

static inline void ct_timer_queue_close(struct ct_timer_queue *q, struct ct_timer_entry *e)
{
    (void)ct_timer_queue_cancel(q, e);
    ct_timer_lock_take(&q->lock);
    q->opened--;
    ct_timer_lock_give(&q->lock);
}

/* With the lock: call the function of the earliest if it is due, else sleep until it is. */
static inline __attribute__((always_inline)) void
ct_timer_queue_step(struct ct_timer_queue *q, const struct ct_timer_waiting *how)
{
    uint64_t deadline_ns = q->count > 0 ? q->heap[1].deadline_ns : CT_FOREVER;
    uint64_t now_ns = deadline_ns == CT_FOREVER ? 0 : ct_now_ns();
    if (deadline_ns <= now_ns) {
        struct ct_timer_entry *e = q->heap[1].entry;
        (void)ct_timer_queue_disarm(q, e);
        ct_timer_call_run(&e->call, &q->lock, now_ns - deadline_ns);
        return;
    }
    ct_timer_queue_sleep_until(q, how, deadline_ns);
    uint32_t changed = ct_u32_load_relaxed(&q->changed);
    ct_timer_lock_give(&q->lock);
    how->sleep(q, changed, deadline_ns);
    ct_timer_lock_take(&q->lock);
    q->sleeps_until = 0;
}

/* With serving set, by or for the caller, until shutdown. */
static inline __attribute__((always_inline)) void
ct_timer_queue_loop(struct ct_timer_queue *q, const struct ct_timer_waiting *how)
{
    ct_timer_lock_take(&q->lock);
    while (!q->closed)
        ct_timer_queue_step(q, how);
    q->serving = false;
    ct_u32_store_relaxed(&q->left, 1);
    ct_wake(&q->left, CT_WAKE_ALL);
    ct_timer_lock_give(&q->lock);
}

/* 0: the caller may enter the loop. */
static inline int ct_timer_queue_enter(struct ct_timer_queue *q)
{
    ct_timer_lock_take(&q->lock);
    int error = q->serving ? EBUSY : 0;
    q->serving = true;
    ct_timer_lock_give(&q->lock);
    return error;
}

static inline uint32_t ct_timer_queue_shutdown(struct ct_timer_queue *q,
                                               const struct ct_timer_waiting *how)
{
    ct_timer_lock_take(&q->lock);
    uint32_t armed = q->count;
    q->closed = true;
    while (q->count > 0)
        q->heap[q->count--].entry->place = 0;
    ct_timer_queue_unlock_for(q, how, 0);
    ct_timer_lock_take(&q->lock);
    while (q->serving) {
        ct_timer_lock_give(&q->lock);
        ct_wait(&q->left, 0, CT_FOREVER);
        ct_timer_lock_take(&q->lock);
    }
    bool join = q->own_thread;
    q->own_thread = false;
    ct_timer_lock_give(&q->lock);
    if (join)
        pthread_join(q->thread, NULL);
    return armed;
}

static inline void ct_timer_queue_destroy(struct ct_timer_queue *q)
{
    ct_free(q->heap);
}

static inline int ct_timer_queue_init(struct ct_timer_queue *q, uint32_t timers)
{
    if (timers == 0)
        return EINVAL;
    q->heap = (struct ct_timer_slot *)ct_alloc(_Alignof(struct ct_timer_slot),
                                               ((size_t)timers + 1) * sizeof *q->heap);
    if (!q->heap)
        return ENOMEM;
    ct_timer_lock_init(&q->lock);
    q->count = q->opened = 0;
    q->opened_max = timers;
    q->serving = q->closed = q->own_thread = false;
    q->sleeps_until = 0;
    ct_u32_store_relaxed(&q->changed, 0);
    ct_u32_store_relaxed(&q->left, 0);
    return 0;
}

/* The service's own thread, which runs main(s). */
static inline int ct_timer_queue_own(struct ct_timer_queue *q, void *(*main)(void *s), void *s)
{
    q->serving = true; /* by it, which is not there yet */
    int error = ct_timer_thread(&q->thread, main, s);
    q->own_thread = error == 0;
    return error;
}

/* The contract's functions, before their adapters; those that a service's way of waiting does not touch. */
#define CT_TIMER_QUEUE_CALLS(id)                                                                   \
    static inline int ct_timer_##id##_open(struct ct_timer_##id *s,                                \
                                           struct ct_timer_##id##_node *timer,                     \
                                           ct_timer_function *function, void *argument)            \
    {                                                                                              \
        return ct_timer_queue_open(&s->queue, &timer->entry, function, argument);                  \
    }                                                                                              \
    static inline void ct_timer_##id##_close(struct ct_timer_##id *s,                              \
                                             struct ct_timer_##id##_node *timer)                   \
    {                                                                                              \
        ct_timer_queue_close(&s->queue, &timer->entry);                                            \
    }
#define CT_TIMER_QUEUE_CANCEL(id)                                                                  \
    static inline bool ct_timer_##id##_cancel(struct ct_timer_##id *s,                             \
                                              struct ct_timer_##id##_node *timer)                  \
    {                                                                                              \
        return ct_timer_queue_cancel(&s->queue, &timer->entry);                                    \
    }
#define CT_TIMER_QUEUE_START(id, waiting)                                                          \
    static inline int ct_timer_##id##_start(                                                       \
        struct ct_timer_##id *s, struct ct_timer_##id##_node *timer, uint64_t deadline_ns)         \
    {                                                                                              \
        return ct_timer_queue_start(&s->queue, waiting, &timer->entry, deadline_ns);               \
    }
#define CT_TIMER_QUEUE_RESTART(id, waiting)                                                        \
    static inline bool ct_timer_##id##_restart(                                                    \
        struct ct_timer_##id *s, struct ct_timer_##id##_node *timer, uint64_t deadline_ns)         \
    {                                                                                              \
        return ct_timer_queue_restart(&s->queue, waiting, &timer->entry, deadline_ns);             \
    }
#define CT_TIMER_QUEUE_SERVE(id, waiting)                                                          \
    __attribute__((noinline)) static void *ct_timer_##id##_main(void *s)                           \
    {                                                                                              \
        ct_timer_queue_loop(&((struct ct_timer_##id *)s)->queue, waiting);                         \
        return NULL;                                                                               \
    }                                                                                              \
    static inline int ct_timer_##id##_serve(struct ct_timer_##id *s)                               \
    {                                                                                              \
        int error = ct_timer_queue_enter(&s->queue);                                               \
        if (error == 0)                                                                            \
            ct_timer_##id##_main(s);                                                               \
        return error;                                                                              \
    }
#define CT_TIMER_QUEUE_SHUTDOWN(id, waiting)                                                       \
    static inline uint32_t ct_timer_##id##_shutdown(struct ct_timer_##id *s)                       \
    {                                                                                              \
        return ct_timer_queue_shutdown(&s->queue, waiting);                                        \
    }
/* init and destroy where there is nothing but the queue. */
#define CT_TIMER_QUEUE_LIFE(id)                                                                    \
    static inline int ct_timer_##id##_init(struct ct_timer_##id *s, uint32_t timers,               \
                                           bool own_thread)                                        \
    {                                                                                              \
        int error = ct_timer_queue_init(&s->queue, timers);                                        \
        if (error == 0 && own_thread) {                                                            \
            error = ct_timer_queue_own(&s->queue, ct_timer_##id##_main, s);                        \
            if (error != 0)                                                                        \
                ct_timer_queue_destroy(&s->queue);                                                 \
        }                                                                                          \
        return error;                                                                              \
    }                                                                                              \
    static inline void ct_timer_##id##_destroy(struct ct_timer_##id *s)                            \
    {                                                                                              \
        ct_timer_queue_destroy(&s->queue);                                                         \
    }

#endif
