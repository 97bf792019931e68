// SPDX-License-Identifier: MIT
/* Scenarios of the thread pool kind. Where the pool lets callers serve as workers, actors do, and it has
   no threads of its own: so the model can run it, and rounds are short. Actors and verdicts run unchanged
   under the model; what tasks write are cells. */
#include "stress/pool_jobs.h"

#include "contend_broken.h"
#include "contend_impls.h"

static void actor_futures(struct scenario_thread *t)
{
    if (t->index != 0) {
        serve(t);
        return;
    }
    for (unsigned i = 0; i < t->round->steps; i++) {
        struct job *burst[BURST];
        for (unsigned k = 0; k < BURST; k++)
            job_submit_well(t, burst[k] = job_new(state(t)), task_plain);
        for (unsigned k = 0; k < BURST; k++)
            job_reap(t, burst[k], 0);
    }
    shut(t, CT_THREAD_POOL_DRAIN);
}

/* Every other failure is read. */
static void actor_failures(struct scenario_thread *t)
{
    struct pool_state *s = state(t);
    if (t->index != 0) {
        serve(t);
        return;
    }
    for (unsigned i = 0; i < t->round->steps; i++) {
        struct job *j = job_new(s);
        job_submit_well(t, j, task_failing);
        if (i % 2 == 0) {
            job_reap(t, j, FAILURE);
        } else {
            ops(t->round)->wait(t->round->object, &j->future);
            s->failed++;
        }
        job_submit(job_new(s), NULL, task_failing);
        s->failed++;
    }
    shut(t, CT_THREAD_POOL_DRAIN);
}

/* The first serves until a shutdown of the second, who submits before, for nobody. */
static void actor_forgotten(struct scenario_thread *t)
{
    if (t->index != 0) {
        serve(t);
        return;
    }
    for (unsigned i = 0; i < t->round->steps; i++) {
        job_submit(job_new(state(t)), NULL, task_plain);
        scenario_did(t);
    }
    shut(t, CT_THREAD_POOL_DRAIN);
}

/* Some submit while the first shuts down; the last serves. */
static void submit_against(struct scenario_thread *t, enum ct_thread_pool_how how)
{
    struct pool_state *s = state(t);
    if (t->index == 0) {
        scenario_point(t, POINT_ASKING);
        shut(t, how);
        scenario_did(t);
        return;
    }
    if (t->index > 1 && t->index + 1 == t->round->threads) {
        serve(t);
        return;
    }
    for (unsigned i = 0; i < t->round->steps; i++) {
        struct job *j = job_new(s);
        scenario_at(t, "submit");
        int error = job_submit(j, &j->future, task_plain);
        if (error != 0 && error != ECANCELED)
            scenario_broken(t, "a submit failed otherwise than by the shutdown");
        scenario_did(t);
    }
}

static void actor_drain(struct scenario_thread *t)
{
    submit_against(t, CT_THREAD_POOL_DRAIN);
}

static void actor_now(struct scenario_thread *t)
{
    submit_against(t, CT_THREAD_POOL_NOW);
}

/* After a shutdown every future is done, and says what became of its task. */
static const char *verdict_now(struct scenario_round *r)
{
    struct pool_state *s = r->state;
    for (uint32_t i = 0; i < ct_u32_load_relaxed(&s->jobs); i++) {
        struct job *j = &s->job[i];
        if (!j->accepted)
            continue;
        if (ops(r)->timedwait(r->object, &j->future, 1) != 0)
            return "shutdown returned and a task is not done";
        bool ran = ct_u32_load_relaxed(&j->runs) == 1;
        if (ops(r)->result(r->object, &j->future, NULL) != (ran ? 0 : ECANCELED))
            return "the result does not say whether the task ran";
    }
    return verdict_accounted(r);
}

static void actor_cancel(struct scenario_thread *t)
{
    const struct scenario_round *r = t->round;
    if (t->index != 0) {
        serve(t);
        return;
    }
    for (unsigned i = 0; i < r->steps; i++) {
        struct job *j = job_new(state(t));
        job_submit_well(t, j, task_plain);
        scenario_point(t, POINT_HOLDING);
        scenario_at(t, "cancel");
        bool cancelled = ops(r)->cancel(r->object, &j->future);
        if (ops(r)->cancel(r->object, &j->future) && cancelled)
            scenario_broken(t, "a task was cancelled twice");
        ops(r)->wait(r->object, &j->future);
        if (ct_u32_load_relaxed(&j->runs) != !cancelled)
            scenario_broken(t, cancelled ? "a task ran although it was cancelled"
                                         : "a task was not cancelled and did not run");
        if (ops(r)->result(r->object, &j->future, NULL) != (cancelled ? ECANCELED : 0))
            scenario_broken(t, "the result does not say whether the task was cancelled");
        j->accepted = !cancelled;
        scenario_did(t);
    }
    shut(t, CT_THREAD_POOL_DRAIN);
}

