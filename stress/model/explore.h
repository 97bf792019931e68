// SPDX-License-Identifier: MIT
/* explore.h - which decisions an execution takes, so that many executions cover many, or all. */
#ifndef MODEL_EXPLORE_H
#define MODEL_EXPLORE_H

#include "support/rng.h"

#include <stdbool.h>
#include <stdint.h>

enum explore_mode {
    EXHAUSTIVE, /* depth first; sleep sets leave out what only swaps independent operations */
    PREEMPTION, /* depth first, at most so many switches away from a thread that could go on */
    RANDOM,
    PCT,    /* random priorities, changed at few random points (Burckhardt et al., ASPLOS 2010) */
    REPLAY, /* the decisions given, then the default: go on with the same thread, read the newest */
};

enum { DECISIONS_MAX = 8192, STALE_UNBOUNDED = -1 };

struct exploration {
    enum explore_mode mode;
    int stale_max; /* loads per execution that read another than the newest store */
    unsigned preemptions_max;
    bool calm;  /* no sleep ends for no reason, no deadline passes while somebody can go on */
    bool plain; /* nothing left out: to check that the reduction loses nothing */
    struct rng rng;
    unsigned steps_seen; /* longest execution so far, for PCT */

    /* of the present execution, or of the last one: every decision that had an alternative */
    unsigned decisions;
    uint8_t decision[DECISIONS_MAX], fallback[DECISIONS_MAX];
    unsigned switches; /* from a thread that could have gone on */
    bool adrift;       /* too long: the rest is drawn, in every mode but REPLAY */
};
extern struct exploration exploration;

void explore_start(enum explore_mode mode, int stale_max, bool calm, unsigned preemptions_max,
                   uint64_t seed);
void explore_replay(const uint8_t *decision, unsigned decisions);

void explore_begin(unsigned threads); /* of an execution */
bool explore_next(void);              /* after it: is there another? Only depth first ends. */

/* Does it go through all executions, as opposed to drawing some? */
static inline bool explore_all(void)
{
    return exploration.mode == EXHAUSTIVE || exploration.mode == PREEMPTION;
}

/* The present execution is too long for the mode; from here on it is drawn. */
void explore_drift(void);

/* The thread to go on, of a set; -1: nothing new lies ahead. */
int explore_pick(unsigned enabled, unsigned current);
/* One of options, of which only the first allowed are new. */
unsigned explore_choose(unsigned options, unsigned allowed);
/* Does it happen now: a sleep that ends for no reason, a leap of the clock? */
bool explore_mishap(void);
/* Which of the stores that a load may read, newest first, the last of them number oldest: 0 is the
   newest. */
unsigned explore_stale(unsigned options, unsigned newest);
/* The same where candidate[] are the numbers of the stores. */
unsigned explore_stale_of(const uint8_t *candidate, unsigned candidates);
/* current executed an operation with these effects. */
void explore_executed(unsigned location, unsigned effects);
/* What thread stands before has changed. */
void explore_changed(unsigned thread);

#endif
