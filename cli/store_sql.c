// SPDX-License-Identifier: MIT
#include "cli/store_sql.h"

#include "cli/store.h"

#include <stddef.h>

/* All of a soak is bounded, see store_soak.h. */
#define SOAK_TABLES(more_columns)                                                                  \
    "CREATE TABLE soak ( -- how a soak was asked for, and how far it is\n"                         \
    "  run_id INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,\n"                             \
    "  kind TEXT, -- NULL: all\n"                                                                  \
    "  impls TEXT, -- separated by commas; NULL: all\n"                                            \
    "  duration_ns INTEGER NOT NULL,\n"                                                            \
    "  slice_ns INTEGER NOT NULL, -- of a short slice\n"                                           \
    "  inject_every INTEGER NOT NULL, -- a control once in so many slices\n"                       \
    "  keep_going INTEGER NOT NULL, -- 0: the first violation ends it\n"                           \
    "  slices INTEGER NOT NULL DEFAULT 0, -- that ended\n"                                         \
    "  elapsed_ns INTEGER NOT NULL DEFAULT 0, -- while it ran\n"                                   \
    "  violations INTEGER NOT NULL DEFAULT 0, -- also those without a row\n"                       \
    "  controls INTEGER NOT NULL DEFAULT 0, -- injected\n"                                         \
    "  controls_caught INTEGER NOT NULL DEFAULT 0,\n"                                              \
    "  sample_ns INTEGER NOT NULL DEFAULT 0, -- interval of soak_sample, doubles\n" more_columns   \
    "  resumed INTEGER NOT NULL DEFAULT 0 -- so many times\n"                                      \
    ") STRICT;\n"                                                                                  \
    "CREATE TABLE soak_case ( -- all slices of one case\n"                                         \
    "  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,\n"                                \
    "  kind TEXT NOT NULL,\n"                                                                      \
    "  scenario TEXT NOT NULL,\n"                                                                  \
    "  impl TEXT NOT NULL,\n"                                                                      \
    "  perturbation TEXT NOT NULL,\n"                                                              \
    "  slices INTEGER NOT NULL,\n"                                                                 \
    "  rounds INTEGER NOT NULL,\n"                                                                 \
    "  operations INTEGER NOT NULL,\n"                                                             \
    "  contended INTEGER NOT NULL, -- operations that had to wait\n"                               \
    "  sleeps INTEGER NOT NULL, -- waits that reached the kernel\n"                                \
    "  wait_ns_max INTEGER NOT NULL,\n"                                                            \
    "  share_sum INTEGER NOT NULL, -- the unluckiest thread's permille of an even share\n"         \
    "  share_measured INTEGER NOT NULL, -- rounds in that sum\n"                                   \
    "  share_least REAL, -- least mean of a slice\n"                                               \
    "  violations INTEGER NOT NULL,\n"                                                             \
    "  PRIMARY KEY (run_id, kind, scenario, impl, perturbation)\n"                                 \
    ") STRICT;\n"                                                                                  \
    "CREATE TABLE soak_sample ( -- how it went; every second one goes when there are many\n"       \
    "  id INTEGER PRIMARY KEY,\n"                                                                  \
    "  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,\n"                                \
    "  elapsed_ns INTEGER NOT NULL,\n"                                                             \
    "  slices INTEGER NOT NULL,\n"                                                                 \
    "  operations INTEGER NOT NULL,\n"                                                             \
    "  violations INTEGER NOT NULL,\n"                                                             \
    "  wait_ns_max INTEGER NOT NULL,\n"                                                            \
    "  share_least REAL,\n"                                                                        \
    "  memory_bytes INTEGER NOT NULL, -- resident, of the soak's own process\n"                    \
    "  threads INTEGER NOT NULL,\n"                                                                \
    "  descriptors INTEGER NOT NULL\n"                                                             \
    ") STRICT;\n"                                                                                  \
    "CREATE INDEX soak_sample_by_run ON soak_sample (run_id);\n"                                   \
    "CREATE TABLE soak_control ( -- broken implementations injected; the newest\n"                 \
    "  id INTEGER PRIMARY KEY,\n"                                                                  \
    "  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,\n"                                \
    "  elapsed_ns INTEGER NOT NULL, -- when it began\n"                                            \
    "  kind TEXT NOT NULL,\n"                                                                      \
    "  name TEXT NOT NULL,\n"                                                                      \
    "  how TEXT, -- what caught it; NULL: it survived\n"                                           \
    "  seconds REAL NOT NULL -- until it was caught\n"                                             \
    ") STRICT;\n"                                                                                  \
    "CREATE INDEX soak_control_by_run ON soak_control (run_id);\n"                                 \
    "CREATE TABLE soak_violation ( -- the first ones, with all that is known\n"                    \
    "  id INTEGER PRIMARY KEY,\n"                                                                  \
    "  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,\n"                                \
    "  at TEXT NOT NULL, -- UTC, ISO 8601\n"                                                       \
    "  elapsed_ns INTEGER NOT NULL,\n"                                                             \
    "  slice INTEGER NOT NULL, -- its number\n"                                                    \
    "  kind TEXT, -- NULL, as the next three: not of one case\n"                                   \
    "  scenario TEXT,\n"                                                                           \
    "  impl TEXT,\n"                                                                               \
    "  perturbation TEXT,\n"                                                                       \
    "  threads INTEGER NOT NULL,\n"                                                                \
    "  seed TEXT NOT NULL, -- decimal, 64 bits unsigned\n"                                         \
    "  what TEXT NOT NULL,\n"                                                                      \
    "  again TEXT, -- the command that repeats it\n"                                               \
    "  evidence TEXT NOT NULL, -- what the watchdog and the process said\n"                        \
    "  file TEXT -- with the same; NULL: it could not be written\n"                                \
    ") STRICT;\n"                                                                                  \
    "CREATE INDEX soak_violation_by_run ON soak_violation (run_id)"

