// SPDX-License-Identifier: MIT
/* Scenarios of the thread kind: each actor has a thread of its own made. Not for the model, which makes
   its threads itself. */
#include "stress/scenario.h"
#include "support/fail.h"

#include "contend_broken.h"
#include "contend_impls.h"

#include <contend/wait.h>

#include <stdlib.h>

enum { ACTORS_MAX = 64 };

/* What an actor and its thread share. */
struct made {
    struct scenario_thread *actor;
    const struct ct_thread_ops *ops;
    void *t;
    struct cell written;
    struct ct_u32 go;
};

struct thread_state {
    struct made made[ACTORS_MAX];
};

static const struct ct_thread_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static void setup(struct scenario_round *r)
{
    struct thread_state *s = r->state;
    for (unsigned i = 0; i < r->threads; i++) {
        const struct ct_impl *impl = &ops(r)->impl;
        s->made[i].actor = &r->actors[i];
        s->made[i].ops = ops(r);
        s->made[i].t = must_alloc_aligned(impl->align_bytes, impl->size_bytes);
    }
}

static void release(struct scenario_round *r)
{
    struct thread_state *s = r->state;
    for (unsigned i = 0; i < r->threads; i++)
        free(s->made[i].t);
}

static const char *verdict_none(struct scenario_round *r)
{
    (void)r;
    return NULL; /* the actors have seen it all */
}

static struct made *start(struct scenario_thread *t, ct_thread_run *run)
{
    struct thread_state *s = t->round->state;
    struct made *m = &s->made[t->index];
    ct_u32_store_relaxed(&m->go, 0);
    scenario_at(t, "start");
    if (m->ops->start(m->t, run, m) != 0)
        fail(EXIT_ENVIRONMENT, "threads: cannot start one");
    scenario_point(t, POINT_OUTSIDE);
    return m;
}

static void join(struct scenario_thread *t, struct made *m, uint64_t wanted)
{
    int result = 0;
    scenario_at(t, "join");
    if (m->ops->join(m->t, &result) != 0)
        scenario_broken(t, "join failed");
    scenario_at(t, "outside");
    if ((uint64_t)result != wanted || cell_read(&m->written) != wanted)
        scenario_broken(t, "join returned before the thread had ended");
    if (m->ops->is_alive(m->t))
        scenario_broken(t, "a thread was alive after it was joined");
    scenario_did(t);
}

static int write_one_more(void *argument)
{
    struct made *m = argument;
    scenario_point(m->actor, POINT_TURN);
    cell_write(&m->written, cell_read(&m->written) + 1);
    return (int)cell_read(&m->written);
}

static int write_when_told(void *argument)
{
    struct made *m = argument;
    while (ct_u32_load_acquire(&m->go) == 0)
        ct_yield();
    return write_one_more(argument);
}

static int write_when_stopped(void *argument)
{
    struct made *m = argument;
    while (!m->ops->stop_requested(m->t))
        ct_yield();
    return write_one_more(argument);
}

static void actor_join(struct scenario_thread *t)
{
    for (unsigned i = 1; i <= t->round->steps; i++)
        join(t, start(t, write_one_more), i);
}

static void actor_alive(struct scenario_thread *t)
{
    for (unsigned i = 1; i <= t->round->steps; i++) {
        struct made *m = start(t, write_when_told);
        if (!m->ops->is_alive(m->t))
            scenario_broken(t, "a thread was not alive although it had not ended");
        ct_u32_store_release(&m->go, 1);
        while (m->ops->is_alive(m->t))
            ct_yield();
        if (cell_read(&m->written) != i)
            scenario_broken(t, "a thread was not alive although it had not ended");
        join(t, m, i);
    }
}

static void actor_stop(struct scenario_thread *t)
{
    for (unsigned i = 1; i <= t->round->steps; i++) {
        struct made *m = start(t, write_when_stopped);
        if (m->ops->stop_requested(m->t))
            scenario_broken(t, "a stop was seen that nobody had requested");
        m->ops->request_stop(m->t);
        join(t, m, i);
    }
}

/* clang-format off */
#define STATE .threads_max = ACTORS_MAX, .state_bytes = sizeof(struct thread_state), .setup = setup
static const struct scenario scenarios[] = {
    {.name = "join", .claim = "join returns after the thread has ended, and shows what it did",
     .long_because = LONG_THREADS, .power = true, .threads_min = 2, .steps = 4,
     STATE, .actor = actor_join, .verdict = verdict_none},
    {.name = "alive", .claim = "a thread is alive until it has ended, and not after",
     .long_because = LONG_THREADS, .threads_min = 2, .steps = 4,
     STATE, .actor = actor_alive, .verdict = verdict_none},
    {.name = "stop", .claim = "a thread that polls for a stop sees it, and none that nobody requested",
     .long_because = LONG_THREADS, .threads_min = 2, .steps = 4,
     STATE, .actor = actor_stop, .verdict = verdict_none},
};
/* clang-format on */

static int nothing_start(void *t, ct_thread_run *run, void *argument)
{
    (void)t;
    (void)run;
    (void)argument;
    return 0;
}

static int nothing_join(void *t, int *result)
{
    (void)t;
    (void)result;
    return 0;
}

static int nothing_detach(void *t)
{
    (void)t;
    return 0;
}

static bool nothing_asked(const void *t)
{
    (void)t;
    return false;
}

static void nothing_stop(void *t)
{
    (void)t;
}

static const struct ct_thread_ops nothing = {
    .impl = {.kind = "thread",
             .name = "no-thread",
             .summary = "starts nothing: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1},
    .start = nothing_start,
    .join = nothing_join,
    .detach = nothing_detach,
    .is_alive = nothing_asked,
    .request_stop = nothing_stop,
    .stop_requested = nothing_asked,
};

static const struct ct_impl *const impls[] = {CT_IMPLS_thread(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {CT_BROKEN_thread(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_thread = {
    .kind = "thread",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .release = release,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
