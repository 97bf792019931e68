// SPDX-License-Identifier: MIT
/* Scenarios of the event kind. Actors and verdicts run unchanged under the model; protected data are
   cells. */
#include "stress/lifetime.h"
#include "stress/recorded.h"
#include "stress/words.h"

#include <contend/event.h>
#include <contend/wait.h>

#include "contend_broken.h"
#include "contend_impls.h"

/* The gaps between pulses double: from the first to the last they leave a waiter about a second for its
   first look at the event. */
enum { PULSES = 14, PULSE_GAP_NS = 50000 };

enum event_needs { NEEDS_MANUAL = 1, NEEDS_AUTO = 2, NEEDS_TIMED = 4 };

struct event_state {
    bool auto_reset;
    struct words words;     /* of who got through an auto event */
    struct cell message;    /* written before a set */
    struct ct_u32 answered; /* turns: messages read */
    struct ct_u32 announced;
    struct ct_u32 through; /* pulses: waiters that a set reached */
    struct ct_u64 set_ns;  /* deadline: when set had returned */
    struct lifetime lifetime;
};

static const struct ct_event_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static struct event_state *state(const struct scenario_thread *t)
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
    scenario_at(t, "let through");
    scenario_point(t, POINT_ENTERED);
}

static void wait_for(struct scenario_thread *t)
{
    asking(t, "wait");
    ops(t->round)->wait(t->round->object);
    entered(t);
}

static int timed_wait_for(struct scenario_thread *t, uint64_t deadline_ns)
{
    asking(t, "timedwait");
    int error = ops(t->round)->timedwait(t->round->object, deadline_ns);
    if (error == 0)
        entered(t);
    else if (error != ETIMEDOUT)
        scenario_broken(t, "timedwait returned neither 0 nor ETIMEDOUT");
    else if (ct_now_ns() < deadline_ns)
        scenario_broken(t, "timedwait returned ETIMEDOUT before its deadline");
    return error;
}

static uint64_t soon_ns(struct scenario_thread *t)
{
    return ct_now_ns() + 10000 + rng_below(&t->rng, 50000);
}

static void set(struct scenario_thread *t)
{
    scenario_point(t, POINT_LEAVING);
    scenario_at(t, "set");
    ops(t->round)->set(t->round->object);
    scenario_at(t, "outside");
    scenario_point(t, POINT_OUTSIDE);
}

static void clear(struct scenario_thread *t)
{
    scenario_at(t, "clear");
    ops(t->round)->clear(t->round->object);
    scenario_at(t, "outside");
}

static void setup_manual(struct scenario_round *r)
{
    ops(r)->init(r->object);
}

static void setup_auto(struct scenario_round *r)
{
    struct event_state *s = r->state;
    s->auto_reset = true;
    ops(r)->init_auto(r->object);
}

static void setup_lock(struct scenario_round *r)
{
    setup_auto(r);
    ops(r)->set(r->object);
}

static void release(struct scenario_round *r)
{
    struct event_state *s = r->state;
    lifetime_release(&s->lifetime, r, ops(r)->destroy);
}

static const char *verdict_held(struct scenario_round *r)
{
    (void)r;
    return NULL; /* the actors have seen all there is to see */
}

static const char *verdict_counted(struct scenario_round *r)
{
    const struct event_state *s = r->state;
    if (!words_complete(&s->words, r))
        return "updates made by the one that a set let through were lost";
    return ops(r)->is_set(r->object) ? NULL : "a set that nobody took was gone at the end";
}

static void read_message(struct scenario_thread *t, uint64_t expected)
{
    if (cell_read(&state(t)->message) != expected)
        scenario_broken(t, "what was written before the set was not seen");
}

/* The first writes and sets, once. */
static void actor_release_all(struct scenario_thread *t)
{
    if (t->index == 0) {
        scenario_point(t, POINT_HOLDING);
        cell_write(&state(t)->message, 1);
        set(t);
    } else {
        if (ops(t->round)->is_set(t->round->object))
            read_message(t, 1);
        wait_for(t);
        read_message(t, 1);
        if (!ops(t->round)->is_set(t->round->object))
            scenario_broken(t, "is_set was false although nobody cleared what was set");
        wait_for(t);
    }
    scenario_did(t);
}

/* The first writes and sets, the second reads, clears what does not clear itself, and answers. */
static void actor_turns(struct scenario_thread *t)
{
    struct event_state *s = state(t);
    for (unsigned i = 1; i <= t->round->steps; i++) {
        if (t->index == 0) {
            scenario_point(t, POINT_HOLDING);
            cell_write(&s->message, i);
            set(t);
            while (ct_u32_load_acquire(&s->answered) != i) {
                ct_pause();
                scenario_point(t, POINT_TURN);
            }
        } else {
            wait_for(t);
            read_message(t, i);
            if (!s->auto_reset)
                clear(t);
            ct_u32_store_release(&s->answered, i);
        }
        scenario_did(t);
    }
}

/* The first announces, and goes on to the next. The second sleeps while there is nothing new: it clears
   first and looks then. The announcement itself orders nothing: the event must. */
