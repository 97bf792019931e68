// SPDX-License-Identifier: MIT
#include "benchmarks/stats.h"

#include "support/fail.h"
#include "support/rng.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    BOOTSTRAP_RESAMPLES = 4000,   /* the ends then move by less than 1 % of the spread */
    MANN_WHITNEY_EXACT_MAX = 400, /* n * m; binomial(40, 20) is still exact in a double */
    WILCOXON_EXACT_MAX = 25,
};

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double *sorted_copy(const double *x, size_t n)
{
    double *copy = must_alloc(n * sizeof *copy);
    if (n > 0)
        memcpy(copy, x, n * sizeof *copy);
    qsort(copy, n, sizeof *copy, compare_doubles);
    return copy;
}

static double quantile_of_sorted(const double *x, size_t n, double q)
{
    if (n == 0)
        return NAN;
    double position = q * (double)(n - 1);
    size_t below = (size_t)position;
    double fraction = position - (double)below;
    if (fraction <= 0) /* also keeps infinities out of the sum */
        return x[below];
    return (1 - fraction) * x[below] + fraction * x[below + 1];
}

double stats_quantile(const double *x, size_t n, double q)
{
    double *sorted = sorted_copy(x, n);
    double value = quantile_of_sorted(sorted, n, q);
    free(sorted);
    return value;
}

double stats_median(const double *x, size_t n)
{
    return stats_quantile(x, n, 0.5);
}

/* The order statistic `rank` (from 0) of a resample that took sorted[i] times[i] times. */
static double resample_at(const double *sorted, const size_t *times, size_t rank)
{
    size_t i = 0;
    for (size_t seen = times[0]; seen <= rank; seen += times[i])
        i++;
    return sorted[i];
}

/* The median of n values drawn from sorted[0..n) with replacement; times has room for n. */
static double resampled_median(struct rng *rng, const double *sorted, size_t *times, size_t n)
{
    memset(times, 0, n * sizeof *times);
    for (size_t i = 0; i < n; i++)
        times[rng_below(rng, n)]++;
    return (resample_at(sorted, times, (n - 1) / 2) + resample_at(sorted, times, n / 2)) / 2;
}

/* The middle part of what the resamples gave, which are put in order. */
static struct interval percentiles(double *resamples, double estimate, double confidence)
{
    qsort(resamples, BOOTSTRAP_RESAMPLES, sizeof *resamples, compare_doubles);
    return (struct interval){
        quantile_of_sorted(resamples, BOOTSTRAP_RESAMPLES, (1 - confidence) / 2), estimate,
        quantile_of_sorted(resamples, BOOTSTRAP_RESAMPLES, (1 + confidence) / 2)};
}

struct interval stats_bootstrap_median(const double *x, size_t n, double confidence, uint64_t seed)
{
    double *sorted = sorted_copy(x, n);
    double median = quantile_of_sorted(sorted, n, 0.5);
    struct interval interval = {median, median, median};
    if (n >= 2) {
        size_t *times = must_alloc(n * sizeof *times);
        double *medians = must_alloc(BOOTSTRAP_RESAMPLES * sizeof *medians);
        struct rng rng = rng_seeded(seed, n);
        for (size_t r = 0; r < BOOTSTRAP_RESAMPLES; r++)
            medians[r] = resampled_median(&rng, sorted, times, n);
        interval = percentiles(medians, median, confidence);
        free(medians);
        free(times);
    }
    free(sorted);
    return interval;
}

struct interval stats_bootstrap_ratio(const double *x, size_t n, const double *y, size_t m,
                                      double confidence, uint64_t seed)
{
    double *above = sorted_copy(x, n), *below = sorted_copy(y, m);
    double ratio = quantile_of_sorted(above, n, 0.5) / quantile_of_sorted(below, m, 0.5);
    struct interval interval = {ratio, ratio, ratio};
    if (n >= 2 && m >= 2) {
        size_t *times = must_alloc((n > m ? n : m) * sizeof *times);
        double *ratios = must_alloc(BOOTSTRAP_RESAMPLES * sizeof *ratios);
        struct rng rng = rng_seeded(seed, n + m);
        for (size_t r = 0; r < BOOTSTRAP_RESAMPLES; r++) {
            double numerator = resampled_median(&rng, above, times, n);
            ratios[r] = numerator / resampled_median(&rng, below, times, m);
        }
        interval = percentiles(ratios, ratio, confidence);
        free(ratios);
        free(times);
    }
    free(above);
    free(below);
    return interval;
}

/* Both rank tests ask how the ranks of the values that count are spread among all. */
struct ranked {
    double value;
    bool counts;
};

struct ranking {
    double sum;  /* of the ranks, ties sharing their mean, of the values that count */
    double ties; /* sum of t^3 - t over groups of t equal values */
};

static int compare_ranked(const void *a, const void *b)
{
    return compare_doubles(&((const struct ranked *)a)->value, &((const struct ranked *)b)->value);
}

