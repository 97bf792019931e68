// SPDX-License-Identifier: MIT
/* Scenarios of the bounded semaphore kind: those of semaphore.c that a maximum could break, and those of
   the maximum itself. Actors and verdicts run unchanged under the model; protected data are cells. */
#include "stress/lifetime.h"
#include "stress/recorded.h"
#include "stress/words.h"

#include <contend/bounded_semaphore.h>
#include <contend/wait.h>

#include "contend_broken.h"
#include "contend_impls.h"

/* Of which one is there, so that posts of one and of two fit, but not both. */
enum { ROOM_MAX = 3 };

enum bounded_semaphore_needs { NEEDS_TIMED = 1 };

struct bounded_semaphore_state {
    uint32_t max;
    struct ct_u32 inside;        /* threads with a permit */
    struct ct_u32 posted, taken; /* permits, where posts may be refused */
    struct words words;          /* of who has the only permit */
    struct lifetime lifetime;
};

static const struct ct_bounded_semaphore_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static struct bounded_semaphore_state *state(const struct scenario_thread *t)
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
    scenario_at(t, "inside");
    scenario_point(t, POINT_ENTERED);
}

static void take(struct scenario_thread *t)
{
    asking(t, "wait");
    ops(t->round)->wait(t->round->object);
    entered(t);
}

static bool try_take(struct scenario_thread *t)
{
    asking(t, "trywait");
    bool taken = ops(t->round)->trywait(t->round->object);
    if (taken)
        entered(t);
    return taken;
}

/* False: refused. */
static bool post(struct scenario_thread *t, uint32_t n)
{
    scenario_point(t, POINT_LEAVING);
    scenario_at(t, "post");
    int error = ops(t->round)->post(t->round->object, n);
    if (error != 0 && error != EOVERFLOW)
        scenario_broken(t, "post returned neither 0 nor EOVERFLOW");
    scenario_at(t, "outside");
    scenario_point(t, POINT_OUTSIDE);
    return error == 0;
}

static void give_back(struct scenario_thread *t)
{
    if (!post(t, 1))
        scenario_broken(t, "the post of a permit that this thread had was refused");
}

static void start_with(struct scenario_round *r, uint32_t value, uint32_t max)
{
    struct bounded_semaphore_state *s = r->state;
    s->max = max;
    ops(r)->init(r->object, value, max);
}

static void setup_one(struct scenario_round *r)
{
    start_with(r, 1, 1);
}

static void setup_half(struct scenario_round *r)
{
    start_with(r, (r->threads + 1) / 2, (r->threads + 1) / 2);
}

static void setup_room(struct scenario_round *r)
{
    start_with(r, 1, ROOM_MAX);
}

static void release(struct scenario_round *r)
{
    struct bounded_semaphore_state *s = r->state;
    lifetime_release(&s->lifetime, r, ops(r)->destroy);
}

/* Everybody gave back what it had, so one more is too many, and no wait is on its way to hide that. */
static const char *verdict_full(struct scenario_round *r)
{
    const struct bounded_semaphore_state *s = r->state;
    if (ops(r)->value(r->object) != s->max)
        return "permits were lost or made: the value at the end is not the maximum of the start";
    if (ops(r)->post(r->object, 1) != EOVERFLOW)
        return "a post beyond the maximum was not refused";
    if (ops(r)->value(r->object) != s->max)
        return "a post that was refused changed the value";
    return NULL;
}

static const char *verdict_counted(struct scenario_round *r)
{
    const struct bounded_semaphore_state *s = r->state;
    if (!words_complete(&s->words, r))
        return "updates made with the only permit were lost";
    return verdict_full(r);
}

/* What was posted and not refused, less what was taken, is there, and there is room for the rest. */
static const char *verdict_bound(struct scenario_round *r)
{
    const struct bounded_semaphore_state *s = r->state;
    uint32_t value = 1 + ct_u32_load_relaxed(&s->posted) - ct_u32_load_relaxed(&s->taken);
    if (ops(r)->value(r->object) != value)
        return "refused posts were counted, or others were not";
    if (value > s->max)
        return "the value came to be above the maximum";
    if (ops(r)->post(r->object, s->max - value) != 0)
        return "a post was refused although there was room";
    return verdict_full(r);
}

static void actor_exclusion(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        take(t);
        words_use(&state(t)->words, t);
        give_back(t);
        scenario_did(t);
    }
}

static void actor_permits(struct scenario_thread *t)
{
    struct bounded_semaphore_state *s = state(t);
    for (unsigned i = 0; i < t->round->steps; i++) {
        take(t);
        if (ct_u32_add_relaxed(&s->inside, 1) >= s->max)
            scenario_broken(t, "more threads were inside than there are permits");
        scenario_point(t, POINT_HOLDING);
        ct_u32_sub_relaxed(&s->inside, 1);
        give_back(t);
        scenario_did(t);
    }
}

/* Posts whatever it likes; the semaphore must say what it took. */
static void actor_bound(struct scenario_thread *t)
{
    struct bounded_semaphore_state *s = state(t);
    for (unsigned i = 0; i < t->round->steps; i++) {
        uint32_t n = 1 + (t->index + i) % 2;
        if (post(t, n))
            ct_u32_add_relaxed(&s->posted, n);
        if (ops(t->round)->value(t->round->object) > s->max)
            scenario_broken(t, "the value was above the maximum");
        if (try_take(t))
            ct_u32_add_relaxed(&s->taken, 1);
        scenario_did(t);
    }
}

