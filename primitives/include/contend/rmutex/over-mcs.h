// SPDX-License-Identifier: MIT
/* over-mcs - recursive over the FIFO queue lock, waiters spin on their own nodes.
 *
 * Idea, State, Order, Lifetime   see contend/rmutex_over.h and contend/mutex/mcs.h
 * Choose    many threads that all have a CPU, served in order.
 */
#ifndef CONTEND_RMUTEX_OVER_MCS_H
#define CONTEND_RMUTEX_OVER_MCS_H

#include <contend/mutex/mcs.h>
#include <contend/rmutex_over.h>

CT_RMUTEX_OVER(over_mcs, mcs)
CT_RMUTEX_OVER_TRY(over_mcs, mcs)

static const struct ct_rmutex_ops ct_rmutex_over_mcs_ops = {
    .impl = {CT_RMUTEX_IMPL(over_mcs, "over-mcs"), .node_bytes = sizeof(struct ct_mutex_mcs_node),
             .summary = "owner and depth over the MCS queue lock",
             .source = "rmutex_over.h, mutex/mcs.h", .traits = CT_FIFO | CT_SPINS},
    CT_RMUTEX_REQUIRED(over_mcs),
    CT_RMUTEX_DEPTH(over_mcs),
    .trylock = ct_rmutex_over_mcs_op_trylock,
};

#endif
