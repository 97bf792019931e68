// SPDX-License-Identifier: MIT
/* starts-after-shutdown - heap, broken.
 *
 * Mistake: start does not look whether the service is shut down.
 * Breaks:  a start after shutdown is refused; every timer that was accepted fires, is cancelled, or is counted.
 */
#ifndef STRESS_BROKEN_TIMER_STARTS_AFTER_SHUTDOWN_H
#define STRESS_BROKEN_TIMER_STARTS_AFTER_SHUTDOWN_H

#include <contend/timer_queue.h>

struct ct_timer_starts_after_shutdown {
    struct ct_timer_queue queue;
};

struct ct_timer_starts_after_shutdown_node {
    struct ct_timer_entry entry;
};

static inline void ct_timer_starts_after_shutdown_rouse(void *s)
{
    ct_wake(&((struct ct_timer_starts_after_shutdown *)s)->queue.changed, 1);
}

static inline void ct_timer_starts_after_shutdown_sleep(void *s, uint32_t changed,
                                                        uint64_t deadline_ns)
{
    (void)ct_wait(&((struct ct_timer_starts_after_shutdown *)s)->queue.changed, changed,
                  deadline_ns);
}

static const struct ct_timer_waiting ct_timer_starts_after_shutdown_waiting = {
    NULL, ct_timer_starts_after_shutdown_rouse, ct_timer_starts_after_shutdown_sleep};

static inline int
ct_timer_starts_after_shutdown_start(struct ct_timer_starts_after_shutdown *s,
                                     struct ct_timer_starts_after_shutdown_node *timer,
                                     uint64_t deadline_ns)
{
    ct_timer_lock_take(&s->queue.lock); /* the mistake */
    if (ct_timer_call_may_start(&timer->entry.call))
        ct_timer_queue_arm(&s->queue, &timer->entry, deadline_ns);
    ct_timer_queue_unlock_for(&s->queue, &ct_timer_starts_after_shutdown_waiting, deadline_ns);
    return 0;
}

CT_TIMER_QUEUE_CALLS(starts_after_shutdown)
CT_TIMER_QUEUE_RESTART(starts_after_shutdown, &ct_timer_starts_after_shutdown_waiting)
CT_TIMER_QUEUE_CANCEL(starts_after_shutdown)
CT_TIMER_QUEUE_SERVE(starts_after_shutdown, &ct_timer_starts_after_shutdown_waiting)
CT_TIMER_QUEUE_SHUTDOWN(starts_after_shutdown, &ct_timer_starts_after_shutdown_waiting)
CT_TIMER_QUEUE_LIFE(starts_after_shutdown)
CT_TIMER_ADAPT(starts_after_shutdown)
CT_TIMER_ADAPT_SERVE(starts_after_shutdown)

static const struct ct_timer_ops ct_timer_starts_after_shutdown_ops = {
    .impl = {CT_TIMER_IMPL(starts_after_shutdown, "starts-after-shutdown"),
             .summary = "broken: arms timers after shutdown",
             .source = "Varghese & Lauck 1987, scheme 3", .traits = CT_PARKS | CT_TIMED},
    CT_TIMER_REQUIRED(starts_after_shutdown),
    .serve = ct_timer_starts_after_shutdown_op_serve,
};

#endif
