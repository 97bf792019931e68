// SPDX-License-Identifier: MIT
#include "cli/bars.h"

#include <stddef.h>

/* As measured against the state of the art, with the machine's own limits in mind; how to reach them is
   said in the implementations' own headers. */
/* clang-format off */
const struct bar bars[] = {
    {"mutex uncontended, parking", "mutex", "uncontended", 1, CT_PARKS, AGAINST_REFERENCE, 2.0, LIMIT_RMW_PAIR, 0, NULL},
    {"mutex uncontended, spinning", "mutex", "uncontended", 1, CT_SPINS, AGAINST_LIMIT, 1.02, LIMIT_RMW_PAIR, 0, NULL},
    {"mutex 2 threads, empty section, parking", "mutex", "contended", 2, CT_PARKS, AGAINST_REFERENCE, 3.5, LIMITS, 0.6, NULL},
    {"mutex 2 threads, empty section, spinning", "mutex", "contended", 2, CT_SPINS, AGAINST_REFERENCE, 5, LIMITS, 0, NULL},
    {"mutex 2 threads, 100 ns / 100 ns, parking", "mutex", "100ns-100ns", 2, CT_PARKS, AGAINST_REFERENCE, 1.7, LIMITS, 0, NULL},
    {"mutex 2 threads, 100 ns / 100 ns, spinning", "mutex", "100ns-100ns", 2, CT_SPINS, AGAINST_REFERENCE, 1.85, LIMITS, 0, NULL},
    {"mutex 2 threads, 1 us / 1 us", "mutex", "1us-1us", 2, 0, AGAINST_REFERENCE, 2.6, LIMITS, 0, NULL},
    {"mutex 2 threads, 1 us / 100 ns", "mutex", "1us-100ns", 2, 0, AGAINST_REFERENCE, 2.0, LIMITS, 0, NULL},
    {"mutex 4x CPUs, empty section", "mutex", "contended", BAR_CROWD, CT_PARKS, AGAINST_PEER, 1.05, LIMITS, 0, NULL},
    {"mutex 4x CPUs, 100 ns / 100 ns", "mutex", "100ns-100ns", BAR_CROWD, CT_PARKS, AGAINST_PEER, 1.05, LIMITS, 0, NULL},
    {"mutex 4x CPUs, 1 us / 1 us", "mutex", "1us-1us", BAR_CROWD, CT_PARKS, AGAINST_PEER, 1.05, LIMITS, 0, NULL},
    {"semaphore pair", "semaphore", "uncontended", 1, 0, AGAINST_REFERENCE, 1.1, LIMIT_RMW_PAIR, 0, NULL},
    {"semaphore hand-off across CPUs", "semaphore", "handoff-cross", 2, CT_PARKS, AGAINST_REFERENCE, 200, LIMIT_LINE_ROUND_TRIP, 0, NULL},
    {"semaphore hand-off on one CPU", "semaphore", "handoff-same-cpu", 2, CT_PARKS, AGAINST_REFERENCE, 0.95, LIMIT_FUTEX_SAME_CPU, 0, NULL},
    {"rwlock read pair", "rwlock", "read-uncontended", 1, 0, AGAINST_REFERENCE, 8.6, LIMITS, 0, NULL},
    {"rwlock readers, 2 threads", "rwlock", "readers", 2, 0, AGAINST_REFERENCE, 50, LIMITS, 0, NULL},
    {"rwlock readers, 2 threads over 1", "rwlock", "readers", 2, 0, AGAINST_SELF, 1.95, LIMITS, 0, "readers"},
    {"rwlock 1 % writes, 2 threads", "rwlock", "writes-1-in-100", 2, 0, AGAINST_PEER, 1, LIMITS, 0, NULL},
    {"rwlock 0.1 % writes, 4x CPUs", "rwlock", "writes-1-in-1000", BAR_CROWD, 0, AGAINST_REFERENCE, 1.5, LIMITS, 0, NULL},
    {"condition signal, nobody waits", "condition", "signal-nobody", 1, 0, AGAINST_REFERENCE, 4, LIMITS, 0, NULL},
    {"condition across CPUs", "condition", "handoff-cross", 2, CT_PARKS, AGAINST_REFERENCE, 100, LIMIT_LINE_ROUND_TRIP, 0, NULL},
    {"condition on one CPU", "condition", "handoff-same-cpu", 2, CT_PARKS, AGAINST_REFERENCE, 1.8, LIMIT_FUTEX_SAME_CPU, 0, NULL},
    {"event across CPUs", "event", "handoff-cross", 2, CT_PARKS, AGAINST_REFERENCE, 100, LIMIT_LINE_ROUND_TRIP, 0, NULL},
    {"event on one CPU", "event", "handoff-same-cpu", 2, CT_PARKS, AGAINST_REFERENCE, 1.8, LIMIT_FUTEX_SAME_CPU, 0, NULL},
    {"barrier, 2 threads", "barrier", "phases", 2, 0, AGAINST_LIMIT, 1.6, LIMIT_LINE_ROUND_TRIP, 0, NULL},
    {"barrier, 4x CPUs", "barrier", "phases", BAR_CROWD, 0, AGAINST_PEER, 1, LIMITS, 0, NULL},
    {"SPSC one to one", "spsc_queue", "one-to-one", 2, 0, AGAINST_PEER, 1, LIMITS, 0, NULL},
    {"SPSC one to one, parking", "spsc_queue", "one-to-one", 2, CT_PARKS, AGAINST_REFERENCE, 37, LIMITS, 0, NULL},
    {"SPSC round trip", "spsc_queue", "round-trip", 2, 0, AGAINST_LIMIT, 1.5, LIMIT_LINE_ROUND_TRIP, 0, NULL},
    {"SPSC round trip, parking", "spsc_queue", "round-trip", 2, CT_PARKS, AGAINST_LIMIT, 5, LIMIT_LINE_ROUND_TRIP, 0, NULL},
    {"MPMC 1:1", "mpmc_queue", "one-to-one", 2, 0, AGAINST_PEER, 1.3, LIMITS, 0, NULL},
    {"MPMC 1:1, parking", "mpmc_queue", "one-to-one", 2, CT_PARKS, AGAINST_REFERENCE, 7.5, LIMITS, 0, NULL},
    {"MPMC many to many, 4 threads", "mpmc_queue", "many-to-many", 4, 0, AGAINST_PEER, 1, LIMITS, 0, NULL},
    {"MPMC round trip, parking", "mpmc_queue", "round-trip", 2, CT_PARKS, AGAINST_LIMIT, 5, LIMIT_LINE_ROUND_TRIP, 0, NULL},
    {"pool, empty tasks", "thread_pool", "empty-tasks", 1, 0, AGAINST_REFERENCE, 6, LIMITS, 0, NULL},
    {"pool, submit to done", "thread_pool", "submit-to-done", 1, 0, AGAINST_WAIT, 1.75, LIMIT_FUTEX_SAME_CPU, 0, NULL},
    {NULL, NULL, NULL, 0, 0, AGAINST_REFERENCE, 0, LIMITS, 0, NULL},
};
/* clang-format on */
