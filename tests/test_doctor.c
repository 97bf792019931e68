// SPDX-License-Identifier: MIT
/* Every check of the doctor on a good machine, and on that machine with one thing wrong: that check,
   and no other, must say so. */
#include "cli/doctor.h"
#include "support/clock.h"
#include "support/fail.h"
#include "tests/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const four_cores = "synthetic:pack:1 core:4 pu:1";

static const struct {
    const char *key, *value;
} good_facts[] = {
    {"compiler_flags", "-O2 -g -DNDEBUG"},
    {"build_type", "Release"},
    {"compiler", "gcc 12.2.0"},
    {"cpus_online", "0-3"},
    {"cpus_allowed", "0-3"},
    {"cpus_isolated", "none"},
    {"cpus_nohz_full", "none"},
    {"cpu_quota", "none"},
    {"smt", "off"},
    {"frequency_driver", "acpi-cpufreq"},
    {"governor", "performance"},
    {"boost", "off"},
    {"transparent_hugepages", "madvise"},
    {"numa_balancing", "0"},
    {"aslr", "full"},
    {"tick_hz", "250"},
    {"preemption", "PREEMPT_DYNAMIC"},
    {"mitigations", "mitigated: spectre_v2; vulnerable: none"},
    {"clock_source", "tsc"},
    {"clock_sources_available", "tsc hpet"},
    {"hypervisor", "none"},
    {"load", "0.10 0.10 0.10 1/200 4242"},
};

static struct machine_fact *facts_with(const char *key, const char *value)
{
    struct machine_fact *facts = NULL;
    for (size_t i = 0; i < sizeof good_facts / sizeof good_facts[0]; i++) {
        bool changed = key != NULL && strcmp(key, good_facts[i].key) == 0;
        machine_facts_add(&facts, good_facts[i].key,
                          must_printf("%s", changed ? value : good_facts[i].value));
    }
    return facts;
}

static struct doctor_probe good_probe(void)
{
    return (struct doctor_probe){
        .seconds = 2,
        .cpu_count = 2,
        .cpus = {{0, {100, 5, 0}, 0.0005, 20000, 0.01}, {1, {100, 5, 0}, 0.0005, 20000, 0.01}},
        .clock_cost_ns = 20,
        .clock_step_ns = 10,
        .clock_offset_ns = 20,
        .clock_offset_error_ns = 50,
        .have_steal = true,
        .have_pressure = true,
        .irqs = {true, 1, 20, "eth0"},
        .threads_max = 10000,
        .locked_bytes_max = 8 << 20,
    };
}

static struct place *open_or_fail(const char *source)
{
    const char *why;
    struct place *place = place_open(source, &why);
    if (place == NULL)
        fail(EXIT_ENVIRONMENT, "%s: %s", source, why);
    return place;
}

/* id has status, and all other findings are OK. */
static void check_only(const char *what, const struct machine_fact *facts, const char *topology,
                       const struct doctor_probe *probe, const char *id, enum doctor_status status)
{
    struct place *place = open_or_fail(topology);
    struct doctor_subject subject = {facts, place, probe};
    struct doctor_finding *findings = doctor_examine(&subject);
    bool seen = false;
    for (const struct doctor_finding *f = findings; f->id != NULL; f++) {
        bool meant = strcmp(f->id, id) == 0;
        enum doctor_status expected = meant ? status : DOCTOR_OK;
        seen = seen || meant;
        CHECK(f->status == expected, "%s: %s is %s, not %s (%s)", what, f->id,
              doctor_status_names[f->status], doctor_status_names[expected], f->value);
        CHECK(f->value[0] != '\0' && f->why[0] != '\0', "%s: %s", what, f->id);
        CHECK(f->status < DOCTOR_WARN || (f->remedy != NULL && f->remedy[0] != '\0'), "%s: %s",
              what, f->id);
        CHECK(f->status != DOCTOR_OK || f->remedy == NULL, "%s: %s", what, f->id);
    }
    CHECK(seen || id[0] == '\0', "%s: no check %s", what, id);
    doctor_findings_free(findings);
    place_close(place);
}

