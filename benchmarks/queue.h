// SPDX-License-Identifier: MIT
/* queue.h - what the benchmarks of all kinds of queue share: flows of items, and the loop. Each kind has
 * its own rows, <kind>.c.
 *
 * A flow ends by sentinels: the last producer to stop pushes one for each consumer, which stops when it
 * finds one; so queues that cannot be closed are measured in the same way. */
#ifndef BENCHMARKS_QUEUE_H
#define BENCHMARKS_QUEUE_H

#include "benchmarks/varied.h"

#include <contend/poll.h>
#include <contend/queue.h>

#include <string.h>

/* The parameter of a workload. */
enum queue_flow {
    FLOW_WORDS,       /* half the threads push words, the others pop them */
    FLOW_RECORDS,     /* ... records of a cache line */
    FLOW_BATCHES,     /* ... words, up to QUEUE_BATCH at a time */
    FLOW_ONE_PLACE,   /* ... words, through a queue of capacity 1 */
    FLOW_FROM_ONE,    /* one pushes words, all others pop */
    FLOW_TO_ONE,      /* all but one push words */
    FLOW_ROUND_TRIPS, /* one of two threads pushes a word and awaits the answer in another queue */
};

enum { QUEUE_CAPACITY = 1024, QUEUE_BATCH = 16, QUEUE_CHUNK = 64, QUEUE_RECORD_WORDS = 8 };

struct queue_record {
    uint64_t word[QUEUE_RECORD_WORDS];
};

/* A word or record's words: who pushed it, and how many that thread had pushed before. */
#define QUEUE_SENTINEL UINT64_C(0)
#define QUEUE_PRODUCER_SHIFT 48

/* What a thread pushed or popped, for verify. */
struct queue_tally {
    uint64_t sum; /* of words */
    uint64_t items;
    uint64_t disorder, torn; /* not 0: saw an item before an earlier one, or half of one */
    uint64_t *last;          /* [producers]: the latest word of each that this consumer saw */
};

/* One trial's queues and what was seen of them. */
struct queue_object {
    const struct ct_queue_ops *ops;
    unsigned threads, producers;
    size_t item_bytes;
    enum queue_flow flow;
    unsigned queues;
    char *memory;
    size_t stride_bytes;
    char *tallies;
    uint64_t *last; /* [threads][producers] */
    CT_APART struct ct_u32 producing;
};

/* Work of producers (think) and of consumers (hold) for each word. */
#define QUEUE_CAN (BENCH_CAN_WORK | BENCH_CAN(FIELD_HOLD_SPREAD) | BENCH_CAN(FIELD_THINK_SPREAD))

void *queue_make(const struct ct_impl *impl, const struct bench_workload *workload,
                 unsigned threads);
void queue_unmake(const struct ct_impl *impl, void *object);
const char *queue_verify(const void *object, uint64_t counts);
void *queue_at(const struct queue_object *o, unsigned index);
struct queue_tally *queue_tally_at(const struct queue_object *o, unsigned thread);

#define QUEUE_INLINE static inline __attribute__((always_inline))

/* A queue that offers no waiting is asked again and again, as its user would have to. */
QUEUE_INLINE void queue_put(const struct ct_queue_ops *ops, void *q, const void *item,
                            size_t item_bytes)
{
    if (ops->push) {
        ops->push(q, item, item_bytes, CT_FOREVER);
        return;
    }
    struct ct_poll poll = CT_POLL_START;
    while (ops->try_push(q, item, item_bytes) != 0)
        (void)ct_poll_more(&poll);
}

QUEUE_INLINE void queue_take(const struct ct_queue_ops *ops, void *q, void *item, size_t item_bytes)
{
    if (ops->pop) {
        if (ops->pop(q, item, item_bytes, CT_FOREVER) != 0)
            memset(item, 0, item_bytes); /* never, for nobody closes it; a sentinel */
        return;
    }
    struct ct_poll poll = CT_POLL_START;
    while (ops->try_pop(q, item, item_bytes) != 0)
        (void)ct_poll_more(&poll);
}

/* At least one. */
QUEUE_INLINE size_t queue_put_some(const struct ct_queue_ops *ops, void *q, const uint64_t *items,
                                   size_t count)
{
    size_t n = ops->push_many ? ops->push_many(q, items, count, sizeof *items) : 0;
    if (n == 0) {
        queue_put(ops, q, items, sizeof *items);
        n = 1;
    }
    return n;
}

QUEUE_INLINE size_t queue_take_some(const struct ct_queue_ops *ops, void *q, uint64_t *items,
                                    size_t count)
{
    size_t n = ops->pop_many ? ops->pop_many(q, items, count, sizeof *items) : 0;
    if (n == 0) {
        queue_take(ops, q, items, sizeof *items);
        n = 1;
    }
    return n;
}

