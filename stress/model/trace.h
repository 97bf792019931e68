// SPDX-License-Identifier: MIT
/* trace.h - what the execution just recorded did, one operation a line. */
#ifndef MODEL_TRACE_H
#define MODEL_TRACE_H

#include <stdbool.h>
#include <stdio.h>

enum { TRACE_LINES_MAX = 34, TRACE_TEXT_BYTES = 48 };

enum trace_mark {
    MARK_OTHER,
    MARK_READS,
    MARK_WRITES,
    MARK_SLEEPS, /* or would have */
    MARK_WAKES,
};

struct trace_line {
    unsigned number, thread; /* the first line is 1 */
    const char *site;
    char operation[TRACE_TEXT_BYTES], location[TRACE_TEXT_BYTES];
    char value[3 * TRACE_TEXT_BYTES]; /* and what it was read from */
    enum trace_mark mark;
    unsigned from;      /* the line whose store was read; 0: none */
    unsigned staleness; /* how many newer stores there were */
    bool sleeps;
    unsigned until; /* the line that ended the sleep; 0: none */
};

/* The last lines; returns how many, and how many were before them. */
unsigned trace_lines(struct trace_line line[TRACE_LINES_MAX], unsigned *before);

void trace_print(FILE *out);

/* The last two parts of the path of a site say enough. */
const char *trace_short_site(const char *site);

#endif
