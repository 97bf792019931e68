// SPDX-License-Identifier: MIT
/* bench_output.h - a measured run for people's terminals and for programs. */
#ifndef CLI_BENCH_OUTPUT_H
#define CLI_BENCH_OUTPUT_H

#include "cli/summary.h"

#include <stdbool.h>
#include <stdio.h>

/* One row per implementation, one column per group, the winner of each below. */
void bench_print_tables(const struct summary *summary);

/* Google Benchmark's JSON document, with our counters and context.limits. */
void bench_print_json(const struct summary *summary, FILE *out);

/* More trials contaminated than a recommendation may rest on. */
bool bench_unreliable(const struct summary *summary);

#endif
