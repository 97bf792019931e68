// SPDX-License-Identifier: MIT
/* eventfd - a file descriptor that is readable while the event is set.
 *
 * Idea      The kernel's counter is the state: a set adds to it, whoever reads it takes all of it and
 *           leaves it empty, which is auto reset. Waiting is poll, so that a thread can wait for the
 *           event and for sockets or timers in one call: poll e->fd, then wait with deadline 0.
 *           Not for manual reset: a waiter that poll woke looks again before it returns, and if the
 *           counter was emptied in between sleeps on, so that a clear could lose it.
 * Source    eventfd(2), Linux 2.6.22.
 * State     fd  whose counter is 0 while the event is clear
 * Order     the kernel's lock in the counter.
 * Lifetime  set touches the event before the system call only. destroy closes the descriptor.
 * Choose    only for threads that wait for descriptors as well: every operation is a system call.
 */
#ifndef CONTEND_EVENT_EVENTFD_H
#define CONTEND_EVENT_EVENTFD_H

#include <contend/event.h>
#include <contend/wait.h>

#include <poll.h>
#include <sys/eventfd.h>

struct ct_event_eventfd {
    int fd;
};

/* Panics where the process may open no further descriptor. */
static inline void ct_event_eventfd_init_auto(struct ct_event_eventfd *e)
{
    int saved = errno;
    e->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (e->fd < 0)
        ct_panic("eventfd", errno);
    errno = saved;
}

static inline void ct_event_eventfd_destroy(struct ct_event_eventfd *e)
{
    close(e->fd);
}

static inline void ct_event_eventfd_set(struct ct_event_eventfd *e)
{
    int saved = errno;
    /* EAGAIN: 2^64 - 2 sets already; one is enough */
    if (eventfd_write(e->fd, 1) != 0 && errno != EAGAIN)
        ct_panic("write to an eventfd", errno);
    errno = saved;
}

static inline bool ct_event_eventfd_take(struct ct_event_eventfd *e)
{
    int saved = errno;
    eventfd_t sets;
    bool taken = eventfd_read(e->fd, &sets) == 0;
    if (!taken && errno != EAGAIN)
        ct_panic("read from an eventfd", errno);
    errno = saved;
    return taken;
}

static inline void ct_event_eventfd_clear(struct ct_event_eventfd *e)
{
    (void)ct_event_eventfd_take(e);
}

/* Until the event is set or timeout, relative, has passed; NULL: for ever. May return early. */
static inline bool ct_event_eventfd_poll(const struct ct_event_eventfd *e,
                                         const struct timespec *timeout)
{
    struct pollfd p = {e->fd, POLLIN, 0};
    int saved = errno, ready = ppoll(&p, 1, timeout, NULL);
    if (ready < 0 && errno != EINTR)
        ct_panic("ppoll", errno);
    errno = saved;
    return ready > 0;
}

static inline bool ct_event_eventfd_is_set(const struct ct_event_eventfd *e)
{
    const struct timespec at_once = {0, 0};
    return ct_event_eventfd_poll(e, &at_once);
}

static inline int ct_event_eventfd_timedwait(struct ct_event_eventfd *e, uint64_t deadline_ns)
{
    struct timespec t;
    while (!ct_event_eventfd_take(e)) {
        const struct timespec *left = NULL;
        if (deadline_ns != CT_FOREVER) {
            uint64_t now_ns = ct_now_ns();
            if (now_ns >= deadline_ns) /* one look more: the last one came before it */
                return ct_event_eventfd_take(e) ? 0 : ETIMEDOUT;
            left = ct_timespec(&t, deadline_ns - now_ns);
        }
        (void)ct_event_eventfd_poll(e, left);
    }
    return 0;
}

static inline void ct_event_eventfd_wait(struct ct_event_eventfd *e)
{
    (void)ct_event_eventfd_timedwait(e, CT_FOREVER);
}

CT_EVENT_ADAPT(eventfd)
CT_EVENT_ADAPT_AUTO(eventfd)
CT_EVENT_ADAPT_DESTROY(eventfd)
CT_EVENT_ADAPT_TIMED(eventfd)

static const struct ct_event_ops ct_event_eventfd_ops = {
    .impl = {CT_EVENT_IMPL(eventfd, "eventfd"),
             .summary = "auto reset; a descriptor that poll can wait for", .source = "eventfd(2)",
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_EVENT_REQUIRED(eventfd),
    .init_auto = ct_event_eventfd_op_init_auto,
    .destroy = ct_event_eventfd_op_destroy,
    .timedwait = ct_event_eventfd_op_timedwait,
};

#endif
