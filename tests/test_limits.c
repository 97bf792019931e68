// SPDX-License-Identifier: MIT
/* The limits block: complete, and in the order that no machine can turn round. */
#include "benchmarks/limits.h"
#include "support/clock.h"
#include "tests/check.h"

#include <contend/wait.h>

#include <string.h>

/* Generous: the machine that runs the tests may be busy, and the build unoptimised. */
static const double run_s_max = 10.0;

static void check_names(const struct limit *limits)
{
    for (int i = 0; i < LIMITS; i++) {
        size_t length = limits[i].name == NULL ? 0 : strlen(limits[i].name);
        CHECK(length > 3 && strcmp(limits[i].name + length - 3, "_ns") == 0, "limit %d", i);
        CHECK(limits[i].what != NULL && limits[i].what[0] != '\0', "limit %d", i);
        for (int k = 0; k < i; k++)
            CHECK(strcmp(limits[i].name, limits[k].name) != 0, "%s twice", limits[i].name);
    }
}

static void check_values(const struct limit *limits, unsigned cpus)
{
    for (int i = 0; i < LIMITS; i++) {
        bool two_cpus =
            i == LIMIT_LINE_ROUND_TRIP || i == LIMIT_FUTEX_ROUND_TRIP || i == LIMIT_MEMBARRIER;
        bool measurable = (!two_cpus || cpus > 1) && (i != LIMIT_MEMBARRIER || ct_rseq_usable());
        printf("%-20s %10.2f  %s\n", limits[i].name, limits[i].ns, limits[i].what);
        CHECK(measurable ? limits[i].ns >= 0 : limits[i].ns < 0, "%s = %g", limits[i].name,
              limits[i].ns);
        CHECK(limits[i].ns < 1e8, "%s = %g", limits[i].name, limits[i].ns);
    }
    CHECK(limits[LIMIT_EMPTY].ns > 0, "%g", limits[LIMIT_EMPTY].ns);
    CHECK(limits[LIMIT_EMPTY].ns < limits[LIMIT_RMW].ns, "%g, %g", limits[LIMIT_EMPTY].ns,
          limits[LIMIT_RMW].ns);
    CHECK(limits[LIMIT_RMW].ns < 2 * limits[LIMIT_RMW_PAIR].ns, "%g, %g", limits[LIMIT_RMW].ns,
          limits[LIMIT_RMW_PAIR].ns);
    /* two wakes and two sleeps are more than one empty system call */
    CHECK(limits[LIMIT_SYSCALL].ns < limits[LIMIT_FUTEX_SAME_CPU].ns, "%g, %g",
          limits[LIMIT_SYSCALL].ns, limits[LIMIT_FUTEX_SAME_CPU].ns);
}

int main(void)
{
    struct place *place = place_here();
    struct limit limits[LIMITS];
    uint64_t begin_ns = clock_ns();
    limits_measure(place, limits);
    double took_s = (double)(clock_ns() - begin_ns) / (double)NS_PER_S;
    CHECK(took_s < run_s_max, "took %.1f s", took_s);
    check_names(limits);
    check_values(limits, place_cpus(place));
    place_close(place);
    return check_result("limits");
}
