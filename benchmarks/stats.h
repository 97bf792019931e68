// SPDX-License-Identifier: MIT
/* stats.h - medians, intervals, tests. All random draws come from a seed. No input may hold a NaN. */
#ifndef BENCHMARKS_STATS_H
#define BENCHMARKS_STATS_H

#include <stddef.h>
#include <stdint.h>

struct interval {
    double low, median, high;
};

/* Median of x[0..n); NaN if n is 0. x is left as it was. */
double stats_median(const double *x, size_t n);

/* Linear interpolation between order statistics (R's type 7), q in [0, 1]; NaN if n is 0. */
double stats_quantile(const double *x, size_t n, double q);

/* Percentile bootstrap of the median at the given confidence (0.95), resamples drawn from seed.
   Source: Efron & Tibshirani 1993, chapter 13. With n < 2 the interval is the point. */
struct interval stats_bootstrap_median(const double *x, size_t n, double confidence, uint64_t seed);

/* The same of median(x) over median(y), two independent samples, each resampled on its own. NaN if
   either is empty. */
struct interval stats_bootstrap_ratio(const double *x, size_t n, const double *y, size_t m,
                                      double confidence, uint64_t seed);

/* Two-sided p of the Mann-Whitney U test of x against y: exact for n * m <= 400 without ties, else
   the normal approximation with tie and continuity correction. 1 where nothing can be told. */
double stats_mann_whitney_p(const double *x, size_t n, const double *y, size_t m);

/* Two-sided p of the Wilcoxon signed-rank test that the median of x is 0 (paired differences, log
   ratios): exact for n <= 25 without ties, else normal with corrections. Zeros are dropped. 1 where
   nothing can be told. */
double stats_wilcoxon_p(const double *x, size_t n);

/* Holm's step-down correction, in place. Source: Holm 1979. */
void stats_holm(double *p, size_t n);

/* Jain, Chiu & Hawe 1984: 1 = all equal, 1/n = one has everything. 0 if all are 0. */
double stats_jain(const uint64_t *x, size_t n);

/* The least served over the most served. 0 if all are 0. */
double stats_min_max(const uint64_t *x, size_t n);

#endif
