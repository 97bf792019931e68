// SPDX-License-Identifier: MIT
/* Known answers: R's own examples (Hollander & Wolfe 1973, airquality, p.adjust) and scipy 1.10.1.
   With --print, problems and our answers as lines for test_stats_scipy.sh. */
#include "benchmarks/stats.h"
#include "support/rng.h"
#include "tests/check.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool near(double value, double expected)
{
    return fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected));
}
#define CHECK_NEAR(expression, expected)                                                           \
    CHECK(near((expression), (expected)), "%.17g, expected %.17g", (expression), (double)(expected))

static void test_quantiles(void)
{
    double x[] = {2.5, 9.1, 4.4, 7.7, 1.2, 3.8, 6.0};
    CHECK_NEAR(stats_quantile(x, COUNT(x), 0.1), 1.98);
    CHECK_NEAR(stats_quantile(x, COUNT(x), 0.25), 3.15);
    CHECK_NEAR(stats_quantile(x, COUNT(x), 0.9), 8.26);
    CHECK_NEAR(stats_quantile(x, COUNT(x), 0), 1.2);
    CHECK_NEAR(stats_quantile(x, COUNT(x), 1), 9.1);
    CHECK_NEAR(stats_median(x, COUNT(x)), 4.4);
    CHECK_NEAR(stats_median(x, 6), 4.1); /* between 3.8 and 4.4 */
    CHECK(x[0] == 2.5 && x[6] == 6.0, "the input was reordered");
    CHECK(isnan(stats_median(x, 0)), "median of nothing is a number");
    double infinite[] = {1, 2, INFINITY};
    CHECK_NEAR(stats_median(infinite, 3), 2);
}

static void test_bootstrap(void)
{
    /* Of 1..9 the median of a resample is at most k with probability P(Bin(9, k/9) >= 5): 0.0014 for
       1, 0.0304 for 2; so the 2.5 % point is 2, and by symmetry the 97.5 % point is 8. */
    double x[] = {4, 9, 2, 7, 5, 1, 8, 3, 6};
    struct interval i = stats_bootstrap_median(x, COUNT(x), 0.95, 1);
    CHECK(i.low == 2 && i.median == 5 && i.high == 8, "[%g, %g, %g]", i.low, i.median, i.high);

    double y[40];
    struct rng rng = rng_seeded(7, 0);
    for (size_t k = 0; k < COUNT(y); k++)
        y[k] = (double)rng_below(&rng, 1000000);
    struct interval a = stats_bootstrap_median(y, COUNT(y), 0.95, 11);
    struct interval b = stats_bootstrap_median(y, COUNT(y), 0.95, 11);
    struct interval c = stats_bootstrap_median(y, COUNT(y), 0.5, 11);
    CHECK(memcmp(&a, &b, sizeof a) == 0, "the same seed gave another interval");
    CHECK(a.low < c.low && c.low < a.median && a.median < c.high && c.high < a.high,
          "95 %% [%g, %g], 50 %% [%g, %g]", a.low, a.high, c.low, c.high);

    struct interval one = stats_bootstrap_median(y, 1, 0.95, 1);
    CHECK(one.low == y[0] && one.median == y[0] && one.high == y[0], "[%g, %g]", one.low, one.high);
    CHECK(isnan(stats_bootstrap_median(y, 0, 0.95, 1).low), "interval of nothing");
}

/* How often the 95 % interval misses the true median, 0: of 400 seeded samples of 15 between 4 and
   40 (1 % and 10 %). */
static void test_bootstrap_coverage(void)
{
    struct rng rng = rng_seeded(2024, 0);
    unsigned missed = 0;
    for (uint64_t sample = 0; sample < 400; sample++) {
        double x[15];
        for (size_t k = 0; k < COUNT(x); k++)
            x[k] = (double)rng_below(&rng, 2000001) - 1000000;
        struct interval i = stats_bootstrap_median(x, COUNT(x), 0.95, sample);
        missed += i.low > 0 || i.high < 0;
    }
    CHECK(missed >= 4 && missed <= 40, "missed %u of 400", missed);
}

