// SPDX-License-Identifier: MIT
/* The measuring half of the doctor: about two seconds. */
#include "cli/doctor.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/proc.h"
#include "support/team.h"

#include <contend/wait.h>

#include <ctype.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static const uint64_t jitter_ns = 700 * NS_PER_MS;
static const uint64_t drift_window_ns = 30 * NS_PER_MS;
static const uint64_t skew_ns = 30 * NS_PER_MS;
static const uint64_t idle_ns = 500 * NS_PER_MS; /* what others do when we do nothing */
enum { DRIFT_WINDOWS = 12, STEP_READS = 20000 };

/* ---- one CPU ---- */

static void measure_drift(struct doctor_cpu *cpu)
{
    double fastest_ns = 0, slowest_ns = 0;
    work_unit_ns(); /* wakes a CPU that was clocked down for lack of work */
    for (int window = 0; window < DRIFT_WINDOWS; window++) {
        uint64_t end_ns = clock_ns() + drift_window_ns;
        double best_ns = work_unit_ns(); /* the best of a window is what no preemption touched */
        while (clock_ns() < end_ns) {
            double ns = work_unit_ns();
            best_ns = ns < best_ns ? ns : best_ns;
        }
        fastest_ns = window == 0 || best_ns < fastest_ns ? best_ns : fastest_ns;
        slowest_ns = best_ns > slowest_ns ? best_ns : slowest_ns;
    }
    cpu->drift = slowest_ns / fastest_ns - 1;
}

static void measure_jitter(struct doctor_cpu *cpu)
{
    static const uint64_t longer_than_ns[] = {1000, 10000, 100000};
    uint64_t counts[3] = {0}, lost_ns = 0;
    uint64_t begin_ns = clock_ns(), last_ns = begin_ns;
    while (last_ns - begin_ns < jitter_ns) {
        uint64_t now_ns = clock_ns(), gap_ns = now_ns - last_ns;
        last_ns = now_ns;
        if (gap_ns <= longer_than_ns[0])
            continue;
        for (int i = 0; i < 3; i++)
            counts[i] += gap_ns > longer_than_ns[i];
        lost_ns += gap_ns;
        cpu->gap_ns_max = gap_ns > cpu->gap_ns_max ? gap_ns : cpu->gap_ns_max;
    }
    double seconds = (double)(last_ns - begin_ns) / (double)NS_PER_S;
    for (int i = 0; i < 3; i++)
        cpu->gaps_per_s[i] = (double)counts[i] / seconds;
    cpu->lost = (double)lost_ns / (double)(last_ns - begin_ns);
}

static void watch_cpu(void *context)
{
    measure_drift(context);
    measure_jitter(context);
}

/* ---- the clock ---- */

static double clock_step(void)
{
    uint64_t least_ns = UINT64_MAX, last_ns = clock_ns();
    for (int i = 0; i < STEP_READS; i++) {
        uint64_t now_ns = clock_ns();
        if (now_ns != last_ns && now_ns - last_ns < least_ns)
            least_ns = now_ns - last_ns;
        last_ns = now_ns;
    }
    return least_ns == UINT64_MAX ? 0 : (double)least_ns;
}

/* Two CPUs compare clocks as NTP does: the answer's stamp lies between the question's departure and
   its return, and the quickest exchange says how far from their middle it can be. */
struct exchange {
    CT_APART struct ct_u64 asked, answered; /* numbers of exchanges; asked == stop ends */
    struct ct_u64 stamp_ns;
    double offset_ns, error_ns;
};
static const uint64_t exchange_stop = UINT64_MAX;

struct exchange_seat {
    struct exchange *exchange;
    void (*part)(struct exchange *x);
};

static void exchange_ask(struct exchange *x)
{
    uint64_t until_ns = clock_ns() + skew_ns, quickest_ns = UINT64_MAX;
    for (uint64_t n = 1; clock_ns() < until_ns; n++) {
        uint64_t sent_ns = clock_ns();
        ct_u64_store_release(&x->asked, n);
        while (ct_u64_load_acquire(&x->answered) != n)
            ct_pause();
        uint64_t took_ns = clock_ns() - sent_ns;
        if (took_ns >= quickest_ns)
            continue;
        quickest_ns = took_ns;
        x->error_ns = (double)took_ns / 2;
        /* signed before the conversion: as doubles the stamps would be rounded */
        int64_t after_ns = (int64_t)(ct_u64_load_relaxed(&x->stamp_ns) - sent_ns);
        x->offset_ns = (double)after_ns - x->error_ns;
    }
    ct_u64_store_release(&x->asked, exchange_stop);
}

