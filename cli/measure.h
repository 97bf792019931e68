// SPDX-License-Identifier: MIT
/* measure.h - running a plan into the store, with progress. */
#ifndef CLI_MEASURE_H
#define CLI_MEASURE_H

#include "benchmarks/bench.h"
#include "cli/store.h"

/* The first interrupt lets the trial under way end and keeps what is done, the second ends the program. */
void measure_catch_interrupts(void);

/* Measure the plan; every trial is in the store when it is over. Returns the run, whose status tells
   whether it was interrupted. quiet: no word on stderr but complaints. broken: cases whose invariant
   did not hold. */
int64_t measure(const struct bench_plan *plan, struct store *store, const char *command,
                const char *arguments, bool quiet, unsigned *broken);

/* The same, but what the newest unfinished run of this plan has already is not measured again, and the
   rest goes to that run; fails the program if there is none. */
int64_t measure_resumed(struct bench_plan *plan, struct store *store, bool quiet, unsigned *broken);

#endif
