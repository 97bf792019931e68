// SPDX-License-Identifier: MIT
/* ring.h - a place in a ring of any capacity, and how often it was passed, in one number: so that a
   full ring differs from an empty one and one store moves on. High half: laps, which wrap around; low
   half: the slot, less than capacity. */
#ifndef CONTEND_RING_H
#define CONTEND_RING_H

#include <stddef.h>
#include <stdint.h>

#define CT_RING_LAP (UINT64_C(1) << 32)

static inline uint32_t ct_ring_slot(uint64_t place)
{
    return (uint32_t)place;
}

static inline uint64_t ct_ring_next(uint64_t place, uint32_t capacity)
{
    uint64_t next = place + 1;
    if (__builtin_expect((uint32_t)next == capacity,
                         0)) /* a jump: the common path does not wait for it */
        next = (place | UINT32_MAX) + 1;
    return next;
}

/* How far to is ahead of from; at most one lap. */
static inline uint32_t ct_ring_distance(uint64_t from, uint64_t to, uint32_t capacity)
{
    uint32_t laps = (uint32_t)(to >> 32) - (uint32_t)(from >> 32);
    return laps * capacity + (uint32_t)to - (uint32_t)from;
}

/* n places on; n <= capacity. */
static inline uint64_t ct_ring_advance(uint64_t place, uint32_t n, uint32_t capacity)
{
    uint32_t left = capacity - (uint32_t)place; /* in this lap */
    return n < left ? place + n : (place | UINT32_MAX) + 1 + (n - left);
}

#endif
