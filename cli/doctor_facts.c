// SPDX-License-Identifier: MIT
/* Judges of what the system says about itself. */
#include "cli/doctor_judge.h"
#include "support/fail.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* Warn if the fact is none of the words, which end with NULL. */
static enum doctor_status one_of(const char *fact, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(fact, *words) == 0)
            return DOCTOR_OK;
    return DOCTOR_WARN;
}

/* ---- lists of CPUs, "0-3,8" ---- */

static cpu_set_t cpus_parse(const char *list)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const char *at = list; *at >= '0' && *at <= '9';) {
        char *end;
        unsigned long first = strtoul(at, &end, 10), last = first;
        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        for (unsigned long cpu = first; cpu <= last && cpu < CPU_SETSIZE; cpu++)
            CPU_SET(cpu, &set);
        at = *end == ',' ? end + 1 : end;
    }
    return set;
}

static char *cpus_format(const cpu_set_t *set)
{
    char *list = NULL;
    for (size_t first = 0, last; first < CPU_SETSIZE; first = last + 1) {
        last = first;
        if (!CPU_ISSET(first, set))
            continue;
        while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, set))
            last++;
        char *range =
            last > first ? must_printf("%zu-%zu", first, last) : must_printf("%zu", first);
        char *longer = list == NULL ? range : must_printf("%s,%s", list, range);
        if (longer != range)
            free(range);
        free(list);
        list = longer;
    }
    return list == NULL ? must_printf("none") : list;
}

/* The first CPUs of the compact order, as long as they are of the fastest kind. */
static char *cpus_nearest(const struct place *place, unsigned count, unsigned *fastest)
{
    struct place_cpu *plan = must_alloc(count * sizeof *plan);
    place_plan(place, PLACE_COMPACT, count, plan);
    cpu_set_t set;
    CPU_ZERO(&set);
    *fastest = 0;
    for (unsigned i = 0; i < count; i++)
        if (plan[i].efficiency_rank == 0) {
            CPU_SET((size_t)plan[i].os_index, &set);
            ++*fastest;
        }
    free(plan);
    return cpus_format(&set);
}

/* ---- build, CPUs ---- */

enum doctor_status judge_build(struct judgement *j)
{
    const struct machine_fact *facts = j->subject->facts;
    const char *flags = machine_fact_value(facts, "compiler_flags");
    j->value = must_printf("%s, %s, %s", machine_fact_value(facts, "build_type"),
                           machine_fact_value(facts, "compiler"), flags);
    return machine_flags_can_measure(flags) ? DOCTOR_OK : DOCTOR_FAIL;
}

enum doctor_status judge_cpus(struct judgement *j)
{
    const struct machine_fact *facts = j->subject->facts;
    cpu_set_t allowed = cpus_parse(j->fact);
    cpu_set_t online = cpus_parse(machine_fact_value(facts, "cpus_online"));
    cpu_set_t isolated = cpus_parse(machine_fact_value(facts, "cpus_isolated"));
    if (CPU_COUNT(&online) == 0)
        return DOCTOR_UNKNOWN;
    j->value = must_printf("%s of %s online", j->fact, machine_fact_value(facts, "cpus_online"));
    if (CPU_COUNT(&allowed) < 2) {
        j->remedy = must_printf("use a machine with more CPUs, or taskset -c %s contend ...",
                                machine_fact_value(facts, "cpus_online"));
        return DOCTOR_WARN;
    }
    cpu_set_t in_isolation;
    CPU_AND(&in_isolation, &allowed, &isolated);
    if (CPU_COUNT(&allowed) >= CPU_COUNT(&online) || CPU_EQUAL(&allowed, &in_isolation))
        return DOCTOR_OK;
    j->remedy = must_printf("taskset -c %s contend ..., or widen the cpuset of the container",
                            machine_fact_value(facts, "cpus_online"));
    return DOCTOR_WARN;
}

enum doctor_status judge_quota(struct judgement *j)
{
    double cpus = strtod(j->fact, NULL); /* "none": 0 */
    return cpus > 0 && cpus < place_cpus(j->subject->place) ? DOCTOR_FAIL : DOCTOR_OK;
}

enum doctor_status judge_core_kinds(struct judgement *j)
{
    unsigned cpus = place_cpus(j->subject->place), fastest;
    char *list = cpus_nearest(j->subject->place, cpus, &fastest);
    bool hybrid = fastest < cpus;
    j->value = hybrid
                   ? must_printf("%u of %u CPUs are of the fastest kind: %s", fastest, cpus, list)
                   : must_printf("one kind");
    j->remedy = must_printf("taskset -c %s contend ...", list);
    free(list);
    return hybrid ? DOCTOR_WARN : DOCTOR_OK;
}

