// SPDX-License-Identifier: MIT
/* moodycamel - moodycamel::ConcurrentQueue.
 *
 * Idea      A queue of blocks for each producer; consumers look through the producers.
 * Source    moodycamel, concurrentqueue.h
 * Choose    for throughput of many threads, where one order of all items is not wanted.
 *
 * C++ behind C functions (moodycamel.cc): a C program pays one call for that. Items of 8 bytes are words, up to
 * 64 bytes they are records of 64; larger ones are refused.
 */
#ifndef CONTEND_PEERS_UNBOUNDED_QUEUE_MOODYCAMEL_H
#define CONTEND_PEERS_UNBOUNDED_QUEUE_MOODYCAMEL_H

#include <contend/unbounded_queue.h>

struct ct_unbounded_queue_moodycamel {
    void *words, *records; /* one of them, the other NULL */
};

int ct_unbounded_queue_moodycamel_init(struct ct_unbounded_queue_moodycamel *q, uint32_t capacity,
                                       size_t item_bytes);
void ct_unbounded_queue_moodycamel_destroy(struct ct_unbounded_queue_moodycamel *q);
int ct_unbounded_queue_moodycamel_try_push(struct ct_unbounded_queue_moodycamel *q,
                                           const void *item, size_t item_bytes);
int ct_unbounded_queue_moodycamel_try_pop(struct ct_unbounded_queue_moodycamel *q, void *item,
                                          size_t item_bytes);
size_t ct_unbounded_queue_moodycamel_size(const struct ct_unbounded_queue_moodycamel *q);
uint32_t ct_unbounded_queue_moodycamel_capacity(const struct ct_unbounded_queue_moodycamel *q);

CT_QUEUE_ADAPT(unbounded_queue_moodycamel)

static const struct ct_queue_ops ct_unbounded_queue_moodycamel_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(moodycamel, "moodycamel"),
             .summary = "a queue of blocks for each producer", .source = "moodycamel",
             .package = CT_PACKAGE_concurrentqueue,
             .traits = CT_SPINS | CT_OPAQUE | CT_LATE | CT_UNORDERED | CT_PEER},
    CT_QUEUE_REQUIRED(unbounded_queue_moodycamel),
};

#endif