static void exchange_answer(struct exchange *x)
{
    for (uint64_t seen = 0, n;; seen = n) {
        while ((n = ct_u64_load_acquire(&x->asked)) == seen)
            ct_pause();
        if (n == exchange_stop)
            return;
        ct_u64_store_relaxed(&x->stamp_ns, clock_ns());
        ct_u64_store_release(&x->answered, n);
    }
}

static void exchange_sit(void *context)
{
    struct exchange_seat *seat = context;
    seat->part(seat->exchange);
}

static void compare_clocks(const struct place *place, const struct place_cpu *plan,
                           struct doctor_probe *probe)
{
    struct exchange x = {.offset_ns = 0};
    struct exchange_seat seats[2] = {{&x, exchange_ask}, {&x, exchange_answer}};
    struct team *team = team_gather(place, plan, 2, exchange_sit, (void *[]){&seats[0], &seats[1]});
    team_go(team);
    team_join(team, NULL);
    probe->clock_offset_ns = x.offset_ns;
    probe->clock_offset_error_ns = x.error_ns;
}

/* ---- the system ---- */

/* The counts of one line "  24:   1  0  IO-APIC ..." behind its number; NULL if it is no device's. */
static const char *irq_counts(const char *line, unsigned long *number)
{
    char *end;
    line += strspn(line, " ");
    if (!isdigit((unsigned char)*line))
        return NULL;
    *number = strtoul(line, &end, 10);
    return *end == ':' ? end + 1 : NULL;
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return *line == '\0' ? NULL : line + 1;
}

static const char *irq_find(const char *text, unsigned long wanted)
{
    for (const char *line = text; line != NULL; line = next_line(line)) {
        unsigned long number;
        const char *counts = irq_counts(line, &number);
        if (counts != NULL && number == wanted)
            return counts;
    }
    return NULL;
}

struct column {
    size_t cpu;
    uint64_t count, most; /* of all devices, of the busiest */
    char busiest[sizeof((struct doctor_irqs *)NULL)->busiest];
};

/* One device's counts, then and now, in all columns. */
static void irq_add(struct column *columns, size_t count, const char *then, const char *now)
{
    const char *name = now;
    for (size_t c = 0; c < count; c++) {
        char *end;
        strtoull(name, &end, 10);
        name = end;
    }
    size_t length = strcspn(name, "\n"), start = length; /* the last word is the device's */
    while (start > 0 && !isspace((unsigned char)name[start - 1]))
        start--;
    for (size_t c = 0; c < count; c++) {
        char *then_end, *now_end;
        uint64_t old = strtoull(then, &then_end, 10), new = strtoull(now, &now_end, 10);
        uint64_t grown = new > old ? new - old : 0;
        then = then_end;
        now = now_end;
        columns[c].count += grown;
        if (grown > columns[c].most) {
            columns[c].most = grown;
            snprintf(columns[c].busiest, sizeof columns[c].busiest, "%.*s", (int)(length - start),
                     name + start);
        }
    }
}

struct doctor_irqs doctor_irqs_between(const char *before, const char *after, const bool *usable,
                                       size_t usable_count)
{
    struct doctor_irqs irqs = {.known = false};
    if (before == NULL || after == NULL)
        return irqs;
    /* the heading names the columns: CPU0 CPU1 CPU4 ... */
    size_t count = 0, heading = strcspn(after, "\n");
    struct column *columns = must_alloc((heading / 4 + 1) * sizeof *columns);
    for (size_t at = 0; at + 3 < heading; at++)
        if (strncmp(after + at, "CPU", 3) == 0)
            columns[count++].cpu = strtoul(after + at + 3, NULL, 10);

    for (const char *line = after; line != NULL; line = next_line(line)) {
        unsigned long number;
        const char *now = irq_counts(line, &number);
        const char *then = now == NULL ? NULL : irq_find(before, number);
        if (then != NULL)
            irq_add(columns, count, then, now);
    }
    for (const struct column *c = columns; c < columns + count; c++) {
        if (c->cpu >= usable_count || !usable[c->cpu] || (irqs.known && c->count <= irqs.count))
            continue;
        irqs = (struct doctor_irqs){.known = true, .cpu = (int)c->cpu, .count = c->count};
        memcpy(irqs.busiest, c->busiest, sizeof irqs.busiest);
    }
    free(columns);
    return irqs;
}

