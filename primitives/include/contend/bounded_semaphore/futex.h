// SPDX-License-Identifier: MIT
/* futex - over semaphore/futex: the maximum is checked in post's compare-and-swap.
 *
 * Idea      See semaphore/futex.h; post compares with this semaphore's maximum, not with everybody's.
 * Source    musl, src/thread/sem_post.c (Felker); Python, threading.BoundedSemaphore.
 * State     over  the semaphore
 *           max   a constant beside it
 * Order     the semaphore's. Lifetime: post reads max before its compare-and-swap.
 * Choose    long waits, more threads than CPUs.
 */
#ifndef CONTEND_BOUNDED_SEMAPHORE_FUTEX_H
#define CONTEND_BOUNDED_SEMAPHORE_FUTEX_H

#include <contend/bounded_semaphore.h>
#include <contend/semaphore/futex.h>

CT_BOUNDED_SEMAPHORE_OVER(futex)

CT_BOUNDED_SEMAPHORE_ADAPT(futex)
CT_BOUNDED_SEMAPHORE_ADAPT_TIMED(futex)

static const struct ct_bounded_semaphore_ops ct_bounded_semaphore_futex_ops = {
    .impl = {CT_BOUNDED_SEMAPHORE_IMPL(futex, "futex"),
             .summary = "value and sleepers' mark in one word; no spinning",
             .source = "musl, sem_post.c; Python, BoundedSemaphore", .traits = CT_PARKS | CT_TIMED},
    CT_BOUNDED_SEMAPHORE_REQUIRED(futex),
    .timedwait = ct_bounded_semaphore_futex_op_timedwait,
};

#endif
