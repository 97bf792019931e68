// SPDX-License-Identifier: MIT
/* perf.h - the processor's counters, where the kernel gives them: perf_event_open(2), user mode only,
   which kernels allow to everybody up to perf_event_paranoid 2. Virtual machines often have none. */
#ifndef SUPPORT_PERF_H
#define SUPPORT_PERF_H

#include <stdint.h>

enum perf_event { PERF_CYCLES, PERF_INSTRUCTIONS, PERF_CACHE_MISSES, PERF_EVENTS };
extern const char *const perf_event_names[PERF_EVENTS];

struct perf;

/* What was counted; NaN: that event is not there, or never had a counter. An event that had to share
   its counter is scaled up to the whole time. */
struct perf_counts {
    double count[PERF_EVENTS];
};

/* Count what this thread and all threads that it makes from here on do. Ended after these were joined. */
struct perf *perf_begin(void);
void perf_end(struct perf *p, struct perf_counts *counts);

/* "cycles, instructions", or "none": what there is on this machine. Free it. */
char *perf_describe(void);

/* perf_begin with another way to open an event, for tests: a file to read, or -1. type and config are those
   of struct perf_event_attr. */
typedef int perf_open(uint32_t type, uint64_t config);
struct perf *perf_begin_with(perf_open *open_event);

#endif