#define SOAK_CASES_COLUMN                                                                          \
    "  cases INTEGER NOT NULL DEFAULT 0, -- that there were to play; 0: not known\n"

/* Bounded as soak_sample is, whose times it shares. */
#define SOAK_PROGRESS_TABLE                                                                        \
    "CREATE TABLE soak_progress ( -- what the slices of an implementation had come to at a "       \
    "soak_sample\n"                                                                                \
    "  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,\n"                                \
    "  elapsed_ns INTEGER NOT NULL, -- of the sample\n"                                            \
    "  kind TEXT NOT NULL,\n"                                                                      \
    "  impl TEXT NOT NULL,\n"                                                                      \
    "  operations INTEGER NOT NULL,\n"                                                             \
    "  violations INTEGER NOT NULL,\n"                                                             \
    "  PRIMARY KEY (run_id, elapsed_ns, kind, impl)\n"                                             \
    ") STRICT"

#define MODEL_TABLES                                                                               \
    "CREATE TABLE model_row ( -- one (implementation, scenario) under the model's scheduler\n"     \
    "  id INTEGER PRIMARY KEY,\n"                                                                  \
    "  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,\n"                                \
    "  kind TEXT NOT NULL,\n"                                                                      \
    "  impl TEXT NOT NULL,\n"                                                                      \
    "  control INTEGER NOT NULL, -- 1: broken on purpose\n"                                        \
    "  scenario TEXT, -- NULL: all, none of which was played\n"                                    \
    "  claim TEXT, -- NULL, as all to seconds: skipped\n"                                          \
    "  threads INTEGER,\n"                                                                         \
    "  steps INTEGER, -- operations of each thread\n"                                              \
    "  mode TEXT, -- how executions were chosen\n"                                                 \
    "  executions INTEGER,\n"                                                                      \
    "  complete INTEGER, -- of them, those that came to their end\n"                               \
    "  adrift INTEGER, -- of them, those that the scheduler had to give up\n"                      \
    "  exhausted TEXT, -- within which bound every execution was seen; NULL: not all were\n"       \
    "  seconds REAL, -- of CPU\n"                                                                  \
    "  verdict TEXT NOT NULL"                                                                      \
    " CHECK (verdict IN ('holds', 'FAILED', 'killed', 'SURVIVED', 'skipped')),\n"                  \
    "  why TEXT, -- how the claim was refuted, or why it was skipped\n"                            \
    "  site TEXT, -- file:line of the failure\n"                                                   \
    "  replay TEXT, -- what --replay takes\n"                                                      \
    "  trace TEXT, -- the failing execution\n"                                                     \
    "  svg TEXT -- the same as a picture\n"                                                        \
    ") STRICT;\n"                                                                                  \
    "CREATE INDEX model_row_by_run ON model_row (run_id);\n"                                       \
    "CREATE TABLE model_litmus ( -- one outcome of a litmus test\n"                                \
    "  id INTEGER PRIMARY KEY,\n"                                                                  \
    "  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,\n"                                \
    "  name TEXT NOT NULL,\n"                                                                      \
    "  outcome TEXT NOT NULL,\n"                                                                   \
    "  answer TEXT NOT NULL, -- C11's\n"                                                           \
    "  mode TEXT NOT NULL,\n"                                                                      \
    "  executions INTEGER NOT NULL,\n"                                                             \
    "  happened INTEGER NOT NULL, -- in so many executions\n"                                      \
    "  seconds REAL NOT NULL,\n"                                                                   \
    "  as_expected INTEGER NOT NULL\n"                                                             \
    ") STRICT;\n"                                                                                  \
    "CREATE INDEX model_litmus_by_run ON model_litmus (run_id)"

