// SPDX-License-Identifier: MIT
/* spsc_queue.h - queues of one producer and one consumer: queue.h's contract, with
 *
 *   Requires  try_push, push, push_many and close are the producer's, try_pop, pop, pop_many and
 *             task_done the consumer's: two calls of one side do not run at the same time, whichever
 *             threads make them. size, capacity and join are anybody's.
 *
 * So a side needs no read-modify-write, and close cannot race with a push. A consumer that goes first
 * tells the producer by other means, or pops on.
 */
#ifndef CONTEND_SPSC_QUEUE_H
#define CONTEND_SPSC_QUEUE_H

#include <contend/queue.h>

/* The table of contend/spsc_queue/<impl>.h is ct_spsc_queue_<impl>_ops: CT_QUEUE_ADAPT and its
   companions take spsc_queue_<impl>. */
#define CT_SPSC_QUEUE_IMPL(id, shown_name) CT_QUEUE_IMPL(spsc_queue_##id, "spsc_queue", shown_name)

#endif
