// SPDX-License-Identifier: MIT
/* store_file.h - the store as a SQLite file: what is accepted as one, and its statements in use. Only
   store*.c call this; whatever SQLite refuses fails the program with exit 5 and one line. */
#ifndef CLI_STORE_FILE_H
#define CLI_STORE_FILE_H

#include "cli/store_sql.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

/* A prepared statement in use: values are put left to right, row_next is called until it is false,
   and the columns of each row are got left to right. */
struct row {
    struct store *store;
    struct sqlite3_stmt *statement;
    int column;
};
struct row row_begin(struct store *s, enum statement which);
struct row row_begin_of(struct store *s, enum statement which, int64_t owner); /* the first value */

void row_put_integer(struct row *r, uint64_t value);
void row_put_real(struct row *r, double value);     /* NaN becomes NULL */
void row_put_text(struct row *r, const char *text); /* kept until row_next; NULL stays NULL */
void row_put_blob(struct row *r, const void *bytes, size_t length); /* the same */

/* On to the next row; at the end false, and the statement may be used again. */
bool row_next(struct row *r);

uint64_t row_get_integer(struct row *r);
unsigned row_get_unsigned(struct row *r);
double row_get_real(struct row *r);      /* NULL becomes NaN */
const char *row_get_text(struct row *r); /* alive until row_next */
const void *row_get_blob(struct row *r, size_t *length);

/* Run a statement that returns no rows. row_insert returns the id of the row made. */
void row_run(struct row *r);
int64_t row_insert(struct row *r);
void row_plain(struct store *s, enum statement which); /* the same, for one without values */

/* Statements of one's own, made from text, for what must see every column; sqlite3_finalize them. */
struct sqlite3_stmt *store_prepare(struct store *s, const char *sql);
bool store_step(struct store *s, struct sqlite3_stmt *statement); /* to a row? */
int64_t store_last_id(struct store *s);

/* A row that no program of this version wrote. */
_Noreturn void store_damaged(struct store *s, const char *what);

#endif
