// SPDX-License-Identifier: MIT
/* back-off-pthread - several locks at once, by trying and backing off, over libc's mutex.
 *
 * Idea, State, Order, Lifetime   see contend/ordered_over.h and contend/mutex/pthread.h
 * Source    Hinnant 2013, smart & polite
 * Choose    what std::lock does, in C.
 */
#ifndef CONTEND_ORDERED_BACK_OFF_PTHREAD_H
#define CONTEND_ORDERED_BACK_OFF_PTHREAD_H

#include <contend/mutex/pthread.h>
#include <contend/ordered_over.h>

CT_ORDERED_OVER(back_off_pthread, pthread)
CT_ORDERED_BACK_OFF(back_off_pthread, pthread)
CT_ORDERED_BACK_OFF_TIMED(back_off_pthread, pthread)
CT_ORDERED_DESTROY(back_off_pthread, pthread)

static const struct ct_ordered_ops ct_ordered_back_off_pthread_ops = {
    .impl = {CT_ORDERED_IMPL(back_off_pthread, "back-off-pthread"),
             .summary = "tries and backs off, over libc's mutex",
             .source = "Hinnant 2013, smart & polite", .traits = CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_ORDERED_REQUIRED(back_off_pthread),
    .timedacquire = ct_ordered_back_off_pthread_op_timedacquire,
    .destroy = ct_ordered_back_off_pthread_op_destroy,
};

#endif
