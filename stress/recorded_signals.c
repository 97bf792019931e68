// SPDX-License-Identifier: MIT
/* recorded_signals.c - recorded calls of semaphores, bounded ones, and events. */
#include "stress/recorded.h"

#include <contend/bounded_semaphore.h>
#include <contend/event.h>
#include <contend/semaphore.h>

/* Both kinds of semaphore offer these. */
struct semaphore_calls {
    const struct linear_spec *spec;
    void (*wait)(void *s);
    bool (*trywait)(void *s);
    int (*timedwait)(void *s, uint64_t deadline_ns);
    int (*post)(void *s, uint32_t n);
    uint32_t (*value)(const void *s);
};

static struct semaphore_calls calls_of_semaphore(const struct scenario_round *r)
{
    const struct ct_semaphore_ops *o = r->ops;
    return (struct semaphore_calls){&linear_semaphore, o->wait, o->trywait,
                                    o->timedwait,      o->post, o->value};
}

static struct semaphore_calls calls_of_bounded(const struct scenario_round *r)
{
    const struct ct_bounded_semaphore_ops *o = r->ops;
    return (struct semaphore_calls){
        &linear_bounded_semaphore, o->wait, o->trywait, o->timedwait, o->post, o->value};
}

/* True: not refused. */
static bool call_semaphore(struct scenario_thread *t, const struct semaphore_calls *o,
                           enum linear_semaphore_operation what, uint32_t n)
{
    void *s = t->round->object;
    int error = 0;
    uint32_t got = 0;
    uint64_t deadline_ns = what == SEMAPHORE_TIMEDWAIT ? recorded_deadline_ns(t) : 0;
    struct history_call *c = recorded_ask(t, o->spec, (uint8_t)what, n);
    switch (what) {
    case SEMAPHORE_WAIT:
        o->wait(s);
        break;
    case SEMAPHORE_TRYWAIT:
        error = o->trywait(s) ? 0 : EAGAIN;
        break;
    case SEMAPHORE_TIMEDWAIT:
        error = o->timedwait(s, deadline_ns);
        break;
    case SEMAPHORE_POST:
        error = o->post(s, n);
        break;
    case SEMAPHORE_VALUE:
        got = o->value(s);
        break;
    }
    return recorded_answer(t, c, error, got);
}

/* Who has a permit does not wait for another, and gives up none that could be the last: so there is one
   for who waits. A post of several may come in several steps, so posts are of one. */
static void act_on_semaphore(struct scenario_thread *t, const struct semaphore_calls *o)
{
    static const enum linear_semaphore_operation often[] = {SEMAPHORE_WAIT,      SEMAPHORE_TRYWAIT,
                                                            SEMAPHORE_TIMEDWAIT, SEMAPHORE_POST,
                                                            SEMAPHORE_POST,      SEMAPHORE_VALUE};
    unsigned has = 0;
    for (unsigned i = 0; i < t->round->steps && recorded_room(t, 2 + has); i++) {
        enum linear_semaphore_operation what =
            often[rng_below(&t->rng, sizeof often / sizeof *often)];
        if (what == SEMAPHORE_TIMEDWAIT && !o->timedwait)
            what = SEMAPHORE_TRYWAIT;
        if (what == SEMAPHORE_WAIT && has)
            what = SEMAPHORE_POST;
        bool done = call_semaphore(t, o, what, what == SEMAPHORE_POST);
        if (what == SEMAPHORE_POST)
            has -= has > 0; /* if it was refused as well: then all are there */
        else if (done && what != SEMAPHORE_VALUE)
            has++;
        scenario_point(t, POINT_HOLDING);
    }
    for (; has > 0; has--)
        call_semaphore(t, o, SEMAPHORE_POST, 1);
}

static const char *verdict_of_semaphore(struct scenario_round *r, const struct semaphore_calls *o)
{
    struct history_call *c = recorded_last(r, SEMAPHORE_VALUE);
    uint32_t value = o->value(r->object);
    history_return(c, 0, value);
    return linear_verdict(o->spec, r->history);
}

