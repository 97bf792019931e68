// SPDX-License-Identifier: MIT
/* choose.h - from measurements to a ranked answer. The ranking is a pure function of a summary. */
#ifndef CLI_CHOOSE_H
#define CLI_CHOOSE_H

#include "cli/summary.h"

/* The workload as the user described it. */
struct choose_description {
    const char *kind, *workload; /* the row that the description starts from */
    unsigned threads, cpus;
    uint32_t hold_ns, think_ns, parameter;
};

/* What an implementation must have to be considered. */
struct choose_needs {
    unsigned traits; /* all of these */
    bool no_spinning;
    bool own;             /* no other project's */
    uint32_t bytes_max;   /* of object and node; 0: any */
    uint64_t p999_ns_max; /* of the sampled operation; 0: any */
};

/* Where a choice is measured: as described, where it would also have to do if the description is off, and
   beyond the cliff. */
enum choose_point {
    CHOOSE_DESCRIBED,
    CHOOSE_HALF,  /* hold and think half as long */
    CHOOSE_TWICE, /* twice as long */
    CHOOSE_CROWD, /* four times as many threads as CPUs */
    CHOOSE_POINTS
};

const struct bench_kind *choose_kind(const char *name); /* which is one */

/* What to measure for a description. */
struct bench_plan *choose_plan(const struct choose_description *d, struct place *place,
                               uint64_t seed);

/* The newest run on this machine, of bench or choose, with every implementation of this build at a point
   near the description, the times within a factor of 1.25; NULL: there is none. */
struct summary *choose_find(struct store *store, const struct choose_description *d,
                            const struct place *place);

/* The groups of a summary that stand for the points; SIZE_MAX: none does. */
void choose_groups(const struct summary *s, const struct choose_description *d,
                   size_t groups[CHOOSE_POINTS]);

struct choose_elsewhere {
    double lost;      /* 1 - its throughput over that of the best candidate there; NaN: not known */
    const char *best; /* who that is, or NULL */
    double kept;      /* its throughput there over that as described; NaN: not known */
};

struct choose_candidate {
    const struct case_summary *c; /* of the described group */
    char *disqualified;           /* why it is not considered; NULL: it is */
    struct interval ratio;        /* its throughput over the chosen one's; NaN if disqualified */
    bool tied;                    /* not decided to be slower than the chosen one */
    struct choose_elsewhere at[CHOOSE_POINTS];
};

struct choice {
    struct choose_candidate *candidates; /* the considered ones first, best first */
    size_t count, considered;
    double margin; /* of the first over the second; NaN if it is alone */
    bool decided;  /* the first is faster than every other */
};

/* groups: of the summary, by point; SIZE_MAX: not measured there. */
struct choice choose_rank(const struct summary *summary, const size_t groups[CHOOSE_POINTS],
                          const struct choose_needs *needs);
void choice_free(struct choice *choice);

void choose_print(const struct choice *choice, const struct choose_description *d,
                  const struct summary *summary, bool fresh);
void choose_print_json(const struct choice *choice, const struct choose_description *d,
                       const struct summary *summary, bool fresh);

#endif
