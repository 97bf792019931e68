// SPDX-License-Identifier: MIT
/* posix - POSIX timers: the kernel keeps them all, one thread takes their signals.
 *
 * Idea      timer_create by open, timer_settime by start, and a thread that waits for the signals of those
 *           that expired. Not with SIGEV_THREAD, which makes a thread for each expiry and tells nobody
 *           when the last of a deleted timer has gone, so that memory could never be given back.
 * Source    POSIX.1-2017, timer_create, sigwaitinfo; SIGEV_THREAD_ID: Linux, timer_create(2)
 * State     timer   of each open timer, by the number that its signals carry; under the lock, as is all
 *           armed   shall fire at deadline_ns
 *           A signal says no more than: look at this timer. Late ones, of an earlier start or of a timer
 *           closed since, find nothing due, or another timer that is.
 * Order     The lock orders all.
 * Limits    CT_TIMER_POSIX_SIGNAL must not be sent to the process as a whole; each open timer counts
 *           against RLIMIT_SIGPENDING.
 * Choose    to compare: a start or a cancel costs a system call.
 */
#ifndef CONTEND_TIMER_POSIX_H
#define CONTEND_TIMER_POSIX_H

#include <contend/alloc.h>
#include <contend/timer_call.h>

#include <string.h>
#include <time.h>

#define CT_TIMER_POSIX_SIGNAL SIGRTMAX

struct ct_timer_posix_node {
    struct ct_timer_call call;
    uint64_t deadline_ns;
    bool armed;
    uint32_t number;
    timer_t kernel;
};

struct ct_timer_posix {
    struct ct_timer_lock lock;
    bool closed;
    uint32_t opened_max, next;
    struct ct_timer_posix_node **timer; /* [opened_max] */
    struct ct_u32 thread_id;
    pthread_t thread;
};

/* With the lock: it is due, if it is. */
static inline void ct_timer_posix_look(struct ct_timer_posix *s, uint32_t number)
{
    struct ct_timer_posix_node *t = number < s->opened_max ? s->timer[number] : NULL;
    if (!t || !t->armed)
        return;
    uint64_t now_ns = ct_now_ns();
    if (t->deadline_ns > now_ns)
        return;
    t->armed = false;
    ct_timer_call_run(&t->call, &s->lock, now_ns - t->deadline_ns);
}

static inline void *ct_timer_posix_main(void *service)
{
    struct ct_timer_posix *s = (struct ct_timer_posix *)service;
    siginfo_t info;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, CT_TIMER_POSIX_SIGNAL);
    ct_u32_store_release(&s->thread_id, ct_thread_id());
    ct_wake(&s->thread_id, 1);
    ct_timer_lock_take(&s->lock);
    while (!s->closed) {
        ct_timer_lock_give(&s->lock);
        bool expired =
            sigwaitinfo(&set, &info) == CT_TIMER_POSIX_SIGNAL && info.si_code == SI_TIMER;
        ct_timer_lock_take(&s->lock);
        if (expired)
            ct_timer_posix_look(s, (uint32_t)info.si_value.sival_int);
    }
    ct_timer_lock_give(&s->lock);
    return NULL;
}

/* CT_FOREVER: never. */
static inline void ct_timer_posix_program(const struct ct_timer_posix_node *t, uint64_t deadline_ns)
{
    struct itimerspec when = {{0, 0}, {0, 0}};
    ct_timespec(&when.it_value, deadline_ns == 0 ? 1 : deadline_ns); /* 0 would mean never */
    if (timer_settime(t->kernel, TIMER_ABSTIME, &when, NULL) != 0)
        ct_panic("timer_settime", errno);
}

static inline int ct_timer_posix_init(struct ct_timer_posix *s, uint32_t timers, bool own_thread)
{
    if (timers == 0 || !own_thread)
        return EINVAL;
    size_t bytes = (size_t)timers * sizeof *s->timer;
    s->timer = (struct ct_timer_posix_node **)ct_alloc(sizeof(void *), bytes);
    if (!s->timer)
        return ENOMEM;
    memset(s->timer, 0, bytes);
    ct_timer_lock_init(&s->lock);
    ct_u32_store_relaxed(&s->thread_id, 0);
    s->closed = false;
    s->opened_max = timers;
    s->next = 0;
    int error = ct_timer_thread(&s->thread, ct_timer_posix_main, s);
    if (error != 0)
        ct_free(s->timer);
    while (error == 0 && ct_u32_load_acquire(&s->thread_id) == 0) /* pairs with main */
        (void)ct_wait(&s->thread_id, 0, CT_FOREVER);
    return error;
}

