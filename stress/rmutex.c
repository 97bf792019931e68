// SPDX-License-Identifier: MIT
/* Scenarios of the recursive mutex. Actors and verdicts run unchanged under the model; protected data are
   cells. */
#include "stress/lifetime.h"
#include "stress/words.h"

#include "contend_broken.h"
#include "contend_impls.h"

enum { DEPTH_MAX = 3 };

enum rmutex_needs {
    NEEDS_TRY = 1,
    NEEDS_TIMED = 2,
    NEEDS_DEPTH = 4,
    NEEDS_DISTRUST = 8, /* tells strangers */
};

struct rmutex_state {
    struct words words;
    struct lifetime lifetime;
};

static const struct ct_rmutex_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static struct rmutex_state *state(const struct scenario_thread *t)
{
    return t->round->state;
}

static void entered(struct scenario_thread *t)
{
    scenario_at(t, "owner");
    scenario_point(t, POINT_ENTERED);
}

static void left(struct scenario_thread *t)
{
    scenario_at(t, "outside");
    scenario_point(t, POINT_OUTSIDE);
}

/* The first lock, which others may be in the way of. */
static void lock(struct scenario_thread *t)
{
    scenario_at(t, "lock");
    scenario_point(t, POINT_ASKING);
    if (ops(t->round)->lock(t->round->object, t->node) != 0)
        scenario_broken(t, "lock failed");
    entered(t);
}

static bool trylock(struct scenario_thread *t)
{
    scenario_at(t, "trylock");
    scenario_point(t, POINT_ASKING);
    bool taken = ops(t->round)->trylock(t->round->object, t->node);
    if (taken)
        entered(t);
    return taken;
}

static int timedlock(struct scenario_thread *t, uint64_t deadline_ns)
{
    scenario_at(t, "timedlock");
    scenario_point(t, POINT_ASKING);
    int error = ops(t->round)->timedlock(t->round->object, t->node, deadline_ns);
    if (error == 0)
        entered(t);
    return error;
}

static void lock_again(struct scenario_thread *t)
{
    scenario_at(t, "lock again");
    if (ops(t->round)->lock(t->round->object, t->node) != 0)
        scenario_broken(t, "the owner's lock failed");
}

static void unlock_once(struct scenario_thread *t)
{
    scenario_at(t, "unlock, but not the last");
    if (ops(t->round)->unlock(t->round->object, t->node) != 0)
        scenario_broken(t, "the owner's unlock failed");
}

/* The last unlock. */
static void unlock(struct scenario_thread *t)
{
    scenario_point(t, POINT_LEAVING);
    scenario_at(t, "last unlock");
    if (ops(t->round)->unlock(t->round->object, t->node) != 0)
        scenario_broken(t, "the owner's unlock failed");
    left(t);
}

static void use_words(struct scenario_thread *t)
{
    words_use(&state(t)->words, t);
}

static void setup(struct scenario_round *r)
{
    ops(r)->init(r->object);
}

static void release(struct scenario_round *r)
{
    struct rmutex_state *s = r->state;
    lifetime_release(&s->lifetime, r, ops(r)->destroy);
}

static const char *verdict_counted(struct scenario_round *r)
{
    struct rmutex_state *s = r->state;
    return words_complete(&s->words, r) ? NULL : "updates made while owning the mutex were lost";
}

static void actor_exclusion(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        lock(t);
        use_words(t);
        unlock(t);
        scenario_did(t);
    }
}

/* The words are used at every depth, on the way down and on the way up. */
static void actor_recursion(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        uint64_t more = 1 + rng_below(&t->rng, DEPTH_MAX - 1);
        lock(t);
        for (uint64_t k = 0; k < more; k++)
            lock_again(t);
        use_words(t);
        for (uint64_t k = 0; k < more; k++) {
            unlock_once(t);
            use_words(t);
        }
        unlock(t);
        scenario_did(t);
    }
}

/* Half of the steps are strangers' attempts to unlock. */
static void actor_strangers(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        if ((i + t->index) % 2 == 0) {
            lock(t);
            use_words(t);
            unlock(t);
        } else {
            scenario_at(t, "unlock of what it does not own");
            scenario_point(t, POINT_ASKING);
            if (ops(t->round)->unlock(t->round->object, t->node) != EPERM)
                scenario_broken(t, "a stranger's unlock did not fail");
        }
        scenario_did(t);
    }
}

static void actor_trylock(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        bool taken = (i + t->index) % 2 == 0 ? trylock(t) : (lock(t), true);
        if (taken) {
            scenario_at(t, "trylock again");
            if (!ops(t->round)->trylock(t->round->object, t->node))
                scenario_broken(t, "trylock was false although its own thread is the owner");
            else
                unlock_once(t);
            use_words(t);
            unlock(t);
        }
        scenario_did(t);
    }
}

static void actor_timedlock(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        uint64_t deadline_ns = CT_FOREVER;
        if ((i + t->index) % 2 == 0)
            deadline_ns = ct_now_ns() + 10000 + rng_below(&t->rng, 50000);
        int error = timedlock(t, deadline_ns);
        if (error == ETIMEDOUT && ct_now_ns() < deadline_ns)
            scenario_broken(t, "timedlock returned ETIMEDOUT before its deadline");
        if (error != 0 && error != ETIMEDOUT)
            scenario_broken(t, "timedlock returned neither 0 nor ETIMEDOUT");
        if (error == 0) {
            scenario_at(t, "timedlock again");
            if (ops(t->round)->timedlock(t->round->object, t->node, 1) != 0)
                scenario_broken(t, "timedlock of what its own thread owns failed");
            else
                unlock_once(t);
            use_words(t);
            unlock(t);
        }
        scenario_did(t);
    }
}

