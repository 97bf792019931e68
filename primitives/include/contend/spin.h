// SPDX-License-Identifier: MIT
/* spin.h - waiting a little before sleeping, bounded in nanoseconds.
 *
 *     struct ct_spin spin = CT_SPIN_START;
 *     do { look; } while (ct_spin_more(&spin));
 *     sleep;
 *
 * Idea     Look, then wait, from CT_SPIN_GAP_NS twice as long each time up to CT_SPIN_GAP_NS_MAX: the
 *          longer the wait so far, the likelier it is long, and each look takes the line from its
 *          owner, who would have freed and taken the lock again meanwhile. After CT_SPIN_NS give the
 *          CPU away between looks: if another thread wants it, it may well be the one waited for.
 *          After CT_SPIN_YIELDS of those, or CT_SPIN_PATIENCE_NS in all, sleep: by then waiting has
 *          cost about what sleeping and being woken does.
 * Source   Karlin, Manasse, McGeoch & Owicki, "Competitive Randomized Algorithms for Nonuniform
 *          Problems", Algorithmica 11(6), 1994; exponential back-off: Anderson 1990.
 */
#ifndef CONTEND_SPIN_H
#define CONTEND_SPIN_H

#include <contend/wait.h>

enum {
    CT_SPIN_GAP_NS = 160,
    CT_SPIN_GAP_NS_MAX = 640,
    CT_SPIN_NS = 1000,
    CT_SPIN_YIELDS = 32,
    CT_SPIN_PATIENCE_NS = 50000,

    /* After a sleep, so many acquisitions without a wait until a lock takes its chances again. */
    CT_SPIN_QUIET = 256,
};

struct ct_spin {
    uint64_t begin_ns; /* 0: the clock was not read yet; short waits never do */
    uint32_t gap_ns;
    unsigned yields;
};

#define CT_SPIN_START                                                                              \
    {                                                                                              \
        0, CT_SPIN_GAP_NS, 0                                                                       \
    }

/* Wait a little; false when the patience is over. Blocks: for a few us, and for as long as others use
   the CPU that it gives away. */
static inline bool ct_spin_more(struct ct_spin *s)
{
    if (s->gap_ns < CT_SPIN_GAP_NS_MAX) {
        ct_backoff_ns(s->gap_ns);
        s->gap_ns *= 2;
        return true;
    }
    uint64_t now_ns = ct_now_ns();
    if (s->begin_ns == 0)
        s->begin_ns = now_ns;
    if (now_ns - s->begin_ns < CT_SPIN_NS) {
        ct_backoff_ns(CT_SPIN_GAP_NS_MAX);
        return true;
    }
    if (now_ns - s->begin_ns < CT_SPIN_PATIENCE_NS && s->yields < CT_SPIN_YIELDS) {
        s->yields++;
        ct_yield();
        return true;
    }
    return false;
}

#endif