/* Numbers are SQLite's signed 64 bits; seeds use all 64 bits unsigned and are decimal text. A REAL that
   is NULL was not known. */
const char *const store_schema[] = {
    "CREATE TABLE run ( -- one invocation\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  command TEXT NOT NULL, -- bench, stress, soak, model\n"
    "  arguments TEXT NOT NULL, -- as typed\n"
    "  profile TEXT NOT NULL,\n"
    "  seed TEXT NOT NULL, -- decimal, 64 bits unsigned\n"
    "  started_at TEXT NOT NULL, -- UTC, ISO 8601\n"
    "  ended_at TEXT, -- NULL: running, or killed\n"
    "  status TEXT NOT NULL CHECK (status IN ('running', 'done', 'interrupted'))\n"
    ") STRICT",

    "CREATE TABLE machine_fact ( -- the machine and the build of a run\n"
    "  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,\n"
    "  position INTEGER NOT NULL, -- order for reading\n"
    "  key TEXT NOT NULL,\n"
    "  value TEXT NOT NULL, -- 'unknown' where the system does not say\n"
    "  PRIMARY KEY (run_id, key)\n"
    ") STRICT",

    "CREATE TABLE machine_limit ( -- what the machine itself can do\n"
    "  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,\n"
    "  position INTEGER NOT NULL, -- enum limit_id\n"
    "  name TEXT NOT NULL, -- rmw_ns, futex_round_trip_ns ...\n"
    "  what TEXT NOT NULL, -- one line for people\n"
    "  ns REAL, -- median; negative: not measurable there\n"
    "  PRIMARY KEY (run_id, position)\n"
    ") STRICT",

    "CREATE TABLE bench_case ( -- workload x implementation x threads x placement\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,\n"
    "  group_index INTEGER NOT NULL, -- cases of one group differ in the implementation only\n"
    "  name TEXT NOT NULL, -- kind/workload/implementation/threads:N\n"
    "  kind TEXT NOT NULL,\n"
    "  workload TEXT NOT NULL,\n"
    "  question TEXT NOT NULL, -- what the number answers\n"
    "  placement TEXT NOT NULL, -- order in which threads fill the CPUs\n"
    "  threads INTEGER NOT NULL,\n"
    "  hold_ns INTEGER NOT NULL, -- work inside\n"
    "  think_ns INTEGER NOT NULL, -- work outside\n"
    "  parameter INTEGER NOT NULL DEFAULT 0, -- the workload's own number: a batch size, writes "
    "per mille\n"
    "  impl TEXT NOT NULL,\n"
    "  impl_summary TEXT NOT NULL,\n"
    "  source TEXT NOT NULL, -- paper, or the library's name\n"
    "  package TEXT, -- a peer's package and version; NULL: our own\n"
    "  traits INTEGER NOT NULL, -- enum ct_trait, or-ed\n"
    "  size_bytes INTEGER NOT NULL, -- of the object\n"
    "  align_bytes INTEGER NOT NULL,\n"
    "  node_bytes INTEGER NOT NULL, -- per thread and object held; 0: none\n"
    "  broken TEXT, -- the invariant that failed; NULL: it worked\n"
    "  twin INTEGER NOT NULL DEFAULT 0 -- 1: the group's reference a second time, as a check\n"
    ") STRICT",
    "CREATE INDEX bench_case_by_run ON bench_case (run_id)",

    "CREATE TABLE sample ( -- one trial\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  case_id INTEGER NOT NULL REFERENCES bench_case ON DELETE CASCADE,\n"
    "  round INTEGER NOT NULL, -- ratios are formed inside a round of a group\n"
    "  interval_ns INTEGER NOT NULL, -- measured time\n"
    "  ops INTEGER NOT NULL, -- in the interval, all threads\n"
    "  thread_ops TEXT, -- JSON array: ops of each thread\n"
    "  cpu_ns_per_op REAL, -- user and system time of all threads\n"
    "  fairness_min_max REAL, -- least over most served thread\n"
    "  fairness_jain REAL, -- 1: all equal\n"
    "  voluntary_switches INTEGER NOT NULL,\n"
    "  involuntary_switches INTEGER NOT NULL,\n"
    "  overlap REAL, -- share of the threads' time that they had a CPU when they wanted one\n"
    "  steal_cpus REAL, -- taken by the hypervisor, in CPUs' worth\n"
    "  foreign_cpus REAL, -- used by other processes, in CPUs' worth\n"
    "  latency BLOB, -- histogram of ns, as histogram_pack writes it\n"
    "  rejected TEXT, -- why it must not count; NULL: clean\n"
    "  starved_ns INTEGER NOT NULL DEFAULT 0, -- longest that a thread finished no operation\n"
    "  cycles_per_op REAL, -- outside the kernel; NULL: no such counter there\n"
    "  instructions_per_op REAL,\n"
    "  cache_misses_per_op REAL,\n"
    "  CHECK (rejected IS NOT NULL OR interval_ns > 0)\n"
    ") STRICT",
    "CREATE INDEX sample_by_case ON sample (case_id, round)",
    "CREATE UNIQUE INDEX sample_clean ON sample (case_id, round) WHERE rejected IS NULL",

    "CREATE TABLE stress ( -- one (scenario, implementation, perturbation)\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,\n"
    "  kind TEXT NOT NULL,\n"
    "  scenario TEXT NOT NULL,\n"
    "  impl TEXT NOT NULL,\n"
    "  perturbation TEXT NOT NULL,\n"
    "  seed TEXT NOT NULL, -- decimal, 64 bits unsigned\n"
    "  rounds INTEGER NOT NULL,\n"
    "  operations INTEGER NOT NULL,\n"
    "  contended INTEGER NOT NULL, -- operations that had to wait\n"
    "  sleeps INTEGER NOT NULL, -- waits that reached the kernel\n"
    "  wait_ns_max INTEGER NOT NULL,\n"
    "  seconds REAL NOT NULL,\n"
    "  failure TEXT, -- how the claim was refuted; NULL: it held\n"
    "  control_killers TEXT -- checkers that must catch this control (H, M, T); NULL: no control\n"
    ") STRICT",
    "CREATE INDEX stress_by_run ON stress (run_id)",
    SOAK_TABLES(SOAK_CASES_COLUMN),
    SOAK_PROGRESS_TABLE,
    MODEL_TABLES,
    NULL,
};

