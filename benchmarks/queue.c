// SPDX-License-Identifier: MIT
#include "benchmarks/queue.h"

#include "support/fail.h"

#include <stdlib.h>
#include <string.h>

void *queue_at(const struct queue_object *o, unsigned index)
{
    return o->memory + index * o->stride_bytes;
}

struct queue_tally *queue_tally_at(const struct queue_object *o, unsigned thread)
{
    return (struct queue_tally *)(void *)(o->tallies + thread * CT_APART_BYTES);
}

static unsigned producers_of(enum queue_flow flow, unsigned threads)
{
    if (flow == FLOW_FROM_ONE)
        return 1;
    return flow == FLOW_TO_ONE ? threads - 1 : threads / 2;
}

void *queue_make(const struct ct_impl *impl, const struct bench_workload *workload,
                 unsigned threads)
{
    bool works = workload->hold_ns || workload->think_ns;
    if (works && (workload->parameter == FLOW_RECORDS || workload->parameter == FLOW_BATCHES ||
                  workload->parameter == FLOW_ROUND_TRIPS))
        fail(EXIT_USAGE, "%s: work with each item (--hold, --think) is for flows of single words",
             impl->kind);
    struct queue_object *o = must_alloc_aligned(CT_APART_BYTES, sizeof *o);
    o->ops = (const struct ct_queue_ops *)(const void *)impl;
    o->flow = (enum queue_flow)workload->parameter;
    o->threads = threads;
    o->producers = producers_of(o->flow, threads);
    o->item_bytes = o->flow == FLOW_RECORDS ? sizeof(struct queue_record) : sizeof(uint64_t);
    o->queues = o->flow == FLOW_ROUND_TRIPS ? 2 : 1;
    o->stride_bytes = apart(impl->size_bytes);
    o->memory = must_alloc_aligned(CT_APART_BYTES, o->queues * o->stride_bytes);
    size_t tallies_bytes = (size_t)threads * CT_APART_BYTES;
    o->tallies = must_alloc_aligned(CT_APART_BYTES, tallies_bytes);
    memset(o->tallies, 0, tallies_bytes);
    size_t last_bytes = apart(o->producers * sizeof *o->last);
    o->last = must_alloc_aligned(CT_APART_BYTES, threads * last_bytes);
    memset(o->last, 0, threads * last_bytes);
    for (unsigned i = 0; i < threads; i++) {
        uint64_t *last = o->last + i * (last_bytes / sizeof *last);
        for (unsigned p = 0; p < o->producers; p++)
            last[p] = (uint64_t)(p + 1) << QUEUE_PRODUCER_SHIFT;
        queue_tally_at(o, i)->last = last;
    }
    ct_u32_store_relaxed(&o->producing, o->producers);
    for (unsigned i = 0; i < o->queues; i++) {
        uint32_t capacity = o->flow == FLOW_ONE_PLACE ? 1 : QUEUE_CAPACITY;
        if (o->ops->init(queue_at(o, i), capacity, o->item_bytes) != 0)
            fail(EXIT_CHECK_FAILED, "bench: %s/%s: no queue of %u items", impl->kind, impl->name,
                 capacity);
    }
    return o;
}

void queue_unmake(const struct ct_impl *impl, void *object)
{
    struct queue_object *o = object;
    (void)impl;
    for (unsigned i = 0; i < o->queues; i++)
        o->ops->destroy(queue_at(o, i));
    free(o->last);
    free(o->tallies);
    free(o->memory);
    free(o);
}

const char *queue_verify(const void *object, uint64_t counts)
{
    const struct queue_object *o = object;
    struct queue_record item = {{0}};
    uint64_t sum = 0, items = 0, disorder = 0, torn = 0;
    (void)counts;
    for (unsigned i = 0; i < o->threads; i++) {
        const struct queue_tally *tally = queue_tally_at(o, i);
        bool producer = i < o->producers;
        sum += producer ? tally->sum : 0 - tally->sum;
        items += producer ? tally->items : 0 - tally->items;
        disorder |= tally->disorder;
        torn |= tally->torn;
    }
    /* Where producers' items are not in one order, some may have come after the sentinels. */
    for (unsigned i = 0; i < o->queues; i++) {
        while (o->ops->try_pop(queue_at(o, i), &item, o->item_bytes) == 0) {
            if (item.word[0] != QUEUE_SENTINEL) {
                sum -= item.word[0];
                items--;
            }
        }
    }
    if (torn)
        return "a record came out that was not put in: parts of two";
    if (disorder)
        return "items of one thread came out in another order, or twice";
    if (sum != 0 || items != 0)
        return "items were lost or doubled: not the same came out as went in";
    return NULL;
}
