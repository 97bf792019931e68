// SPDX-License-Identifier: MIT
/* rounds-down - heap, broken.
 *
 * Mistake: deadlines are rounded to ticks of 16 us, downwards.
 * Breaks:  never early.
 */
#ifndef STRESS_BROKEN_TIMER_ROUNDS_DOWN_H
#define STRESS_BROKEN_TIMER_ROUNDS_DOWN_H

#include <contend/timer_queue.h>

struct ct_timer_rounds_down {
    struct ct_timer_queue queue;
};

struct ct_timer_rounds_down_node {
    struct ct_timer_entry entry;
};

static inline void ct_timer_rounds_down_rouse(void *s)
{
    ct_wake(&((struct ct_timer_rounds_down *)s)->queue.changed, 1);
}

static inline void ct_timer_rounds_down_sleep(void *s, uint32_t changed, uint64_t deadline_ns)
{
    (void)ct_wait(&((struct ct_timer_rounds_down *)s)->queue.changed, changed, deadline_ns);
}

static const struct ct_timer_waiting ct_timer_rounds_down_waiting = {
    NULL, ct_timer_rounds_down_rouse, ct_timer_rounds_down_sleep};

static inline int ct_timer_rounds_down_start(struct ct_timer_rounds_down *s,
                                             struct ct_timer_rounds_down_node *timer,
                                             uint64_t deadline_ns)
{
    deadline_ns &= ~UINT64_C(0x3fff); /* the mistake */
    return ct_timer_queue_start(&s->queue, &ct_timer_rounds_down_waiting, &timer->entry,
                                deadline_ns);
}

CT_TIMER_QUEUE_CALLS(rounds_down)
CT_TIMER_QUEUE_RESTART(rounds_down, &ct_timer_rounds_down_waiting)
CT_TIMER_QUEUE_CANCEL(rounds_down)
CT_TIMER_QUEUE_SERVE(rounds_down, &ct_timer_rounds_down_waiting)
CT_TIMER_QUEUE_SHUTDOWN(rounds_down, &ct_timer_rounds_down_waiting)
CT_TIMER_QUEUE_LIFE(rounds_down)
CT_TIMER_ADAPT(rounds_down)
CT_TIMER_ADAPT_SERVE(rounds_down)

static const struct ct_timer_ops ct_timer_rounds_down_ops = {
    .impl = {CT_TIMER_IMPL(rounds_down, "rounds-down"),
             .summary = "broken: rounds deadlines down to its clock tick",
             .source = "Varghese & Lauck 1987, scheme 3", .traits = CT_PARKS | CT_TIMED},
    CT_TIMER_REQUIRED(rounds_down),
    .serve = ct_timer_rounds_down_op_serve,
};

#endif
