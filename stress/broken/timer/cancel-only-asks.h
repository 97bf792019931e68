// SPDX-License-Identifier: MIT
/* cancel-only-asks - heap, broken.
 *
 * Mistake: cancel looks whether the timer is armed, then takes the lock and does not look again.
 * Breaks:  cancel is final: a timer fires although its cancel said true.
 */
#ifndef STRESS_BROKEN_TIMER_CANCEL_ONLY_ASKS_H
#define STRESS_BROKEN_TIMER_CANCEL_ONLY_ASKS_H

#include <contend/timer_queue.h>

struct ct_timer_cancel_only_asks {
    struct ct_timer_queue queue;
};

struct ct_timer_cancel_only_asks_node {
    struct ct_timer_entry entry;
};

static inline void ct_timer_cancel_only_asks_rouse(void *s)
{
    ct_wake(&((struct ct_timer_cancel_only_asks *)s)->queue.changed, 1);
}

static inline void ct_timer_cancel_only_asks_sleep(void *s, uint32_t changed, uint64_t deadline_ns)
{
    (void)ct_wait(&((struct ct_timer_cancel_only_asks *)s)->queue.changed, changed, deadline_ns);
}

static const struct ct_timer_waiting ct_timer_cancel_only_asks_waiting = {
    NULL, ct_timer_cancel_only_asks_rouse, ct_timer_cancel_only_asks_sleep};

static inline bool ct_timer_cancel_only_asks_cancel(struct ct_timer_cancel_only_asks *s,
                                                    struct ct_timer_cancel_only_asks_node *timer)
{
    bool armed = timer->entry.place != 0; /* the mistake */
    return ct_timer_queue_cancel(&s->queue, &timer->entry) || armed;
}

CT_TIMER_QUEUE_CALLS(cancel_only_asks)
CT_TIMER_QUEUE_START(cancel_only_asks, &ct_timer_cancel_only_asks_waiting)
CT_TIMER_QUEUE_RESTART(cancel_only_asks, &ct_timer_cancel_only_asks_waiting)
CT_TIMER_QUEUE_SERVE(cancel_only_asks, &ct_timer_cancel_only_asks_waiting)
CT_TIMER_QUEUE_SHUTDOWN(cancel_only_asks, &ct_timer_cancel_only_asks_waiting)
CT_TIMER_QUEUE_LIFE(cancel_only_asks)
CT_TIMER_ADAPT(cancel_only_asks)
CT_TIMER_ADAPT_SERVE(cancel_only_asks)

static const struct ct_timer_ops ct_timer_cancel_only_asks_ops = {
    .impl = {CT_TIMER_IMPL(cancel_only_asks, "cancel-only-asks"),
             .summary = "broken: cancel decides before it has the lock",
             .source = "Varghese & Lauck 1987, scheme 3", .traits = CT_PARKS | CT_TIMED},
    CT_TIMER_REQUIRED(cancel_only_asks),
    .serve = ct_timer_cancel_only_asks_op_serve,
};

#endif
