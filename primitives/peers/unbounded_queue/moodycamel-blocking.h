// SPDX-License-Identifier: MIT
/* moodycamel-blocking - moodycamel::BlockingConcurrentQueue.
 *
 * Idea      As moodycamel, with a semaphore that counts the items.
 * Source    moodycamel, blockingconcurrentqueue.h
 * Choose    as moodycamel, for consumers that sleep.
 *
 * C++ behind C functions (moodycamel-blocking.cc): a C program pays one call for that. Items of 8 bytes are words, up to
 * 64 bytes they are records of 64; larger ones are refused. CT_INEXACT, as its semaphore is: see
 * semaphore/moodycamel.h.
 */
#ifndef CONTEND_PEERS_UNBOUNDED_QUEUE_MOODYCAMEL_BLOCKING_H
#define CONTEND_PEERS_UNBOUNDED_QUEUE_MOODYCAMEL_BLOCKING_H

#include <contend/unbounded_queue.h>

struct ct_unbounded_queue_moodycamel_blocking {
    void *words, *records; /* one of them, the other NULL */
};

int ct_unbounded_queue_moodycamel_blocking_init(struct ct_unbounded_queue_moodycamel_blocking *q,
                                                uint32_t capacity, size_t item_bytes);
void ct_unbounded_queue_moodycamel_blocking_destroy(
    struct ct_unbounded_queue_moodycamel_blocking *q);
int ct_unbounded_queue_moodycamel_blocking_try_push(
    struct ct_unbounded_queue_moodycamel_blocking *q, const void *item, size_t item_bytes);
int ct_unbounded_queue_moodycamel_blocking_try_pop(struct ct_unbounded_queue_moodycamel_blocking *q,
                                                   void *item, size_t item_bytes);
size_t
ct_unbounded_queue_moodycamel_blocking_size(const struct ct_unbounded_queue_moodycamel_blocking *q);
uint32_t ct_unbounded_queue_moodycamel_blocking_capacity(
    const struct ct_unbounded_queue_moodycamel_blocking *q);
int ct_unbounded_queue_moodycamel_blocking_push(struct ct_unbounded_queue_moodycamel_blocking *q,
                                                const void *item, size_t item_bytes,
                                                uint64_t deadline_ns);
int ct_unbounded_queue_moodycamel_blocking_pop(struct ct_unbounded_queue_moodycamel_blocking *q,
                                               void *item, size_t item_bytes, uint64_t deadline_ns);

CT_QUEUE_ADAPT(unbounded_queue_moodycamel_blocking)
CT_QUEUE_ADAPT_BLOCKING(unbounded_queue_moodycamel_blocking)

static const struct ct_queue_ops ct_unbounded_queue_moodycamel_blocking_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(moodycamel_blocking, "moodycamel-blocking"),
             .summary = "a queue of blocks for each producer, and a semaphore",
             .source = "moodycamel", .package = CT_PACKAGE_concurrentqueue,
             .traits =
                 CT_PARKS | CT_TIMED | CT_OPAQUE | CT_LATE | CT_UNORDERED | CT_INEXACT | CT_PEER},
    CT_QUEUE_REQUIRED(unbounded_queue_moodycamel_blocking),
    CT_QUEUE_BLOCKING(unbounded_queue_moodycamel_blocking),
};

#endif
