// SPDX-License-Identifier: MIT
/* store_soak.h - soaks in the results store. What is kept is bounded, however long a soak lasts: one row
 * for each case, the newest controls, the first violations, and samples whose interval doubles.
 *
 * Each call that writes is one transaction together with the soak's progress, so that what a killed
 * soak left fits together. */
#ifndef CLI_STORE_SOAK_H
#define CLI_STORE_SOAK_H

#include "cli/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SOAK_SAMPLES_MAX = 512, SOAK_CONTROLS_MAX = 1000, SOAK_VIOLATIONS_MAX = 100 };

struct store_soak {
    /* As it was asked for. */
    const char *kind, *impls; /* NULL: all; impls: separated by commas */
    uint64_t duration_ns, slice_ns, inject_every;
    bool keep_going;
    uint64_t cases; /* that there are to play; 0: not known */

    /* How far it is. */
    uint64_t slices;     /* that ended: the number of the next one */
    uint64_t elapsed_ns; /* not counting when it did not run */
    uint64_t violations; /* also those that have no row */
    uint64_t controls, controls_caught;
    uint64_t sample_ns; /* interval of the samples */
    uint64_t resumed;   /* so many times */
};

/* All slices of one case. */
struct store_soak_case {
    const char *kind, *scenario, *impl, *perturbation;
    uint64_t slices, rounds, operations, contended, sleeps, wait_ns_max;
    uint64_t share_sum, share_measured; /* permille of an even share, of the unluckiest thread */
    double share_least;                 /* the least mean of a slice; NaN: not measured */
    uint64_t violations;
};

struct store_soak_sample {
    uint64_t elapsed_ns, slices, operations, violations, wait_ns_max;
    double share_least;
    uint64_t memory_bytes, threads, descriptors; /* of the soak's own process */
};

/* Of one implementation at one sample, all of its cases together. Nobody writes them but
   store_soak_sample. */
struct store_soak_progress {
    uint64_t elapsed_ns;
    const char *kind, *impl;
    uint64_t operations, violations;
};

struct store_soak_control {
    uint64_t elapsed_ns;           /* when it began */
    const char *kind, *name, *how; /* how NULL: it survived */
    double seconds;
};

struct store_soak_violation {
    uint64_t elapsed_ns, slice;
    const char *at; /* UTC, ISO 8601; not asked for when written */
    const char *kind, *scenario, *impl, *perturbation; /* NULL: not of a case */
    uint64_t threads, seed;
    const char *what, *again, *evidence; /* again: the command that repeats it, NULL: none */
    const char *file;                    /* with the same evidence; NULL: it could not be written */
};

void store_soak_begin(struct store *s, int64_t run, const struct store_soak *soak);
void store_soak_resume(struct store *s, int64_t run, const struct store_soak *soak);
/* violation NULL: none. */
void store_soak_case(struct store *s, int64_t run, const struct store_soak *soak,
                     const struct store_soak_case *row, const struct store_soak_violation *v);
void store_soak_control(struct store *s, int64_t run, const struct store_soak *soak,
                        const struct store_soak_control *row, const struct store_soak_violation *v);
/* May double soak->sample_ns. */
void store_soak_sample(struct store *s, int64_t run, struct store_soak *soak,
                       const struct store_soak_sample *row);
void store_soak_violation(struct store *s, int64_t run, const struct store_soak *soak,
                          const struct store_soak_violation *v);

/* The newest soak if it has not come to its end; 0: there is none. */
int64_t store_soak_unfinished(struct store *s);

/* Reading, as in store.h. */
typedef void store_visit_soak(void *context, const struct store_soak *soak);
size_t store_each_soak(struct store *s, int64_t run, store_visit_soak *visit, void *context);
typedef void store_visit_soak_case(void *context, const struct store_soak_case *row);
size_t store_each_soak_case(struct store *s, int64_t run, store_visit_soak_case *visit,
                            void *context);
typedef void store_visit_soak_sample(void *context, const struct store_soak_sample *row);
size_t store_each_soak_sample(struct store *s, int64_t run, store_visit_soak_sample *visit,
                              void *context);
/* By kind, implementation and time. */
typedef void store_visit_soak_progress(void *context, const struct store_soak_progress *row);
size_t store_each_soak_progress(struct store *s, int64_t run, store_visit_soak_progress *visit,
                                void *context);
typedef void store_visit_soak_control(void *context, const struct store_soak_control *row);
size_t store_each_soak_control(struct store *s, int64_t run, store_visit_soak_control *visit,
                               void *context);
typedef void store_visit_soak_violation(void *context, const struct store_soak_violation *row);
size_t store_each_soak_violation(struct store *s, int64_t run, store_visit_soak_violation *visit,
                                 void *context);

#endif
