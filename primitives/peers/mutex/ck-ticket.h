// SPDX-License-Identifier: MIT
/* ck-ticket - Concurrency Kit's ticket lock.
 *
 * Idea      As ticket, with both numbers in one word: one locked instruction each to lock and to unlock.
 * Source    Concurrency Kit, spinlock/ticket.h
 * Choose    as ticket.
 *
 * No trylock: the library has one on x86 only, where it keeps both numbers in one word of 32 bits, so
 * that 65,535 threads are the limit.
 */
#ifndef CONTEND_PEERS_MUTEX_CK_TICKET_H
#define CONTEND_PEERS_MUTEX_CK_TICKET_H

#include <contend/mutex.h>

#include <ck_spinlock.h>

struct ct_mutex_ck_ticket {
    ck_spinlock_ticket_t peer;
};

static inline void ct_mutex_ck_ticket_init(struct ct_mutex_ck_ticket *m)
{
    ck_spinlock_ticket_init(&m->peer);
}

static inline void ct_mutex_ck_ticket_lock(struct ct_mutex_ck_ticket *m)
{
    ck_spinlock_ticket_lock(&m->peer);
}

static inline void ct_mutex_ck_ticket_unlock(struct ct_mutex_ck_ticket *m)
{
    ck_spinlock_ticket_unlock(&m->peer);
}

CT_MUTEX_ADAPT(ck_ticket)

static const struct ct_mutex_ops ct_mutex_ck_ticket_ops = {
    .impl = {CT_MUTEX_IMPL(ck_ticket, "ck-ticket"),
             .summary = "ck_spinlock_ticket: FIFO, both counters in one word",
             .source = "Concurrency Kit", .package = CT_PACKAGE_ck,
             .traits = CT_FIFO | CT_SPINS | CT_OPAQUE | CT_PEER},
    CT_MUTEX_REQUIRED(ck_ticket),
};

#endif
