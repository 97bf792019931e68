// SPDX-License-Identifier: MIT
/* noise.h - what else the machine did while we measured. */
#ifndef SUPPORT_NOISE_H
#define SUPPORT_NOISE_H

#include <stdbool.h>
#include <stdint.h>

/* Counters of the whole machine at one moment; what the kernel does not offer stays 0 and its have_
   flag false. */
struct noise_snapshot {
    uint64_t at_ns;
    bool have_steal, have_pressure;
    uint64_t steal_ns;         /* taken by the hypervisor, all CPUs (/proc/stat) */
    uint64_t busy_ns;          /* user + nice + system + irq + softirq of all CPUs */
    uint64_t own_ns;           /* CPU time of this process, and of its children that ended */
    uint64_t pressure_some_ns; /* somebody runnable waited for a CPU (/proc/pressure/cpu) */
};
void noise_snapshot(struct noise_snapshot *s);

/* Its two readings, of the first line of /proc/stat and of /proc/pressure/cpu: each fills its fields
   of s. False, and have_ flags false, if the text is not such a line. */
bool noise_parse_stat(const char *text, long ticks_per_s, struct noise_snapshot *s);
bool noise_parse_pressure(const char *text, struct noise_snapshot *s);

/* The shares of one interval, in CPUs' worth (1.0 = one CPU fully). Ticks are 10 ms: over shorter
   intervals steal and foreign are coarse, and only their sums over many intervals mean much. */
struct noise {
    double steal_cpus, foreign_cpus, pressure;
};
struct noise noise_between(const struct noise_snapshot *before, const struct noise_snapshot *after);

#endif
