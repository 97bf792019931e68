// SPDX-License-Identifier: MIT
/* clock.h - time and work for harnesses. */
#ifndef SUPPORT_CLOCK_H
#define SUPPORT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_US UINT64_C(1000)

static inline uint64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* Sleep until an absolute clock_ns; early only if *interrupted (may be NULL) became true, which is
   noticed within 50 ms. */
void clock_sleep_until(uint64_t deadline_ns, const volatile bool *interrupted);

/* What one clock_ns costs, in ns; the median of a short measurement. */
double clock_cost_ns(void);

/* Busy work of a known length: units of one dependent multiply-add, in registers only, so that it
   disturbs no cache and cannot be shortened by a wider core. */
static inline void work(uint64_t units)
{
    uint64_t x = units;
    for (uint64_t i = 0; i < units; i++) {
        x = x * UINT64_C(6364136223846793005) + 1;
        __asm__ volatile("" : "+r"(x));
    }
}

/* ns that one unit of work takes now on this CPU: the smallest of a few short runs. */
double work_unit_ns(void);

/* "200ns", "1us", "1.5ms", "3s", "2m", "72h":
 *     duration = digits [ "." digits ] ( "ns" | "us" | "ms" | "s" | "m" | "h" )
 * rounded to the nearest nanosecond. No sign, no space, no exponent, and the unit is required. False,
 * with *ns unspecified, if the text is anything else or exceeds 2^64-1 ns. */
bool duration_parse(const char *text, uint64_t *ns);

/* The shortest of those forms, to three digits. Requires ns >= 0. */
struct duration_text {
    char text[24];
};
struct duration_text duration_format(double ns);

#endif
