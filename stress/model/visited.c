// SPDX-License-Identifier: MIT
#include "stress/model/visited.h"

#include "stress/model/alloc.h"
#include "stress/model/engine.h"
#include "support/fail.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOTS_FIRST = 1 << 10, MEMORY_SHARE = 16 /* at most a sixteenth of the machine's */ };

struct entry {
    uint64_t key; /* 0: free */
    struct sleep_set sleep;
};
static struct {
    struct entry *entry;
    size_t slots, used;
    size_t limit; /* of slots */
} table;

static void resize(size_t slots)
{
    free(table.entry);
    table.entry = must_alloc(slots * sizeof *table.entry);
    table.slots = slots;
    table.used = 0;
}

static size_t limit_of_memory(void)
{
    size_t bytes = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
    size_t slots = SLOTS_FIRST;
    while (2 * slots * sizeof *table.entry <= bytes / MEMORY_SHARE)
        slots *= 2;
    return slots;
}

void visited_begin(void)
{
    if (table.limit == 0)
        table.limit = limit_of_memory();
    if (table.slots != SLOTS_FIRST)
        resize(SLOTS_FIRST);
    else
        memset(table.entry, 0, table.slots * sizeof *table.entry);
    table.used = 0;
}

static struct entry *slot_of(uint64_t key)
{
    size_t i = key & (table.slots - 1);
    while (table.entry[i].key && table.entry[i].key != key)
        i = (i + 1) & (table.slots - 1);
    return &table.entry[i];
}

static void grow(void)
{
    struct entry *old = table.entry;
    size_t slots = table.slots;
    table.entry = NULL;
    resize(2 * slots);
    for (size_t i = 0; i < slots; i++) {
        if (old[i].key) {
            *slot_of(old[i].key) = old[i];
            table.used++;
        }
    }
    free(old);
}

/* What two threads' pauses mean for who must give way. */
static uint64_t patience(uint64_t h)
{
    for (unsigned i = 0; i < engine.program->threads; i++) {
        for (unsigned o = 0; o < engine.program->threads; o++) {
            uint8_t passed = (uint8_t)(engine.pauses.of[i] - engine.thread[o].passed.of[i]);
            h = memory_mix(h, passed < PATIENCE ? passed : PATIENCE);
        }
    }
    return h;
}

uint64_t visited_key(unsigned budget_spent)
{
    uint64_t h = memory_mix(budget_spent, engine.now_ns);
    h = memory_mix(h, engine.elapses | engine.spurious << 8 | engine.rescues << 16 |
                          (unsigned)engine.membarrier << 24);
    h = memory_mix(h, memory_seen_past(memory.seq_cst));
    h = memory_mix(h, alloc_state());
    for (unsigned i = 0; i < engine.program->threads; i++) {
        const struct model_thread *t = &engine.thread[i];
        bool asleep = t->state == ASLEEP || t->state == ASLEEP_PI;
        h = memory_mix(h, t->know.past);
        h = memory_mix(h, (unsigned)t->state | (unsigned)t->restart << 8);
        h = memory_mix(h, asleep ? (uintptr_t)memory.location[t->sleeps_on].address : 0);
    }
    if (engine.pauses.all)
        h = patience(h);
    return h ? h : 1;
}

static bool includes(const struct sleep_set *a, const struct sleep_set *b)
{
    if (b->threads & ~a->threads)
        return false;
    for (unsigned rest = b->threads; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctz(rest);
        if (a->newest[i] < b->newest[i])
            return false;
    }
    return true;
}

static void intersect(struct sleep_set *a, const struct sleep_set *b)
{
    a->threads &= b->threads;
    for (unsigned i = 0; i < MODEL_THREADS_MAX; i++)
        a->newest[i] = a->newest[i] < b->newest[i] ? a->newest[i] : b->newest[i];
}

bool visited(uint64_t key, const struct sleep_set *sleep)
{
    struct entry *e = slot_of(key);
    if (e->key) {
        if (includes(sleep, &e->sleep))
            return true;
        intersect(&e->sleep, sleep); /* this time the rest of it will be explored */
        return false;
    }
    if (table.used * 4 >= table.slots * 3) {
        if (table.slots == table.limit)
            return false; /* what is not remembered is explored again */
        grow();
        e = slot_of(key);
    }
    *e = (struct entry){key, *sleep};
    table.used++;
    return false;
}
