// SPDX-License-Identifier: MIT
/* Durations as text, and sleeping. */
#include "support/clock.h"
#include "tests/check.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static const struct {
    const char *text;
    uint64_t ns;
} durations[] = {
    {"0s", 0},
    {"1ns", 1},
    {"200ns", 200},
    {"1us", 1000},
    {"1.5ms", 1500000},
    {"3s", 3000000000},
    {"2m", 120000000000},
    {"72h", 259200000000000},
    {"007us", 7000},
    {"0.1us", 100},
    {"0.3h", 1080000000000},
    {"1.000000000s", 1000000000},
    {"0.1234567890123456789012345678901234567890s", 123456789},
    {"1.4ns", 1},
    {"1.5ns", 2},
    {"0.999999999999s", 1000000000},
    {"18446744073709551615ns", UINT64_MAX},
    {"5124095h", 18446742000000000000u},
};

static const char *const not_durations[] = {
    "",
    " ",
    "s",
    "1",
    "-1s",
    "+1s",
    " 1s",
    "1s ",
    "1 s",
    "1.s",
    ".5s",
    "1e3s",
    "1,5s",
    "1sec",
    "1S",
    "1.5.2s",
    "1h2m",
    "0x10s",
    "1min",
    "inf",
    "nan",
    "infs",
    "1d",
    "1nss",
    "1s\n",
    "1..5ms",
    "--1us",
    "18446744073709551616ns",
    "18446744073709551615us",
    "5124096h",
    "18446744073.8s",
    "99999999999999999999999999s",
};

static void check_parse(void)
{
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        uint64_t ns = 0;
        CHECK(duration_parse(durations[i].text, &ns), "%s refused", durations[i].text);
        CHECK(ns == durations[i].ns, "%s read as %llu", durations[i].text, (unsigned long long)ns);
    }
    for (size_t i = 0; i < sizeof not_durations / sizeof not_durations[0]; i++) {
        uint64_t ns = 0;
        CHECK(!duration_parse(not_durations[i], &ns), "\"%s\" read as %llu", not_durations[i],
              (unsigned long long)ns);
    }
}

static const struct {
    double ns;
    const char *text;
} formats[] = {
    {0, "0s"},
    {0.4, "0.4ns"},
    {1, "1ns"},
    {12.34, "12.3ns"},
    {200, "200ns"},
    {999.4, "999ns"},
    {999.6, "1us"},
    {1500, "1.5us"},
    {1e8, "100ms"},
    {1234567, "1.23ms"},
    {6.1e10, "61s"},
    {9e10, "90s"},
    {1.2e11, "2m"},
    {3.6e12, "1h"},
    {3.7e12, "1.03h"},
    {5.4e12, "90m"},
    {2.592e14, "72h"},
    {1e18, "277778h"},
    {1.8446e19, "5123889h"},
};

static void check_format(void)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct duration_text d = duration_format(formats[i].ns);
        CHECK(strcmp(d.text, formats[i].text) == 0, "%g ns is shown as %s, not %s", formats[i].ns,
              d.text, formats[i].text);
    }
    for (double ns = 1; ns < 1e19; ns *= 1.37) {
        struct duration_text d = duration_format(ns);
        uint64_t back = 0;
        CHECK(duration_parse(d.text, &back), "%g ns is shown as %s, which is no duration", ns,
              d.text);
        CHECK(fabs((double)back - ns) <= 0.5 + 0.005 * ns, "%g ns is shown as %s", ns, d.text);
    }
}

static volatile bool interrupted;

static void on_alarm(int signal_number)
{
    (void)signal_number;
    interrupted = true;
}

static void check_sleep(void)
{
    uint64_t begin_ns = clock_ns();
    clock_sleep_until(begin_ns + 3 * NS_PER_MS, NULL);
    CHECK(clock_ns() >= begin_ns + 3 * NS_PER_MS, "woke too early");

    begin_ns = clock_ns();
    clock_sleep_until(begin_ns - 1, NULL); /* past: returns */

    /* a signal whose handler sets nothing must not end the sleep, nor shorten it */
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval in_10_ms = {.it_value = {.tv_usec = 10000}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &in_10_ms, NULL);
    begin_ns = clock_ns();
    clock_sleep_until(begin_ns + 30 * NS_PER_MS, NULL);
    CHECK(clock_ns() >= begin_ns + 30 * NS_PER_MS, "a signal ended the sleep");
    CHECK(interrupted, "the alarm did not come");

    interrupted = false;
    setitimer(ITIMER_REAL, &in_10_ms, NULL);
    begin_ns = clock_ns();
    clock_sleep_until(UINT64_MAX, &interrupted);
    CHECK(interrupted, "woke without an interrupt");
    CHECK(clock_ns() < begin_ns + NS_PER_S, "the interrupt was noticed too late");
}

static void check_costs(void)
{
    double cost_ns = clock_cost_ns();
    CHECK(cost_ns > 0.5 && cost_ns < 100000, "a clock read costs %g ns", cost_ns);
    double unit_ns = work_unit_ns();
    CHECK(unit_ns > 0.1 && unit_ns < 1000, "a unit of work takes %g ns", unit_ns);
}

int main(void)
{
    check_parse();
    check_format();
    check_sleep();
    check_costs();
    return check_result("clock");
}
