// SPDX-License-Identifier: MIT
/* campaign.h - who plays what: scenarios x implementations x perturbations, and the controls that must
   not survive. */
#ifndef STRESS_CAMPAIGN_H
#define STRESS_CAMPAIGN_H

#include "stress/child.h"

struct campaign_options {
    const char *kind; /* NULL: all */
    /* NULL: all; each ends with NULL. A control plays only if named, or as a control. */
    const char *const *impls, *const *scenarios;
    const char *const *perturbs; /* NULL: the everyday ones; controls: all */
    unsigned threads;            /* before perturbations; 0: one for each CPU, but at least two */
    uint64_t seed;
    uint64_t rounds;      /* in each case; 0: by time */
    uint64_t duration_ns; /* of everything, shared out evenly; of one control at most */
    bool controls;        /* controls instead of implementations */
    char checker;         /* of this build: H, T; controls: only those that it must kill */
    bool verbose;         /* also the reports of controls killed */
    const char *evidence; /* of failures of real players, as in stress_case */
};

/* An implementation or a control, and its cases in the order they are played. */
struct campaign_player {
    const struct scenario_kind *kind;
    const struct ct_impl *impl;
    /* Of a control that this one scenario must see: the kind's nothing, or killer L. Else NULL. */
    const struct scenario *power;
    const char *killers; /* NULL: not a control */
    struct stress_case *cases;
    struct stress_result *results;   /* shared with the process that plays */
    size_t count, planned;           /* planned: memory for cases */
    const struct scenario **skipped; /* need what is not offered; ends with NULL */
    size_t scenario_count;

    /* Once played: */
    struct stress_result total;
    const struct stress_case *broken; /* the case that failed, or the one of a vacuous scenario */
    const char *failure;              /* NULL: none; of a control: what killed it */
    uint64_t elapsed_ns;
};

struct campaign {
    struct campaign_options options;
    struct campaign_player *players;
    size_t count, cases;
    /* Implementations left out, NULL: none: ThreadSanitizer cannot follow code that it did not compile
       and would accuse them. */
    char *unseen;
    struct place *place;
    struct ct_u32 *stop;        /* shared; the present player's */
    struct ct_u32 *interrupted; /* by a signal handler: the campaign is to end */
};

/* Names must have been checked. Players without any case are left out. */
struct campaign *campaign_plan(const struct campaign_options *options);

void campaign_free(struct campaign *c);

/* Play one; tick (may be NULL) is called every few ms meanwhile. */
void campaign_play(struct campaign *c, struct campaign_player *p, void (*tick)(void *),
                   void *context);

/* To play it with another seed. */
void campaign_reseed(struct campaign_player *p, uint64_t seed);
/* As if it had not been played yet; until it is again, its results take no memory. */
void campaign_forget(struct campaign_player *p);

/* A real player held, or is known to be defective; a control was killed. */
bool campaign_as_it_should_be(const struct campaign_player *p);

/* Async-signal-safe. */
void campaign_interrupt(struct campaign *c);
bool campaign_interrupted(const struct campaign *c);

#endif
