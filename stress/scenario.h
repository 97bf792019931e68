// SPDX-License-Identifier: MIT
/* scenario.h - what is run against an implementation, natively and under the model: rows of data, and
   per row an actor and a verdict. */
#ifndef STRESS_SCENARIO_H
#define STRESS_SCENARIO_H

#include "support/rng.h"

#include <contend/impl.h>
#include <stress/cell.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct history;
struct scenario_thread;

/* One round: fresh state, threads actors, one verdict. */
struct scenario_round {
    const void *ops;                /* struct ct_<kind>_ops of the implementation under test */
    void *object;                   /* impl.size_bytes, aligned; setup initialises it */
    void *state;                    /* scenario.state_bytes, zeroed before setup */
    unsigned threads;               /* actors in this round */
    unsigned steps;                 /* operations asked of each */
    struct scenario_thread *actors; /* [threads], for the verdict */
    struct history *history;        /* empty; NULL: the scenario records nothing */
    unsigned share_permille;        /* the unluckiest actor's part of an even share, where the
                                       scenario measures it; 0: it does not */
};

struct scenario_thread {
    struct scenario_round *round;
    unsigned index; /* 0 .. threads-1 */
    void *node;     /* impl.node_bytes, zeroed, for round->object; lives as long as the round;
                       not to be used if the implementation has none */
    struct rng rng; /* seeded from (seed, round, index) */

    uint64_t operations;     /* done; the runner sums them up */
    uint64_t contended;      /* of those, found the object taken */
    uint64_t tally;          /* the scenario's own */
    uint64_t wait_ns_max;    /* longest wait for one operation, where the scenario measures it */
    const char *volatile at; /* what the actor is doing: for the watchdog, never synchronises */
    const char *volatile failure; /* first broken claim this actor saw; NULL: none */
};

/* What a run of a scenario must have seen natively, else it proved nothing. */
enum scenario_sight {
    SEE_CONTENTION = 1 << 0, /* an actor found the object taken */
    SEE_SLEEPS = 1 << 1,     /* an actor slept, if the implementation parks */
};

/* Which actors do the same, whatever their index, in every implementation of the kind: to change two of
   them for each other changes nothing but names, which spares the model most orders of their beginning. */
enum scenario_alike { ALIKE_NONE, ALIKE_ALL, ALIKE_BUT_FIRST };

struct scenario {
    const char *name;
    const char *claim; /* the sentence that a failure refutes */
    /* An implementation plays it that offers the kind's operations in needs and has all of traits and none
       of traits_not (impl.h); another is skipped, and the run says so. */
    unsigned needs, traits, traits_not;
    unsigned threads_min, threads_max;   /* natively; threads_max 0: as many as asked for */
    unsigned steps;                      /* natively */
    unsigned model_threads, model_steps; /* 0 threads: not for the model */
    enum scenario_alike alike;
    unsigned must_see; /* enum scenario_sight, or-ed */
    unsigned hold_ns;  /* natively, how long POINT_HOLDING lasts at most */
    /* One of the reasons below why its rounds are long by nature; NULL: they are short, and two idle CPUs
       play 15,000 in a second. */
    const char *long_because;
    bool power;    /* must fail with the kind's nothing: shows that the harness can see at all */
    bool recorded; /* the calls go into the round's history; also what the killer L stands for */
    size_t state_bytes;
    void (*setup)(struct scenario_round *r); /* alone, before the actors; also inits the object */
    void (*actor)(struct scenario_thread *t);
    const char *(*verdict)(
        struct scenario_round *r); /* alone, after the actors; NULL: the claim held */
};

#define LONG_DEADLINES "deadlines pass"
#define LONG_HISTORY "the history is searched for an order"
#define LONG_PROCESSES "processes are made and end"
#define LONG_SHARES "there are so many uses that shares can be told"
#define LONG_SLEEPS "threads sleep and are woken several times"
#define LONG_THREADS "threads are started and end"
#define LONG_TIMERS "timers fire at their time"
#define LONG_TURNS "more threads than CPUs take turns"
#define LONG_WORK "each item is worked on"

/* A kind's scenarios and who plays: every implementation, and every negative control. */
struct scenario_kind {
    const char *kind;
    const struct scenario *scenarios;
    size_t scenario_count;
    /* Which of the operations in needs an implementation has; NULL: no scenario needs any. */
    unsigned (*offers)(const void *ops);
    void (*release)(struct scenario_round *r); /* after the verdict: destroy the object */
    const struct ct_impl *const *impls;        /* ends with NULL */
    const struct scenario_control *controls;   /* ends with impl NULL */
    const struct ct_impl *nothing; /* offers all required operations and does nothing in them */
};

struct scenario_control {
    const struct ct_impl *impl;
    const char *killers; /* of H, T, M, L */
};

static inline bool scenario_suits(const struct scenario_kind *kind, const struct scenario *s,
                                  const struct ct_impl *impl)
{
    unsigned offered = kind->offers ? kind->offers(impl) : 0;
    return !(s->needs & ~offered) && !(s->traits & ~impl->traits) &&
           !(s->traits_not & impl->traits);
}

/* As many actors as the scenario lets play, natively, if so many are asked for. */
static inline unsigned scenario_threads(const struct scenario *s, unsigned asked)
{
    unsigned threads = asked < s->threads_min ? s->threads_min : asked;
    return s->threads_max && threads > s->threads_max ? s->threads_max : threads;
}

/* Rows for impls and controls, from the generated lists. */
#define SCENARIO_IMPL(kind, id, field) &ct_##kind##_##id##_ops.impl,
#define SCENARIO_CONTROL(kind, id, killers) {&ct_##kind##_##id##_ops.impl, killers},

extern const struct scenario_kind *const scenario_kinds[]; /* ends with NULL */

/* Where perturbations may strike and the native runner looks on: the actor calls it between
   operations. Does nothing in the model, where every access is such a point already. */
enum scenario_point {
    POINT_OUTSIDE, /* has nothing */
    POINT_ASKING,  /* is about to ask for the object */
    POINT_ENTERED, /* has just got the object */
    POINT_HOLDING, /* is in the midst of using it */
    POINT_LEAVING, /* has the object and is about to give it back */
    POINT_TURN,    /* has nothing and waits for another actor's step; natively lets others run */
};
void scenario_point(struct scenario_thread *t, enum scenario_point where);

/* The watchdog reads at and operations while the actor writes them. These are the runner's own, not
   the subject's: no cells of atomic.h, which are scheduling points in the model. */

/* Say what the actor is about to do, a string that stays. */
static inline void scenario_at(struct scenario_thread *t, const char *what)
{
    __atomic_store_n(&t->at, what, __ATOMIC_RELAXED);
}

/* One more operation is done. */
static inline void scenario_did(struct scenario_thread *t)
{
    __atomic_store_n(&t->operations, t->operations + 1, __ATOMIC_RELAXED);
}

static inline void scenario_broken(struct scenario_thread *t, const char *failure)
{
    if (!t->failure)
        t->failure = failure;
}

#endif
