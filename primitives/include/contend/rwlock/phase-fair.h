// SPDX-License-Identifier: MIT
/* phase-fair - spinning; readers and writers take turns, so that both wait for a bounded time.
 *
 * Idea      Tickets for writers among themselves; the writer at the head marks the count of arrivals, and
 *           so learns from the same instruction how many readers must leave before it. A reader that finds
 *           a mark waits until that mark, told from the next by the phase bit, is gone: for one writer.
 * Source    PF-T of Brandenburg & Anderson, "Spin-Based Reader-Writer Synchronization for Multiprocessor
 *           Real-Time Systems", Real-Time Systems 46(1), 2010.
 * State     arrived   readers that came, times READER | the mark of the writer at the head
 *                     and, when it is gone, still its phase
 *           left      readers that went, times READER
 *           ticket    writers that came
 *           serving   writers that went
 *           All wrap; arrived without the mark equals left when no reader is inside.
 * Order     rdunlock's release add pairs with the writer's acquire of left; the acquires of arrived and
 *           serving pair with what wrunlock releases. Only read-modify-writes change arrived and left.
 * Lifetime  wrunlock serves the next writer after it let readers in (trait late).
 * Choose    bounded waiting matters and every thread has a CPU: it collapses when there are more threads
 *           than CPUs. No timed operations: an arrival cannot be taken back.
 */
#ifndef CONTEND_RWLOCK_PHASE_FAIR_H
#define CONTEND_RWLOCK_PHASE_FAIR_H

#include <contend/rwlock.h>
#include <contend/wait.h>

struct ct_rwlock_phase_fair {
    struct ct_u32 arrived, left, ticket, serving;
};

#define CT_RWLOCK_PHASE_FAIR_INIT                                                                  \
    {                                                                                              \
        CT_CELL(0), CT_CELL(0), CT_CELL(0), CT_CELL(0)                                             \
    }

#define CT_PHASE_FAIR_PHASE UINT32_C(1) /* another one for each writer that marks readers */
#define CT_PHASE_FAIR_WRITER UINT32_C(2)
#define CT_PHASE_FAIR_MARK (CT_PHASE_FAIR_WRITER | CT_PHASE_FAIR_PHASE)
#define CT_PHASE_FAIR_READER UINT32_C(4)

static inline void ct_rwlock_phase_fair_init(struct ct_rwlock_phase_fair *rw)
{
    ct_u32_store_relaxed(&rw->arrived, 0);
    ct_u32_store_relaxed(&rw->left, 0);
    ct_u32_store_relaxed(&rw->ticket, 0);
    ct_u32_store_relaxed(&rw->serving, 0);
}

static inline void ct_rwlock_phase_fair_rdlock(struct ct_rwlock_phase_fair *rw)
{
    uint32_t mark = ct_u32_add_acquire(&rw->arrived, CT_PHASE_FAIR_READER) & CT_PHASE_FAIR_MARK;
    if (!(mark & CT_PHASE_FAIR_WRITER))
        return;
    while ((ct_u32_load_acquire(&rw->arrived) & CT_PHASE_FAIR_MARK) == mark)
        ct_pause();
}

static inline bool ct_rwlock_phase_fair_tryrdlock(struct ct_rwlock_phase_fair *rw)
{
    uint32_t seen = ct_u32_load_relaxed(&rw->arrived);
    while (!(seen & CT_PHASE_FAIR_WRITER))
        if (ct_u32_cas_acquire(&rw->arrived, &seen, seen + CT_PHASE_FAIR_READER))
            return true;
    return false;
}

static inline void ct_rwlock_phase_fair_rdunlock(struct ct_rwlock_phase_fair *rw)
{
    ct_u32_add_release(&rw->left, CT_PHASE_FAIR_READER);
}

/* The phase of the last mark; only the writer at the head changes it. Not a bit of the ticket: who tries
   may take one without a mark, and the readers of the last phase must not take the next for theirs. */
static inline uint32_t ct_rwlock_phase_fair_phase(const struct ct_rwlock_phase_fair *rw)
{
    return ct_u32_load_relaxed(&rw->arrived) & CT_PHASE_FAIR_PHASE;
}

static inline void ct_rwlock_phase_fair_wrlock(struct ct_rwlock_phase_fair *rw)
{
    uint32_t ticket = ct_u32_add_relaxed(&rw->ticket, 1);
    while (ct_u32_load_acquire(&rw->serving) != ticket)
        ct_pause();
    uint32_t phase = ct_rwlock_phase_fair_phase(rw);
    uint32_t mark = CT_PHASE_FAIR_WRITER + CT_PHASE_FAIR_PHASE - 2 * phase; /* turns the phase */
    uint32_t before = ct_u32_add_acquire(&rw->arrived, mark) - phase;
    while (ct_u32_load_acquire(&rw->left) != before)
        ct_pause();
}

/* Also gives back a turn in which no reader was marked: arrived then has no mark to lose. */
static inline void ct_rwlock_phase_fair_wrunlock(struct ct_rwlock_phase_fair *rw)
{
    uint32_t serving =
        ct_u32_load_relaxed(&rw->serving); /* only the writer at the head changes it */
    ct_u32_and_release(&rw->arrived, ~CT_PHASE_FAIR_WRITER);
    ct_u32_store_release(&rw->serving, serving + 1);
}

static inline bool ct_rwlock_phase_fair_trywrlock(struct ct_rwlock_phase_fair *rw)
{
    uint32_t ticket = ct_u32_load_acquire(&rw->serving), expected = ticket;
    if (!ct_u32_cas_acquire(&rw->ticket, &expected, ticket + 1))
        return false;
    /* at the head: if as many arrived as had left a moment before, nobody is inside */
    uint32_t left = ct_u32_load_acquire(&rw->left), phase = ct_rwlock_phase_fair_phase(rw);
    uint32_t seen = left | phase,
             marked = left | CT_PHASE_FAIR_WRITER | (phase ^ CT_PHASE_FAIR_PHASE);
    if (ct_u32_cas_acquire(&rw->arrived, &seen, marked))
        return true;
    ct_rwlock_phase_fair_wrunlock(rw);
    return false;
}

CT_RWLOCK_ADAPT(phase_fair)
CT_RWLOCK_ADAPT_TRY(phase_fair)

static const struct ct_rwlock_ops ct_rwlock_phase_fair_ops = {
    .impl = {CT_RWLOCK_IMPL(phase_fair, "phase-fair"),
             .summary = "readers and writers take turns; tickets, spins",
             .source = "Brandenburg & Anderson 2010, PF-T", .traits = CT_SPINS | CT_LATE},
    .preference = CT_RWLOCK_PHASES,
    CT_RWLOCK_REQUIRED(phase_fair),
    CT_RWLOCK_TRY(phase_fair),
};

#endif