void recorded_semaphore_setup(struct scenario_round *r)
{
    const struct ct_semaphore_ops *o = r->ops;
    o->init(r->object, 1);
    r->history->start = 1;
    r->history->limit = CT_SEMAPHORE_VALUE_MAX;
}

void recorded_semaphore_actor(struct scenario_thread *t)
{
    struct semaphore_calls o = calls_of_semaphore(t->round);
    act_on_semaphore(t, &o);
}

const char *recorded_semaphore_verdict(struct scenario_round *r)
{
    struct semaphore_calls o = calls_of_semaphore(r);
    return verdict_of_semaphore(r, &o);
}

void recorded_bounded_semaphore_setup(struct scenario_round *r)
{
    const struct ct_bounded_semaphore_ops *o = r->ops;
    r->history->start = r->history->limit = 2;
    o->init(r->object, r->history->start, r->history->limit);
}

void recorded_bounded_semaphore_actor(struct scenario_thread *t)
{
    struct semaphore_calls o = calls_of_bounded(t->round);
    act_on_semaphore(t, &o);
}

const char *recorded_bounded_semaphore_verdict(struct scenario_round *r)
{
    struct semaphore_calls o = calls_of_bounded(r);
    return verdict_of_semaphore(r, &o);
}

static void call_event(struct scenario_thread *t, const struct linear_spec *spec,
                       enum linear_event_operation what)
{
    const struct ct_event_ops *o = t->round->ops;
    void *e = t->round->object;
    int error = 0;
    uint32_t got = 0;
    uint64_t deadline_ns = what == EVENT_TIMEDWAIT ? recorded_deadline_ns(t) : 0;
    struct history_call *c = recorded_ask(t, spec, (uint8_t)what, 0);
    switch (what) {
    case EVENT_SET:
        o->set(e);
        break;
    case EVENT_CLEAR:
        o->clear(e);
        break;
    case EVENT_WAIT:
        o->wait(e);
        break;
    case EVENT_TIMEDWAIT:
        error = o->timedwait(e, deadline_ns);
        break;
    case EVENT_IS_SET:
        got = o->is_set(e);
        break;
    }
    recorded_answer(t, c, error, got);
    t->contended += what == EVENT_IS_SET && !got;
}

/* The last thing that everybody does is to set it, so the first may wait then: who takes that or clears
   it will set it again. */
static void act_on_event(struct scenario_thread *t, const struct linear_spec *spec)
{
    static const enum linear_event_operation often[] = {EVENT_SET, EVENT_SET, EVENT_CLEAR,
                                                        EVENT_TIMEDWAIT, EVENT_IS_SET};
    const struct ct_event_ops *o = t->round->ops;
    for (unsigned i = 1; i < t->round->steps && recorded_room(t, 2); i++) {
        enum linear_event_operation what = often[rng_below(&t->rng, sizeof often / sizeof *often)];
        call_event(t, spec, what == EVENT_TIMEDWAIT && !o->timedwait ? EVENT_IS_SET : what);
        scenario_point(t, POINT_HOLDING);
    }
    call_event(t, spec, EVENT_SET);
    if (t->index == 0)
        call_event(t, spec, EVENT_WAIT);
}

static const char *verdict_of_event(struct scenario_round *r, const struct linear_spec *spec)
{
    const struct ct_event_ops *o = r->ops;
    struct history_call *c = recorded_last(r, EVENT_IS_SET);
    bool set = o->is_set(r->object);
    history_return(c, 0, set);
    return linear_verdict(spec, r->history);
}

void recorded_event_setup(struct scenario_round *r)
{
    const struct ct_event_ops *o = r->ops;
    o->init(r->object);
}

void recorded_event_actor(struct scenario_thread *t)
{
    act_on_event(t, &linear_event);
}

const char *recorded_event_verdict(struct scenario_round *r)
{
    return verdict_of_event(r, &linear_event);
}

void recorded_event_auto_setup(struct scenario_round *r)
{
    const struct ct_event_ops *o = r->ops;
    o->init_auto(r->object);
}

void recorded_event_auto_actor(struct scenario_thread *t)
{
    act_on_event(t, &linear_event_auto);
}

const char *recorded_event_auto_verdict(struct scenario_round *r)
{
    return verdict_of_event(r, &linear_event_auto);
}
