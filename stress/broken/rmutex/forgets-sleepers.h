// SPDX-License-Identifier: MIT
/* forgets-sleepers - recursive parking lock, broken.
 *
 * Mistake: who was woken takes the word without the mark that others may sleep.
 * Breaks:  no lost wake-up, from the third thread on.
 */
#ifndef STRESS_BROKEN_RMUTEX_FORGETS_SLEEPERS_H
#define STRESS_BROKEN_RMUTEX_FORGETS_SLEEPERS_H

#include <contend/rmutex.h>
#include <contend/wait.h>

struct ct_rmutex_forgets_sleepers {
    struct ct_u32 word; /* 0 free; owner; with the high bit: somebody may sleep */
    uint32_t depth;
};

static inline void ct_rmutex_forgets_sleepers_init(struct ct_rmutex_forgets_sleepers *m)
{
    ct_u32_store_relaxed(&m->word, 0);
    m->depth = 0;
}

static inline bool ct_rmutex_forgets_sleepers_is_mine(const struct ct_rmutex_forgets_sleepers *m)
{
    return (ct_u32_load_relaxed(&m->word) & ~UINT32_C(0x80000000)) == ct_thread_id();
}

static inline void ct_rmutex_forgets_sleepers_take(struct ct_rmutex_forgets_sleepers *m)
{
    for (;;) {
        uint32_t seen = 0;
        if (ct_u32_cas_acquire(&m->word, &seen, ct_thread_id())) /* the mistake: no mark */
            return;
        uint32_t marked = seen | UINT32_C(0x80000000);
        if (seen == marked || ct_u32_cas_relaxed(&m->word, &seen, marked))
            ct_wait(&m->word, marked, CT_FOREVER);
    }
}

static inline int ct_rmutex_forgets_sleepers_lock(struct ct_rmutex_forgets_sleepers *m)
{
    if (!ct_rmutex_forgets_sleepers_is_mine(m)) {
        ct_rmutex_forgets_sleepers_take(m);
        m->depth = 0;
    }
    m->depth++;
    return 0;
}

static inline int ct_rmutex_forgets_sleepers_unlock(struct ct_rmutex_forgets_sleepers *m)
{
    if (!ct_rmutex_forgets_sleepers_is_mine(m))
        return EPERM;
    if (--m->depth != 0)
        return 0;
    if (ct_u32_exchange_release(&m->word, 0) & UINT32_C(0x80000000))
        ct_wake(&m->word, 1);
    return 0;
}

CT_RMUTEX_ADAPT(forgets_sleepers)

static const struct ct_rmutex_ops ct_rmutex_forgets_sleepers_ops = {
    .impl = {CT_RMUTEX_IMPL(forgets_sleepers, "forgets-sleepers"),
             .summary = "broken: the first one woken forgets the others",
             .source = "Drepper, Futexes Are Tricky, 2011, section 6", .traits = CT_PARKS},
    CT_RMUTEX_REQUIRED(forgets_sleepers),
};

#endif
