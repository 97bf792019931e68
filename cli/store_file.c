// SPDX-License-Identifier: MIT
#include "cli/store_file.h"

#include "cli/store.h"
#include "support/fail.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 0x636f6e74, /* "cont" */
    BUSY_TIMEOUT_MS = 30 * 1000, /* the longest that another process checks or checkpoints */
};

struct store {
    char *path;
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
};

_Noreturn void store_damaged(struct store *s, const char *what)
{
    fail(EXIT_ENVIRONMENT, "store %s: damaged (%s): use a copy of it, or another file", s->path,
         what);
}

/* Also before a refusal: the last to close a file removes the side files. */
static void close_file(struct store *s)
{
    for (sqlite3_stmt *left; (left = sqlite3_next_stmt(s->db, NULL));)
        sqlite3_finalize(left);
    sqlite3_close(s->db);
}

static _Noreturn void store_fail(struct store *s, const char *doing)
{
    int code = sqlite3_errcode(s->db);
    char *why = must_printf("%s", sqlite3_errmsg(s->db));
    close_file(s);
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        store_damaged(s, why);
    fail(EXIT_ENVIRONMENT, "store %s: cannot %s: %s", s->path, doing, why);
}

static void execute(struct store *s, const char *sql, const char *doing)
{
    if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        store_fail(s, doing);
}

struct row row_begin(struct store *s, enum statement which)
{
    return (struct row){s, s->statements[which], 0};
}

struct row row_begin_of(struct store *s, enum statement which, int64_t owner)
{
    struct row r = row_begin(s, which);
    row_put_integer(&r, (uint64_t)owner);
    return r;
}

static void put_done(struct row *r, int code)
{
    if (code != SQLITE_OK)
        store_fail(r->store, "bind a value");
}

void row_put_integer(struct row *r, uint64_t value)
{
    put_done(r, sqlite3_bind_int64(r->statement, ++r->column, (int64_t)value));
}

void row_put_real(struct row *r, double value)
{
    put_done(r, sqlite3_bind_double(r->statement, ++r->column, value));
}

void row_put_text(struct row *r, const char *text)
{
    put_done(r, sqlite3_bind_text(r->statement, ++r->column, text, -1, SQLITE_STATIC));
}

void row_put_blob(struct row *r, const void *bytes, size_t length)
{
    put_done(r, sqlite3_bind_blob64(r->statement, ++r->column, bytes, length, SQLITE_STATIC));
}

sqlite3_stmt *store_prepare(struct store *s, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL) != SQLITE_OK)
        store_fail(s, "prepare a statement");
    return statement;
}

bool store_step(struct store *s, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        store_fail(s, "read");
    return code == SQLITE_ROW;
}

int64_t store_last_id(struct store *s)
{
    return sqlite3_last_insert_rowid(s->db);
}

bool row_next(struct row *r)
{
    int code = sqlite3_step(r->statement);
    r->column = 0;
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        store_fail(r->store, sqlite3_stmt_readonly(r->statement) ? "read" : "write");
    sqlite3_reset(r->statement);
    sqlite3_clear_bindings(r->statement);
    return false;
}

uint64_t row_get_integer(struct row *r)
{
    return (uint64_t)sqlite3_column_int64(r->statement, r->column++);
}

unsigned row_get_unsigned(struct row *r)
{
    return (unsigned)row_get_integer(r);
}

double row_get_real(struct row *r)
{
    int column = r->column++;
    bool known = sqlite3_column_type(r->statement, column) != SQLITE_NULL;
    return known ? sqlite3_column_double(r->statement, column) : (double)NAN;
}

const char *row_get_text(struct row *r)
{
    return (const char *)sqlite3_column_text(r->statement, r->column++);
}

const void *row_get_blob(struct row *r, size_t *length)
{
    int column = r->column++;
    const void *bytes = sqlite3_column_blob(r->statement, column);
    *length = (size_t)sqlite3_column_bytes(r->statement, column);
    return bytes;
}

void row_run(struct row *r)
{
    while (row_next(r))
        ;
}

int64_t row_insert(struct row *r)
{
    row_run(r);
    return sqlite3_last_insert_rowid(r->store->db);
}

void row_plain(struct store *s, enum statement which)
{
    struct row r = row_begin(s, which);
    row_run(&r);
}

/* Opening. */

