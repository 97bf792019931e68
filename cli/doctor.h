// SPDX-License-Identifier: MIT
/* doctor.h - what on this machine spoils measurements: one table of checks, each judging machine facts,
   the topology, or what a probe of two seconds saw. Nothing here changes the system. */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "support/machine.h"
#include "support/noise.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of how bad it is. */
enum doctor_status { DOCTOR_OK, DOCTOR_UNKNOWN, DOCTOR_WARN, DOCTOR_FAIL, DOCTOR_STATUSES };
extern const char *const doctor_status_names[DOCTOR_STATUSES];

enum { DOCTOR_CPUS_PROBED = 2 };

/* What one CPU did to a thread that wanted all of it. */
struct doctor_cpu {
    int os_index;
    double gaps_per_s[3]; /* longer than 1, 10, 100 us */
    double lost;          /* share of the time that those gaps took */
    uint64_t gap_ns_max;
    double drift; /* slowest over fastest spell of a fixed spin, minus 1 */
};

/* Interrupts of devices on the CPU that got most of them. */
struct doctor_irqs {
    bool known;
    int cpu;
    uint64_t count;
    char busiest[64]; /* the device that sent most to that CPU; "" if none did */
};

/* What the probe saw. */
struct doctor_probe {
    double seconds;
    unsigned cpu_count;
    struct doctor_cpu cpus[DOCTOR_CPUS_PROBED];
    double clock_cost_ns, clock_step_ns;
    double clock_offset_ns, clock_offset_error_ns; /* between the CPUs; error < 0: one CPU only */
    bool have_steal, have_pressure;
    struct noise noise;
    struct doctor_irqs irqs;
    long throttled;    /* thermal events; -1: not told */
    int counter_error; /* errno of opening a cycle counter; 0: it counts */
    uint64_t threads_max, locked_bytes_max, realtime_priority_max; /* rlimits; UINT64_MAX: none */
};
void doctor_probe(const struct place *place, struct doctor_probe *probe);

/* Two texts of /proc/interrupts; only CPUs with usable[os_index] count. Pure. */
struct doctor_irqs doctor_irqs_between(const char *before, const char *after, const bool *usable,
                                       size_t usable_count);

/* What is examined. */
struct doctor_subject {
    const struct machine_fact *facts;
    const struct place *place;
    const struct doctor_probe *probe; /* NULL: checks that need it are left out */
};

struct doctor_finding {
    const char *id, *topic, *why; /* static */
    enum doctor_status status;
    char *value;
    char *remedy; /* NULL: OK, or UNKNOWN for no reason that one could mend */
};

/* Ends with id NULL; free it with doctor_findings_free. */
struct doctor_finding *doctor_examine(const struct doctor_subject *subject);
void doctor_findings_free(struct doctor_finding *findings);

/* The banner of a report. */
struct doctor_summary {
    unsigned count[DOCTOR_STATUSES];
    char *banner; /* one line, with the worst finding; free it */
};
struct doctor_summary doctor_summarise(const struct doctor_finding *findings);

/* The same from facts alone: reads and measures nothing. */
struct doctor_summary doctor_summary(const struct place *place, const struct machine_fact *facts);

#endif
