// SPDX-License-Identifier: MIT
/* rmutex_held.h - a recursive mutex as a condition's wait wants it (condition.h): it gives up all levels at
 * which the caller holds it, and takes all of them again.
 *
 *     struct ct_rmutex_held whole = {&ct_rmutex_over_mcs_ops, &mutex, &node, 0};
 *     struct ct_held held = {&ct_rmutex_held_ops, &whole, NULL};
 *     ct_rmutex_over_mcs_lock(&mutex, &node);
 *     while (!ready)
 *         ct_condition_waiter_queue_wait(&changed, &held);
 *
 * One for each thread that waits, alive during the wait. For recursive mutexes that offer release_all and
 * restore, and conditions whose table says any_mutex. Such a mutex may be locked once as well.
 */
#ifndef CONTEND_RMUTEX_HELD_H
#define CONTEND_RMUTEX_HELD_H

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/rmutex.h>

struct ct_rmutex_held {
    const struct ct_rmutex_ops *ops;
    void *m, *node;
    uint32_t depth; /* while it is given up */
};

static inline void ct_rmutex_held_unlock(void *held, void *node)
{
    struct ct_rmutex_held *h = (struct ct_rmutex_held *)held;
    (void)node;
    h->depth = h->ops->release_all(h->m, h->node);
}

static inline void ct_rmutex_held_lock(void *held, void *node)
{
    struct ct_rmutex_held *h = (struct ct_rmutex_held *)held;
    (void)node;
    h->ops->restore(h->m, h->node, h->depth);
}

/* What a wait calls, and no more. */
static const struct ct_mutex_ops ct_rmutex_held_ops = {
    .impl = {.kind = "mutex", .name = "rmutex-held", .summary = "all levels of a recursive mutex"},
    .lock = ct_rmutex_held_lock,
    .unlock = ct_rmutex_held_unlock,
};

#endif
