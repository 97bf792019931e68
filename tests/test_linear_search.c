// SPDX-License-Identifier: MIT
/* The search for an order: small random histories against a search that tries every order, long ones
   that are linearizable because they were made so, or are not because an item was made to come out twice,
   and one that is too wide. */
#include "stress/linear.h"
#include "support/clock.h"
#include "support/rng.h"
#include "tests/check.h"

#include <errno.h>
#include <string.h>

enum { SEED = 20 };

static struct history_call *add(struct history *h, unsigned thread, uint64_t from, uint64_t to)
{
    struct history_call *c = &h->thread[thread].call[h->thread[thread].calls++];
    *c = (struct history_call){.called = {from}, .returned = {to}};
    return c;
}

/* What may be asked of each object, and the answers it might give. */
static const struct subject {
    const struct linear_spec *spec;
    unsigned operations;
    uint32_t limit, start, got_max;
    int refusal[3]; /* ends with 0 */
} subjects[] = {
    {&linear_queue, 5, 2, 0, 0, {EAGAIN, EPIPE}},
    {&linear_queue_claimed, 5, 2, 0, 0, {EAGAIN, EPIPE}},
    {&linear_queue_unordered, 5, UINT32_MAX, 0, 0, {EAGAIN, EPIPE}},
    {&linear_mutex, 4, 0, 0, 0, {EAGAIN}},
    {&linear_rwlock, 8, 0, 0, 0, {EAGAIN}},
    {&linear_semaphore, 5, 3, 1, 3, {EAGAIN}},
    {&linear_bounded_semaphore, 5, 3, 1, 3, {EAGAIN}},
    {&linear_event, 5, 0, 0, 1, {ETIMEDOUT}},
    {&linear_event_auto, 5, 0, 0, 1, {ETIMEDOUT}},
};
enum { SUBJECTS = sizeof subjects / sizeof *subjects };

static bool is_queue(const struct subject *s)
{
    return s->got_max == 0 && s->limit > 0;
}

/* Any answer: that of a pop is one of the items that have been pushed by now. */
static void draw_answer(const struct subject *s, const struct history *h, struct rng *rng,
                        struct history_call *c)
{
    unsigned refusals = s->refusal[1] ? 2 : 1;
    c->error = rng_below(rng, 3) == 0 ? s->refusal[rng_below(rng, refusals)] : 0;
    c->got = (uint32_t)rng_below(rng, s->got_max + 1);
    if (is_queue(s)) {
        unsigned from = (unsigned)rng_below(rng, h->threads);
        c->got = linear_item(from, (unsigned)rng_below(rng, h->thread[from].calls + 1));
    }
}

static void draw_question(const struct subject *s, const struct history *h, unsigned thread,
                          unsigned calls, struct rng *rng, struct history_call *c)
{
    c->what = (uint8_t)rng_below(rng, s->operations);
    if (is_queue(s) && c->what == QUEUE_CLOSE && rng_below(rng, calls) != 0)
        c->what = QUEUE_TRY_POP;
    c->argument = is_queue(s) ? linear_item(thread, h->thread[thread].calls - 1)
                              : 1 + (uint32_t)rng_below(rng, 2);
}

/* A history as an object of that spec would make it: calls take effect in their order here, at a moment
   between their beginning and their return. */
static void make_valid(const struct subject *s, unsigned threads, unsigned calls, unsigned width,
                       struct rng *rng, struct history *h)
{
    enum { TRIES = 2000, STEP = 10 };
    _Alignas(uint64_t) unsigned char state[LINEAR_STATE_BYTES], after[LINEAR_STATE_BYTES];
    uint64_t free_from[HISTORY_THREADS_MAX] = {0}, now = STEP;
    history_begin(h, threads);
    h->limit = s->limit;
    h->start = s->start;
    s->spec->begin(h, state);
    for (unsigned made = 0, tries = 0; made < calls && tries < calls * TRIES; tries++, now += 1) {
        unsigned t = (unsigned)rng_below(rng, threads);
        if (free_from[t] >= now || !history_room(h, t, 1))
            continue;
        uint64_t from = free_from[t] + 1 + rng_below(rng, now - free_from[t]);
        if (from + width < now)
            from = now - width;
        struct history_call *c = add(h, t, from, now + rng_below(rng, width));
        draw_question(s, h, t, calls, rng, c);
        bool possible = false;
        for (unsigned k = 0; k < 50 && !possible; k++) {
            draw_answer(s, h, rng, c);
            memcpy(after, state, sizeof state);
            possible = linear_step(s->spec, h, after, &(struct linear_call){.is = c, .thread = t});
        }
        if (!possible) {
            h->thread[t].calls--;
            continue;
        }
        memcpy(state, after, sizeof state);
        free_from[t] = c->returned.ns;
        now += STEP;
        made++;
    }
}

