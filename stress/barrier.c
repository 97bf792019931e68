// SPDX-License-Identifier: MIT
/* Scenarios of the barrier kind. Actors and verdicts run unchanged under the model; protected data are
   cells. */
#include "stress/barrier_processes.h"
#include "stress/lifetime.h"

#include "contend_broken.h"
#include "contend_impls.h"

enum { PARTIES_MAX = 64, STEPS_MAX = 32 };

enum barrier_needs { NEEDS_TIMED = 1, NEEDS_ABORT = 2, NEEDS_NODES = 4 };

struct barrier_state {
    struct processes processes;     /* first */
    struct cell place[PARTIES_MAX]; /* what each wrote before it came */
    struct cell serials[STEPS_MAX]; /* of each phase, how many were told serial */
    struct ct_u32 away;             /* threads that an abort sent away */
    struct ct_u32 restored;
    struct ct_u32 timeouts;
    unsigned outsiders; /* the first so many threads are no parties */
    unsigned chosen;    /* who destroys */
    bool deserted;      /* processes died inside: who destroys would wait for them */
    struct lifetime lifetime;
};

static const struct ct_barrier_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static struct barrier_state *state(const struct scenario_thread *t)
{
    return t->round->state;
}

static bool through(int result)
{
    return result == 0 || result == CT_BARRIER_SERIAL;
}

/* deadline_ns 0: none. For the runner, the barrier is taken while somebody waits. */
static int come_timed(struct scenario_thread *t, uint64_t deadline_ns)
{
    const struct ct_barrier_ops *o = ops(t->round);
    scenario_point(t, POINT_ASKING);
    scenario_at(t, deadline_ns ? "timedwait" : "wait");
    scenario_point(t, POINT_ENTERED);
    unsigned index = t->index - state(t)->outsiders;
    int result = deadline_ns ? o->timedwait(t->round->object, index, deadline_ns)
                             : o->wait(t->round->object, index);
    scenario_at(t, "outside");
    scenario_point(t, POINT_LEAVING);
    return result;
}

static int come(struct scenario_thread *t)
{
    return come_timed(t, 0);
}

/* Where nobody breaks the barrier. True: serial. */
static bool meet(struct scenario_thread *t)
{
    int result = come(t);
    if (!through(result))
        scenario_broken(t, "wait failed although nobody broke the barrier");
    return result == CT_BARRIER_SERIAL;
}

static void write_place(struct scenario_thread *t, uint64_t value)
{
    cell_write(&state(t)->place[t->index], value);
}

static void check_places(struct scenario_thread *t, uint64_t value)
{
    for (unsigned i = state(t)->outsiders; i < t->round->threads; i++)
        if (cell_read(&state(t)->place[i]) != value)
            scenario_broken(t, "a thread went on before all had come, or another did twice");
}

static void setup_barrier(struct scenario_round *r)
{
    const struct barrier_state *s = r->state;
    ops(r)->init(r->object, r->threads - s->outsiders,
                 ops(r)->impl.node_bytes ? r->actors[0].node : NULL);
}

static void setup_abort(struct scenario_round *r)
{
    struct barrier_state *s = r->state;
    s->outsiders = 1;
    setup_barrier(r);
}

static void setup_destroy(struct scenario_round *r)
{
    struct barrier_state *s = r->state;
    lifetime_begin(&s->lifetime, r);
    s->chosen = (unsigned)rng_below(&r->actors[0].rng, r->threads);
    setup_barrier(r);
}

static void setup_deserted(struct scenario_round *r)
{
    struct barrier_state *s = r->state;
    s->deserted = true;
    processes_setup(r);
}

static void release(struct scenario_round *r)
{
    struct barrier_state *s = r->state;
    lifetime_release(&s->lifetime, r, s->deserted ? NULL : ops(r)->destroy);
    processes_end(r);
}

static const char *verdict_none(struct scenario_round *r)
{
    (void)r;
    return NULL; /* the actors have seen it all */
}

/* They come twice, so that none writes for the next phase what others still read. */
static void actor_phases(struct scenario_thread *t)
{
    for (unsigned phase = 1; phase <= t->round->steps; phase++) {
        write_place(t, phase);
        meet(t);
        check_places(t, phase);
        meet(t);
        scenario_did(t);
    }
}

static void actor_groups(struct scenario_thread *t)
{
    write_place(t, 1);
    meet(t);
    check_places(t, 1);
    scenario_did(t);
}

static void actor_serial(struct scenario_thread *t)
{
    for (unsigned phase = 0; phase < t->round->steps; phase++) {
        struct cell *serials = &state(t)->serials[phase];
        if (meet(t))
            cell_write(serials, cell_read(serials) + 1);
        scenario_did(t);
    }
}

