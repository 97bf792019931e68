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
    bool over, patient; /* written between rounds; patient: only to see what must be seen */
    uint64_t patient_rounds;
    struct ct_u32 slept; /* an actor has slept, where that must be seen */

    /* The gate of a round, for arrivals and for leaving: who arrives last judges the round before and
       prepares the next, alone; the others yield and never sleep, so that every sleep counted is one
       of the implementation's. */
    CT_APART struct ct_u32 arrived;
    CT_APART struct ct_u32 generation;
    CT_APART struct ct_u32 inside; /* an actor has the object: a hint that orders nothing */
    CT_APART struct ct_u64 rounds; /* played */
};

/* Where a worker is that is not in a round. */
extern const char run_at_gate[];

struct watchdog;
struct watchdog *watchdog_start(struct run *run);
void watchdog_stop(struct watchdog *w);

/* What an actor says of itself, for those who watch it. */
static inline const char *run_at(const struct run *run, unsigned index)
{
    return __atomic_load_n(&run->round.actors[index].at, __ATOMIC_RELAXED);
}

static inline uint64_t run_operations(const struct run *run, unsigned index)
{
    return __atomic_load_n(&run->round.actors[index].operations, __ATOMIC_RELAXED);
}

/* Everything known about a failure, on stderr and in the case's file of evidence. */
void run_report(const struct run *run, const char *seen);
/* The same of threads that hang, with their stacks: none of them goes on after that. */
void run_report_stuck(const struct run *run, const char *seen);

#endif
