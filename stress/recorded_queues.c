// SPDX-License-Identifier: MIT
/* recorded_queues.c - recorded calls of every kind of queue. */
#include "stress/queue.h"
#include "stress/recorded.h"

static const struct linear_spec *claimed_spec(const struct scenario_round *r)
{
    const struct ct_queue_ops *o = r->ops;
    return o->impl.traits & CT_UNORDERED ? &linear_queue_unordered : &linear_queue_claimed;
}

/* By trying or, where offered, by waiting for a while. */
static bool waits(struct scenario_thread *t)
{
    const struct ct_queue_ops *o = t->round->ops;
    return o->push && rng_below(&t->rng, 3) == 0;
}

static bool push(struct scenario_thread *t, const struct linear_spec *spec, uint32_t number)
{
    const struct ct_queue_ops *o = t->round->ops;
    uint64_t item = number;
    bool waiting = waits(t);
    uint64_t deadline_ns = waiting ? recorded_deadline_ns(t) : 0;
    struct history_call *c = recorded_ask(t, spec, waiting ? QUEUE_PUSH : QUEUE_TRY_PUSH, number);
    int error = waiting ? o->push(t->round->object, &item, sizeof item, deadline_ns)
                        : o->try_push(t->round->object, &item, sizeof item);
    return recorded_answer(t, c, error, 0);
}

static void pop(struct scenario_thread *t, const struct linear_spec *spec)
{
    const struct ct_queue_ops *o = t->round->ops;
    uint64_t item = 0;
    bool waiting = waits(t);
    uint64_t deadline_ns = waiting ? recorded_deadline_ns(t) : 0;
    struct history_call *c = recorded_ask(t, spec, waiting ? QUEUE_POP : QUEUE_TRY_POP, 0);
    int error = waiting ? o->pop(t->round->object, &item, sizeof item, deadline_ns)
                        : o->try_pop(t->round->object, &item, sizeof item);
    recorded_answer(t, c, error, error ? 0 : (uint32_t)item);
}

static void close_queue(struct scenario_thread *t, const struct linear_spec *spec)
{
    const struct ct_queue_ops *o = t->round->ops;
    struct history_call *c = recorded_ask(t, spec, QUEUE_CLOSE, 0);
    o->close(t->round->object);
    recorded_answer(t, c, 0, 0);
}

/* pushes_of_4: how many of four calls push. The first thread closes the queue in every other round. */
static void act(struct scenario_thread *t, const struct linear_spec *spec, unsigned pushes_of_4)
{
    const struct ct_queue_ops *o = t->round->ops;
    unsigned steps = t->round->steps, pushed = 0;
    unsigned closes = t->index == 0 && o->close ? (unsigned)rng_below(&t->rng, 2 * steps) : steps;
    for (unsigned i = 0; i < steps && recorded_room(t, 2); i++) {
        if (i == closes)
            close_queue(t, spec);
        else if (rng_below(&t->rng, 4) < pushes_of_4)
            pushed += push(t, spec, linear_item(t->index, pushed));
        else
            pop(t, spec);
        scenario_point(t, POINT_HOLDING);
    }
}

/* What is left comes out. */
static const char *verdict(struct scenario_round *r, const struct linear_spec *spec)
{
    const struct ct_queue_ops *o = r->ops;
    for (int error = 0; !error && history_room(r->history, 0, 1);) {
        uint64_t item = 0;
        struct history_call *c = recorded_last(r, QUEUE_TRY_POP);
        error = o->try_pop(r->object, &item, sizeof item);
        history_return(c, error, error ? 0 : (uint32_t)item);
    }
    return linear_verdict(spec, r->history);
}

static void setup(struct scenario_round *r)
{
    const struct queue_state *s = r->state;
    queue_setup_two_places(r);
    r->history->limit = s->capacity;
}

void recorded_spsc_queue_setup(struct scenario_round *r)
{
    setup(r);
}

/* Two ends that are refused, each because it does not see the other's last call yet, fit no order (store
   buffering). The clock's barriers lie between two calls of an end; where they are missing, a call on the
   other side that did not happen before excuses a refusal. */
static const struct linear_spec *const pair_spec =
    STAMP_IS_GLOBAL ? &linear_queue : &linear_queue_claimed;

void recorded_spsc_queue_actor(struct scenario_thread *t)
{
    act(t, pair_spec, t->index == 0 ? 4 : 0);
}

const char *recorded_spsc_queue_verdict(struct scenario_round *r)
{
    return verdict(r, pair_spec);
}

void recorded_queue_setup(struct scenario_round *r)
{
    setup(r);
}

/* Half of the threads rather push, the others rather pop. */
void recorded_queue_actor(struct scenario_thread *t)
{
    act(t, claimed_spec(t->round), t->index % 2 == 0 ? 3 : 1);
}

const char *recorded_queue_verdict(struct scenario_round *r)
{
    return verdict(r, claimed_spec(r));
}
