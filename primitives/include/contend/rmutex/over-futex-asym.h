// SPDX-License-Identifier: MIT
/* over-futex-asym - recursive over the parking mutex with the asymmetric fence.
 *
 * Idea, State, Order, Lifetime   see contend/rmutex_over.h and contend/mutex/futex-asym.h
 * Choose    as over-futex-rseq, where restartable sequences are missing and the object outlives every
 *           unlock (trait late).
 */
#ifndef CONTEND_RMUTEX_OVER_FUTEX_ASYM_H
#define CONTEND_RMUTEX_OVER_FUTEX_ASYM_H

#include <contend/mutex/futex-asym.h>
#include <contend/rmutex_over.h>

CT_RMUTEX_OVER(over_futex_asym, futex_asym)
CT_RMUTEX_OVER_TRY(over_futex_asym, futex_asym)
CT_RMUTEX_OVER_TIMED(over_futex_asym, futex_asym)

static const struct ct_rmutex_ops ct_rmutex_over_futex_asym_ops = {
    .impl = {CT_RMUTEX_IMPL(over_futex_asym, "over-futex-asym"),
             .summary = "owner and depth over futex-asym: one RMW a pair, parks",
             .source = "rmutex_over.h, mutex/futex-asym.h",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    CT_RMUTEX_REQUIRED(over_futex_asym),
    CT_RMUTEX_DEPTH(over_futex_asym),
    .trylock = ct_rmutex_over_futex_asym_op_trylock,
    .timedlock = ct_rmutex_over_futex_asym_op_timedlock,
};

#endif