/* What makes a store of version n + 1 of one of version n, from version 1 on. */
const char *const store_upgrades[STORE_SCHEMA_VERSION - 1] = {
    "ALTER TABLE bench_case ADD COLUMN parameter INTEGER NOT NULL DEFAULT 0",
    SOAK_TABLES(""),
    "ALTER TABLE bench_case ADD COLUMN twin INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE sample ADD COLUMN starved_ns INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE sample ADD COLUMN cycles_per_op REAL;"
    "ALTER TABLE sample ADD COLUMN instructions_per_op REAL;"
    "ALTER TABLE sample ADD COLUMN cache_misses_per_op REAL",
    "ALTER TABLE soak ADD COLUMN cases INTEGER NOT NULL DEFAULT 0;" SOAK_PROGRESS_TABLE
    ";" MODEL_TABLES,
};

#define SQL_NOW "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
#define CASE_COLUMNS                                                                               \
    "group_index, name, kind, workload, question, placement, threads, hold_ns, think_ns,"          \
    " parameter, impl, impl_summary, source, package, traits, size_bytes, align_bytes, "           \
    "node_bytes,"                                                                                  \
    " twin"
#define SAMPLE_COLUMNS                                                                             \
    "round, interval_ns, ops, thread_ops, cpu_ns_per_op, fairness_min_max, fairness_jain,"         \
    " voluntary_switches, involuntary_switches, overlap, steal_cpus, foreign_cpus, latency,"       \
    " rejected, starved_ns, cycles_per_op, instructions_per_op, cache_misses_per_op"
