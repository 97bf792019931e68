// SPDX-License-Identifier: MIT
/* Scenarios of the mutex kind. Actors and verdicts run unchanged under the model; protected data are
   cells. */
#include "stress/lifetime.h"
#include "stress/mutex_processes.h"
#include "stress/recorded.h"
#include "stress/words.h"

#include "contend_broken.h"
#include "contend_impls.h"

enum { ACCOUNTS = 4, BALANCE = 100 };

enum mutex_needs { NEEDS_TRY = 1, NEEDS_TIMED = 2, NEEDS_PROCESSES = 4, NEEDS_ROBUST = 8 };

struct mutex_state {
    struct processes processes; /* first */
    struct words words;
    struct cell account[ACCOUNTS];
    bool finished;   /* starvation: somebody was first */
    const char *lie; /* what the single-threaded look at setup found */
    struct lifetime lifetime;
};

static const struct ct_mutex_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static struct mutex_state *state(const struct scenario_thread *t)
{
    return t->round->state;
}

static void entered(struct scenario_thread *t)
{
    scenario_at(t, "holding");
    scenario_point(t, POINT_ENTERED);
}

static void lock(struct scenario_thread *t)
{
    scenario_at(t, "lock");
    scenario_point(t, POINT_ASKING);
    ops(t->round)->lock(t->round->object, t->node);
    entered(t);
}

static bool trylock(struct scenario_thread *t)
{
    scenario_at(t, "trylock");
    scenario_point(t, POINT_ASKING);
    bool held = ops(t->round)->trylock(t->round->object, t->node);
    if (held)
        entered(t);
    return held;
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

static void unlock(struct scenario_thread *t)
{
    scenario_point(t, POINT_LEAVING);
    scenario_at(t, "unlock");
    ops(t->round)->unlock(t->round->object, t->node);
    scenario_at(t, "outside");
    scenario_point(t, POINT_OUTSIDE);
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
    struct mutex_state *s = r->state;
    lifetime_release(&s->lifetime, r, ops(r)->destroy);
    processes_end(r);
}

static const char *verdict_counted(struct scenario_round *r)
{
    struct mutex_state *s = r->state;
    return words_complete(&s->words, r) ? s->lie : "updates made while holding the mutex were lost";
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

/* Everything a holder sees must follow from the count that the holder before left, and that count
   must not be older than the one this thread left itself. */
static void actor_visibility(struct scenario_thread *t)
{
    struct mutex_state *s = state(t);
    uint64_t left = 0;
    for (unsigned i = 0; i < t->round->steps; i++) {
        lock(t);
        uint64_t count = cell_read(&s->words.uses);
        if (count < left)
            scenario_broken(t, "an older state came back than this thread left");
        for (unsigned w = 0; w < WORDS; w++) {
            if (cell_read(&s->words.word[w]) != count * (w + 1))
                scenario_broken(t, "the previous holder's writes were not all seen");
        }
        left = count + 1;
        for (unsigned w = 0; w < WORDS; w++)
            cell_write(&s->words.word[w], left * (w + 1));
        scenario_point(t, POINT_HOLDING);
        cell_write(&s->words.uses, left);
        t->tally++;
        unlock(t);
        scenario_did(t);
    }
}

static void setup_trylock(struct scenario_round *r)
{
    struct mutex_state *s = r->state;
    const struct ct_mutex_ops *o = ops(r);
    o->init(r->object);
    if (!o->trylock(r->object, r->actors[0].node)) {
        s->lie = "trylock of a free mutex was false";
        return;
    }
    if (o->trylock(r->object, r->actors[1].node))
        s->lie = "trylock was true while its own thread held the mutex";
    else
        o->unlock(r->object, r->actors[0].node);
}

static void actor_trylock(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        bool held = (i + t->index) % 2 == 0 ? trylock(t) : (lock(t), true);
        if (held) {
            use_words(t);
            unlock(t);
        }
        scenario_did(t);
    }
}

static void setup_timedlock(struct scenario_round *r)
{
    struct mutex_state *s = r->state;
    const struct ct_mutex_ops *o = ops(r);
    o->init(r->object);
    if (o->timedlock(r->object, r->actors[0].node, 1) != 0)
        s->lie = "timedlock of a free mutex failed because its deadline had passed";
    else
        o->unlock(r->object, r->actors[0].node);
}

static void actor_timedlock(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        int error = 0;
        if ((i + t->index) % 2 == 0) {
            uint64_t deadline_ns = ct_now_ns() + 10000 + rng_below(&t->rng, 50000);
            error = timedlock(t, deadline_ns);
            if (error == ETIMEDOUT && ct_now_ns() < deadline_ns)
                scenario_broken(t, "timedlock returned ETIMEDOUT before its deadline");
            if (error != 0 && error != ETIMEDOUT)
                scenario_broken(t, "timedlock returned neither 0 nor ETIMEDOUT");
        } else {
            lock(t);
        }
        if (error == 0) {
            use_words(t);
            unlock(t);
        }
        scenario_did(t);
    }
}

