// SPDX-License-Identifier: MIT
/* Scenarios of the timer kind. Where a caller can serve, the last actor does, and the service has no thread
   of its own: so the model can run it. Actors and verdicts run unchanged under the model. */
#include "stress/timer_shots.h"

#include "contend_broken.h"
#include "contend_impls.h"

static void actor_once(struct scenario_thread *t)
{
    struct shot *x = &state(t)->shot[0];
    if (served(t))
        return;
    for (uint32_t i = 0; i < t->round->steps; i++) {
        shot_give(x);
        if (shot_start(t, x, soon(t)) != 0)
            scenario_broken(t, "a start before shutdown failed");
        shot_await(t, x, i + 1);
        shot_look(t, x);
        if (state(t)->timed && cell_read(&x->at_ns) < x->deadline_ns)
            scenario_broken(t, "a timer fired early");
        scenario_did(t);
    }
    shut(t);
}

static void actor_cancel(struct scenario_thread *t)
{
    struct shot *x = &state(t)->shot[0];
    uint32_t fires = 0;
    if (served(t))
        return;
    for (unsigned i = 0; i < t->round->steps; i++) {
        shot_give(x);
        shot_start(t, x, soon(t));
        scenario_point(t, POINT_HOLDING);
        bool cancelled = shot_cancel(t, x);
        uint32_t seen = ct_u32_load_relaxed(&x->fires);
        if (seen != fires + !cancelled)
            scenario_broken(t, cancelled ? "a timer fired although it was cancelled"
                                         : "a timer was not cancelled and has not fired");
        else if (!cancelled)
            shot_look(t, x);
        if (shot_cancel(t, x))
            scenario_broken(t, "a timer that is not armed was cancelled");
        fires = seen;
        scenario_did(t);
    }
    shut(t);
}

/* All but the one who serves cancel what the first starts. */
static void actor_cancel_race(struct scenario_thread *t)
{
    struct shot *x = &state(t)->shot[0];
    if (served(t))
        return;
    for (unsigned i = 0; i < t->round->steps; i++) {
        if (t->index == 0)
            shot_start(t, x, soon(t));
        scenario_point(t, POINT_HOLDING);
        (void)shot_cancel(t, x);
        scenario_did(t);
    }
    starter_done(t, t->round->threads - 1);
}

static void actor_restart(struct scenario_thread *t)
{
    const struct scenario_round *r = t->round;
    struct shot *x = &state(t)->shot[0];
    if (served(t))
        return;
    for (uint32_t i = 0; i < r->steps; i++) {
        shot_give(x);
        shot_start(t, x, soon(t));
        scenario_point(t, POINT_HOLDING);
        scenario_at(t, "restart");
        uint64_t later_ns = x->deadline_ns + SOON_NS;
        bool moved = ops(r)->restart(r->object, x->node, later_ns);
        if (moved)
            shot_await(t, x, i + 1);
        if (shot_cancel(t, x))
            scenario_broken(t, "restart said that it was not armed, but it was, or fired twice");
        if (ct_u32_load_relaxed(&x->fires) != i + 1)
            scenario_broken(t, "a timer that was restarted did not fire once");
        else if (cell_read(&x->at_ns) < (moved ? later_ns : x->deadline_ns))
            scenario_broken(t, "a timer fired before the deadline of its restart");
        scenario_did(t);
    }
    shut(t);
}

/* The function starts its timer again and again. */
static void actor_again(struct scenario_thread *t)
{
    struct shot *x = &state(t)->shot[0];
    if (served(t))
        return;
    for (uint32_t i = 0; i < t->round->steps; i++) {
        shot_give(x);
        shot_start(t, x, 0);
        scenario_point(t, POINT_HOLDING);
        bool cancelled = shot_cancel(t, x);
        uint32_t fires = ct_u32_load_relaxed(&x->fires);
        scenario_point(t, POINT_OUTSIDE);
        if (shot_cancel(t, x) || ct_u32_load_relaxed(&x->fires) != fires)
            scenario_broken(t, "a timer fired after its cancel had returned");
        if (!cancelled && fires % SELF_RESTARTS != 0)
            scenario_broken(t, "a cancel missed the start that a function made");
        x->starts = fires + ct_u32_load_relaxed(&x->cancels); /* the function's are counted here */
        scenario_did(t);
    }
    shut(t);
}

/* The service sleeps until one that never comes; then one comes soon. */
static void actor_sooner(struct scenario_thread *t)
{
    struct timer_state *s = state(t);
    if (served(t))
        return;
    for (uint32_t i = 0; i < t->round->steps; i++) {
        shot_start(t, &s->shot[1], CT_FOREVER);
        scenario_point(t, POINT_HOLDING);
        shot_give(&s->shot[0]);
        shot_start(t, &s->shot[0], 0);
        shot_await(t, &s->shot[0], i + 1);
        if (!shot_cancel(t, &s->shot[1]))
            scenario_broken(t, "a timer without end was not armed");
        scenario_did(t);
    }
    shut(t);
}

