// SPDX-License-Identifier: MIT
/* moodycamel - moodycamel::ReaderWriterQueue.
 *
 * Idea      A ring of blocks, each a ring; here without its growing. Holds more than it was asked to, and when
 *           full says so up to a block early: its capacity is that of all blocks.
 * Source    readerwriterqueue, readerwriterqueue.h
 * Choose    a C++ program whose queue may have to grow.
 *
 * C++ behind C functions (moodycamel.cc): a C program pays one call for that. The items' type is known when it
 * is compiled: here 8, 24 and 64 bytes.
 */
#ifndef CONTEND_PEERS_SPSC_QUEUE_MOODYCAMEL_H
#define CONTEND_PEERS_SPSC_QUEUE_MOODYCAMEL_H

#include <contend/spsc_queue.h>

struct ct_spsc_queue_moodycamel {
    void *peer;
    uint32_t capacity;
    uint32_t item_bytes;
};

int ct_spsc_queue_moodycamel_init(struct ct_spsc_queue_moodycamel *q, uint32_t capacity,
                                  size_t item_bytes);
void ct_spsc_queue_moodycamel_destroy(struct ct_spsc_queue_moodycamel *q);
int ct_spsc_queue_moodycamel_try_push(struct ct_spsc_queue_moodycamel *q, const void *item,
                                      size_t item_bytes);
int ct_spsc_queue_moodycamel_try_pop(struct ct_spsc_queue_moodycamel *q, void *item,
                                     size_t item_bytes);
size_t ct_spsc_queue_moodycamel_size(const struct ct_spsc_queue_moodycamel *q);
uint32_t ct_spsc_queue_moodycamel_capacity(const struct ct_spsc_queue_moodycamel *q);

CT_QUEUE_ADAPT(spsc_queue_moodycamel)

static const struct ct_queue_ops ct_spsc_queue_moodycamel_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(moodycamel, "moodycamel"),
             .summary = "moodycamel::ReaderWriterQueue: ring of blocks, no waiting",
             .source = "moodycamel readerwriterqueue", .package = CT_PACKAGE_readerwriterqueue,
             .traits = CT_FIFO | CT_SPINS | CT_LATE | CT_OPAQUE | CT_PEER},
    CT_QUEUE_REQUIRED(spsc_queue_moodycamel),
};

#endif
