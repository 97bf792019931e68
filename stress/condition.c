// SPDX-License-Identifier: MIT
/* Scenarios of the condition kind. Actors and verdicts run unchanged under the model; protected data are
   cells. */
#include "stress/any_mutex.h"
#include "stress/lifetime.h"
#include "stress/words.h"

#include "contend_broken.h"
#include "contend_impls.h"

#include <contend/wait.h>

enum condition_needs { NEEDS_ANY_MUTEX = 1 };

#define MEMBER(kind, id, field) struct ct_condition_##id id;
union any_condition {
    CT_IMPLS_condition(MEMBER) CT_BROKEN_condition(MEMBER)
};

struct condition_state {
    struct any_mutex mutex;
    union any_condition other; /* of the kind under test, as the object is */
    struct words words;
    struct cell turn;              /* ping-pong */
    struct cell arrived, phase;    /* broadcast */
    struct cell waiting, returned; /* signal-many, destroy: threads in a wait, and returns so far */
    struct cell told, finished;  /* signal-many: returns that there may be; threads that are done */
    struct cell full, item, sum; /* bounded-buffer; full also: tokens of timedwait */
    struct cell taken;           /* timedwait: tokens */
    struct cell go;              /* destroy */
    bool one_each;               /* signal: not to several */
    struct lifetime lifetime;
};

static const struct ct_condition_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static struct condition_state *state(const struct scenario_thread *t)
{
    return t->round->state;
}

static struct ct_held held_by(const struct scenario_thread *t)
{
    return any_mutex_held(&state(t)->mutex, t->index);
}

static void lock(struct scenario_thread *t)
{
    struct ct_held held = held_by(t);
    scenario_at(t, "lock");
    scenario_point(t, POINT_ASKING);
    held.ops->lock(held.m, held.node);
    scenario_at(t, "holding");
    scenario_point(t, POINT_ENTERED);
}

static void unlock(struct scenario_thread *t)
{
    struct ct_held held = held_by(t);
    scenario_point(t, POINT_LEAVING);
    held.ops->unlock(held.m, held.node);
    scenario_at(t, "outside");
    scenario_point(t, POINT_OUTSIDE);
}

static int timedwait(struct scenario_thread *t, void *condition, uint64_t deadline_ns)
{
    struct ct_held held = held_by(t);
    int error = 0;
    scenario_at(t, condition == t->round->object ? "wait" : "wait for the other condition");
    scenario_point(t, POINT_LEAVING);
    if (deadline_ns == CT_FOREVER)
        ops(t->round)->wait(condition, &held);
    else
        error = ops(t->round)->timedwait(condition, &held, deadline_ns);
    scenario_at(t, "holding");
    scenario_point(t, POINT_ENTERED);
    return error;
}

static void wait_for(struct scenario_thread *t, void *condition)
{
    (void)timedwait(t, condition, CT_FOREVER);
}

/* Signals may be sent with the mutex held, or just after: odd times, after. */
static void signal_and_unlock(struct scenario_thread *t, void *condition, unsigned times)
{
    if (times % 2 == 0)
        ops(t->round)->signal(condition);
    unlock(t);
    if (times % 2 != 0)
        ops(t->round)->signal(condition);
}

static uint64_t add(struct cell *c, uint64_t n)
{
    uint64_t sum = cell_read(c) + n;
    cell_write(c, sum);
    return sum;
}

static void start_with(struct scenario_round *r, const struct ct_mutex_ops *mutex)
{
    struct condition_state *s = r->state;
    s->mutex.ops = mutex;
    mutex->init(&s->mutex.object);
    ops(r)->init(&s->other);
    ops(r)->init(r->object);
}

static void setup(struct scenario_round *r)
{
    start_with(r, any_mutex_named(ops(r)->mutex));
}

static void setup_signal(struct scenario_round *r)
{
    struct condition_state *s = r->state;
    s->one_each = true;
    setup(r);
}

static void setup_any_mutex(struct scenario_round *r)
{
    start_with(r, any_mutex_drawn(&r->actors[0].rng, false));
}

static void setup_queue_lock(struct scenario_round *r)
{
    start_with(r, any_mutex_drawn(&r->actors[0].rng, true));
}

