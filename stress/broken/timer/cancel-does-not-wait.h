// SPDX-License-Identifier: MIT
/* cancel-does-not-wait - heap, broken.
 *
 * Mistake: cancel returns while the function is running.
 * Breaks:  a cancel that says false shows what the function did.
 */
#ifndef STRESS_BROKEN_TIMER_CANCEL_DOES_NOT_WAIT_H
#define STRESS_BROKEN_TIMER_CANCEL_DOES_NOT_WAIT_H

#include <contend/timer_queue.h>

struct ct_timer_cancel_does_not_wait {
    struct ct_timer_queue queue;
};

struct ct_timer_cancel_does_not_wait_node {
    struct ct_timer_entry entry;
};

static inline void ct_timer_cancel_does_not_wait_rouse(void *s)
{
    ct_wake(&((struct ct_timer_cancel_does_not_wait *)s)->queue.changed, 1);
}

static inline void ct_timer_cancel_does_not_wait_sleep(void *s, uint32_t changed,
                                                       uint64_t deadline_ns)
{
    (void)ct_wait(&((struct ct_timer_cancel_does_not_wait *)s)->queue.changed, changed,
                  deadline_ns);
}

static const struct ct_timer_waiting ct_timer_cancel_does_not_wait_waiting = {
    NULL, ct_timer_cancel_does_not_wait_rouse, ct_timer_cancel_does_not_wait_sleep};

static inline bool
ct_timer_cancel_does_not_wait_cancel(struct ct_timer_cancel_does_not_wait *s,
                                     struct ct_timer_cancel_does_not_wait_node *timer)
{
    ct_timer_lock_take(&s->queue.lock);
    bool armed = ct_timer_queue_disarm(&s->queue, &timer->entry);
    ct_timer_lock_give(&s->queue.lock); /* the mistake */
    return armed;
}

CT_TIMER_QUEUE_CALLS(cancel_does_not_wait)
CT_TIMER_QUEUE_START(cancel_does_not_wait, &ct_timer_cancel_does_not_wait_waiting)
CT_TIMER_QUEUE_RESTART(cancel_does_not_wait, &ct_timer_cancel_does_not_wait_waiting)
CT_TIMER_QUEUE_SERVE(cancel_does_not_wait, &ct_timer_cancel_does_not_wait_waiting)
CT_TIMER_QUEUE_SHUTDOWN(cancel_does_not_wait, &ct_timer_cancel_does_not_wait_waiting)
CT_TIMER_QUEUE_LIFE(cancel_does_not_wait)
CT_TIMER_ADAPT(cancel_does_not_wait)
CT_TIMER_ADAPT_SERVE(cancel_does_not_wait)

static const struct ct_timer_ops ct_timer_cancel_does_not_wait_ops = {
    .impl = {CT_TIMER_IMPL(cancel_does_not_wait, "cancel-does-not-wait"),
             .summary = "broken: cancel leaves while the function runs",
             .source = "Varghese & Lauck 1987, scheme 3", .traits = CT_PARKS | CT_TIMED},
    CT_TIMER_REQUIRED(cancel_does_not_wait),
    .serve = ct_timer_cancel_does_not_wait_op_serve,
};

#endif
