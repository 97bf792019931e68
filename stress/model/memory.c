// SPDX-License-Identifier: MIT
#include "stress/model/memory.h"

#include "stress/model/alloc.h"

#include <string.h>

struct memory memory;

/* Linker symbols around everything with static storage that is written. */
extern char __data_start[], _end[];

void memory_begin(void)
{
    memory.execution++;
    memory.epoch = NO_EPOCH;
    memory.locations = memory.stores = 0;
    memory.gone = 0;
    memset(memory.seq_cst, 0, sizeof memory.seq_cst);
}

static void poke(void *address, unsigned bytes, uint64_t value)
{
    if (bytes == 4)
        *(uint32_t *)address = (uint32_t)value;
    else
        *(uint64_t *)address = value;
}

static uint64_t peek(const void *address, unsigned bytes)
{
    return bytes == 4 ? *(const uint32_t *)address : *(const uint64_t *)address;
}

void memory_end(void)
{
    for (unsigned i = 0; i < memory.locations; i++) {
        struct location *l = &memory.location[i];
        if ((char *)l->address >= __data_start && (char *)l->address < _end)
            poke(l->address, l->bytes, l->original);
    }
}

unsigned memory_register(const void *address, unsigned bytes)
{
    if (memory.locations == LOCATIONS_MAX || memory.stores == STORES_MAX)
        model_panic("more atomic locations than the model has room for");
    size_t h = ((uintptr_t)address >> 2) * UINT64_C(0x9e3779b97f4a7c15) >> 56;
    while (memory.slot[h].execution == memory.execution)
        h = (h + 1) % SLOTS;
    unsigned id = memory.locations++;
    memory.slot[h].address = address;
    memory.slot[h].execution = memory.execution;
    memory.slot[h].location = id;

    struct location *l = &memory.location[id];
    l->address = (void *)(uintptr_t)address;
    l->bytes = (uint8_t)bytes;
    l->original = peek(address, bytes);
    if (alloc_gone(address))
        memory.gone |= UINT64_C(1) << id;
    l->latest = 0;
    l->history[0] = (uint16_t)memory.stores++;
    struct store *s = memory_newest(id);
    memset(s, 0, sizeof *s);
    s->value = l->original;
    s->thread = NOBODY;
    s->past = memory_mix(0, (uintptr_t)address);
    return id;
}

/* The order in which locations were met does not count. */
uint64_t memory_seen_past(const uint8_t *seen)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < memory.locations; i++) {
        if (seen[i])
            sum += memory_mix(memory_store_at(i, seen[i])->past,
                              (uintptr_t)memory.location[i].address);
    }
    return sum;
}

void knowledge_begin(struct knowledge *k, unsigned thread)
{
    memset(k, 0, sizeof *k);
    k->now.clock[thread] = 1;
    k->past = thread;
}

/* What happens before is not what a fence orders: the clocks stay out of the shared view. */
void knowledge_fence(struct knowledge *k, unsigned thread)
{
    view_join(&k->now, &k->acquired);
    seen_join(k->now.seen, memory.seq_cst);
    seen_join(memory.seq_cst, k->now.seen);
    k->released = k->now;
    knowledge_add(k, memory_seen_past(k->now.seen));
    memory_tick(k, thread);
}

struct store *memory_write(struct knowledge *k, unsigned thread, unsigned location, uint64_t value,
                           enum model_order order, const struct store *replaced)
{
    struct location *l = &memory.location[location];
    if (l->latest == HISTORY_MAX || memory.stores == STORES_MAX)
        return NULL;
    unsigned index = ++l->latest;
    l->history[index] = (uint16_t)memory.stores;
    struct store *s = &memory.store[memory.stores++];
    k->now.seen[location] = (uint8_t)index;
    knowledge_add(k, memory_store_at(location, index - 1U)->past); /* its place among the stores */
    s->past = k->past;
    s->value = value;
    s->thread = (uint8_t)thread;
    s->view = order_releases(order) ? k->now : k->released;
    s->view.seen[location] = (uint8_t)index;
    if (replaced)
        view_join(&s->view, &replaced->view);
    if (order_releases(order))
        memory_tick(k, thread);
    if (order == MODEL_SEQ_CST)
        memory.seq_cst[location] = (uint8_t)index;
    poke(l->address, l->bytes, value);
    return s;
}