static void actor_timedwait(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        int error = 0;
        if ((i + t->index) % 2 == 0) {
            uint64_t deadline_ns = ct_now_ns() + 10000 + rng_below(&t->rng, 50000);
            asking(t, "timedwait");
            error = ops(t->round)->timedwait(t->round->object, deadline_ns);
            if (error == 0)
                entered(t);
            else if (error != ETIMEDOUT)
                scenario_broken(t, "timedwait returned neither 0 nor ETIMEDOUT");
            else if (ct_now_ns() < deadline_ns)
                scenario_broken(t, "timedwait returned ETIMEDOUT before its deadline");
        } else {
            take(t);
        }
        if (error == 0) {
            words_use(&state(t)->words, t);
            give_back(t);
        }
        scenario_did(t);
    }
}

static void setup_destroy(struct scenario_round *r)
{
    struct bounded_semaphore_state *s = r->state;
    lifetime_begin(&s->lifetime, r);
    start_with(r, 0, r->threads - 1);
}

/* The first waits until all others have said that they are done, and destroys, although their posts
   may still be on their way out. */
static void actor_destroy(struct scenario_thread *t)
{
    struct bounded_semaphore_state *s = state(t);
    if (t->index != 0) {
        scenario_point(t, POINT_HOLDING);
        give_back(t);
        scenario_did(t);
        return;
    }
    for (unsigned i = 1; i < t->round->threads; i++)
        take(t);
    scenario_did(t);
    lifetime_end(&s->lifetime, t->round, ops(t->round)->destroy);
}

static const char *verdict_destroy(struct scenario_round *r)
{
    struct bounded_semaphore_state *s = r->state;
    return lifetime_verdict(&s->lifetime, r);
}

/* clang-format off */
#define STATE .state_bytes = sizeof(struct bounded_semaphore_state)
static const struct scenario scenarios[] = {
    {.name = "exclusion", .claim = "the only permit lets one thread in at a time, and giving it back is never refused",
     .power = true, .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 1, .alike = ALIKE_ALL, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_one, .actor = actor_exclusion, .verdict = verdict_counted},
    {.name = "permits", .claim = "never more threads are inside than there are permits",
     .power = true, .threads_min = 3, .steps = 20, .model_threads = 3, .model_steps = 1, .alike = ALIKE_ALL, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_half, .actor = actor_permits, .verdict = verdict_full},
    {.name = "bound", .claim = "the value is never above the maximum, and what is refused, and only that, is not counted",
     .power = true, .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_room, .actor = actor_bound, .verdict = verdict_bound},
    {.name = "lost-wakeup", .claim = "nobody sleeps for ever while a permit is there",
     .long_because = LONG_SLEEPS, .traits = CT_PARKS, .hold_ns = 60000, .must_see = SEE_CONTENTION | SEE_SLEEPS,
     .threads_min = 3, .steps = 3, .model_threads = 3, .model_steps = 1, .alike = ALIKE_ALL,
     STATE, .setup = setup_one, .actor = actor_exclusion, .verdict = verdict_counted},
    {.name = "timedwait", .claim = "a timed wait that times out took no permit and is not early",
     .long_because = LONG_DEADLINES, .needs = NEEDS_TIMED, .hold_ns = 100000,
     .threads_min = 2, .steps = 4, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_one, .actor = actor_timedwait, .verdict = verdict_counted},
    {.name = "destroy", .claim = "the last to be let through may destroy the semaphore at once",
     .traits_not = CT_LATE, .threads_min = 2, .steps = 1,
     STATE, .setup = setup_destroy, .actor = actor_destroy, .verdict = verdict_destroy},
    {.name = "linearizable", .claim = "the answers of all calls fit one order of them, as if one thread had made them",
     .hold_ns = 2000, .power = true, .threads_min = 2, .threads_max = 4, .steps = 16, .model_threads = 3, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, RECORDED(bounded_semaphore)},
};
/* clang-format on */

static unsigned offers(const void *table)
{
    const struct ct_bounded_semaphore_ops *o = table;
    return o->timedwait ? NEEDS_TIMED : 0U;
}

static void nothing_init(void *s, uint32_t value, uint32_t max)
{
    (void)s;
    (void)value;
    (void)max;
}

static void nothing_wait(void *s)
{
    (void)s;
}

static bool nothing_trywait(void *s)
{
    (void)s;
    return true;
}

static int nothing_post(void *s, uint32_t n)
{
    (void)s;
    (void)n;
    return 0;
}

static uint32_t nothing_value(const void *s)
{
    (void)s;
    return 1;
}

static const struct ct_bounded_semaphore_ops nothing = {
    .impl = {.kind = "bounded_semaphore",
             .name = "no-bounded-semaphore",
             .summary = "lets everybody through: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1},
    .init = nothing_init,
    .wait = nothing_wait,
    .trywait = nothing_trywait,
    .post = nothing_post,
    .value = nothing_value,
};

static const struct ct_impl *const impls[] = {CT_IMPLS_bounded_semaphore(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {
    CT_BROKEN_bounded_semaphore(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_bounded_semaphore = {
    .kind = "bounded_semaphore",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .offers = offers,
    .release = release,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
