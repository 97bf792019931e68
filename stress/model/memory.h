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
    EPOCH_CLOCK_BITS = 16,
    EPOCH_BITS = 24, /* clock and thread; the execution is above */
};
#define NO_EPOCH UINT64_MAX

struct view {
    uint8_t seen[LOCATIONS_MAX];
    int16_t clock[MODEL_THREADS_MAX];
};

struct store {
    struct view view;
    uint64_t value;
    uint64_t past;  /* of the thread that wrote it, when it did */
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
    uint64_t epoch;     /* of the thread that runs; NO_EPOCH: every access is looked at */
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
    uint64_t past;        /* hash of all that it has found out: that decides what it does next */
};

void memory_begin(void);
void memory_end(void); /* static cells get their values back */
unsigned memory_register(const void *address, unsigned bytes);
void knowledge_begin(struct knowledge *k, unsigned thread);
void knowledge_fence(struct knowledge *k, unsigned thread); /* seq_cst */

static inline uint64_t memory_mix(uint64_t hash, uint64_t with)
{
    uint64_t h = ((hash << 23 | hash >> 41) ^ with) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

/* The thread finds out something. */
static inline void knowledge_add(struct knowledge *k, uint64_t what)
{
    k->past = memory_mix(k->past, what);
}

/* Hash of which stores these are. */
uint64_t memory_seen_past(const uint8_t *seen);

static inline uint64_t memory_epoch(const struct knowledge *k, unsigned thread)
{
    return memory.execution << EPOCH_BITS | thread << EPOCH_CLOCK_BITS |
           (uint16_t)k->now.clock[thread];
}

/* What the thread did before is what others may learn of; what it does next is not. */
static inline void memory_tick(struct knowledge *k, unsigned thread)
{
    if (memory.epoch == memory_epoch(k, thread))
        memory.epoch++;
    k->now.clock[thread]++;
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
    knowledge_add(k, s->past);
    return s;
}

/* Append a store; replaced: the one that a read-modify-write read, else NULL. NULL: history full. */
struct store *memory_write(struct knowledge *k, unsigned thread, unsigned location, uint64_t value,
                           enum model_order order, const struct store *replaced);

/* Did the access of that epoch happen after all that this thread knows? One of an earlier execution
   did not happen at all. */
static inline bool memory_unordered(uint64_t epoch, const struct knowledge *k)
{
    unsigned thread = epoch >> EPOCH_CLOCK_BITS & (MODEL_THREADS_MAX - 1);
    return epoch >> EPOCH_BITS == memory.execution && (int16_t)epoch > k->now.clock[thread];
}

/* NULL, or what is wrong with this access. */
static inline const char *memory_plain_read(struct model_plain *p, const struct knowledge *k,
                                            unsigned thread)
{
    if (memory_unordered(p->write_epoch, k))
        return "data race: a read of protected data and another thread's write are not ordered";
    if (p->read_epoch != p->write_epoch && p->shared != memory.execution &&
        memory_unordered(p->read_epoch, k)) {
        for (unsigned i = 0; i < MODEL_THREADS_MAX; i++)
            p->read_clock[i] = 0;
        p->shared = memory.execution;
        p->read_clock[p->read_epoch >> EPOCH_CLOCK_BITS & (MODEL_THREADS_MAX - 1)] =
            (int16_t)p->read_epoch;
    }
    if (p->shared == memory.execution)
        p->read_clock[thread] = k->now.clock[thread];
    p->read_epoch = memory_epoch(k, thread);
    return NULL;
}

static inline bool memory_read_unordered(const struct model_plain *p, const struct knowledge *k)
{
    if (p->shared != memory.execution)
        return memory_unordered(p->read_epoch, k);
    int late = 0; /* the thread's own reads never are */
    for (unsigned i = 0; i < MODEL_THREADS_MAX; i++)
        late |= p->read_clock[i] > k->now.clock[i];
    return late;
}

static inline const char *memory_plain_write(struct model_plain *p, const struct knowledge *k,
                                             unsigned thread)
{
    if (memory_unordered(p->write_epoch, k))
        return "data race: two threads' writes of protected data are not ordered";
    if (memory_read_unordered(p, k))
        return "data race: a write of protected data and another thread's read are not ordered";
    p->shared = 0; /* whoever is ordered after this write is ordered after those reads */
    p->write_epoch = memory_epoch(k, thread);
    return NULL;
}

#endif
