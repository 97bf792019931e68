// SPDX-License-Identifier: MIT
/* Scenarios of the reader-writer lock kind. Actors and verdicts run unchanged under the model; protected
   data are cells. */
#include "stress/recorded.h"
#include "stress/words.h"

#include "contend_broken.h"
#include "contend_impls.h"

enum rwlock_needs { NEEDS_TRY = 1, NEEDS_TIMED = 2 };

struct rwlock_state {
    struct words words;   /* written by writers, read by readers */
    struct ct_u32 inside; /* sharing: readers so far; starvation: readers that are done */
    const char *lie;      /* what the single-threaded look at setup found */
};

static const struct ct_rwlock_ops *ops(const struct scenario_round *r)
{
    return r->ops;
}

static struct rwlock_state *state(const struct scenario_thread *t)
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
    scenario_at(t, "holding");
    scenario_point(t, POINT_ENTERED);
}

static void rdlock(struct scenario_thread *t)
{
    asking(t, "rdlock");
    ops(t->round)->rdlock(t->round->object, t->node);
    entered(t);
}

static void wrlock(struct scenario_thread *t)
{
    asking(t, "wrlock");
    ops(t->round)->wrlock(t->round->object);
    entered(t);
}

static bool trylock(struct scenario_thread *t, bool writes)
{
    const struct ct_rwlock_ops *o = ops(t->round);
    asking(t, writes ? "trywrlock" : "tryrdlock");
    bool held = writes ? o->trywrlock(t->round->object) : o->tryrdlock(t->round->object, t->node);
    if (held)
        entered(t);
    return held;
}

/* 0, or ETIMEDOUT as it must be. */
static int timedlock(struct scenario_thread *t, bool writes)
{
    const struct ct_rwlock_ops *o = ops(t->round);
    uint64_t deadline_ns = ct_now_ns() + 10000 + rng_below(&t->rng, 50000);
    asking(t, writes ? "timedwrlock" : "timedrdlock");
    int error = writes ? o->timedwrlock(t->round->object, deadline_ns)
                       : o->timedrdlock(t->round->object, t->node, deadline_ns);
    if (error == 0)
        entered(t);
    if (error == ETIMEDOUT && ct_now_ns() < deadline_ns)
        scenario_broken(t, "a timed lock returned ETIMEDOUT before its deadline");
    if (error != 0 && error != ETIMEDOUT)
        scenario_broken(t, "a timed lock returned neither 0 nor ETIMEDOUT");
    return error;
}

static void unlock(struct scenario_thread *t, bool writes)
{
    scenario_point(t, POINT_LEAVING);
    scenario_at(t, writes ? "wrunlock" : "rdunlock");
    if (writes)
        ops(t->round)->wrunlock(t->round->object);
    else
        ops(t->round)->rdunlock(t->round->object, t->node);
    scenario_at(t, "outside");
    scenario_point(t, POINT_OUTSIDE);
}

/* Inside for reading: the words are of one writer, and nobody writes meanwhile. */
static void read_words(struct scenario_thread *t)
{
    const struct words *w = &state(t)->words;
    uint64_t found = cell_read(&w->word[0]), uses = cell_read(&w->uses);
    for (unsigned i = 1; i < WORDS; i++) {
        if (cell_read(&w->word[i]) != found)
            scenario_broken(t, "a reader found the data of two writers mixed");
    }
    scenario_point(t, POINT_HOLDING);
    for (unsigned i = 0; i < WORDS; i++) {
        if (cell_read(&w->word[i]) != found)
            scenario_broken(t, "a writer wrote while a reader was inside");
    }
    if (cell_read(&w->uses) != uses)
        scenario_broken(t, "a writer finished while a reader was inside");
}

static void use(struct scenario_thread *t, bool writes)
{
    if (writes)
        words_use(&state(t)->words, t);
    else
        read_words(t);
}

static void lock_and_use(struct scenario_thread *t, bool writes)
{
    if (writes)
        wrlock(t);
    else
        rdlock(t);
    use(t, writes);
    unlock(t, writes);
}

static void setup(struct scenario_round *r)
{
    ops(r)->init(r->object);
}

static void release(struct scenario_round *r)
{
    if (ops(r)->destroy)
        ops(r)->destroy(r->object);
}

static const char *verdict_counted(struct scenario_round *r)
{
    struct rwlock_state *s = r->state;
    return words_complete(&s->words, r) ? s->lie : "updates made while writing were lost";
}

/* Twice the same in a row: a lock may remember its last use. */
static void actor_exclusion(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        lock_and_use(t, (i / 2 + t->index) % 2 == 0);
        scenario_did(t);
    }
}

/* Everything must follow from the count that the last writer left, and that count must not be older than
   the one this thread saw last. */
