// SPDX-License-Identifier: MIT
/* queue_setup.c - setups and verdicts of the scenarios of queues, and the queue that is none. */
#include "stress/queue_items.h"

#include <contend/alloc.h>

static void start(struct scenario_round *r, uint32_t capacity, unsigned producers,
                  size_t item_bytes)
{
    struct queue_state *s = r->state;
    s->producers = producers;
    s->item_bytes = item_bytes;
    ct_u32_store_relaxed(&s->producing, producers);
    ct_u32_store_relaxed(&s->stopped, 0);
    ct_u32_store_relaxed(&s->ahead, AHEAD_OFFSET);
    if (ops(r)->init(r->object, capacity, item_bytes) != 0)
        fail(EXIT_CHECK_FAILED, "stress: %s/%s: no queue of %u items", ops(r)->impl.kind,
             ops(r)->impl.name, capacity);
    s->capacity = ops(r)->capacity(r->object); /* some round it up */
}

static void start_words(struct scenario_round *r, uint32_t capacity)
{
    start(r, capacity, r->threads / 2, sizeof(uint64_t));
}

void queue_setup_one_place(struct scenario_round *r)
{
    start_words(r, 1);
}

void queue_setup_two_places(struct scenario_round *r)
{
    start_words(r, 2);
}

void queue_setup_few_places(struct scenario_round *r)
{
    start_words(r, 1 + (uint32_t)rng_below(&r->actors[0].rng, 3));
}

void queue_setup_room_for_all(struct scenario_round *r)
{
    start_words(r, r->threads * r->steps);
}

void queue_setup_records(struct scenario_round *r)
{
    start(r, 2, r->threads / 2, sizeof(struct item));
}

void queue_setup_pipeline(struct scenario_round *r)
{
    struct queue_state *s = r->state;
    start(r, 1, 1, sizeof(uint64_t));
    s->second = ct_alloc(ops(r)->impl.align_bytes, ops(r)->impl.size_bytes);
    if (!s->second || ops(r)->init(s->second, 1, s->item_bytes) != 0)
        fail(EXIT_CHECK_FAILED, "stress: %s/%s: no second queue", ops(r)->impl.kind,
             ops(r)->impl.name);
}

void queue_setup_destroy(struct scenario_round *r)
{
    struct queue_state *s = r->state;
    lifetime_begin(&s->life, r);
    start(r, 2, r->threads - 1, sizeof(uint64_t));
}

void queue_release(struct scenario_round *r)
{
    struct queue_state *s = r->state;
    lifetime_release(&s->life, r, ops(r)->destroy);
    if (s->second) {
        ops(r)->destroy(s->second);
        ct_free(s->second);
    }
}

const char *queue_verdict(struct scenario_round *r)
{
    const struct queue_state *s = r->state;
    for (unsigned i = 0; i < s->producers * r->steps; i++) {
        if (cell_read(&s->cell[i]) == PUSHED)
            return "an item that was pushed never came out";
    }
    if (ops(r)->size && ops(r)->size(r->object) != 0)
        return "the queue is not empty, although all that was put in came out";
    return NULL;
}

const char *queue_verdict_destroy(struct scenario_round *r)
{
    const struct queue_state *s = r->state;
    return lifetime_verdict(&s->life, r);
}

unsigned queue_offers(const void *table)
{
    const struct ct_queue_ops *o = table;
    return (o->push ? QUEUE_NEEDS_BLOCKING : 0U) | (o->push_many ? QUEUE_NEEDS_MANY : 0U) |
           (o->close ? QUEUE_NEEDS_CLOSE : 0U) | (o->join ? QUEUE_NEEDS_JOIN : 0U);
}

static int nothing_init(void *q, uint32_t capacity, size_t item_bytes)
{
    (void)q;
    (void)capacity;
    (void)item_bytes;
    return 0;
}

static void nothing_destroy(void *q)
{
    (void)q;
}

static int nothing_try_push(void *q, const void *item, size_t item_bytes)
{
    (void)q;
    (void)item;
    (void)item_bytes;
    return 0;
}

static int nothing_try_pop(void *q, void *item, size_t item_bytes)
{
    (void)q;
    memset(item, 0, item_bytes);
    return 0;
}

static size_t nothing_size(const void *q)
{
    (void)q;
    return 0;
}

static uint32_t nothing_capacity(const void *q)
{
    (void)q;
    return UINT32_MAX;
}

const struct ct_queue_ops queue_nothing = {
    .impl = {.kind = "queue",
             .name = "no-queue",
             .summary = "loses what it is given: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1},
    .init = nothing_init,
    .destroy = nothing_destroy,
    .try_push = nothing_try_push,
    .try_pop = nothing_try_pop,
    .size = nothing_size,
    .capacity = nothing_capacity,
};
