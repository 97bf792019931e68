// SPDX-License-Identifier: MIT
/* linear.h - is a history linearizable: can its calls be put in one order, which agrees with what
   returned before what began, and in which an object that is used by one thread would have given these
   answers? Herlihy & Wing, TOPLAS 1990.

   The search is Wing & Gong's (J. Parallel Distrib. Comput. 1993) in the form of Lowe's (Concurrency and
   Computation 2017): depth first, and a set of calls with the state that they lead to is tried once. */
#ifndef STRESS_LINEAR_H
#define STRESS_LINEAR_H

#include "stress/history.h"

#include <stddef.h>

/* A call as a specification sees it. */
struct linear_call {
    const struct history_call *is;
    unsigned thread;
    unsigned excuses; /* of a refused call: others that were under way meanwhile and excuse it */
    /* Where what goes in first comes out first: by item, the call that got it, or NULL. It lets a push
       refuse an order that leads nowhere. NULL: it is not known. */
    const struct linear_call *const *got_by;
};

struct linear_operation {
    const char *name;
    bool looks;          /* never changes the object, as no call does that was refused */
    bool may_refuse;     /* else an error is wrong whatever the state */
    unsigned excused_by; /* operations that excuse a refusal if they are under way, a bit each: */
    bool excused_by_refused;   /* also those that are refused themselves */
    unsigned excused_by_ended; /* ... those of these that were refused for ever: EPIPE */
};

/* An object as one thread would find it. Equal states have equal bytes. */
struct linear_spec {
    const char *name;
    const struct linear_operation *operations;
    void (*begin)(const struct history *h, void *state);
    /* The call is next: true, with *state after it, or false if it could not have had this answer. */
    bool (*step)(const struct history *h, void *state, const struct linear_call *c);
    size_t (*bytes)(const void *state); /* in use, at most LINEAR_STATE_BYTES */
    /* Operations that get items in the order in which they went in, a bit each. */
    unsigned fifo_gets;
};
enum { LINEAR_STATE_BYTES = 1024 };

static inline bool linear_step(const struct linear_spec *spec, const struct history *h, void *state,
                               const struct linear_call *c)
{
    return (!c->is->error || spec->operations[c->is->what].may_refuse) && spec->step(h, state, c);
}

extern const struct linear_spec linear_mutex, linear_rwlock, linear_semaphore,
    linear_bounded_semaphore, linear_event, linear_event_auto;
/* Queues, after their promise of what EAGAIN means: exact, or also for a call under way on the other
   side; unordered: only the items of each producer come in order. */
extern const struct linear_spec linear_queue, linear_queue_claimed, linear_queue_unordered;

enum linear_mutex_operation {
    MUTEX_LOCK,
    MUTEX_TRYLOCK,
    MUTEX_TIMEDLOCK,
    MUTEX_UNLOCK,
};
enum linear_rwlock_operation {
    RWLOCK_RDLOCK,
    RWLOCK_TRYRDLOCK,
    RWLOCK_TIMEDRDLOCK,
    RWLOCK_RDUNLOCK,
    RWLOCK_WRLOCK,
    RWLOCK_TRYWRLOCK,
    RWLOCK_TIMEDWRLOCK,
    RWLOCK_WRUNLOCK,
};
enum linear_semaphore_operation { /* of both kinds */
                                  SEMAPHORE_WAIT,
                                  SEMAPHORE_TRYWAIT,
                                  SEMAPHORE_TIMEDWAIT,
                                  SEMAPHORE_POST,  /* argument: how many */
                                  SEMAPHORE_VALUE, /* got */
};
enum linear_event_operation {
    EVENT_SET,
    EVENT_CLEAR,
    EVENT_WAIT,
    EVENT_TIMEDWAIT,
    EVENT_IS_SET, /* got */
};
/* Items are of history_item: each is pushed once. */
enum linear_queue_operation {
    QUEUE_TRY_PUSH, /* argument: the item */
    QUEUE_PUSH,
    QUEUE_TRY_POP, /* got */
    QUEUE_POP,
    QUEUE_CLOSE,
};

/* The n-th item, from 0, that a thread pushes. */
static inline uint32_t linear_item(unsigned thread, unsigned n)
{
    return 1 + thread * HISTORY_CALLS_MAX + n;
}
enum { LINEAR_ITEMS = 1 + HISTORY_THREADS_MAX * HISTORY_CALLS_MAX };

enum linear_answer {
    LINEAR,
    NOT_LINEAR,
    LINEAR_GAVE_UP, /* the search took more states than it was allowed: nothing is known */
};

struct linear_result {
    enum linear_answer answer;
    unsigned calls;                    /* in the history */
    unsigned ordered;                  /* of these, in the longest order that was found */
    unsigned states;                   /* that were tried and led nowhere */
    uint8_t next[HISTORY_THREADS_MAX]; /* the first of each thread that it does not have */
};

enum { LINEAR_STATES_MAX = 200000 };
struct linear_result linear_check(const struct linear_spec *spec, const struct history *h,
                                  unsigned states_max);

/* For a verdict: NULL if the history is linearizable, or if the search gave up, which it then says in
   h->undecided. Natively the history is printed if it is not linearizable. */
const char *linear_verdict(const struct linear_spec *spec, struct history *h);

#endif
