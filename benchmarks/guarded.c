// SPDX-License-Identifier: MIT
#include "benchmarks/guarded.h"

#include "support/fail.h"

#include <stdlib.h>

static const size_t bytes_max = (size_t)1 << 32;

static size_t whole_words(size_t bytes)
{
    return (bytes + sizeof(uint64_t) - 1) / sizeof(uint64_t) * sizeof(uint64_t);
}

void guarded_make(struct guarded *g, const struct ct_impl *impl,
                  const struct bench_workload *workload, unsigned threads, uint32_t lines_least)
{
    g->objects = workload->objects ? workload->objects : 1;
    g->lines = workload->lines > lines_least ? workload->lines : lines_least;
    g->data_bytes = workload->beside_lock ? whole_words(impl->size_bytes) : apart(impl->size_bytes);
    g->stride_bytes = apart(g->data_bytes + g->lines * (size_t)CT_APART_BYTES);
    g->node_stride_bytes = apart(impl->node_bytes);
    size_t locks_bytes = g->objects * g->stride_bytes;
    size_t bytes = locks_bytes + (size_t)threads * g->objects * g->node_stride_bytes;
    if (bytes > bytes_max)
        fail(EXIT_USAGE, "%s/%s: %u objects of %u lines for %u threads: more than 4 GiB",
             impl->kind, impl->name, g->objects, g->lines, threads);
    g->locks = must_alloc_aligned(CT_APART_BYTES, bytes);
    g->nodes = g->locks + locks_bytes;
}

void guarded_free(struct guarded *g)
{
    free(g->locks);
}

uint64_t guarded_sum(const struct guarded *g, uint32_t line)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < g->objects; i++)
        sum += guarded_data(g, i)[line * BENCH_LINE_WORDS];
    return sum;
}
