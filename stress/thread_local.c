// SPDX-License-Identifier: MIT
/* Scenarios of the thread_local kind. Not for the model, whose threads share one thread of the system
   and do not end. */
#include "stress/scenario.h"
#include "support/fail.h"

#include "contend_broken.h"
#include "contend_impls.h"

#include <contend/atomic.h>

#include <errno.h>
#include <pthread.h>

enum { ACTORS_MAX = 64, USES = 4 };

/* What a thread is given: only it touches this. */
struct thread_local_value {
    struct thread_local_state *state;
    struct cell uses;
    struct ct_u32 unmade;
};

struct thread_local_state {
    struct ct_u32 made;
    struct thread_local_value values[ACTORS_MAX * USES];
};

static const struct ct_thread_local_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static void *make(void *context)
{
    struct thread_local_state *s = context;
    uint32_t i = ct_u32_add_relaxed(&s->made, 1);
    if (i >= ACTORS_MAX * USES)
        return NULL;
    s->values[i].state = s;
    return &s->values[i];
}

static void unmake(void *value)
{
    struct thread_local_value *v = value;
    ct_u32_add_relaxed(&v->unmade, 1);
}

static void setup(struct scenario_round *r)
{
    int error = ops(r)->init(r->object, make, unmake, r->state);
    if (error != 0)
        fail(EXIT_ENVIRONMENT, "thread_local/%s: cannot be made: errno %d", ops(r)->impl.name,
             error);
}

static void release(struct scenario_round *r)
{
    ops(r)->destroy(r->object);
}

/* Asks several times; what it gets must be of this round, the same each time, and its own. */
static void use(struct scenario_thread *t)
{
    const struct ct_thread_local_ops *o = ops(t->round);
    struct thread_local_value *first = NULL;
    for (unsigned i = 0; i < USES; i++) {
        scenario_point(t, POINT_ASKING);
        scenario_at(t, "get");
        struct thread_local_value *v = o->get(t->round->object);
        scenario_at(t, "outside");
        if (!v || v->state != t->round->state) {
            scenario_broken(t, "a thread got no value of this object");
            return;
        }
        if (first && v != first)
            scenario_broken(t, "a thread got another value than before");
        first = v;
        uint64_t uses = cell_read(&v->uses);
        scenario_point(t, POINT_HOLDING);
        cell_write(&v->uses, uses + 1);
        if (uses != i)
            scenario_broken(t, "another thread used this one's value");
    }
    if (o->open(t->round->object, first) != EEXIST)
        scenario_broken(t, "opening twice was no error");
    if (ct_u32_load_relaxed(&first->unmade) != 0)
        scenario_broken(t, "the value of a living thread was unmade");
    scenario_did(t);
}

static const char *verdict_own(struct scenario_round *r)
{
    struct thread_local_state *s = r->state;
    if (ct_u32_load_relaxed(&s->made) != r->threads)
        return "not exactly one value was made for each thread";
    return NULL;
}

static void *use_and_end(void *argument)
{
    use(argument);
    return NULL;
}

static void actor_ends(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        pthread_t thread;
        int error = pthread_create(&thread, NULL, use_and_end, t);
        if (error != 0)
            fail(EXIT_ENVIRONMENT, "threads: cannot make one: errno %d", error);
        pthread_join(thread, NULL);
    }
}

static const char *verdict_ends(struct scenario_round *r)
{
    struct thread_local_state *s = r->state;
    uint32_t made = ct_u32_load_relaxed(&s->made);
    if (made != r->threads * r->steps)
        return "not exactly one value was made for each thread";
    for (uint32_t i = 0; i < made; i++) {
        uint32_t unmade = ct_u32_load_relaxed(&s->values[i].unmade);
        if (unmade != 1)
            return unmade == 0 ? "a value was not unmade at its thread's end"
                               : "a value was unmade twice";
    }
    return NULL;
}

/* clang-format off */
#define STATE .threads_max = ACTORS_MAX, .state_bytes = sizeof(struct thread_local_state), .setup = setup
static const struct scenario scenarios[] = {
    {.name = "own-value", .claim = "each thread finds its own value, made once, and never that of a destroyed object",
     .power = true, .threads_min = 2, .steps = 1,
     STATE, .actor = use, .verdict = verdict_own},
    {.name = "thread-ends", .claim = "a thread's value is unmade exactly once, at its end",
     .long_because = LONG_THREADS, .power = true, .threads_min = 2, .steps = 2,
     STATE, .actor = actor_ends, .verdict = verdict_ends},
};
/* clang-format on */

static int nothing_init(void *o, ct_thread_local_make *how, ct_thread_local_unmake *how_not,
                        void *context)
{
    (void)o;
    (void)how;
    (void)how_not;
    (void)context;
    return 0;
}

static void nothing_destroy(void *o)
{
    (void)o;
}

static void *nothing_get(void *o)
{
    (void)o;
    return NULL;
}

static int nothing_set(void *o, void *value)
{
    (void)o;
    (void)value;
    return 0;
}

static const struct ct_thread_local_ops nothing = {
    .impl = {.kind = "thread_local",
             .name = "no-thread-local",
             .summary = "keeps nothing: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1},
    .init = nothing_init,
    .destroy = nothing_destroy,
    .get = nothing_get,
    .open = nothing_set,
    .set = nothing_set,
};

static const struct ct_impl *const impls[] = {CT_IMPLS_thread_local(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {
    CT_BROKEN_thread_local(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_thread_local = {
    .kind = "thread_local",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .release = release,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
