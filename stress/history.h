// SPDX-License-Identifier: MIT
/* history.h - what the actors of a round called and what came back: one list per actor, written by it
   alone, read when all have come to an end. */
#ifndef STRESS_HISTORY_H
#define STRESS_HISTORY_H

#include <stress/stamp.h>

#include <stdbool.h>
#include <stdint.h>

enum { HISTORY_THREADS_MAX = 8, HISTORY_CALLS_MAX = 60 };

struct history_call {
    struct stamp called, returned;
    uint32_t argument, got;
    int error;    /* 0, or why it was refused */
    uint8_t what; /* an operation of the spec */
};

struct history_thread {
    unsigned calls;
    struct history_call call[HISTORY_CALLS_MAX];
};

struct history {
    uint32_t limit; /* capacity of a queue, maximum of a semaphore */
    uint32_t start; /* permits that a semaphore begins with */
    bool undecided; /* the verdict could not tell whether the claim held */
    unsigned threads;
    struct history_thread thread[HISTORY_THREADS_MAX];
};

static inline void history_begin(struct history *h, unsigned threads)
{
    h->limit = h->start = 0;
    h->undecided = false;
    h->threads = threads;
    for (unsigned i = 0; i < HISTORY_THREADS_MAX; i++)
        h->thread[i].calls = 0;
}

/* Is there room for calls more of thread? An actor asks before it begins what it must finish. */
static inline bool history_room(const struct history *h, unsigned thread, unsigned calls)
{
    return h->thread[thread].calls + calls <= HISTORY_CALLS_MAX;
}

/* The call begins when this returns. Requires room. */
static inline struct history_call *history_call(struct history *h, unsigned thread, uint8_t what,
                                                uint32_t argument)
{
    struct history_thread *own = &h->thread[thread];
    struct history_call *c = &own->call[own->calls++];
    c->what = what;
    c->argument = argument;
    stamp_call(&c->called);
    return c;
}

/* It has returned. got: what it brought, if anything. */
static inline void history_return(struct history_call *c, int error, uint32_t got)
{
    stamp_return(&c->returned);
    c->error = error;
    c->got = got;
}

#endif
