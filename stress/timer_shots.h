// SPDX-License-Identifier: MIT
/* timer_shots.h - what scenarios of timers start: shots, which note how often and when they were fired, and
   what their starter and the round's end must find. */
#ifndef STRESS_TIMER_SHOTS_H
#define STRESS_TIMER_SHOTS_H

#include "stress/lifetime.h"

#include <contend/timer.h>
#include <contend/wait.h>

enum { SHOTS = 4, SELF_RESTARTS = 3, SOON_NS = 20000 };

struct shot {
    _Alignas(max_align_t) unsigned char node[CT_TIMER_NODE_BYTES_MAX];
    struct timer_state *state;
    struct ct_u32 fires, cancels; /* how often it was fired; cancels that said true */
    uint32_t starts;
    struct cell given, made, at_ns; /* written by the starter; by the function */
    uint64_t deadline_ns;
};

struct timer_state {
    const struct scenario_round *round;
    struct shot shot[SHOTS];
    struct ct_u32 done; /* starters that are */
    uint32_t armed;     /* at shutdown, as it says */
    bool timed;         /* functions read the clock */
    bool shut;
    const char *lie; /* what setup found */
    struct lifetime lifetime;
};

static inline const struct ct_timer_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static inline struct timer_state *state(const struct scenario_thread *t)
{
    return t->round->state;
}

static inline void shot_fire(void *argument, uint64_t late_ns)
{
    struct shot *x = argument;
    (void)late_ns;
    if (x->state->timed)
        cell_write(&x->at_ns, ct_now_ns());
    cell_write(&x->made, cell_read(&x->given) + 1);
    ct_u32_add_release(&x->fires, 1);
}

/* Starts itself again, until it has fired often enough. */
static inline void shot_fire_again(void *argument, uint64_t late_ns)
{
    struct shot *x = argument;
    const struct scenario_round *r = x->state->round;
    shot_fire(argument, late_ns);
    if (ct_u32_load_relaxed(&x->fires) % SELF_RESTARTS != 0)
        (void)ops(r)->start(r->object, x->node, 0);
}

static inline uint64_t soon(struct scenario_thread *t)
{
    return ct_now_ns() + rng_below(&t->rng, SOON_NS);
}

/* 0 or start's error. */
static inline int shot_start(struct scenario_thread *t, struct shot *x, uint64_t deadline_ns)
{
    scenario_at(t, "start");
    scenario_point(t, POINT_ASKING);
    x->deadline_ns = deadline_ns;
    int error = ops(t->round)->start(t->round->object, x->node, deadline_ns);
    x->starts += error == 0;
    return error;
}

static inline bool shot_cancel(struct scenario_thread *t, struct shot *x)
{
    scenario_at(t, "cancel");
    bool cancelled = ops(t->round)->cancel(t->round->object, x->node);
    if (cancelled)
        ct_u32_add_relaxed(&x->cancels, 1);
    return cancelled;
}

/* By the starter, after a new start: tell the function something new. */
static inline void shot_give(struct shot *x)
{
    cell_write(&x->given, x->starts + UINT64_C(1));
}

/* Its function's effects are there. */
static inline void shot_look(struct scenario_thread *t, struct shot *x)
{
    if (cell_read(&x->made) != cell_read(&x->given) + 1)
        scenario_broken(t, "what the function wrote is not there");
}

static inline void shot_await(struct scenario_thread *t, struct shot *x, uint32_t fires)
{
    scenario_at(t, "wait for it to fire");
    while (ct_u32_load_acquire(&x->fires) < fires) {
        ct_pause();
        ct_yield();
    }
}

static inline void shut(struct scenario_thread *t)
{
    struct timer_state *s = state(t);
    scenario_point(t, POINT_LEAVING);
    scenario_at(t, "shutdown");
    s->armed = ops(t->round)->shutdown(t->round->object);
    s->shut = true;
    scenario_at(t, "after shutdown");
    if (ops(t->round)->start(t->round->object, s->shot[0].node, 0) != ECANCELED)
        scenario_broken(t, "a start after shutdown was accepted");
}

/* The last of so many starters shuts down. */
static inline void starter_done(struct scenario_thread *t, uint32_t starters)
{
    if (ct_u32_add_acqrel(&state(t)->done, 1) + 1 == starters)
        shut(t);
}