static void release(struct scenario_round *r)
{
    struct condition_state *s = r->state;
    lifetime_release(&s->lifetime, r, ops(r)->destroy);
    if (ops(r)->destroy)
        ops(r)->destroy(&s->other);
    if (s->mutex.ops->destroy)
        s->mutex.ops->destroy(&s->mutex.object);
}

static const char *verdict_counted(struct scenario_round *r)
{
    const struct condition_state *s = r->state;
    return words_complete(&s->words, r) ? NULL : "updates made with the mutex held were lost";
}

static void actor_ping_pong(struct scenario_thread *t)
{
    struct condition_state *s = state(t);
    for (unsigned i = 0; i < t->round->steps; i++) {
        lock(t);
        while (cell_read(&s->turn) != t->index)
            wait_for(t, t->round->object);
        words_use(&s->words, t);
        cell_write(&s->turn, 1 - t->index);
        signal_and_unlock(t, t->round->object, i + t->index);
        scenario_did(t);
    }
}

/* Who comes last to a phase lets all others into it. */
static void actor_broadcast(struct scenario_thread *t)
{
    struct condition_state *s = state(t);
    for (unsigned i = 0; i < t->round->steps; i++) {
        lock(t);
        if (add(&s->arrived, 1) == t->round->threads) {
            cell_write(&s->arrived, 0);
            cell_write(&s->phase, i + 1);
            ops(t->round)->broadcast(t->round->object);
        }
        while (cell_read(&s->phase) <= i)
            wait_for(t, t->round->object);
        words_use(&s->words, t);
        unlock(t);
        scenario_did(t);
    }
}

/* All of them, some, and then one or all by the calls for that. */
static void wake(struct scenario_thread *t, uint32_t waiting)
{
    struct condition_state *s = state(t);
    const struct ct_condition_ops *o = ops(t->round);
    unsigned how = s->one_each ? 2 : (unsigned)(t->operations % 3);
    bool one = s->one_each || (rng_next(&t->rng) & 1);
    uint32_t some = 1 + (uint32_t)rng_below(&t->rng, waiting);
    uint32_t n = how == 0 ? waiting : how == 1 ? some : one ? 1 : waiting;
    cell_write(&s->told, cell_read(&s->returned) + n);
    if (how != 2)
        o->signal_many(t->round->object, n);
    else if (one)
        o->signal(t->round->object);
    else
        o->broadcast(t->round->object);
}

/* The last wakes the others, some at a time, and waits until as many have come back. */
static void signal_many(struct scenario_thread *t)
{
    struct condition_state *s = state(t);
    lock(t);
    while (cell_read(&s->finished) < t->round->threads - 1) {
        uint64_t waiting = cell_read(&s->waiting);
        if (waiting > 0 && cell_read(&s->returned) >= cell_read(&s->told)) {
            wake(t, (uint32_t)waiting);
            scenario_did(t);
        }
        wait_for(t, &s->other);
    }
    unlock(t);
}

static void actor_signal_many(struct scenario_thread *t)
{
    struct condition_state *s = state(t);
    if (t->index == t->round->threads - 1) {
        signal_many(t);
        return;
    }
    for (unsigned i = 0; i < t->round->steps; i++) {
        lock(t);
        add(&s->waiting, 1);
        ops(t->round)->signal(&s->other);
        wait_for(t, t->round->object);
        add(&s->waiting, (uint64_t)-1);
        if (add(&s->returned, 1) > cell_read(&s->told) && ops(t->round)->exact)
            scenario_broken(t, "more threads woke than were told to");
        if (i + 1 == t->round->steps)
            add(&s->finished, 1);
        ops(t->round)->signal(&s->other);
        unlock(t);
        scenario_did(t);
    }
}

/* Even threads put numbers into a buffer of one, odd ones take them out; the object says that there is
   one, the other condition that there is none. A thread too many looks on. */
static void actor_bounded_buffer(struct scenario_thread *t)
{
    struct condition_state *s = state(t);
    bool produces = t->index % 2 == 0;
    void *own = produces ? (void *)&s->other : t->round->object;
    void *theirs = produces ? t->round->object : (void *)&s->other;
    for (unsigned i = 0; i < t->round->steps && (t->index ^ 1) < t->round->threads; i++) {
        lock(t);
        while ((cell_read(&s->full) != 0) == produces)
            wait_for(t, own);
        if (produces)
            cell_write(&s->item, i + 1);
        else
            add(&s->sum, cell_read(&s->item));
        cell_write(&s->full, produces);
        words_use(&s->words, t);
        signal_and_unlock(t, theirs, i);
        scenario_did(t);
    }
}

