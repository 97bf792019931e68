// SPDX-License-Identifier: MIT
/* The kernel's texts, and what two snapshots make. */
#include "support/clock.h"
#include "support/noise.h"
#include "tests/check.h"

#include <math.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void check_stat(void)
{
    struct noise_snapshot s = {0};

    CHECK(noise_parse_stat("cpu  100 20 30 4000 50 6 7 80 9 1", 100, &s), "Linux 2.6.33+ refused");
    CHECK(s.busy_ns == 163 * 10 * NS_PER_MS, "busy %llu", (unsigned long long)s.busy_ns);
    CHECK(s.have_steal && s.steal_ns == 80 * 10 * NS_PER_MS, "steal %llu",
          (unsigned long long)s.steal_ns);
    CHECK(noise_parse_stat("cpu  1 2 3 4 5 6 7\n", 1000, &s), "a kernel without steal refused");
    CHECK(s.busy_ns == 19 * NS_PER_MS && !s.have_steal && s.steal_ns == 0, "busy %llu",
          (unsigned long long)s.busy_ns);

    static const char *const bad[] = {"", "intr 1 2 3", "cpu 1 2 3", "cpu a b c d e f g h"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct noise_snapshot t = {0};
        CHECK(!noise_parse_stat(bad[i], 100, &t), "\"%s\" taken", bad[i]);
        CHECK(!t.have_steal, "\"%s\" has steal", bad[i]);
    }
}

static void check_pressure(void)
{
    struct noise_snapshot s = {0};

    CHECK(noise_parse_pressure("some avg10=1.50 avg60=0.29 avg300=0.49 total=6917232", &s),
          "refused");
    CHECK(s.have_pressure && s.pressure_some_ns == 6917232 * NS_PER_US, "pressure %llu",
          (unsigned long long)s.pressure_some_ns);
    static const char *const bad[] = {"", "full avg10=0.00 total=5", "some avg10=1.50",
                                      "some total=x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!noise_parse_pressure(bad[i], &s) && !s.have_pressure, "\"%s\" taken", bad[i]);
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static void check_between(void)
{
    struct noise_snapshot a = {.at_ns = 1000,
                               .have_steal = true,
                               .have_pressure = true,
                               .steal_ns = 100,
                               .busy_ns = 5000,
                               .own_ns = 700,
                               .pressure_some_ns = 10};
    struct noise_snapshot b = a;
    b.at_ns += 1000;
    b.steal_ns += 500;
    b.busy_ns += 3000;
    b.own_ns += 1000;
    b.pressure_some_ns += 250;

    struct noise n = noise_between(&a, &b);
    CHECK(near(n.steal_cpus, 0.5) && near(n.foreign_cpus, 2) && near(n.pressure, 0.25),
          "steal %g, foreign %g, pressure %g", n.steal_cpus, n.foreign_cpus, n.pressure);

    n = noise_between(&a, &a);
    CHECK(n.steal_cpus == 0 && n.foreign_cpus == 0 && n.pressure == 0, "noise in no time");

    b.steal_ns = 50;  /* stepped back */
    b.busy_ns = 5900; /* ticks lag behind our own clock */
    n = noise_between(&a, &b);
    CHECK(n.steal_cpus == 0 && n.foreign_cpus == 0, "steal %g, foreign %g", n.steal_cpus,
          n.foreign_cpus);

    b.steal_ns = 900;
    b.have_steal = b.have_pressure = false;
    n = noise_between(&a, &b);
    CHECK(n.steal_cpus == 0 && n.pressure == 0, "counted what one side does not know");
}

static void check_here(void)
{
    struct noise_snapshot before, after;
    noise_snapshot(&before);
    uint64_t begin_ns = clock_ns();
    while (clock_ns() < begin_ns + 20 * NS_PER_MS)
        work(1000);
    noise_snapshot(&after);
    CHECK(after.own_ns > before.own_ns, "we used no CPU time");
    pid_t child = fork();
    while (child == 0) {
        work(1000);
        if (clock() > CLOCKS_PER_SEC / 20)
            _exit(0);
    }
    waitpid(child, NULL, 0);
    struct noise_snapshot last;
    noise_snapshot(&last);
    CHECK(last.own_ns > after.own_ns + NS_PER_MS, "a child that ended is not ours");
    CHECK(after.at_ns >= before.at_ns + 20 * NS_PER_MS, "time stood still");
    CHECK(after.busy_ns >= before.busy_ns && before.busy_ns > 0, "no CPU was ever busy");
}

int main(void)
{
    check_stat();
    check_pressure();
    check_between();
    check_here();
    return check_result("noise");
}