/* Submits its child, and waits for it. */
static int task_parent(void *argument, void **value)
{
    struct job *j = argument;
    const struct scenario_round *r = j->state->round;
    if (job_submit(j->child, &j->child->future, task_plain) == 0) {
        ops(r)->wait(r->object, &j->child->future);
        if (job_wrong(j->child))
            return FAILURE;
    }
    return task_plain(argument, value);
}

static void actor_nested(struct scenario_thread *t)
{
    if (t->index != 0) {
        serve(t);
        return;
    }
    for (unsigned i = 0; i < t->round->steps; i++) {
        struct job *j = job_new(state(t));
        j->child = job_new(state(t));
        job_submit_well(t, j, task_parent);
        job_reap(t, j, 0);
    }
    shut(t, CT_THREAD_POOL_DRAIN);
}

/* Submits its child, and the child's, for others to steal. */
static int task_litter(void *argument, void **value)
{
    struct job *j = argument;
    for (struct job *child = j->child; child; child = child->child)
        job_submit(child, NULL, task_plain);
    return task_plain(argument, value);
}

/* The others serve at once; in the model the first comes with its shutdown, and takes part. */
static void setup_litter(struct scenario_round *r)
{
    struct pool_state *s = r->state;
    setup(r);
    for (unsigned i = 0; i < r->steps; i++) {
        struct job *j = job_new(s);
        j->child = job_new(s);
        j->child->child = job_new(s);
        if (job_submit(j, NULL, task_litter) != 0)
            s->lie = "a submit before shutdown failed";
    }
}

static void actor_litter(struct scenario_thread *t)
{
    if (t->index != 0)
        serve(t);
    else
        shut(t, CT_THREAD_POOL_DRAIN);
    scenario_did(t);
}

static int task_waiting_at_gate(void *argument, void **value)
{
    struct job *j = argument;
    while (ct_u32_load_acquire(&j->state->gate) == 0) {
        ct_pause();
        ct_yield();
    }
    return task_plain(argument, value);
}

static int task_opening_gate(void *argument, void **value)
{
    struct job *j = argument;
    ct_u32_store_release(&j->state->gate, 1);
    return task_plain(argument, value);
}

/* A task stands at the gate that the next one opens: a second worker must come for that. */
static void actor_wakeup(struct scenario_thread *t)
{
    struct pool_state *s = state(t);
    if (t->index != 0) {
        serve(t);
        return;
    }
    for (unsigned i = 0; i < t->round->steps; i++) {
        struct job *first = job_new(s), *second = job_new(s);
        ct_u32_store_relaxed(&s->gate, 0);
        scenario_point(t, POINT_HOLDING); /* the workers go to sleep meanwhile */
        job_submit_well(t, first, task_waiting_at_gate);
        job_submit_well(t, second, task_opening_gate);
        job_reap(t, second, 0);
        job_reap(t, first, 0);
    }
    shut(t, CT_THREAD_POOL_DRAIN);
}

static int task_item(void *item, void **value)
{
    struct job *j = item;
    task_plain(item, value);
    return (j - j->state->job) % 2 == 0 ? FAILURE : 0;
}

static void actor_map(struct scenario_thread *t)
{
    const struct scenario_round *r = t->round;
    struct pool_state *s = state(t);
    if (t->index != 0) {
        serve(t);
        return;
    }
    for (unsigned i = 0; i < r->steps; i++) {
        struct job *first = job_new(s);
        size_t failed = 0, odd = (size_t)(first - s->job) % 2;
        for (unsigned k = 1; k < ITEMS; k++)
            job_new(s);
        scenario_at(t, "map");
        if (ops(r)->map(r->object, task_item, first, sizeof *first, ITEMS, &failed) != 0)
            scenario_broken(t, "a map before shutdown failed");
        for (unsigned k = 0; k < ITEMS; k++) {
            first[k].accepted = true;
            if (job_wrong(&first[k]))
                scenario_broken(t, job_wrong(&first[k]));
        }
        if (failed != (ITEMS + 1 - odd) / 2)
            scenario_broken(t, "map did not count the items that failed");
        scenario_did(t);
    }
    shut(t, CT_THREAD_POOL_DRAIN);
}

static void setup_destroy(struct scenario_round *r)
{
    struct pool_state *s = r->state;
    lifetime_begin(&s->lifetime, r);
    setup(r);
}

