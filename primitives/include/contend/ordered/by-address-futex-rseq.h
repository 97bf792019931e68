// SPDX-License-Identifier: MIT
/* by-address-futex-rseq - several locks at once, in the order of addresses, over the parking mutex of one locked instruction a pair.
 *
 * Idea, State, Order, Lifetime   see contend/ordered_over.h and contend/mutex/futex-rseq.h
 * Source    Havender 1968
 * Choose    the default: never works in vain, may nest, finds every violation.
 */
#ifndef CONTEND_ORDERED_BY_ADDRESS_FUTEX_RSEQ_H
#define CONTEND_ORDERED_BY_ADDRESS_FUTEX_RSEQ_H

#include <contend/mutex/futex-rseq.h>
#include <contend/ordered_over.h>

CT_ORDERED_OVER(by_address_futex_rseq, futex_rseq)
CT_ORDERED_BY_ADDRESS(by_address_futex_rseq, futex_rseq)
CT_ORDERED_BY_ADDRESS_TIMED(by_address_futex_rseq, futex_rseq)

static const struct ct_ordered_ops ct_ordered_by_address_futex_rseq_ops = {
    .impl = {CT_ORDERED_IMPL(by_address_futex_rseq, "by-address-futex-rseq"),
             .summary = "by address over futex-rseq; violations are errors",
             .source = "Havender 1968", .traits = CT_PARKS | CT_TIMED},
    CT_ORDERED_REQUIRED(by_address_futex_rseq),
    .nests = true,
    .timedacquire = ct_ordered_by_address_futex_rseq_op_timedacquire,
};

#endif
