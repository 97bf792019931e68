// SPDX-License-Identifier: MIT
#include "support/leak.h"

#include "support/clock.h"
#include "support/fail.h"
#include "support/proc.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    LOOKS_MIN = 16,      /* after warm-up */
    WARM_UP_DIVISOR = 4, /* of the time */
    PAIRS_MAX = LEAK_LOOKS * (LEAK_LOOKS - 1) / 2,
};

static const char *const names[LEAK_RESOURCES] = {"resident memory", "threads", "descriptors"};
static const char *const units[LEAK_RESOURCES] = {" bytes", "", ""};

/* -1: it cannot be seen. */
static long count_descriptors(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
    DIR *directory = opendir(path);
    if (!directory)
        return -1;
    long entries = 0;
    while (readdir(directory))
        entries++;
    closedir(directory);
    return entries - 2; /* . and .. */
}

bool leak_look(pid_t pid, struct leak_look *look)
{
    char *status = proc_text("", "/proc/%ld/status", (long)pid);
    char *resident = proc_field(status, "VmRSS"), *threads = proc_field(status, "Threads");
    long descriptors = count_descriptors(pid);
    bool seen = resident && threads && descriptors >= 0;
    if (seen) {
        look->at_ns = clock_ns();
        look->holds[LEAK_MEMORY] = strtoull(resident, NULL, 10) * 1024;
        look->holds[LEAK_THREADS] = strtoull(threads, NULL, 10);
        look->holds[LEAK_DESCRIPTORS] = (uint64_t)descriptors;
    }
    free(threads);
    free(resident);
    free(status);
    return seen;
}

void leak_watch_start(struct leak_watch *w, uint64_t interval_ns)
{
    w->interval_ns = interval_ns;
    w->next_ns = clock_ns() + interval_ns;
    w->count = 0;
}

void leak_watch_add(struct leak_watch *w, const struct leak_look *look)
{
    if (w->count == LEAK_LOOKS) {
        w->count = 0;
        for (size_t i = 0; i < LEAK_LOOKS; i += 2)
            w->looks[w->count++] = w->looks[i];
        w->interval_ns *= 2;
    }
    w->looks[w->count++] = *look;
    w->next_ns = look->at_ns + w->interval_ns;
}

void leak_watch_tick(struct leak_watch *w, pid_t pid)
{
    struct leak_look look;
    if (clock_ns() >= w->next_ns && leak_look(pid, &look))
        leak_watch_add(w, &look);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Growth per ns over the looks, and how many of how many pairs grew. */
struct growth {
    double slope;
    size_t grew, pairs;
};

static struct growth growth_of(const struct leak_look *looks, size_t count,
                               enum leak_resource resource, double slopes[PAIRS_MAX])
{
    struct growth g = {0};
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            double rise = (double)looks[k].holds[resource] - (double)looks[i].holds[resource];
            slopes[g.pairs++] = rise / (double)(looks[k].at_ns - looks[i].at_ns);
            g.grew += rise > 0;
        }
    }
    qsort(slopes, g.pairs, sizeof *slopes, by_value);
    g.slope = slopes[g.pairs / 2];
    return g;
}

char *leak_found(const struct leak_watch *w, const uint64_t tolerance[LEAK_RESOURCES])
{
    if (w->count == 0)
        return NULL;
    const struct leak_look *last = &w->looks[w->count - 1];
    uint64_t warm_ns = w->looks[0].at_ns + (last->at_ns - w->looks[0].at_ns) / WARM_UP_DIVISOR;
    size_t first = 0;
    while (w->looks[first].at_ns < warm_ns)
        first++;
    size_t count = w->count - first;
    if (count < LOOKS_MIN)
        return NULL;

    double span_ns = (double)(last->at_ns - w->looks[first].at_ns);
    double *slopes = must_alloc(PAIRS_MAX * sizeof *slopes);
    char *found = NULL;
    for (unsigned r = 0; r < LEAK_RESOURCES && !found; r++) {
        struct growth g = growth_of(&w->looks[first], count, (enum leak_resource)r, slopes);
        if (g.slope * span_ns > (double)tolerance[r] && 10 * g.grew >= 9 * g.pairs)
            found =
                must_printf("%s: %.0f%s more in %s, from %" PRIu64 " to %" PRIu64
                            ", in %zu of %zu pairs of looks",
                            names[r], g.slope * span_ns, units[r], duration_format(span_ns).text,
                            w->looks[first].holds[r], last->holds[r], g.grew, g.pairs);
    }
    free(slopes);
    return found;
}
