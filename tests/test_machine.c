// SPDX-License-Identifier: MIT
/* Machine facts, read from small /proc and /sys trees of machines that we do not have. */
#include "support/fail.h"
#include "support/machine.h"
#include "support/proc.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 40, FACTS_MAX = 40 };

/* A tree, and what must be read from it. Lists end with NULL. */
static const struct tree {
    const char *name;
    struct {
        const char *path, *text;
    } files[FILES_MAX];
    struct {
        const char *key, *value;
    } facts[FACTS_MAX];
} trees[] = {
    {"an x86 server",
     {{"/proc/cpuinfo",
       "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 26\nmodel\t\t: 2\n"
       "model name\t: AMD EPYC 9755\nstepping\t: 1\nmicrocode\t: 0xb002116\n"
       "flags\t\t: fpu vme constant_tsc\n\nprocessor\t: 1\nmodel name\t: another\n"},
      {"/proc/cmdline", "BOOT_IMAGE=/vmlinuz quiet isolcpus=2-3\n"},
      {"/proc/loadavg", "0.10 0.20 0.30 1/300 4242\n"},
      {"/proc/pressure/cpu", "some avg10=1.00 total=5\nfull avg10=0.00 total=0\n"},
      {"/proc/self/personality", "00000000\n"},
      {"/proc/self/status", "Name:\tx\nCpus_allowed:\tf\nCpus_allowed_list:\t0-3\n"},
      {"/proc/sys/kernel/numa_balancing", "1\n"},
      {"/proc/sys/kernel/osrelease", "6.1.0-30-amd64\n"},
      {"/proc/sys/kernel/randomize_va_space", "2\n"},
      {"/proc/sys/kernel/version", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.124-1\n"},
      {"/sys/class/dmi/id/product_name", "KVM switch of a vendor\n"},
      {"/sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc hpet acpi_pm\n"},
      {"/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n"},
      {"/sys/devices/system/cpu/cpu0/cpufreq/scaling_driver", "amd-pstate\n"},
      {"/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n"},
      {"/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "powersave\n"},
      {"/sys/devices/system/cpu/cpu2/cpufreq/scaling_governor", "performance\n"},
      {"/sys/devices/system/cpu/cpufreq/boost", "1\n"},
      {"/sys/devices/system/cpu/isolated", "2-3\n"},
      {"/sys/devices/system/cpu/nohz_full", "(null)\n"},
      {"/sys/devices/system/cpu/online", "0-3\n"},
      {"/sys/devices/system/cpu/smt/control", "on\n"},
      {"/sys/devices/system/cpu/vulnerabilities/spectre_v2", "Mitigation: IBRS\n"},
      {"/sys/devices/system/cpu/vulnerabilities/mds", "Not affected\n"},
      {"/sys/devices/system/cpu/vulnerabilities/srso", "Vulnerable: no microcode\n"},
      {"/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n"}},
     {{"cpu_model", "AMD EPYC 9755"},
      {"cpu_family", "vendor_id AuthenticAMD, cpu family 26, model 2, stepping 1"},
      {"microcode", "0xb002116"},
      {"cpus_online", "0-3"},
      {"cpus_allowed", "0-3"},
      {"cpus_isolated", "2-3"},
      {"cpus_nohz_full", "none"},
      {"cpu_quota", "none"},
      {"smt", "on"},
      {"frequency_driver", "amd-pstate"},
      {"governor", "performance, powersave"},
      {"boost", "on"},
      {"hypervisor", "none"},
      {"kernel", "Linux 6.1.0-30-amd64"},
      {"kernel_build", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.124-1"},
      {"kernel_command_line", "BOOT_IMAGE=/vmlinuz quiet isolcpus=2-3"},
      {"preemption", "PREEMPT_DYNAMIC"},
      {"clock_source", "tsc"},
      {"clock_sources_available", "tsc hpet acpi_pm"},
      {"aslr", "full"},
      {"transparent_hugepages", "madvise"},
      {"numa_balancing", "1"},
      {"mitigations", "mitigated: spectre_v2; vulnerable: srso"},
      {"load", "0.10 0.20 0.30 1/300 4242"},
      {"cpu_pressure", "some avg10=1.00 total=5"}}},
    {"an x86 virtual machine",
     {{"/proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t\t: fpu hypervisor lahf_lm\n"},
      {"/proc/cmdline", "quiet mitigations=off\n"},
      {"/proc/self/personality", "00040000\n"},
      {"/proc/sys/kernel/randomize_va_space", "2\n"},
      {"/proc/sys/kernel/version", "#1 SMP Debian\n"},
      {"/sys/class/dmi/id/sys_vendor", "QEMU\n"},
      {"/sys/class/dmi/id/product_name", "Standard PC\n"},
      {"/sys/devices/system/cpu/intel_pstate/no_turbo", "1\n"},
      {"/sys/devices/system/cpu/isolated", "\n"}},
     {{"cpu_model", "unknown"},
      {"cpus_isolated", "none"},
      {"hypervisor", "QEMU Standard PC"},
      {"aslr", "off for this process"},
      {"preemption", "none"},
      {"boost", "off"},
      {"mitigations", "off"}}},
    {"an AArch64 phone",
     {{"/proc/cpuinfo",
       "processor\t: 0\nCPU implementer\t: 0x41\nCPU variant\t: 0x0\nCPU part\t: 0xd03\n"
       "CPU revision\t: 4\n\nprocessor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\n\n"
       "processor\t: 2\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n\n"
       "processor\t: 3\nCPU implementer\t: 0x41\nCPU part\t: 0xfff\n"},
      {"/sys/class/dmi/id/product_name", "KVM Virtual Machine\n"},
      {"/sys/devices/system/clocksource/clocksource0/current_clocksource", "arch_sys_counter\n"}},
     {{"cpu_model", "Cortex-A53, Cortex-A72, implementer-0x41-part-0xfff"},
      {"cpu_family", "CPU implementer 0x41, CPU part 0xd03, CPU variant 0x0, CPU revision 4"},
      {"microcode", "unknown"},
      {"hypervisor", "KVM Virtual Machine"},
      {"clock_source", "arch_sys_counter"}}},
    {"a machine that says nothing", {{"/nothing", ""}}, {{"cpu_model", "unknown"},
                                                         {"cpu_family", "unknown"},
                                                         {"microcode", "unknown"},
                                                         {"cpus_online", "unknown"},
                                                         {"cpus_allowed", "unknown"},
                                                         {"cpus_isolated", "unknown"},
                                                         {"cpus_nohz_full", "unknown"},
                                                         {"cpu_quota", "none"},
                                                         {"smt", "unknown"},
                                                         {"frequency_driver", "unknown"},
                                                         {"governor", "unknown"},
                                                         {"boost", "unknown"},
                                                         {"hypervisor", "unknown"},
                                                         {"kernel", "unknown"},
                                                         {"preemption", "unknown"},
                                                         {"clock_source", "unknown"},
                                                         {"aslr", "unknown"},
                                                         {"transparent_hugepages", "unknown"},
                                                         {"numa_balancing", "unknown"},
                                                         {"mitigations", "unknown"},
                                                         {"load", "unknown"},
                                                         {"cpu_pressure", "unknown"}}},
};

static void write_file(const char *root, const char *path, const char *text)
{
    char *full = must_printf("%s%s", root, path);
    for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(full, 0777);
        *slash = '/';
    }
    FILE *f = fopen(full, "w");
    if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
        fail(EXIT_CHECK_FAILED, "%s: cannot be written", full);
    free(full);
}

static void remove_tree(const char *root)
{
    char *command = must_printf("rm -rf '%s'", root);
    CHECK(system(command) == 0, "%s", command);
    free(command);
}

static void test_tree(const struct tree *tree, const struct place *place)
{
    char root[] = "/tmp/contend-machine-XXXXXX";
    if (mkdtemp(root) == NULL)
        fail(EXIT_ENVIRONMENT, "/tmp: cannot be written");
    for (size_t i = 0; tree->files[i].path != NULL; i++)
        write_file(root, tree->files[i].path, tree->files[i].text);
    struct machine_fact *facts = machine_facts_under(root, place);
    for (size_t i = 0; tree->facts[i].key != NULL; i++) {
        const char *value = machine_fact_value(facts, tree->facts[i].key);
        CHECK(strcmp(value, tree->facts[i].value) == 0, "%s: %s is \"%s\", not \"%s\"", tree->name,
              tree->facts[i].key, value, tree->facts[i].value);
    }
    machine_facts_free(facts);
    remove_tree(root);
}

static void test_this_machine(void)
{
    struct place *place = place_here();
    struct machine_fact *facts = machine_facts(place);
    static const char *const always_known[] = {"architecture", "topology", "kernel",
                                               "libc",         "compiler", "cpus_allowed"};
    for (size_t i = 0; i < sizeof always_known / sizeof always_known[0]; i++)
        CHECK(strcmp(machine_fact_value(facts, always_known[i]), "unknown") != 0, "%s",
              always_known[i]);
    for (const struct machine_fact *f = facts; f->key != NULL; f++) {
        CHECK(f->value != NULL && f->value[0] != '\0', "%s", f->key);
        for (const struct machine_fact *g = facts; g < f; g++)
            CHECK(strcmp(f->key, g->key) != 0, "%s twice", f->key);
    }
    machine_facts_add(&facts, "library", must_printf("1.2"));
    machine_facts_add(&facts, "other", NULL);
    CHECK(strcmp(machine_fact_value(facts, "library"), "1.2") == 0, "not added");
    CHECK(strcmp(machine_fact_value(facts, "other"), "unknown") == 0, "not unknown");
    CHECK(strcmp(machine_fact_value(facts, "absent"), "unknown") == 0, "not unknown");
    machine_facts_free(facts);
    place_close(place);
}

static void test_flags(void)
{
    static const struct {
        const char *flags;
        bool can_measure;
    } rows[] = {
        {"-O2 -g -DNDEBUG", true},
        {"-O", true},
        {"-O3 -march=native", true},
        {"-O0 -O2", true},
        {"", false},
        {"-g", false},
        {"-O0", false},
        {"-Og -g", false},
        {"-O2 -O0", false},
        {"-O2 -fsanitize=address,undefined", false},
        {"-fsanitize=thread -O2 -g -DNDEBUG", false},
        {"unknown", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK(machine_flags_can_measure(rows[i].flags) == rows[i].can_measure, "\"%s\"",
              rows[i].flags);
}

static void test_reading(void)
{
    CHECK(machine_read_line("/nowhere/at/all") == NULL, "a line of nothing");
    CHECK(proc_text("", "/proc") == NULL, "a directory has text");
    char *line = machine_read_line("/proc/stat");
    CHECK(line != NULL && strncmp(line, "cpu ", 4) == 0 && strchr(line, '\n') == NULL, "%s",
          line == NULL ? "NULL" : line);
    free(line);
    CHECK(proc_has_word("a bb c", "bb", " ") && !proc_has_word("a bbb c", "bb", " "), "words");
    CHECK(proc_field("one\ntwo : 2\n", "one") == NULL, "a field without a colon");
    CHECK(proc_field(NULL, "one") == NULL, "a field of nothing");
}

int main(void)
{
    const char *why;
    struct place *place = place_open("synthetic:pack:1 core:4 pu:1", &why);
    if (place == NULL)
        fail(EXIT_ENVIRONMENT, "topology: %s", why);
    for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++)
        test_tree(&trees[i], place);
    place_close(place);
    test_this_machine();
    test_flags();
    test_reading();
    return check_result("machine");
}
