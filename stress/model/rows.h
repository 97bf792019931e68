// SPDX-License-Identifier: MIT
/* rows.h - what the program says: a line per result, or one JSON document. */
#ifndef MODEL_ROWS_H
#define MODEL_ROWS_H

#include "stress/model/search.h"

#include <stdio.h>

struct row {
    const char *kind, *impl, *scenario, *claim;
    unsigned threads, steps;
    uint64_t seed;
    bool control; /* a failure is what is wanted */
    const struct program *program;
    struct search_result *result;
};

/* record: a file to which the seed and then every row go as well, each as a line of JSON; svg: where the
   picture of the first failure goes; NULL: none. */
void rows_begin(bool json, const char *record, const char *svg, const struct search_plan *plan);
void rows_skipped(const char *kind, const char *impl, const char *scenario, const char *why);
void rows_result(const struct row *row);
void rows_litmus(const char *name, const char *outcome, const char *answer, const char *mode,
                 const struct search_result *r, uint64_t happened, bool as_expected);
void rows_end(unsigned failed);

/* For rows that come about in another process: there, before and after; here, what it wrote. */
void rows_apart_begin(void);
void rows_apart_end(void);
void rows_collect(FILE *from);

#endif
