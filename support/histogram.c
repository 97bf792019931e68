// SPDX-License-Identifier: MIT
#include "support/histogram.h"

#include <stdbool.h>

uint64_t histogram_value_ns(size_t bucket)
{
    if (bucket < (size_t)1 << HISTOGRAM_LINEAR_BITS)
        return bucket;
    unsigned shift = (unsigned)(bucket / HISTOGRAM_SUB_BUCKETS) - 1;
    uint64_t low = (uint64_t)(bucket % HISTOGRAM_SUB_BUCKETS + HISTOGRAM_SUB_BUCKETS) << shift;
    return low + (UINT64_C(1) << (shift - 1));
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (size_t b = 0; b < HISTOGRAM_BUCKETS; b++)
        into->counts[b] += from->counts[b];
    into->total += from->total;
    if (from->max_ns > into->max_ns)
        into->max_ns = from->max_ns;
}

uint64_t histogram_quantile_ns(const struct histogram *h, double fraction)
{
    /* 0.07 * 100 is a little above 7: such a rounding error must not move us to the next value */
    static const double forgiven = 1 - 1e-12;
    double wanted = fraction * (double)h->total * forgiven;
    uint64_t seen = 0;

    if (fraction >= 1)
        return h->max_ns;
    for (size_t b = 0; b < HISTOGRAM_BUCKETS - 1; b++) {
        seen += h->counts[b];
        if (h->counts[b] != 0 && (double)seen >= wanted) {
            uint64_t value_ns = histogram_value_ns(b);
            return value_ns < h->max_ns ? value_ns : h->max_ns;
        }
    }
    return h->max_ns; /* the last bucket has no upper end */
}

/* Packed: total, max_ns, then (empty buckets before it, count) of each bucket in use; all LEB128. */

static unsigned char *put(unsigned char *to, uint64_t x)
{
    for (; x >= 0x80; x >>= 7)
        *to++ = (unsigned char)(x | 0x80);
    *to++ = (unsigned char)x;
    return to;
}

struct bytes {
    const unsigned char *at, *end;
};

/* False at the end of the bytes, beyond 64 bits, and for a number that put would write shorter. */
static bool get(struct bytes *from, uint64_t *x)
{
    *x = 0;
    for (unsigned shift = 0; from->at < from->end && shift < 64; shift += 7) {
        unsigned char byte = *from->at++;
        uint64_t bits = byte & 0x7f;
        if (bits << shift >> shift != bits)
            return false;
        *x |= bits << shift;
        if (byte < 0x80)
            return byte != 0 || shift == 0;
    }
    return false;
}

size_t histogram_pack(const struct histogram *h, unsigned char *bytes)
{
    unsigned char *to = put(put(bytes, h->total), h->max_ns);
    size_t next = 0;

    for (size_t b = 0; b < HISTOGRAM_BUCKETS; b++)
        if (h->counts[b] != 0) {
            to = put(put(to, b - next), h->counts[b]);
            next = b + 1;
        }
    return (size_t)(to - bytes);
}

int histogram_unpack(struct histogram *h, const unsigned char *bytes, size_t length)
{
    struct bytes from = {bytes, bytes + length};
    uint64_t total, max_ns = 0, gap, count, counted = 0;
    size_t next = 0;

    if (!get(&from, &total) || !get(&from, &max_ns))
        return -1;
    while (from.at < from.end) {
        if (!get(&from, &gap) || !get(&from, &count) || count == 0 ||
            gap >= HISTOGRAM_BUCKETS - next || __builtin_add_overflow(counted, count, &counted))
            return -1;
        h->counts[next + gap] += count;
        next += (size_t)gap + 1;
    }
    if (counted != total || (total == 0 ? max_ns != 0 : histogram_bucket(max_ns) != next - 1))
        return -1;
    h->total += total;
    if (max_ns > h->max_ns)
        h->max_ns = max_ns;
    return 0;
}
