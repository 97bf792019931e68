// SPDX-License-Identifier: MIT
#include "support/machine.h"

#include "support/clock.h"
#include "support/fail.h"
#include "support/proc.h"

#include <ctype.h>
#include <dirent.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* Where AArch64 kernels give no model name: MIDR_EL1's implementer and part. */
static const struct arm_part {
    unsigned long implementer, part;
    const char *name;
} arm_parts[] = {
    {0x41, 0xd03, "Cortex-A53"},  {0x41, 0xd05, "Cortex-A55"},   {0x41, 0xd07, "Cortex-A57"},
    {0x41, 0xd08, "Cortex-A72"},  {0x41, 0xd09, "Cortex-A73"},   {0x41, 0xd0b, "Cortex-A76"},
    {0x41, 0xd0c, "Neoverse-N1"}, {0x41, 0xd40, "Neoverse-V1"},  {0x41, 0xd41, "Cortex-A78"},
    {0x41, 0xd49, "Neoverse-N2"}, {0x41, 0xd4f, "Neoverse-V2"},  {0x48, 0xd01, "TaiShan-v110"},
    {0x61, 0x022, "M1-Icestorm"}, {0x61, 0x023, "M1-Firestorm"}, {0xc0, 0xac3, "Ampere-1"},
    {0xc0, 0xac4, "Ampere-1a"},
};

