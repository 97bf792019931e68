// SPDX-License-Identifier: MIT
/* histogram.h - log-linear counts of durations, 1 ns to over an hour, relative error below 1 %.
 *
 * Idea: values below 128 have a bucket each; above, each power of two is cut into 64 buckets, and a
 * value reads back as its bucket's middle, which is at most 1/128 away. The last bucket also takes all
 * larger values, and reads back as the maximum. After Gil Tene's HdrHistogram. One writer; merged
 * after the writer was joined. */
#ifndef SUPPORT_HISTOGRAM_H
#define SUPPORT_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
    HISTOGRAM_LINEAR_BITS = 7,                                /* values < 128 are exact */
    HISTOGRAM_SUB_BUCKETS = 1 << (HISTOGRAM_LINEAR_BITS - 1), /* per power of two above */
    HISTOGRAM_VALUE_BITS = 42,                                /* 2^42 ns = 73 minutes */
    HISTOGRAM_BUCKETS = (HISTOGRAM_VALUE_BITS - HISTOGRAM_LINEAR_BITS + 2) * HISTOGRAM_SUB_BUCKETS,
};

struct histogram {
    uint64_t total, max_ns; /* max is exact */
    uint64_t counts[HISTOGRAM_BUCKETS];
};

static inline size_t histogram_bucket(uint64_t ns)
{
    if (ns >= (UINT64_C(1) << HISTOGRAM_VALUE_BITS))
        return HISTOGRAM_BUCKETS - 1;
    if (ns < (UINT64_C(1) << HISTOGRAM_LINEAR_BITS))
        return (size_t)ns;
    unsigned shift = (unsigned)(63 - __builtin_clzll(ns)) - (HISTOGRAM_LINEAR_BITS - 1);
    return ((size_t)shift << (HISTOGRAM_LINEAR_BITS - 1)) + (size_t)(ns >> shift);
}

static inline void histogram_record(struct histogram *h, uint64_t ns)
{
    h->counts[histogram_bucket(ns)]++;
    h->total++;
    if (ns > h->max_ns)
        h->max_ns = ns;
}

/* The value that a bucket stands for. */
uint64_t histogram_value_ns(size_t bucket);

void histogram_merge(struct histogram *into, const struct histogram *from);

/* The smallest recorded value that at least fraction of all values do not exceed, to the bucket;
   fraction 1 is the exact maximum. 0 if nothing was recorded. */
uint64_t histogram_quantile_ns(const struct histogram *h, double fraction);

/* For the store: pairs (bucket, count) as variable-length integers. histogram_pack returns the bytes
   written (at most HISTOGRAM_PACKED_MAX); histogram_unpack merges into h and returns 0, or -1 on
   bytes that no histogram_pack wrote, h then being unspecified. */
#define HISTOGRAM_PACKED_MAX ((size_t)HISTOGRAM_BUCKETS * 13 + 32)
size_t histogram_pack(const struct histogram *h, unsigned char *bytes);
int histogram_unpack(struct histogram *h, const unsigned char *bytes, size_t length);

#endif