static struct doctor_irqs irqs_on(const struct place_cpu *cpus, unsigned count, const char *before,
                                  const char *after)
{
    size_t last = 0;
    for (unsigned i = 0; i < count; i++)
        if (cpus[i].os_index > (int)last)
            last = (size_t)cpus[i].os_index;
    bool *usable = must_alloc((last + 1) * sizeof *usable);
    for (unsigned i = 0; i < count; i++)
        usable[cpus[i].os_index] = true;
    struct doctor_irqs irqs = doctor_irqs_between(before, after, usable, last + 1);
    free(usable);
    return irqs;
}

static long throttled(const struct place_cpu *cpus, unsigned count)
{
    long sum = -1;
    for (unsigned i = 0; i < count; i++) {
        char *text =
            proc_text("", "/sys/devices/system/cpu/cpu%d/thermal_throttle/core_throttle_count",
                      cpus[i].os_index);
        if (text != NULL)
            sum = (sum < 0 ? 0 : sum) + strtol(text, NULL, 10);
        free(text);
    }
    return sum;
}

static int counter_error(void)
{
    struct perf_event_attr cycles = {.type = PERF_TYPE_HARDWARE,
                                     .size = sizeof cycles,
                                     .config = PERF_COUNT_HW_CPU_CYCLES,
                                     .exclude_kernel = 1,
                                     .exclude_hv = 1};
    long fd = syscall(SYS_perf_event_open, &cycles, 0, -1, -1, 0);
    if (fd < 0)
        return errno;
    work_unit_ns();
    uint64_t count = 0;
    bool counts = read((int)fd, &count, sizeof count) == (ssize_t)sizeof count && count > 0;
    close((int)fd);
    return counts ? 0 : ENODATA;
}

static uint64_t resource_max(__rlimit_resource_t resource)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return UINT64_MAX;
    return limit.rlim_cur;
}

void doctor_probe(const struct place *place, struct doctor_probe *probe)
{
    unsigned count = place_cpus(place);
    struct place_cpu *cpus = must_alloc(count * sizeof *cpus);
    place_plan(place, PLACE_SPREAD, count, cpus);
    *probe = (struct doctor_probe){.clock_offset_error_ns = -1};
    probe->cpu_count = count < DOCTOR_CPUS_PROBED ? count : DOCTOR_CPUS_PROBED;

    char *irqs_before = proc_text("", "/proc/interrupts");
    long throttled_before = throttled(cpus, count);
    struct noise_snapshot before, after;
    noise_snapshot(&before);

    clock_sleep_until(clock_ns() + idle_ns, NULL);
    probe->clock_cost_ns = clock_cost_ns();
    probe->clock_step_ns = clock_step();
    if (count > 1)
        compare_clocks(place, cpus, probe);
    void *contexts[DOCTOR_CPUS_PROBED];
    for (unsigned i = 0; i < probe->cpu_count; i++) {
        probe->cpus[i].os_index = cpus[i].os_index;
        contexts[i] = &probe->cpus[i];
    }
    struct team *team = team_gather(place, cpus, probe->cpu_count, watch_cpu, contexts);
    team_go(team);
    team_join(team, NULL);

    noise_snapshot(&after);
    char *irqs_after = proc_text("", "/proc/interrupts");
    probe->irqs = irqs_on(cpus, count, irqs_before, irqs_after);
    long throttled_after = throttled(cpus, count);
    probe->throttled = throttled_after < 0 ? -1 : throttled_after - throttled_before;
    probe->seconds = (double)(after.at_ns - before.at_ns) / (double)NS_PER_S;
    probe->noise = noise_between(&before, &after);
    probe->have_steal = before.have_steal && after.have_steal;
    probe->have_pressure = before.have_pressure && after.have_pressure;
    probe->counter_error = counter_error();
    probe->threads_max = resource_max(RLIMIT_NPROC);
    probe->locked_bytes_max = resource_max(RLIMIT_MEMLOCK);
    probe->realtime_priority_max = resource_max(RLIMIT_RTPRIO);
    free(irqs_before);
    free(irqs_after);
    free(cpus);
}