static void test_facts(void)
{
    static const struct {
        const char *key, *value, *id;
        enum doctor_status status;
    } rows[] = {
        {NULL, NULL, "", DOCTOR_OK},
        {"compiler_flags", "-O0 -g", "build", DOCTOR_FAIL},
        {"compiler_flags", "-O2 -fsanitize=thread", "build", DOCTOR_FAIL},
        {"compiler_flags", "", "build", DOCTOR_FAIL},
        {"cpus_allowed", "0-2", "cpus", DOCTOR_WARN},
        {"cpus_allowed", "3", "cpus", DOCTOR_WARN},
        {"cpus_allowed", "nonsense", "cpus", DOCTOR_WARN},
        {"cpus_allowed", "0-4294967295", "cpus", DOCTOR_OK},
        {"cpus_allowed", "", "cpus", DOCTOR_UNKNOWN},
        {"cpus_online", "", "cpus", DOCTOR_UNKNOWN},
        {"cpu_quota", "3.50 CPUs", "quota", DOCTOR_FAIL},
        {"cpu_quota", "4.00 CPUs", "quota", DOCTOR_OK},
        {"smt", "", "smt", DOCTOR_UNKNOWN},
        {"smt", "on", "smt", DOCTOR_OK}, /* no siblings among ours */
        {"cpus_isolated", "2-3", "isolation", DOCTOR_WARN},
        {"cpus_isolated", "0-3", "isolation", DOCTOR_OK},
        {"cpus_isolated", "8", "isolation", DOCTOR_OK},
        {"cpus_isolated", "", "isolation", DOCTOR_UNKNOWN},
        {"governor", "powersave", "governor", DOCTOR_WARN},
        {"governor", "performance, powersave", "governor", DOCTOR_WARN},
        {"governor", "", "governor", DOCTOR_UNKNOWN},
        {"boost", "on", "boost", DOCTOR_WARN},
        {"boost", "", "boost", DOCTOR_UNKNOWN},
        {"transparent_hugepages", "always", "huge-pages", DOCTOR_WARN},
        {"transparent_hugepages", "never", "huge-pages", DOCTOR_OK},
        {"transparent_hugepages", "", "huge-pages", DOCTOR_UNKNOWN},
        {"numa_balancing", "1", "numa-balancing", DOCTOR_OK}, /* one node */
        {"numa_balancing", "", "numa-balancing", DOCTOR_UNKNOWN},
        {"aslr", "off", "aslr", DOCTOR_WARN},
        {"aslr", "off for this process", "aslr", DOCTOR_WARN},
        {"aslr", "", "aslr", DOCTOR_UNKNOWN},
        {"tick_hz", "100", "tick", DOCTOR_WARN},
        {"tick_hz", "", "tick", DOCTOR_UNKNOWN},
        {"preemption", "PREEMPT_RT", "preemption", DOCTOR_WARN},
        {"preemption", "", "preemption", DOCTOR_UNKNOWN},
        {"mitigations", "off", "mitigations", DOCTOR_WARN},
        {"mitigations", "", "mitigations", DOCTOR_UNKNOWN},
        {"clock_source", "hpet", "clock-source", DOCTOR_WARN},
        {"clock_source", "arch_sys_counter", "clock-source", DOCTOR_OK},
        {"clock_source", "", "clock-source", DOCTOR_UNKNOWN},
        {"hypervisor", "QEMU", "hypervisor", DOCTOR_WARN},
        {"hypervisor", "", "hypervisor", DOCTOR_UNKNOWN},
        {"load", "3.00 0 0", "load", DOCTOR_WARN},
        {"load", "", "load", DOCTOR_UNKNOWN},
    };
    struct doctor_probe probe = good_probe();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine_fact *facts = facts_with(rows[i].key, rows[i].value);
        char *what = must_printf("%s \"%s\"", rows[i].key == NULL ? "good" : rows[i].key,
                                 rows[i].value == NULL ? "" : rows[i].value);
        check_only(what, facts, four_cores, &probe, rows[i].id, rows[i].status);
        free(what);
        machine_facts_free(facts);
    }
}

static void test_topologies(void)
{
    struct doctor_probe probe = good_probe();
    struct machine_fact *facts = facts_with("smt", "on");
    check_only("siblings", facts, "synthetic:pack:1 core:2 pu:2", &probe, "smt", DOCTOR_WARN);
    machine_facts_free(facts);
    facts = facts_with("numa_balancing", "1");
    check_only("two nodes", facts, "synthetic:numa:2 core:2 pu:1", &probe, "numa-balancing",
               DOCTOR_WARN);
    machine_facts_free(facts);

    struct place *hybrid = open_or_fail("xml:tests/topologies/hybrid.xml");
    facts = facts_with(NULL, NULL);
    struct doctor_finding *findings = doctor_examine(&(struct doctor_subject){facts, hybrid, NULL});
    for (const struct doctor_finding *f = findings; f->id != NULL; f++)
        if (strcmp(f->id, "core-kinds") == 0)
            CHECK(f->status == DOCTOR_WARN && strstr(f->remedy, "taskset -c 4-7 ") != NULL,
                  "%s: %s", f->value, f->remedy == NULL ? "" : f->remedy);
    doctor_findings_free(findings);
    machine_facts_free(facts);
    place_close(hybrid);
}

