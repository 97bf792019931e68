// SPDX-License-Identifier: MIT
/* boost-lockfree - boost::lockfree::spsc_queue.
 *
 * Idea      A ring with a place for each side; every operation reads the other's.
 * Source    Boost.Lockfree, boost/lockfree/spsc_queue.hpp
 * Choose    a C++ program that has Boost and does its own waiting.
 *
 * C++ behind C functions (boost-lockfree.cc): a C program pays one call for that. The items' type is known when it
 * is compiled: here 8, 24 and 64 bytes.
 */
#ifndef CONTEND_PEERS_SPSC_QUEUE_BOOST_LOCKFREE_H
#define CONTEND_PEERS_SPSC_QUEUE_BOOST_LOCKFREE_H

#include <contend/spsc_queue.h>

struct ct_spsc_queue_boost_lockfree {
    void *peer;
    uint32_t capacity;
    uint32_t item_bytes;
};

int ct_spsc_queue_boost_lockfree_init(struct ct_spsc_queue_boost_lockfree *q, uint32_t capacity,
                                      size_t item_bytes);
void ct_spsc_queue_boost_lockfree_destroy(struct ct_spsc_queue_boost_lockfree *q);
int ct_spsc_queue_boost_lockfree_try_push(struct ct_spsc_queue_boost_lockfree *q, const void *item,
                                          size_t item_bytes);
int ct_spsc_queue_boost_lockfree_try_pop(struct ct_spsc_queue_boost_lockfree *q, void *item,
                                         size_t item_bytes);
size_t ct_spsc_queue_boost_lockfree_size(const struct ct_spsc_queue_boost_lockfree *q);
uint32_t ct_spsc_queue_boost_lockfree_capacity(const struct ct_spsc_queue_boost_lockfree *q);

CT_QUEUE_ADAPT(spsc_queue_boost_lockfree)

static const struct ct_queue_ops ct_spsc_queue_boost_lockfree_ops = {
    .impl = {CT_SPSC_QUEUE_IMPL(boost_lockfree, "boost-lockfree"),
             .summary = "boost::lockfree::spsc_queue: ring, no waiting", .source = "Boost.Lockfree",
             .package = CT_PACKAGE_boost,
             .traits = CT_FIFO | CT_SPINS | CT_LATE | CT_OPAQUE | CT_PEER},
    CT_QUEUE_REQUIRED(spsc_queue_boost_lockfree),
};

#endif
