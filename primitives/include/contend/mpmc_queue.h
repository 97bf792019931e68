// SPDX-License-Identifier: MIT
/* mpmc_queue.h - bounded queues of any number of producers and consumers: queue.h's contract; every
 * thread may make every call at any time, and
 *
 *   EAGAIN  may also mean that the call whose turn it is in the next slot, a push for try_pop, a pop for
 *           try_push, has begun and not returned; or that the last item, or place, is spoken for by
 *           another call of the same side that has begun and not returned. push and pop then wait.
 */
#ifndef CONTEND_MPMC_QUEUE_H
#define CONTEND_MPMC_QUEUE_H

#include <contend/queue.h>

/* The table of contend/mpmc_queue/<impl>.h is ct_mpmc_queue_<impl>_ops: CT_QUEUE_ADAPT and its
   companions take mpmc_queue_<impl>. */
#define CT_MPMC_QUEUE_IMPL(id, shown_name) CT_QUEUE_IMPL(mpmc_queue_##id, "mpmc_queue", shown_name)

#endif
