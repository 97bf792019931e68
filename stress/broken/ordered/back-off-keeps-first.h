// SPDX-License-Identifier: MIT
/* back-off-keeps-first - several locks at once, by backing off, broken.
 *
 * Mistake: who finds a lock held gives back those that it tried, but keeps the one that it waited for.
 * Breaks:  no deadlock.
 */
#ifndef STRESS_BROKEN_ORDERED_BACK_OFF_KEEPS_FIRST_H
#define STRESS_BROKEN_ORDERED_BACK_OFF_KEEPS_FIRST_H

#include <contend/mutex/ttas.h>
#include <contend/ordered_over.h>

CT_ORDERED_OVER(back_off_keeps_first, ttas)

static inline int ct_ordered_back_off_keeps_first_acquire(struct ct_ordered_thread *thread,
                                                          void *const *locks, unsigned count,
                                                          struct ct_ordered_conflict *conflict)
{
    int error = ct_ordered_list(thread, locks, count, conflict);
    if (error != 0 || count == 0)
        return error;
    struct ct_ordered_back_off_keeps_first *first =
        (struct ct_ordered_back_off_keeps_first *)locks[0];
    ct_mutex_ttas_lock(&first->inner);
    for (unsigned got = 1; got < count;) {
        struct ct_ordered_back_off_keeps_first *lock =
            (struct ct_ordered_back_off_keeps_first *)locks[got];
        if (ct_mutex_ttas_trylock(&lock->inner)) {
            got++;
        } else {
            while (got > 1) /* the mistake: 0 */
                ct_ordered_back_off_keeps_first_unlock(locks[--got]);
            ct_pause();
        }
    }
    thread->count = count;
    return 0;
}

CT_ORDERED_ADAPT(back_off_keeps_first)

static const struct ct_ordered_ops ct_ordered_back_off_keeps_first_ops = {
    .impl = {CT_ORDERED_IMPL(back_off_keeps_first, "back-off-keeps-first"),
             .summary = "broken: backs off, but not wholly", .source = "Hinnant 2013",
             .traits = CT_SPINS},
    CT_ORDERED_REQUIRED(back_off_keeps_first),
};

#endif