static void actor_announce(struct scenario_thread *t)
{
    struct event_state *s = state(t);
    unsigned last = t->round->steps;
    if (t->index == 0) {
        for (unsigned i = 1; i <= last; i++) {
            ct_u32_store_relaxed(&s->announced, i);
            set(t);
            scenario_did(t);
        }
        return;
    }
    while (ct_u32_load_relaxed(&s->announced) != last) {
        wait_for(t);
        if (!s->auto_reset)
            clear(t);
        scenario_did(t);
    }
}

/* The first sets and clears at once, until all were let through; who waits already must be by the
   next pulse, and the last comes long after that. */
static void actor_pulses(struct scenario_thread *t)
{
    struct event_state *s = state(t);
    if (t->index != 0) {
        wait_for(t);
        ct_u32_add_relaxed(&s->through, 1);
        scenario_did(t);
        return;
    }
    uint64_t gap_ns = PULSE_GAP_NS;
    for (unsigned i = 0; ct_u32_load_relaxed(&s->through) != t->round->threads - 1; i++) {
        if (i == PULSES) {
            scenario_broken(t, "a waiter slept through sets that were cleared at once");
            set(t);
            break;
        }
        set(t);
        clear(t);
        uint64_t next_ns = ct_now_ns() + gap_ns;
        gap_ns *= 2;
        while (ct_u32_load_relaxed(&s->through) != t->round->threads - 1 && ct_now_ns() < next_ns)
            scenario_point(t, POINT_TURN);
    }
    scenario_did(t);
}

/* An auto event that is set, for all to take and to set again, is a lock. */
static void actor_lock(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        wait_for(t);
        words_use(&state(t)->words, t);
        set(t);
        scenario_did(t);
    }
}

static void actor_timed_lock(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        bool through = true;
        if ((i + t->index) % 2 == 0)
            through = timed_wait_for(t, soon_ns(t)) == 0;
        else
            wait_for(t);
        if (through) {
            words_use(&state(t)->words, t);
            set(t);
        }
        scenario_did(t);
    }
}

/* The first sets, once. tally is the deadline of who timed out. */
static void actor_timedwait(struct scenario_thread *t)
{
    struct event_state *s = state(t);
    if (t->index == 0) {
        scenario_point(t, POINT_HOLDING);
        cell_write(&s->message, 1);
        set(t);
        ct_u64_store_relaxed(&s->set_ns, ct_now_ns());
    } else {
        uint64_t deadline_ns = soon_ns(t);
        if (timed_wait_for(t, deadline_ns) != 0) {
            t->tally = deadline_ns;
            wait_for(t);
        }
        read_message(t, 1);
    }
    scenario_did(t);
}

/* Not for the model: its clock orders no memory accesses. */
static const char *verdict_deadline(struct scenario_round *r)
{
    const struct event_state *s = r->state;
    uint64_t set_ns = ct_u64_load_relaxed(&s->set_ns);
    for (unsigned i = 1; i < r->threads; i++) {
        if (r->actors[i].tally > set_ns)
            return "timedwait returned ETIMEDOUT although a set had returned before its deadline";
    }
    return NULL;
}

static void setup_destroy(struct scenario_round *r)
{
    struct event_state *s = r->state;
    lifetime_begin(&s->lifetime, r);
    if (ops(r)->init)
        setup_manual(r);
    else
        setup_auto(r);
}

/* The first sets; the second waits and destroys, although that set may still be on its way out. */
static void actor_destroy(struct scenario_thread *t)
{
    struct event_state *s = state(t);
    if (t->index == 0) {
        set(t);
        scenario_did(t);
        return;
    }
    wait_for(t);
    scenario_did(t);
    lifetime_end(&s->lifetime, t->round, ops(t->round)->destroy);
}

static const char *verdict_destroy(struct scenario_round *r)
{
    struct event_state *s = r->state;
    return lifetime_verdict(&s->lifetime, r);
}

