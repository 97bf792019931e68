// SPDX-License-Identifier: MIT
/* The linearizability check: histories whose answer is known, small ones against a search that tries
   every order, long ones that are linearizable because they were made so, or are not because one answer
   was changed. */
#include "stress/linear.h"
#include "support/clock.h"
#include "support/rng.h"
#include "tests/check.h"

#include <errno.h>
#include <string.h>

enum { SEED = 20, CALLS_MAX = 10 };

struct known_call {
    unsigned thread, from, to;
    uint8_t what;
    uint32_t argument;
    int error;
    uint32_t got;
};

struct known {
    const char *name;
    const struct linear_spec *spec;
    uint32_t limit, start;
    bool linearizable;
    struct known_call call[CALLS_MAX]; /* ends with one that takes no time */
};

/* Two items of the first thread, one of the second. */
enum { A = 1, A2 = 2, B = 1 + HISTORY_CALLS_MAX };

/* clang-format off */
static const struct known known[] = {
    {"queue: nothing", &linear_queue, 1, 0, true, {{0}}},
    {"queue: in and out", &linear_queue, 1, 0, true,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 4, QUEUE_TRY_POP, 0, 0, A}}},
    {"queue: out while it goes in", &linear_queue, 1, 0, true,
     {{0, 1, 9, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 4, QUEUE_TRY_POP, 0, 0, A}}},
    {"queue: out before it went in", &linear_queue, 1, 0, false,
     {{1, 1, 2, QUEUE_TRY_POP, 0, 0, A}, {0, 3, 4, QUEUE_TRY_PUSH, A, 0, 0}}},
    {"queue: out twice", &linear_queue, 2, 0, false,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 9, QUEUE_TRY_POP, 0, 0, A}, {2, 3, 9, QUEUE_TRY_POP, 0, 0, A}}},
    {"queue: an item from nowhere", &linear_queue, 2, 0, false,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 4, QUEUE_TRY_POP, 0, 0, B}}},
    {"queue: pushed at once, so in any order", &linear_queue, 2, 0, true,
     {{0, 1, 9, QUEUE_TRY_PUSH, A, 0, 0}, {1, 1, 9, QUEUE_TRY_PUSH, B, 0, 0},
      {2, 10, 11, QUEUE_TRY_POP, 0, 0, B}, {2, 12, 13, QUEUE_TRY_POP, 0, 0, A}}},
    {"queue: popped at once, so in any order", &linear_queue, 2, 0, true,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {0, 3, 4, QUEUE_TRY_PUSH, A2, 0, 0},
      {1, 5, 9, QUEUE_TRY_POP, 0, 0, A2}, {2, 6, 9, QUEUE_TRY_POP, 0, 0, A}}},
    {"queue: last in, first out", &linear_queue, 2, 0, false,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 4, QUEUE_TRY_PUSH, B, 0, 0},
      {2, 5, 6, QUEUE_TRY_POP, 0, 0, B}, {2, 7, 8, QUEUE_TRY_POP, 0, 0, A}}},
    {"queue: each pop is right, both together are not", &linear_queue, 4, 0, false,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {0, 3, 4, QUEUE_TRY_PUSH, A2, 0, 0}, {1, 1, 2, QUEUE_TRY_PUSH, B, 0, 0},
      {2, 5, 6, QUEUE_TRY_POP, 0, 0, A}, {3, 7, 8, QUEUE_TRY_POP, 0, 0, A2}, {2, 9, 10, QUEUE_TRY_POP, 0, 0, B}}},
    {"queue: full", &linear_queue, 1, 0, true,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 4, QUEUE_TRY_PUSH, B, EAGAIN, 0}}},
    {"queue: more than fit", &linear_queue, 1, 0, false,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 4, QUEUE_TRY_PUSH, B, 0, 0}}},
    {"queue: full, it says, with room", &linear_queue, 2, 0, false,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 4, QUEUE_PUSH, B, ETIMEDOUT, 0}}},
    {"queue: empty, it says, with an item", &linear_queue, 2, 0, false,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 4, QUEUE_TRY_POP, 0, EAGAIN, 0}}},
    {"queue: ... that may have come later", &linear_queue, 2, 0, true,
     {{0, 1, 4, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 5, QUEUE_TRY_POP, 0, EAGAIN, 0}}},
    {"queue: one instant of the clock orders nothing", &linear_queue, 2, 0, true,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {1, 2, 3, QUEUE_TRY_POP, 0, EAGAIN, 0}}},
    {"claimed: empty, while a push is under way in front", &linear_queue_claimed, 2, 0, true,
     {{0, 1, 9, QUEUE_TRY_PUSH, A, 0, 0}, {1, 2, 3, QUEUE_TRY_PUSH, B, 0, 0},
      {2, 4, 5, QUEUE_TRY_POP, 0, EAGAIN, 0}, {2, 6, 12, QUEUE_TRY_POP, 0, 0, A}}},
    {"claimed: ... which the exact queue may not", &linear_queue, 2, 0, false,
     {{0, 1, 9, QUEUE_TRY_PUSH, A, 0, 0}, {1, 2, 3, QUEUE_TRY_PUSH, B, 0, 0},
      {2, 4, 5, QUEUE_TRY_POP, 0, EAGAIN, 0}, {2, 6, 12, QUEUE_TRY_POP, 0, 0, A}}},
    {"claimed: a push that was refused is no excuse", &linear_queue_claimed, 1, 0, false,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 9, QUEUE_TRY_PUSH, B, EAGAIN, 0}, {2, 4, 5, QUEUE_TRY_POP, 0, EAGAIN, 0}}},
    {"close: refuses", &linear_queue, 2, 0, true,
     {{0, 1, 2, QUEUE_CLOSE, 0, 0, 0}, {1, 3, 4, QUEUE_TRY_PUSH, B, EPIPE, 0}, {2, 3, 4, QUEUE_TRY_POP, 0, EPIPE, 0}}},
    {"close: drains", &linear_queue, 2, 0, true,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {0, 3, 4, QUEUE_CLOSE, 0, 0, 0},
      {1, 5, 6, QUEUE_TRY_POP, 0, 0, A}, {1, 7, 8, QUEUE_TRY_POP, 0, EPIPE, 0}}},
    {"close: pushed after it", &linear_queue, 2, 0, false,
     {{0, 1, 2, QUEUE_CLOSE, 0, 0, 0}, {1, 3, 4, QUEUE_TRY_PUSH, B, 0, 0}}},
    {"close: pushed after somebody knew", &linear_queue, 2, 0, false,
     {{0, 1, 9, QUEUE_CLOSE, 0, 0, 0}, {1, 2, 3, QUEUE_TRY_POP, 0, EPIPE, 0}, {2, 4, 5, QUEUE_TRY_PUSH, A, 0, 0}}},
    {"close: drops", &linear_queue, 2, 0, false,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {0, 3, 4, QUEUE_CLOSE, 0, 0, 0}, {1, 5, 6, QUEUE_TRY_POP, 0, EPIPE, 0}}},
    {"close: who pops is not told", &linear_queue, 2, 0, false,
     {{0, 1, 2, QUEUE_CLOSE, 0, 0, 0}, {1, 3, 4, QUEUE_TRY_POP, 0, EAGAIN, 0}}},
    {"close: closed, it says, and nobody did", &linear_queue, 2, 0, false,
     {{1, 1, 2, QUEUE_TRY_PUSH, B, EPIPE, 0}}},
    {"unordered: not in the order of the pushes", &linear_queue_unordered, 2, 0, true,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 4, QUEUE_TRY_PUSH, B, 0, 0},
      {2, 5, 6, QUEUE_TRY_POP, 0, 0, B}, {2, 7, 8, QUEUE_TRY_POP, 0, 0, A}}},
    {"unordered: but of one producer", &linear_queue_unordered, 2, 0, false,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {0, 3, 4, QUEUE_TRY_PUSH, A2, 0, 0},
      {2, 5, 6, QUEUE_TRY_POP, 0, 0, A2}, {2, 7, 8, QUEUE_TRY_POP, 0, 0, A}}},

    {"mutex: one after the other", &linear_mutex, 0, 0, true,
     {{0, 1, 2, MUTEX_LOCK, 0, 0, 0}, {1, 1, 9, MUTEX_LOCK, 0, 0, 0}, {0, 3, 4, MUTEX_UNLOCK, 0, 0, 0}}},
    {"mutex: two owners", &linear_mutex, 0, 0, false,
     {{0, 1, 2, MUTEX_LOCK, 0, 0, 0}, {1, 1, 3, MUTEX_LOCK, 0, 0, 0}, {0, 4, 5, MUTEX_UNLOCK, 0, 0, 0}}},
    {"mutex: trylock of a free one is false", &linear_mutex, 0, 0, false,
     {{0, 1, 2, MUTEX_LOCK, 0, 0, 0}, {0, 3, 4, MUTEX_UNLOCK, 0, 0, 0}, {1, 5, 6, MUTEX_TRYLOCK, 0, EAGAIN, 0}}},
    {"mutex: trylock is false while it changes hands", &linear_mutex, 0, 0, true,
     {{0, 1, 2, MUTEX_LOCK, 0, 0, 0}, {0, 3, 8, MUTEX_UNLOCK, 0, 0, 0}, {1, 5, 6, MUTEX_TRYLOCK, 0, EAGAIN, 0}}},
    {"mutex: timed out although it was free", &linear_mutex, 0, 0, false,
     {{1, 5, 6, MUTEX_TIMEDLOCK, 0, ETIMEDOUT, 0}}},

    {"rwlock: two readers", &linear_rwlock, 0, 0, true,
     {{0, 1, 2, RWLOCK_RDLOCK, 0, 0, 0}, {1, 3, 4, RWLOCK_TRYRDLOCK, 0, 0, 0},
      {0, 5, 6, RWLOCK_RDUNLOCK, 0, 0, 0}, {1, 7, 8, RWLOCK_RDUNLOCK, 0, 0, 0}}},
    {"rwlock: a writer among readers", &linear_rwlock, 0, 0, false,
     {{0, 1, 2, RWLOCK_RDLOCK, 0, 0, 0}, {1, 3, 4, RWLOCK_WRLOCK, 0, 0, 0}, {0, 5, 6, RWLOCK_RDUNLOCK, 0, 0, 0}}},
    {"rwlock: a reader is refused for another", &linear_rwlock, 0, 0, false,
     {{0, 1, 2, RWLOCK_RDLOCK, 0, 0, 0}, {1, 3, 4, RWLOCK_TRYRDLOCK, 0, EAGAIN, 0}, {0, 5, 6, RWLOCK_RDUNLOCK, 0, 0, 0}}},
    {"rwlock: ... but also for a writer who waits", &linear_rwlock, 0, 0, true,
     {{0, 1, 2, RWLOCK_RDLOCK, 0, 0, 0}, {2, 3, 9, RWLOCK_WRLOCK, 0, 0, 0}, {1, 3, 4, RWLOCK_TRYRDLOCK, 0, EAGAIN, 0},
      {0, 5, 6, RWLOCK_RDUNLOCK, 0, 0, 0}}},
    {"rwlock: ... or who gives up", &linear_rwlock, 0, 0, true,
     {{0, 1, 2, RWLOCK_RDLOCK, 0, 0, 0}, {2, 3, 5, RWLOCK_TIMEDWRLOCK, 0, ETIMEDOUT, 0}, {1, 3, 4, RWLOCK_TRYRDLOCK, 0, EAGAIN, 0}}},
    {"rwlock: refused for nobody", &linear_rwlock, 0, 0, false, {{1, 3, 4, RWLOCK_TRYWRLOCK, 0, EAGAIN, 0}}},
    {"rwlock: unlocked by nobody", &linear_rwlock, 0, 0, false, {{1, 3, 4, RWLOCK_RDUNLOCK, 0, 0, 0}}},

    {"semaphore: taken and given", &linear_semaphore, 9, 1, true,
     {{0, 1, 2, SEMAPHORE_WAIT, 0, 0, 0}, {1, 1, 9, SEMAPHORE_WAIT, 0, 0, 0}, {2, 1, 4, SEMAPHORE_VALUE, 0, 0, 0},
      {0, 5, 6, SEMAPHORE_POST, 2, 0, 0}, {2, 10, 11, SEMAPHORE_VALUE, 0, 0, 1}}},
    {"semaphore: one permit twice", &linear_semaphore, 9, 1, false,
     {{0, 1, 9, SEMAPHORE_TRYWAIT, 0, 0, 0}, {1, 1, 9, SEMAPHORE_TIMEDWAIT, 0, 0, 0}}},
    {"semaphore: a permit that is there is refused", &linear_semaphore, 9, 1, false,
     {{0, 1, 2, SEMAPHORE_TIMEDWAIT, 0, ETIMEDOUT, 0}}},
    {"semaphore: a permit is lost", &linear_semaphore, 9, 0, false,
     {{0, 1, 2, SEMAPHORE_POST, 2, 0, 0}, {1, 3, 4, SEMAPHORE_VALUE, 0, 0, 1}}},
    {"semaphore: overflow", &linear_semaphore, 1, 1, true, {{0, 1, 2, SEMAPHORE_POST, 1, EOVERFLOW, 0}}},
    {"bounded: above its maximum", &linear_bounded_semaphore, 1, 1, false, {{0, 1, 2, SEMAPHORE_POST, 1, 0, 0}}},
    {"bounded: refused with room", &linear_bounded_semaphore, 2, 1, false, {{0, 1, 2, SEMAPHORE_POST, 1, EOVERFLOW, 0}}},
    {"bounded: ... that a wait is about to make", &linear_bounded_semaphore, 1, 1, true,
     {{0, 1, 9, SEMAPHORE_WAIT, 0, 0, 0}, {1, 2, 3, SEMAPHORE_VALUE, 0, 0, 0}, {1, 4, 5, SEMAPHORE_POST, 1, EOVERFLOW, 0}}},
    {"bounded: ... that a wait has made", &linear_bounded_semaphore, 1, 1, false,
     {{0, 1, 2, SEMAPHORE_WAIT, 0, 0, 0}, {1, 4, 5, SEMAPHORE_POST, 1, EOVERFLOW, 0}}},

    {"event: stays set", &linear_event, 0, 0, true,
     {{0, 1, 2, EVENT_SET, 0, 0, 0}, {1, 1, 4, EVENT_WAIT, 0, 0, 0}, {1, 5, 6, EVENT_WAIT, 0, 0, 0}, {2, 3, 4, EVENT_IS_SET, 0, 0, 1}}},
    {"event: through before it was set", &linear_event, 0, 0, false,
     {{1, 1, 2, EVENT_WAIT, 0, 0, 0}, {0, 3, 4, EVENT_SET, 0, 0, 0}}},
    {"event: let through by a set that was cleared since", &linear_event, 0, 0, true,
     {{1, 1, 9, EVENT_WAIT, 0, 0, 0}, {0, 3, 4, EVENT_SET, 0, 0, 0}, {0, 5, 6, EVENT_CLEAR, 0, 0, 0}}},
    {"event: not told", &linear_event, 0, 0, false,
     {{0, 3, 4, EVENT_SET, 0, 0, 0}, {1, 5, 6, EVENT_TIMEDWAIT, 0, ETIMEDOUT, 0}}},
    {"auto: for one only", &linear_event_auto, 0, 0, false,
     {{0, 1, 2, EVENT_SET, 0, 0, 0}, {1, 3, 9, EVENT_WAIT, 0, 0, 0}, {2, 3, 9, EVENT_TIMEDWAIT, 0, 0, 0}}},
    {"auto: the other one is refused", &linear_event_auto, 0, 0, true,
     {{0, 1, 2, EVENT_SET, 0, 0, 0}, {1, 3, 9, EVENT_WAIT, 0, 0, 0}, {2, 3, 9, EVENT_TIMEDWAIT, 0, ETIMEDOUT, 0}}},
    {"auto: two sets may be one", &linear_event_auto, 0, 0, true,
     {{0, 1, 2, EVENT_SET, 0, 0, 0}, {0, 3, 4, EVENT_SET, 0, 0, 0}, {1, 5, 6, EVENT_WAIT, 0, 0, 0}, {1, 7, 8, EVENT_IS_SET, 0, 0, 0}}},
};
/* clang-format on */

