// SPDX-License-Identifier: MIT
/* boost - boost::lockfree::spsc_queue.
 *
 * Idea      A ring with a place for each side; every operation reads the other's.
 * Source    Boost.Lockfree, boost/lockfree/spsc_queue.hpp
 * Choose    a C++ program that has Boost and does its own waiting.
 *
 * C++ behind C functions (boost.cc): a C program pays one call for that. The items' type is known when it
 * is compiled: here 8, 24 and 64 bytes.
 */
#ifndef CONTEND_PEERS_SPSC_QUEUE_BOOST_H
#define CONTEND_PEERS_SPSC_QUEUE_BOOST_H

#include <contend/spsc_queue.h>

struct ct_spsc_queue_boost {
    void *peer;
    uint32_t capacity;
    uint32_t item_bytes;
};

int ct_spsc_queue_boost_init(struct ct_spsc_queue_boost *q, uint32_t capacity, size_t item_bytes);
void ct_spsc_queue_boost_destroy(struct ct_spsc_queue_boost *q);
int ct_spsc_queue_boost_try_push(struct ct_spsc_queue_boost *q, const void *item,
                                 size_t item_bytes);
int ct_spsc_queue_boost_try_pop(struct ct_spsc_queue_boost *q, void *item, size_t item_bytes);
size_t ct_spsc_queue_boost_size(const struct ct_spsc_queue_boost *q);
uint32_t ct_spsc_queue_boost_capacity(const struct ct_spsc_queue_boost *q);

CT_QUEUE_ADAPT(spsc_queue_boost)

static const struct ct_queue_ops ct_spsc_queue_boost_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(boost, "boost"),
             .summary = "boost::lockfree::spsc_queue: ring, no waiting", .source = "Boost.Lockfree",
             .package = CT_PACKAGE_boost,
             .traits = CT_FIFO | CT_SPINS | CT_LATE | CT_OPAQUE | CT_PEER},
    CT_QUEUE_REQUIRED(spsc_queue_boost),
};

#endif
