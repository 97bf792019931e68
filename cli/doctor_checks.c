// SPDX-License-Identifier: MIT
#include "cli/doctor_judge.h"
#include "support/fail.h"

#include <stdlib.h>
#include <string.h>

const char *const doctor_status_names[DOCTOR_STATUSES] = {"OK", "UNKNOWN", "WARN", "FAIL"};

static const struct check {
    const char *id, *topic;
    const char *fact; /* judged; UNKNOWN if the system does not say. NULL: something else is */
    bool probed;      /* needs the probe */
    judge *judge;
    const char *why;
    const char *remedy;
} checks[] = {
    {"build", "build", NULL, false, judge_build,
     "without optimisation, or under a sanitizer, the compiler is measured and not the algorithm",
     "cmake --preset release && cmake --build --preset release"},

    {"cpus", "CPUs", "cpus_allowed", false, judge_cpus,
     "results hold for the CPUs that the program may use; with one, nothing contends",
     "give the program more CPUs"},
    {"quota", "CPUs", "cpu_quota", false, judge_quota,
     "when the cgroup's quota is used up, all threads stop, in the middle of critical sections too",
     "docker update --cpus 0 CONTAINER, or echo max | sudo tee cpu.max of the cgroup"},
    {"core-kinds", "CPUs", NULL, false, judge_core_kinds,
     "threads on slower cores decide the rate, and thread counts mix two machines",
     "restrict the run to one kind with taskset"},
    {"smt", "CPUs", "smt", false, judge_smt,
     "two threads of one core share its execution units and caches: neither is a CPU of its own",
     "echo off | sudo tee /sys/devices/system/cpu/smt/control"},
    {"isolation", "CPUs", "cpus_isolated", false, judge_isolation,
     "the kernel balances no load on isolated CPUs: unpinned threads pile up on one of them",
     "run on isolated CPUs only, or on none"},

    {"governor", "frequency", "governor", false, judge_governor,
     "a clock that follows the load rewards locks that spin and punishes those that sleep",
     "sudo cpupower frequency-set -g performance"},
    {"boost", "frequency", "boost", false, judge_boost,
     "the clock depends on how many cores are busy and how warm they are: scaling looks worse",
     "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost, or with intel_pstate: echo 1 | sudo "
     "tee /sys/devices/system/cpu/intel_pstate/no_turbo"},
    {"spin-drift", "frequency", NULL, true, judge_drift,
     "the same work took longer at one time than at another: so do the cases measured then",
     "fix the frequency, stop other work, cool the machine; on a virtual one take a dedicated "
     "host"},
    {"throttling", "frequency", NULL, true, judge_throttling, "a hot CPU slows itself down",
     "check cooling: sensors; dmesg | grep -i throttl"},

    {"huge-pages", "kernel", "transparent_hugepages", false, judge_huge_pages,
     "pages are merged behind the program's back, while it runs, and not in every run",
     "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled"},
    {"numa-balancing", "kernel", "numa_balancing", false, judge_numa_balancing,
     "pages are unmapped and moved while they are measured", "sudo sysctl kernel.numa_balancing=0"},
    {"aslr", "kernel", "aslr", false, judge_aslr,
     "one memory layout is a sample of one: runs must differ in it for their spread to tell",
     "sudo sysctl kernel.randomize_va_space=2, and run without setarch -R"},
    {"tick", "kernel", "tick_hz", false, judge_tick,
     "with more threads than CPUs, whoever holds a lock and loses its CPU waits for coarse ticks",
     "boot a kernel with CONFIG_HZ=250 or 1000"},
    {"preemption", "kernel", "preemption", false, judge_preemption,
     "a real-time kernel sleeps and wakes differently: results hold for such kernels only",
     "boot the kernel that the product will run on"},
    {"mitigations", "kernel", "mitigations", false, judge_mitigations,
     "system calls are cheaper here than where the mitigations are on, which flatters sleeping",
     "boot without mitigations=off"},

    {"clock-source", "clock", "clock_source", false, judge_clock_source,
     "the clock is read by a system call or a slow device",
     "echo tsc | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource, or "
     "boot "
     "with tsc=reliable"},
    {"clock-cost", "clock", NULL, true, judge_clock_cost,
     "latencies of locks are tens of nanoseconds: the clock must cost less", "see clock-source"},
    {"clock-step", "clock", NULL, true, judge_clock_step, "shorter latencies cannot be told apart",
     "see clock-source"},
    {"clock-skew", "clock", NULL, true, judge_clock_skew,
     "times taken on different CPUs are compared: between those two they do not agree",
     "boot with tsc=reliable only if the firmware is right; else update it"},

    {"hypervisor", "interference", "hypervisor", false, judge_hypervisor,
     "a virtual CPU can be taken away at any moment, and waking one that halted is slow",
     "use bare metal, or a dedicated host with pinned virtual CPUs"},
    {"load", "interference", "load", false, judge_load, "other work was running until just now",
     "wait, or look for it: top"},
    {"steal", "interference", NULL, true, judge_steal,
     "the hypervisor gave our CPUs to others; contention then looks cheaper, not dearer",
     "measure when the host is quiet, or on a dedicated one"},
    {"other-work", "interference", NULL, true, judge_foreign,
     "other processes used CPUs during the probe", "stop them: top, systemd-cgtop"},
    {"pressure", "interference", NULL, true, judge_pressure,
     "somebody runnable waited for a CPU although the probe needed few", "stop other work: top"},
    {"interrupts", "interference", NULL, true, judge_irqs,
     "devices interrupted the CPUs that are to be measured",
     "sudo systemctl stop irqbalance; move interrupts: /proc/irq/N/smp_affinity_list"},
    {"jitter", "interference", NULL, true, judge_jitter,
     "a thread that wanted all of its CPU did not get it",
     "stop other work; boot with isolcpus=LIST nohz_full=LIST rcu_nocbs=LIST and run under taskset "
     "-c LIST"},

    {"counters", "means", NULL, true, judge_counters,
     "without a count of cycles a slow clock and slow code look alike",
     "sudo sysctl kernel.perf_event_paranoid=2"},
    {"rlimits", "means", NULL, true, judge_rlimits,
     "runs with more threads than CPUs need that many threads",
     "sudo prlimit --pid $$ --nproc=8192"},
};
enum { CHECKS = sizeof checks / sizeof checks[0] };