enum doctor_status judge_smt(struct judgement *j)
{
    const struct place *place = j->subject->place;
    unsigned fastest;
    char *list = cpus_nearest(place, place_cores(place), &fastest);
    j->remedy =
        must_printf("echo off | sudo tee /sys/devices/system/cpu/smt/control, or taskset -c "
                    "%s contend ...",
                    list);
    free(list);
    if (place_has_smt(place)) {
        j->value = must_printf("%u CPUs on %u cores", place_cpus(place), place_cores(place));
        return DOCTOR_WARN;
    }
    bool on = strcmp(j->fact, "on") == 0;
    j->value = must_printf("%s", on ? "on, one CPU of each core used" : j->fact);
    return DOCTOR_OK;
}

enum doctor_status judge_isolation(struct judgement *j)
{
    const struct machine_fact *facts = j->subject->facts;
    cpu_set_t isolated = cpus_parse(j->fact);
    cpu_set_t allowed = cpus_parse(machine_fact_value(facts, "cpus_allowed")), both;
    CPU_AND(&both, &isolated, &allowed);
    j->value = must_printf("isolcpus %s, nohz_full %s", j->fact,
                           machine_fact_value(facts, "cpus_nohz_full"));
    if (CPU_COUNT(&both) == 0 || CPU_EQUAL(&both, &allowed))
        return DOCTOR_OK;
    j->remedy = must_printf("taskset -c %s contend ...", j->fact);
    return DOCTOR_WARN;
}

/* ---- kernel and firmware ---- */

enum doctor_status judge_governor(struct judgement *j)
{
    j->value =
        must_printf("%s (%s)", j->fact, machine_fact_value(j->subject->facts, "frequency_driver"));
    return one_of(j->fact, (const char *const[]){"performance", NULL});
}

enum doctor_status judge_boost(struct judgement *j)
{
    return one_of(j->fact, (const char *const[]){"off", NULL});
}

enum doctor_status judge_huge_pages(struct judgement *j)
{
    return one_of(j->fact, (const char *const[]){"madvise", "never", NULL});
}

enum doctor_status judge_numa_balancing(struct judgement *j)
{
    unsigned cpus = place_cpus(j->subject->place), nodes = 0;
    struct place_cpu *plan = must_alloc(cpus * sizeof *plan);
    place_plan(j->subject->place, PLACE_COMPACT, cpus, plan);
    for (unsigned i = 0; i < cpus; i++)
        nodes = plan[i].node + 1 > nodes ? plan[i].node + 1 : nodes;
    free(plan);
    bool on = strcmp(j->fact, "0") != 0;
    j->value = must_printf("%s, %u node%s", on ? "on" : "off", nodes, nodes == 1 ? "" : "s");
    return on && nodes > 1 ? DOCTOR_WARN : DOCTOR_OK;
}

enum doctor_status judge_aslr(struct judgement *j)
{
    return one_of(j->fact, (const char *const[]){"full", NULL});
}

enum doctor_status judge_tick(struct judgement *j)
{
    j->value = must_printf("%s Hz", j->fact);
    return strtod(j->fact, NULL) < 250 ? DOCTOR_WARN : DOCTOR_OK;
}

enum doctor_status judge_preemption(struct judgement *j)
{
    return strcmp(j->fact, "PREEMPT_RT") == 0 ? DOCTOR_WARN : DOCTOR_OK;
}

enum doctor_status judge_mitigations(struct judgement *j)
{
    return strcmp(j->fact, "off") == 0 ? DOCTOR_WARN : DOCTOR_OK;
}

enum doctor_status judge_clock_source(struct judgement *j)
{
    static const char *const without_system_call[] = {"tsc", "arch_sys_counter", "kvm-clock",
                                                      "hyperv_clocksource_tsc_page", NULL};
    j->value = must_printf("%s (available: %s)", j->fact,
                           machine_fact_value(j->subject->facts, "clock_sources_available"));
    return one_of(j->fact, without_system_call);
}

enum doctor_status judge_hypervisor(struct judgement *j)
{
    return one_of(j->fact, (const char *const[]){"none", NULL});
}

enum doctor_status judge_load(struct judgement *j)
{
    double load = strtod(j->fact, NULL);
    j->value =
        must_printf("%.2f over the last minute, %u CPUs", load, place_cpus(j->subject->place));
    return load > 0.5 * place_cpus(j->subject->place) ? DOCTOR_WARN : DOCTOR_OK;
}
