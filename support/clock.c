// SPDX-License-Identifier: MIT
#include "support/clock.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How soon a sleeper notices *interrupted. */
static const uint64_t sleep_slice_ns = 50 * NS_PER_MS;

void clock_sleep_until(uint64_t deadline_ns, const volatile bool *interrupted)
{
    for (;;) {
        uint64_t now_ns = clock_ns();
        if (now_ns >= deadline_ns || (interrupted && *interrupted))
            return;
        uint64_t until_ns = deadline_ns;
        if (interrupted && until_ns - now_ns > sleep_slice_ns)
            until_ns = now_ns + sleep_slice_ns;
        struct timespec t = {.tv_sec = (time_t)(until_ns / NS_PER_S),
                             .tv_nsec = (long)(until_ns % NS_PER_S)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL); /* EINTR: look again */
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double clock_cost_ns(void)
{
    enum { BATCHES = 31, READS = 100 };
    double costs_ns[BATCHES];

    for (int i = 0; i < BATCHES; i++) {
        uint64_t begin_ns = clock_ns(), end_ns = begin_ns;
        for (int k = 0; k < READS; k++)
            end_ns = clock_ns();
        costs_ns[i] = (double)(end_ns - begin_ns) / READS;
    }
    qsort(costs_ns, BATCHES, sizeof costs_ns[0], by_value);
    return costs_ns[BATCHES / 2];
}

double work_unit_ns(void)
{
    enum { RUNS = 9, UNITS = 20000 };
    uint64_t least_ns = UINT64_MAX;

    for (int i = 0; i < RUNS; i++) {
        uint64_t begin_ns = clock_ns();
        work(UNITS);
        uint64_t took_ns = clock_ns() - begin_ns;
        if (took_ns < least_ns)
            least_ns = took_ns;
    }
    return (double)least_ns / UNITS;
}

static const struct unit {
    const char *name;
    uint64_t ns;
} units[] = {
    {"ns", 1},       {"us", NS_PER_US},    {"ms", NS_PER_MS},
    {"s", NS_PER_S}, {"m", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S},
};
enum { UNITS_KNOWN = sizeof units / sizeof units[0] };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool duration_parse(const char *text, uint64_t *ns)
{
    static const double scale_max = 1e18; /* digits beyond it are far below a nanosecond */
    uint64_t whole = 0, whole_ns;
    double fraction = 0, scale = 1;

    if (!is_digit(*text))
        return false;
    for (; is_digit(*text); text++)
        if (__builtin_mul_overflow(whole, UINT64_C(10), &whole) ||
            __builtin_add_overflow(whole, (uint64_t)(*text - '0'), &whole))
            return false;
    if (*text == '.') {
        if (!is_digit(*++text))
            return false;
        for (; is_digit(*text); text++)
            if (scale < scale_max) {
                fraction = fraction * 10 + (*text - '0');
                scale *= 10;
            }
    }
    for (size_t i = 0; i < UNITS_KNOWN; i++)
        if (strcmp(text, units[i].name) == 0)
            return !__builtin_mul_overflow(whole, units[i].ns, &whole_ns) &&
                   !__builtin_add_overflow(
                       whole_ns, (uint64_t)(fraction / scale * (double)units[i].ns + 0.5), ns);
    return false;
}

struct duration_text duration_format(double ns)
{
    static const double rounds_to_1000 = 999.5; /* three digits would become four */
    struct duration_text shortest = {""};

    if (ns < 0.001)
        return (struct duration_text){"0s"};
    for (size_t i = 0; i < UNITS_KNOWN; i++) {
        struct duration_text d;
        double value = ns / (double)units[i].ns;
        if (value >= rounds_to_1000 && i + 1 < UNITS_KNOWN)
            continue;
        if (value * 1000 < rounds_to_1000 && shortest.text[0] != '\0')
            break;
        snprintf(d.text, sizeof d.text, value < rounds_to_1000 ? "%.3g%s" : "%.0f%s", value,
                 units[i].name);
        if (shortest.text[0] == '\0' || strlen(d.text) <= strlen(shortest.text))
            shortest = d;
    }
    return shortest;
}
