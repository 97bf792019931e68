// SPDX-License-Identifier: MIT
/* poll.h - looking again and again, for a bounded time, for what a thread on another CPU will write.
 *
 *     struct ct_poll poll = CT_POLL_START;
 *     do { look; } while (ct_poll_more(&poll));
 *     sleep;
 *
 * Idea      A hand-over between two CPUs takes a cache line's way, some 100 ns, while a sleep and its
 *           wake-up take 5 to 50 us: look as long as those may take, with one pause between looks.
 *           Unlike spin.h, where many want the same and each look disturbs its owner, nobody else
 *           wants what this thread waits for, so that it need not back off. After CT_POLL_QUIET_NS give
 *           the CPU away now and then: the other thread may want it after all.
 * Source    Karlin et al., "Competitive randomized algorithms for nonuniform problems", 1994.
 */
#ifndef CONTEND_POLL_H
#define CONTEND_POLL_H

#include <contend/wait.h>

#define CT_POLL_NS 25000
#define CT_POLL_QUIET_NS 2000
#define CT_POLL_LOOKS_PER_CLOCK 32

struct ct_poll {
    uint64_t begin_ns; /* 0: the clock was not read yet; short waits never do */
    unsigned looks;
};

#define CT_POLL_START                                                                              \
    {                                                                                              \
        0, 0                                                                                       \
    }

/* Wait a moment; false when the patience is over. Blocks: up to CT_POLL_NS, and for as long as others
   use the CPU that it gives away. */
static inline bool ct_poll_more(struct ct_poll *p)
{
    ct_pause();
    if (++p->looks % CT_POLL_LOOKS_PER_CLOCK != 0)
        return true;
    uint64_t now_ns = ct_now_ns();
    if (p->begin_ns == 0)
        p->begin_ns = now_ns;
    if (now_ns - p->begin_ns >= CT_POLL_QUIET_NS)
        ct_yield();
    return now_ns - p->begin_ns < CT_POLL_NS;
}

#endif