/* Each word is greater than the one before of the same producer; with one producer and one consumer
   they are in a row. many is a constant. */
QUEUE_INLINE void queue_note(struct queue_tally *tally, uint64_t word, bool many)
{
    uint64_t *last = &tally->last[many ? (word >> QUEUE_PRODUCER_SHIFT) - 1 : 0];
    tally->disorder |= many ? word <= *last : word - *last != 1;
    *last = word;
    tally->sum += word;
    tally->items++;
}

QUEUE_INLINE uint64_t queue_first_word(const struct bench_thread *t)
{
    return ((uint64_t)t->index + 1) << QUEUE_PRODUCER_SHIFT;
}

/* Whoever stops last tells the consumers. */
QUEUE_INLINE void queue_end(const struct ct_queue_ops *ops, struct queue_object *o, void *q,
                            const void *sentinel, size_t item_bytes)
{
    if (ct_u32_sub_acqrel(&o->producing, 1) != 1)
        return;
    for (unsigned i = o->producers; i < o->threads; i++)
        queue_put(ops, q, sentinel, item_bytes);
}

/* The work that goes with the item before which there were so many. */
QUEUE_INLINE void queue_work(const struct bench_thread *t, uint64_t item, bool producing)
{
    const struct bench_draws *d = t->draws;
    if (producing)
        work(d ? d->think_units[item % BENCH_DRAWS] : t->think_units);
    else
        work(d ? d->hold_units[item % BENCH_DRAWS] : t->hold_units);
}

/* Words or records, QUEUE_CHUNK between two looks at anything else. working: a constant, so that whoever
   does nothing but push and pop pays for nothing else. */
QUEUE_INLINE void queue_produce(const struct ct_queue_ops *ops, struct bench_thread *t, void *q,
                                size_t item_bytes, bool working)
{
    struct queue_object *o = t->object;
    struct queue_tally *tally = queue_tally_at(o, t->index);
    struct queue_record item = {{QUEUE_SENTINEL}};
    uint64_t word = queue_first_word(t), sum = 0;
    uint64_t done = 0, timed = QUEUE_CHUNK;
    do {
        bool timing = __builtin_expect(done >= timed, 0);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        for (unsigned i = 0; i < QUEUE_CHUNK; i++) {
            if (working)
                queue_work(t, done + i, true);
            word++;
            for (unsigned w = 0; w < item_bytes / sizeof word; w++)
                item.word[w] = word;
            if (working && timing && i == 0)
                begin_ns = clock_ns();
            queue_put(ops, q, &item, item_bytes);
            sum += word;
            if (timing && i == 0)
                timed = done + bench_sample_latency(t, begin_ns, clock_ns());
        }
        bench_count(t, done += QUEUE_CHUNK);
    } while (bench_running(t));
    tally->sum = sum;
    tally->items = done;
    item = (struct queue_record){{QUEUE_SENTINEL}};
    queue_end(ops, o, q, &item, item_bytes);
}

QUEUE_INLINE void queue_consume(const struct ct_queue_ops *ops, struct bench_thread *t, void *q,
                                size_t item_bytes, bool many, bool working)
{
    struct queue_tally tally = *queue_tally_at(t->object, t->index);
    uint64_t last = tally.last[0];
    uint64_t *const all = tally.last;
    if (!many)
        tally.last = &last; /* a register */
    uint64_t timed = QUEUE_CHUNK;
    bool ended = false;
    do {
        bool timing = __builtin_expect(tally.items >= timed, 0);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        for (unsigned i = 0; i < QUEUE_CHUNK; i++) {
            struct queue_record item;
            queue_take(ops, q, &item, item_bytes);
            if (timing && i == 0)
                timed = tally.items + bench_sample_latency(t, begin_ns, clock_ns());
            ended = item.word[0] == QUEUE_SENTINEL;
            if (__builtin_expect(ended, 0))
                break;
            for (unsigned w = 1; w < item_bytes / sizeof item.word[0]; w++)
                tally.torn |= item.word[w] ^ item.word[0];
            queue_note(&tally, item.word[0], many);
            if (working)
                queue_work(t, tally.items, false);
        }
        bench_count(t, tally.items);
    } while (!ended);
    tally.last = all;
    *queue_tally_at(t->object, t->index) = tally;
}

