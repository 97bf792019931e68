// SPDX-License-Identifier: MIT
/* gbench.h - results through Google Benchmark: its names, its repetitions, its aggregates, its JSON,
   readable by its tools. The library reports; threads, clock and order are ours (manual time). */
#ifndef BENCHMARKS_GBENCH_H
#define BENCHMARKS_GBENCH_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gbench_counter {
    const char *name; /* ends a list with NULL */
    double value;
};

/* One case: a repetition per clean round, as ns per operation, and counters equal in all of them. */
struct gbench_case {
    const char *name;
    const double *ns_per_op;
    size_t repetitions;
    const struct gbench_counter *counters;
    const char *error; /* NULL, or why there is no result */
};

struct gbench_context {
    const char *key, *value;
};

/* Google Benchmark's JSON document of these cases; free it. */
char *gbench_json(const struct gbench_case *cases, size_t n, const struct gbench_context *context,
                  size_t context_count);

#ifdef __cplusplus
}
#endif

#endif