static void actor_destroy(struct scenario_thread *t)
{
    struct pool_state *s = state(t);
    if (t->index != 0) {
        serve(t);
        return;
    }
    struct job *j = job_new(s);
    job_submit_well(t, j, task_plain); /* once it is done, the worker is inside */
    job_reap(t, j, 0);
    shut(t, CT_THREAD_POOL_DRAIN);
    lifetime_end(&s->lifetime, t->round, ops(t->round)->destroy);
}

static const char *verdict_destroy(struct scenario_round *r)
{
    struct pool_state *s = r->state;
    return s->lie ? s->lie : lifetime_verdict(&s->lifetime, r);
}

/* clang-format off */
#define STATE .state_bytes = sizeof(struct pool_state)
static const struct scenario scenarios[] = {
    {.name = "futures", .claim = "a task runs once, sees what its submitter wrote, and is seen by who waits for it",
     .long_because = LONG_SLEEPS, .power = true, .threads_min = 2, .steps = 10, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_futures, .verdict = verdict_drained},
    {.name = "failures", .claim = "a failure reaches who waits, and shutdown counts those that nobody read",
     .long_because = LONG_SLEEPS, .threads_min = 2, .steps = 10, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_failures, .verdict = verdict_drained},
    {.name = "stealing", .claim = "what a task submits runs once, whoever comes for it",
     .long_because = LONG_SLEEPS, .threads_min = 2, .steps = 10, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup_litter, .actor = actor_litter, .verdict = verdict_drained},
    {.name = "lost-wakeup", .claim = "no task waits while a worker sleeps",
     .long_because = LONG_SLEEPS, .threads_min = 3, .threads_max = 3, .steps = 3, .hold_ns = 200000, .must_see = SEE_SLEEPS, .model_threads = 3, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_wakeup, .verdict = verdict_drained},
    {.name = "forgotten", .claim = "tasks that nobody waits for all run before shutdown returns",
     .long_because = LONG_SLEEPS, .power = true, .threads_min = 2, .steps = 20,
     STATE, .setup = setup, .actor = actor_forgotten, .verdict = verdict_drained},
    {.name = "competing-workers", .claim = "of several workers one runs each task",
     .long_because = LONG_SLEEPS, .threads_min = 3, .steps = 20, .model_threads = 3, .model_steps = 2,
     STATE, .setup = setup, .actor = actor_forgotten, .verdict = verdict_drained},
    {.name = "shutdown-drain", .claim = "a submit during shutdown fails, or its task runs",
     .threads_min = 2, .threads_max = 6, .steps = 10, .model_threads = 2, .model_steps = 2,
     STATE, .setup = setup, .actor = actor_drain, .verdict = verdict_drained},
    {.name = "shutdown-now", .claim = "shutdown now leaves no task unaccounted for",
     .threads_min = 2, .threads_max = 6, .steps = 10, .model_threads = 2, .model_steps = 2,
     STATE, .setup = setup, .actor = actor_now, .verdict = verdict_now},
    {.name = "cancel", .claim = "a task that was cancelled never runs, another runs once",
     .long_because = LONG_SLEEPS, .threads_min = 2, .threads_max = 2, .steps = 10, .hold_ns = 2000, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_cancel, .verdict = verdict_drained},
    {.name = "nested", .claim = "a task may wait for a task of its own, even with a single worker",
     .long_because = LONG_SLEEPS, .needs = NEEDS_HELP, .threads_min = 2, .threads_max = 3, .steps = 10, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_nested, .verdict = verdict_drained},
    {.name = "map", .claim = "map applies its function to each item once, and counts failures",
     .threads_min = 2, .steps = 6, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_map, .verdict = verdict_accounted},
    {.name = "own-threads", .claim = "the pool's own threads run all, and have ended when shutdown returns",
     .long_because = LONG_THREADS, .threads_min = 1, .threads_max = 1, .steps = 10,
     STATE, .setup = setup_threads, .actor = actor_futures, .verdict = verdict_drained},
    {.name = "destroy", .claim = "once shutdown has returned the pool may be destroyed at once",
     .threads_min = 2, .threads_max = 2, .steps = 1,
     STATE, .setup = setup_destroy, .actor = actor_destroy, .verdict = verdict_destroy},
};
/* clang-format on */

static unsigned offers(const void *table)
{
    const struct ct_thread_pool_ops *o = table;
    return (o->work ? NEEDS_WORK : 0U) | (o->helps ? NEEDS_HELP : 0U);
}

static const struct ct_impl *const impls[] = {CT_IMPLS_thread_pool(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {
    CT_BROKEN_thread_pool(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_thread_pool = {
    .kind = "thread_pool",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .offers = offers,
    .release = release,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
