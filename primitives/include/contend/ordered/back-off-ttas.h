// SPDX-License-Identifier: MIT
/* back-off-ttas - several locks at once, by trying and backing off, over a spin lock.
 *
 * Idea, State, Order, Lifetime   see contend/ordered_over.h and contend/mutex/ttas.h
 * Source    Hinnant 2013, smart & polite
 * Choose    as back-off-futex-rseq, for few threads that all have a CPU.
 */
#ifndef CONTEND_ORDERED_BACK_OFF_TTAS_H
#define CONTEND_ORDERED_BACK_OFF_TTAS_H

#include <contend/mutex/ttas.h>
#include <contend/ordered_over.h>

CT_ORDERED_OVER(back_off_ttas, ttas)
CT_ORDERED_BACK_OFF(back_off_ttas, ttas)
CT_ORDERED_BACK_OFF_TIMED(back_off_ttas, ttas)

static const struct ct_ordered_ops ct_ordered_back_off_ttas_ops = {
    .impl = {CT_ORDERED_IMPL(back_off_ttas, "back-off-ttas"),
             .summary = "tries and backs off, over the ttas spin lock",
             .source = "Hinnant 2013, smart & polite", .traits = CT_SPINS | CT_TIMED},
    CT_ORDERED_REQUIRED(back_off_ttas),
    .timedacquire = ct_ordered_back_off_ttas_op_timedacquire,
};

#endif
