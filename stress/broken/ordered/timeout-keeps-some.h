// SPDX-License-Identifier: MIT
/* timeout-keeps-some - several locks at once, by address, broken.
 *
 * Mistake: an acquisition that times out does not give back what it has got.
 * Breaks:  nothing is held after an error.
 */
#ifndef STRESS_BROKEN_ORDERED_TIMEOUT_KEEPS_SOME_H
#define STRESS_BROKEN_ORDERED_TIMEOUT_KEEPS_SOME_H

#include <contend/mutex/ttas.h>
#include <contend/ordered_over.h>

CT_ORDERED_OVER(timeout_keeps_some, ttas)
CT_ORDERED_BY_ADDRESS(timeout_keeps_some, ttas)

static inline int ct_ordered_timeout_keeps_some_timedacquire(struct ct_ordered_thread *thread,
                                                             void *const *locks, unsigned count,
                                                             uint64_t deadline_ns,
                                                             struct ct_ordered_conflict *conflict)
{
    int error = ct_ordered_sort(thread, locks, count, conflict);
    for (unsigned i = 0; i < count && error == 0; i++) {
        struct ct_ordered_timeout_keeps_some *lock =
            (struct ct_ordered_timeout_keeps_some *)thread->held[thread->count + i];
        error = ct_mutex_ttas_timedlock(&lock->inner, deadline_ns);
    }
    if (error == 0) /* the mistake: else there are locks to give back */
        thread->count += count;
    return error;
}

CT_ORDERED_ADAPT_TIMED(timeout_keeps_some)

static const struct ct_ordered_ops ct_ordered_timeout_keeps_some_ops = {
    .impl = {CT_ORDERED_IMPL(timeout_keeps_some, "timeout-keeps-some"),
             .summary = "broken: times out and keeps what it has got", .source = "Havender 1968",
             .traits = CT_SPINS | CT_TIMED},
    CT_ORDERED_REQUIRED(timeout_keeps_some),
    .nests = true,
    .timedacquire = ct_ordered_timeout_keeps_some_op_timedacquire,
};

#endif
