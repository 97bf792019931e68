// SPDX-License-Identifier: MIT
#include "benchmarks/bench.h"
#include "contend_impls_lists.h"

#define DECLARE(kind) extern const struct bench_kind bench_##kind;
CT_IMPLS_KINDS(DECLARE)

#define ADDRESS(kind) &bench_##kind,
const struct bench_kind *const bench_kinds[] = {CT_IMPLS_KINDS(ADDRESS) NULL};
