// SPDX-License-Identifier: MIT
/* Judges of what the probe saw. */
#include "cli/doctor_judge.h"
#include "support/fail.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum doctor_status worse_above(double x, double warn, double fail)
{
    return x > fail ? DOCTOR_FAIL : x > warn ? DOCTOR_WARN : DOCTOR_OK;
}

/* ---- what the CPUs did ---- */

enum doctor_status judge_drift(struct judgement *j)
{
    const struct doctor_probe *probe = j->subject->probe;
    double most = 0;
    for (unsigned i = 0; i < probe->cpu_count; i++)
        most = fmax(most, probe->cpus[i].drift);
    j->value = must_printf("%.1f %%", 100 * most);
    return worse_above(most, 0.05, 0.5);
}

enum doctor_status judge_throttling(struct judgement *j)
{
    long events = j->subject->probe->throttled;
    j->value = events < 0 ? must_printf("unknown") : must_printf("%ld during the probe", events);
    return events < 0 ? DOCTOR_UNKNOWN : worse_above((double)events, 0, INFINITY);
}

enum doctor_status judge_jitter(struct judgement *j)
{
    const struct doctor_probe *probe = j->subject->probe;
    enum doctor_status worst = DOCTOR_OK;
    for (unsigned i = 0; i < probe->cpu_count; i++) {
        const struct doctor_cpu *cpu = &probe->cpus[i];
        char *text =
            must_printf("%s%sCPU %d: %.0f/%.0f/%.0f gaps/s over 1/10/100 us, longest %.0f us, "
                        "%.2f %% lost",
                        i == 0 ? "" : j->value, i == 0 ? "" : "; ", cpu->os_index,
                        cpu->gaps_per_s[0], cpu->gaps_per_s[1], cpu->gaps_per_s[2],
                        (double)cpu->gap_ns_max / 1000, 100 * cpu->lost);
        free(j->value);
        j->value = text;
        enum doctor_status status = worse_above(cpu->lost, 0.01, 0.1);
        if (status == DOCTOR_OK && cpu->gaps_per_s[2] > 20)
            status = DOCTOR_WARN;
        worst = status > worst ? status : worst;
    }
    return worst;
}

enum doctor_status judge_irqs(struct judgement *j)
{
    const struct doctor_irqs *irqs = &j->subject->probe->irqs;
    if (!irqs->known) {
        return DOCTOR_UNKNOWN;
    }
    double per_s = (double)irqs->count / j->subject->probe->seconds;
    j->value = irqs->count == 0
                   ? must_printf("none")
                   : must_printf("CPU %d: %.0f/s, most from %s", irqs->cpu, per_s, irqs->busiest);
    j->remedy = must_printf("sudo systemctl stop irqbalance; then write other CPUs to "
                            "/proc/irq/N/smp_affinity_list, N from grep %s /proc/interrupts",
                            irqs->busiest);
    return worse_above(per_s, 1000, 50000);
}

/* ---- what others did ---- */

enum doctor_status judge_steal(struct judgement *j)
{
    const struct doctor_probe *probe = j->subject->probe;
    if (!probe->have_steal) {
        return DOCTOR_UNKNOWN;
    }
    j->value = must_printf("%.3f CPUs", probe->noise.steal_cpus);
    return worse_above(probe->noise.steal_cpus, 0.02, 0.25); /* a tick of 10 ms is 0.006 */
}

enum doctor_status judge_foreign(struct judgement *j)
{
    double foreign_cpus = j->subject->probe->noise.foreign_cpus;
    j->value = must_printf("%.2f CPUs", foreign_cpus);
    return worse_above(foreign_cpus / place_cpus(j->subject->place), 0.03, 0.25);
}

enum doctor_status judge_pressure(struct judgement *j)
{
    const struct doctor_probe *probe = j->subject->probe;
    if (!probe->have_pressure) {
        j->remedy = must_printf("boot with psi=1");
        return DOCTOR_UNKNOWN;
    }
    j->value = must_printf("%.1f %% of the time", 100 * probe->noise.pressure);
    return worse_above(probe->noise.pressure, 0.02, 0.25);
}

/* ---- the clock ---- */

enum doctor_status judge_clock_cost(struct judgement *j)
{
    double ns = j->subject->probe->clock_cost_ns;
    j->value = must_printf("%.0f ns", ns);
    return worse_above(ns, 100, 1000);
}

enum doctor_status judge_clock_step(struct judgement *j)
{
    double ns = j->subject->probe->clock_step_ns;
    j->value = must_printf("%.0f ns", ns);
    return ns == 0 ? DOCTOR_FAIL : worse_above(ns, 200, 10000);
}

enum doctor_status judge_clock_skew(struct judgement *j)
{
    const struct doctor_probe *probe = j->subject->probe;
    if (probe->clock_offset_error_ns < 0) {
        j->value = must_printf("only one CPU");
        return DOCTOR_UNKNOWN;
    }
    j->value = must_printf("%+.0f ns, known to %.0f ns", probe->clock_offset_ns,
                           probe->clock_offset_error_ns);
    double beyond_ns = fabs(probe->clock_offset_ns) - probe->clock_offset_error_ns;
    return worse_above(beyond_ns, 0, 1000);
}

/* ---- what we may do ---- */

enum doctor_status judge_counters(struct judgement *j)
{
    int error = j->subject->probe->counter_error;
    if (error == 0) {
        j->value = must_printf("cycles are counted");
        return DOCTOR_OK;
    }
    bool forbidden = error == EACCES || error == EPERM;
    j->value = must_printf("none: %s", forbidden ? "forbidden" : strerror(error));
    if (!forbidden)
        j->remedy = must_printf("use bare metal, or have the hypervisor pass its PMU through");
    return DOCTOR_WARN;
}

static char *count_text(uint64_t count)
{
    return count == UINT64_MAX ? must_printf("unlimited")
                               : must_printf("%llu", (unsigned long long)count);
}

enum doctor_status judge_rlimits(struct judgement *j)
{
    const struct doctor_probe *probe = j->subject->probe;
    char *threads = count_text(probe->threads_max), *locked = count_text(probe->locked_bytes_max);
    char *priority = count_text(probe->realtime_priority_max);
    j->value = must_printf("threads %s, locked bytes %s, real-time priority %s", threads, locked,
                           priority);
    free(threads);
    free(locked);
    free(priority);
    /* four threads per CPU, and what else the user runs */
    uint64_t threads_min = 4 * (uint64_t)place_cpus(j->subject->place) + 100;
    if (probe->threads_max >= threads_min)
        return DOCTOR_OK;
    j->remedy = must_printf("sudo prlimit --pid $$ --nproc=%llu", (unsigned long long)threads_min);
    return DOCTOR_WARN;
}
