// SPDX-License-Identifier: MIT
/* spin.h - waiting a little before sleeping: bounded in nanoseconds, because a pause takes 5 ns on one
 * processor and 70 ns on the next.
 *
 *     struct ct_spin spin = CT_SPIN_START;
 *     do { look; } while (ct_spin_more(&spin));
 *     sleep;
 *
 * Idea     Look, then wait 1, 2, 4 ... CT_SPIN_PAUSES_MAX pauses between looks: the longer the wait
 *          so far, the likelier it is long, and each look takes the line from its owner. After
 *          CT_SPIN_NS give the CPU away between looks: if another thread wants it, it may well be
 *          the one waited for. After CT_SPIN_YIELDS of those, or CT_SPIN_YIELD_NS, sleep.
 * Source   Karlin et al., "Competitive randomized algorithms for nonuniform problems", 1994 (spin as
 *          long as a sleep and a wake-up cost); exponential back-off: Anderson 1990.
 */
#ifndef CONTEND_SPIN_H
#define CONTEND_SPIN_H

#include <contend/wait.h>

#define CT_SPIN_PAUSES_MAX 16
#define CT_SPIN_NS 2000
#define CT_SPIN_YIELDS 8
#define CT_SPIN_YIELD_NS 20000

struct ct_spin {
    uint64_t begin_ns; /* 0: the clock was not read yet; short waits never do */
    unsigned pauses, yields;
};

#define CT_SPIN_START                                                                              \
    {                                                                                              \
        0, 1, 0                                                                                    \
    }

/* Wait a little; false when the patience is over. Blocks: for a few us, and for as long as others use
   the CPU that it gives away. */
static inline bool ct_spin_more(struct ct_spin *s)
{
    if (s->pauses < CT_SPIN_PAUSES_MAX) {
        ct_backoff(s->pauses);
        s->pauses *= 2;
        return true;
    }
    uint64_t now_ns = ct_now_ns();
    if (s->begin_ns == 0)
        s->begin_ns = now_ns;
    if (now_ns - s->begin_ns < CT_SPIN_NS) {
        ct_backoff(CT_SPIN_PAUSES_MAX);
        return true;
    }
    if (now_ns - s->begin_ns < CT_SPIN_YIELD_NS && s->yields < CT_SPIN_YIELDS) {
        s->yields++;
        ct_yield();
        return true;
    }
    return false;
}

#endif
