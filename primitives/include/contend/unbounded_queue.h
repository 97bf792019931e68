// SPDX-License-Identifier: MIT
/* unbounded_queue.h - queues without a bound, of any number of producers and consumers: queue.h's
 * contract; every thread may make every call at any time, and
 *
 *   init      capacity is for how many items there is room at once; more is found as needed.
 *   capacity  is UINT32_MAX.
 *   try_push, push   never EAGAIN or ETIMEDOUT, and the same; ENOMEM: nothing was pushed.
 *   memory    What was found is used again or given back, at destroy at the latest: never more than a
 *             bound times the most items that were inside at once, however many went through.
 *   EAGAIN    of try_pop may also mean that the push whose turn is next has begun and not returned. pop
 *             then waits for it.
 */
#ifndef CONTEND_UNBOUNDED_QUEUE_H
#define CONTEND_UNBOUNDED_QUEUE_H

#include <contend/queue.h>

/* The table of contend/unbounded_queue/<impl>.h is ct_unbounded_queue_<impl>_ops: CT_QUEUE_ADAPT and
   its companions take unbounded_queue_<impl>. */
#define CT_UNBOUNDED_QUEUE_IMPL(id, shown_name)                                                    \
    CT_QUEUE_IMPL(unbounded_queue_##id, "unbounded_queue", shown_name)

#endif