static unsigned calls_of(const struct history *h)
{
    unsigned calls = 0;
    for (unsigned t = 0; t < h->threads; t++)
        calls += h->thread[t].calls;
    return calls;
}

/* Every order, tried by the definition: no set, no cache, no short cut. */
struct orders {
    const struct linear_spec *spec;
    const struct history *h;
    bool done[HISTORY_THREADS_MAX][HISTORY_CALLS_MAX];
};

static unsigned excuses_by_definition(const struct linear_spec *spec, const struct history *h,
                                      unsigned t, const struct history_call *c)
{
    const struct linear_operation *o = &spec->operations[c->what];
    unsigned excuses = 0;
    for (unsigned u = 0; c->error && u < h->threads; u++) {
        for (unsigned i = 0; u != t && i < h->thread[u].calls; i++) {
            const struct history_call *other = &h->thread[u].call[i];
            bool apart = other->returned.ns < c->called.ns || c->returned.ns < other->called.ns;
            if (!apart && (o->excused_by >> other->what & 1) &&
                (!other->error || o->excused_by_refused ||
                 (other->error == EPIPE && (o->excused_by_ended >> other->what & 1))))
                excuses++;
        }
    }
    return excuses;
}

static bool may_be_next(const struct orders *s, unsigned t, unsigned i)
{
    for (unsigned u = 0; u < s->h->threads; u++) {
        for (unsigned k = 0; k < s->h->thread[u].calls; k++) {
            bool before =
                u == t ? k < i
                       : s->h->thread[u].call[k].returned.ns < s->h->thread[t].call[i].called.ns;
            if (before && !s->done[u][k])
                return false;
        }
    }
    return !s->done[t][i];
}

static bool some_order(struct orders *s, unsigned left, const unsigned char *state)
{
    unsigned char after[LINEAR_STATE_BYTES] __attribute__((aligned(8)));
    if (left == 0)
        return true;
    for (unsigned t = 0; t < s->h->threads; t++) {
        for (unsigned i = 0; i < s->h->thread[t].calls; i++) {
            const struct history_call *c = &s->h->thread[t].call[i];
            struct linear_call call = {
                .is = c, .thread = t, .excuses = excuses_by_definition(s->spec, s->h, t, c)};
            if (!may_be_next(s, t, i))
                continue;
            memcpy(after, state, sizeof after);
            if (!linear_step(s->spec, s->h, after, &call))
                continue;
            s->done[t][i] = true;
            bool found = some_order(s, left - 1, after);
            s->done[t][i] = false;
            if (found)
                return true;
        }
    }
    return false;
}

static bool linearizable_by_definition(const struct linear_spec *spec, const struct history *h)
{
    static struct orders orders;
    _Alignas(uint64_t) unsigned char state[LINEAR_STATE_BYTES] = {0};
    orders = (struct orders){.spec = spec, .h = h};
    spec->begin(h, state);
    return some_order(&orders, calls_of(h), state);
}

/* Change one answer, for better or worse. */
static void mutate(const struct subject *s, struct rng *rng, struct history *h)
{
    unsigned t = (unsigned)rng_below(rng, h->threads);
    if (h->thread[t].calls)
        draw_answer(s, h, rng, &h->thread[t].call[rng_below(rng, h->thread[t].calls)]);
}

static void check_small(void)
{
    enum { ROUNDS = 300, THREADS = 3, CALLS = 7, WIDTH = 60 };
    static struct history h;
    for (unsigned k = 0; k < SUBJECTS; k++) {
        const struct subject *s = &subjects[k];
        unsigned accepted = 0, refused = 0;
        for (unsigned round = 0; round < ROUNDS; round++) {
            struct rng rng = rng_seeded(SEED + k, round);
            make_valid(s, THREADS, CALLS, WIDTH, &rng, &h);
            CHECK(linear_check(s->spec, &h, LINEAR_STATES_MAX).answer == LINEAR,
                  "%s: valid history %u", s->spec->name, round);
            mutate(s, &rng, &h);
            bool is = linearizable_by_definition(s->spec, &h);
            struct linear_result r = linear_check(s->spec, &h, LINEAR_STATES_MAX);
            CHECK(r.answer == (is ? LINEAR : NOT_LINEAR), "%s: changed history %u: answer %d",
                  s->spec->name, round, (int)r.answer);
            accepted += is;
            refused += !is;
        }
        CHECK(accepted > ROUNDS / 20 && refused > ROUNDS / 20, "%s: %u accepted, %u refused",
              s->spec->name, accepted, refused);
    }
}

/* The second pop gets what the first got. */
static bool duplicate_item(struct history *h)
{
    const struct history_call *first = NULL;
    for (unsigned t = h->threads; t-- > 0;) {
        for (unsigned i = h->thread[t].calls; i-- > 0;) {
            struct history_call *c = &h->thread[t].call[i];
            if ((c->what != QUEUE_TRY_POP && c->what != QUEUE_POP) || c->error)
                continue;
            if (first) {
                c->got = first->got;
                return true;
            }
            first = c;
        }
    }
    return false;
}

