// SPDX-License-Identifier: MIT
#include "stress/model/engine.h"

#include "stress/model/alloc.h"
#include "stress/model/explore.h"
#include "support/fail.h"

#include <string.h>

struct engine engine = {.alone = true};

enum { START_NS = 1000000000 };

/* Nobody comes back to this fiber before it is prepared anew. */
_Noreturn static void end_execution(void)
{
    fiber_switch(&engine_thread()->fiber, &engine.main);
    __builtin_unreachable();
}

void engine_fail(const char *failure, const char *site)
{
    if (engine.alone)
        fail(EXIT_CHECK_FAILED, "model: in setup or verdict: %s (%s)", failure, site);
    engine.failure = failure;
    engine.failure_site = site;
    end_execution();
}

void model_panic(const char *what)
{
    engine_fail(what, engine.alone ? "" : engine_thread()->site);
}

struct event *engine_event(enum operation operation, unsigned location, enum model_order order,
                           const char *site)
{
    if (engine.events == EVENTS_MAX)
        return NULL;
    struct event *e = &engine.event[engine.events++];
    *e = (struct event){.site = site,
                        .thread = (uint8_t)engine.current,
                        .operation = (uint8_t)operation,
                        .order = (uint8_t)order,
                        .location = (uint8_t)location,
                        .until = NO_EVENT};
    return e;
}

/* Let a thread run to its next operation. It cannot disturb anybody: what it does until then is local
   to it, or a race that the clocks see whenever it happens. */
static void advance(struct fiber *here, unsigned thread)
{
    unsigned back = engine.current;
    engine.current = thread;
    engine.advancing_from = here;
    fiber_switch(here, &engine.thread[thread].fiber);
    engine.advancing_from = NULL;
    engine.current = back;
}

static void advance_woken(struct fiber *here, unsigned among)
{
    unsigned set;
    while ((set = engine.woken & among) != 0) {
        engine.woken &= ~(set & -set);
        advance(here, (unsigned)__builtin_ctz(set));
    }
}

void engine_wake(unsigned thread)
{
    struct model_thread *t = &engine.thread[thread];
    if (engine.recording && t->state != AWAITING && t->sleep_event < engine.events)
        engine.event[t->sleep_event].until = (uint16_t)engine.events;
    t->state = RUNNABLE;
    t->passed = engine.pauses;
    engine.runnable |= 1U << thread;
    engine.timed &= ~(1U << thread);
    engine.awaiting &= ~(1U << thread);
    engine.woken |= 1U << thread;
    explore_changed(thread);
}

void engine_time_limited(void)
{
    engine.timed |= 1U << engine.current;
    engine_thread()->location = NO_LOCATION;
    engine_thread()->effects = 0; /* wakes, stores and the clock's users all end or forget it */
}

/* Time passes until a sleeper's deadline, or past whatever an awaiter looked at the clock for. */
static void elapse(unsigned thread)
{
    struct model_thread *t = &engine.thread[thread];
    if (t->state == ASLEEP || t->state == ASLEEP_PI) {
        if (engine.now_ns < t->deadline_ns)
            engine.now_ns = t->deadline_ns;
        t->result = 1;
    } else {
        engine.now_ns += UINT64_C(1) << 42;
    }
    t->state = RUNNABLE;
    engine.runnable |= 1U << thread;
    engine.timed &= ~(1U << thread);
    engine.awaiting &= ~(1U << thread);
    engine.elapses++;
    explore_executed(NO_LOCATION, EVERYTHING);
}

/* Nobody can go on. A bounded wait would look again and give up, an unbounded one would not. */
static bool rescue(void)
{
    if (!engine.awaiting || engine.rescues == RESCUES_MAX)
        return false;
    if (engine.rescues++ == 0)
        engine.events_before_rescue = engine.events;
    for (unsigned rest = engine.awaiting; rest; rest &= rest - 1)
        engine_wake((unsigned)__builtin_ctz(rest));
    return true;
}

static const char *what_is_stuck(const char **site)
{
    for (unsigned i = 0; i < engine.program->threads; i++) {
        if (engine.thread[i].state == ASLEEP || engine.thread[i].state == ASLEEP_PI) {
            *site = engine.thread[i].site;
            return "deadlock or lost wake-up: a thread sleeps and nobody is left to wake it";
        }
    }
    *site = engine.thread[__builtin_ctz(engine.awaiting)].site;
    return "deadlock: a thread waits for a change and nobody is left to make it";
}

/* Of the threads that could go on, those that need not give way: a loop that pauses again and again
   while another thread waits for its turn would be a schedule that no machine keeps up for ever
   (Musuvathi & Qadeer, "Fair Stateless Model Checking", PLDI 2008). */
static unsigned fair(unsigned enabled)
{
    unsigned kept = enabled;
    for (unsigned rest = enabled; rest; rest &= rest - 1) {
        unsigned t = (unsigned)__builtin_ctz(rest);
        for (unsigned others = enabled & ~(1U << t); others; others &= others - 1) {
            unsigned o = (unsigned)__builtin_ctz(others);
            if ((uint8_t)(engine.pauses.of[t] - engine.thread[o].passed.of[t]) >= PATIENCE)
                kept &= ~(1U << t);
        }
    }
    return kept ? kept : enabled;
}

