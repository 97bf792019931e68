// SPDX-License-Identifier: MIT
/* ticket - FIFO spin lock.
 *
 * Idea      Take a number with one fetch-add; wait until it is served.
 * Source    Mellor-Crummey & Scott, "Algorithms for Scalable Synchronization on Shared-Memory
 *           Multiprocessors", TOCS 9(1), 1991, section 2.2; Reed & Kanodia 1979.
 * State     next     numbers handed out
 *           serving  the number allowed in; only the holder writes it
 *           free: next == serving. Both wrap together; at most 2^32-1 threads.
 * Order     unlock's release store of serving pairs with lock's acquire load. next orders nothing.
 * Choose    few threads that all have a CPU: a descheduled waiter stalls everyone behind it.
 */
#ifndef CONTEND_MUTEX_TICKET_H
#define CONTEND_MUTEX_TICKET_H

#include <contend/mutex.h>
#include <contend/wait.h>

struct ct_mutex_ticket {
    struct ct_u32 next, serving;
};

#define CT_MUTEX_TICKET_INIT                                                                       \
    {                                                                                              \
        CT_CELL(0), CT_CELL(0)                                                                     \
    }

static inline void ct_mutex_ticket_init(struct ct_mutex_ticket *m)
{
    ct_u32_store_relaxed(&m->next, 0);
    ct_u32_store_relaxed(&m->serving, 0);
}

static inline void ct_mutex_ticket_lock(struct ct_mutex_ticket *m)
{
    uint32_t mine = ct_u32_add_relaxed(&m->next, 1);
    while (ct_u32_load_acquire(&m->serving) != mine) /* pairs with unlock */
        ct_pause();
}

static inline bool ct_mutex_ticket_trylock(struct ct_mutex_ticket *m)
{
    uint32_t serving = ct_u32_load_acquire(&m->serving); /* pairs with unlock */
    return ct_u32_cas_relaxed(&m->next, &serving, serving + 1);
}

static inline void ct_mutex_ticket_unlock(struct ct_mutex_ticket *m)
{
    ct_u32_store_release(&m->serving, ct_u32_load_relaxed(&m->serving) + 1);
}

CT_MUTEX_ADAPT(ticket)
CT_MUTEX_ADAPT_TRY(ticket)

static const struct ct_mutex_ops ct_mutex_ticket_ops = {
    .impl = {CT_MUTEX_IMPL(ticket, "ticket"),
             .summary = "FIFO: one fetch-add to take a number, spin until served",
             .source = "Mellor-Crummey & Scott 1991, section 2.2", .traits = CT_FIFO | CT_SPINS},
    CT_MUTEX_REQUIRED(ticket),
    .trylock = ct_mutex_ticket_op_trylock,
};

#endif
