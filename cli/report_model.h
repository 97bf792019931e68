// SPDX-License-Identifier: MIT
/* report_model.h - what the model explored: the runs of one build, of each row the newest. */
#ifndef CLI_REPORT_MODEL_H
#define CLI_REPORT_MODEL_H

#include "cli/store_model.h"

#include <stdbool.h>

/* An implementation or a control, all of its scenarios. */
struct model_impl {
    char *name;
    bool control;
    unsigned rows;      /* explored */
    unsigned exhausted; /* of them, within a bound wholly */
    unsigned failed;    /* of them, with a claim refuted: what is wanted of a control */
    uint64_t executions;
    double seconds;
    char *within;   /* the bounds of those exhausted; NULL: none was */
    char *why;      /* the first failure; else why it was skipped */
    char **skipped; /* scenarios */
    size_t skipped_count;
};

struct model_kind {
    char *name;
    struct model_impl *impls;
    size_t impl_count;
};

/* A failing execution. */
struct model_failure {
    char *kind, *impl, *scenario, *claim, *why;
    char *site, *replay, *trace, *svg; /* NULL: not known */
};

struct model_outcome {
    char *name, *outcome, *answer;
    uint64_t executions, happened;
    bool as_expected;
};

struct report_model {
    struct model_kind *kinds;
    size_t kind_count;
    struct model_failure *failure; /* of the first implementation that failed; NULL: none did */
    struct model_failure *example; /* of a control that was caught, one with a picture if any has */
    struct model_outcome *litmus;
    size_t litmus_count;
    unsigned runs;
    bool interrupted; /* one of them was */
    char **seen;      /* rows that a newer run has */
    size_t seen_count;
};

/* Adds a run's rows, but those that were added before: begin with the newest. */
void report_model_add(struct report_model *model, struct store *s, int64_t run);
/* Kinds and implementations in the order of this program's list: rows are stored as they end. */
void report_model_sort(struct report_model *model);
void report_model_free(struct report_model *model);

#endif
