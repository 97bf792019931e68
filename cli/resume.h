// SPDX-License-Identifier: MIT
/* resume.h - going on with a run that was interrupted. */
#ifndef CLI_RESUME_H
#define CLI_RESUME_H

#include "benchmarks/bench.h"
#include "cli/store.h"

/* The key and value of a run's fact by which its plan is known again; free the value. */
extern const char resume_plan_key[];
char *resume_plan_value(const struct bench_plan *plan);

/* The newest run of bench that is not done, if it had this plan, and this machine and build: its clean
   trials become the plan's, its seed too, and rows[i] the store's number of case i. 0: there is none,
   and *why (free it) says what was found instead. */
int64_t resume_find(struct store *store, struct bench_plan *plan, const struct machine_fact *facts,
                    int64_t *rows, char **why);

#endif