static void actor_visibility(struct scenario_thread *t)
{
    struct words *w = &state(t)->words;
    uint64_t seen = 0;
    for (unsigned i = 0; i < t->round->steps; i++) {
        bool writes = (i + t->index) % 2 == 0;
        if (writes)
            wrlock(t);
        else
            rdlock(t);
        uint64_t count = cell_read(&w->uses);
        if (count < seen)
            scenario_broken(t, "an older state came back than this thread saw before");
        for (unsigned k = 0; k < WORDS; k++) {
            if (cell_read(&w->word[k]) != count * (k + 1))
                scenario_broken(t, "the previous writer's writes were not all seen");
        }
        seen = count + writes;
        for (unsigned k = 0; writes && k < WORDS; k++)
            cell_write(&w->word[k], seen * (k + 1));
        scenario_point(t, POINT_HOLDING);
        if (writes)
            cell_write(&w->uses, seen);
        t->tally += writes;
        unlock(t, writes);
        scenario_did(t);
    }
}

/* Nobody leaves before all have come. */
static void actor_sharing(struct scenario_thread *t)
{
    struct rwlock_state *s = state(t);
    for (unsigned i = 0; i < t->round->steps; i++) {
        rdlock(t);
        ct_u32_add_relaxed(&s->inside, 1);
        while (ct_u32_load_relaxed(&s->inside) < t->round->threads * (i + 1)) {
            ct_pause();
            scenario_point(t, POINT_TURN);
        }
        unlock(t, false);
        scenario_did(t);
    }
}

static void setup_try(struct scenario_round *r)
{
    struct rwlock_state *s = r->state;
    const struct ct_rwlock_ops *o = ops(r);
    void *node = r->actors[0].node, *other = r->actors[1].node;
    o->init(r->object);
    if (!o->trywrlock(r->object)) {
        s->lie = "trywrlock of a free lock was false";
        return;
    }
    if (o->trywrlock(r->object) || o->tryrdlock(r->object, other)) {
        s->lie = "a trylock was true while a writer was inside";
        return;
    }
    o->wrunlock(r->object);
    if (!o->tryrdlock(r->object, node)) {
        s->lie = "tryrdlock of a free lock was false";
        return;
    }
    if (o->trywrlock(r->object)) {
        s->lie = "trywrlock was true while a reader was inside";
        return;
    }
    if (!o->tryrdlock(r->object, other)) {
        s->lie = "tryrdlock was false although only a reader was inside";
        return;
    }
    o->rdunlock(r->object, other);
    o->rdunlock(r->object, node);
}

static void actor_try(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        bool writes = (i + t->index) % 2 == 0;
        if (trylock(t, writes)) {
            use(t, writes);
            unlock(t, writes);
        } else {
            lock_and_use(t, !writes);
        }
        scenario_did(t);
    }
}

static void setup_timed(struct scenario_round *r)
{
    struct rwlock_state *s = r->state;
    const struct ct_rwlock_ops *o = ops(r);
    o->init(r->object);
    if (o->timedwrlock(r->object, 1) != 0) {
        s->lie = "timedwrlock of a free lock failed because its deadline had passed";
        return;
    }
    o->wrunlock(r->object);
    if (o->timedrdlock(r->object, r->actors[0].node, 1) != 0)
        s->lie = "timedrdlock of a free lock failed because its deadline had passed";
    else
        o->rdunlock(r->object, r->actors[0].node);
}

static void actor_timed(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        bool writes = (i / 2 + t->index) % 2 != 0;
        if (t->index % 2 == 0) {
            lock_and_use(t, writes);
        } else if (timedlock(t, writes) == 0) {
            use(t, writes);
            unlock(t, writes);
        }
        scenario_did(t);
    }
}

/* The first reads, the second would like to write but not for long, the others read. */
static void actor_timeout_readers(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        if (t->index != 1) {
            lock_and_use(t, false);
        } else if (timedlock(t, true) == 0) {
            use(t, true);
            unlock(t, true);
        }
        scenario_did(t);
    }
}

static void actor_one_writer(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        lock_and_use(t, t->index == 0);
        scenario_did(t);
    }
}

static void actor_one_reader(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        lock_and_use(t, t->index != 0);
        scenario_did(t);
    }
}

