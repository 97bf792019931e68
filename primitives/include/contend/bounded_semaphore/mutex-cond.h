// SPDX-License-Identifier: MIT
/* mutex-cond - over semaphore/mutex-cond: the maximum is checked under the mutex. The reference that
 * the others are compared with.
 *
 * Idea      The classic, and what Python does: lock, compare, add, unlock. See semaphore/mutex-cond.h.
 * Source    Python, threading.BoundedSemaphore; Birrell, "An Introduction to Programming with Threads",
 *           SRC 35, 1989.
 * State     over  the semaphore
 *           max   a constant beside it
 * Order     the mutex's. Lifetime: post reads max before it posts.
 * Choose    where a second condition on the same count will follow; else any other is faster.
 */
#ifndef CONTEND_BOUNDED_SEMAPHORE_MUTEX_COND_H
#define CONTEND_BOUNDED_SEMAPHORE_MUTEX_COND_H

#include <contend/bounded_semaphore.h>
#include <contend/semaphore/mutex-cond.h>

CT_BOUNDED_SEMAPHORE_OVER(mutex_cond)

CT_BOUNDED_SEMAPHORE_ADAPT(mutex_cond)
CT_BOUNDED_SEMAPHORE_ADAPT_DESTROY(mutex_cond)
CT_BOUNDED_SEMAPHORE_ADAPT_TIMED(mutex_cond)

static const struct ct_bounded_semaphore_ops ct_bounded_semaphore_mutex_cond_ops = {
    .impl = {CT_BOUNDED_SEMAPHORE_IMPL(mutex_cond, "mutex-cond"),
             .summary = "a count under libc's mutex and condition variable",
             .source = "Python, BoundedSemaphore; Birrell 1989",
             .traits = CT_REFERENCE | CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_BOUNDED_SEMAPHORE_REQUIRED(mutex_cond),
    .destroy = ct_bounded_semaphore_mutex_cond_op_destroy,
    .timedwait = ct_bounded_semaphore_mutex_cond_op_timedwait,
};

#endif
