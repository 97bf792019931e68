// SPDX-License-Identifier: MIT
/* sixteenth - FIFO spin lock in one word.
 *
 * Idea      A ticket lock whose two halves share a word: one fetch-add takes a number and shows the
 *           one being served, and a free lock is known free from that word alone.
 * Source    Linux 2.6.25, arch/x86 (Piggin, "x86: FIFO ticket spinlocks", 2008).
 * State     word     high half: numbers handed out; low half: the number allowed in
 *           free: both halves equal; at most 2^16-1 threads. The low half must not carry into the
 *           high one, so the holder's addition takes back the carry that it alone can foresee.
 * Order     unlock's release addition pairs with the acquire of lock and trylock.
 * Choose    as ticket, where the lock sits in every small object: 4 bytes instead of 8.
 */
#ifndef CONTEND_MUTEX_SIXTEENTH_H
#define CONTEND_MUTEX_SIXTEENTH_H

#include <contend/mutex.h>
#include <contend/wait.h>

#define CT_MUTEX_SIXTEENTH_TICKET UINT32_C(0x10000)

struct ct_mutex_sixteenth {
    struct ct_u32 word;
};

static inline void ct_mutex_sixteenth_init(struct ct_mutex_sixteenth *m)
{
    ct_u32_store_relaxed(&m->word, 0);
}

static inline void ct_mutex_sixteenth_lock(struct ct_mutex_sixteenth *m)
{
    uint32_t seen = ct_u32_add_acquire(&m->word, CT_MUTEX_SIXTEENTH_TICKET); /* pairs with unlock */
    uint32_t mine = seen >> 16;
    while ((seen & 0xffff) != mine) {
        ct_pause();
        seen = ct_u32_load_acquire(&m->word); /* pairs with unlock */
    }
}

static inline bool ct_mutex_sixteenth_trylock(struct ct_mutex_sixteenth *m)
{
    uint32_t seen = ct_u32_load_relaxed(&m->word);
    return seen >> 16 == (seen & 0xffff) &&
           ct_u32_cas_acquire(&m->word, &seen, seen + CT_MUTEX_SIXTEENTH_TICKET);
}

static inline void ct_mutex_sixteenth_unlock(struct ct_mutex_sixteenth *m)
{
    uint32_t serving = ct_u32_load_relaxed(&m->word) & 0xffff; /* only the holder changes it */
    ct_u32_add_release(&m->word, serving == 0xffff ? 1 - CT_MUTEX_SIXTEENTH_TICKET : 1);
}

CT_MUTEX_ADAPT(sixteenth)
CT_MUTEX_ADAPT_TRY(sixteenth)

static const struct ct_mutex_ops ct_mutex_sixteenth_ops = {
    .impl = {CT_MUTEX_IMPL(sixteenth, "sixteenth"),
             .summary = "ticket lock in one word: half hands out, half serves",
             .source = "Piggin 2008, Linux 2.6.25", .traits = CT_FIFO | CT_SPINS},
    CT_MUTEX_REQUIRED(sixteenth),
    .trylock = ct_mutex_sixteenth_op_trylock,
};

#endif
