// SPDX-License-Identifier: MIT
/* pace.h - how long a run will take, by what the last one here has told. */
#ifndef CLI_PACE_H
#define CLI_PACE_H

#include "benchmarks/bench.h"

extern const char pace_key[]; /* of the fact that a run keeps */

char *pace_text(const struct bench_pace *pace); /* its value; free it */

/* "about 5m", and where more rounds may be wanted how long at the most; free it. */
char *pace_length(const struct bench_plan *plan);

/* Let the plan expect the pace of the newest run on this machine that the store knows one of, if there is
   a store and a run. */
void pace_expect(struct bench_plan *plan, const char *path);

#endif