static void test_mann_whitney(void)
{
    double x[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    double y[] = {1.15, 0.88, 0.90, 0.74, 1.21};
    CHECK_NEAR(stats_mann_whitney_p(x, COUNT(x), y, COUNT(y)), 0.2544122544122544);
    CHECK_NEAR(stats_mann_whitney_p(y, COUNT(y), x, COUNT(x)), 0.2544122544122544);

    double may[] = {41, 36, 12, 18, 28, 23, 19, 8, 7,  16, 11, 14,  18,
                    14, 34, 6,  30, 11, 1,  11, 4, 32, 23, 45, 115, 37};
    double august[] = {39, 9,  16, 78, 35, 66, 122, 89,  110, 44, 28,  65, 22,
                       59, 23, 31, 44, 21, 9,  45,  168, 73,  76, 118, 84, 85};
    CHECK_NEAR(stats_mann_whitney_p(may, COUNT(may), august, COUNT(august)),
               0.00012080783076877434);

    double a[21], b[20];
    for (size_t i = 0; i < COUNT(a); i++)
        a[i] = (double)i;
    for (size_t i = 0; i < COUNT(b); i++)
        b[i] = (double)i * 1.1 + 3.05;
    CHECK_NEAR(stats_mann_whitney_p(a, 20, b, 20), 0.05956383156170359); /* the largest exact */
    CHECK_NEAR(stats_mann_whitney_p(a, 21, b, 20), 0.09767956488243125); /* the first not */

    double same[] = {3, 3, 3};
    CHECK_NEAR(stats_mann_whitney_p(same, 3, same, 3), 1);
    CHECK_NEAR(stats_mann_whitney_p(same, 3, same, 0), 1);
}

static void test_wilcoxon(void)
{
    double depression[] = {0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01};
    CHECK_NEAR(stats_wilcoxon_p(depression, COUNT(depression)), 0.0390625);

    double ties_and_zero[] = {3, -1, 2, 2, -1, 0, 5, 4, 4, -3, 6, 2};
    CHECK_NEAR(stats_wilcoxon_p(ties_and_zero, COUNT(ties_and_zero)), 0.04016394937336596);

    double x[30];
    for (size_t i = 0; i < COUNT(x); i++)
        x[i] = (i % 4 ? 1 : -1) * ((double)i + 0.5);
    CHECK_NEAR(stats_wilcoxon_p(x, 25), 0.055070459842681885); /* the largest exact */
    CHECK_NEAR(stats_wilcoxon_p(x, 30), 0.02124207353570626);

    double up[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    CHECK_NEAR(stats_wilcoxon_p(up, COUNT(up)), 2.0 / 512);
    double zeros[] = {0, 0, -0.0};
    CHECK_NEAR(stats_wilcoxon_p(zeros, COUNT(zeros)), 1);
    CHECK_NEAR(stats_wilcoxon_p(zeros, 0), 1);
}

static void test_holm(void)
{
    double p[] = {0.04, 0.01, 0.03, 0.02}, expected[] = {0.06, 0.04, 0.06, 0.06};
    stats_holm(p, COUNT(p));
    for (size_t i = 0; i < COUNT(p); i++)
        CHECK_NEAR(p[i], expected[i]);
    double large[] = {0.7, 0.6};
    stats_holm(large, 2);
    CHECK(large[0] == 1 && large[1] == 1, "%g %g", large[0], large[1]);
    stats_holm(p, 0);
}

static void test_fairness(void)
{
    uint64_t equal[] = {5, 5, 5, 5}, one[] = {0, 8, 0, 0}, some[] = {1, 2, 3}, none[] = {0, 0};
    CHECK_NEAR(stats_jain(equal, 4), 1);
    CHECK_NEAR(stats_jain(one, 4), 0.25);
    CHECK_NEAR(stats_jain(some, 3), 36.0 / 42);
    CHECK_NEAR(stats_jain(none, 2), 0);
    CHECK_NEAR(stats_min_max(equal, 4), 1);
    CHECK_NEAR(stats_min_max(one, 4), 0);
    CHECK_NEAR(stats_min_max(some, 3), 1.0 / 3);
    CHECK_NEAR(stats_min_max(none, 2), 0);
    CHECK_NEAR(stats_min_max(none, 0), 0);
}

/* A problem per line: name, our p, first sample, second sample; values in the finest decimals. */
static void print_sample(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("%c%.17g", i ? ',' : '\t', x[i]);
}

static void print_problems(uint64_t seed)
{
    struct rng rng = rng_seeded(seed, 0);
    for (unsigned problem = 0; problem < 300; problem++) {
        double x[40], y[40];
        size_t n = 1 + rng_below(&rng, COUNT(x)), m = 1 + rng_below(&rng, COUNT(y));
        uint64_t grain = rng_below(&rng, 2) ? 20 : 1000000000; /* many ties, or none */
        for (size_t i = 0; i < n; i++)
            x[i] = (double)rng_below(&rng, grain) - 0.4 * (double)grain;
        for (size_t i = 0; i < m; i++)
            y[i] = (double)rng_below(&rng, grain) - 0.5 * (double)grain;
        printf("mann_whitney\t%.17g", stats_mann_whitney_p(x, n, y, m));
        print_sample(x, n);
        print_sample(y, m);
        printf("\nwilcoxon\t%.17g", stats_wilcoxon_p(x, n));
        print_sample(x, n);
        printf("\nquantile\t%.17g", stats_quantile(x, n, 0.3));
        print_sample(x, n);
        putchar('\n');
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--print") == 0) {
        print_problems(5);
        return 0;
    }
    test_quantiles();
    test_bootstrap();
    test_bootstrap_coverage();
    test_mann_whitney();
    test_wilcoxon();
    test_holm();
    test_fairness();
    return check_result("stats");
}