static struct history_call *add(struct history *h, unsigned thread, uint64_t from, uint64_t to)
{
    struct history_call *c = &h->thread[thread].call[h->thread[thread].calls++];
    *c = (struct history_call){.called = {from}, .returned = {to}};
    return c;
}

static void check_known(void)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        static struct history h;
        const struct known *k = &known[i];
        history_begin(&h, 4);
        h.limit = k->limit;
        h.start = k->start;
        for (const struct known_call *c = k->call; c < k->call + CALLS_MAX && c->to; c++) {
            struct history_call *to = add(&h, c->thread, c->from, c->to);
            to->what = c->what;
            to->argument = c->argument;
            to->error = c->error;
            to->got = c->got;
        }
        struct linear_result r = linear_check(k->spec, &h, LINEAR_STATES_MAX);
        CHECK(r.answer == (k->linearizable ? LINEAR : NOT_LINEAR), "%s: answer %d", k->name,
              (int)r.answer);
    }
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
                (!other->error || o->excused_by_refused))
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
            struct linear_call call = {c, t, excuses_by_definition(s->spec, s->h, t, c)};
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
               calls, THREADS, states, (double)longest_ns / 1e6);
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
    struct linear_result r = linear_check(&linear_queue, &h, 1000);
    CHECK(r.answer == LINEAR_GAVE_UP && r.states == 1000, "answer %d after %u states",
          (int)r.answer, r.states);
    r = linear_check(&linear_queue, &h, LINEAR_STATES_MAX);
    CHECK(r.answer == NOT_LINEAR && r.ordered == HISTORY_THREADS_MAX, "answer %d, %u ordered",
          (int)r.answer, r.ordered);
    CHECK(linear_verdict(&linear_queue, &h) != NULL, "the verdict says nothing");
}

int main(void)
{
    check_known();
    check_small();
    check_large();
    check_giving_up();
    return check_result("linear");
}
