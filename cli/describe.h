// SPDX-License-Identifier: MIT
/* describe.h - workloads in a user's words: on the command line, and in a file. */
#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include "benchmarks/bench.h"

#include <argp.h>

/* The options of all fields, for a command's argp_child; its input is a struct bench_described. */
const struct argp *describe_argp(void);

/* Does it replace anything? */
bool describe_anything(const struct bench_described *d);

/* A list of thread counts, each "N", "cpus", "Nx" (so many times the CPUs) or "A..B" of those, into
   threads[BENCH_LISTED_MAX + 1], 0-terminated. where: what an error begins with. */
void describe_threads(const char *where, const char *text, unsigned cpus, unsigned *threads);

/* The workloads of a file; free it, and their names and texts with describe_free.
 *
 *     # comment
 *     [name]                a workload of this name: small letters, digits, - and .
 *     kind = mutex          needed, unless kind (as the options say) is not NULL
 *     workload = contended  the row that it starts from; else the kind's first contended one
 *     threads = 1, 2x       else as the options or the row say
 *     hold = 200ns          ... and every other field by its option's name
 *
 * Anything else ends the program with FILE:LINE and what is wrong. */
struct bench_described *describe_file(const char *path, const char *kind, unsigned cpus,
                                      size_t *count);
void describe_free(struct bench_described *all, size_t count);

#endif
