// SPDX-License-Identifier: MIT
/* pool_jobs.h - what scenarios of thread pools submit: jobs that note how often they ran, and what their
   submitter and shutdown must find. */
#ifndef STRESS_POOL_JOBS_H
#define STRESS_POOL_JOBS_H

#include "stress/lifetime.h"

#include <contend/task.h>

enum { JOBS = 64, BURST = 2, ITEMS = 5, FAILURE = 7, OWN_THREADS = 2 };

enum thread_pool_needs { NEEDS_WORK = 1, NEEDS_HELP = 2 };

struct job {
    struct ct_future future;
    struct pool_state *state;
    struct ct_u32 runs;
    struct cell given, made; /* written by the submitter, by the task */
    struct job *child;       /* that it submits */
    bool accepted;
};

struct pool_state {
    const struct scenario_round *round;
    struct job job[JOBS];
    struct ct_u32 jobs; /* handed out */
    struct ct_u32 gate; /* wake-up: opened by the task behind */
    uint64_t failed;    /* that shutdown must count */
    struct ct_thread_pool_rest rest;
    bool shut;
    const char *lie; /* what setup found */
    struct lifetime lifetime;
};

static inline const struct ct_thread_pool_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static inline struct pool_state *state(const struct scenario_thread *t)
{
    return t->round->state;
}

static inline int task_plain(void *argument, void **value)
{
    struct job *j = argument;
    cell_write(&j->made, cell_read(&j->given) + 1);
    ct_u32_add_relaxed(&j->runs, 1);
    *value = j;
    return 0;
}

static inline int task_failing(void *argument, void **value)
{
    task_plain(argument, value);
    return FAILURE;
}

/* The next job, not submitted yet. */
static inline struct job *job_new(struct pool_state *s)
{
    struct job *j = &s->job[ct_u32_add_relaxed(&s->jobs, 1)];
    j->state = s;
    cell_write(&j->given, (uint64_t)(j - s->job));
    return j;
}

/* For whom: NULL, or the job's own future. */
static inline int job_submit(struct job *j, struct ct_future *future, ct_task_function *function)
{
    const struct scenario_round *r = j->state->round;
    int error = ops(r)->submit(r->object, future, function, j);
    j->accepted = error == 0;
    return error;
}

static inline const char *job_wrong(struct job *j)
{
    uint32_t runs = ct_u32_load_relaxed(&j->runs);
    if (runs > 1)
        return "a task ran twice";
    if (runs == 0)
        return "a task never ran";
    if (cell_read(&j->made) != cell_read(&j->given) + 1)
        return "what the task wrote is not there";
    return NULL;
}

static inline void job_submit_well(struct scenario_thread *t, struct job *j,
                                   ct_task_function *function)
{
    scenario_at(t, "submit");
    scenario_point(t, POINT_ASKING);
    if (job_submit(j, &j->future, function) != 0)
        scenario_broken(t, "a submit before shutdown failed");
}

/* Wait, and find what the task left. */
static inline void job_reap(struct scenario_thread *t, struct job *j, int failure)
{
    const struct scenario_round *r = t->round;
    void *value = NULL;
    scenario_at(t, "wait");
    ops(r)->wait(r->object, &j->future);
    const char *wrong = job_wrong(j);
    if (wrong)
        scenario_broken(t, wrong);
    if (ops(r)->result(r->object, &j->future, &value) != failure || value != j)
        scenario_broken(t, "the result is not what the task returned");
    scenario_did(t);
}

static inline void shut(struct scenario_thread *t, enum ct_thread_pool_how how)
{
    struct pool_state *s = state(t);
    scenario_point(t, POINT_LEAVING);
    scenario_at(t, "shutdown");
    s->rest = ops(t->round)->shutdown(t->round->object, how);
    s->shut = true;
    scenario_at(t, "after shutdown");
    struct job *late = job_new(s);
    if (job_submit(late, NULL, task_plain) != ECANCELED)
        scenario_broken(t, "a submit after shutdown was accepted");
}

