// SPDX-License-Identifier: MIT
/* violation-undetected - several locks at once, by address, broken.
 *
 * Mistake: what the thread holds already is not compared with what it wants.
 * Breaks:  a violation of the order is an error.
 */
#ifndef STRESS_BROKEN_ORDERED_VIOLATION_UNDETECTED_H
#define STRESS_BROKEN_ORDERED_VIOLATION_UNDETECTED_H

#include <contend/mutex/ttas.h>
#include <contend/ordered_over.h>

CT_ORDERED_OVER(violation_undetected, ttas)

static inline int ct_ordered_violation_undetected_acquire(struct ct_ordered_thread *thread,
                                                          void *const *locks, unsigned count,
                                                          struct ct_ordered_conflict *conflict)
{
    void **mine = thread->held + thread->count;
    struct ct_ordered_thread wanted = {0, {NULL}};
    int error = ct_ordered_sort(&wanted, locks, count, conflict); /* the mistake: not with held */
    if (error != 0)
        return error;
    for (unsigned i = 0; i < count; i++) {
        struct ct_ordered_violation_undetected *lock =
            (struct ct_ordered_violation_undetected *)wanted.held[i];
        ct_mutex_ttas_lock(&lock->inner);
        mine[i] = lock;
    }
    thread->count += count;
    return 0;
}

CT_ORDERED_ADAPT(violation_undetected)

static const struct ct_ordered_ops ct_ordered_violation_undetected_ops = {
    .impl = {CT_ORDERED_IMPL(violation_undetected, "violation-undetected"),
             .summary = "broken: does not see a nested acquisition out of order",
             .source = "Havender 1968", .traits = CT_SPINS},
    CT_ORDERED_REQUIRED(violation_undetected),
    .nests = true,
};

#endif
