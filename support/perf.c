// SPDX-License-Identifier: MIT
#include "support/perf.h"

#include "support/fail.h"

#include <linux/perf_event.h>
#include <math.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *const perf_event_names[PERF_EVENTS] = {"cycles", "instructions", "cache misses"};

static const uint64_t configs[PERF_EVENTS] = {
    [PERF_CYCLES] = PERF_COUNT_HW_CPU_CYCLES,
    [PERF_INSTRUCTIONS] = PERF_COUNT_HW_INSTRUCTIONS,
    [PERF_CACHE_MISSES] = PERF_COUNT_HW_CACHE_MISSES,
};

struct perf {
    int files[PERF_EVENTS];
};

static int open_event(uint32_t type, uint64_t config)
{
    struct perf_event_attr attributes = {
        .type = type,
        .size = sizeof attributes,
        .config = config,
        .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
        .inherit = 1,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };
    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

struct perf *perf_begin_with(perf_open *open)
{
    struct perf *p = must_alloc(sizeof *p);
    for (int i = 0; i < PERF_EVENTS; i++)
        p->files[i] = open(PERF_TYPE_HARDWARE, configs[i]);
    return p;
}

struct perf *perf_begin(void)
{
    return perf_begin_with(open_event);
}

char *perf_describe(void)
{
    char *text = must_printf("%s", "");
    for (int i = 0; i < PERF_EVENTS; i++) {
        int file = open_event(PERF_TYPE_HARDWARE, configs[i]);
        if (file < 0)
            continue;
        close(file);
        char *longer = must_printf("%s%s%s", text, *text ? ", " : "", perf_event_names[i]);
        free(text);
        text = longer;
    }
    if (*text)
        return text;
    free(text);
    return must_printf("none");
}

static double read_count(int file)
{
    struct {
        uint64_t value, enabled_ns, running_ns;
    } counted;
    if (file < 0 || read(file, &counted, sizeof counted) != sizeof counted ||
        counted.running_ns == 0)
        return NAN;
    return (double)counted.value * ((double)counted.enabled_ns / (double)counted.running_ns);
}

void perf_end(struct perf *p, struct perf_counts *counts)
{
    for (int i = 0; i < PERF_EVENTS; i++) {
        counts->count[i] = read_count(p->files[i]);
        if (p->files[i] >= 0)
            close(p->files[i]);
    }
    free(p);
}
