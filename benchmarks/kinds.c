// SPDX-License-Identifier: MIT
#include "benchmarks/bench.h"

extern const struct bench_kind bench_mutex;

const struct bench_kind *const bench_kinds[] = {&bench_mutex, NULL};
