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

#endif
