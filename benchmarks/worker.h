// SPDX-License-Identifier: MIT
/* worker.h - trials in a process of their own.
 *
 * What is measured depends on where things lie: caches and predictors take some layouts better than
 * others, and one process keeps its layout to its end. So every round gets a process that is forked
 * before any of its trials has allocated anything, and that moves its stack, its heap and its mappings
 * by amounts drawn from the seed: intervals over rounds then cover the layouts as well. A crash or a
 * trial without an end costs one case, not the run. The code itself stays where the linker put it. */
#ifndef BENCHMARKS_WORKER_H
#define BENCHMARKS_WORKER_H

#include "benchmarks/trial.h"

struct worker;

/* For these cases, which must live as long as it. A trial that is patience_s longer under way than it
   should never ends. No process yet. */
struct worker *worker_make(const struct bench_case *cases, unsigned patience_s);
void worker_free(struct worker *w);

/* trial_run of cases[index] in the worker's process, which is started if there is none; free s with
   trial_free. Returns what the implementation broke, or NULL; texts live until the next call. A process
   that died, or did not answer long after the trial's end, broke it; one that failed the program has
   said why, and this one ends with the same code. */
const char *worker_trial(struct worker *w, const struct trial_setting *setting, size_t index,
                         struct bench_sample *s);

/* The next trial starts in a new process. */
void worker_renew(struct worker *w);

#endif
