// SPDX-License-Identifier: MIT
/* timerfd - one thread, a binary heap of deadlines, the earliest of them set in a timerfd.
 *
 * Idea      As heap, but who starts an earlier timer moves the kernel's timer under the sleeping thread
 *           instead of waking it to go to sleep again. And a descriptor is what a program with an event
 *           loop can wait for besides its sockets.
 * Source    timerfd_create(2), Linux 2.6.25; timer_queue.h
 * State     as timer_queue.h, and set_ns, what the timerfd is set to; CT_FOREVER: nothing
 * Order     The lock orders all.
 * Choose    where starts often come earlier than all others, and where the wait has to be a descriptor.
 */
#ifndef CONTEND_TIMER_TIMERFD_H
#define CONTEND_TIMER_TIMERFD_H

#include <contend/timer_queue.h>

#include <sys/timerfd.h>

struct ct_timer_timerfd {
    struct ct_timer_queue queue;
    uint64_t set_ns;
    int fd;
};

struct ct_timer_timerfd_node {
    struct ct_timer_entry entry;
};

static inline void ct_timer_timerfd_program(void *service, uint64_t deadline_ns)
{
    struct ct_timer_timerfd *s = (struct ct_timer_timerfd *)service;
    struct itimerspec when = {{0, 0}, {0, 0}};
    if (deadline_ns == s->set_ns)
        return;
    s->set_ns = deadline_ns;
    if (deadline_ns == 0)
        deadline_ns = 1; /* as long past; 0 means never */
    ct_timespec(&when.it_value, deadline_ns);
    if (timerfd_settime(s->fd, TFD_TIMER_ABSTIME, &when, NULL) != 0)
        ct_panic("timerfd_settime", errno);
}

static inline void ct_timer_timerfd_sleep(void *service, uint32_t changed, uint64_t deadline_ns)
{
    uint64_t expirations;
    int saved = errno;
    (void)changed, (void)deadline_ns;
    if (read(((struct ct_timer_timerfd *)service)->fd, &expirations, sizeof expirations) < 0 &&
        errno != EINTR)
        ct_panic("timerfd read", errno);
    errno = saved;
}

static const struct ct_timer_waiting ct_timer_timerfd_waiting = {ct_timer_timerfd_program, NULL,
                                                                 ct_timer_timerfd_sleep};

CT_TIMER_QUEUE_CALLS(timerfd)
CT_TIMER_QUEUE_START(timerfd, &ct_timer_timerfd_waiting)
CT_TIMER_QUEUE_RESTART(timerfd, &ct_timer_timerfd_waiting)
CT_TIMER_QUEUE_CANCEL(timerfd)
CT_TIMER_QUEUE_SERVE(timerfd, &ct_timer_timerfd_waiting)
CT_TIMER_QUEUE_SHUTDOWN(timerfd, &ct_timer_timerfd_waiting)

static inline void ct_timer_timerfd_destroy(struct ct_timer_timerfd *s)
{
    close(s->fd);
    ct_timer_queue_destroy(&s->queue);
}

static inline int ct_timer_timerfd_init(struct ct_timer_timerfd *s, uint32_t timers,
                                        bool own_thread)
{
    int error = ct_timer_queue_init(&s->queue, timers), saved = errno;
    if (error != 0)
        return error;
    s->set_ns = CT_FOREVER;
    s->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (s->fd < 0) {
        errno = saved;
        ct_timer_queue_destroy(&s->queue);
        return EAGAIN;
    }
    if (own_thread)
        error = ct_timer_queue_own(&s->queue, ct_timer_timerfd_main, s);
    if (error != 0)
        ct_timer_timerfd_destroy(s);
    return error;
}

CT_TIMER_ADAPT(timerfd)
CT_TIMER_ADAPT_SERVE(timerfd)

static const struct ct_timer_ops ct_timer_timerfd_ops = {
    .impl = {CT_TIMER_IMPL(timerfd, "timerfd"),
             .summary = "one thread, a binary heap, the earliest in a timerfd",
             .source = "timerfd_create(2); Varghese & Lauck 1987, scheme 3",
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_TIMER_REQUIRED(timerfd),
    .serve = ct_timer_timerfd_op_serve,
};

#endif
