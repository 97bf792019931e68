// SPDX-License-Identifier: MIT
/* stamp.h under the model: a call comes before another one if its return happens before the other's
   beginning, as C11 says it. What only came first in this execution may look as if it had not: loads may
   be stale. And what happens before what is the same in all executions that sleep sets take for one. */
#ifndef STRESS_STAMP_H
#define STRESS_STAMP_H

#include <model/seam.h>

struct stamp {
    int16_t clock[MODEL_THREADS_MAX]; /* of each thread, how much of it happened before */
};

static inline void stamp_call(struct stamp *s)
{
    model_clocks(s->clock);
}

static inline void stamp_return(struct stamp *s)
{
    model_clocks(s->clock);
}

/* What thread did at its clock is known to those who have acquired that clock, or a later one. */
static inline bool stamp_before(const struct stamp *returned, unsigned thread,
                                const struct stamp *called)
{
    return returned->clock[thread] <= called->clock[thread];
}

enum { STAMP_IS_GLOBAL = 0, STAMP_TELLS = 0 };

static inline uint64_t stamp_shown(const struct stamp *s)
{
    (void)s;
    return 0;
}

#endif
