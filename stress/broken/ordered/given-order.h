// SPDX-License-Identifier: MIT
/* given-order - several locks at once, broken.
 *
 * Mistake: the locks are taken in the order in which they are listed.
 * Breaks:  no deadlock.
 */
#ifndef STRESS_BROKEN_ORDERED_GIVEN_ORDER_H
#define STRESS_BROKEN_ORDERED_GIVEN_ORDER_H

#include <contend/mutex/ttas.h>
#include <contend/ordered_over.h>

CT_ORDERED_OVER(given_order, ttas)

static inline int ct_ordered_given_order_acquire(struct ct_ordered_thread *thread,
                                                 void *const *locks, unsigned count,
                                                 struct ct_ordered_conflict *conflict)
{
    int error = ct_ordered_sort(thread, locks, count, conflict);
    if (error != 0)
        return error;
    for (unsigned i = 0; i < count; i++) {
        struct ct_ordered_given_order *lock = (struct ct_ordered_given_order *)locks[i];
        ct_mutex_ttas_lock(&lock->inner); /* the mistake: held has them in order */
    }
    thread->count += count;
    return 0;
}

CT_ORDERED_ADAPT(given_order)

static const struct ct_ordered_ops ct_ordered_given_order_ops = {
    .impl = {CT_ORDERED_IMPL(given_order, "given-order"),
             .summary = "broken: takes locks as they are listed", .source = "Dijkstra, EWD 310",
             .traits = CT_SPINS},
    CT_ORDERED_REQUIRED(given_order),
    .nests = true,
};

#endif
