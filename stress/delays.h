// SPDX-License-Identifier: MIT
/* delays.h - what happens before each access to a cell and each call to the kernel in the delayed build:
   mostly nothing, now and then a pause, a yield or a short sleep, and once in the rounds that have a
   victim a stop of it for so long that the others go as far as they can without it: from a seed.

   The delayed build is the scenarios, the implementations and the controls once more, compiled against
   the headers in delays/include. It stands in the same program under other names, and the perturbation
   whose row says delayed plays it. */
#ifndef STRESS_DELAYS_H
#define STRESS_DELAYS_H

#include <stdbool.h>
#include <stdint.h>

struct ct_u64;
struct rng;

/* Accesses of this thread until something happens. */
extern _Thread_local uint32_t delays_left;
void delays_strike(void);

static inline void delays_access(void)
{
    if (delays_left-- == 0)
        delays_strike();
}

/* Threads that nobody names, such as those of a thread pool, draw from (seed, how many came before). */
void delays_seed(uint64_t seed);

/* From now on this thread draws from rng, and counts in *slept when it slept. */
void delays_enter(struct rng *rng, struct ct_u64 *slept);

/* A round begins for this thread. Victim: before one access of the round, as likely the first as the last
   of what the round before had, it is stopped. */
void delays_round(bool victim);

/* Pass some time; true: asleep. */
bool delays_pass(struct rng *rng);

#endif
