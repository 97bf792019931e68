// SPDX-License-Identifier: MIT
/* runner.h - one case: a scenario against an implementation under a perturbation, natively, for a
   while. */
#ifndef STRESS_RUNNER_H
#define STRESS_RUNNER_H

#include "stress/perturb.h"
#include "stress/scenario.h"
#include "support/place.h"

#include <contend/atomic.h>

struct stress_case {
    const struct scenario_kind *kind;
    const struct scenario *scenario;
    const struct ct_impl *impl; /* first member of the kind's ops table */
    const struct perturb *perturb;
    unsigned threads; /* asked for; perturbation and scenario have a say */
    uint64_t seed;
    uint64_t rounds_max;  /* 0: no bound */
    uint64_t duration_ns; /* 0: no bound; at least one round is played */
    uint64_t hang_ns;     /* no progress for so long is a failure; 0: the default of this build */
    /* A failure's report goes to <evidence>-<kind>-<impl>-<scenario>-<seed>.txt as well; NULL: not. */
    const char *evidence;
};

/* The command that plays the case again; free it. */
char *stress_command(const struct stress_case *c);

enum stress_end {
    STRESS_NOT_RUN,
    STRESS_RUNNING, /* or the process died while it ran */
    STRESS_HELD,    /* the claim held, as long as we looked */
    STRESS_FAILED,
    STRESS_HUNG,
    STRESS_INTERRUPTED,
};

/* Kept up to date every round, in memory that outlives the process if the caller likes. */
struct stress_result {
    enum stress_end end;
    unsigned threads, steps;
    uint64_t rounds, operations, contended;
    uint64_t undecided;                 /* more rounds, of which nothing is known */
    uint64_t sleeps;                    /* voluntary switches of workers, less the perturbation's */
    uint64_t wait_ns_max;               /* 0: not measured */
    uint64_t share_sum, share_measured; /* permille of an even share, and rounds that measured it */
    uint64_t elapsed_ns;
    char failure[120]; /* the broken claim as seen; "" */
};

/* Play rounds until a bound is reached, *interrupted is set or the claim breaks. A failure is reported
   on stderr, and in the file of evidence, with all that is known and the command that repeats it. A hang is reported likewise, and
   then the process ends with EXIT_CHECK_FAILED: stuck threads cannot be taken back. */
void stress_run(const struct stress_case *c, const struct place *place,
                const struct ct_u32 *interrupted, struct stress_result *result);

/* The same case on the delayed build; what is in no list of it, such as a test's own, stays as it is. */
struct stress_case stress_delayed(const struct stress_case *c);

/* Add what from showed to the counts of into. */
void stress_add(struct stress_result *into, const struct stress_result *from);

/* Why this total of a scenario's cases proved nothing, or NULL. */
const char *stress_vacuous(const struct stress_case *c, const struct stress_result *total);

#endif
