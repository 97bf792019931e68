// SPDX-License-Identifier: MIT
/* spin - over semaphore/spin: the maximum is checked in post's compare-and-swap.
 *
 * Idea      See semaphore/spin.h; post compares with this semaphore's maximum, not with everybody's.
 * Source    Dijkstra, "Cooperating sequential processes", 1965; Python, threading.BoundedSemaphore.
 * State     over  the semaphore
 *           max   a constant beside it
 * Order     the semaphore's. Lifetime: post reads max before its compare-and-swap.
 * Choose    short waits between threads that all have a CPU.
 */
#ifndef CONTEND_BOUNDED_SEMAPHORE_SPIN_H
#define CONTEND_BOUNDED_SEMAPHORE_SPIN_H

#include <contend/bounded_semaphore.h>
#include <contend/semaphore/spin.h>

CT_BOUNDED_SEMAPHORE_OVER(spin)

CT_BOUNDED_SEMAPHORE_ADAPT(spin)
CT_BOUNDED_SEMAPHORE_ADAPT_TIMED(spin)

static const struct ct_bounded_semaphore_ops ct_bounded_semaphore_spin_ops = {
    .impl = {CT_BOUNDED_SEMAPHORE_IMPL(spin, "spin"),
             .summary = "one word, atomics only; waiters never sleep",
             .source = "Dijkstra 1965; Python, BoundedSemaphore", .traits = CT_SPINS | CT_TIMED},
    CT_BOUNDED_SEMAPHORE_REQUIRED(spin),
    .timedwait = ct_bounded_semaphore_spin_op_timedwait,
};

#endif
