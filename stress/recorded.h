// SPDX-License-Identifier: MIT
/* recorded.h - the scenario "linearizable" of every kind that has a sequential specification: actors do
   whatever comes to mind and record it, the verdict looks for an order that explains it. */
#ifndef STRESS_RECORDED_H
#define STRESS_RECORDED_H

#include "stress/linear.h"
#include "stress/scenario.h"

#include <contend/wait.h>

/* What a row says of it; name is of those below. */
#define RECORDED(name)                                                                             \
    .recorded = true, .long_because = LONG_HISTORY, .setup = recorded_##name##_setup,              \
    .actor = recorded_##name##_actor, .verdict = recorded_##name##_verdict

#define RECORDED_DECLARE(name)                                                                     \
    void recorded_##name##_setup(struct scenario_round *r);                                        \
    void recorded_##name##_actor(struct scenario_thread *t);                                       \
    const char *recorded_##name##_verdict(struct scenario_round *r);
RECORDED_DECLARE(mutex)
RECORDED_DECLARE(rwlock)
RECORDED_DECLARE(semaphore)
RECORDED_DECLARE(bounded_semaphore)
RECORDED_DECLARE(event)
RECORDED_DECLARE(event_auto)
RECORDED_DECLARE(spsc_queue)
RECORDED_DECLARE(queue)

/* Every actor but the verdict's call stops where there would be no room. */
static inline bool recorded_room(const struct scenario_thread *t, unsigned calls)
{
    return history_room(t->round->history, t->index, calls + 1);
}

static inline struct history_call *recorded_ask(struct scenario_thread *t,
                                                const struct linear_spec *spec, uint8_t what,
                                                uint32_t argument)
{
    scenario_at(t, spec->operations[what].name);
    scenario_point(t, POINT_ASKING);
    return history_call(t->round->history, t->index, what, argument);
}

static inline bool recorded_answer(struct scenario_thread *t, struct history_call *c, int error,
                                   uint32_t got)
{
    history_return(c, error, got);
    scenario_did(t);
    scenario_at(t, "outside");
    t->contended += error != 0;
    return error == 0;
}

/* Passed, or about to. */
static inline uint64_t recorded_deadline_ns(struct scenario_thread *t)
{
    return rng_next(&t->rng) & 1 ? 1 : ct_now_ns() + rng_below(&t->rng, 20000);
}

/* After the actors: one more call, by the first. */
static inline struct history_call *recorded_last(struct scenario_round *r, uint8_t what)
{
    return history_call(r->history, 0, what, 0);
}

#endif
