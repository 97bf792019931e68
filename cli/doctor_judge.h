// SPDX-License-Identifier: MIT
/* doctor_judge.h - the judges behind the table of doctor_checks.c. */
#ifndef CLI_DOCTOR_JUDGE_H
#define CLI_DOCTOR_JUDGE_H

#include "cli/doctor.h"

/* What a judge is given, and fills where its row does not say it all. */
struct judgement {
    const struct doctor_subject *subject;
    const char *fact; /* the row's, never "unknown"; NULL if the row has none */
    char *value;      /* left NULL: the fact itself, else "unknown" */
    char *remedy;     /* left NULL: the row's */
};
typedef enum doctor_status judge(struct judgement *j);

/* doctor_facts.c: facts and topology */
judge judge_build, judge_cpus, judge_quota, judge_core_kinds, judge_smt, judge_isolation,
    judge_governor, judge_boost, judge_huge_pages, judge_numa_balancing, judge_aslr, judge_tick,
    judge_preemption, judge_mitigations, judge_clock_source, judge_hypervisor, judge_load;

/* doctor_seen.c: the probe */
judge judge_drift, judge_throttling, judge_jitter, judge_irqs, judge_steal, judge_foreign,
    judge_pressure, judge_clock_cost, judge_clock_step, judge_clock_skew, judge_counters,
    judge_rlimits;

#endif
