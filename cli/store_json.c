// SPDX-License-Identifier: MIT
/* Runs as JSON, column by column, so that whatever a table has is carried over. */
#include "cli/store.h"
#include "cli/store_file.h"
#include "support/fail.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tables after those that they refer to. */
struct table_of_run {
    const char *name;
    const char *rows_of_run; /* the rows that belong to run ? */
    const char *owner;       /* the column that names the run or case it belongs to */
};

static const struct table_of_run tables[] = {
    {"run", "SELECT * FROM run WHERE id = ?", NULL},
    {"machine_fact", "SELECT * FROM machine_fact WHERE run_id = ? ORDER BY position", "run_id"},
    {"machine_limit", "SELECT * FROM machine_limit WHERE run_id = ? ORDER BY position", "run_id"},
    {"bench_case", "SELECT * FROM bench_case WHERE run_id = ? ORDER BY id", "run_id"},
    {"sample",
     "SELECT sample.* FROM sample JOIN bench_case ON bench_case.id = case_id WHERE run_id = ?"
     " ORDER BY sample.id",
     "case_id"},
    {"stress", "SELECT * FROM stress WHERE run_id = ? ORDER BY id", "run_id"},
    {"soak", "SELECT * FROM soak WHERE run_id = ?", "run_id"},
    {"soak_case",
     "SELECT * FROM soak_case WHERE run_id = ? ORDER BY kind, scenario, impl, perturbation",
     "run_id"},
    {"soak_sample", "SELECT * FROM soak_sample WHERE run_id = ? ORDER BY id", "run_id"},
    {"soak_progress",
     "SELECT * FROM soak_progress WHERE run_id = ? ORDER BY elapsed_ns, kind, impl", "run_id"},
    {"soak_control", "SELECT * FROM soak_control WHERE run_id = ? ORDER BY id", "run_id"},
    {"soak_violation", "SELECT * FROM soak_violation WHERE run_id = ? ORDER BY id", "run_id"},
    {"model_row", "SELECT * FROM model_row WHERE run_id = ? ORDER BY id", "run_id"},
    {"model_litmus", "SELECT * FROM model_litmus WHERE run_id = ? ORDER BY id", "run_id"},
};
enum { TABLES = sizeof tables / sizeof *tables };

const char *const *store_tables(void)
{
    static const char *names[TABLES + 1];
    for (size_t i = 0; i < TABLES; i++)
        names[i] = tables[i].name;
    return names;
}

/* One value; only texts can have what CSV needs quotes for. */
static void csv_value(sqlite3_stmt *row, int column, FILE *out)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL:
        break;
    case SQLITE_BLOB:
        text = sqlite3_column_blob(row, column);
        for (int i = 0; i < sqlite3_column_bytes(row, column); i++)
            fprintf(out, "%02x", text[i]);
        break;
    default:
        if (!strpbrk((const char *)text, ",\"\r\n")) {
            fputs((const char *)text, out);
            break;
        }
        putc('"', out);
        for (; *text; text++)
            fputs(*text == '"' ? "\"\"" : (char[]){(char)*text, '\0'}, out);
        putc('"', out);
    }
}

void store_table_csv(struct store *s, const char *table, int64_t run, bool head, FILE *out)
{
    const struct table_of_run *t = tables;
    while (strcmp(t->name, table) != 0)
        t++;
    sqlite3_stmt *row = store_prepare(s, t->rows_of_run);
    int columns = sqlite3_column_count(row);
    sqlite3_bind_int64(row, 1, run);
    for (int i = 0; i < columns && head; i++)
        fprintf(out, "%s%s", sqlite3_column_name(row, i), i + 1 < columns ? "," : "\n");
    while (store_step(s, row)) {
        for (int i = 0; i < columns; i++) {
            csv_value(row, i, out);
            putc(i + 1 < columns ? ',' : '\n', out);
        }
    }
    sqlite3_finalize(row);
}

/* Bytes, as text: {"hex": "00ff"}. */
static json_t *blob_json(const unsigned char *bytes, int length)
{
    char *text = must_alloc(2 * (size_t)length + 1);
    for (int i = 0; i < length; i++)
        sprintf(text + 2 * i, "%02x", bytes[i]);
    json_t *object = json_pack("{s:s}", "hex", text);
    free(text);
    return object;
}

