// SPDX-License-Identifier: MIT
/* The histogram against sorted samples, and its packed form. */
#include "support/histogram.h"
#include "support/rng.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 20000 };
static const uint64_t seed = 20240229;
static const double error_max = 0.01;

typedef unsigned long long ull;

static void check_buckets(void)
{
    for (uint64_t ns = 0; ns < 128; ns++)
        CHECK(histogram_bucket(ns) == ns && histogram_value_ns(ns) == ns, "%llu ns is not exact",
              (ull)ns);
    for (size_t b = 0; b < HISTOGRAM_BUCKETS; b++)
        CHECK(histogram_bucket(histogram_value_ns(b)) == b, "bucket %zu reads back as %zu", b,
              histogram_bucket(histogram_value_ns(b)));

    /* each bucket begins where the last one ended */
    const uint64_t end_ns = UINT64_C(1) << HISTOGRAM_VALUE_BITS;
    size_t last = 0;
    for (uint64_t low = 1; low < end_ns;
         low += low < 128 ? 1 : UINT64_C(1) << (63 - __builtin_clzll(low) - 6)) {
        size_t b = histogram_bucket(low);
        CHECK(b == last + 1, "%llu ns is in bucket %zu, after %zu", (ull)low, b, last);
        CHECK(histogram_bucket(low - 1) == last, "%llu ns is in bucket %zu", (ull)low - 1,
              histogram_bucket(low - 1));
        double middle = (double)histogram_value_ns(b);
        CHECK(fabs(middle - (double)low) <= error_max * (double)low, "%llu ns reads as %g",
              (ull)low, middle);
        last = b;
    }
    CHECK(last == HISTOGRAM_BUCKETS - 1, "the last bucket in use is %zu", last);
    CHECK(histogram_bucket(end_ns) == last && histogram_bucket(UINT64_MAX) == last,
          "what is too long is not in the last bucket");
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static double uniform(struct rng *r)
{
    return ((double)(rng_next(r) >> 11) + 0.5) * 0x1p-53;
}

static uint64_t draw_small(struct rng *r)
{
    return rng_below(r, 100);
}
static uint64_t draw_uniform(struct rng *r)
{
    return rng_below(r, 1000000);
}
static uint64_t draw_exponential(struct rng *r)
{
    return (uint64_t)(-500 * log(uniform(r)));
}
static uint64_t draw_pareto(struct rng *r)
{
    return (uint64_t)fmin(80 * pow(uniform(r), -1.1), 4e12);
}
static uint64_t draw_two_modes(struct rng *r)
{
    return rng_below(r, 1000) == 0 ? 4000000 + rng_below(r, 1000) : 25 + rng_below(r, 10);
}
static uint64_t draw_constant(struct rng *r)
{
    (void)r;
    return 123457;
}

static const struct {
    const char *name;
    uint64_t (*draw)(struct rng *r);
} distributions[] = {
    {"small", draw_small},   {"uniform", draw_uniform},     {"exponential", draw_exponential},
    {"pareto", draw_pareto}, {"two modes", draw_two_modes}, {"constant", draw_constant},
};

static void check_quantiles(const char *name, const struct histogram *h, const uint64_t *sorted)
{
    static const double fractions[] = {0,   0.001, 0.07,  0.25,   0.5,    0.75,
                                       0.9, 0.99,  0.999, 0.9999, 0.99999};
    for (size_t i = 0; i < sizeof fractions / sizeof fractions[0]; i++) {
        size_t rank = (size_t)ceil(fractions[i] * SAMPLES - 1e-6);
        double exact = (double)sorted[rank > 0 ? rank - 1 : 0];
        double got = (double)histogram_quantile_ns(h, fractions[i]);
        CHECK(fabs(got - exact) <= error_max * exact, "%s: quantile %g is %g, not %g", name,
              fractions[i], got, exact);
    }
    CHECK(histogram_quantile_ns(h, 1) == sorted[SAMPLES - 1], "%s: the maximum is not exact", name);
    CHECK(h->total == SAMPLES, "%s: %llu recorded", name, (ull)h->total);
}

static void check_pack(const char *name, const struct histogram *h)
{
    static unsigned char bytes[HISTOGRAM_PACKED_MAX], again[HISTOGRAM_PACKED_MAX];
    static struct histogram copy, scratch;
    size_t length = histogram_pack(h, bytes);

    CHECK(length <= sizeof bytes, "%s: %zu bytes", name, length);
    copy = (struct histogram){0};
    CHECK(histogram_unpack(&copy, bytes, length) == 0, "%s: refused what was packed", name);
    CHECK(memcmp(&copy, h, sizeof copy) == 0, "%s: differs after unpacking", name);

    CHECK(histogram_unpack(&copy, bytes, length) == 0, "%s: refused the second time", name);
    CHECK(copy.total == 2 * h->total && copy.max_ns == h->max_ns, "%s: unpacking did not merge",
          name);

    for (size_t shorter = 0; shorter < length; shorter += 1 + shorter / 64) {
        unsigned char *part =
            malloc(shorter ? shorter : 1); /* so that the sanitizer sees the end */
        memcpy(part, bytes, shorter);
        CHECK(histogram_unpack(&scratch, part, shorter) == -1, "%s: took %zu of %zu bytes", name,
              shorter, length);
        free(part);
    }
    bytes[length] = 0;
    CHECK(histogram_unpack(&scratch, bytes, length + 1) == -1, "%s: took a byte too many", name);

    /* whatever is taken must be exactly what packs to it */
    struct rng r = rng_seeded(seed, length);
    enum { CORRUPTIONS = 500 };
    unsigned taken = 0;
    for (unsigned i = 0; i < CORRUPTIONS; i++) {
        size_t at = rng_below(&r, length);
        unsigned char was = bytes[at];
        bytes[at] = (unsigned char)rng_next(&r);
        scratch = (struct histogram){0};
        if (histogram_unpack(&scratch, bytes, length) == 0) {
            taken++;
            CHECK(histogram_pack(&scratch, again) == length && memcmp(again, bytes, length) == 0,
                  "%s: took bytes that no histogram has: byte %zu = %u, was %u", name, at,
                  bytes[at], was);
        }
        bytes[at] = was;
    }
    CHECK(taken < CORRUPTIONS, "%s: no corruption was noticed", name);
}

static void check_distribution(size_t index)
{
    static struct histogram whole, parts[3], merged;
    static uint64_t samples[SAMPLES];
    struct rng r = rng_seeded(seed, index);

    whole = merged = parts[0] = parts[1] = parts[2] = (struct histogram){0};
    for (size_t i = 0; i < SAMPLES; i++) {
        samples[i] = distributions[index].draw(&r);
        histogram_record(&whole, samples[i]);
        histogram_record(&parts[i % 3], samples[i]);
    }
    qsort(samples, SAMPLES, sizeof samples[0], by_value);
    check_quantiles(distributions[index].name, &whole, samples);
    for (size_t i = 0; i < 3; i++)
        histogram_merge(&merged, &parts[i]);
    CHECK(memcmp(&merged, &whole, sizeof whole) == 0, "%s: merged parts differ from the whole",
          distributions[index].name);
    check_pack(distributions[index].name, &whole);
}

static void check_corners(void)
{
    static struct histogram h;
    static const unsigned char overlong[] = {0x80, 0x00, 0x00}; /* 0 in two bytes */
    static const unsigned char wide[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                         0xff, 0xff, 0xff, 0x7f, 0x00};
    static const unsigned char far_bucket[] = {1, 1, 0xff, 0x7f, 1};
    static const unsigned char no_count[] = {0, 0, 5, 0};
    static const unsigned char wrong_max[] = {1, 9, 5, 1};

    CHECK(histogram_quantile_ns(&h, 0.5) == 0 && histogram_quantile_ns(&h, 1) == 0,
          "an empty histogram has values");
    check_pack("empty", &h);
    CHECK(histogram_unpack(&h, overlong, sizeof overlong) == -1, "took an overlong number");
    CHECK(histogram_unpack(&h, wide, sizeof wide) == -1, "took a number of 70 bits");
    CHECK(histogram_unpack(&h, far_bucket, sizeof far_bucket) == -1, "took a bucket too far");
    CHECK(histogram_unpack(&h, no_count, sizeof no_count) == -1, "took an empty bucket");
    CHECK(histogram_unpack(&h, wrong_max, sizeof wrong_max) == -1, "took a maximum out of place");

    h = (struct histogram){0};
    histogram_record(&h, 0);
    histogram_record(&h, UINT64_MAX);
    CHECK(histogram_quantile_ns(&h, 0.5) == 0, "half is not 0");
    CHECK(histogram_quantile_ns(&h, 0.9) == UINT64_MAX, "what is too long became short");
    check_pack("extremes", &h);

    h = (struct histogram){.max_ns = UINT64_MAX};
    for (size_t b = 0; b < HISTOGRAM_BUCKETS; b++)
        h.total += h.counts[b] = UINT64_C(1) << 52; /* long numbers in every bucket */
    check_pack("full", &h);
}

int main(void)
{
    printf("histogram: seed %llu\n", (ull)seed);
    check_buckets();
    for (size_t i = 0; i < sizeof distributions / sizeof distributions[0]; i++)
        check_distribution(i);
    check_corners();
    return check_result("histogram");
}