/* The first writes, the others read: how many writes got through until the first reader had its reads? */
static void actor_starvation(struct scenario_thread *t)
{
    struct scenario_round *r = t->round;
    struct rwlock_state *s = state(t);
    bool writes = t->index == 0;
    for (unsigned i = 0; i < r->steps; i++) {
        uint64_t asked_ns = ct_now_ns();
        if (writes)
            wrlock(t);
        else
            rdlock(t);
        uint64_t waited_ns = ct_now_ns() - asked_ns;
        if (waited_ns > t->wait_ns_max)
            t->wait_ns_max = waited_ns;
        use(t, writes);
        unsigned written = (unsigned)cell_read(&s->words.uses);
        unlock(t, writes);
        scenario_did(t);
        if (!writes && i + 1 == r->steps && ct_u32_add_relaxed(&s->inside, 1) == 0)
            r->share_permille = written * 1000 / r->steps + (written == 0);
    }
}

/* clang-format off */
#define STATE .state_bytes = sizeof(struct rwlock_state)
static const struct scenario scenarios[] = {
    {.name = "exclusion", .claim = "either readers are inside or one writer",
     .power = true, .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_exclusion, .verdict = verdict_counted},
    {.name = "visibility", .claim = "who enters sees every write of the writers before, and no older state again",
     .power = true, .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_visibility, .verdict = verdict_counted},
    {.name = "sharing", .claim = "readers are inside together",
     .threads_min = 2, .steps = 5, .model_threads = 2, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_sharing, .verdict = verdict_counted},
    {.name = "trylock", .claim = "a trylock is true exactly when it acquired",
     .needs = NEEDS_TRY, .threads_min = 2, .steps = 20, .model_threads = 2, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_try, .actor = actor_try, .verdict = verdict_counted},
    {.name = "timedlock", .claim = "a timed lock that times out did not acquire and is not early",
     .long_because = LONG_DEADLINES, .needs = NEEDS_TIMED, .hold_ns = 100000,
     .threads_min = 2, .steps = 4, .model_threads = 2, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, .setup = setup_timed, .actor = actor_timed, .verdict = verdict_counted},
    {.name = "writer-timeout", .claim = "a writer that gives up lets the readers in that waited because of it",
     .long_because = LONG_DEADLINES, .needs = NEEDS_TIMED, .hold_ns = 100000,
     .threads_min = 3, .steps = 3, .model_threads = 3, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_timeout_readers, .verdict = verdict_counted},
    {.name = "wakeup-readers", .claim = "no reader sleeps for ever while it may enter",
     .long_because = LONG_SLEEPS, .traits = CT_PARKS, .hold_ns = 60000, .must_see = SEE_CONTENTION | SEE_SLEEPS,
     .threads_min = 3, .steps = 3, .model_threads = 3, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_one_writer, .verdict = verdict_counted},
    {.name = "wakeup-writers", .claim = "no writer sleeps for ever while it may enter",
     .long_because = LONG_SLEEPS, .traits = CT_PARKS, .hold_ns = 60000, .must_see = SEE_CONTENTION | SEE_SLEEPS,
     .threads_min = 3, .steps = 3, .model_threads = 3, .model_steps = 1,
     STATE, .setup = setup, .actor = actor_one_reader, .verdict = verdict_counted},
    {.name = "starvation", .claim = "a writer among readers that keep asking finishes, and so do they",
     .long_because = LONG_SHARES, .threads_min = 3, .steps = 100, .must_see = SEE_CONTENTION,
     STATE, .setup = setup, .actor = actor_starvation, .verdict = verdict_counted},
    {.name = "linearizable", .claim = "the answers of all calls fit one order of them, as if one thread had made them",
     .traits_not = CT_INEXACT, .hold_ns = 20000, .power = true, .threads_min = 2, .threads_max = 4, .steps = 16, .model_threads = 2, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, RECORDED(rwlock)},
};
/* clang-format on */

static unsigned offers(const void *table)
{
    const struct ct_rwlock_ops *o = table;
    return (o->tryrdlock && o->trywrlock ? NEEDS_TRY : 0U) |
           (o->timedrdlock && o->timedwrlock ? NEEDS_TIMED : 0U);
}

static void nothing_init(void *rw)
{
    (void)rw;
}

static void nothing_read(void *rw, void *node)
{
    (void)rw;
    (void)node;
}

static void nothing_write(void *rw)
{
    (void)rw;
}

static const struct ct_rwlock_ops nothing = {
    .impl = {.kind = "rwlock",
             .name = "no-rwlock",
             .summary = "lets everybody in: what the scenarios must be able to see",
             .source = "this file",
             .size_bytes = 1,
             .align_bytes = 1},
    .init = nothing_init,
    .rdlock = nothing_read,
    .rdunlock = nothing_read,
    .wrlock = nothing_write,
    .wrunlock = nothing_write,
};

static const struct ct_impl *const impls[] = {CT_IMPLS_rwlock(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {CT_BROKEN_rwlock(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_rwlock = {
    .kind = "rwlock",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .offers = offers,
    .release = release,
    .impls = impls,
    .controls = controls,
    .nothing = &nothing.impl,
};