static json_t *value_json(sqlite3_stmt *row, int column)
{
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(row, column));
    case SQLITE_FLOAT:
        return json_real(sqlite3_column_double(row, column));
    case SQLITE_TEXT:
        return json_string((const char *)sqlite3_column_text(row, column));
    case SQLITE_BLOB:
        return blob_json(sqlite3_column_blob(row, column), sqlite3_column_bytes(row, column));
    default:
        return json_null();
    }
}

static json_t *rows_json(struct store *s, const struct table_of_run *table, int64_t run)
{
    json_t *rows = json_array();
    sqlite3_stmt *row = store_prepare(s, table->rows_of_run);
    sqlite3_bind_int64(row, 1, run);
    while (store_step(s, row)) {
        json_t *object = json_object();
        for (int i = 0; i < sqlite3_column_count(row); i++)
            json_object_set_new(object, sqlite3_column_name(row, i), value_json(row, i));
        json_array_append_new(rows, object);
    }
    sqlite3_finalize(row);
    return rows;
}

json_t *store_run_json(struct store *s, int64_t run)
{
    store_snapshot_begin(s);
    json_t *document = json_pack("{s:i}", "schema", STORE_SCHEMA_VERSION);
    for (size_t t = 0; t < TABLES; t++)
        json_object_set_new(document, tables[t].name, rows_json(s, &tables[t], run));
    store_snapshot_end(s);
    if (json_array_size(json_object_get(document, "run")) == 1)
        return document;
    json_decref(document);
    return NULL;
}

/* Importing. */

/* Which row here a row there has become. */
struct renumbering {
    json_int_t *old;
    sqlite3_int64 *new;
    size_t count;
};

static sqlite3_int64 renumbered(const struct renumbering *r, json_int_t old)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->old[i] == old)
            return r->new[i];
    return 0;
}

