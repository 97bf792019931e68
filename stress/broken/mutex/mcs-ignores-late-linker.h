// SPDX-License-Identifier: MIT
/* mcs-ignores-late-linker - FIFO queue lock, broken.
 *
 * Mistake: an unlock that sees no successor gives up when the tail is not its own any more, instead
 *          of waiting for the one that is about to link itself.
 * Breaks:  progress: the late linker is never handed the lock.
 */
#ifndef STRESS_BROKEN_MUTEX_MCS_IGNORES_LATE_LINKER_H
#define STRESS_BROKEN_MUTEX_MCS_IGNORES_LATE_LINKER_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_mcs_ignores_late_linker_node {
    struct ct_ptr next;
    struct ct_u32 waiting;
};

struct ct_mutex_mcs_ignores_late_linker {
    struct ct_ptr tail; /* the last in the queue; NULL: free */
};

static inline void ct_mutex_mcs_ignores_late_linker_init(struct ct_mutex_mcs_ignores_late_linker *m)
{
    ct_ptr_store_relaxed(&m->tail, NULL);
}

static inline void
ct_mutex_mcs_ignores_late_linker_lock(struct ct_mutex_mcs_ignores_late_linker *m,
                                      struct ct_mutex_mcs_ignores_late_linker_node *node)
{
    ct_ptr_store_relaxed(&node->next, NULL);
    ct_u32_store_relaxed(&node->waiting, 1);
    struct ct_mutex_mcs_ignores_late_linker_node *before = ct_ptr_exchange_acqrel(&m->tail, node);
    if (!before)
        return;
    ct_ptr_store_release(&before->next, node);  /* pairs with unlock's look for a successor */
    while (ct_u32_load_acquire(&node->waiting)) /* pairs with the hand-off */
        ct_pause();
}

static inline void
ct_mutex_mcs_ignores_late_linker_unlock(struct ct_mutex_mcs_ignores_late_linker *m,
                                        struct ct_mutex_mcs_ignores_late_linker_node *node)
{
    struct ct_mutex_mcs_ignores_late_linker_node *next = ct_ptr_load_acquire(&node->next);
    if (!next) {
        void *seen = node;
        (void)ct_ptr_cas_release(&m->tail, &seen,
                                 NULL); /* the mistake: failure means wait for it */
        return;
    }
    ct_u32_store_release(&next->waiting, 0);
}

CT_MUTEX_ADAPT_NODE(mcs_ignores_late_linker)

static const struct ct_mutex_ops ct_mutex_mcs_ignores_late_linker_ops = {
    .impl = {CT_MUTEX_IMPL(mcs_ignores_late_linker, "mcs-ignores-late-linker"),
             .summary = "broken: unlock forgets a successor that links late",
             .source = "Mellor-Crummey & Scott 1991, section 2.4",
             .node_bytes = sizeof(struct ct_mutex_mcs_ignores_late_linker_node),
             .traits = CT_FIFO | CT_SPINS},
    CT_MUTEX_REQUIRED(mcs_ignores_late_linker),
};

#endif
