// SPDX-License-Identifier: MIT
#include "stress/model/alloc.h"

#include "stress/model/engine.h"

#include <string.h>

enum { ARENA_BYTES = 1 << 16, ARENA_ALIGN = 128, BLOCKS_MAX = 64, UNSET = 0xcd, FREED = 0xdd };

static struct {
    _Alignas(ARENA_ALIGN) char arena[ARENA_BYTES];
    size_t used;
    unsigned blocks;
    bool freed_twice; /* where no thread runs that could fail */
    struct {
        char *begin, *end;
        bool freed;
    } block[BLOCKS_MAX];
} heap;

void alloc_begin(void)
{
    heap.used = 0;
    heap.blocks = 0;
    heap.freed_twice = false;
}

void *model_alloc(size_t align_bytes, size_t bytes)
{
    size_t offset = (heap.used + align_bytes - 1) & ~(align_bytes - 1);
    if (offset > ARENA_BYTES || bytes > ARENA_BYTES - offset)
        return NULL;
    if (align_bytes > ARENA_ALIGN || heap.blocks == BLOCKS_MAX)
        model_panic("asks for memory more often, or better aligned, than the model offers");
    heap.used = offset + bytes;
    memset(heap.arena + offset, UNSET, bytes); /* the same in every execution */
    heap.block[heap.blocks].begin = heap.arena + offset;
    heap.block[heap.blocks].end = heap.arena + heap.used;
    heap.block[heap.blocks++].freed = false;
    if (!engine.alone)
        knowledge_add(&engine_thread()->know, offset);
    return heap.arena + offset;
}

bool alloc_gone(const void *address)
{
    const char *p = address;
    for (unsigned i = 0; i < heap.blocks; i++) {
        if (p >= heap.block[i].begin && p < heap.block[i].end)
            return heap.block[i].freed;
    }
    return false;
}

uint64_t alloc_state(void)
{
    uint64_t freed = 0;
    for (unsigned i = 0; i < heap.blocks; i++)
        freed |= (uint64_t)heap.block[i].freed << i;
    return memory_mix(heap.used, freed);
}

const char *alloc_verdict(void)
{
    if (heap.freed_twice)
        return "memory: frees what is not allocated";
    for (unsigned i = 0; i < heap.blocks; i++) {
        if (!heap.block[i].freed)
            return "memory: a leak: allocated, and at the end not freed";
    }
    return NULL;
}

/* Freeing is a store to every cell of the block, so that it is tried before and after each use. */
static void forget_cells(char *begin, const char *end, const char *site)
{
    for (unsigned i = 0; i < memory.locations; i++) {
        const struct location *l = &memory.location[i];
        if ((char *)l->address >= begin && (char *)l->address < end) {
            model_store(l->address, l->bytes, FREED, MODEL_RELAXED, site);
            memory.gone |= UINT64_C(1) << i;
        }
    }
}

void model_free(void *address, const char *site)
{
    unsigned b = 0;
    if (!address)
        return;
    while (b < heap.blocks && heap.block[b].begin != (char *)address)
        b++;
    if (b == heap.blocks || heap.block[b].freed) {
        if (!engine.alone)
            engine_fail("memory: frees what is not allocated", site);
        heap.freed_twice = true;
        return;
    }
    if (!engine.alone)
        forget_cells(heap.block[b].begin, heap.block[b].end, site);
    heap.block[b].freed = true;
    memset(heap.block[b].begin, FREED, (size_t)(heap.block[b].end - heap.block[b].begin));
}
