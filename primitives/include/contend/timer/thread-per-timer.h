// SPDX-License-Identifier: MIT
/* thread-per-timer - each timer has a thread, which sleeps until the deadline.
 *
 * Idea      What libraries without a timer service do (Python's threading.Timer): the kernel's own sleep is
 *           the timer. The thread is made by open and stays until close, so a start only wakes it.
 * Source    Varghese & Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987, scheme 1, with the
 *           kernel's threads for its records
 * State     of a timer, under its lock:
 *           armed    shall fire at deadline_ns
 *           over     the thread shall end
 *           changed  changes with every order; what the thread sleeps on
 *           joined   the thread has ended
 * Order     A timer's lock orders all that concerns it.
 * Overlap   The functions of several timers run at the same time.
 * Choose    for few timers whose functions take long or block. Each costs a stack, and every start two
 *           switches of threads.
 */
#ifndef CONTEND_TIMER_THREAD_PER_TIMER_H
#define CONTEND_TIMER_THREAD_PER_TIMER_H

#include <contend/timer_list.h>

struct ct_timer_thread_per_timer {
    struct ct_timer_list list;
};

struct ct_timer_thread_per_timer_node {
    struct ct_timer_link link; /* first */
    struct ct_timer_lock lock;
    struct ct_timer_call call;
    uint64_t deadline_ns;
    bool armed, over, joined;
    struct ct_u32 changed;
    pthread_t thread;
};

/* With the lock, which it gives back. */
static inline void
ct_timer_thread_per_timer_unlock_changed(struct ct_timer_thread_per_timer_node *t)
{
    ct_u32_store_relaxed(&t->changed, ct_u32_load_relaxed(&t->changed) + 1);
    ct_timer_lock_give(&t->lock);
    ct_wake(&t->changed, 1);
}

static inline void *ct_timer_thread_per_timer_main(void *timer)
{
    struct ct_timer_thread_per_timer_node *t = (struct ct_timer_thread_per_timer_node *)timer;
    ct_timer_lock_take(&t->lock);
    while (!t->over) {
        uint64_t now_ns = ct_now_ns(), until_ns = t->armed ? t->deadline_ns : CT_FOREVER;
        if (until_ns <= now_ns) {
            t->armed = false;
            ct_timer_call_run(&t->call, &t->lock, now_ns - until_ns);
            continue;
        }
        uint32_t changed = ct_u32_load_relaxed(&t->changed);
        ct_timer_lock_give(&t->lock);
        (void)ct_wait(&t->changed, changed, until_ns);
        ct_timer_lock_take(&t->lock);
    }
    ct_timer_lock_give(&t->lock);
    return NULL;
}

static inline int ct_timer_thread_per_timer_init(struct ct_timer_thread_per_timer *s,
                                                 uint32_t timers, bool own_thread)
{
    if (timers == 0 || !own_thread)
        return EINVAL;
    ct_timer_list_init(&s->list, timers);
    return 0;
}

static inline void ct_timer_thread_per_timer_destroy(struct ct_timer_thread_per_timer *s)
{
    (void)s;
}

static inline int ct_timer_thread_per_timer_open(struct ct_timer_thread_per_timer *s,
                                                 struct ct_timer_thread_per_timer_node *t,
                                                 ct_timer_function *function, void *argument)
{
    ct_timer_lock_init(&t->lock);
    ct_timer_call_init(&t->call, function, argument);
    ct_u32_store_relaxed(&t->changed, 0);
    t->armed = t->over = t->joined = false;
    int error = ct_timer_list_add(&s->list, &t->link);
    if (error != 0)
        return error;
    error = ct_timer_thread(&t->thread, ct_timer_thread_per_timer_main, t);
    if (error != 0)
        ct_timer_list_remove(&s->list, &t->link);
    return error;
}

/* Disarmed and on its way out; true: it was armed. */
static inline bool ct_timer_thread_per_timer_end(struct ct_timer_thread_per_timer_node *t)
{
    ct_timer_lock_take(&t->lock);
    bool armed = t->armed;
    t->armed = false;
    t->over = true;
    ct_timer_thread_per_timer_unlock_changed(t);
    return armed;
}

static inline void ct_timer_thread_per_timer_join(struct ct_timer_thread_per_timer_node *t)
{
    if (!t->joined)
        pthread_join(t->thread, NULL);
    t->joined = true;
}

static inline void ct_timer_thread_per_timer_close(struct ct_timer_thread_per_timer *s,
                                                   struct ct_timer_thread_per_timer_node *t)
{
    (void)ct_timer_thread_per_timer_end(t);
    ct_timer_thread_per_timer_join(t);
    ct_timer_list_remove(&s->list, &t->link);
}

static inline int ct_timer_thread_per_timer_start(struct ct_timer_thread_per_timer *s,
                                                  struct ct_timer_thread_per_timer_node *t,
                                                  uint64_t deadline_ns)
{
    (void)s;
    ct_timer_lock_take(&t->lock);
    int error = t->over ? ECANCELED : 0;
    if (error == 0 && ct_timer_call_may_start(&t->call)) {
        t->armed = true;
        t->deadline_ns = deadline_ns;
    }
    ct_timer_thread_per_timer_unlock_changed(t);
    return error;
}

static inline bool ct_timer_thread_per_timer_restart(struct ct_timer_thread_per_timer *s,
                                                     struct ct_timer_thread_per_timer_node *t,
                                                     uint64_t deadline_ns)
{
    (void)s;
    ct_timer_lock_take(&t->lock);
    bool armed = t->armed;
    if (armed)
        t->deadline_ns = deadline_ns;
    ct_timer_thread_per_timer_unlock_changed(t);
    return armed;
}

static inline bool ct_timer_thread_per_timer_cancel(struct ct_timer_thread_per_timer *s,
                                                    struct ct_timer_thread_per_timer_node *t)
{
    (void)s;
    ct_timer_lock_take(&t->lock);
    bool armed = t->armed; /* the thread sleeps on, and will find nothing to do */
    t->armed = false;
    bool stopped = ct_timer_call_await(&t->call, &t->lock);
    ct_timer_lock_give(&t->lock);
    return armed || stopped;
}

static inline uint32_t ct_timer_thread_per_timer_shutdown(struct ct_timer_thread_per_timer *s)
{
    uint32_t armed = 0;
    const struct ct_timer_link *end = &s->list.first;
    ct_timer_list_shut(&s->list);
    for (struct ct_timer_link *l = end->next; l != end; l = l->next)
        armed += ct_timer_thread_per_timer_end((struct ct_timer_thread_per_timer_node *)l);
    for (struct ct_timer_link *l = end->next; l != end; l = l->next)
        ct_timer_thread_per_timer_join((struct ct_timer_thread_per_timer_node *)l);
    return armed;
}

CT_TIMER_ADAPT(thread_per_timer)

static const struct ct_timer_ops ct_timer_thread_per_timer_ops = {
    .impl = {CT_TIMER_IMPL(thread_per_timer, "thread-per-timer"),
             .summary = "a thread for each timer, asleep until its deadline",
             .source = "Varghese & Lauck 1987, scheme 1",
             .traits = CT_PARKS | CT_TIMED | CT_THREADS},
    CT_TIMER_REQUIRED(thread_per_timer),
};

#endif