/* Each its own timer. */
static void actor_several(struct scenario_thread *t)
{
    unsigned starters = t->round->threads - 1;
    if (served(t))
        return;
    struct shot *x = &state(t)->shot[t->index];
    for (unsigned i = 0; i < t->round->steps; i++) {
        shot_give(x);
        shot_start(t, x, soon(t));
        if (i % 2 == t->index % 2)
            scenario_point(t, POINT_HOLDING);
        if (!shot_cancel(t, x))
            shot_look(t, x);
        scenario_did(t);
    }
    starter_done(t, starters);
}

/* The first shuts down while others start each their timer. */
static void actor_shutdown(struct scenario_thread *t)
{
    if (served(t))
        return;
    if (t->index == 0) {
        scenario_point(t, POINT_ASKING);
        shut(t);
        scenario_did(t);
        return;
    }
    struct shot *x = &state(t)->shot[t->index];
    int error = shot_start(t, x, t->index % 2 == 0 ? CT_FOREVER : 0);
    if (error != 0 && error != ECANCELED)
        scenario_broken(t, "a start failed otherwise than by the shutdown");
    scenario_did(t);
}

static void setup_destroy(struct scenario_round *r)
{
    lifetime_begin(&((struct timer_state *)r->state)->lifetime, r);
    setup(r);
}

static void actor_destroy(struct scenario_thread *t)
{
    struct timer_state *s = state(t);
    if (served(t))
        return;
    shot_start(t, &s->shot[0], 0); /* once it has fired, who serves is inside */
    shot_await(t, &s->shot[0], 1);
    shut(t);
    lifetime_end(&s->lifetime, t->round, ops(t->round)->destroy);
}

static const char *verdict_destroy(struct scenario_round *r)
{
    struct timer_state *s = r->state;
    return s->lie ? s->lie : lifetime_verdict(&s->lifetime, r);
}

/* clang-format off */
#define STATE .state_bytes = sizeof(struct timer_state)
static const struct scenario scenarios[] = {
    {.name = "fires-once", .claim = "a timer fires once, sees what its starter wrote, and is seen",
     .long_because = LONG_TIMERS, .threads_min = 2, .threads_max = 2, .steps = 5,
     STATE, .setup = setup, .actor = actor_once, .verdict = verdict},
    {.name = "never-early", .claim = "a timer never fires before its deadline",
     .long_because = LONG_TIMERS, .threads_min = 2, .threads_max = 2, .steps = 5, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup_timed, .actor = actor_once, .verdict = verdict},
    {.name = "cancel", .claim = "once cancel has returned the timer does not fire: it was stopped, or its function has returned",
     .long_because = LONG_TIMERS, .power = true, .threads_min = 2, .threads_max = 2, .steps = 10, .hold_ns = SOON_NS, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_cancel, .verdict = verdict},
    {.name = "cancel-race", .claim = "of several cancels of one start at most one is told that it stopped it, and none if it fired",
     .long_because = LONG_TIMERS, .power = true, .threads_min = 3, .threads_max = 3, .steps = 10, .hold_ns = SOON_NS, .model_threads = 3, .model_steps = 2,
     STATE, .setup = setup, .actor = actor_cancel_race, .verdict = verdict},
    {.name = "restart-race", .claim = "a timer that restart says it moved fires once, then; another has fired",
     .long_because = LONG_TIMERS, .threads_min = 2, .threads_max = 2, .steps = 5, .hold_ns = SOON_NS, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup_timed, .actor = actor_restart, .verdict = verdict},
    {.name = "restarts-itself", .claim = "cancel also stops a timer whose function starts it again",
     .threads_min = 2, .threads_max = 2, .steps = 10, .hold_ns = 2000, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup_again, .actor = actor_again, .verdict = verdict},
    {.name = "lost-wakeup", .claim = "a service that sleeps for a later deadline is roused for a sooner one",
     .long_because = LONG_TIMERS, .threads_min = 2, .threads_max = 2, .steps = 3, .hold_ns = 100000, .must_see = SEE_SLEEPS, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_sooner, .verdict = verdict},
    {.name = "several-starters", .claim = "timers of several threads fire or are cancelled, each for itself",
     .long_because = LONG_TIMERS, .threads_min = 3, .threads_max = SHOTS + 1, .steps = 10, .hold_ns = SOON_NS,
     STATE, .setup = setup, .actor = actor_several, .verdict = verdict},
    {.name = "shutdown", .claim = "shutdown counts every timer that it stopped, and none fires later",
     .threads_min = 3, .threads_max = SHOTS + 1, .steps = 1, .model_threads = 3, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_shutdown, .verdict = verdict},
    {.name = "own-threads", .claim = "a service with threads of its own fires all, and they have ended when shutdown returns",
     .long_because = LONG_THREADS, .threads_min = 1, .threads_max = 1, .steps = 5,
     STATE, .setup = setup_own_thread, .actor = actor_once, .verdict = verdict},
    {.name = "destroy", .claim = "once shutdown has returned the service may be destroyed at once",
     .threads_min = 2, .threads_max = 2, .steps = 1,
     STATE, .setup = setup_destroy, .actor = actor_destroy, .verdict = verdict_destroy},
};
/* clang-format on */

static const struct ct_impl *const impls[] = {CT_IMPLS_timer(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {CT_BROKEN_timer(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_timer = {
    .kind = "timer",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .release = release,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
