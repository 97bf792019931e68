// SPDX-License-Identifier: MIT
/* heap - one thread, a binary heap of deadlines, asleep on a futex until the earliest.
 *
 * Idea      Thousands of waits overlap in one: that for the earliest deadline, which a futex takes along.
 *           A start that comes earlier still wakes the thread to look again.
 * Source    timer_queue.h
 * State     as timer_queue.h
 * Order     The lock orders all.
 * Choose    by default, as long as the functions are short: one that takes long makes the others late.
 */
#ifndef CONTEND_TIMER_HEAP_H
#define CONTEND_TIMER_HEAP_H

#include <contend/timer_queue.h>

struct ct_timer_heap {
    struct ct_timer_queue queue;
};

struct ct_timer_heap_node {
    struct ct_timer_entry entry;
};

static inline void ct_timer_heap_rouse(void *s)
{
    ct_wake(&((struct ct_timer_heap *)s)->queue.changed, 1);
}

static inline void ct_timer_heap_sleep(void *s, uint32_t changed, uint64_t deadline_ns)
{
    (void)ct_wait(&((struct ct_timer_heap *)s)->queue.changed, changed, deadline_ns);
}

static const struct ct_timer_waiting ct_timer_heap_waiting = {NULL, ct_timer_heap_rouse,
                                                              ct_timer_heap_sleep};

CT_TIMER_QUEUE_CALLS(heap)
CT_TIMER_QUEUE_START(heap, &ct_timer_heap_waiting)
CT_TIMER_QUEUE_RESTART(heap, &ct_timer_heap_waiting)
CT_TIMER_QUEUE_CANCEL(heap)
CT_TIMER_QUEUE_SERVE(heap, &ct_timer_heap_waiting)
CT_TIMER_QUEUE_SHUTDOWN(heap, &ct_timer_heap_waiting)
CT_TIMER_QUEUE_LIFE(heap)
CT_TIMER_ADAPT(heap)
CT_TIMER_ADAPT_SERVE(heap)

static const struct ct_timer_ops ct_timer_heap_ops = {
    .impl = {CT_TIMER_IMPL(heap, "heap"), .summary = "one thread, a binary heap, asleep on a futex",
             .source = "Varghese & Lauck 1987, scheme 3", .traits = CT_PARKS | CT_TIMED},
    CT_TIMER_REQUIRED(heap),
    .serve = ct_timer_heap_op_serve,
};

#endif