static uint32_t pragma(struct store *s, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        store_fail(s, "read");
    uint32_t value = (uint32_t)sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

/* SQLite recovers a file as it opens it, so a stranger's file is told by its first bytes before:
   https://www.sqlite.org/fileformat.html section 1.3. An empty file is a store not yet made. */
static void refuse_strangers(const char *path, bool empty_is_fine)
{
    static const char magic[16] = "SQLite format 3";
    unsigned char head[100];
    FILE *f = fopen(path, "rb");
    size_t got = f ? fread(head, 1, sizeof head, f) : 0;
    if (!f || ferror(f))
        fail(EXIT_ENVIRONMENT, "store %s: cannot read: %s", path, strerror(errno));
    fclose(f);
    if (got == 0 && empty_is_fine)
        return;
    if (got < sizeof head || memcmp(head, magic, sizeof magic) != 0)
        fail(EXIT_ENVIRONMENT, "store %s: not a SQLite file: name a results store, or a new file",
             path);
    const unsigned char *id = head + 68;
    if (((uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3]) !=
        APPLICATION_ID)
        fail(EXIT_ENVIRONMENT,
             "store %s: another application's database: name a results store, or a new file", path);
}

static void refuse_missing(const char *path, bool create)
{
    if (errno != ENOENT)
        fail(EXIT_ENVIRONMENT, "store %s: cannot open: %s", path, strerror(errno));
    if (!create)
        fail(EXIT_ENVIRONMENT,
             "store %s: no such file: contend bench, stress, soak and model make it", path);
    char *copy = must_printf("%s", path);
    const char *directory = dirname(copy);
    struct stat status;
    if (stat(directory, &status) != 0 || !S_ISDIR(status.st_mode))
        fail(EXIT_ENVIRONMENT, "store %s: no directory %s: make it, or name another file", path,
             directory);
    free(copy);
}

/* All tables at once or none; in a rollback journal, so that the identity is in the file's first bytes
   from the start. */
static void create_tables(struct store *s)
{
    execute(s, "BEGIN IMMEDIATE", "create tables");
    if (pragma(s, "SELECT count(*) FROM sqlite_schema") == 0) {
        char *identity = must_printf("PRAGMA application_id = %d; PRAGMA user_version = %d",
                                     APPLICATION_ID, STORE_SCHEMA_VERSION);
        execute(s, identity, "create tables");
        free(identity);
        for (const char *const *sql = store_schema; *sql; sql++)
            execute(s, *sql, "create tables");
    }
    execute(s, "COMMIT", "create tables");
}

static void refuse_damaged(struct store *s)
{
    sqlite3_stmt *check;
    if (sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &check, NULL) != SQLITE_OK ||
        sqlite3_step(check) != SQLITE_ROW)
        store_fail(s, "check");
    char *found = must_printf("%s", (const char *)sqlite3_column_text(check, 0));
    sqlite3_finalize(check);
    if (strcmp(found, "ok") != 0) {
        found[strcspn(found, "\n")] = '\0';
        close_file(s);
        store_damaged(s, found);
    }
    free(found);
}

/* All steps or none; two programs may both have found it old. */
static void upgrade(struct store *s)
{
    execute(s, "BEGIN IMMEDIATE", "bring up to date");
    for (uint32_t v = pragma(s, "PRAGMA user_version"); v < STORE_SCHEMA_VERSION; v++)
        execute(s, store_upgrades[v - 1], "bring up to date");
    char *version = must_printf("PRAGMA user_version = %d", STORE_SCHEMA_VERSION);
    execute(s, version, "bring up to date");
    free(version);
    execute(s, "COMMIT", "bring up to date");
}

static void refuse_other_versions(struct store *s)
{
    uint32_t version = pragma(s, "PRAGMA user_version");
    if (version >= 1 && version <= STORE_SCHEMA_VERSION)
        return;
    close_file(s);
    fail(EXIT_ENVIRONMENT,
         "store %s: schema version %" PRIu32 ", this program reads %d: use the program that wrote "
         "it, or another file",
         s->path, version, STORE_SCHEMA_VERSION);
}

/* A log that a killed writer left is folded into the file when it is closed; not into a file that is
   about to be refused. */
static void keep_log(struct store *s, bool keep)
{
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, (int)keep, NULL);
}

static struct store *open_store(const char *path, bool create)
{
    struct stat status;
    if (stat(path, &status) != 0)
        refuse_missing(path, create);
    else
        refuse_strangers(path, create);

    struct store *s = must_alloc(sizeof *s);
    s->path = must_printf("%s%s", path[0] == '/' ? "" : "./", path); /* ":memory:" is a file too */
    char *log = must_printf("%s-wal", s->path);
    bool log_left = access(log, F_OK) == 0;
    free(log);
    if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0),
                        NULL) != SQLITE_OK)
        store_fail(s, "open");
    sqlite3_busy_timeout(s->db, BUSY_TIMEOUT_MS);
    keep_log(s, log_left);
    if (create)
        create_tables(s);
    refuse_other_versions(s);
    refuse_damaged(s);
    keep_log(s, false);
    if (pragma(s, "PRAGMA user_version") < STORE_SCHEMA_VERSION)
        upgrade(s);

    /* NORMAL: a commit is in the kernel before it returns, which outlives us. The rollback journal
       is as durable, so that a file system without shared memory is no reason to refuse. */
    int code = sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        store_fail(s, "open");
    execute(s, "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON", "open");
    for (size_t i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(s->db, store_statements[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &s->statements[i], NULL) != SQLITE_OK)
            store_fail(s, "prepare statements");
    return s;
}

struct store *store_open(const char *path)
{
    return open_store(path, true);
}

struct store *store_open_existing(const char *path)
{
    return open_store(path, false);
}

void store_close(struct store *s)
{
    if (!s)
        return;
    close_file(s);
    free(s->path);
    free(s);
}
