// SPDX-License-Identifier: MIT
/* store_sql.h - the store's SQL: its tables, and every statement that the store prepares. */
#ifndef CLI_STORE_SQL_H
#define CLI_STORE_SQL_H

extern const char *const store_schema[]; /* in the order of creation; ends with NULL */

extern const char *const store_upgrades[]; /* [n - 1]: from version n to the next */

enum statement {
    BEGIN,
    BEGIN_READING,
    COMMIT,
    RUN_BEGIN,
    RUN_END,
    RUN_RESUME,
    RUN_LATEST,
    RUN_EACH,
    FACT_ADD,
    FACT_APPEND,
    FACT_EACH,
    LIMIT_ADD,
    LIMIT_EACH,
    CASE_ADD,
    CASE_BREAK,
    CASE_THREADS,
    CASE_EACH,
    SAMPLE_ADD,
    SAMPLE_EACH,
    STRESS_ADD,
    STRESS_EACH,
    SOAK_BEGIN,
    SOAK_PROGRESS,
    SOAK_UNFINISHED,
    SOAK_EACH,
    SOAK_CASE_SET,
    SOAK_CASE_EACH,
    SOAK_SAMPLE_ADD,
    SOAK_SAMPLE_COUNT,
    SOAK_SAMPLE_THIN,
    SOAK_SAMPLE_EACH,
    SOAK_CONTROL_ADD,
    SOAK_CONTROL_TRIM,
    SOAK_CONTROL_EACH,
    SOAK_VIOLATION_ADD,
    SOAK_VIOLATION_EACH,
    SOAK_PROGRESS_ADD,
    SOAK_PROGRESS_THIN,
    SOAK_PROGRESS_EACH,
    MODEL_ROW_ADD,
    MODEL_ROW_EACH,
    MODEL_LITMUS_ADD,
    MODEL_LITMUS_EACH,
    STATEMENTS
};
extern const char *const store_statements[STATEMENTS];

#endif
