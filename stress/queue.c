// SPDX-License-Identifier: MIT
#include "stress/queue.h"

#include <contend/alloc.h>
#include <contend/wait.h>

/* A cell says what became of its item: nothing yet, pushed (or to be), popped, worked off. */
enum { UNPUSHED, PUSHED, POPPED, FINISHED };
enum { SENTINEL = QUEUE_ITEMS_MAX + 1 }; /* items are 1 to QUEUE_ITEMS_MAX */

struct item {
    uint64_t word[QUEUE_ITEM_WORDS];
};

static const struct ct_queue_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static struct queue_state *state(const struct scenario_thread *t)
{
    return t->round->state;
}

/* Nothing there, or no room: until another actor has moved on. asked: before, for the same. */
static void again(struct scenario_thread *t, bool asked)
{
    t->contended += !asked;
    ct_pause();
    scenario_point(t, POINT_TURN);
}

static void look_at(struct scenario_thread *t, const char *what)
{
    scenario_at(t, what);
    scenario_point(t, POINT_ASKING);
}

/* waiting: by the operation that does, else by asking again. */
static int put_into(struct scenario_thread *t, void *q, uint64_t number, bool waiting)
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

static uint64_t number_of(struct scenario_thread *t, const struct item *item)
{
    for (unsigned i = 1; i < state(t)->item_bytes / sizeof item->word[0]; i++) {
        if (item->word[i] != item->word[0] + i)
            scenario_broken(t, "parts of two items came out as one");
    }
    return item->word[0];
}

/* The number of the next item, 0 with *error set. */
static uint64_t take_from(struct scenario_thread *t, void *q, bool waiting, int *error)
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
static bool either(struct scenario_thread *t)
{
    return ops(t->round)->push && (rng_next(&t->rng) & 1);
}

static bool is_producer(const struct scenario_thread *t)
{
    return t->index < state(t)->producers;
}

/* How many of all items fall to this consumer. */
static unsigned share(const struct scenario_thread *t)
{
    const struct queue_state *s = state(t);
    unsigned items = s->producers * t->round->steps;
    unsigned consumers = t->round->threads - s->producers, own = t->index - s->producers;
    return items / consumers + (own < items % consumers ? 1 : 0);
}

/* The i-th item of this producer. */
static uint64_t number(const struct scenario_thread *t, unsigned i)
{
    return 1 + t->index * t->round->steps + i;
}

static void announce(struct scenario_thread *t, uint64_t n)
{
    scenario_point(t, POINT_HOLDING);
    cell_write(&state(t)->cell[n - 1], PUSHED);
}

static void put(struct scenario_thread *t, unsigned i, bool waiting)
{
    announce(t, number(t, i));
    if (put_into(t, t->round->object, number(t, i), waiting) != 0)
        scenario_broken(t, "a push into an open queue failed");
    scenario_did(t);
}

/* What a consumer has seen: the latest item of each producer. */
struct seen {
    uint64_t latest[QUEUE_THREADS_MAX];
};

static void receive(struct scenario_thread *t, struct seen *seen, uint64_t n)
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

static void take(struct scenario_thread *t, struct seen *seen, bool waiting)
{
    int error;
    uint64_t n = take_from(t, t->round->object, waiting, &error);
    if (error)
        scenario_broken(t, "a pop from an open queue failed");
    else
        receive(t, seen, n);
}

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

enum { AHEAD_OFFSET = 1 << 16 }; /* pops may begin before there are pushes */

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
            if (ops(t->round)->size(t->round->object) > s->capacity)
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

static bool last_producer(struct scenario_thread *t)
{
    return ct_u32_sub_acqrel(&state(t)->producing, 1) == 1;
}

static void take_until_closed(struct scenario_thread *t)
{
    struct seen seen = {{0}};
    int error;
    uint64_t n;
    while ((n = take_from(t, t->round->object, either(t), &error)), error == 0)
        receive(t, &seen, n);
    if (error != EPIPE)
        scenario_broken(t, "a pop from a closed queue returned neither 0 nor EPIPE");
    (void)take_from(t, t->round->object, false, &error);
    if (error != EPIPE)
        scenario_broken(t, "an item came out after the queue was closed and empty");
}

void queue_actor_close(struct scenario_thread *t)
{
    if (!is_producer(t)) {
        take_until_closed(t);
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

/* A push that was refused did not happen: its item must not come out, and its cell says so. */
void queue_actor_close_anytime(struct scenario_thread *t)
{
    if (!is_producer(t)) {
        take_until_closed(t);
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
    for (;;) {
        struct item item = {{0}};
        bool stopped = ct_u32_load_acquire(&s->stopped);
        look_at(t, "try_pop");
        int error = ops(r)->try_pop(r->object, &item, s->item_bytes);
        scenario_point(t, POINT_OUTSIDE);
        if (error == 0)
            receive(t, &seen, number_of(t, &item));
        else if (stopped)
            return;
        else
            again(t, false);
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
    if (ops(r)->size(r->object) != 0)
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
    return (o->push ? QUEUE_NEEDS_BLOCKING : 0U) |
           (o->push && o->impl.traits & CT_PARKS ? QUEUE_NEEDS_PARKING : 0U) |
           (o->push_many ? QUEUE_NEEDS_MANY : 0U) | (o->close ? QUEUE_NEEDS_CLOSE : 0U) |
           (o->join ? QUEUE_NEEDS_JOIN : 0U) |
           (o->impl.traits & CT_LATE ? 0U : QUEUE_NEEDS_EARLY_DESTROY);
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
