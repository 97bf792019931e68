// SPDX-License-Identifier: MIT
/* restart-only-asks - heap, broken.
 *
 * Mistake: restart looks whether the timer is armed, then takes the lock and does not look again.
 * Breaks:  once: a timer that has just fired is armed and fires again.
 */
#ifndef STRESS_BROKEN_TIMER_RESTART_ONLY_ASKS_H
#define STRESS_BROKEN_TIMER_RESTART_ONLY_ASKS_H

#include <contend/timer_queue.h>

struct ct_timer_restart_only_asks {
    struct ct_timer_queue queue;
};

struct ct_timer_restart_only_asks_node {
    struct ct_timer_entry entry;
};

static inline void ct_timer_restart_only_asks_rouse(void *s)
{
    ct_wake(&((struct ct_timer_restart_only_asks *)s)->queue.changed, 1);
}

static inline void ct_timer_restart_only_asks_sleep(void *s, uint32_t changed, uint64_t deadline_ns)
{
    (void)ct_wait(&((struct ct_timer_restart_only_asks *)s)->queue.changed, changed, deadline_ns);
}

static const struct ct_timer_waiting ct_timer_restart_only_asks_waiting = {
    NULL, ct_timer_restart_only_asks_rouse, ct_timer_restart_only_asks_sleep};

static inline bool ct_timer_restart_only_asks_restart(struct ct_timer_restart_only_asks *s,
                                                      struct ct_timer_restart_only_asks_node *timer,
                                                      uint64_t deadline_ns)
{
    bool armed = timer->entry.place != 0; /* the mistake */
    return armed && ct_timer_queue_start(&s->queue, &ct_timer_restart_only_asks_waiting,
                                         &timer->entry, deadline_ns) == 0;
}

CT_TIMER_QUEUE_CALLS(restart_only_asks)
CT_TIMER_QUEUE_START(restart_only_asks, &ct_timer_restart_only_asks_waiting)
CT_TIMER_QUEUE_CANCEL(restart_only_asks)
CT_TIMER_QUEUE_SERVE(restart_only_asks, &ct_timer_restart_only_asks_waiting)
CT_TIMER_QUEUE_SHUTDOWN(restart_only_asks, &ct_timer_restart_only_asks_waiting)
CT_TIMER_QUEUE_LIFE(restart_only_asks)
CT_TIMER_ADAPT(restart_only_asks)
CT_TIMER_ADAPT_SERVE(restart_only_asks)

static const struct ct_timer_ops ct_timer_restart_only_asks_ops = {
    .impl = {CT_TIMER_IMPL(restart_only_asks, "restart-only-asks"),
             .summary = "broken: restart decides before it has the lock",
             .source = "Varghese & Lauck 1987, scheme 3", .traits = CT_PARKS | CT_TIMED},
    CT_TIMER_REQUIRED(restart_only_asks),
    .serve = ct_timer_restart_only_asks_op_serve,
};

#endif