static inline void ct_timer_posix_destroy(struct ct_timer_posix *s)
{
    ct_free(s->timer);
}

/* With the lock: 0 and a number that no open timer has, or open's error. */
static inline int ct_timer_posix_number(struct ct_timer_posix *s, uint32_t *number)
{
    for (uint32_t i = 0; i < s->opened_max && !s->closed; i++) {
        *number = s->next;
        s->next = (s->next + 1) % s->opened_max;
        if (!s->timer[*number])
            return 0;
    }
    return s->closed ? ECANCELED : EAGAIN;
}

static inline int ct_timer_posix_open(struct ct_timer_posix *s, struct ct_timer_posix_node *t,
                                      ct_timer_function *function, void *argument)
{
    struct sigevent event;
    int saved = errno;
    ct_timer_call_init(&t->call, function, argument);
    t->armed = false;
    ct_timer_lock_take(&s->lock);
    int error = ct_timer_posix_number(s, &t->number);
    if (error == 0) {
        memset(&event, 0, sizeof event);
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = CT_TIMER_POSIX_SIGNAL;
        event.sigev_value.sival_int = (int)t->number;
        event._sigev_un._tid = (pid_t)ct_u32_load_relaxed(&s->thread_id);
        if (timer_create(CLOCK_MONOTONIC, &event, &t->kernel) == 0)
            s->timer[t->number] = t;
        else
            error = EAGAIN;
    }
    ct_timer_lock_give(&s->lock);
    errno = saved;
    return error;
}

static inline int ct_timer_posix_start(struct ct_timer_posix *s, struct ct_timer_posix_node *t,
                                       uint64_t deadline_ns)
{
    ct_timer_lock_take(&s->lock);
    int error = s->closed ? ECANCELED : 0;
    if (error == 0 && ct_timer_call_may_start(&t->call)) {
        t->armed = true;
        t->deadline_ns = deadline_ns;
        ct_timer_posix_program(t, deadline_ns);
    }
    ct_timer_lock_give(&s->lock);
    return error;
}

static inline bool ct_timer_posix_restart(struct ct_timer_posix *s, struct ct_timer_posix_node *t,
                                          uint64_t deadline_ns)
{
    ct_timer_lock_take(&s->lock);
    bool armed = t->armed;
    if (armed) {
        t->deadline_ns = deadline_ns;
        ct_timer_posix_program(t, deadline_ns);
    }
    ct_timer_lock_give(&s->lock);
    return armed;
}

static inline bool ct_timer_posix_cancel(struct ct_timer_posix *s, struct ct_timer_posix_node *t)
{
    ct_timer_lock_take(&s->lock);
    bool armed = t->armed;
    t->armed = false;
    if (armed)
        ct_timer_posix_program(t, CT_FOREVER);
    bool stopped = ct_timer_call_await(&t->call, &s->lock);
    ct_timer_lock_give(&s->lock);
    return armed || stopped;
}

/* With the lock. */
static inline void ct_timer_posix_delete(struct ct_timer_posix *s, struct ct_timer_posix_node *t)
{
    timer_delete(t->kernel);
    s->timer[t->number] = NULL;
}

static inline void ct_timer_posix_close(struct ct_timer_posix *s, struct ct_timer_posix_node *t)
{
    (void)ct_timer_posix_cancel(s, t);
    ct_timer_lock_take(&s->lock);
    if (s->timer[t->number] == t) /* else shutdown has done it */
        ct_timer_posix_delete(s, t);
    ct_timer_lock_give(&s->lock);
}

static inline uint32_t ct_timer_posix_shutdown(struct ct_timer_posix *s)
{
    uint32_t armed = 0;
    ct_timer_lock_take(&s->lock);
    bool again = s->closed;
    s->closed = true;
    for (uint32_t i = 0; i < s->opened_max; i++) {
        struct ct_timer_posix_node *t = s->timer[i];
        if (!t)
            continue;
        armed += t->armed;
        t->armed = false;
        ct_timer_posix_delete(s, t);
    }
    ct_timer_lock_give(&s->lock);
    if (again)
        return 0;
    pthread_kill(s->thread, CT_TIMER_POSIX_SIGNAL);
    pthread_join(s->thread, NULL);
    return armed;
}

CT_TIMER_ADAPT(posix)

static const struct ct_timer_ops ct_timer_posix_ops = {
    .impl = {CT_TIMER_IMPL(posix, "posix"),
             .summary = "POSIX timers, one thread takes their signals",
             .source = "POSIX.1-2017, timer_create",
             .traits = CT_REFERENCE | CT_PARKS | CT_TIMED | CT_OPAQUE | CT_THREADS},
    CT_TIMER_REQUIRED(posix),
};

#endif
