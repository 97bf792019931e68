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
    return id;
}

void knowledge_begin(struct knowledge *k, unsigned thread)
{
    memset(k, 0, sizeof *k);
    k->now.clock[thread] = 1;
}

/* What happens before is not what a fence orders: the clocks stay out of the shared view. */
void knowledge_fence(struct knowledge *k, unsigned thread)
{
    view_join(&k->now, &k->acquired);
    seen_join(k->now.seen, memory.seq_cst);
    seen_join(memory.seq_cst, k->now.seen);
    k->released = k->now;
    k->now.clock[thread]++;
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
    s->value = value;
    s->thread = (uint8_t)thread;
    s->view = order_releases(order) ? k->now : k->released;
    s->view.seen[location] = (uint8_t)index;
    if (replaced)
        view_join(&s->view, &replaced->view);
    if (order_releases(order))
        k->now.clock[thread]++;
    if (order == MODEL_SEQ_CST)
        memory.seq_cst[location] = (uint8_t)index;
    poke(l->address, l->bytes, value);
    return s;
}

static void plain_begin(struct model_plain *p)
{
    if (p->execution == memory.execution)
        return;
    p->execution = memory.execution;
    memset(p->read_clock, 0, sizeof p->read_clock);
    p->write_clock = 0;
    p->writer = 0;
}

const char *memory_plain_read(struct model_plain *p, const struct knowledge *k, unsigned thread)
{
    plain_begin(p);
    if (p->write_clock > k->now.clock[p->writer])
        return "data race: a read of protected data and another thread's write are not ordered";
    p->read_clock[thread] = k->now.clock[thread];
    p->read_epoch = memory_epoch(k, thread);
    return NULL;
}

const char *memory_plain_write(struct model_plain *p, const struct knowledge *k, unsigned thread)
{
    plain_begin(p);
    if (p->write_clock > k->now.clock[p->writer])
        return "data race: two threads' writes of protected data are not ordered";
    int late = 0; /* the thread's own reads never are */
    for (unsigned i = 0; i < MODEL_THREADS_MAX; i++)
        late |= p->read_clock[i] > k->now.clock[i];
    if (late)
        return "data race: a write of protected data and another thread's read are not ordered";
    p->writer = (uint8_t)thread;
    p->write_clock = k->now.clock[thread];
    p->write_epoch = memory_epoch(k, thread);
    return NULL;
}