static const char *verdict_serial(struct scenario_round *r)
{
    struct barrier_state *s = r->state;
    for (unsigned phase = 0; phase < r->steps; phase++)
        if (cell_read(&s->serials[phase]) != 1)
            return "not exactly one thread was told serial in a phase";
    return NULL;
}

static void actor_late(struct scenario_thread *t)
{
    for (unsigned phase = 0; phase < t->round->steps; phase++) {
        scenario_point(t, POINT_HOLDING);
        meet(t);
        scenario_did(t);
    }
}

static void await(struct scenario_thread *t, const struct ct_u32 *c, uint32_t wanted)
{
    while (ct_u32_load_acquire(c) != wanted) {
        scenario_point(t, POINT_TURN);
        ct_pause();
    }
}

/* The first is no party, and aborts at any moment. When all others have been sent away, or have had all
   their phases, it resets, and they meet again. */
static void actor_abort(struct scenario_thread *t)
{
    struct barrier_state *s = state(t);
    const struct ct_barrier_ops *o = ops(t->round);
    if (t->index == 0) {
        scenario_point(t, POINT_HOLDING);
        scenario_at(t, "abort");
        o->abort(t->round->object);
        scenario_at(t, "outside");
        await(t, &s->away, t->round->threads - s->outsiders);
        if (o->wait(t->round->object, 0) != ECANCELED)
            scenario_broken(t, "wait did not fail although the barrier was broken");
        o->reset(t->round->object);
        ct_u32_store_release(&s->restored, 1);
        scenario_did(t);
        return;
    }
    while (t->tally < t->round->steps && through(come(t))) {
        t->tally++;
        scenario_did(t);
    }
    ct_u32_add_acqrel(&s->away, 1);
    await(t, &s->restored, 1);
    write_place(t, 1);
    meet(t);
    check_places(t, 1);
}

static const char *verdict_alike(struct scenario_round *r)
{
    struct barrier_state *s = r->state;
    for (unsigned i = s->outsiders + 1; i < r->threads; i++)
        if (r->actors[i].tally != r->actors[s->outsiders].tally)
            return "a phase ended for one thread and broke for another";
    return NULL;
}

/* The first resets without regard to who waits. Whoever that sends away comes again. */
static void actor_reset(struct scenario_thread *t)
{
    write_place(t, 1);
    if (t->index == 0) {
        scenario_point(t, POINT_HOLDING);
        scenario_at(t, "reset");
        ops(t->round)->reset(t->round->object);
    }
    int result;
    while ((result = come(t)) == ECANCELED)
        scenario_point(t, POINT_TURN);
    if (!through(result))
        scenario_broken(t, "wait failed otherwise than by being sent away");
    check_places(t, 1);
    scenario_did(t);
}

/* Every other thread has a deadline. The first timeout ends it for all. */
static void actor_timedwait(struct scenario_thread *t)
{
    int result = 0;
    for (unsigned phase = 0; through(result) && phase < t->round->steps; phase++) {
        scenario_point(t, POINT_HOLDING);
        uint64_t deadline_ns =
            t->index % 2 == 0 ? ct_now_ns() + 10000 + rng_below(&t->rng, 80000) : 0;
        result = come_timed(t, deadline_ns);
        t->tally += through(result);
        if (result == ETIMEDOUT) {
            ct_u32_add_relaxed(&state(t)->timeouts, 1);
            if (deadline_ns == 0 || ct_now_ns() < deadline_ns)
                scenario_broken(t, "a wait timed out before its deadline");
        }
        scenario_did(t);
    }
}

static const char *verdict_timedwait(struct scenario_round *r)
{
    struct barrier_state *s = r->state;
    bool broke = r->actors[0].tally != r->steps;
    if (broke != (ct_u32_load_relaxed(&s->timeouts) != 0))
        return "a phase broke without a timeout, or did not break with one";
    return verdict_alike(r);
}

static void actor_destroy(struct scenario_thread *t)
{
    struct barrier_state *s = state(t);
    scenario_point(t, POINT_HOLDING);
    meet(t);
    scenario_did(t);
    if (t->index == s->chosen)
        lifetime_end(&s->lifetime, t->round, ops(t->round)->destroy);
}

static const char *verdict_destroy(struct scenario_round *r)
{
    struct barrier_state *s = r->state;
    return lifetime_verdict(&s->lifetime, r);
}

