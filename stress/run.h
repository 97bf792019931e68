// SPDX-License-Identifier: MIT
/* run.h - a running case, shared between runner and watchdog. */
#ifndef STRESS_RUN_H
#define STRESS_RUN_H

#include "stress/runner.h"

struct run {
    struct scenario_round round; /* first: scenario_point finds the run by it */
    const struct stress_case *c;
    const struct ct_u32 *interrupted;
    struct stress_result *result;
    struct perturb_field field;
    void *own_object; /* round.object at the start of each round */
    unsigned char *nodes;
    size_t node_stride;
    uint64_t started_ns;
    bool over; /* written between rounds */

    /* The gate of a round, for arrivals and for leaving: who arrives last judges the round before and
       prepares the next, alone; the others yield and never sleep, so that every sleep counted is one
       of the implementation's. */
    CT_APART struct ct_u32 arrived;
    CT_APART struct ct_u32 generation;
    CT_APART struct ct_u32 inside; /* an actor has the object: a hint that orders nothing */
    CT_APART struct ct_u64 rounds; /* for the watchdog */
};

/* Where a worker is that is not in a round. */
extern const char run_at_gate[];

struct watchdog;
struct watchdog *watchdog_start(struct run *run);
void watchdog_stop(struct watchdog *w);

/* Everything known about a failure, on stderr. */
void run_report(const struct run *run, const char *headline, const char *seen);

#endif
