// SPDX-License-Identifier: MIT
/* back-off-futex-rseq - several locks at once, by trying and backing off, over the parking mutex of one locked instruction a pair.
 *
 * Idea, State, Order, Lifetime   see contend/ordered_over.h and contend/mutex/futex-rseq.h
 * Source    Hinnant 2013, smart & polite
 * Choose    locks that have no common order, never nested; under contention work is done in vain.
 */
#ifndef CONTEND_ORDERED_BACK_OFF_FUTEX_RSEQ_H
#define CONTEND_ORDERED_BACK_OFF_FUTEX_RSEQ_H

#include <contend/mutex/futex-rseq.h>
#include <contend/ordered_over.h>

CT_ORDERED_OVER(back_off_futex_rseq, futex_rseq)
CT_ORDERED_BACK_OFF(back_off_futex_rseq, futex_rseq)
CT_ORDERED_BACK_OFF_TIMED(back_off_futex_rseq, futex_rseq)

static const struct ct_ordered_ops ct_ordered_back_off_futex_rseq_ops = {
    .impl = {CT_ORDERED_IMPL(back_off_futex_rseq, "back-off-futex-rseq"),
             .summary = "tries and backs off, over futex-rseq",
             .source = "Hinnant 2013, smart & polite", .traits = CT_PARKS | CT_TIMED},
    CT_ORDERED_REQUIRED(back_off_futex_rseq),
    .timedacquire = ct_ordered_back_off_futex_rseq_op_timedacquire,
};

#endif