static void check_large(void)
{
    enum { ROUNDS = 40, THREADS = 4, CALLS = 200, WIDTH = 60 };
    static struct history h;
    for (unsigned k = 0; k < SUBJECTS; k++) {
        const struct subject *s = &subjects[k];
        uint64_t longest_ns = 0;
        unsigned calls = 0, states = 0;
        for (unsigned round = 0; round < ROUNDS; round++) {
            struct rng rng = rng_seeded(SEED + 100 + k, round);
            make_valid(s, THREADS, CALLS, WIDTH, &rng, &h);
            for (unsigned changed = 0; changed < 2; changed++) {
                uint64_t began_ns = clock_ns();
                struct linear_result r = linear_check(s->spec, &h, LINEAR_STATES_MAX);
                uint64_t took_ns = clock_ns() - began_ns;
                CHECK(r.answer == (changed ? NOT_LINEAR : LINEAR), "%s: history %u: answer %d",
                      s->spec->name, round, (int)r.answer);
                calls = r.calls > calls ? r.calls : calls;
                states = r.states > states ? r.states : states;
                longest_ns = took_ns > longest_ns ? took_ns : longest_ns;
                if (!is_queue(s) || !duplicate_item(&h))
                    break;
            }
        }
        printf("linear: %s: %u calls of %u threads: at most %u states, %.3f ms\n", s->spec->name,
               calls, (unsigned)THREADS, states, (double)longest_ns / 1e6);
        CHECK(longest_ns < NS_PER_S, "%s: %.0f ms", s->spec->name, (double)longest_ns / 1e6);
    }
}

/* Pushes that all overlap, and a pop of what nobody pushed: each order of each subset is a state. */
static void check_giving_up(void)
{
    static struct history h;
    history_begin(&h, HISTORY_THREADS_MAX);
    h.limit = UINT32_MAX;
    for (unsigned t = 0; t < h.threads; t++) {
        struct history_call *c = add(&h, t, 1, 10);
        c->argument = linear_item(t, 0);
    }
    struct history_call *c = add(&h, 0, 20, 30);
    c->what = QUEUE_TRY_POP;
    c->got = linear_item(0, 1);
    enum { FEW = 100 };
    struct linear_result r = linear_check(&linear_queue, &h, FEW);
    CHECK(r.answer == LINEAR_GAVE_UP && r.states == FEW, "answer %d after %u states", (int)r.answer,
          r.states);
    r = linear_check(&linear_queue, &h, LINEAR_STATES_MAX);
    CHECK(r.answer == NOT_LINEAR && r.ordered == HISTORY_THREADS_MAX, "answer %d, %u ordered",
          (int)r.answer, r.ordered);
    CHECK(linear_verdict(&linear_queue, &h) && !h.undecided, "the verdict says nothing");

    /* and each thread's pushes and pops overlap all others' */
    for (unsigned t = 0; t < h.threads; t++) {
        h.thread[t].calls = 0;
        for (unsigned i = 0; i < 2 * HISTORY_THREADS_MAX; i++) {
            c = add(&h, t, 1, 10);
            c->what = i % 2 ? QUEUE_TRY_POP : QUEUE_TRY_PUSH;
            c->argument = linear_item(t, i / 2);
            c->got = linear_item((t + 1) % h.threads, i / 2);
        }
    }
    c->got = linear_item(0, HISTORY_CALLS_MAX - 1);
    CHECK(!linear_verdict(&linear_queue, &h) && h.undecided, "the verdict knows");
}

/* Threads that take turns on a CPU, each stopped in the midst of a call for many calls of the others, and
   a queue without a limit: where pushes are put in an order only to be found wrong long after. */
static void check_wide(void)
{
    enum { ROUNDS = 200, THREADS = 8, CALLS = 200 };
    static struct history h;
    unsigned calls = 0, states = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct subject s = subjects[0];
        struct rng rng = rng_seeded(SEED + 200, round);
        s.limit = UINT32_MAX;
        make_valid(&s, THREADS, CALLS, 20U << round % 8, &rng, &h);
        struct linear_result r = linear_check(&linear_queue, &h, LINEAR_STATES_MAX);
        CHECK(r.answer == LINEAR, "history %u: answer %d", round, (int)r.answer);
        calls = r.calls > calls ? r.calls : calls;
        states = r.states > states ? r.states : states;
    }
    printf("linear: turns: %u calls of %u threads: at most %u states\n", calls, (unsigned)THREADS,
           states);
}

int main(void)
{
    check_small();
    check_large();
    check_wide();
    check_giving_up();
    return check_result("linear_search");
}