static void renumber(struct renumbering *r, size_t most, json_int_t old, sqlite3_int64 new)
{
    if (!r->old) {
        r->old = must_alloc(most * sizeof *r->old);
        r->new = must_alloc(most * sizeof *r->new);
    }
    r->old[r->count] = old;
    r->new[r->count++] = new;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* False: no value that a column can have. */
static bool bind(sqlite3_stmt *row, int column, const json_t *value)
{
    const json_t *hex = json_object_get(value, "hex");
    if (json_is_null(value))
        return true;
    if (json_is_integer(value))
        return sqlite3_bind_int64(row, column, json_integer_value(value)) == SQLITE_OK;
    if (json_is_real(value))
        return sqlite3_bind_double(row, column, json_real_value(value)) == SQLITE_OK;
    if (json_is_string(value))
        return sqlite3_bind_text(row, column, json_string_value(value), -1, SQLITE_TRANSIENT) ==
               SQLITE_OK;
    if (!json_is_string(hex))
        return false;
    const char *text = json_string_value(hex);
    size_t length = strlen(text) / 2;
    unsigned char *bytes = must_alloc(length + 1);
    bool good = strlen(text) % 2 == 0;
    for (size_t i = 0; i < length && good; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        good = high >= 0 && low >= 0;
        bytes[i] = (unsigned char)(16 * high + low);
    }
    good = good && sqlite3_bind_blob64(row, column, bytes, length, SQLITE_TRANSIENT) == SQLITE_OK;
    free(bytes);
    return good;
}

static bool has_column(struct store *s, const char *table, const char *column)
{
    sqlite3_stmt *row = store_prepare(s, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
    sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, column, -1, SQLITE_STATIC);
    bool there = store_step(s, row);
    sqlite3_finalize(row);
    return there;
}

static char *joined(char *list, const char *prefix, const char *word)
{
    char *longer = must_printf("%s%s%s%s", list, *list ? ", " : "", prefix, word);
    free(list);
    return longer;
}

/* INSERT with the columns that the first row has, but id; NULL if one of them is not of the table. */
static sqlite3_stmt *insertion(struct store *s, const char *table, json_t *first)
{
    char *columns = must_printf("%s", ""), *marks = must_printf("%s", "");
    bool known = json_object_size(first) > 0;
    const char *key;
    json_t *value;
    json_object_foreach(first, key, value)
    {
        known = known && has_column(s, table, key); /* so nothing else gets into the statement */
        if (!known || strcmp(key, "id") == 0)
            continue;
        columns = joined(columns, "", key);
        marks = joined(marks, ":", key);
    }
    char *sql = must_printf("INSERT INTO %s (%s) VALUES (%s)", table, columns, marks);
    sqlite3_stmt *statement = known && *columns ? store_prepare(s, sql) : NULL;
    free(sql);
    free(columns);
    free(marks);
    return statement;
}

/* NULL, or what is wrong with the row. */
static const char *insert(sqlite3_stmt *statement, const char *owner, json_t *row,
                          const struct renumbering *owners)
{
    const char *key;
    json_t *value;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    json_object_foreach(row, key, value)
    {
        if (strcmp(key, "id") == 0)
            continue;
        char *mark = must_printf(":%s", key);
        int column = sqlite3_bind_parameter_index(statement, mark);
        free(mark);
        if (column == 0)
            return "a column that others of its table do not have";
        if (owner && strcmp(key, owner) == 0) {
            sqlite3_int64 now = renumbered(owners, json_integer_value(value));
            if (now == 0)
                return "a row that belongs to none";
            sqlite3_bind_int64(statement, column, now);
        } else if (!bind(statement, column, value)) {
            return "a value that no column can have";
        }
    }
    return sqlite3_step(statement) == SQLITE_DONE ? NULL : "a row that the tables do not take";
}

/* The rows of one table; made: what became of their numbers, for tables that others refer to. */
static const char *insert_table(struct store *s, const struct table_of_run *table,
                                const json_t *rows, const struct renumbering *owners,
                                struct renumbering *made)
{
    const char *why = NULL;
    size_t count = json_array_size(rows);
    if (count == 0)
        return NULL;
    sqlite3_stmt *statement = insertion(s, table->name, json_array_get(rows, 0));
    if (!statement)
        return "a column that this program does not know";
    for (size_t i = 0; i < count && !why; i++) {
        json_t *row = json_array_get(rows, i);
        why = insert(statement, table->owner, row, owners);
        if (made && !why)
            renumber(made, count, json_integer_value(json_object_get(row, "id")), store_last_id(s));
    }
    sqlite3_finalize(statement);
    return why;
}

static bool there_already(struct store *s, const json_t *run)
{
    sqlite3_stmt *row = store_prepare(s, "SELECT 1 FROM run WHERE command = ? AND arguments = ?"
                                         " AND seed = ? AND started_at = ?");
    static const char *const keys[] = {"command", "arguments", "seed", "started_at"};
    for (int i = 0; i < 4; i++)
        sqlite3_bind_text(row, i + 1, json_string_value(json_object_get(run, keys[i])), -1,
                          SQLITE_STATIC);
    bool there = store_step(s, row);
    sqlite3_finalize(row);
    return there;
}

static const char *insert_all(struct store *s, const json_t *document)
{
    struct renumbering runs = {0}, cases = {0};
    const char *why = NULL;
    for (size_t t = 0; t < TABLES && !why; t++) {
        const struct table_of_run *table = &tables[t];
        bool of_case = table->owner && strcmp(table->owner, "case_id") == 0;
        struct renumbering *made = !table->owner                            ? &runs
                                   : strcmp(table->name, "bench_case") == 0 ? &cases
                                                                            : NULL;
        why = insert_table(s, table, json_object_get(document, table->name),
                           of_case ? &cases : &runs, made);
    }
    free(runs.old);
    free(runs.new);
    free(cases.old);
    free(cases.new);
    return why;
}

int store_run_import(struct store *s, const json_t *document, const char *source)
{
    json_int_t schema = json_integer_value(json_object_get(document, "schema"));
    const json_t *runs = json_object_get(document, "run");
    if (schema < 1 || json_array_size(runs) != 1)
        fail(EXIT_ENVIRONMENT, "import: %s: no run of contend", source);
    if (schema > STORE_SCHEMA_VERSION)
        fail(EXIT_ENVIRONMENT, "import: %s: schema version %lld, this program reads up to %d",
             source, (long long)schema, STORE_SCHEMA_VERSION);
    row_plain(s, BEGIN);
    if (there_already(s, json_array_get(runs, 0))) {
        row_plain(s, COMMIT);
        return 0;
    }
    const char *why = insert_all(s, document);
    if (why) {
        store_close(s); /* rolls back */
        fail(EXIT_ENVIRONMENT, "import: %s: %s", source, why);
    }
    row_plain(s, COMMIT);
    return 1;
}
