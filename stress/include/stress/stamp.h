// SPDX-License-Identifier: MIT
/* stamp.h - when a recorded call began and when it had returned: by the clock, which all CPUs share and
   which does not synchronise the threads. The model's header of the same name goes by what happens
   before what. */
#ifndef STRESS_STAMP_H
#define STRESS_STAMP_H

#include "support/clock.h"

#include <stdbool.h>
#include <stdint.h>

struct stamp {
    uint64_t ns;
};

/* The exchanges are of the thread's own memory, and full barriers: nothing of the call is done before
   the clock was read, and all its stores have left the CPU before the clock is read again. Else a store
   that is still in the store buffer when its call returns would look like a broken object. */
static inline void stamp_call(struct stamp *s)
{
    __atomic_exchange_n(&s->ns, clock_ns(), __ATOMIC_SEQ_CST);
}

static inline void stamp_return(struct stamp *s)
{
    __atomic_exchange_n(&s->ns, 0, __ATOMIC_SEQ_CST);
    s->ns = clock_ns();
}

/* Had the call of thread that returned then returned before the one that was called then began? Within
   one reading of the clock nobody knows: no. */
static inline bool stamp_before(const struct stamp *returned, unsigned thread,
                                const struct stamp *called)
{
    (void)thread;
    return returned->ns < called->ns;
}

/* Are calls in order whose threads know nothing of each other? */
enum { STAMP_IS_GLOBAL = 1 };

/* Is a history that was refused worth printing? The model prints a trace, and asks more often. */
enum { STAMP_TELLS = 1 };

static inline uint64_t stamp_shown(const struct stamp *s)
{
    return s->ns;
}

#endif
