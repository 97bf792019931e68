// SPDX-License-Identifier: MIT
/* bars.h - how fast this project's own implementations have to be: data, judged by bars.c. */
#ifndef CLI_BARS_H
#define CLI_BARS_H

#include "benchmarks/limits.h"

#include <contend/impl.h>

/* What the best own implementation is held against. */
enum bar_against {
    AGAINST_REFERENCE, /* times the throughput of the kind's reference, in the same rounds */
    AGAINST_WAIT,  /* how many times as long the reference's median wait is: of paced operations */
    AGAINST_PEER,  /* times the throughput of the best of other projects' with the same traits */
    AGAINST_LIMIT, /* the time for one operation, at most so many times a limit of the machine */
    AGAINST_SELF,  /* its own throughput with one thread in the workload beside */
};

enum { BAR_CROWD = 0 }; /* threads: four times as many as CPUs */

struct bar {
    const char *what;
    const char *kind, *workload;
    unsigned threads;
    unsigned traits; /* of those that compete, ours and other projects', all of them; 0: any */
    enum bar_against against;
    double bar;          /* at least; AGAINST_LIMIT: at most */
    enum limit_id limit; /* AGAINST_LIMIT; else only shown beside, LIMITS: none */
    double fairness_min; /* least over most served thread; 0: any */
    const char *beside;  /* AGAINST_SELF: the workload with one thread */
};
extern const struct bar bars[]; /* ends with what NULL */

#endif