static const char *verdict_bounded_buffer(struct scenario_round *r)
{
    const struct condition_state *s = r->state;
    uint64_t pairs = r->threads / 2, steps = r->steps;
    if (cell_read(&s->full) != 0 || cell_read(&s->sum) != pairs * (steps * (steps + 1) / 2))
        return "what came out of the buffer is not what went in";
    return verdict_counted(r);
}

/* A token is taken by who is there, with patience or for ever; nobody looks for it after a timeout. */
static void take_token(struct scenario_thread *t, unsigned tokens, bool patient)
{
    struct condition_state *s = state(t);
    int error = 0;
    while (cell_read(&s->full) == 0 && cell_read(&s->taken) < tokens && error == 0) {
        uint64_t deadline_ns =
            patient ? CT_FOREVER : ct_now_ns() + 1000 + rng_below(&t->rng, 30000);
        error = timedwait(t, t->round->object, deadline_ns);
        if (error == ETIMEDOUT && ct_now_ns() < deadline_ns)
            scenario_broken(t, "timedwait returned ETIMEDOUT before its deadline");
        if (error != 0 && error != ETIMEDOUT)
            scenario_broken(t, "timedwait returned neither 0 nor ETIMEDOUT");
    }
    if (error != 0 || cell_read(&s->full) == 0)
        return;
    words_use(&s->words, t);
    add(&s->full, (uint64_t)-1);
    if (add(&s->taken, 1) == tokens)
        ops(t->round)->broadcast(t->round->object);
}

/* So late that a signal meets the deadline of who waits, now and then. */
static void dawdle(struct scenario_thread *t)
{
    for (uint64_t until_ns = ct_now_ns() + rng_below(&t->rng, 100000); ct_now_ns() < until_ns;)
        scenario_point(t, POINT_TURN);
}

/* The last makes tokens, each with one signal; the second, who is patient, gets those that the first
   leaves: all that the first was not woken for in time. Only for the last token no other signal makes
   up; a single one comes at once, which spares the model the wait. */
static void actor_timedwait(struct scenario_thread *t)
{
    struct condition_state *s = state(t);
    unsigned tokens = t->round->steps;
    bool more = true;
    for (unsigned i = 0; t->index == 1 ? more : i < tokens; i++) {
        if (t->index == 2 && i > 0 && i == tokens - 1)
            dawdle(t);
        lock(t);
        if (t->index == 2) {
            words_use(&s->words, t);
            add(&s->full, 1);
            signal_and_unlock(t, t->round->object, i);
        } else {
            take_token(t, tokens, t->index == 1);
            more = cell_read(&s->taken) < tokens;
            unlock(t);
        }
        scenario_did(t);
    }
}

static void setup_destroy(struct scenario_round *r)
{
    struct condition_state *s = r->state;
    lifetime_begin(&s->lifetime, r);
    setup(r);
}

/* The first lets all others go and destroys, although they are still on their way out, by the wake-up
   or, every other one, perhaps by their deadline. */
static void actor_destroy(struct scenario_thread *t)
{
    struct condition_state *s = state(t);
    lock(t);
    if (t->index == 0) {
        while (cell_read(&s->waiting) < t->round->threads - 1)
            wait_for(t, &s->other);
        cell_write(&s->go, 1);
        ops(t->round)->broadcast(t->round->object);
    } else {
        add(&s->waiting, 1);
        ops(t->round)->signal(&s->other);
        while (cell_read(&s->go) == 0)
            (void)timedwait(t, t->round->object,
                            t->index % 2 == 0 ? CT_FOREVER
                                              : ct_now_ns() + rng_below(&t->rng, 30000));
    }
    unlock(t);
    scenario_did(t);
    if (t->index == 0)
        lifetime_end(&s->lifetime, t->round, ops(t->round)->destroy);
}

static const char *verdict_destroy(struct scenario_round *r)
{
    const struct condition_state *s = r->state;
    return lifetime_verdict(&s->lifetime, r);
}

