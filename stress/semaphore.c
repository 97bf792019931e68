// SPDX-License-Identifier: MIT
/* Scenarios of the semaphore kind. Actors and verdicts run unchanged under the model; protected data
   are cells. */
#include "stress/lifetime.h"
#include "stress/recorded.h"
#include "stress/semaphore_processes.h"
#include "stress/words.h"

#include "contend_broken.h"
#include "contend_impls.h"

enum { MANY = 3 };

enum semaphore_needs { NEEDS_TIMED = 1 };

struct semaphore_state {
    struct processes processes; /* first */
    uint32_t permits;           /* that init gave, and that must be there at the end */
    struct ct_u32 inside;       /* threads with a permit */
    struct words words;         /* of who has the only permit; or the batches */
    const char *lie;            /* what the single-threaded look at setup found */
    struct lifetime lifetime;
};

static const struct ct_semaphore_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static struct semaphore_state *state(const struct scenario_thread *t)
{
    return t->round->state;
}

static void asking(struct scenario_thread *t, const char *how)
{
    scenario_at(t, how);
    scenario_point(t, POINT_ASKING);
}

static void entered(struct scenario_thread *t)
{
    scenario_at(t, "inside");
    scenario_point(t, POINT_ENTERED);
}

static void take(struct scenario_thread *t)
{
    asking(t, "wait");
    ops(t->round)->wait(t->round->object);
    entered(t);
}

static bool try_take(struct scenario_thread *t)
{
    asking(t, "trywait");
    bool taken = ops(t->round)->trywait(t->round->object);
    if (taken)
        entered(t);
    return taken;
}

static int timed_take(struct scenario_thread *t, uint64_t deadline_ns)
{
    asking(t, "timedwait");
    int error = ops(t->round)->timedwait(t->round->object, deadline_ns);
    if (error == 0)
        entered(t);
    return error;
}

static void post(struct scenario_thread *t, uint32_t n)
{
    scenario_point(t, POINT_LEAVING);
    scenario_at(t, "post");
    if (ops(t->round)->post(t->round->object, n) != 0)
        scenario_broken(t, "a post that fits failed");
    scenario_at(t, "outside");
    scenario_point(t, POINT_OUTSIDE);
}

static void use_words(struct scenario_thread *t)
{
    words_use(&state(t)->words, t);
}

static void start_with(struct scenario_round *r, uint32_t permits)
{
    struct semaphore_state *s = r->state;
    s->permits = permits;
    ops(r)->init(r->object, permits);
}

static void setup_none(struct scenario_round *r)
{
    start_with(r, 0);
}

static void setup_one(struct scenario_round *r)
{
    start_with(r, 1);
}

static void setup_half(struct scenario_round *r)
{
    start_with(r, (r->threads + 1) / 2);
}

static void setup_full(struct scenario_round *r)
{
    start_with(r, CT_SEMAPHORE_VALUE_MAX);
}

static void release(struct scenario_round *r)
{
    struct semaphore_state *s = r->state;
    lifetime_release(&s->lifetime, r, ops(r)->destroy);
    processes_end(r);
}

static const char *verdict_conserved(struct scenario_round *r)
{
    struct semaphore_state *s = r->state;
    if (ops(r)->value(r->object) != s->permits)
        return "permits were lost or made: the value at the end is not that of the start";
    return s->lie;
}

static const char *verdict_counted(struct scenario_round *r)
{
    const struct semaphore_state *s = r->state;
    if (!words_complete(&s->words, r))
        return "updates made with the only permit were lost";
    return verdict_conserved(r);
}

static void actor_exclusion(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        take(t);
        use_words(t);
        post(t, 1);
        scenario_did(t);
    }
}

static void actor_permits(struct scenario_thread *t)
{
    struct semaphore_state *s = state(t);
    for (unsigned i = 0; i < t->round->steps; i++) {
        take(t);
        if (ct_u32_add_relaxed(&s->inside, 1) >= s->permits)
            scenario_broken(t, "more threads were inside than there are permits");
        scenario_point(t, POINT_HOLDING);
        ct_u32_sub_relaxed(&s->inside, 1);
        post(t, 1);
        scenario_did(t);
    }
}

/* Everybody posts before taking as many, so there is a permit whenever somebody asks. */
static void actor_conservation(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        uint32_t n = 1 + (uint32_t)rng_below(&t->rng, MANY);
        post(t, n);
        for (uint32_t k = 0; k < n; k++) {
            if (rng_next(&t->rng) & 1)
                take(t);
            else if (!try_take(t))
                scenario_broken(t, "trywait was false although a permit was there");
        }
        scenario_did(t);
    }
}

