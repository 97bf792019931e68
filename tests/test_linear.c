// SPDX-License-Identifier: MIT
/* The linearizability check: small histories whose answer is known, a few for each sentence of the
   specifications. */
#include "stress/linear.h"
#include "tests/check.h"

#include <errno.h>

enum { CALLS_MAX = 10 };

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
    {"claimed: but one that found the queue closed is, to a push", &linear_queue_claimed, 1, 0, true,
     {{0, 1, 9, QUEUE_TRY_PUSH, A, EPIPE, 0}, {1, 2, 3, QUEUE_TRY_PUSH, B, EAGAIN, 0}, {1, 4, 5, QUEUE_CLOSE, 0, 0, 0}}},
    {"claimed: ... not to a pop", &linear_queue_claimed, 1, 0, false,
     {{0, 1, 2, QUEUE_TRY_PUSH, A, 0, 0}, {1, 3, 9, QUEUE_TRY_PUSH, B, EPIPE, 0}, {2, 4, 5, QUEUE_TRY_POP, 0, EAGAIN, 0},
      {2, 6, 7, QUEUE_CLOSE, 0, 0, 0}}},
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

int main(void)
{
    check_known();
    return check_result("linear");
}
