// SPDX-License-Identifier: MIT
/* by-address-pthread - several locks at once, in the order of addresses, over libc's mutex: the reference.
 *
 * Idea, State, Order, Lifetime   see contend/ordered_over.h and contend/mutex/pthread.h
 * Source    Havender 1968
 * Choose    the textbook, for comparison.
 */
#ifndef CONTEND_ORDERED_BY_ADDRESS_PTHREAD_H
#define CONTEND_ORDERED_BY_ADDRESS_PTHREAD_H

#include <contend/mutex/pthread.h>
#include <contend/ordered_over.h>

CT_ORDERED_OVER(by_address_pthread, pthread)
CT_ORDERED_BY_ADDRESS(by_address_pthread, pthread)
CT_ORDERED_BY_ADDRESS_TIMED(by_address_pthread, pthread)
CT_ORDERED_DESTROY(by_address_pthread, pthread)

static const struct ct_ordered_ops ct_ordered_by_address_pthread_ops = {
    .impl = {CT_ORDERED_IMPL(by_address_pthread, "by-address-pthread"),
             .summary = "by address over libc's mutex; violations are errors",
             .source = "Havender 1968", .traits = CT_REFERENCE | CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_ORDERED_REQUIRED(by_address_pthread),
    .nests = true,
    .timedacquire = ct_ordered_by_address_pthread_op_timedacquire,
    .destroy = ct_ordered_by_address_pthread_op_destroy,
};

#endif