static void setup_trywait(struct scenario_round *r)
{
    struct semaphore_state *s = r->state;
    const struct ct_semaphore_ops *o = ops(r);
    start_with(r, 1);
    if (!o->trywait(r->object))
        s->lie = "trywait was false although the only permit was there";
    else if (o->trywait(r->object))
        s->lie = "trywait was true although the only permit was taken";
    else
        o->post(r->object, 1);
}

static void actor_trywait(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        bool taken = (i + t->index) % 2 == 0 ? try_take(t) : (take(t), true);
        if (taken) {
            use_words(t);
            post(t, 1);
        }
        scenario_did(t);
    }
}

static void setup_timedwait(struct scenario_round *r)
{
    struct semaphore_state *s = r->state;
    const struct ct_semaphore_ops *o = ops(r);
    start_with(r, 1);
    if (o->timedwait(r->object, 1) != 0)
        s->lie = "timedwait left a permit that was there because its deadline had passed";
    else
        o->post(r->object, 1);
}

static void actor_timedwait(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        int error = 0;
        if ((i + t->index) % 2 == 0) {
            uint64_t deadline_ns = ct_now_ns() + 10000 + rng_below(&t->rng, 50000);
            error = timed_take(t, deadline_ns);
            if (error == ETIMEDOUT && ct_now_ns() < deadline_ns)
                scenario_broken(t, "timedwait returned ETIMEDOUT before its deadline");
            if (error != 0 && error != ETIMEDOUT)
                scenario_broken(t, "timedwait returned neither 0 nor ETIMEDOUT");
        } else {
            take(t);
        }
        if (error == 0) {
            use_words(t);
            post(t, 1);
        }
        scenario_did(t);
    }
}

/* The first posts for all others at once. Who has taken i permits knows of so many batches. */
static void actor_batch(struct scenario_thread *t)
{
    struct semaphore_state *s = state(t);
    unsigned others = t->round->threads - 1;
    for (unsigned i = 0; i < t->round->steps; i++) {
        if (t->index == 0) {
            scenario_point(t, POINT_HOLDING);
            cell_write(&s->words.word[i], i + 1);
            post(t, others);
        } else {
            take(t);
            if (cell_read(&s->words.word[i / others]) != i / others + 1)
                scenario_broken(t, "what the poster wrote before was not seen");
        }
        scenario_did(t);
    }
}

static void actor_overflow(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        uint32_t n = 1 + (uint32_t)rng_below(&t->rng, MANY);
        for (uint32_t k = 0; k < n; k++) {
            if (!try_take(t))
                scenario_broken(t, "trywait was false although permits were there");
        }
        if (ops(t->round)->post(t->round->object, CT_SEMAPHORE_VALUE_MAX) != EOVERFLOW)
            scenario_broken(t, "a post beyond the maximum did not fail");
        post(t, n);
        scenario_did(t);
    }
}

static void setup_destroy(struct scenario_round *r)
{
    struct semaphore_state *s = r->state;
    lifetime_begin(&s->lifetime, r);
    start_with(r, 0);
}

/* The first waits until all others have said that they are done, and destroys, although their posts
   may still be on their way out. */
static void actor_destroy(struct scenario_thread *t)
{
    struct semaphore_state *s = state(t);
    if (t->index != 0) {
        scenario_point(t, POINT_HOLDING);
        post(t, 1);
        scenario_did(t);
        return;
    }
    for (unsigned i = 1; i < t->round->threads; i++)
        take(t);
    scenario_did(t);
    lifetime_end(&s->lifetime, t->round, ops(t->round)->destroy);
}

static const char *verdict_destroy(struct scenario_round *r)
{
    struct semaphore_state *s = r->state;
    return lifetime_verdict(&s->lifetime, r);
}

