// SPDX-License-Identifier: MIT
/* store.h - the results store: one SQLite file (WAL), durable after every trial.
 *
 * Tables (schema version STORE_SCHEMA_VERSION in PRAGMA user_version; columns explained in store_sql.c,
 * and so in the file itself: sqlite3 FILE .schema):
 *   run            one invocation: when, command line, profile, seed, status
 *   machine_fact   what machine and build a run was made on
 *   machine_limit  the limits block of a run
 *   bench_case     one case of a run, with all that a report says about its implementation
 *   sample         one trial of a case, clean or rejected
 *   stress         one (scenario, implementation, perturbation) of a stress run
 *   soak, soak_case, soak_sample, soak_progress, soak_control, soak_violation: see store_soak.h
 *   model_row, model_litmus: see store_model.h
 *
 * Every function either does what it says or fails the program with exit 5 and one line. A row is in
 * the file when its function returns: killing the process later loses nothing of it (a power cut may
 * lose the last rows, never the file). Several processes may write to one store.
 */
#ifndef CLI_STORE_H
#define CLI_STORE_H

#include "benchmarks/bench.h"
#include "benchmarks/limits.h"
#include "support/machine.h"

#include <stdint.h>
#include <stdio.h>

enum { STORE_SCHEMA_VERSION = 5 };

struct store;

/* Open or make it; path's directory must exist. A damaged file, a file that is no store and a newer
   schema fail the program with exit 5 and one line, the file untouched. An older schema is brought up
   to this one. */
struct store *store_open(const char *path);
struct store *store_open_existing(const char *path); /* fails the program if there is none */
void store_close(struct store *s);

/* Writing. */

enum run_status { RUN_RUNNING, RUN_DONE, RUN_INTERRUPTED, RUN_STATUSES };
extern const char *const store_status_names[RUN_STATUSES];

int64_t store_run_begin(struct store *s, const char *command, const char *arguments,
                        const char *profile, uint64_t seed, const struct machine_fact *facts);
/* One more machine fact, known only after the run had begun; in place of one of the same key. */
void store_fact(struct store *s, int64_t run, const char *key, const char *value);
void store_run_end(struct store *s, int64_t run, enum run_status status);
void store_limits(struct store *s, int64_t run, const struct limit limits[LIMITS]);

/* Call it in plan order, before the first sample: reports keep that order. */
int64_t store_case(struct store *s, int64_t run, const struct bench_case *c);
/* At most one clean sample of a case and round. */
void store_sample(struct store *s, int64_t case_id, const struct bench_sample *sample);
/* The case's invariant did not hold: nothing it measured counts. */
void store_case_broken(struct store *s, int64_t case_id, const char *reason);

struct store_stress {
    const char *kind, *scenario, *impl, *perturbation;
    uint64_t seed, rounds, operations, contended, sleeps, wait_ns_max;
    double seconds;
    const char *failure;         /* NULL: the claim held */
    const char *control_killers; /* NULL: a real implementation; else the control's killers */
};
void store_stress(struct store *s, int64_t run, const struct store_stress *row);

/* Reading. Rows are handed to visit in the order they were written (samples: by round); what a row
   points to lives during that call only. Returns the number of rows; visit may be NULL to count. A
   visit must not read the same table again. */

/* Between the two, nothing that other processes write is seen. Do not write yourself. */
void store_snapshot_begin(struct store *s);
void store_snapshot_end(struct store *s);

/* The newest run of a command ("bench"), 0 if there is none. */
int64_t store_latest_run(struct store *s, const char *command);

struct store_run {
    int64_t id;
    const char *command, *arguments, *profile;
    const char *started_at, *ended_at; /* UTC, ISO 8601; ended_at NULL: running, or killed */
    uint64_t seed;
    enum run_status status;
};
typedef void store_visit_run(void *context, const struct store_run *run);
size_t store_each_run(struct store *s, int64_t run, store_visit_run *visit,
                      void *context); /* run 0: all */

typedef void store_visit_fact(void *context, const char *key, const char *value);
size_t store_each_fact(struct store *s, int64_t run, store_visit_fact *visit, void *context);

typedef void store_visit_limit(void *context, enum limit_id id, const struct limit *limit);
size_t store_each_limit(struct store *s, int64_t run, store_visit_limit *visit, void *context);

struct store_case {
    int64_t id;
    size_t group;
    const char *name, *kind, *workload, *question, *placement;
    const char *impl, *impl_summary, *source, *package; /* package NULL: our own */
    unsigned traits, threads;
    uint32_t hold_ns, think_ns, parameter, size_bytes, align_bytes, node_bytes;
    const char *broken; /* NULL: it worked */
    bool twin;          /* its group's reference a second time */
};
typedef void store_visit_case(void *context, const struct store_case *c);
size_t store_each_case(struct store *s, int64_t run, store_visit_case *visit, void *context);

/* Numbers that were unknown (NaN) come back as NaN. */
typedef void store_visit_sample(void *context, const struct bench_sample *sample);
size_t store_each_sample(struct store *s, int64_t case_id, store_visit_sample *visit,
                         void *context);

/* A run with everything that belongs to it, as a JSON object; json_decref it. NULL: no such run. */
struct json_t *store_run_json(struct store *s, int64_t run);
/* Add such a run: 1 if it was added, 0 if it is there already (command, arguments, seed and start are
   the same). An object that is no run of this or an older schema fails the program with exit 5 and
   one line that names source; nothing of it is added. */
int store_run_import(struct store *s, const struct json_t *run, const char *source);

/* The tables of a run, "run" first; ends with NULL. */
const char *const *store_tables(void);
/* What run has in one of them as lines of CSV (RFC 4180), column by column as the table has them; head:
   first a line with their names. */
void store_table_csv(struct store *s, const char *table, int64_t run, bool head, FILE *out);

typedef void store_visit_stress(void *context, const struct store_stress *row);
size_t store_each_stress(struct store *s, int64_t run, store_visit_stress *visit, void *context);

#endif
