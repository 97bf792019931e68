// SPDX-License-Identifier: MIT
/* mcs-handoff-relaxed - FIFO queue lock, broken.
 *
 * Mistake: hands the lock over with a relaxed store, so that nothing orders the owner's writes before.
 * Breaks:  visibility of the previous holder's writes.
 */
#ifndef STRESS_BROKEN_MUTEX_MCS_HANDOFF_RELAXED_H
#define STRESS_BROKEN_MUTEX_MCS_HANDOFF_RELAXED_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_mcs_handoff_relaxed_node {
    struct ct_ptr next;
    struct ct_u32 waiting;
};

struct ct_mutex_mcs_handoff_relaxed {
    struct ct_ptr tail; /* the last in the queue; NULL: free */
};

static inline void ct_mutex_mcs_handoff_relaxed_init(struct ct_mutex_mcs_handoff_relaxed *m)
{
    ct_ptr_store_relaxed(&m->tail, NULL);
}

static inline void ct_mutex_mcs_handoff_relaxed_lock(struct ct_mutex_mcs_handoff_relaxed *m,
                                                     struct ct_mutex_mcs_handoff_relaxed_node *node)
{
    ct_ptr_store_relaxed(&node->next, NULL);
    ct_u32_store_relaxed(&node->waiting, 1);
    struct ct_mutex_mcs_handoff_relaxed_node *before = ct_ptr_exchange_acqrel(&m->tail, node);
    if (!before)
        return;
    ct_ptr_store_release(&before->next, node);  /* pairs with unlock's look for a successor */
    while (ct_u32_load_acquire(&node->waiting)) /* pairs with the hand-off */
        ct_pause();
}

static inline void
ct_mutex_mcs_handoff_relaxed_unlock(struct ct_mutex_mcs_handoff_relaxed *m,
                                    struct ct_mutex_mcs_handoff_relaxed_node *node)
{
    struct ct_mutex_mcs_handoff_relaxed_node *next = ct_ptr_load_acquire(&node->next);
    if (!next) {
        void *seen = node;
        if (ct_ptr_cas_release(&m->tail, &seen, NULL))
            return;
        while (!(next = ct_ptr_load_acquire(&node->next)))
            ct_pause();
    }
    ct_u32_store_relaxed(&next->waiting, 0); /* the mistake: release */
}

CT_MUTEX_ADAPT_NODE(mcs_handoff_relaxed)

static const struct ct_mutex_ops ct_mutex_mcs_handoff_relaxed_ops = {
    .impl = {CT_MUTEX_IMPL(mcs_handoff_relaxed, "mcs-handoff-relaxed"),
             .summary = "broken: hands over with a relaxed store",
             .source = "Mellor-Crummey & Scott 1991, section 2.4",
             .node_bytes = sizeof(struct ct_mutex_mcs_handoff_relaxed_node),
             .traits = CT_FIFO | CT_SPINS},
    CT_MUTEX_REQUIRED(mcs_handoff_relaxed),
};

#endif