/* Called on the fiber of a thread that stopped; returns when that thread goes on. */
static void schedule(void)
{
    unsigned me = engine.current;
    struct fiber *here = &engine.thread[me].fiber;
    unsigned everybody = (1U << engine.program->threads) - 1;
    unsigned enabled;
    for (;;) {
        advance_woken(here, ~(1U << me));
        if (engine.woken) { /* me: it is on its own fiber already, and comes back before it acts */
            engine.woken = 0;
            return;
        }
        enabled = engine.runnable;
        if (!enabled || engine.elapses < ELAPSES_MAX)
            enabled |= engine.timed;
        if (enabled)
            break;
        if (engine.ended == everybody)
            end_execution();
        if (!rescue()) {
            if (engine.rescues)
                engine.events = engine.events_before_rescue; /* the last looks tell nothing */
            const char *site, *failure = what_is_stuck(&site);
            engine_fail(failure, site);
        }
    }
    if (++engine.steps > STEPS_MAX)
        engine_fail("livelock: the threads do not come to an end", engine.thread[me].site);
    if (engine.steps == STEPS_DRIFT)
        explore_drift();
    if (engine.pauses.all)
        enabled = fair(enabled);
    int picked = explore_pick(enabled, me);
    if (picked < 0) {
        engine.pruned = true;
        end_execution();
    }
    unsigned next = (unsigned)picked;
    engine.thread[next].passed = engine.pauses;
    if (engine.timed >> next & 1)
        elapse(next);
    if (next != me) {
        engine.current = next;
        fiber_switch(here, &engine.thread[next].fiber);
    }
}

/* On the fiber of a thread that runs again. */
static void resume(void)
{
    memory.epoch =
        engine.recording ? NO_EPOCH : memory_epoch(&engine_thread()->know, engine.current);
}

void engine_leave(void)
{
    const struct model_thread *t = engine_thread();
    if (engine.advancing_from) {
        fiber_switch(&engine_thread()->fiber, engine.advancing_from);
    } else {
        if (t->broken && *t->broken)
            engine_fail(*t->broken, t->site);
        schedule();
    }
    resume();
}

void engine_point(enum operation operation, unsigned location, unsigned effects, const char *site)
{
    struct model_thread *t = engine_thread();
    t->operation = operation;
    t->location = location;
    t->effects = effects;
    t->site = site;
    engine_leave();
    knowledge_add(&t->know,
                  operation); /* that it came so far, even if the operation tells nothing */
    /* a wake-up only names the address */
    if (operation != OP_WAKE && location < LOCATIONS_MAX && memory.gone >> location & 1)
        engine_fail("memory: used after it was freed", site);
}

static void entry(void)
{
    unsigned me = engine.current;
    resume();
    engine.program->body(engine.program->context, me);
    engine.thread[me].state = ENDED;
    engine.runnable &= ~(1U << me);
    engine.ended |= 1U << me;
    engine_leave();
    __builtin_unreachable();
}

static void begin(const struct program *p)
{
    engine.program = p;
    engine.runnable = engine.awaiting = engine.timed = engine.woken = engine.ended = 0;
    engine.steps = engine.elapses = engine.spurious = engine.rescues = 0;
    engine.membarrier = UNASKED;
    engine.now_ns = START_NS;
    engine.plain_changes = 0;
    memset(engine.own_plain_changes, 0, sizeof engine.own_plain_changes);
    engine.failure = engine.failure_site = NULL;
    engine.pruned = false;
    engine.pauses.all = 0;
    engine.events = 0;
    engine.current = 0;
    engine.advancing_from = NULL;
    memory_begin();
    alloc_begin();
    explore_begin(p->threads);
    engine.alone = true;
    p->setup(p->context);
    for (unsigned i = 0; i < p->threads; i++) {
        struct model_thread *t = &engine.thread[i];
        if (!t->fiber.stack)
            fiber_create(&t->fiber);
        fiber_prepare(&t->fiber, entry);
        t->broken = p->broken(p->context, i);
        t->state = RUNNABLE;
        t->read_locations = 0;
        t->read_clock = t->read_plain = false;
        t->plain_changes = 0;
        t->idle_pauses = 0;
        t->passed.all = 0;
        t->restartable = t->restart = false;
        knowledge_begin(&t->know, i);
    }
}

enum outcome execute(const struct program *p)
{
    begin(p);
    engine.alone = false;
    engine.runnable = engine.woken = (1U << p->threads) - 1;
    advance_woken(&engine.main, ~0U);
    if (!engine.failure && engine.runnable) {
        int first = explore_pick(engine.runnable, 0);
        engine.current = (unsigned)first;
        engine.steps++;
        fiber_switch(&engine.main, &engine.thread[first].fiber);
    }
    engine.alone = true;
    memory.epoch = NO_EPOCH;
    enum outcome outcome = engine.failure ? FAILED : engine.pruned ? PRUNED : COMPLETE;
    if (outcome == COMPLETE && ((engine.failure = p->verdict(p->context)) != NULL ||
                                (engine.failure = alloc_verdict()) != NULL))
        outcome = FAILED;
    memory_end();
    return outcome;
}