#define STRESS_COLUMNS                                                                             \
    "kind, scenario, impl, perturbation, seed, rounds, operations, contended, sleeps,"             \
    " wait_ns_max, seconds, failure, control_killers"
#define SOAK_CASE_COLUMNS                                                                          \
    "kind, scenario, impl, perturbation, slices, rounds, operations, contended, sleeps,"           \
    " wait_ns_max, share_sum, share_measured, share_least, violations"
#define SOAK_SAMPLE_COLUMNS                                                                        \
    "elapsed_ns, slices, operations, violations, wait_ns_max, share_least, memory_bytes, threads," \
    " descriptors"
#define SOAK_CONTROL_COLUMNS "elapsed_ns, kind, name, how, seconds"
#define SOAK_VIOLATION_COLUMNS                                                                     \
    "elapsed_ns, slice, kind, scenario, impl, perturbation, threads, seed, what, again, evidence," \
    " file"
#define MODEL_ROW_COLUMNS                                                                          \
    "kind, impl, control, scenario, claim, threads, steps, mode, executions, complete, adrift,"    \
    " exhausted, seconds, verdict, why, site, replay, trace, svg"
#define MODEL_LITMUS_COLUMNS                                                                       \
    "name, outcome, answer, mode, executions, happened, seconds, as_expected"

