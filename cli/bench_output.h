// SPDX-License-Identifier: MIT
/* bench_output.h - a measured run for people's terminals and for programs. */
#ifndef CLI_BENCH_OUTPUT_H
#define CLI_BENCH_OUTPUT_H

#include "cli/summary.h"

#include <stdbool.h>
#include <stdio.h>

/* Who is fastest in every case of every kind; with tables, or of one kind only, every throughput too. */
void bench_print_answer(const struct summary *summary, bool tables);

/* Google Benchmark's JSON document, with our counters and context.limits. */
void bench_print_json(const struct summary *summary, FILE *out);

/* More trials contaminated than a recommendation may rest on, or a reference that was told apart from
   itself. */
bool bench_unreliable(const struct summary *summary);

/* The first reference told apart from itself, or NULL. */
const struct summary_twin *bench_twin_apart(const struct summary *summary);
/* "ratio 1.003 [0.990, 1.010], the same"; free it. */
char *bench_twin_text(const struct summary_twin *twin);

#endif
