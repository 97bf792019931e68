// SPDX-License-Identifier: MIT
/* store_model.h - what the model explored, in the results store. */
#ifndef CLI_STORE_MODEL_H
#define CLI_STORE_MODEL_H

#include "cli/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum store_verdict {
    MODEL_HOLDS,
    MODEL_FAILED, /* an implementation broke a claim */
    MODEL_KILLED, /* a control did, as it must */
    MODEL_SURVIVED,
    MODEL_SKIPPED, /* nothing was explored: all numbers are 0, all texts but why NULL */
    STORE_VERDICTS
};
extern const char *const store_verdict_names[STORE_VERDICTS];

struct store_model_row {
    const char *kind, *impl;
    bool control;
    const char *scenario; /* NULL: all of them, skipped */
    const char *claim;
    unsigned threads, steps; /* steps: operations of each thread */
    const char *mode;
    uint64_t executions, complete, adrift;
    const char *exhausted; /* within which bound all executions were seen; NULL: not all were */
    double seconds;
    enum store_verdict verdict;
    const char *why;                         /* how the claim was refuted, or why it was skipped */
    const char *site, *replay, *trace, *svg; /* of the failure; NULL: not known */
};

struct store_model_litmus {
    const char *name, *outcome, *answer, *mode;
    uint64_t executions, happened;
    double seconds;
    bool as_expected;
};

void store_model_row(struct store *s, int64_t run, const struct store_model_row *row);
void store_model_litmus(struct store *s, int64_t run, const struct store_model_litmus *row);

/* Reading, as in store.h; rows are stored in the order in which they ended. */
typedef void store_visit_model_row(void *context, const struct store_model_row *row);
size_t store_each_model_row(struct store *s, int64_t run, store_visit_model_row *visit,
                            void *context);
typedef void store_visit_model_litmus(void *context, const struct store_model_litmus *row);
size_t store_each_model_litmus(struct store *s, int64_t run, store_visit_model_litmus *visit,
                               void *context);

#endif