/* clang-format off */
#define STATE .state_bytes = sizeof(struct event_state)
static const struct scenario scenarios[] = {
    {.name = "release-all", .claim = "a set lets through all who wait or come later, and they see what was written before",
     .needs = NEEDS_MANUAL, .power = true, .threads_min = 3, .steps = 1, .model_threads = 3, .model_steps = 1, .alike = ALIKE_BUT_FIRST,
     .hold_ns = 60000, .must_see = SEE_SLEEPS,
     STATE, .setup = setup_manual, .actor = actor_release_all, .verdict = verdict_held},
    {.name = "turns", .claim = "an event set and cleared in turns hands over each time what was written before",
     .long_because = LONG_SLEEPS, .needs = NEEDS_MANUAL, .threads_min = 2, .threads_max = 2, .steps = 4, .model_threads = 2, .model_steps = 2,
     .hold_ns = 60000, .must_see = SEE_SLEEPS,
     STATE, .setup = setup_manual, .actor = actor_turns, .verdict = verdict_held},
    {.name = "turns-auto", .claim = "an event that clears itself hands over each time what was written before",
     .long_because = LONG_SLEEPS, .needs = NEEDS_AUTO, .threads_min = 2, .threads_max = 2, .steps = 4, .model_threads = 2, .model_steps = 2,
     .hold_ns = 60000, .must_see = SEE_SLEEPS,
     STATE, .setup = setup_auto, .actor = actor_turns, .verdict = verdict_held},
    {.name = "announce", .claim = "who clears and then looks misses nothing that a set announced",
     .needs = NEEDS_MANUAL, .threads_min = 2, .threads_max = 2, .steps = 50, .model_threads = 2, .model_steps = 2,
     STATE, .setup = setup_manual, .actor = actor_announce, .verdict = verdict_held},
    {.name = "announce-auto", .claim = "who is let through and then looks misses nothing that a set announced",
     .needs = NEEDS_AUTO, .threads_min = 2, .threads_max = 2, .steps = 50, .model_threads = 2, .model_steps = 2,
     STATE, .setup = setup_auto, .actor = actor_announce, .verdict = verdict_held},
    {.name = "set-then-clear", .claim = "who waits when the event is set is let through, even if it is cleared at once",
     .needs = NEEDS_MANUAL, .threads_min = 2, .steps = 1, .must_see = SEE_SLEEPS,
     STATE, .setup = setup_manual, .actor = actor_pulses, .verdict = verdict_held},
    {.name = "auto-reset", .claim = "a set lets exactly one through, who sees what the one before wrote",
     .needs = NEEDS_AUTO, .power = true, .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 2,
     .must_see = SEE_CONTENTION,
     STATE, .setup = setup_lock, .actor = actor_lock, .verdict = verdict_counted},
    {.name = "lost-wakeup", .claim = "nobody sleeps for ever while an event with auto reset is set",
     .long_because = LONG_SLEEPS, .needs = NEEDS_AUTO, .traits = CT_PARKS, .threads_min = 3, .steps = 3, .model_threads = 3, .model_steps = 1, .alike = ALIKE_ALL,
     .hold_ns = 60000, .must_see = SEE_CONTENTION | SEE_SLEEPS,
     STATE, .setup = setup_lock, .actor = actor_lock, .verdict = verdict_counted},
    {.name = "timedwait", .claim = "a timed wait tells a set and its deadline apart, and is not early",
     .needs = NEEDS_MANUAL | NEEDS_TIMED, .threads_min = 2, .steps = 1, .model_threads = 2, .model_steps = 1,
     .hold_ns = 100000,
     STATE, .setup = setup_manual, .actor = actor_timedwait, .verdict = verdict_held},
    {.name = "timedwait-auto", .claim = "a timed wait that times out took no set",
     .long_because = LONG_DEADLINES, .needs = NEEDS_AUTO | NEEDS_TIMED, .threads_min = 2, .steps = 4, .model_threads = 2, .model_steps = 1,
     .hold_ns = 100000, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_lock, .actor = actor_timed_lock, .verdict = verdict_counted},
    {.name = "deadline", .claim = "a set that returned before the deadline is never reported as a timeout",
     .needs = NEEDS_MANUAL | NEEDS_TIMED, .threads_min = 2, .steps = 1, .hold_ns = 100000,
     STATE, .setup = setup_manual, .actor = actor_timedwait, .verdict = verdict_deadline},
    {.name = "destroy", .claim = "who was let through may destroy the event at once",
     .traits_not = CT_LATE, .threads_min = 2, .threads_max = 2, .steps = 1,
     STATE, .setup = setup_destroy, .actor = actor_destroy, .verdict = verdict_destroy},
    {.name = "linearizable", .claim = "the answers of all calls fit one order of them, as if one thread had made them",
     .needs = NEEDS_MANUAL, .hold_ns = 2000, .power = true, .threads_min = 2, .threads_max = 4, .steps = 16, .model_threads = 2, .model_steps = 4, .must_see = SEE_CONTENTION,
     STATE, RECORDED(event)},
    {.name = "linearizable-auto", .claim = "... also with auto reset",
     .needs = NEEDS_AUTO, .hold_ns = 2000, .power = true, .threads_min = 2, .threads_max = 4, .steps = 16, .model_threads = 2, .model_steps = 4, .must_see = SEE_CONTENTION,
     STATE, RECORDED(event_auto)},
};
/* clang-format on */

static unsigned offers(const void *table)
{
    const struct ct_event_ops *o = table;
    return (o->init ? NEEDS_MANUAL : 0U) | (o->init_auto ? NEEDS_AUTO : 0U) |
           (o->timedwait ? NEEDS_TIMED : 0U);
}

static void nothing_call(void *e)
{
    (void)e;
}

static bool nothing_is_set(const void *e)
{
    (void)e;
    return true;
}

static const struct ct_event_ops nothing = {
    .impl = {.kind = "event",
             .name = "no-event",
             .summary = "lets everybody through: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1},
    .init = nothing_call,
    .init_auto = nothing_call,
    .set = nothing_call,
    .clear = nothing_call,
    .wait = nothing_call,
    .is_set = nothing_is_set,
};

static const struct ct_impl *const impls[] = {CT_IMPLS_event(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {CT_BROKEN_event(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_event = {
    .kind = "event",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .offers = offers,
    .release = release,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