/* Is the thread the last of several, which serves? Where only the service's own threads can, there is
   nothing to do. */
static inline bool served(struct scenario_thread *t)
{
    const struct scenario_round *r = t->round;
    if (r->threads == 1 || t->index + 1 != r->threads)
        return false;
    scenario_at(t, "serve");
    if (ops(r)->serve && ops(r)->serve(r->object) != 0)
        scenario_broken(t, "the service has a thread already");
    scenario_did(t);
    return true;
}

static inline void setup_with(struct scenario_round *r, ct_timer_function *function,
                              bool own_thread)
{
    struct timer_state *s = r->state;
    uint32_t shots = r->threads < SHOTS ? r->threads : SHOTS;
    s->round = r;
    if (ops(r)->init(r->object, SHOTS, own_thread) != 0)
        s->lie = "init failed";
    for (uint32_t i = 0; i < shots; i++) {
        s->shot[i].state = s;
        if (ops(r)->open(r->object, s->shot[i].node, function, &s->shot[i]) != 0)
            s->lie = "open failed";
    }
}

static inline void setup(struct scenario_round *r)
{
    setup_with(r, shot_fire, !ops(r)->serve);
}

static inline void setup_timed(struct scenario_round *r)
{
    ((struct timer_state *)r->state)->timed = true;
    setup(r);
}

static inline void setup_again(struct scenario_round *r)
{
    setup_with(r, shot_fire_again, !ops(r)->serve);
}

static inline void setup_own_thread(struct scenario_round *r)
{
    ((struct timer_state *)r->state)->timed = true;
    setup_with(r, shot_fire, true);
}

static inline void release(struct scenario_round *r)
{
    struct timer_state *s = r->state;
    if (!s->shut)
        (void)ops(r)->shutdown(r->object);
    lifetime_release(&s->lifetime, r, ops(r)->destroy);
}

/* Each start fired, was cancelled, or was armed at shutdown; nothing else fired. */
static inline const char *verdict(struct scenario_round *r)
{
    struct timer_state *s = r->state;
    uint32_t left = 0;
    for (unsigned i = 0; i < SHOTS; i++) {
        struct shot *x = &s->shot[i];
        uint32_t ended = ct_u32_load_relaxed(&x->fires) + ct_u32_load_relaxed(&x->cancels);
        if (ended > x->starts)
            return "a timer fired more often than it was started, less its cancels";
        left += x->starts - ended;
    }
    if (left != s->armed)
        return "a timer neither fired nor was cancelled, nor was it armed at shutdown";
    return s->lie;
}

/* Offers all operations and does nothing in them. */
static int nothing_init(void *s, uint32_t timers, bool own_thread)
{
    (void)s, (void)timers, (void)own_thread;
    return 0;
}

static int nothing_open(void *s, void *timer, ct_timer_function *function, void *argument)
{
    (void)s, (void)timer, (void)function, (void)argument;
    return 0;
}

static void nothing_close(void *s, void *timer)
{
    (void)s, (void)timer;
}

static int nothing_start(void *s, void *timer, uint64_t deadline_ns)
{
    (void)s, (void)timer, (void)deadline_ns;
    return 0;
}

static bool nothing_restart(void *s, void *timer, uint64_t deadline_ns)
{
    (void)s, (void)timer, (void)deadline_ns;
    return false;
}

static bool nothing_cancel(void *s, void *timer)
{
    (void)s, (void)timer;
    return false;
}

static int nothing_serve(void *s)
{
    (void)s;
    return 0;
}

static uint32_t nothing_shutdown(void *s)
{
    (void)s;
    return 0;
}

static void nothing_destroy(void *s)
{
    (void)s;
}

static const struct ct_timer_ops nothing = {
    .impl = {.kind = "timer",
             .name = "no-timer",
             .summary = "fires nothing: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1,
             .node_bytes = 1},
    .init = nothing_init,
    .destroy = nothing_destroy,
    .open = nothing_open,
    .close = nothing_close,
    .start = nothing_start,
    .restart = nothing_restart,
    .cancel = nothing_cancel,
    .serve = nothing_serve,
    .shutdown = nothing_shutdown,
};

#endif
