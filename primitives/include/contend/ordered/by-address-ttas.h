// SPDX-License-Identifier: MIT
/* by-address-ttas - several locks at once, in the order of addresses, over a spin lock.
 *
 * Idea, State, Order, Lifetime   see contend/ordered_over.h and contend/mutex/ttas.h
 * Source    Havender 1968
 * Choose    short sections of few threads that all have a CPU.
 */
#ifndef CONTEND_ORDERED_BY_ADDRESS_TTAS_H
#define CONTEND_ORDERED_BY_ADDRESS_TTAS_H

#include <contend/mutex/ttas.h>
#include <contend/ordered_over.h>

CT_ORDERED_OVER(by_address_ttas, ttas)
CT_ORDERED_BY_ADDRESS(by_address_ttas, ttas)
CT_ORDERED_BY_ADDRESS_TIMED(by_address_ttas, ttas)

static const struct ct_ordered_ops ct_ordered_by_address_ttas_ops = {
    .impl = {CT_ORDERED_IMPL(by_address_ttas, "by-address-ttas"),
             .summary = "by address over the ttas spin lock; violations are errors",
             .source = "Havender 1968", .traits = CT_SPINS | CT_TIMED},
    CT_ORDERED_REQUIRED(by_address_ttas),
    .nests = true,
    .timedacquire = ct_ordered_by_address_ttas_op_timedacquire,
};

#endif