/* clang-format off */
#define SIZE .state_bytes = sizeof(struct barrier_state)
#define STATE .threads_max = PARTIES_MAX, SIZE
static const struct scenario scenarios[] = {
    {.name = "phases", .claim = "nobody goes on before all have come, and then sees what all wrote before",
     .power = true, .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_barrier, .actor = actor_phases, .verdict = verdict_none},
    {.name = "phases-of-three", .claim = "the same of three threads, who cannot pair up",
     .long_because = LONG_TURNS, .threads_min = 3, .steps = 20, .model_threads = 3, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_barrier, .actor = actor_phases, .verdict = verdict_none},
    {.name = "groups", .claim = "the same of five, among whom the news takes several steps",
     .long_because = LONG_TURNS, .needs = NEEDS_NODES, .threads_min = 5, .steps = 1, .model_threads = 5, .model_steps = 1,
     STATE, .setup = setup_barrier, .actor = actor_groups, .verdict = verdict_none},
    {.name = "serial", .claim = "exactly one thread of each phase is told that it is the serial one",
     .power = true, .threads_min = 2, .steps = STEPS_MAX, .model_threads = 2, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_barrier, .actor = actor_serial, .verdict = verdict_serial},
    {.name = "lost-wakeup", .claim = "nobody sleeps for ever after the last has come",
     .long_because = LONG_SLEEPS, .traits = CT_PARKS, .hold_ns = 60000, .must_see = SEE_CONTENTION | SEE_SLEEPS,
     .threads_min = 3, .steps = 4,
     STATE, .setup = setup_barrier, .actor = actor_late, .verdict = verdict_none},
    {.name = "abort", .claim = "an abort sends all away, takes back no phase, and lasts until a reset",
     .long_because = LONG_TURNS, .needs = NEEDS_ABORT, .hold_ns = 60000,
     .threads_min = 3, .steps = 20, .model_threads = 3, .model_steps = 1,
     STATE, .setup = setup_abort, .actor = actor_abort, .verdict = verdict_alike},
    {.name = "reset", .claim = "a reset sends away who waits, and all meet in the phase after it",
     .needs = NEEDS_ABORT, .hold_ns = 60000,
     .threads_min = 3, .steps = 1, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup_barrier, .actor = actor_reset, .verdict = verdict_none},
    {.name = "timedwait", .claim = "a timeout is not early and breaks the phase for all, or for none",
     .long_because = LONG_DEADLINES, .needs = NEEDS_TIMED, .hold_ns = 60000,
     .threads_min = 2, .steps = 4, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup_barrier, .actor = actor_timedwait, .verdict = verdict_timedwait},
    {.name = "destroy", .claim = "a thread that was let through may destroy the barrier at once",
     .traits_not = CT_LATE, .hold_ns = 10000, .threads_min = 2, .steps = 1,
     STATE, .setup = setup_destroy, .actor = actor_destroy, .verdict = verdict_destroy},
    {.name = "processes", .claim = "between processes as well, nobody goes on before all have come, and one is serial",
     .long_because = LONG_PROCESSES, .traits = CT_PSHARED, .power = true, .hold_ns = 20000, .threads_min = 2, .threads_max = PROCESSES_MAX, .steps = PHASES_MAX,
     SIZE, .setup = processes_setup, .actor = processes_actor, .verdict = processes_verdict},
    {.name = "party-dies", .claim = "nobody goes on after a process died that had not come",
     .long_because = LONG_PROCESSES, .traits = CT_PSHARED, .power = true, .threads_min = 2, .threads_max = PROCESSES_MAX, .steps = PHASES_MAX,
     SIZE, .setup = setup_deserted, .actor = processes_actor_without_one, .verdict = processes_verdict_without_one},
};
/* clang-format on */

static unsigned offers(const void *table)
{
    const struct ct_barrier_ops *o = table;
    return (o->timedwait ? NEEDS_TIMED : 0U) | (o->abort ? NEEDS_ABORT : 0U) |
           (o->impl.node_bytes ? NEEDS_NODES : 0U);
}

static int nothing_init(void *b, uint32_t parties, void *nodes)
{
    (void)b;
    (void)parties;
    (void)nodes;
    return 0;
}

static int nothing_wait(void *b, uint32_t index)
{
    (void)b;
    (void)index;
    return 0;
}

static const struct ct_barrier_ops nothing = {
    .impl = {.kind = "barrier",
             .name = "waits-for-nobody",
             .summary = "lets everybody through: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1,
             .traits = CT_PSHARED},
    .init = nothing_init,
    .wait = nothing_wait,
};

static const struct ct_impl *const impls[] = {CT_IMPLS_barrier(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {CT_BROKEN_barrier(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_barrier = {
    .kind = "barrier",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .offers = offers,
    .release = release,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
