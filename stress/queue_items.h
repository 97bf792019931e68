// SPDX-License-Identifier: MIT
/* queue_items.h - how the actors of queue.h push and pop items, and what they check of each. */
#ifndef STRESS_QUEUE_ITEMS_H
#define STRESS_QUEUE_ITEMS_H

#include "stress/queue.h"

#include <contend/wait.h>

enum { AHEAD_OFFSET = 1 << 16 }; /* pops may begin before there are pushes */

/* A cell says what became of its item: nothing yet, pushed (or to be), popped, worked off. */
enum { UNPUSHED, PUSHED, POPPED, FINISHED };
enum { SENTINEL = QUEUE_ITEMS_MAX + 1 }; /* items are 1 to QUEUE_ITEMS_MAX */

struct item {
    uint64_t word[QUEUE_ITEM_WORDS];
};

static inline const struct ct_queue_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static inline struct queue_state *state(const struct scenario_thread *t)
{
    return t->round->state;
}

/* Nothing there, or no room: until another actor has moved on. asked: before, for the same. */
static inline void again(struct scenario_thread *t, bool asked)
{
    t->contended += !asked;
    ct_pause();
    scenario_point(t, POINT_TURN);
}

static inline void look_at(struct scenario_thread *t, const char *what)
{
    scenario_at(t, what);
    scenario_point(t, POINT_ASKING);
}

/* waiting: by the operation that does, else by asking again. */
static inline int put_into(struct scenario_thread *t, void *q, uint64_t number, bool waiting)
{
    struct item item;
    for (unsigned i = 0; i < QUEUE_ITEM_WORDS; i++)
        item.word[i] = number + i;
    look_at(t, waiting ? "push" : "try_push");
    int error;
    if (waiting)
        error = ops(t->round)->push(q, &item, state(t)->item_bytes, CT_FOREVER);
    else
        for (bool asked = false;
             (error = ops(t->round)->try_push(q, &item, state(t)->item_bytes)) == EAGAIN;
             asked = true)
            again(t, asked);
    scenario_at(t, "outside");
    scenario_point(t, POINT_OUTSIDE);
    return error;
}

static inline uint64_t number_of(struct scenario_thread *t, const struct item *item)
{
    for (unsigned i = 1; i < state(t)->item_bytes / sizeof item->word[0]; i++) {
        if (item->word[i] != item->word[0] + i)
            scenario_broken(t, "parts of two items came out as one");
    }
    return item->word[0];
}

/* The number of the next item, 0 with *error set. */
static inline uint64_t take_from(struct scenario_thread *t, void *q, bool waiting, int *error)
{
    struct item item = {{0}};
    look_at(t, waiting ? "pop" : "try_pop");
    if (waiting)
        *error = ops(t->round)->pop(q, &item, state(t)->item_bytes, CT_FOREVER);
    else
        for (bool asked = false;
             (*error = ops(t->round)->try_pop(q, &item, state(t)->item_bytes)) == EAGAIN;
             asked = true)
            again(t, asked);
    scenario_at(t, "outside");
    scenario_point(t, POINT_OUTSIDE);
    return *error ? 0 : number_of(t, &item);
}

/* One or the other, where both are offered. */
static inline bool either(struct scenario_thread *t)
{
    return ops(t->round)->push && (rng_next(&t->rng) & 1);
}

static inline bool is_producer(const struct scenario_thread *t)
{
    return t->index < state(t)->producers;
}

/* How many of all items fall to this consumer. */
static inline unsigned share(const struct scenario_thread *t)
{
    const struct queue_state *s = state(t);
    unsigned items = s->producers * t->round->steps;
    unsigned consumers = t->round->threads - s->producers, own = t->index - s->producers;
    return items / consumers + (own < items % consumers ? 1 : 0);
}

/* The i-th item of this producer. */
static inline uint64_t number(const struct scenario_thread *t, unsigned i)
{
    return 1 + t->index * t->round->steps + i;
}

static inline void announce(struct scenario_thread *t, uint64_t n)
{
    scenario_point(t, POINT_HOLDING);
    cell_write(&state(t)->cell[n - 1], PUSHED);
}

static inline void put(struct scenario_thread *t, unsigned i, bool waiting)
{
    announce(t, number(t, i));
    if (put_into(t, t->round->object, number(t, i), waiting) != 0)
        scenario_broken(t, "a push into an open queue failed");
    scenario_did(t);
}

/* What a consumer has seen: the latest item of each producer. */
struct seen {
    uint64_t latest[CELLS_ACTORS_MAX];
};

static inline void receive(struct scenario_thread *t, struct seen *seen, uint64_t n)
{
    struct queue_state *s = state(t);
    scenario_did(t);
    if (n == 0 || n > s->producers * t->round->steps) {
        scenario_broken(t, "an item came out that nobody put in");
        return;
    }
    unsigned producer = (unsigned)(n - 1) / t->round->steps;
    if (n <= seen->latest[producer])
        scenario_broken(t, "an item came out after a later one of the same producer");
    seen->latest[producer] = n;
    scenario_point(t, POINT_HOLDING);
    if (cell_read(&s->cell[n - 1]) != PUSHED)
        scenario_broken(t, "an item came out twice, or without what was written before its push");
    cell_write(&s->cell[n - 1], POPPED);
}

static inline void take(struct scenario_thread *t, struct seen *seen, bool waiting)
{
    int error;
    uint64_t n = take_from(t, t->round->object, waiting, &error);
    if (error)
        scenario_broken(t, "a pop from an open queue failed");
    else
        receive(t, seen, n);
}

static inline bool last_producer(struct scenario_thread *t)
{
    return ct_u32_sub_acqrel(&state(t)->producing, 1) == 1;
}

#endif