/* Be a worker; where the pool has its own, there is nothing to do. */
static inline void serve(struct scenario_thread *t)
{
    scenario_at(t, "work");
    if (ops(t->round)->work && ops(t->round)->work(t->round->object) != 0)
        scenario_broken(t, "the pool refused a worker");
    scenario_did(t);
}

static inline void setup_with(struct scenario_round *r, unsigned workers)
{
    struct pool_state *s = r->state;
    s->round = r;
    if (ops(r)->init(r->object, workers, NULL) != 0)
        s->lie = "init failed";
}

static inline void setup(struct scenario_round *r)
{
    setup_with(r, ops(r)->work ? 0 : OWN_THREADS);
}

static inline void setup_threads(struct scenario_round *r)
{
    setup_with(r, OWN_THREADS);
}

static inline void release(struct scenario_round *r)
{
    struct pool_state *s = r->state;
    if (!s->shut)
        (void)ops(r)->shutdown(r->object, CT_THREAD_POOL_NOW);
    lifetime_release(&s->lifetime, r, ops(r)->destroy);
}

/* Of what was accepted, each has run once or was dropped; nothing else ran. */
static inline const char *verdict_accounted(struct scenario_round *r)
{
    struct pool_state *s = r->state;
    uint64_t accepted = 0, ran = 0;
    for (uint32_t i = 0; i < ct_u32_load_relaxed(&s->jobs); i++) {
        uint32_t runs = ct_u32_load_relaxed(&s->job[i].runs);
        if (runs > 1)
            return "a task ran twice";
        if (runs > 0 && !s->job[i].accepted)
            return "a task ran whose submit had failed";
        accepted += s->job[i].accepted;
        ran += runs;
    }
    if (accepted != ran + s->rest.dropped)
        return "shutdown left tasks that neither ran nor are counted as dropped";
    if (s->rest.failed != s->failed)
        return "shutdown did not count the failures that nobody read";
    return s->lie;
}

static inline const char *verdict_drained(struct scenario_round *r)
{
    struct pool_state *s = r->state;
    const char *wrong = verdict_accounted(r);
    return !wrong && s->rest.dropped > 0 ? "a draining shutdown dropped tasks" : wrong;
}

/* Offers all operations and does nothing in them. */
static int nothing_init(void *p, unsigned workers, const cpu_set_t *cpus)
{
    (void)p, (void)workers, (void)cpus;
    return 0;
}

static int nothing_submit(void *p, struct ct_future *future, ct_task_function *function,
                          void *argument)
{
    (void)p, (void)future, (void)function, (void)argument;
    return 0;
}

static int nothing_map(void *p, ct_task_function *function, void *items, size_t item_bytes,
                       size_t count, size_t *failed)
{
    (void)p, (void)function, (void)items, (void)item_bytes, (void)count, (void)failed;
    return 0;
}

static void nothing_wait(void *p, struct ct_future *future)
{
    (void)p, (void)future;
}

static int nothing_timedwait(void *p, struct ct_future *future, uint64_t deadline_ns)
{
    (void)p, (void)future, (void)deadline_ns;
    return 0;
}

static bool nothing_cancel(void *p, struct ct_future *future)
{
    (void)p, (void)future;
    return true;
}

static int nothing_result(void *p, struct ct_future *future, void **value)
{
    (void)p, (void)future, (void)value;
    return 0;
}

static int nothing_work(void *p)
{
    (void)p;
    return 0;
}

static struct ct_thread_pool_rest nothing_shutdown(void *p, enum ct_thread_pool_how how)
{
    (void)p, (void)how;
    return (struct ct_thread_pool_rest){0, 0};
}

static const struct ct_thread_pool_ops nothing = {
    .impl = {.kind = "thread_pool",
             .name = "no-pool",
             .summary = "runs nothing: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1},
    .init = nothing_init,
    .submit = nothing_submit,
    .map = nothing_map,
    .wait = nothing_wait,
    .timedwait = nothing_timedwait,
    .cancel = nothing_cancel,
    .result = nothing_result,
    .work = nothing_work,
    .shutdown = nothing_shutdown,
};

#endif
