// SPDX-License-Identifier: MIT
/* report_text.h - numbers and names as the report spells them. */
#ifndef CLI_REPORT_TEXT_H
#define CLI_REPORT_TEXT_H

#include "cli/summary.h"

#include <stdio.h>

struct text {
    char text[48];
};

/* Three significant digits without an exponent; a dash for what was not measured (not finite). */
struct text text_number(double x);
struct text text_ratio(double x);          /* "3.72×" */
struct text text_small_ratio(double x);    /* "under 0.01×" where that is all one needs to know */
struct text text_duration(double ns);      /* "4.2 µs" */
struct text text_long_duration(double ns); /* also minutes, hours and days: "2.5 h" */
struct text text_count(uint64_t n);        /* "1.2 G": counts of a soak have too many digits */
struct text text_percent(double share);    /* 0.031 -> "3.1 %" */
struct text text_threads(unsigned n);      /* "1 thread", "2 threads" */

/* The first printing columns of s, the rest replaced by an ellipsis. */
struct text text_shortened(const char *s, size_t columns);

/* s for HTML text and for attributes in double quotes; control characters become spaces. */
void text_html(FILE *to, const char *s);

/* Characters on the screen, taking each code point as one. */
size_t text_columns(const char *s);

/* Breaks s at spaces into lines of at most columns, in a new string. */
char *text_wrapped(const char *s, size_t columns);

/* The value of a machine fact; NULL if it is not there or unknown. */
const char *text_fact(const struct summary *summary, const char *key);

/* "AMD EPYC 9R45, 2 CPUs · 2025-01-31": the machine and the day of a run. Free it. */
char *text_machine(const struct summary *summary, unsigned cpus);

/* The day of a run, or "undated". */
struct text text_day(const struct summary *summary);

#endif
