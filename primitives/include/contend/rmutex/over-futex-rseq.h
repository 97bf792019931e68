// SPDX-License-Identifier: MIT
/* over-futex-rseq - recursive over the parking mutex of one locked instruction a pair.
 *
 * Idea, State, Order, Lifetime   see contend/rmutex_over.h and contend/mutex/futex-rseq.h
 * Choose    the default on Linux with glibc >= 2.35: a pair costs little more than futex-rseq's, and a
 *           nested one some plain instructions.
 */
#ifndef CONTEND_RMUTEX_OVER_FUTEX_RSEQ_H
#define CONTEND_RMUTEX_OVER_FUTEX_RSEQ_H

#include <contend/mutex/futex-rseq.h>
#include <contend/rmutex_over.h>

CT_RMUTEX_OVER(over_futex_rseq, futex_rseq)
CT_RMUTEX_OVER_TRY(over_futex_rseq, futex_rseq)
CT_RMUTEX_OVER_TIMED(over_futex_rseq, futex_rseq)

static const struct ct_rmutex_ops ct_rmutex_over_futex_rseq_ops = {
    .impl = {CT_RMUTEX_IMPL(over_futex_rseq, "over-futex-rseq"),
             .summary = "owner and depth over futex-rseq: one RMW a pair, parks",
             .source = "rmutex_over.h, mutex/futex-rseq.h", .traits = CT_PARKS | CT_TIMED},
    CT_RMUTEX_REQUIRED(over_futex_rseq),
    CT_RMUTEX_DEPTH(over_futex_rseq),
    .trylock = ct_rmutex_over_futex_rseq_op_trylock,
    .timedlock = ct_rmutex_over_futex_rseq_op_timedlock,
};

#endif
