// SPDX-License-Identifier: MIT
/* rng.h - seeded random numbers: splitmix64 (Steele, Lea & Flood, OOPSLA 2014). Good enough to draw
   orders, delays and resamples; every user says its seed. */
#ifndef SUPPORT_RNG_H
#define SUPPORT_RNG_H

#include <stdint.h>

struct rng {
    uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
    uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

__extension__ typedef unsigned __int128 rng_wide;

/* Uniform in [0, bound); bound > 0. The bias of the multiply is below bound / 2^64. */
static inline uint64_t rng_below(struct rng *r, uint64_t bound)
{
    return (uint64_t)(((rng_wide)rng_next(r) * bound) >> 64);
}

/* An independent stream for (seed, stream). */
static inline struct rng rng_seeded(uint64_t seed, uint64_t stream)
{
    struct rng r = {seed};
    r.state = rng_next(&r) ^ (stream * UINT64_C(0xd1342543de82ef95));
    rng_next(&r);
    return r;
}

#endif