/* What the firmware of virtual machines calls itself. */
static const char *const virtual_products[] = {"QEMU", "KVM", "VMware", "Virtual", "Xen"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- facts that take more than one file or some thought ---- */

static char *cpu_model(const char *cpuinfo)
{
    char *model = proc_field(cpuinfo, "model name");
    char *implementer = model == NULL ? proc_field(cpuinfo, "CPU implementer") : NULL;
    if (implementer == NULL)
        return model;
    for (char *text; (text = proc_next_field(&cpuinfo, "CPU part")) != NULL; free(text)) {
        char *name = NULL;
        for (size_t i = 0; i < COUNT(arm_parts); i++)
            if (arm_parts[i].implementer == strtoul(implementer, NULL, 0) &&
                arm_parts[i].part == strtoul(text, NULL, 0))
                name = must_printf("%s", arm_parts[i].name);
        if (name == NULL)
            name = must_printf("implementer-%s-part-%s", implementer, text);
        model = proc_add_distinct(model, name);
    }
    free(implementer);
    return model;
}

static char *cpu_family(const char *cpuinfo)
{
    static const char *const keys[] = {
        "vendor_id",       "cpu family", "model",       "stepping",    /* x86 */
        "CPU implementer", "CPU part",   "CPU variant", "CPU revision" /* AArch64 */
    };
    char *all = NULL;
    for (size_t i = 0; i < COUNT(keys); i++) {
        char *value = proc_field(cpuinfo, keys[i]);
        if (value == NULL)
            continue;
        char *longer = must_printf("%s%s%s %s", all == NULL ? "" : all, all == NULL ? "" : ", ",
                                   keys[i], value);
        free(all);
        free(value);
        all = longer;
    }
    return all;
}

static char *hypervisor(const char *root, const char *cpuinfo)
{
    char *type = proc_text(root, "/sys/hypervisor/type");
    if (type == NULL)
        type = proc_text(root, "/proc/device-tree/hypervisor/compatible");
    if (type != NULL)
        return type;

    char *product = proc_text(root, "/sys/class/dmi/id/product_name");
    char *vendor = proc_text(root, "/sys/class/dmi/id/sys_vendor");
    char *firmware =
        must_printf("%s%s%s", vendor == NULL ? "" : vendor,
                    vendor != NULL && product != NULL ? " " : "", product == NULL ? "" : product);
    char *flags = proc_field(cpuinfo, "flags"); /* x86 always has them and always says */
    bool known = flags != NULL, is_virtual = known && proc_has_word(flags, "hypervisor", " ");
    for (size_t i = 0; i < COUNT(virtual_products) && !known; i++)
        is_virtual = is_virtual || strstr(firmware, virtual_products[i]) != NULL;
    char *text = NULL;
    if (is_virtual)
        text = must_printf("%s", firmware[0] == '\0' ? "yes" : firmware);
    else if (known)
        text = must_printf("none");
    free(product);
    free(vendor);
    free(firmware);
    free(flags);
    return text;
}

/* What a cpufreq file says, over all CPUs of the place. */
static char *cpufreq(const char *root, const struct place *place, const char *file)
{
    unsigned cpus = place_cpus(place);
    struct place_cpu *plan = must_alloc(cpus * sizeof *plan);
    place_plan(place, PLACE_COMPACT, cpus, plan);
    char *all = NULL;
    for (unsigned i = 0; i < cpus; i++)
        all = proc_add_distinct(all, proc_text(root, "/sys/devices/system/cpu/cpu%d/cpufreq/%s",
                                               plan[i].os_index, file));
    free(plan);
    return all;
}

static char *boost(const char *root)
{
    char *boost = proc_text(root, "/sys/devices/system/cpu/cpufreq/boost");
    char *no_turbo = proc_text(root, "/sys/devices/system/cpu/intel_pstate/no_turbo");
    char *text = NULL;
    if (boost != NULL)
        text = must_printf("%s", strcmp(boost, "0") == 0 ? "off" : "on");
    else if (no_turbo != NULL)
        text = must_printf("%s", strcmp(no_turbo, "0") == 0 ? "on" : "off");
    free(boost);
    free(no_turbo);
    return text;
}

static char *aslr(const char *root)
{
    static const char *const levels[] = {"off", "partial", "full"};
    char *level = proc_text(root, "/proc/sys/kernel/randomize_va_space");
    if (level == NULL)
        return NULL;
    unsigned long n = strtoul(level, NULL, 10);
    free(level);
    char *personality = proc_text(root, "/proc/self/personality");
    bool off = personality != NULL && (strtoul(personality, NULL, 16) & 0x0040000) != 0;
    free(personality);
    if (off)
        return must_printf("off for this process");
    return n < COUNT(levels) ? must_printf("%s", levels[n]) : NULL;
}

static char *mitigations(const char *root, const char *command_line)
{
    if (command_line != NULL && proc_has_word(command_line, "mitigations=off", " "))
        return must_printf("off");
    const char *directory = "/sys/devices/system/cpu/vulnerabilities";
    char *path = must_printf("%s%s", root, directory);
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    free(path);
    if (count < 0)
        return NULL;
    char *active = NULL, *open = NULL;
    for (int i = 0; i < count; i++) {
        char *state = proc_text(root, "%s/%s", directory, entries[i]->d_name);
        if (state != NULL && strncmp(state, "Mitigation", 10) == 0)
            active = proc_add_distinct(active, must_printf("%s", entries[i]->d_name));
        else if (state != NULL && strncmp(state, "Vulnerable", 10) == 0)
            open = proc_add_distinct(open, must_printf("%s", entries[i]->d_name));
        free(state);
        free(entries[i]);
    }
    free(entries);
    char *text = must_printf("mitigated: %s; vulnerable: %s", active == NULL ? "none" : active,
                             open == NULL ? "none" : open);
    free(active);
    free(open);
    return text;
}

/* The kernel shows no CPUs as an empty line or "(null)". */
static char *cpu_list(char *text)
{
    if (text == NULL || (text[0] != '\0' && strcmp(text, "(null)") != 0))
        return text;
    free(text);
    return must_printf("none");
}

static char *preemption(const char *kernel_build)
{
    if (kernel_build == NULL)
        return NULL;
    const char *word = strstr(kernel_build, "PREEMPT");
    return word == NULL ? must_printf("none") : must_printf("%.*s", (int)strcspn(word, " "), word);
}

/* The coarse clock moves once per tick. */
static char *tick_hz(void)
{
    struct timespec step;
    if (clock_getres(CLOCK_MONOTONIC_COARSE, &step) != 0 || step.tv_sec != 0 || step.tv_nsec == 0)
        return NULL;
    return must_printf("%.0f", (double)NS_PER_S / (double)step.tv_nsec);
}

/* ---- the list ---- */

char *machine_read_line(const char *path)
{
    char *text = proc_text("", "%s", path);
    char *line = proc_first_line(text);
    free(text);
    return line;
}

void machine_facts_add(struct machine_fact **facts, const char *key, char *value)
{
    size_t count = 0;
    while (*facts != NULL && (*facts)[count].key != NULL)
        count++;
    struct machine_fact *longer = must_alloc((count + 2) * sizeof *longer);
    if (count > 0)
        memcpy(longer, *facts, count * sizeof *longer);
    longer[count].key = key;
    if (value != NULL && value[0] != '\0') {
        longer[count].value = value;
    } else {
        free(value);
        longer[count].value = must_printf("unknown");
    }
    free(*facts);
    *facts = longer;
}

const char *machine_fact_value(const struct machine_fact *facts, const char *key)
{
    for (; facts->key != NULL; facts++)
        if (strcmp(facts->key, key) == 0)
            return facts->value;
    return "unknown";
}

void machine_facts_free(struct machine_fact *facts)
{
    for (struct machine_fact *f = facts; f != NULL && f->key != NULL; f++)
        free(f->value);
    free(facts);
}

struct machine_fact *machine_facts_under(const char *root, const struct place *place)
{
    struct machine_fact *facts = NULL;
    char *cpuinfo = proc_text(root, "/proc/cpuinfo");
    char *status = proc_text(root, "/proc/self/status");
    char *release = proc_text(root, "/proc/sys/kernel/osrelease");
    char *build = proc_text(root, "/proc/sys/kernel/version");
    char *command_line = proc_text(root, "/proc/cmdline");
    char *pressure = proc_text(root, "/proc/pressure/cpu");
    struct utsname system;
    uname(&system);
    double quota_cpus = place_quota_cpus_below(root);
    const char *sys_cpu = "/sys/devices/system/cpu";
    const char *clocks = "/sys/devices/system/clocksource/clocksource0";

#define ADD(key, value) machine_facts_add(&facts, key, value)
    ADD("cpu_model", cpu_model(cpuinfo));
    ADD("cpu_family", cpu_family(cpuinfo));
    ADD("microcode", proc_field(cpuinfo, "microcode"));
    ADD("architecture", must_printf("%s", system.machine));
    ADD("topology", place_describe(place));
    ADD("cpus_online", proc_text(root, "%s/online", sys_cpu));
    ADD("cpus_allowed", proc_field(status, "Cpus_allowed_list"));
    ADD("cpus_isolated", cpu_list(proc_text(root, "%s/isolated", sys_cpu)));
    ADD("cpus_nohz_full", cpu_list(proc_text(root, "%s/nohz_full", sys_cpu)));
    ADD("cpu_quota", quota_cpus > 0 ? must_printf("%.2f CPUs", quota_cpus) : must_printf("none"));
    ADD("smt", proc_text(root, "%s/smt/control", sys_cpu));
    ADD("frequency_driver", cpufreq(root, place, "scaling_driver"));
    ADD("governor", cpufreq(root, place, "scaling_governor"));
    ADD("frequency_min_khz", cpufreq(root, place, "scaling_min_freq"));
    ADD("frequency_max_khz", cpufreq(root, place, "scaling_max_freq"));
    ADD("boost", boost(root));
    ADD("hypervisor", hypervisor(root, cpuinfo));
    ADD("kernel", release == NULL ? NULL : must_printf("Linux %s", release));
    ADD("kernel_build", proc_first_line(build));
    ADD("kernel_command_line", proc_first_line(command_line));
    ADD("tick_hz", tick_hz());
    ADD("preemption", preemption(build));
    ADD("clock_source", proc_text(root, "%s/current_clocksource", clocks));
    ADD("clock_sources_available", proc_text(root, "%s/available_clocksource", clocks));
    ADD("aslr", aslr(root));
    ADD("transparent_hugepages",
        proc_bracketed(proc_text(root, "/sys/kernel/mm/transparent_hugepage/enabled")));
    ADD("numa_balancing", proc_text(root, "/proc/sys/kernel/numa_balancing"));
    ADD("mitigations", mitigations(root, command_line));
    ADD("load", proc_text(root, "/proc/loadavg"));
    ADD("cpu_pressure", proc_first_line(pressure));
    ADD("libc", must_printf("glibc %s", gnu_get_libc_version()));
    /* gcc's version is the bare number, others say who they are */
    ADD("compiler",
        must_printf("%s%s", isdigit((unsigned char)__VERSION__[0]) ? "gcc " : "", __VERSION__));
    ADD("compiler_flags", must_printf("%s", CONTEND_C_FLAGS));
    ADD("build_type", must_printf("%s", CONTEND_BUILD_TYPE));
    ADD("git_revision", must_printf("%s", CONTEND_GIT_REVISION));
#undef ADD

    free(cpuinfo);
    free(status);
    free(release);
    free(build);
    free(command_line);
    free(pressure);
    return facts;
}

struct machine_fact *machine_facts(const struct place *place)
{
    return machine_facts_under("", place);
}

/* ---- the build ---- */

bool machine_flags_can_measure(const char *flags)
{
    bool optimised = false;
    for (const char *at = flags; *at != '\0';) {
        at += strspn(at, " ");
        size_t length = strcspn(at, " ");
        if (strncmp(at, "-fsanitize=", 11) == 0)
            return false;
        if (strncmp(at, "-O", 2) == 0) /* the last one counts; -Og is for debuggers */
            optimised = length == 2 || strchr("0g", at[2]) == NULL;
        at += length;
    }
    return optimised;
}

bool machine_build_can_measure(void)
{
    return machine_flags_can_measure(CONTEND_C_FLAGS);
}
