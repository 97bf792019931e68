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
    {NULL, NULL, NULL, 0, 0, AGAINST_REFERENCE, 0, LIMITS, 0, NULL},
};
/* clang-format on */
