// SPDX-License-Identifier: MIT
/* tbb - tbb::concurrent_bounded_queue.
 *
 * Idea      Eight interleaved lists of pages, tickets for both ends. Its push and pop have no
 *           deadline, so only try_push and try_pop are here.
 * Source    oneTBB, concurrent_queue.h
 * Choose    in TBB programs.
 *
 * C++ behind C functions (tbb.cc): a C program pays one call for that. Items of 8 bytes are words, up to
 * 64 bytes they are records of 64; larger ones are refused.
 */
#ifndef CONTEND_PEERS_MPMC_QUEUE_TBB_H
#define CONTEND_PEERS_MPMC_QUEUE_TBB_H

#include <contend/mpmc_queue.h>

struct ct_mpmc_queue_tbb {
    void *words, *records; /* one of them, the other NULL */
};

int ct_mpmc_queue_tbb_init(struct ct_mpmc_queue_tbb *q, uint32_t capacity, size_t item_bytes);
void ct_mpmc_queue_tbb_destroy(struct ct_mpmc_queue_tbb *q);
int ct_mpmc_queue_tbb_try_push(struct ct_mpmc_queue_tbb *q, const void *item, size_t item_bytes);
int ct_mpmc_queue_tbb_try_pop(struct ct_mpmc_queue_tbb *q, void *item, size_t item_bytes);
size_t ct_mpmc_queue_tbb_size(const struct ct_mpmc_queue_tbb *q);
uint32_t ct_mpmc_queue_tbb_capacity(const struct ct_mpmc_queue_tbb *q);

CT_QUEUE_ADAPT(mpmc_queue_tbb)

static const struct ct_queue_ops ct_mpmc_queue_tbb_ops = {
    .impl = {CT_MPMC_QUEUE_IMPL(tbb, "tbb"),
             .summary = "tbb::concurrent_bounded_queue: lists of pages", .source = "oneTBB",
             .package = CT_PACKAGE_tbb, .traits = CT_SPINS | CT_OPAQUE | CT_LATE | CT_PEER},
    CT_QUEUE_REQUIRED(mpmc_queue_tbb),
};

#endif
