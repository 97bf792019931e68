// SPDX-License-Identifier: MIT
/* precision.h - how well a run knows its ratios so far, so that it may end when it knows them well. It
   looks at the width of intervals only, never at which side of 1 they are on: stopping when a test
   likes the answer would make that test worthless. */
#ifndef BENCHMARKS_PRECISION_H
#define BENCHMARKS_PRECISION_H

#include "benchmarks/bench.h"

struct precision;

struct precision *precision_make(const struct bench_plan *plan);
void precision_free(struct precision *p);

/* One clean trial of cases[index]. */
void precision_add(struct precision *p, size_t index, const struct bench_sample *s);

/* It broke its invariant: nothing more is wanted of it. */
void precision_drop(struct precision *p, size_t index);

/* Is, for each of cases[first .. first + count), the 95 % interval of the median ratio to the group's
   reference inside +-wanted of it? Without a reference beside it: that of its rate. A case of which
   there are not two clean trials never is. */
bool precision_reached(const struct precision *p, size_t first, size_t count, double wanted);

#endif