/* clang-format off */
#define STATE .state_bytes = sizeof(struct condition_state)
static const struct scenario scenarios[] = {
    {.name = "ping-pong", .claim = "a signal to who waits, or is about to, is not missed",
     .long_because = LONG_SLEEPS, .hold_ns = 60000, .must_see = SEE_SLEEPS,
     .threads_min = 2, .threads_max = 2, .steps = 6, .model_threads = 2, .model_steps = 2,
     STATE, .setup = setup, .actor = actor_ping_pong, .verdict = verdict_counted},
    {.name = "broadcast", .claim = "a broadcast wakes all who wait, and each holds the mutex when it returns",
     .long_because = LONG_SLEEPS, .power = true, .threads_min = 3, .steps = 10, .model_threads = 3, .model_steps = 1, .alike = ALIKE_ALL, .must_see = SEE_SLEEPS,
     STATE, .setup = setup, .actor = actor_broadcast, .verdict = verdict_counted},
    {.name = "signal", .claim = "a signal wakes one of those who wait, and no more where that is promised",
     .long_because = LONG_SLEEPS, .threads_min = 3, .steps = 10, .model_threads = 3, .model_steps = 1, .must_see = SEE_SLEEPS,
     STATE, .setup = setup_signal, .actor = actor_signal_many, .verdict = verdict_counted},
    {.name = "signal-many", .claim = "a signal to n wakes n of those who wait, and no more where that is promised",
     .long_because = LONG_SLEEPS, .threads_min = 3, .steps = 10, .model_threads = 3, .model_steps = 1, .must_see = SEE_SLEEPS,
     STATE, .setup = setup, .actor = actor_signal_many, .verdict = verdict_counted},
    {.name = "bounded-buffer", .claim = "one signal per item is enough for producers and consumers",
     .long_because = LONG_SLEEPS, .threads_min = 4, .steps = 20, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_bounded_buffer, .verdict = verdict_bounded_buffer},
    {.name = "timedwait", .claim = "a wait that times out is not early, holds the mutex, and swallows no signal",
     .long_because = LONG_DEADLINES, .hold_ns = 60000, .threads_min = 3, .threads_max = 3, .steps = 6, .model_threads = 3, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_timedwait, .verdict = verdict_counted},
    {.name = "any-mutex", .claim = "no signal is missed, whatever the mutex",
     .long_because = LONG_SLEEPS, .needs = NEEDS_ANY_MUTEX,
     .hold_ns = 60000, .must_see = SEE_SLEEPS, .threads_min = 2, .threads_max = 2, .steps = 6,
     STATE, .setup = setup_any_mutex, .actor = actor_ping_pong, .verdict = verdict_counted},
    {.name = "queue-lock", .claim = "a mutex with nodes is given up and taken again with the caller's node",
     .long_because = LONG_SLEEPS, .needs = NEEDS_ANY_MUTEX, .threads_min = 2, .threads_max = ANY_MUTEX_NODES, .steps = 6,
     .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup_queue_lock, .actor = actor_broadcast, .verdict = verdict_counted},
    {.name = "destroy", .claim = "who woke all may destroy the condition at once",
     .traits_not = CT_LATE, .threads_min = 3, .steps = 1,
     STATE, .setup = setup_destroy, .actor = actor_destroy, .verdict = verdict_destroy},
};
/* clang-format on */

static unsigned offers(const void *table)
{
    const struct ct_condition_ops *o = table;
    return o->any_mutex ? NEEDS_ANY_MUTEX : 0U;
}

static void nothing_call(void *c)
{
    (void)c;
}

static void nothing_wait(void *c, const struct ct_held *held)
{
    (void)c;
    held->ops->unlock(held->m, held->node);
}

static int nothing_timedwait(void *c, const struct ct_held *held, uint64_t deadline_ns)
{
    (void)deadline_ns;
    nothing_wait(c, held);
    return 0;
}

static void nothing_signal_many(void *c, uint32_t n)
{
    (void)c;
    (void)n;
}

static const struct ct_condition_ops nothing = {
    .impl = {.kind = "condition",
             .name = "no-condition",
             .summary = "gives up the mutex, and that is all: what the scenarios must see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1},
    .init = nothing_call,
    .wait = nothing_wait,
    .timedwait = nothing_timedwait,
    .signal = nothing_call,
    .signal_many = nothing_signal_many,
    .broadcast = nothing_call,
};

static const struct ct_impl *const impls[] = {CT_IMPLS_condition(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {
    CT_BROKEN_condition(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_condition = {
    .kind = "condition",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .offers = offers,
    .release = release,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