static struct ranking rank(struct ranked *values, size_t n)
{
    struct ranking ranking = {0, 0};
    qsort(values, n, sizeof *values, compare_ranked);
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && values[end].value <= values[first].value;)
            end++;
        double t = (double)(end - first);
        ranking.ties += t * t * t - t;
        for (size_t i = first; i < end; i++)
            if (values[i].counts)
                ranking.sum += (double)(first + 1 + end) / 2;
    }
    return ranking;
}

/* Two-sided p of a distance from the mean, with continuity correction. */
static double normal_p(double distance, double variance)
{
    double z = fmax(0, fabs(distance) - 0.5) / sqrt(variance);
    return variance > 0 ? erfc(z / sqrt(2)) : 1;
}

/* Two-sided p of the integer statistic at among ways[0..max], the ways to get each value. */
static double exact_p(const double *ways, size_t max, size_t at)
{
    double below = 0, above = 0, all = 0;
    for (size_t i = 0; i <= max; i++) {
        all += ways[i];
        below += i <= at ? ways[i] : 0;
        above += i >= at ? ways[i] : 0;
    }
    return fmin(1, 2 * fmin(below, above) / all);
}

/* The ways to get each U are the coefficients of the Gaussian binomial [n + m over n]: the product
   over i = 1..n of (1 - q^(m+i)) / (1 - q^i). */
static double mann_whitney_exact_p(size_t n, size_t m, size_t u)
{
    size_t max = n * m;
    double *ways = must_alloc((max + 1) * sizeof *ways);
    ways[0] = 1;
    for (size_t i = 1; i <= n; i++) {
        for (size_t k = max; k >= m + i; k--)
            ways[k] -= ways[k - m - i];
        for (size_t k = i; k <= max; k++)
            ways[k] += ways[k - i];
    }
    double p = exact_p(ways, max, u);
    free(ways);
    return p;
}

double stats_mann_whitney_p(const double *x, size_t n, const double *y, size_t m)
{
    if (n == 0 || m == 0)
        return 1;
    size_t all = n + m;
    struct ranked *values = must_alloc(all * sizeof *values);
    for (size_t i = 0; i < all; i++)
        values[i] = i < n ? (struct ranked){x[i], true} : (struct ranked){y[i - n], false};
    struct ranking ranking = rank(values, all);
    free(values);

    double dn = (double)n, dm = (double)m, dall = (double)all;
    double u = ranking.sum - dn * (dn + 1) / 2;
    if (ranking.ties <= 0 && n * m <= MANN_WHITNEY_EXACT_MAX)
        return mann_whitney_exact_p(n, m, (size_t)u);
    return normal_p(u - dn * dm / 2,
                    dn * dm / 12 * (dall + 1 - ranking.ties / (dall * (dall - 1))));
}

/* The ways to get each sum are the coefficients of the product over i = 1..n of (1 + q^i). */
static double wilcoxon_exact_p(size_t n, size_t sum)
{
    double ways[WILCOXON_EXACT_MAX * (WILCOXON_EXACT_MAX + 1) / 2 + 1] = {1};
    size_t max = n * (n + 1) / 2;
    for (size_t i = 1; i <= n; i++)
        for (size_t k = max; k >= i; k--)
            ways[k] += ways[k - i];
    return exact_p(ways, max, sum);
}

double stats_wilcoxon_p(const double *x, size_t n)
{
    struct ranked *values = must_alloc(n * sizeof *values);
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i]) > 0)
            values[used++] = (struct ranked){fabs(x[i]), x[i] > 0};
    struct ranking ranking = rank(values, used);
    free(values);

    if (ranking.ties <= 0 && used <= WILCOXON_EXACT_MAX)
        return wilcoxon_exact_p(used, (size_t)ranking.sum);
    double d = (double)used;
    return normal_p(ranking.sum - d * (d + 1) / 4,
                    d * (d + 1) * (2 * d + 1) / 24 - ranking.ties / 48);
}

static int compare_pointed(const void *a, const void *b)
{
    return compare_doubles(*(double *const *)a, *(double *const *)b);
}

void stats_holm(double *p, size_t n)
{
    double **ordered = must_alloc(n * sizeof *ordered);
    for (size_t i = 0; i < n; i++)
        ordered[i] = &p[i];
    qsort(ordered, n, sizeof *ordered, compare_pointed);
    double least = 0; /* a larger p never becomes the smaller one */
    for (size_t i = 0; i < n; i++)
        *ordered[i] = least = fmax(least, fmin(1, *ordered[i] * (double)(n - i)));
    free(ordered);
}

double stats_jain(const uint64_t *x, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)x[i];
        squares += (double)x[i] * (double)x[i];
    }
    return squares > 0 ? sum * sum / ((double)n * squares) : 0;
}

double stats_min_max(const uint64_t *x, size_t n)
{
    uint64_t least = n > 0 ? x[0] : 0, most = 0;
    for (size_t i = 0; i < n; i++) {
        least = x[i] < least ? x[i] : least;
        most = x[i] > most ? x[i] : most;
    }
    return most > 0 ? (double)least / (double)most : 0;
}