/* clang-format off */
#define STATE .state_bytes = sizeof(struct semaphore_state)
static const struct scenario scenarios[] = {
    {.name = "exclusion", .claim = "the only permit lets one thread in at a time, who sees what the one before wrote",
     .power = true, .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 2, .alike = ALIKE_ALL, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_one, .actor = actor_exclusion, .verdict = verdict_counted},
    {.name = "permits", .claim = "never more threads are inside than there are permits",
     .power = true, .threads_min = 3, .steps = 20, .model_threads = 3, .model_steps = 1, .alike = ALIKE_ALL, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_half, .actor = actor_permits, .verdict = verdict_conserved},
    {.name = "conservation", .claim = "permits are neither lost nor made",
     .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_none, .actor = actor_conservation, .verdict = verdict_conserved},
    {.name = "trywait", .claim = "trywait is true exactly when it took a permit",
     .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_trywait, .actor = actor_trywait, .verdict = verdict_counted},
    {.name = "timedwait", .claim = "a timed wait that times out took no permit and is not early",
     .long_because = LONG_DEADLINES, .needs = NEEDS_TIMED, .hold_ns = 100000,
     .threads_min = 2, .steps = 4, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_timedwait, .actor = actor_timedwait, .verdict = verdict_counted},
    {.name = "lost-wakeup", .claim = "nobody sleeps for ever while a permit is there",
     .long_because = LONG_SLEEPS, .traits = CT_PARKS, .hold_ns = 60000, .must_see = SEE_CONTENTION | SEE_SLEEPS,
     .threads_min = 3, .steps = 3, .model_threads = 3, .model_steps = 1, .alike = ALIKE_ALL,
     STATE, .setup = setup_one, .actor = actor_exclusion, .verdict = verdict_counted},
    {.name = "handoff", .claim = "who waits for another thread's post gets it, and sees what was written before",
     .hold_ns = 60000, .must_see = SEE_SLEEPS,
     .threads_min = 2, .threads_max = 2, .steps = 4, .model_threads = 2, .model_steps = 2,
     STATE, .setup = setup_none, .actor = actor_batch, .verdict = verdict_conserved},
    {.name = "batch", .claim = "posting n permits at once lets n waiters through",
     .long_because = LONG_SLEEPS, .hold_ns = 60000, .must_see = SEE_SLEEPS,
     .threads_min = 3, .steps = 4, .model_threads = 3, .model_steps = 1, .alike = ALIKE_BUT_FIRST,
     STATE, .setup = setup_none, .actor = actor_batch, .verdict = verdict_conserved},
    {.name = "overflow", .claim = "a post beyond the maximum fails and leaves the value",
     .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_full, .actor = actor_overflow, .verdict = verdict_conserved},
    {.name = "destroy", .claim = "the last to be let through may destroy the semaphore at once",
     .traits_not = CT_LATE, .threads_min = 2, .steps = 1,
     STATE, .setup = setup_destroy, .actor = actor_destroy, .verdict = verdict_destroy},
    {.name = "processes", .claim = "between processes as well, the only permit lets one in at a time and all get it",
     .long_because = LONG_PROCESSES, .traits = CT_PSHARED, .power = true, .hold_ns = 20000, .threads_min = 2, .threads_max = 4, .steps = 30, .must_see = SEE_CONTENTION,
     STATE, .setup = processes_setup, .actor = processes_actor, .verdict = processes_verdict},
    {.name = "owner-dies", .claim = "a process that dies with a permit takes that one along and no other",
     .long_because = LONG_PROCESSES, .traits = CT_PSHARED, .power = true, .hold_ns = 20000, .threads_min = 2, .threads_max = 4, .steps = 20, .must_see = SEE_CONTENTION,
     STATE, .setup = processes_setup_deaths, .actor = processes_actor_deaths, .verdict = processes_verdict_deaths},
    {.name = "sleeper-dies", .claim = "a process killed while it waited, and before any post, takes no permit along",
     .long_because = LONG_PROCESSES, .traits = CT_PSHARED, .hold_ns = 20000, .threads_min = 3, .threads_max = 5, .steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = processes_setup_sleepers, .actor = processes_actor_sleepers, .verdict = processes_verdict_sleepers},
    {.name = "linearizable", .claim = "the answers of all calls fit one order of them, as if one thread had made them",
     .traits_not = CT_INEXACT, .hold_ns = 2000, .power = true, .threads_min = 2, .threads_max = 4, .steps = 16, .model_threads = 2, .model_steps = 3, .must_see = SEE_CONTENTION,
     STATE, RECORDED(semaphore)},
};
/* clang-format on */

static unsigned offers(const void *table)
{
    const struct ct_semaphore_ops *o = table;
    return o->timedwait ? NEEDS_TIMED : 0U;
}

static void nothing_init(void *s, uint32_t value)
{
    (void)s;
    (void)value;
}

static void nothing_wait(void *s)
{
    (void)s;
}

static bool nothing_trywait(void *s)
{
    (void)s;
    return true;
}

static int nothing_post(void *s, uint32_t n)
{
    (void)s;
    (void)n;
    return 0;
}

static uint32_t nothing_value(const void *s)
{
    (void)s;
    return 1;
}

static const struct ct_semaphore_ops nothing = {
    .impl = {.kind = "semaphore",
             .name = "no-semaphore",
             .summary = "lets everybody through: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1,
             .traits = CT_PSHARED},
    .init = nothing_init,
    .wait = nothing_wait,
    .trywait = nothing_trywait,
    .post = nothing_post,
    .value = nothing_value,
};

static const struct ct_impl *const impls[] = {CT_IMPLS_semaphore(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {
    CT_BROKEN_semaphore(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_semaphore = {
    .kind = "semaphore",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .offers = offers,
    .release = release,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