/* As a condition variable's wait does: let all others in from any depth, and come back as deep. */
static void actor_release_all(struct scenario_thread *t)
{
    const struct ct_rmutex_ops *o = ops(t->round);
    for (unsigned i = 0; i < t->round->steps; i++) {
        lock(t);
        lock_again(t);
        use_words(t);
        scenario_point(t, POINT_LEAVING);
        scenario_at(t, "release all");
        uint32_t depth = o->release_all(t->round->object, t->node);
        if (depth != 2)
            scenario_broken(t, "release_all told another depth than it was locked to");
        left(t);
        scenario_at(t, "restore");
        scenario_point(t, POINT_ASKING);
        o->restore(t->round->object, t->node, depth);
        entered(t);
        use_words(t);
        unlock_once(t);
        use_words(t);
        unlock(t);
        scenario_did(t);
    }
}

static void setup_destroy(struct scenario_round *r)
{
    struct rmutex_state *s = r->state;
    lifetime_begin(&s->lifetime, r);
    ops(r)->init(r->object);
    cell_write(&s->words.uses, r->threads);
}

/* Reference counting: who locked last destroys, although the owner before may still be on its way out
   of its last unlock. */
static void actor_destroy(struct scenario_thread *t)
{
    struct rmutex_state *s = state(t);
    lock(t);
    lock_again(t);
    uint64_t others = cell_read(&s->words.uses) - 1;
    scenario_point(t, POINT_HOLDING);
    cell_write(&s->words.uses, others);
    unlock_once(t);
    unlock(t);
    scenario_did(t);
    if (others == 0)
        lifetime_end(&s->lifetime, t->round, ops(t->round)->destroy);
}

static const char *verdict_destroy(struct scenario_round *r)
{
    struct rmutex_state *s = r->state;
    return lifetime_verdict(&s->lifetime, r);
}

/* clang-format off */
#define STATE .state_bytes = sizeof(struct rmutex_state)
static const struct scenario scenarios[] = {
    {.name = "exclusion", .claim = "at most one thread owns the mutex at a time, and sees what the owner before wrote",
     .power = true, .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 2, .alike = ALIKE_ALL, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_exclusion, .verdict = verdict_counted},
    {.name = "recursion", .claim = "the owner may lock again, and lets nobody in before it unlocked as often",
     .power = true, .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_recursion, .verdict = verdict_counted},
    {.name = "strangers", .claim = "an unlock by a thread that is not the owner fails and changes nothing", .needs = NEEDS_DISTRUST,
     .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_strangers, .verdict = verdict_counted},
    {.name = "trylock", .claim = "trylock is true exactly when it made or left the caller the owner", .needs = NEEDS_TRY,
     .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_trylock, .verdict = verdict_counted},
    {.name = "timedlock", .claim = "a timed lock that times out did not acquire and is not early",
     .long_because = LONG_DEADLINES, .needs = NEEDS_TIMED, .hold_ns = 100000,
     .threads_min = 2, .steps = 4, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_timedlock, .verdict = verdict_counted},
    {.name = "release-all", .claim = "what releases all depth lets others in, and has all of it back when it returns",
     .needs = NEEDS_DEPTH, .threads_min = 2, .steps = 10, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_release_all, .verdict = verdict_counted},
    {.name = "lost-wakeup", .claim = "nobody sleeps for ever while the mutex is free",
     .long_because = LONG_SLEEPS, .traits = CT_PARKS, .hold_ns = 60000, .must_see = SEE_CONTENTION | SEE_SLEEPS,
     .threads_min = 3, .steps = 3, .model_threads = 3, .model_steps = 1, .alike = ALIKE_ALL,
     STATE, .setup = setup, .actor = actor_exclusion, .verdict = verdict_counted},
    {.name = "destroy", .claim = "the last owner may destroy the mutex as soon as its last unlock returned",
     .traits_not = CT_LATE, .threads_min = 2, .steps = 1,
     STATE, .setup = setup_destroy, .actor = actor_destroy, .verdict = verdict_destroy},
};
/* clang-format on */

static unsigned offers(const void *table)
{
    const struct ct_rmutex_ops *o = table;
    return (o->trylock ? NEEDS_TRY : 0U) | (o->timedlock ? NEEDS_TIMED : 0U) |
           (o->release_all ? NEEDS_DEPTH : 0U) | (o->trusts ? 0U : NEEDS_DISTRUST);
}

static void nothing_init(void *m)
{
    (void)m;
}

static int nothing_call(void *m, void *node)
{
    (void)m;
    (void)node;
    return 0;
}

static const struct ct_rmutex_ops nothing = {
    .impl = {.kind = "rmutex",
             .name = "no-lock",
             .summary = "no lock at all: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1},
    .init = nothing_init,
    .lock = nothing_call,
    .unlock = nothing_call,
};

static const struct ct_impl *const impls[] = {CT_IMPLS_rmutex(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {CT_BROKEN_rmutex(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_rmutex = {
    .kind = "rmutex",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .offers = offers,
    .release = release,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
