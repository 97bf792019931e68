// SPDX-License-Identifier: MIT
/* The processor's counters: as they are here, and with a kernel made up. */
#include "support/fail.h"
#include "support/perf.h"
#include "tests/check.h"

#include <linux/perf_event.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* What the made-up kernel has counted of an event, as it is read. */
struct counted {
    uint64_t config;
    struct {
        uint64_t value, enabled_ns, running_ns;
    } read;
};

static const struct counted made_up[] = {
    {PERF_COUNT_HW_CPU_CYCLES, {3000, 100, 100}},
    {PERF_COUNT_HW_INSTRUCTIONS, {500, 100, 25}}, /* had a counter for a quarter of the time */
    {PERF_COUNT_HW_CACHE_MISSES, {0, 100, 0}},    /* never had one */
};

static int opened, refused;

static int open_made_up(uint32_t type, uint64_t config)
{
    CHECK(type == PERF_TYPE_HARDWARE, "type %u", type);
    for (size_t i = 0; i < sizeof made_up / sizeof *made_up; i++) {
        if (made_up[i].config != config)
            continue;
        int file = memfd_create("event", MFD_CLOEXEC);
        if (file < 0 || write(file, &made_up[i].read, sizeof made_up[i].read) < 0 ||
            lseek(file, 0, SEEK_SET) != 0)
            fail(EXIT_ENVIRONMENT, "memfd: cannot write");
        opened++;
        return file;
    }
    return -1;
}

static int refuse(uint32_t type, uint64_t config)
{
    (void)type;
    (void)config;
    refused++;
    return -1;
}

/* Ends before it began to count: an empty file. */
static int open_empty(uint32_t type, uint64_t config)
{
    (void)type;
    (void)config;
    return memfd_create("event", MFD_CLOEXEC);
}

int main(void)
{
    struct perf_counts counts;
    perf_end(perf_begin_with(open_made_up), &counts);
    CHECK(opened == PERF_EVENTS, "%d events opened", opened);
    CHECK(counts.count[PERF_CYCLES] == 3000, "cycles %g", counts.count[PERF_CYCLES]);
    CHECK(counts.count[PERF_INSTRUCTIONS] == 2000, "scaled: %g", counts.count[PERF_INSTRUCTIONS]);
    CHECK(isnan(counts.count[PERF_CACHE_MISSES]), "never counted: %g",
          counts.count[PERF_CACHE_MISSES]);

    perf_open *const without[] = {refuse, open_empty};
    for (size_t i = 0; i < 2; i++) {
        perf_end(perf_begin_with(without[i]), &counts);
        for (int event = 0; event < PERF_EVENTS; event++)
            CHECK(isnan(counts.count[event]), "%s without a counter: %g", perf_event_names[event],
                  counts.count[event]);
    }
    CHECK(refused == PERF_EVENTS, "%d events asked for", refused);

    struct perf *here = perf_begin();
    for (volatile unsigned i = 0; i < 1000000; i++)
        ;
    perf_end(here, &counts);
    for (int event = 0; event < PERF_EVENTS; event++)
        printf("%s: %g\n", perf_event_names[event], counts.count[event]);
    CHECK(isnan(counts.count[PERF_INSTRUCTIONS]) || counts.count[PERF_INSTRUCTIONS] > 1e6,
          "a million iterations in %g instructions", counts.count[PERF_INSTRUCTIONS]);
    return check_result("perf");
}
