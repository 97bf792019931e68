// SPDX-License-Identifier: MIT
#include "support/noise.h"

#include "support/clock.h"
#include "support/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

bool noise_parse_stat(const char *text, long ticks_per_s, struct noise_snapshot *s)
{
    unsigned long long user, nice, system, idle, iowait, irq, softirq, steal;
    int fields = sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system,
                        &idle, &iowait, &irq, &softirq, &steal);
    if (fields < 7 || ticks_per_s <= 0)
        return false;
    uint64_t tick_ns = NS_PER_S / (uint64_t)ticks_per_s;
    s->busy_ns = (user + nice + system + irq + softirq) * tick_ns; /* user includes guests */
    s->have_steal = fields == 8;
    s->steal_ns = s->have_steal ? steal * tick_ns : 0;
    return true;
}

bool noise_parse_pressure(const char *text, struct noise_snapshot *s)
{
    const char *total = strstr(text, "total=");
    unsigned long long some_us;

    s->have_pressure = strncmp(text, "some ", strlen("some ")) == 0 && total != NULL &&
                       sscanf(total, "total=%llu", &some_us) == 1;
    s->pressure_some_ns = s->have_pressure ? some_us * NS_PER_US : 0;
    return s->have_pressure;
}

static uint64_t timeval_ns(struct timeval t)
{
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_usec * NS_PER_US;
}

void noise_snapshot(struct noise_snapshot *s)
{
    char *stat = machine_read_line("/proc/stat");
    char *pressure = machine_read_line("/proc/pressure/cpu");
    struct timespec own;
    struct rusage children;

    *s = (struct noise_snapshot){0};
    if (stat)
        noise_parse_stat(stat, sysconf(_SC_CLK_TCK), s);
    if (pressure)
        noise_parse_pressure(pressure, s);
    free(stat);
    free(pressure);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    s->own_ns = (uint64_t)own.tv_sec * NS_PER_S + (uint64_t)own.tv_nsec +
                timeval_ns(children.ru_utime) + timeval_ns(children.ru_stime);
    s->at_ns = clock_ns();
}

/* Counters may step back: hypervisors correct theirs, and ticks end at different moments. */
static double grown(uint64_t before, uint64_t after)
{
    return after > before ? (double)(after - before) : 0;
}

struct noise noise_between(const struct noise_snapshot *before, const struct noise_snapshot *after)
{
    double wall_ns = grown(before->at_ns, after->at_ns);
    struct noise n = {0};

    if (wall_ns == 0)
        return n;
    if (before->have_steal && after->have_steal)
        n.steal_cpus = grown(before->steal_ns, after->steal_ns) / wall_ns;
    if (before->have_pressure && after->have_pressure)
        n.pressure = grown(before->pressure_some_ns, after->pressure_some_ns) / wall_ns;
    double foreign_ns =
        grown(before->busy_ns, after->busy_ns) - grown(before->own_ns, after->own_ns);
    n.foreign_cpus = foreign_ns > 0 ? foreign_ns / wall_ns : 0;
    return n;
}
