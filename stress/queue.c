// SPDX-License-Identifier: MIT
/* queue.c - actors that push and pop: one by one, many at once, with and without waiting. */
#include "stress/queue_items.h"

void queue_actor_try(struct scenario_thread *t)
{
    struct seen seen = {{0}};
    if (is_producer(t)) {
        for (unsigned i = 0; i < t->round->steps; i++)
            put(t, i, false);
    } else {
        for (unsigned i = share(t); i > 0; i--)
            take(t, &seen, false);
    }
}

void queue_actor_items(struct scenario_thread *t)
{
    struct seen seen = {{0}};
    if (is_producer(t)) {
        for (unsigned i = 0; i < t->round->steps; i++)
            put(t, i, either(t));
    } else {
        for (unsigned i = share(t); i > 0; i--)
            take(t, &seen, either(t));
    }
}

void queue_actor_blocking(struct scenario_thread *t)
{
    struct seen seen = {{0}};
    if (is_producer(t)) {
        for (unsigned i = 0; i < t->round->steps; i++)
            put(t, i, true);
    } else {
        for (unsigned i = share(t); i > 0; i--)
            take(t, &seen, true);
    }
}

/* A push that returned found room: a place that nobody took yet, or whose pop had begun. */
void queue_actor_capacity(struct scenario_thread *t)
{
    struct queue_state *s = state(t);
    struct seen seen = {{0}};
    if (is_producer(t)) {
        for (unsigned i = 0; i < t->round->steps; i++) {
            put(t, i, false);
            if (ct_u32_add_relaxed(&s->ahead, 1) + 1 > AHEAD_OFFSET + s->capacity)
                scenario_broken(t, "more items were inside than the capacity");
            if (ops(t->round)->size && ops(t->round)->size(t->round->object) > s->capacity)
                scenario_broken(t, "size was more than the capacity");
        }
    } else {
        for (unsigned i = share(t); i > 0; i--) {
            ct_u32_sub_relaxed(&s->ahead, 1);
            take(t, &seen, false);
        }
    }
}

static void put_batches(struct scenario_thread *t)
{
    const struct scenario_round *r = t->round;
    uint64_t word[QUEUE_STEPS_MAX * QUEUE_ITEM_WORDS];
    unsigned each = (unsigned)(state(t)->item_bytes / sizeof *word);
    for (unsigned i = 0; i < r->steps; i++) {
        announce(t, number(t, i));
        for (unsigned k = 0; k < each; k++)
            word[i * each + k] = number(t, i) + k;
    }
    for (unsigned i = 0; i < r->steps;) {
        size_t most = 1 + rng_below(&t->rng, r->steps - i);
        look_at(t, "push_many");
        size_t n = ops(r)->push_many(r->object, word + i * each, most, state(t)->item_bytes);
        scenario_point(t, POINT_OUTSIDE);
        if (n > most)
            scenario_broken(t, "push_many put more items than it was given");
        if (n == 0)
            again(t, false);
        for (i += (unsigned)n; n > 0; n--)
            scenario_did(t);
    }
}

static void take_batches(struct scenario_thread *t, struct seen *seen)
{
    const struct scenario_round *r = t->round;
    uint64_t word[QUEUE_ITEMS_MAX * QUEUE_ITEM_WORDS];
    unsigned each = (unsigned)(state(t)->item_bytes / sizeof *word);
    for (unsigned left = share(t); left > 0;) {
        size_t most = 1 + rng_below(&t->rng, left);
        look_at(t, "pop_many");
        size_t n = ops(r)->pop_many(r->object, word, most, state(t)->item_bytes);
        scenario_point(t, POINT_OUTSIDE);
        if (n > most) {
            scenario_broken(t, "pop_many took more items than it was asked for");
            return;
        }
        if (n == 0)
            again(t, false);
        for (size_t i = 0; i < n; i++)
            receive(t, seen, word[i * each]);
        left -= (unsigned)n;
    }
}

void queue_actor_batches(struct scenario_thread *t)
{
    struct seen seen = {{0}};
    if (is_producer(t))
        put_batches(t);
    else
        take_batches(t, &seen);
}

/* Consumers do not wait for longer than a few of the producers' pauses. */
void queue_actor_timed(struct scenario_thread *t)
{
    const struct scenario_round *r = t->round;
    struct seen seen = {{0}};
    if (is_producer(t)) {
        for (unsigned i = 0; i < r->steps; i++)
            put(t, i, either(t));
        return;
    }
    for (unsigned left = share(t); left > 0;) {
        struct item item = {{0}};
        uint64_t deadline_ns = ct_now_ns() + 10000 + rng_below(&t->rng, 50000);
        look_at(t, "pop with a deadline");
        int error = ops(r)->pop(r->object, &item, state(t)->item_bytes, deadline_ns);
        scenario_point(t, POINT_OUTSIDE);
        if (error == 0) {
            receive(t, &seen, number_of(t, &item));
            left--;
        } else if (error != ETIMEDOUT) {
            scenario_broken(t, "a pop from an open queue returned neither 0 nor ETIMEDOUT");
            return;
        } else {
            if (ct_now_ns() < deadline_ns)
                scenario_broken(t, "pop returned ETIMEDOUT before its deadline");
            again(t, false);
        }
    }
}
