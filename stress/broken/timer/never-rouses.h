// SPDX-License-Identifier: MIT
/* never-rouses - heap, broken.
 *
 * Mistake: who starts a sooner timer leaves the thread asleep until the later one.
 * Breaks:  no lost wake-up.
 */
#ifndef STRESS_BROKEN_TIMER_NEVER_ROUSES_H
#define STRESS_BROKEN_TIMER_NEVER_ROUSES_H

#include <contend/timer_queue.h>

struct ct_timer_never_rouses {
    struct ct_timer_queue queue;
};

struct ct_timer_never_rouses_node {
    struct ct_timer_entry entry;
};

static inline void ct_timer_never_rouses_rouse(void *s)
{
    (void)s; /* the mistake */
}

static inline void ct_timer_never_rouses_sleep(void *s, uint32_t changed, uint64_t deadline_ns)
{
    (void)ct_wait(&((struct ct_timer_never_rouses *)s)->queue.changed, changed, deadline_ns);
}

static const struct ct_timer_waiting ct_timer_never_rouses_waiting = {
    NULL, ct_timer_never_rouses_rouse, ct_timer_never_rouses_sleep};

CT_TIMER_QUEUE_CALLS(never_rouses)
CT_TIMER_QUEUE_START(never_rouses, &ct_timer_never_rouses_waiting)
CT_TIMER_QUEUE_RESTART(never_rouses, &ct_timer_never_rouses_waiting)
CT_TIMER_QUEUE_CANCEL(never_rouses)
CT_TIMER_QUEUE_SERVE(never_rouses, &ct_timer_never_rouses_waiting)
CT_TIMER_QUEUE_SHUTDOWN(never_rouses, &ct_timer_never_rouses_waiting)
CT_TIMER_QUEUE_LIFE(never_rouses)
CT_TIMER_ADAPT(never_rouses)
CT_TIMER_ADAPT_SERVE(never_rouses)

static const struct ct_timer_ops ct_timer_never_rouses_ops = {
    .impl = {CT_TIMER_IMPL(never_rouses, "never-rouses"),
             .summary = "broken: a sooner timer does not wake the sleeping thread",
             .source = "Varghese & Lauck 1987, scheme 3", .traits = CT_PARKS | CT_TIMED},
    CT_TIMER_REQUIRED(never_rouses),
    .serve = ct_timer_never_rouses_op_serve,
};

#endif
