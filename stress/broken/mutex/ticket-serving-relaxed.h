// SPDX-License-Identifier: MIT
/* ticket-serving-relaxed - FIFO spin lock, broken.
 *
 * Mistake: unlock stores the number served relaxed, so that nothing orders the owner's writes before.
 * Breaks:  visibility of the previous holder's writes.
 */
#ifndef STRESS_BROKEN_MUTEX_TICKET_SERVING_RELAXED_H
#define STRESS_BROKEN_MUTEX_TICKET_SERVING_RELAXED_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_ticket_serving_relaxed {
    struct ct_u32 next, serving;
};

static inline void ct_mutex_ticket_serving_relaxed_init(struct ct_mutex_ticket_serving_relaxed *m)
{
    ct_u32_store_relaxed(&m->next, 0);
    ct_u32_store_relaxed(&m->serving, 0);
}

static inline void ct_mutex_ticket_serving_relaxed_lock(struct ct_mutex_ticket_serving_relaxed *m)
{
    uint32_t mine = ct_u32_add_relaxed(&m->next, 1);
    while (ct_u32_load_acquire(&m->serving) != mine)
        ct_pause();
}

static inline void ct_mutex_ticket_serving_relaxed_unlock(struct ct_mutex_ticket_serving_relaxed *m)
{
    uint32_t serving = ct_u32_load_relaxed(&m->serving);
    ct_u32_store_relaxed(&m->serving, serving + 1); /* the mistake: release */
}

CT_MUTEX_ADAPT(ticket_serving_relaxed)

static const struct ct_mutex_ops ct_mutex_ticket_serving_relaxed_ops = {
    .impl = {CT_MUTEX_IMPL(ticket_serving_relaxed, "ticket-serving-relaxed"),
             .summary = "broken: serves the next with a relaxed store",
             .source = "Mellor-Crummey & Scott 1991, section 2.2", .traits = CT_FIFO | CT_SPINS},
    CT_MUTEX_REQUIRED(ticket_serving_relaxed),
};

#endif