static void actor_handoff(struct scenario_thread *t)
{
    struct mutex_state *s = state(t);
    for (unsigned i = 0; i < t->round->steps; i++) {
        uint64_t turn;
        for (;;) {
            lock(t);
            turn = cell_read(&s->words.uses);
            if (turn % t->round->threads == t->index)
                break;
            unlock(t);
            ct_pause();
            scenario_point(t, POINT_TURN);
        }
        if (turn / t->round->threads != i)
            scenario_broken(t, "a turn was taken twice or lost");
        scenario_point(t, POINT_HOLDING);
        cell_write(&s->words.uses, turn + 1);
        t->tally++;
        unlock(t);
        scenario_did(t);
    }
}

static void actor_starvation(struct scenario_thread *t)
{
    struct scenario_round *r = t->round;
    struct mutex_state *s = state(t);
    for (unsigned i = 0; i < r->steps; i++) {
        uint64_t asked_ns = ct_now_ns();
        lock(t);
        uint64_t waited_ns = ct_now_ns() - asked_ns;
        if (waited_ns > t->wait_ns_max)
            t->wait_ns_max = waited_ns;
        use_words(t);
        if (t->tally == r->steps && !s->finished) {
            uint64_t least = r->steps;
            for (unsigned k = 0; k < r->threads; k++)
                least = r->actors[k].tally < least ? r->actors[k].tally : least;
            r->share_permille = (unsigned)(least * 1000 / r->steps) + (least == 0);
            s->finished = true;
        }
        unlock(t);
        scenario_did(t);
    }
}

static void setup_destroy(struct scenario_round *r)
{
    struct mutex_state *s = r->state;
    lifetime_begin(&s->lifetime, r);
    ops(r)->init(r->object);
    cell_write(&s->words.uses, r->threads);
}

/* Reference counting: who locked last destroys, although the owner before may still be on its way out
   of unlock. */
static void actor_destroy(struct scenario_thread *t)
{
    struct mutex_state *s = state(t);
    lock(t);
    uint64_t left = cell_read(&s->words.uses) - 1;
    scenario_point(t, POINT_HOLDING);
    cell_write(&s->words.uses, left);
    unlock(t);
    scenario_did(t);
    if (left != 0)
        return;
    lifetime_end(&s->lifetime, t->round, ops(t->round)->destroy);
}

static const char *verdict_destroy(struct scenario_round *r)
{
    struct mutex_state *s = r->state;
    return lifetime_verdict(&s->lifetime, r);
}

static void actor_counter(struct scenario_thread *t)
{
    struct mutex_state *s = state(t);
    for (unsigned i = 0; i < t->round->steps; i++) {
        lock(t);
        uint64_t count = cell_read(&s->words.uses);
        scenario_point(t, POINT_HOLDING);
        cell_write(&s->words.uses, count + 1);
        t->tally++;
        unlock(t);
        scenario_did(t);
    }
}

static void setup_bank(struct scenario_round *r)
{
    struct mutex_state *s = r->state;
    ops(r)->init(r->object);
    for (unsigned i = 0; i < ACCOUNTS; i++)
        cell_write(&s->account[i], BALANCE);
}

static void actor_bank(struct scenario_thread *t)
{
    struct mutex_state *s = state(t);
    for (unsigned i = 0; i < t->round->steps; i++) {
        uint64_t from = rng_below(&t->rng, ACCOUNTS);
        uint64_t to = (from + 1 + rng_below(&t->rng, ACCOUNTS - 1)) % ACCOUNTS;
        lock(t);
        uint64_t has = cell_read(&s->account[from]), gets = cell_read(&s->account[to]);
        uint64_t amount = rng_below(&t->rng, has + 1);
        scenario_point(t, POINT_HOLDING);
        cell_write(&s->account[from], has - amount);
        cell_write(&s->account[to], gets + amount);
        unlock(t);
        scenario_did(t);
    }
}

static const char *verdict_bank(struct scenario_round *r)
{
    struct mutex_state *s = r->state;
    uint64_t total = 0;
    for (unsigned i = 0; i < ACCOUNTS; i++)
        total += cell_read(&s->account[i]);
    return total == ACCOUNTS * BALANCE ? NULL : "money appeared or vanished between the accounts";
}