QUEUE_INLINE void queue_produce_batches(const struct ct_queue_ops *ops, struct bench_thread *t,
                                        void *q)
{
    struct queue_object *o = t->object;
    struct queue_tally *tally = queue_tally_at(o, t->index);
    uint64_t items[QUEUE_BATCH], word = queue_first_word(t), timed = QUEUE_BATCH;
    do {
        for (unsigned i = 0; i < QUEUE_BATCH; i++) {
            items[i] = ++word;
            tally->sum += word;
        }
        bool timing = __builtin_expect(tally->items >= timed, 0);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        for (size_t put = 0; put < QUEUE_BATCH;)
            put += queue_put_some(ops, q, items + put, QUEUE_BATCH - put);
        if (timing)
            timed = tally->items + bench_sample_latency(t, begin_ns, clock_ns());
        bench_count(t, tally->items += QUEUE_BATCH);
    } while (bench_running(t));
    const uint64_t sentinel = QUEUE_SENTINEL;
    queue_end(ops, o, q, &sentinel, sizeof sentinel);
}

/* A sentinel too many was another consumer's: it goes back. */
QUEUE_INLINE void queue_consume_batches(const struct ct_queue_ops *ops, struct bench_thread *t,
                                        void *q, bool many)
{
    struct queue_tally *tally = queue_tally_at(t->object, t->index);
    uint64_t items[QUEUE_BATCH], timed = QUEUE_BATCH;
    bool ended = false;
    do {
        bool timing = __builtin_expect(tally->items >= timed, 0);
        uint64_t begin_ns = timing ? clock_ns() : 0;
        size_t n = queue_take_some(ops, q, items, QUEUE_BATCH);
        if (timing)
            timed = tally->items + bench_sample_latency(t, begin_ns, clock_ns());
        for (size_t i = 0; i < n; i++) {
            if (items[i] != QUEUE_SENTINEL)
                queue_note(tally, items[i], many);
            else if (ended)
                queue_put(ops, q, &items[i], sizeof items[i]);
            else
                ended = true;
        }
        bench_count(t, tally->items);
    } while (!ended);
}

/* Thread 0 asks, thread 1 answers; both count the round trip. */
QUEUE_INLINE void queue_round_trips(const struct ct_queue_ops *ops, struct bench_thread *t)
{
    struct queue_object *o = t->object;
    struct queue_tally *tally = queue_tally_at(o, t->index);
    void *ask = queue_at(o, 0), *answer = queue_at(o, 1);
    uint64_t word = queue_first_word(t), got = 0, done = 0, timed = 1;
    if (t->index == 0) {
        do {
            bool timing = __builtin_expect(done == timed, 0);
            uint64_t begin_ns = timing ? clock_ns() : 0;
            word++;
            queue_put(ops, ask, &word, sizeof word);
            queue_take(ops, answer, &got, sizeof got);
            if (timing)
                timed = done + bench_sample_latency(t, begin_ns, clock_ns());
            tally->disorder |= got ^ word;
            bench_count(t, ++done);
        } while (bench_running(t));
        word = QUEUE_SENTINEL;
        queue_put(ops, ask, &word, sizeof word);
        return;
    }
    for (;;) {
        queue_take(ops, ask, &got, sizeof got);
        if (got == QUEUE_SENTINEL)
            return;
        tally->disorder |= ++done ^ (got & ((UINT64_C(1) << QUEUE_PRODUCER_SHIFT) - 1));
        queue_put(ops, answer, &got, sizeof got);
        bench_count(t, done);
    }
}

/* Words or records by the thread that this is. */
QUEUE_INLINE void queue_stream(const struct ct_queue_ops *ops, struct bench_thread *t,
                               size_t item_bytes, bool many, bool working)
{
    const struct queue_object *o = t->object;
    void *q = queue_at(o, 0);
    if (t->index < o->producers)
        queue_produce(ops, t, q, item_bytes, working);
    else
        queue_consume(ops, t, q, item_bytes, many, working);
}

/* many: there may be several producers or consumers; a constant. */
QUEUE_INLINE void queue_loop(const struct ct_queue_ops *ops, struct bench_thread *t, bool many)
{
    const struct queue_object *o = t->object;
    bool producer = t->index < o->producers;
    void *q = queue_at(o, 0);
    if (o->flow == FLOW_ROUND_TRIPS)
        queue_round_trips(ops, t);
    else if (o->flow == FLOW_RECORDS)
        queue_stream(ops, t, sizeof(struct queue_record), many, false);
    else if (o->flow == FLOW_BATCHES && producer)
        queue_produce_batches(ops, t, q);
    else if (o->flow == FLOW_BATCHES)
        queue_consume_batches(ops, t, q, many);
    else if (t->draws || t->hold_units || t->think_units)
        queue_stream(ops, t, sizeof(uint64_t), many, true);
    else
        queue_stream(ops, t, sizeof(uint64_t), many, false);
}

#endif