static void test_probe_rows(void)
{
    struct machine_fact *facts = facts_with(NULL, NULL);
    struct doctor_probe p;
#define ROW(change, id, status)                                                                    \
    do {                                                                                           \
        p = good_probe();                                                                          \
        change;                                                                                    \
        check_only(#change, facts, four_cores, &p, id, status);                                    \
    } while (0)
    ROW(p.cpus[1].drift = 0.1, "spin-drift", DOCTOR_WARN);
    ROW(p.cpus[0].drift = 0.8, "spin-drift", DOCTOR_FAIL);
    ROW(p.throttled = 1, "throttling", DOCTOR_WARN);
    ROW(p.throttled = -1, "throttling", DOCTOR_UNKNOWN);
    ROW(p.clock_cost_ns = 300, "clock-cost", DOCTOR_WARN);
    ROW(p.clock_cost_ns = 3000, "clock-cost", DOCTOR_FAIL);
    ROW(p.clock_step_ns = 1000, "clock-step", DOCTOR_WARN);
    ROW(p.clock_step_ns = 1e6, "clock-step", DOCTOR_FAIL);
    ROW(p.clock_step_ns = 0, "clock-step", DOCTOR_FAIL);
    ROW(p.clock_offset_ns = -200, "clock-skew", DOCTOR_WARN);
    ROW(p.clock_offset_ns = 5000, "clock-skew", DOCTOR_FAIL);
    ROW(p.clock_offset_error_ns = -1, "clock-skew", DOCTOR_UNKNOWN);
    ROW(p.noise.steal_cpus = 0.1, "steal", DOCTOR_WARN);
    ROW(p.noise.steal_cpus = 0.5, "steal", DOCTOR_FAIL);
    ROW(p.have_steal = false, "steal", DOCTOR_UNKNOWN);
    ROW(p.noise.foreign_cpus = 0.5, "other-work", DOCTOR_WARN);
    ROW(p.noise.foreign_cpus = 3, "other-work", DOCTOR_FAIL);
    ROW(p.noise.pressure = 0.1, "pressure", DOCTOR_WARN);
    ROW(p.noise.pressure = 0.9, "pressure", DOCTOR_FAIL);
    ROW(p.have_pressure = false, "pressure", DOCTOR_UNKNOWN);
    ROW(p.irqs.count = 10000, "interrupts", DOCTOR_WARN);
    ROW(p.irqs.count = 1000000, "interrupts", DOCTOR_FAIL);
    ROW(p.irqs.known = false, "interrupts", DOCTOR_UNKNOWN);
    ROW(p.cpus[1].lost = 0.05, "jitter", DOCTOR_WARN);
    ROW(p.cpus[1].lost = 0.5, "jitter", DOCTOR_FAIL);
    ROW(p.cpus[0].gaps_per_s[2] = 50, "jitter", DOCTOR_WARN);
    ROW(p.counter_error = EACCES, "counters", DOCTOR_WARN);
    ROW(p.counter_error = ENOENT, "counters", DOCTOR_WARN);
    ROW(p.threads_max = 64, "rlimits", DOCTOR_WARN);
    ROW(p.threads_max = UINT64_MAX, "rlimits", DOCTOR_OK);
#undef ROW
    machine_facts_free(facts);
}

static void test_summary(void)
{
    struct place *place = open_or_fail(four_cores);
    struct machine_fact *facts = facts_with(NULL, NULL);
    struct doctor_summary s = doctor_summary(place, facts);
    CHECK(s.count[DOCTOR_OK] > 10 && s.count[DOCTOR_WARN] + s.count[DOCTOR_FAIL] == 0, "%s",
          s.banner);
    free(s.banner);
    machine_facts_free(facts);

    facts = facts_with("governor", "powersave");
    s = doctor_summary(place, facts);
    CHECK(s.count[DOCTOR_WARN] == 1 && strstr(s.banner, "governor") != NULL, "%s", s.banner);
    free(s.banner);
    machine_facts_free(facts);

    char value[] = "value", remedy[] = "remedy";
    const struct doctor_finding mixed[] = {
        {"a", "topic", "why", DOCTOR_UNKNOWN, value, NULL},
        {"b", "topic", "why", DOCTOR_WARN, value, remedy},
        {"c", "topic", "why", DOCTOR_FAIL, value, remedy},
        {"d", "topic", "why", DOCTOR_FAIL, value, remedy},
        {NULL, NULL, NULL, DOCTOR_OK, NULL, NULL},
    };
    s = doctor_summarise(mixed);
    CHECK(s.count[DOCTOR_FAIL] == 2 && strstr(s.banner, "worst: c: ") != NULL, "%s", s.banner);
    CHECK(strchr(s.banner, '\n') == NULL, "%s", s.banner);
    free(s.banner);

    facts = NULL;
    machine_facts_add(&facts, "nothing", NULL);
    s = doctor_summary(place, facts);
    CHECK(s.count[DOCTOR_UNKNOWN] > 10 && s.count[DOCTOR_FAIL] == 1, "%s", s.banner); /* build */
    free(s.banner);
    machine_facts_free(facts);
    place_close(place);
}

static void test_irqs(void)
{
    static const char *const before = "           CPU0       CPU2       CPU3\n"
                                      "  1:         10         20          5  IO-APIC 1-edge kbd\n"
                                      " 24:        100        200        300  PCI-MSI 0-edge eth0\n"
                                      "LOC:          0          0          0  Local timer\n";
    static const char *const after = "           CPU0       CPU2       CPU3\n"
                                     "  1:         11         27          5  IO-APIC 1-edge kbd\n"
                                     " 24:        100        205       9300  PCI-MSI 0-edge eth0\n"
                                     " 25:          7          7          7  PCI-MSI 1-edge new\n"
                                     "LOC:      90000      90000      90000  Local timer\n";
    const bool first_three[] = {true, true, true}, only_last[] = {false, false, false, true};
    struct doctor_irqs irqs = doctor_irqs_between(before, after, first_three, 3);
    CHECK(irqs.known && irqs.cpu == 2 && irqs.count == 12 && strcmp(irqs.busiest, "kbd") == 0,
          "CPU %d, %llu, %s", irqs.cpu, (unsigned long long)irqs.count, irqs.busiest);
    irqs = doctor_irqs_between(before, after, only_last, 4);
    CHECK(irqs.known && irqs.cpu == 3 && irqs.count == 9000 && strcmp(irqs.busiest, "eth0") == 0,
          "CPU %d, %llu, %s", irqs.cpu, (unsigned long long)irqs.count, irqs.busiest);
    irqs = doctor_irqs_between(after, after, first_three, 3);
    CHECK(irqs.known && irqs.count == 0 && irqs.busiest[0] == '\0', "%s", irqs.busiest);
    irqs = doctor_irqs_between(before, after, only_last, 2);
    CHECK(!irqs.known, "no usable CPU");
    static const char *const broken[] = {
        NULL, "", "\n", "CPU", "CPU0 CPU1\n 1:", "no heading\n 1: 2"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        for (size_t k = 0; k < sizeof broken / sizeof broken[0]; k++) {
            irqs = doctor_irqs_between(broken[i], broken[k], first_three, 3);
            CHECK(irqs.count == 0, "%zu, %zu", i, k);
        }
}

/* What must hold of a probe of any machine, however busy. */
static void test_probe(void)
{
    struct place *place = open_or_fail(NULL);
    struct doctor_probe p;
    uint64_t begin_ns = clock_ns();
    doctor_probe(place, &p);
    double took_s = (double)(clock_ns() - begin_ns) / (double)NS_PER_S;
    CHECK(took_s < 10, "took %.1f s", took_s);
    CHECK(p.seconds > 1 && p.seconds <= took_s, "%g of %g s", p.seconds, took_s);
    CHECK(p.cpu_count == (place_cpus(place) < 2 ? 1 : 2), "%u", p.cpu_count);
    CHECK(p.clock_cost_ns > 0 && p.clock_step_ns > 0, "%g, %g", p.clock_cost_ns, p.clock_step_ns);
    CHECK((p.clock_offset_error_ns > 0) == (p.cpu_count > 1), "%g", p.clock_offset_error_ns);
    for (unsigned i = 0; i < p.cpu_count; i++) {
        const struct doctor_cpu *cpu = &p.cpus[i];
        CHECK(cpu->drift >= 0 && cpu->lost >= 0 && cpu->lost <= 1, "%g, %g", cpu->drift, cpu->lost);
        CHECK(cpu->gaps_per_s[0] >= cpu->gaps_per_s[1] && cpu->gaps_per_s[1] >= cpu->gaps_per_s[2],
              "CPU %d", cpu->os_index);
    }
    place_close(place);
}

int main(void)
{
    test_facts();
    test_topologies();
    test_probe_rows();
    test_summary();
    test_irqs();
    test_probe();
    return check_result("doctor");
}
