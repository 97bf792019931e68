// SPDX-License-Identifier: MIT
/* futex-cpu - over semaphore/futex-cpu: the maximum is checked in post's compare-and-swap.
 *
 * Idea      See semaphore/futex-cpu.h; post compares with this semaphore's maximum, not with
 *           everybody's.
 * Source    own; Python, threading.BoundedSemaphore.
 * State     over  the semaphore
 *           max   a constant beside it
 * Order     the semaphore's. Lifetime: post reads max before its compare-and-swap.
 * Choose    the default for locks and hand-overs on Linux with glibc >= 2.35.
 */
#ifndef CONTEND_BOUNDED_SEMAPHORE_FUTEX_CPU_H
#define CONTEND_BOUNDED_SEMAPHORE_FUTEX_CPU_H

#include <contend/bounded_semaphore.h>
#include <contend/semaphore/futex-cpu.h>

CT_BOUNDED_SEMAPHORE_OVER(futex_cpu)

CT_BOUNDED_SEMAPHORE_ADAPT(futex_cpu)
CT_BOUNDED_SEMAPHORE_ADAPT_TIMED(futex_cpu)

static const struct ct_bounded_semaphore_ops ct_bounded_semaphore_futex_cpu_ops = {
    .impl = {CT_BOUNDED_SEMAPHORE_IMPL(futex_cpu, "futex-cpu"),
             .summary = "looks on before it sleeps, unless the poster is on its CPU",
             .source = "own, on rseq(2); Python, BoundedSemaphore", .traits = CT_PARKS | CT_TIMED},
    CT_BOUNDED_SEMAPHORE_REQUIRED(futex_cpu),
    .timedwait = ct_bounded_semaphore_futex_cpu_op_timedwait,
};

#endif
