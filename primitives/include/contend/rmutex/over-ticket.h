// SPDX-License-Identifier: MIT
/* over-ticket - recursive over a FIFO spin lock.
 *
 * Idea, State, Order, Lifetime   see contend/rmutex_over.h and contend/mutex/ticket.h
 * Choose    few threads that all have a CPU, served in order.
 */
#ifndef CONTEND_RMUTEX_OVER_TICKET_H
#define CONTEND_RMUTEX_OVER_TICKET_H

#include <contend/mutex/ticket.h>
#include <contend/rmutex_over.h>

CT_RMUTEX_OVER(over_ticket, ticket)
CT_RMUTEX_OVER_TRY(over_ticket, ticket)

static const struct ct_rmutex_ops ct_rmutex_over_ticket_ops = {
    .impl = {CT_RMUTEX_IMPL(over_ticket, "over-ticket"),
             .summary = "owner and depth over the FIFO ticket spin lock",
             .source = "rmutex_over.h, mutex/ticket.h", .traits = CT_FIFO | CT_SPINS},
    CT_RMUTEX_REQUIRED(over_ticket),
    CT_RMUTEX_DEPTH(over_ticket),
    .trylock = ct_rmutex_over_ticket_op_trylock,
};

#endif