static struct doctor_finding examine(const struct check *check,
                                     const struct doctor_subject *subject)
{
    struct doctor_finding f = {check->id, check->topic, check->why, DOCTOR_UNKNOWN, NULL, NULL};
    struct judgement j = {.subject = subject};
    if (check->fact != NULL)
        j.fact = machine_fact_value(subject->facts, check->fact);
    if (j.fact == NULL || strcmp(j.fact, "unknown") != 0)
        f.status = check->judge(&j);
    f.value = j.value != NULL ? j.value : must_printf("%s", j.fact != NULL ? j.fact : "unknown");
    /* against what the system does not say, only a judge may know a remedy */
    if (f.status >= DOCTOR_WARN && j.remedy == NULL)
        f.remedy = must_printf("%s", check->remedy);
    else if (f.status != DOCTOR_OK)
        f.remedy = j.remedy;
    else
        free(j.remedy);
    return f;
}

struct doctor_finding *doctor_examine(const struct doctor_subject *subject)
{
    struct doctor_finding *findings = must_alloc((CHECKS + 1) * sizeof *findings);
    size_t count = 0;
    for (size_t i = 0; i < CHECKS; i++)
        if (subject->probe != NULL || !checks[i].probed)
            findings[count++] = examine(&checks[i], subject);
    return findings;
}

void doctor_findings_free(struct doctor_finding *findings)
{
    for (struct doctor_finding *f = findings; f->id != NULL; f++) {
        free(f->value);
        free(f->remedy);
    }
    free(findings);
}

struct doctor_summary doctor_summarise(const struct doctor_finding *findings)
{
    struct doctor_summary summary = {.banner = NULL};
    const struct doctor_finding *worst = findings;
    for (const struct doctor_finding *f = findings; f->id != NULL; f++) {
        summary.count[f->status]++;
        if (f->status > worst->status)
            worst = f;
    }
    unsigned failures = summary.count[DOCTOR_FAIL], warnings = summary.count[DOCTOR_WARN];
    if (failures + warnings == 0)
        summary.banner = must_printf("nothing found that spoils measurements (%u checks, %u "
                                     "unknown)",
                                     summary.count[DOCTOR_OK] + summary.count[DOCTOR_UNKNOWN],
                                     summary.count[DOCTOR_UNKNOWN]);
    else
        summary.banner =
            must_printf("%u failure%s, %u warning%s; %s: %s: %s (%s)", failures,
                        failures == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s",
                        failures > 0 ? "worst" : "first", worst->id, worst->why, worst->value);
    return summary;
}

struct doctor_summary doctor_summary(const struct place *place, const struct machine_fact *facts)
{
    struct doctor_subject subject = {facts, place, NULL};
    struct doctor_finding *findings = doctor_examine(&subject);
    struct doctor_summary summary = doctor_summarise(findings);
    doctor_findings_free(findings);
    return summary;
}
