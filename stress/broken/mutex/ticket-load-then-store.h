// SPDX-License-Identifier: MIT
/* ticket-load-then-store - FIFO spin lock, broken.
 *
 * Mistake: takes a number with a load and a store instead of a fetch-add, so that two threads may
 *          hold the same number, and a number may be served that nobody holds.
 * Breaks:  exclusion, progress.
 */
#ifndef STRESS_BROKEN_MUTEX_TICKET_LOAD_THEN_STORE_H
#define STRESS_BROKEN_MUTEX_TICKET_LOAD_THEN_STORE_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_ticket_load_then_store {
    struct ct_u32 next, serving;
};

static inline void ct_mutex_ticket_load_then_store_init(struct ct_mutex_ticket_load_then_store *m)
{
    ct_u32_store_relaxed(&m->next, 0);
    ct_u32_store_relaxed(&m->serving, 0);
}

static inline void ct_mutex_ticket_load_then_store_lock(struct ct_mutex_ticket_load_then_store *m)
{
    uint32_t mine = ct_u32_load_relaxed(&m->next);
    ct_u32_store_relaxed(&m->next, mine + 1);        /* the mistake */
    while (ct_u32_load_acquire(&m->serving) != mine) /* pairs with unlock */
        ct_pause();
}

static inline void ct_mutex_ticket_load_then_store_unlock(struct ct_mutex_ticket_load_then_store *m)
{
    ct_u32_store_release(&m->serving, ct_u32_load_relaxed(&m->serving) + 1);
}

CT_MUTEX_ADAPT(ticket_load_then_store)

static const struct ct_mutex_ops ct_mutex_ticket_load_then_store_ops = {
    .impl = {CT_MUTEX_IMPL(ticket_load_then_store, "ticket-load-then-store"),
             .summary = "broken: takes a number with a load and a store",
             .source = "Mellor-Crummey & Scott 1991, section 2.2", .traits = CT_FIFO | CT_SPINS},
    CT_MUTEX_REQUIRED(ticket_load_then_store),
};

#endif
