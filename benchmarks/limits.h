// SPDX-License-Identifier: MIT
/* limits.h - what the machine itself can do: the floor under every result of the same run. */
#ifndef BENCHMARKS_LIMITS_H
#define BENCHMARKS_LIMITS_H

#include "support/place.h"

#include <stddef.h>

struct limit {
    const char *name; /* rmw_ns, rmw_pair_ns, line_round_trip_ns, futex_round_trip_ns, ... */
    const char *what; /* one line for people */
    double ns;        /* median; negative: not measurable here (say, one CPU) */
};

enum limit_id {
    LIMIT_RMW,              /* rmw_ns: one locked exchange on a line of one's own */
    LIMIT_RMW_PAIR,         /* rmw_pair_ns: one locked exchange and one release store: no lock can
                               take and give back a free lock for less */
    LIMIT_LINE_ROUND_TRIP,  /* line_round_trip_ns: a line to another CPU and back, with pauses */
    LIMIT_FUTEX_ROUND_TRIP, /* futex_round_trip_ns: wake a sleeper on another CPU and be woken */
    LIMIT_FUTEX_SAME_CPU,   /* futex_same_cpu_ns: the same on one CPU */
    LIMIT_CLOCK,            /* clock_ns */
    LIMIT_PAUSE,            /* pause_ns */
    LIMIT_SYSCALL,          /* syscall_ns: the cheapest system call */
    LIMIT_YIELD,            /* yield_ns: sched_yield with nobody waiting */
    LIMIT_MEMBARRIER,       /* membarrier_ns: with another thread running */
    LIMIT_DISPATCH,         /* dispatch_ns: an empty pair of calls through an ops table */
    LIMIT_EMPTY,            /* empty_ns: an iteration of the measuring loop around no operation */
    LIMITS
};

/* Measure all of them, pinned, interleaved, medians of several rounds; about half a second. */
void limits_measure(const struct place *place, struct limit limits[LIMITS]);

/* The same spread over a run, one reading with each of its rounds, so that what results are divided by
   was measured under the same weather. */
struct limits_log;
struct limits_log *limits_log_make(const struct place *place);
void limits_log_free(struct limits_log *log);
void limits_log_read(struct limits_log *log); /* about 60 ms */
/* The medians of what was read so far. */
void limits_log_medians(const struct limits_log *log, struct limit limits[LIMITS]);
/* How far the medians of the first and the second half of the readings are apart, at the limits that
   bars and reports divide by: "rmw_pair_ns 5.21 -> 5.24 (+0.6 %), ..."; free it. *largest: the largest
   of these, as a share; 0 with fewer than four readings. */
char *limits_log_drift(const struct limits_log *log, double *largest);

#endif
