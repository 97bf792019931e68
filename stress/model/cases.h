// SPDX-License-Identifier: MIT
/* cases.h - what the program was asked to do, and doing it. */
#ifndef MODEL_CASES_H
#define MODEL_CASES_H

#include "stress/model/search.h"

enum task { TASK_IMPLS, TASK_CONTROLS, TASK_LITMUS, TASK_REPLAY, TASK_LIST };

struct options {
    enum task task;
    const char *kind, *impls, *scenarios; /* names with commas between; NULL: all */
    const char *replay, *record, *svg;
    unsigned threads, steps; /* 0: as the scenario says */
    unsigned jobs;           /* processes side by side */
    bool json, thorough;
    struct search_plan plan;
};
extern struct options options;

extern unsigned cases_run; /* how many the names given matched */

/* These return how many failed. */
unsigned cases_scenarios(void);
unsigned cases_litmus(void);
unsigned cases_replay(void);
void cases_list(void);

/* Is there such a name? length: of the name given, which may stand in a list. */
bool cases_know_kind(const char *given, size_t length);
bool cases_know_impl(const char *given, size_t length);
bool cases_know_scenario(const char *given, size_t length);

#endif