const char *const store_statements[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [BEGIN_READING] = "BEGIN",
    [COMMIT] = "COMMIT",
    [RUN_BEGIN] = "INSERT INTO run (command, arguments, profile, seed, started_at, status)"
                  " VALUES (?, ?, ?, ?, " SQL_NOW ", 'running')",
    [RUN_END] = "UPDATE run SET status = ?, ended_at = " SQL_NOW " WHERE id = ?",
    [RUN_RESUME] = "UPDATE run SET status = 'running', ended_at = NULL WHERE id = ?",
    [RUN_LATEST] = "SELECT max(id) FROM run WHERE command = ?",
    [RUN_EACH] = "SELECT id, command, arguments, profile, started_at, ended_at, seed, status"
                 " FROM run WHERE ?1 IN (0, id) ORDER BY id",
    [FACT_ADD] = "INSERT INTO machine_fact (run_id, position, key, value) VALUES (?, ?, ?, ?)",
    [FACT_APPEND] = "INSERT INTO machine_fact (run_id, position, key, value) "
                    "SELECT ?1, coalesce(max(position) + 1, 0), ?2, ?3 FROM machine_fact "
                    "WHERE run_id = ?1 ON CONFLICT DO UPDATE SET value = excluded.value",
    [FACT_EACH] = "SELECT key, value FROM machine_fact WHERE run_id = ? ORDER BY position",
    [LIMIT_ADD] = "INSERT OR REPLACE INTO machine_limit (run_id, position, name, what, ns)"
                  " VALUES (?, ?, ?, ?, ?)",
    [LIMIT_EACH] = "SELECT position, name, what, ns FROM machine_limit WHERE run_id = ?"
                   " ORDER BY position",
    [CASE_ADD] = "INSERT INTO bench_case (run_id, " CASE_COLUMNS ")"
                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [CASE_BREAK] = "UPDATE bench_case SET broken = ? WHERE id = ?",
    [CASE_THREADS] = "SELECT threads FROM bench_case WHERE id = ?",
    [CASE_EACH] = "SELECT id, broken, " CASE_COLUMNS " FROM bench_case WHERE run_id = ?"
                  " ORDER BY group_index, id",
    [SAMPLE_ADD] = "INSERT INTO sample (case_id, " SAMPLE_COLUMNS ")"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [SAMPLE_EACH] = "SELECT " SAMPLE_COLUMNS " FROM sample WHERE case_id = ? ORDER BY round, id",
    [STRESS_ADD] = "INSERT INTO stress (run_id, " STRESS_COLUMNS ")"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STRESS_EACH] = "SELECT " STRESS_COLUMNS " FROM stress WHERE run_id = ? ORDER BY id",
    [SOAK_BEGIN] = "INSERT INTO soak (run_id, kind, impls, duration_ns, slice_ns, inject_every,"
                   " keep_going, cases) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    [SOAK_PROGRESS] = "UPDATE soak SET slices = ?2, elapsed_ns = ?3, violations = ?4,"
                      " controls = ?5, controls_caught = ?6, sample_ns = ?7, resumed = ?8"
                      " WHERE run_id = ?1",
    [SOAK_UNFINISHED] = "SELECT id FROM run WHERE status <> 'done' AND"
                        " id = (SELECT max(run_id) FROM soak)",
    [SOAK_EACH] = "SELECT kind, impls, duration_ns, slice_ns, inject_every, keep_going, cases,"
                  " slices, elapsed_ns, violations, controls, controls_caught, sample_ns, resumed"
                  " FROM soak WHERE run_id = ?",
    [SOAK_CASE_SET] = "INSERT OR REPLACE INTO soak_case (run_id, " SOAK_CASE_COLUMNS ")"
                      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [SOAK_CASE_EACH] = "SELECT " SOAK_CASE_COLUMNS " FROM soak_case WHERE run_id = ?",
    [SOAK_SAMPLE_ADD] = "INSERT INTO soak_sample (run_id, " SOAK_SAMPLE_COLUMNS ")"
                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [SOAK_SAMPLE_COUNT] = "SELECT count(*) FROM soak_sample WHERE run_id = ?",
    [SOAK_SAMPLE_THIN] = "DELETE FROM soak_sample WHERE id IN (SELECT id FROM (SELECT id,"
                         " row_number() OVER (ORDER BY id) AS n FROM soak_sample"
                         " WHERE run_id = ?) WHERE n % 2 = 0)",
    [SOAK_SAMPLE_EACH] = "SELECT " SOAK_SAMPLE_COLUMNS " FROM soak_sample WHERE run_id = ?"
                         " ORDER BY id",
    [SOAK_CONTROL_ADD] = "INSERT INTO soak_control (run_id, " SOAK_CONTROL_COLUMNS ")"
                         " VALUES (?, ?, ?, ?, ?, ?)",
    [SOAK_CONTROL_TRIM] = "DELETE FROM soak_control WHERE run_id = ?1 AND id NOT IN (SELECT id"
                          " FROM soak_control WHERE run_id = ?1 ORDER BY id DESC LIMIT ?2)",
    [SOAK_CONTROL_EACH] = "SELECT " SOAK_CONTROL_COLUMNS " FROM soak_control WHERE run_id = ?"
                          " ORDER BY id",
    [SOAK_VIOLATION_ADD] = "INSERT INTO soak_violation (run_id, at, " SOAK_VIOLATION_COLUMNS ")"
                           " VALUES (?, " SQL_NOW ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [SOAK_VIOLATION_EACH] = "SELECT at, " SOAK_VIOLATION_COLUMNS " FROM soak_violation"
                            " WHERE run_id = ? ORDER BY id",
    [SOAK_PROGRESS_ADD] = "INSERT OR REPLACE INTO soak_progress (run_id, elapsed_ns, kind, impl,"
                          " operations, violations) SELECT run_id, ?2, kind, impl,"
                          " sum(operations), sum(violations) FROM soak_case WHERE run_id = ?1"
                          " GROUP BY kind, impl",
    [SOAK_PROGRESS_THIN] = "DELETE FROM soak_progress WHERE run_id = ?1 AND elapsed_ns NOT IN"
                           " (SELECT elapsed_ns FROM soak_sample WHERE run_id = ?1)",
    [SOAK_PROGRESS_EACH] = "SELECT elapsed_ns, kind, impl, operations, violations FROM"
                           " soak_progress WHERE run_id = ? ORDER BY kind, impl, elapsed_ns",
    [MODEL_ROW_ADD] = "INSERT INTO model_row (run_id, " MODEL_ROW_COLUMNS ")"
                      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [MODEL_ROW_EACH] = "SELECT " MODEL_ROW_COLUMNS " FROM model_row WHERE run_id = ? ORDER BY id",
    [MODEL_LITMUS_ADD] = "INSERT INTO model_litmus (run_id, " MODEL_LITMUS_COLUMNS ")"
                         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [MODEL_LITMUS_EACH] = "SELECT " MODEL_LITMUS_COLUMNS " FROM model_litmus WHERE run_id = ?"
                          " ORDER BY id",
};
