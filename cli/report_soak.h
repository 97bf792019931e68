// SPDX-License-Identifier: MIT
/* report_soak.h - the newest soak of a store. */
#ifndef CLI_REPORT_SOAK_H
#define CLI_REPORT_SOAK_H

#include "cli/store_soak.h"

#include <stdbool.h>

/* What an implementation had come to at a time. */
struct soak_point {
    double elapsed_ns;
    uint64_t operations, violations;
};

struct soak_impl {
    char *name;
    struct soak_point *points;
    size_t point_count;
    double *waits_ns; /* the longest of every case that had one */
    size_t wait_count;
    uint64_t slices, operations, contended, sleeps, violations;
    unsigned cases;
    double share_least; /* permille of an even share; NaN: not measured */
};

struct soak_kind {
    char *name;
    struct soak_impl *impls;
    size_t impl_count;
};

/* A broken implementation that was injected. */
struct soak_control {
    char *kind, *name;
    double elapsed_ns, seconds;
    char *how; /* NULL: it survived */
};

/* Its texts live as long as the report; they are not asked for when written. */
struct soak_violation {
    double elapsed_ns;
    char *subject; /* "KIND/IMPLEMENTATION, SCENARIO under PERTURBATION", as far as there is one */
    char *what, *again, *evidence;
};

struct report_soak {
    int64_t run;
    uint64_t seed;
    enum run_status status;
    char *started_at, *revision;
    struct store_soak asked; /* kind and impls: NULL if all */
    struct soak_kind *kinds;
    size_t kind_count;
    struct store_soak_sample *samples;
    size_t sample_count;
    struct soak_control *controls;
    size_t control_count;
    struct soak_violation *violations;
    size_t violation_count;
};

/* NULL: the store has none. */
struct report_soak *report_soak_load(struct store *s);
void report_soak_free(struct report_soak *soak);

/* Growth per hour of what the samples hold, warm-up left out, as leak.h judges; NaN: too few samples. */
typedef double soak_held(const struct store_soak_sample *sample);
double soak_slope_per_hour(const struct report_soak *soak, soak_held *held);
double soak_memory(const struct store_soak_sample *sample);      /* bytes */
double soak_descriptors(const struct store_soak_sample *sample); /* a number */

#endif
