// SPDX-License-Identifier: MIT
/* moodycamel-circular - moodycamel::BlockingReaderWriterCircularBuffer.
 *
 * Idea      A ring between two semaphores, one counting items and one room; each spins, then sleeps.
 * Source    readerwriterqueue, readerwritercircularbuffer.h
 * Choose    a C++ program that waits on both ends.
 *
 * C++ behind C functions (moodycamel-circular.cc): a C program pays one call for that. The items' type is known when it
 * is compiled: here 8, 24 and 64 bytes.
 */
#ifndef CONTEND_PEERS_SPSC_QUEUE_MOODYCAMEL_CIRCULAR_H
#define CONTEND_PEERS_SPSC_QUEUE_MOODYCAMEL_CIRCULAR_H

#include <contend/spsc_queue.h>

struct ct_spsc_queue_moodycamel_circular {
    void *peer;
    uint32_t capacity;
    uint32_t item_bytes;
};

int ct_spsc_queue_moodycamel_circular_init(struct ct_spsc_queue_moodycamel_circular *q,
                                           uint32_t capacity, size_t item_bytes);
void ct_spsc_queue_moodycamel_circular_destroy(struct ct_spsc_queue_moodycamel_circular *q);
int ct_spsc_queue_moodycamel_circular_try_push(struct ct_spsc_queue_moodycamel_circular *q,
                                               const void *item, size_t item_bytes);
int ct_spsc_queue_moodycamel_circular_try_pop(struct ct_spsc_queue_moodycamel_circular *q,
                                              void *item, size_t item_bytes);
size_t ct_spsc_queue_moodycamel_circular_size(const struct ct_spsc_queue_moodycamel_circular *q);
uint32_t
ct_spsc_queue_moodycamel_circular_capacity(const struct ct_spsc_queue_moodycamel_circular *q);
int ct_spsc_queue_moodycamel_circular_push(struct ct_spsc_queue_moodycamel_circular *q,
                                           const void *item, size_t item_bytes,
                                           uint64_t deadline_ns);
int ct_spsc_queue_moodycamel_circular_pop(struct ct_spsc_queue_moodycamel_circular *q, void *item,
                                          size_t item_bytes, uint64_t deadline_ns);

CT_QUEUE_ADAPT(spsc_queue_moodycamel_circular)
CT_QUEUE_ADAPT_BLOCKING(spsc_queue_moodycamel_circular)

static const struct ct_queue_ops ct_spsc_queue_moodycamel_circular_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(moodycamel_circular, "moodycamel-circular"),
             .summary = "moodycamel circular buffer: ring between two semaphores",
             .source = "moodycamel readerwriterqueue", .package = CT_PACKAGE_readerwriterqueue,
             .traits = CT_FIFO | CT_PARKS | CT_TIMED | CT_LATE | CT_OPAQUE | CT_PEER},
    CT_QUEUE_REQUIRED(spsc_queue_moodycamel_circular),
    CT_QUEUE_BLOCKING(spsc_queue_moodycamel_circular),
};

#endif
