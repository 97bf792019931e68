// SPDX-License-Identifier: MIT
/* Scenarios of ordered acquisition. Actors and verdicts run unchanged under the model; protected data are
   cells. The locks stand in the scenario's state, ascending by address; the object is not used. */
#include "stress/scenario.h"

#include "contend_broken.h"
#include "contend_impls.h"

#include <contend/cpu.h>
#include <contend/ordered.h>
#include <contend/wait.h>

#include <string.h>

enum {
    LOCKS = 16,
    LOCK_BYTES_MAX = CT_APART_BYTES,
    ACCOUNTS = 4,
    BALANCE = 100,
};

enum ordered_needs { NEEDS_TIMED = 1, NEEDS_NESTING = 2 };

#define FITS(kind, id, field)                                                                      \
    _Static_assert(sizeof(struct ct_##kind##_##id) <= LOCK_BYTES_MAX, "raise LOCK_BYTES_MAX");
CT_IMPLS_ordered(FITS) CT_BROKEN_ordered(FITS)

    struct ordered_state {
    CT_APART unsigned char lock[LOCKS][LOCK_BYTES_MAX];
    struct cell protected[LOCKS]; /* each by the lock of the same index */
    unsigned used;                /* locks, from the first on */
};

static const struct ct_ordered_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static struct ordered_state *state(const struct scenario_thread *t)
{
    return t->round->state;
}

static struct ct_ordered_thread *held_by(const struct scenario_thread *t)
{
    return t->node;
}

static void *lock_at(const struct scenario_thread *t, unsigned index)
{
    return state(t)->lock[index];
}

static void asking(struct scenario_thread *t, const char *how)
{
    scenario_at(t, how);
    scenario_point(t, POINT_ASKING);
}

static void entered(struct scenario_thread *t)
{
    scenario_at(t, "holding");
    scenario_point(t, POINT_ENTERED);
}

static void acquire(struct scenario_thread *t, void *const *locks, unsigned count)
{
    asking(t, "acquire");
    if (ops(t->round)->acquire(held_by(t), locks, count, NULL) != 0)
        scenario_broken(t, "acquire failed");
    entered(t);
}

static int timedacquire(struct scenario_thread *t, void *const *locks, unsigned count,
                        uint64_t deadline_ns)
{
    asking(t, "timedacquire");
    int error = ops(t->round)->timedacquire(held_by(t), locks, count, deadline_ns, NULL);
    if (error == 0)
        entered(t);
    return error;
}

static void release(struct scenario_thread *t, void *const *locks, unsigned count)
{
    scenario_point(t, POINT_LEAVING);
    scenario_at(t, "release");
    if (ops(t->round)->release(held_by(t), locks, count) != 0)
        scenario_broken(t, "release of what the thread holds failed");
    scenario_at(t, "outside");
    scenario_point(t, POINT_OUTSIDE);
}

/* Both are held: count a meal at each. */
static void eat(struct scenario_thread *t, unsigned a, unsigned b)
{
    struct ordered_state *s = state(t);
    uint64_t at_a = cell_read(&s->protected[a]), at_b = cell_read(&s->protected[b]);
    scenario_point(t, POINT_HOLDING);
    cell_write(&s->protected[a], at_a + 1);
    cell_write(&s->protected[b], at_b + 1);
    t->tally++;
}

static void setup_locks(struct scenario_round *r, unsigned count)
{
    struct ordered_state *s = r->state;
    s->used = count;
    for (unsigned i = 0; i < count; i++)
        ops(r)->init(s->lock[i]);
}

static void setup_table(struct scenario_round *r)
{
    setup_locks(r, r->threads);
}

static void setup_three(struct scenario_round *r)
{
    setup_locks(r, 3);
}

static void free_locks(struct scenario_round *r)
{
    struct ordered_state *s = r->state;
    for (unsigned i = 0; i < s->used && ops(r)->destroy; i++)
        ops(r)->destroy(s->lock[i]);
}

static const char *verdict_counted(struct scenario_round *r)
{
    struct ordered_state *s = r->state;
    uint64_t found = 0, done = 0;
    for (unsigned i = 0; i < LOCKS; i++)
        found += cell_read(&s->protected[i]);
    for (unsigned i = 0; i < r->threads; i++)
        done += 2 * r->actors[i].tally;
    return found == done ? NULL : "updates made while holding both locks were lost";
}

/* Each names the fork before it first: the last one's order is the wrong one. */
static void actor_philosopher(struct scenario_thread *t)
{
    unsigned left = t->index, right = (left + 1) % t->round->threads;
    void *const forks[] = {lock_at(t, left), lock_at(t, right)};
    for (unsigned i = 0; i < t->round->steps; i++) {
        acquire(t, forks, 2);
        eat(t, left, right);
        release(t, forks, 2);
        scenario_did(t);
    }
}

static const char *verdict_philosophers(struct scenario_round *r)
{
    for (unsigned i = 0; i < r->threads; i++) {
        if (r->actors[i].tally != r->steps)
            return "a philosopher did not get all meals";
    }
    return verdict_counted(r);
}

static void setup_bank(struct scenario_round *r)
{
    struct ordered_state *s = r->state;
    setup_locks(r, ACCOUNTS);
    for (unsigned i = 0; i < ACCOUNTS; i++)
        cell_write(&s->protected[i], BALANCE);
}

static void actor_bank(struct scenario_thread *t)
{
    struct ordered_state *s = state(t);
    for (unsigned i = 0; i < t->round->steps; i++) {
        unsigned from = (unsigned)rng_below(&t->rng, ACCOUNTS);
        unsigned to = (from + 1 + (unsigned)rng_below(&t->rng, ACCOUNTS - 1)) % ACCOUNTS;
        void *const both[] = {lock_at(t, from), lock_at(t, to)};
        acquire(t, both, 2);
        uint64_t has = cell_read(&s->protected[from]), gets = cell_read(&s->protected[to]);
        uint64_t amount = rng_below(&t->rng, has + 1);
        scenario_point(t, POINT_HOLDING);
        cell_write(&s->protected[from], has - amount);
        cell_write(&s->protected[to], gets + amount);
        release(t, both, 2);
        scenario_did(t);
    }
}

static const char *verdict_bank(struct scenario_round *r)
{
    struct ordered_state *s = r->state;
    uint64_t total = 0;
    for (unsigned i = 0; i < ACCOUNTS; i++)
        total += cell_read(&s->protected[i]);
    return total == ACCOUNTS * BALANCE ? NULL : "money appeared or vanished between the accounts";
}

/* Holding the last of three, ask for the others in vain, and prove that they are not held: who held on
   to one would stop the next thread. */
static void actor_violation(struct scenario_thread *t)
{
    const struct ct_ordered_ops *o = ops(t->round);
    void *const all[] = {lock_at(t, 2), lock_at(t, 1), lock_at(t, 0)};
    void *const wanted[] = {lock_at(t, 0), lock_at(t, 1)};
    for (unsigned i = 0; i < t->round->steps; i++) {
        struct ct_ordered_conflict conflict = {NULL, NULL};
        acquire(t, all, 1);
        scenario_at(t, "acquire out of order");
        int error = o->acquire(held_by(t), wanted, 2, &conflict);
        if (error != EDEADLK)
            scenario_broken(t, "acquiring out of order did not fail");
        else if (conflict.held != all[0] || conflict.wanted != wanted[0])
            scenario_broken(t, "the violation named other locks than the two");
        else if (o->release(held_by(t), wanted, 1) != EPERM)
            scenario_broken(t, "a lock was held after the violation");
        release(t, all, error == 0 ? 3 : 1);
        acquire(t, all, 3);
        eat(t, 0, 1);
        release(t, all, 3);
        scenario_did(t);
    }
}

/* A lock, then two later ones, which are given back first or together with it. */
static void actor_nesting(struct scenario_thread *t)
{
    void *const locks[] = {lock_at(t, 0), lock_at(t, 2), lock_at(t, 1)};
    for (unsigned i = 0; i < t->round->steps; i++) {
        acquire(t, locks, 1);
        acquire(t, locks + 1, 2);
        eat(t, 0, 1);
        if ((i + t->index) % 2 == 0) {
            release(t, locks, 3);
        } else {
            release(t, locks + 1, 2);
            release(t, locks, 1);
        }
        scenario_did(t);
    }
}

/* Around the table, some with little patience: who gives up must hold nothing. */
static void actor_timeout(struct scenario_thread *t)
{
    unsigned left = t->index, right = (left + 1) % t->round->threads;
    void *const forks[] = {lock_at(t, left), lock_at(t, right)};
    for (unsigned i = 0; i < t->round->steps; i++) {
        uint64_t deadline_ns = CT_FOREVER;
        if ((i + t->index) % 2 == 0)
            deadline_ns = ct_now_ns() + 10000 + rng_below(&t->rng, 50000);
        int error = timedacquire(t, forks, 2, deadline_ns);
        if (error == ETIMEDOUT && ct_now_ns() < deadline_ns)
            scenario_broken(t, "timedacquire returned ETIMEDOUT before its deadline");
        if (error != 0 && error != ETIMEDOUT)
            scenario_broken(t, "timedacquire returned neither 0 nor ETIMEDOUT");
        if (error == 0) {
            eat(t, left, right);
            release(t, forks, 2);
        } else if (ops(t->round)->release(held_by(t), forks, 1) != EPERM ||
                   ops(t->round)->release(held_by(t), forks + 1, 1) != EPERM) {
            scenario_broken(t, "a lock was held after the timeout");
        }
        scenario_did(t);
    }
}

/* clang-format off */
#define STATE .state_bytes = sizeof(struct ordered_state)
static const struct scenario scenarios[] = {
    {.name = "philosophers", .claim = "every philosopher eats, whoever wants the same forks in another order",
     .threads_min = 2, .threads_max = LOCKS, .steps = 20, .model_threads = 3, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_table, .actor = actor_philosopher, .verdict = verdict_philosophers},
    {.name = "bank", .claim = "transfers between accounts with a lock each keep their total", .power = true,
     .threads_min = 2, .steps = 50, .model_threads = 2, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_bank, .actor = actor_bank, .verdict = verdict_bank},
    {.name = "violation", .claim = "acquiring out of order is an error that names both locks and leaves nothing held",
     .threads_min = 2, .steps = 10, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_three, .actor = actor_violation, .verdict = verdict_counted},
    {.name = "nesting", .claim = "what comes later in the order may be acquired by who holds some", .needs = NEEDS_NESTING,
     .threads_min = 2, .steps = 10, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_three, .actor = actor_nesting, .verdict = verdict_counted},
    {.name = "timeout", .claim = "an acquisition that times out holds nothing and is not early",
     .long_because = LONG_DEADLINES, .needs = NEEDS_TIMED, .hold_ns = 100000,
     .threads_min = 2, .threads_max = LOCKS, .steps = 4, .model_threads = 2, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_table, .actor = actor_timeout, .verdict = verdict_counted},
};
/* clang-format on */

static unsigned offers(const void *table)
{
    const struct ct_ordered_ops *o = table;
    return (o->timedacquire ? NEEDS_TIMED : 0U) | (o->nests ? NEEDS_NESTING : 0U);
}

static void nothing_init(void *lock)
{
    (void)lock;
}

static int nothing_acquire(struct ct_ordered_thread *thread, void *const *locks, unsigned count,
                           struct ct_ordered_conflict *conflict)
{
    (void)thread;
    (void)locks;
    (void)count;
    (void)conflict;
    return 0;
}

static int nothing_release(struct ct_ordered_thread *thread, void *const *locks, unsigned count)
{
    (void)thread;
    (void)locks;
    (void)count;
    return 0;
}

static const struct ct_ordered_ops nothing = {
    .impl = {.kind = "ordered",
             .name = "no-lock",
             .summary = "no lock at all: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1},
    .init = nothing_init,
    .acquire = nothing_acquire,
    .release = nothing_release,
};

static const struct ct_impl *const impls[] = {CT_IMPLS_ordered(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {CT_BROKEN_ordered(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_ordered = {
    .kind = "ordered",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .offers = offers,
    .release = free_locks,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
