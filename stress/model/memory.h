// SPDX-License-Identifier: MIT
/* memory.h - weak memory as views. Each location keeps the history of its stores, in the order they
 * happened; each thread has a view, the oldest store of every location that it may still read. A
 * release store carries its thread's view, an acquire load takes over the view of the store it reads,
 * a read-modify-write passes on the view of the store it replaces. seq_cst accesses also go through
 * one view that all of them share. A view has vector clocks as well, for the race check of plain data.
 *
 * What C11 allows and this does not produce: load buffering (a load of a store still to come), and
 * histories in another order than the stores happened (2+2W, S). A later relaxed store of the same
 * thread does not continue a release sequence (as in C++20).
 */
#ifndef MODEL_MEMORY_H
#define MODEL_MEMORY_H

#include <model/seam.h>

enum {
    LOCATIONS_MAX = 64,
    HISTORY_MAX = 255, /* stores to one location in one execution */
    STORES_MAX = 4096, /* in one execution */
    SLOTS = 256,       /* of the table from address to location; a power of two */
    NOBODY = 255,      /* who wrote the initial values */
};

struct view {
    uint8_t seen[LOCATIONS_MAX];
    int16_t clock[MODEL_THREADS_MAX];
};

struct store {
    struct view view;
    uint64_t value;
    uint16_t event; /* of the trace */
    uint8_t thread;
};

struct location {
    uint64_t original; /* what memory held before this execution */
    void *address;
    uint8_t bytes;
    uint8_t latest; /* index of the newest store */
    uint16_t history[HISTORY_MAX + 1];
};

struct memory {
    uint64_t execution; /* a number of its own for each */
    unsigned locations, stores;
    uint64_t gone; /* set of locations: in memory that was freed */
    uint8_t seq_cst[LOCATIONS_MAX];
    struct {
        const void *address;
        uint64_t execution;
        unsigned location;
    } slot[SLOTS];
    struct location location[LOCATIONS_MAX];
    struct store store[STORES_MAX];
};
extern struct memory memory;

/* What the threads of an execution know of memory; the engine's own state is beside it. */
struct knowledge {
    struct view now;      /* what this thread may read, and what happened before it */
    struct view acquired; /* what its relaxed loads would bring if a fence came */
    struct view released; /* what its relaxed stores carry since its last fence */
};

void memory_begin(void);
void memory_end(void); /* static cells get their values back */
unsigned memory_register(const void *address, unsigned bytes);
void knowledge_begin(struct knowledge *k, unsigned thread);
void knowledge_fence(struct knowledge *k, unsigned thread); /* seq_cst */

/* NULL, or what is wrong with this access. */
const char *memory_plain_read(struct model_plain *p, const struct knowledge *k, unsigned thread);
const char *memory_plain_write(struct model_plain *p, const struct knowledge *k, unsigned thread);

static inline uint64_t memory_epoch(const struct knowledge *k, unsigned thread)
{
    return memory.execution << 24 | thread << 16 | (uint16_t)k->now.clock[thread];
}

static inline void seen_join(uint8_t *restrict a, const uint8_t *restrict b)
{
    for (unsigned i = 0; i < LOCATIONS_MAX; i++)
        a[i] = a[i] > b[i] ? a[i] : b[i];
}

static inline void view_join(struct view *restrict a, const struct view *restrict b)
{
    seen_join(a->seen, b->seen);
    for (unsigned i = 0; i < MODEL_THREADS_MAX; i++)
        a->clock[i] = a->clock[i] > b->clock[i] ? a->clock[i] : b->clock[i];
}

static inline unsigned memory_locate(const void *address, unsigned bytes)
{
    size_t h = ((uintptr_t)address >> 2) * UINT64_C(0x9e3779b97f4a7c15) >> 56;
    for (;; h = (h + 1) % SLOTS) {
        if (memory.slot[h].execution != memory.execution)
            return memory_register(address, bytes);
        if (memory.slot[h].address == address)
            return memory.slot[h].location;
    }
}

static inline struct store *memory_store_at(unsigned location, unsigned index)
{
    return &memory.store[memory.location[location].history[index]];
}

static inline struct store *memory_newest(unsigned location)
{
    return memory_store_at(location, memory.location[location].latest);
}

static inline bool order_acquires(enum model_order o)
{
    return o == MODEL_ACQUIRE || o >= MODEL_ACQREL;
}

static inline bool order_releases(enum model_order o)
{
    return o >= MODEL_RELEASE;
}

/* The oldest store that a load of this order may read. */
static inline unsigned memory_oldest(const struct knowledge *k, unsigned location,
                                     enum model_order order)
{
    unsigned oldest = k->now.seen[location];
    if (order == MODEL_SEQ_CST && memory.seq_cst[location] > oldest)
        oldest = memory.seq_cst[location];
    return oldest;
}

static inline struct store *memory_read(struct knowledge *k, unsigned location, unsigned index,
                                        enum model_order order)
{
    struct store *s = memory_store_at(location, index);
    if (k->now.seen[location] < index)
        k->now.seen[location] = (uint8_t)index;
    view_join(order_acquires(order) ? &k->now : &k->acquired, &s->view);
    return s;
}

/* Append a store; replaced: the one that a read-modify-write read, else NULL. NULL: history full. */
struct store *memory_write(struct knowledge *k, unsigned thread, unsigned location, uint64_t value,
                           enum model_order order, const struct store *replaced);

#endif
