// SPDX-License-Identifier: MIT
/* queue_ends.c - actors that come to an end: by closing, sentinels, a flag, join, a pipeline, destruction. */
#include "stress/queue_items.h"

static void take_until_closed(struct scenario_thread *t, bool always_waits)
{
    struct seen seen = {{0}};
    int error;
    uint64_t n;
    while ((n = take_from(t, t->round->object, always_waits || either(t), &error)), error == 0)
        receive(t, &seen, n);
    if (error != EPIPE)
        scenario_broken(t, "a pop from a closed queue returned neither 0 nor EPIPE");
    (void)take_from(t, t->round->object, false, &error);
    if (error != EPIPE)
        scenario_broken(t, "an item came out after the queue was closed and empty");
}

static void close_after_all(struct scenario_thread *t, bool consumers_wait)
{
    if (!is_producer(t)) {
        take_until_closed(t, consumers_wait);
        return;
    }
    for (unsigned i = 0; i < t->round->steps; i++)
        put(t, i, either(t));
    if (last_producer(t)) {
        scenario_at(t, "close");
        ops(t->round)->close(t->round->object);
        if (put_into(t, t->round->object, number(t, 0), either(t)) != EPIPE)
            scenario_broken(t, "a push into a closed queue did not return EPIPE");
    }
}

void queue_actor_close(struct scenario_thread *t)
{
    close_after_all(t, false);
}

void queue_actor_close_wakes(struct scenario_thread *t)
{
    close_after_all(t, true);
}

/* A push that was refused did not happen: its item must not come out, and its cell says so. */
void queue_actor_close_anytime(struct scenario_thread *t)
{
    if (!is_producer(t)) {
        take_until_closed(t, false);
        return;
    }
    if (t->index == 0) {
        scenario_point(t, POINT_HOLDING);
        scenario_at(t, "close");
        ops(t->round)->close(t->round->object);
        scenario_did(t);
        return;
    }
    for (unsigned i = 0; i < t->round->steps; i++) {
        announce(t, number(t, i));
        int error = put_into(t, t->round->object, number(t, i), either(t));
        scenario_did(t);
        if (error == 0)
            continue;
        if (error != EPIPE)
            scenario_broken(t, "a push failed, and not because the queue was closed");
        cell_write(&state(t)->cell[number(t, i) - 1], UNPUSHED);
        return;
    }
}

void queue_actor_sentinels(struct scenario_thread *t)
{
    const struct scenario_round *r = t->round;
    struct queue_state *s = state(t);
    if (is_producer(t)) {
        for (unsigned i = 0; i < r->steps; i++)
            put(t, i, either(t));
        for (unsigned i = last_producer(t) ? s->producers : r->threads; i < r->threads; i++) {
            if (put_into(t, r->object, SENTINEL, either(t)) != 0)
                scenario_broken(t, "a push into an open queue failed");
        }
        return;
    }
    struct seen seen = {{0}};
    int error = 0;
    uint64_t n;
    while ((n = take_from(t, r->object, either(t), &error)) != SENTINEL && error == 0)
        receive(t, &seen, n);
    if (error)
        scenario_broken(t, "a pop from an open queue failed");
}

/* Who sees the flag and then finds the queue empty has left nothing behind. */
void queue_actor_stop_flag(struct scenario_thread *t)
{
    const struct scenario_round *r = t->round;
    struct queue_state *s = state(t);
    if (is_producer(t)) {
        for (unsigned i = 0; i < r->steps; i++)
            put(t, i, either(t));
        if (last_producer(t))
            ct_u32_store_release(&s->stopped, 1);
        return;
    }
    struct seen seen = {{0}};
    bool asked = false;
    for (;;) {
        struct item item = {{0}};
        bool stopped = ct_u32_load_acquire(&s->stopped);
        look_at(t, "try_pop");
        int error = ops(r)->try_pop(r->object, &item, s->item_bytes);
        scenario_point(t, POINT_OUTSIDE);
        if (error != 0 && stopped)
            return;
        if (error == 0)
            receive(t, &seen, number_of(t, &item));
        else
            again(t, asked);
        asked = error != 0;
    }
}

/* Whoever joins after its last push finds its items worked off. */
void queue_actor_join(struct scenario_thread *t)
{
    const struct scenario_round *r = t->round;
    struct queue_state *s = state(t);
    if (is_producer(t)) {
        for (unsigned i = 0; i < r->steps; i++)
            put(t, i, either(t));
        scenario_at(t, "join");
        if (ops(r)->join(r->object, CT_FOREVER) != 0)
            scenario_broken(t, "a join without a deadline failed");
        for (unsigned i = 0; i < r->steps; i++) {
            if (cell_read(&s->cell[number(t, i) - 1]) != FINISHED)
                scenario_broken(t, "join returned before an item was worked off");
        }
        return;
    }
    struct seen seen = {{0}};
    for (unsigned i = share(t); i > 0; i--) {
        int error;
        uint64_t n = take_from(t, r->object, either(t), &error);
        if (error) {
            scenario_broken(t, "a pop from an open queue failed");
            return;
        }
        receive(t, &seen, n);
        scenario_point(t, POINT_HOLDING);
        cell_write(&s->cell[n - 1], FINISHED);
        ops(r)->task_done(r->object);
    }
}

/* 0 puts into the first queue, 1 carries from there to the second, 2 takes from there: in order, to the
   last item. */
void queue_actor_pipeline(struct scenario_thread *t)
{
    const struct scenario_round *r = t->round;
    void *queue[] = {r->object, state(t)->second};
    for (unsigned i = 0; i < r->steps; i++) {
        int error = 0;
        uint64_t n = i + 1;
        if (t->index == 0)
            announce(t, n);
        else
            n = take_from(t, queue[t->index - 1], either(t), &error);
        if (error)
            scenario_broken(t, "a pop from an open queue failed");
        if (n != i + 1) {
            scenario_broken(t, "the pipeline lost, doubled or swapped an item");
            return;
        }
        struct cell *cell = &state(t)->cell[i];
        if (cell_read(cell) != (t->index == 2 ? POPPED : PUSHED))
            scenario_broken(t, "an item came without what the stage before it wrote");
        if (t->index != 0)
            cell_write(cell, POPPED);
        if (t->index != 2 && put_into(t, queue[t->index], n, either(t)) != 0)
            scenario_broken(t, "a push into an open queue failed");
        scenario_did(t);
    }
}

/* The last actor pops every item and destroys, although the last push may still be on its way out. */
void queue_actor_destroy(struct scenario_thread *t)
{
    struct queue_state *s = state(t);
    struct seen seen = {{0}};
    if (is_producer(t)) {
        for (unsigned i = 0; i < t->round->steps; i++)
            put(t, i, either(t));
        return;
    }
    for (unsigned i = share(t); i > 0; i--)
        take(t, &seen, either(t));
    lifetime_end(&s->life, t->round, ops(t->round)->destroy);
}
