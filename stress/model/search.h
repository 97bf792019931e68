// SPDX-License-Identifier: MIT
/* search.h - many executions of one program: a plan of modes within a time, the first failure, its
   shortest form. */
#ifndef MODEL_SEARCH_H
#define MODEL_SEARCH_H

#include "stress/model/engine.h"
#include "stress/model/explore.h"

enum { MODE_AUTO = -1, MODE_UNKNOWN = -2, STALE_AUTO = -2, REPLAY_TEXT_BYTES = DECISIONS_MAX + 1 };

struct search_plan {
    int mode;       /* MODE_AUTO, or the only one */
    int stale_max;  /* STALE_AUTO, STALE_UNBOUNDED, or a bound */
    bool calm;      /* only executions without mishaps: see explore.h */
    double seconds; /* of CPU time */
    uint64_t seed;
};

struct search_result {
    enum outcome outcome;  /* FAILED or COMPLETE */
    const char *mode;      /* in which it failed, or the last one tried */
    const char *exhausted; /* what was covered wholly; NULL: nothing was */
    uint64_t executions, complete, pruned;
    uint64_t adrift; /* executions too long to be covered wholly */
    double seconds;
    const char *failure, *site; /* if it failed; site: "file:line", may be NULL */
    unsigned decisions;
    uint8_t decision[DECISIONS_MAX];
};

extern volatile bool search_interrupted; /* set by a signal: end soon, with what there is */

void search(const struct program *p, const struct search_plan *plan, struct search_result *r);

/* Fewer decisions that fail in the same way; leaves that execution recorded in the engine. */
void search_shrink(const struct program *p, struct search_result *r);

/* One execution with these decisions, recorded. */
enum outcome search_replay(const struct program *p, const uint8_t *decision, unsigned decisions);

/* Decisions as text and back; false if the text is none. */
void search_text(const struct search_result *r, char text[REPLAY_TEXT_BYTES]);
bool search_parse(const char *text, uint8_t *decision, unsigned *decisions);

const char *search_mode_name(int mode);
int search_mode_of(const char *name); /* or MODE_UNKNOWN */

#endif
