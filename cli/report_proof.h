// SPDX-License-Identifier: MIT
/* report_proof.h - what the store knows about correctness: all stress runs of the newest build that
   was stressed or explored, added up, what the model explored of that build, and the newest soak. */
#ifndef CLI_REPORT_PROOF_H
#define CLI_REPORT_PROOF_H

#include "cli/report_model.h"
#include "cli/report_soak.h"
#include "cli/store.h"

#include <stdbool.h>

enum proof_checker { PROOF_MODEL, PROOF_HARDWARE, PROOF_TSAN, PROOF_CHECKERS };
extern const char proof_checker_letters[PROOF_CHECKERS];
extern const char *const proof_checker_names[PROOF_CHECKERS];

/* A broken implementation, and who caught it. */
struct proof_control {
    char *name;
    bool expected[PROOF_CHECKERS]; /* this checker must catch it */
    bool tried[PROOF_CHECKERS];
    bool killed[PROOF_CHECKERS];
    double seconds
        [PROOF_CHECKERS]; /* until it was caught, at the longest; of all tries if it was not */
    double open_seconds[PROOF_CHECKERS]; /* of tries since it was caught last */
    char *how;                           /* what gave it away, first time; NULL: nothing did */
};

struct proof_impl {
    char *name;
    char **scenarios; /* played, each once */
    size_t scenario_count;
    uint64_t rounds, operations, contended, sleeps;
    double seconds;
    double *waits_ns; /* the longest of every case */
    size_t wait_count;
    unsigned failures;
    char *failure; /* the first: "SCENARIO under PERTURBATION: what" */
};

struct proof_kind {
    char *name;
    struct proof_impl *impls;
    size_t impl_count;
    struct proof_control *controls;
    size_t control_count;
    char **scenarios; /* played by any implementation */
    size_t scenario_count;
};

struct proof {
    struct proof_kind *kinds;
    size_t kind_count;
    char *revision;             /* of the build; NULL: nothing was stressed or explored */
    unsigned runs, older_runs;  /* of stress; of stress and the model of other builds */
    struct report_model *model; /* NULL: the model did not run */
    struct report_soak *soak;   /* NULL: there was none */
};

/* Never NULL. */
struct proof *proof_load(struct store *s);
void proof_free(struct proof *proof);

double proof_longest_wait_ns(const struct proof_impl *impl); /* 0: none */

#endif
