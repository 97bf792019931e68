// SPDX-License-Identifier: MIT
/* guarded.h - locks with what each protects, and the threads' nodes, one for each thread and lock. All
   are apart from each other, but for the first line of data beside its lock where a workload wants that. */
#ifndef BENCHMARKS_GUARDED_H
#define BENCHMARKS_GUARDED_H

#include "benchmarks/varied.h"

struct guarded {
    char *locks;
    size_t stride_bytes, data_bytes; /* from one lock to the next, and to its data */
    uint32_t objects, lines;
    char *nodes; /* [threads][objects] */
    size_t node_stride_bytes;
};

/* lines_least: of data at each lock, whatever the workload asks for. Locks are not initialised yet. */
void guarded_make(struct guarded *g, const struct ct_impl *impl,
                  const struct bench_workload *workload, unsigned threads, uint32_t lines_least);
void guarded_free(struct guarded *g);

/* The number that each line of data begins with, summed over all locks. */
uint64_t guarded_sum(const struct guarded *g, uint32_t line);

static inline void *guarded_lock(const struct guarded *g, uint32_t object)
{
    return g->locks + object * g->stride_bytes;
}

static inline volatile uint64_t *guarded_data(const struct guarded *g, uint32_t object)
{
    return (uint64_t *)(void *)(g->locks + object * g->stride_bytes + g->data_bytes);
}

static inline void *guarded_node(const struct guarded *g, unsigned thread, uint32_t object)
{
    return g->nodes + ((size_t)thread * g->objects + object) * g->node_stride_bytes;
}

#endif
