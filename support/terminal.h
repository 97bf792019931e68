// SPDX-License-Identifier: MIT
/* terminal.h - what is shown to a person: colours, a progress line, tables. In a pipe or a file there
   are no colours and no progress, and tables are plain text. */
#ifndef SUPPORT_TERMINAL_H
#define SUPPORT_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Is this stream a terminal that wants colour? Not if NO_COLOR is set to anything, or TERM is unset or
   "dumb". */
bool terminal_has_colour(FILE *stream);

/* A line on stderr that is written over as the work goes on: nothing unless stderr is a terminal, and
   at most ten times a second. */
struct progress {
    bool shown; /* stderr is a terminal */
    uint64_t start_ns, next_ns;
};
void progress_start(struct progress *p);

/* done of expected, in any unit that grows evenly with time; label says what runs now. The time left
   is foretold from the share done so far. */
void progress_show(struct progress *p, double done, double expected, const char *label);

/* Wipe the line, before other output and at the end. */
void progress_clear(const struct progress *p);

/* The text of that line, no wider than columns: "  42 %, 3.1s, 4.3s left: label". Free it. */
char *progress_line(double share, double elapsed_ns, const char *label, size_t columns);

enum cell_style { CELL_PLAIN, CELL_STRONG, CELL_FAINT, CELL_GOOD, CELL_WARN, CELL_BAD };

enum column_side { COLUMN_LEFT, COLUMN_RIGHT };

struct table_column {
    const char *title; /* lives as long as the table */
    enum column_side side;
};

/* Rows are given cell by cell, left to right; a row is complete after as many cells as columns. */
struct table;
struct table *table_make(const struct table_column *columns, size_t column_count);
void table_cell(struct table *t, enum cell_style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Titles and all complete rows, two spaces between columns, none at a line's end. Widths count UTF-8
   characters. */
void table_print(const struct table *t, FILE *stream);
void table_free(struct table *t);

#endif