/* clang-format off */
#define STATE .state_bytes = sizeof(struct mutex_state)
static const struct scenario scenarios[] = {
    {.name = "exclusion", .claim = "at most one thread holds the mutex at a time",
     .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 2, .alike = ALIKE_ALL, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_exclusion, .verdict = verdict_counted},
    {.name = "visibility", .claim = "a holder sees every write of the holder before it",
     .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 2, .alike = ALIKE_ALL, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_visibility, .verdict = verdict_counted},
    {.name = "counter", .claim = "a counter kept with the mutex loses no update", .power = true,
     .threads_min = 2, .steps = 50, .model_threads = 3, .model_steps = 1, .alike = ALIKE_ALL, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_counter, .verdict = verdict_counted},
    {.name = "bank", .claim = "transfers between accounts keep their total", .power = true,
     .threads_min = 2, .steps = 50, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_bank, .actor = actor_bank, .verdict = verdict_bank},
    {.name = "trylock", .claim = "trylock is true exactly when it acquired", .needs = NEEDS_TRY,
     .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_trylock, .actor = actor_trylock, .verdict = verdict_counted},
    {.name = "timedlock", .claim = "a timed lock that times out did not acquire and is not early",
     .long_because = LONG_DEADLINES, .needs = NEEDS_TIMED, .hold_ns = 100000,
     .threads_min = 2, .steps = 4, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_timedlock, .actor = actor_timedlock, .verdict = verdict_counted},
    {.name = "lost-wakeup", .claim = "nobody sleeps for ever while the mutex is free",
     .long_because = LONG_SLEEPS, .traits = CT_PARKS, .hold_ns = 60000, .must_see = SEE_CONTENTION | SEE_SLEEPS,
     .threads_min = 3, .steps = 3, .model_threads = 3, .model_steps = 1, .alike = ALIKE_ALL,
     STATE, .setup = setup, .actor = actor_exclusion, .verdict = verdict_counted},
    {.name = "handoff", .claim = "threads that take turns under the mutex all get theirs",
     .long_because = LONG_SLEEPS, .threads_min = 2, .threads_max = 3, .hold_ns = 20000, .must_see = SEE_CONTENTION,
     .steps = 3, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_handoff, .verdict = verdict_counted},
    {.name = "starvation", .claim = "every thread that keeps asking finishes",
     .long_because = LONG_SHARES, .threads_min = 2, .steps = 100, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_starvation, .verdict = verdict_counted},
    {.name = "destroy", .claim = "the last owner may destroy the mutex as soon as its unlock returned",
     .traits_not = CT_LATE, .threads_min = 2, .steps = 1,
     STATE, .setup = setup_destroy, .actor = actor_destroy, .verdict = verdict_destroy},
    {.name = "processes", .claim = "between processes as well, one holds the mutex at a time and all get it",
     .long_because = LONG_PROCESSES, .needs = NEEDS_PROCESSES, .hold_ns = 20000, .threads_min = 2, .threads_max = 4, .steps = 30, .must_see = SEE_CONTENTION,
     STATE, .setup = processes_setup, .actor = processes_actor, .verdict = processes_verdict},
    {.name = "owner-dies", .claim = "when a process dies holding the mutex, the next owner is told and can mend",
     .long_because = LONG_PROCESSES, .needs = NEEDS_ROBUST, .hold_ns = 20000, .threads_min = 3, .threads_max = 4, .steps = 20, .must_see = SEE_CONTENTION,
     STATE, .setup = processes_setup, .actor = processes_actor_robust, .verdict = processes_verdict_robust},
    {.name = "linearizable", .claim = "the answers of all calls fit one order of them, as if one thread had made them",
     .traits_not = CT_INEXACT, .hold_ns = 20000, .power = true, .threads_min = 2, .threads_max = 4, .steps = 16, .model_threads = 2, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, RECORDED(mutex)},
};
/* clang-format on */

static unsigned offers(const void *table)
{
    const struct ct_mutex_ops *o = table;
    return (o->trylock ? NEEDS_TRY : 0U) | (o->timedlock ? NEEDS_TIMED : 0U) |
           (o->impl.traits & CT_PSHARED && o->impl.node_bytes == 0 ? NEEDS_PROCESSES : 0U) |
           (o->impl.traits & CT_ROBUST && o->impl.node_bytes == 0 ? NEEDS_ROBUST : 0U);
}

static void nothing_init(void *m)
{
    (void)m;
}

static void nothing_call(void *m, void *node)
{
    (void)m;
    (void)node;
}

static const struct ct_mutex_ops nothing = {
    .impl = {.kind = "mutex",
             .name = "no-lock",
             .summary = "no lock at all: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1},
    .init = nothing_init,
    .lock = nothing_call,
    .unlock = nothing_call,
};

static const struct ct_impl *const impls[] = {CT_IMPLS_mutex(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {CT_BROKEN_mutex(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_mutex = {
    .kind = "mutex",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .offers = offers,
    .release = release,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
