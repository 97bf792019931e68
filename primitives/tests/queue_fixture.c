// SPDX-License-Identifier: MIT
#include "queue_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { GUARD_BYTES = 64 };

struct guarded queue_unready(const void *ops)
{
    struct guarded g = {.ops = ops};
    size_t align = g.ops->impl.align_bytes, size = g.ops->impl.size_bytes;
    size_t offset = GUARD_BYTES + align - GUARD_BYTES % align;
    size_t bytes = offset + size + GUARD_BYTES;
    g.memory = aligned_alloc(CT_APART_BYTES,
                             (bytes + CT_APART_BYTES - 1) / CT_APART_BYTES * CT_APART_BYTES);
    if (!g.memory)
        ct_panic("aligned_alloc", ENOMEM);
    memset(g.memory, QUEUE_FILL, bytes);
    g.q = g.memory + offset;
    return g;
}

int queue_init(struct guarded *g, uint32_t capacity, size_t item_bytes)
{
    g->item_bytes = item_bytes;
    errno = QUEUE_ERRNO;
    int error = g->ops->init(g->q, capacity, item_bytes);
    CONTRACT(errno == QUEUE_ERRNO);
    return error;
}

struct guarded queue_make(const void *ops, uint32_t capacity)
{
    struct guarded g = queue_unready(ops);
    CONTRACT(queue_init(&g, capacity, sizeof(uint64_t)) == 0);
    return g;
}

void queue_free(struct guarded *g)
{
    bool guards_intact = true;
    for (unsigned char *p = g->memory; p < g->q; p++)
        guards_intact &= *p == QUEUE_FILL;
    for (unsigned i = 0; i < GUARD_BYTES; i++)
        guards_intact &= g->q[g->ops->impl.size_bytes + i] == QUEUE_FILL;
    CONTRACT(guards_intact);
    free(g->memory);
}

void queue_unmake(struct guarded *g)
{
    errno = QUEUE_ERRNO;
    g->ops->destroy(g->q);
    CONTRACT(errno == QUEUE_ERRNO);
    queue_free(g);
}

int queue_try_push(struct guarded *g, uint64_t word)
{
    errno = QUEUE_ERRNO;
    int error = g->ops->try_push(g->q, &word, sizeof word);
    CONTRACT(errno == QUEUE_ERRNO);
    return error;
}

int queue_try_pop(struct guarded *g, uint64_t *word)
{
    errno = QUEUE_ERRNO;
    int error = g->ops->try_pop(g->q, word, sizeof *word);
    CONTRACT(errno == QUEUE_ERRNO);
    return error;
}

int queue_push(struct guarded *g, uint64_t word, uint64_t deadline_ns)
{
    errno = QUEUE_ERRNO;
    int error = g->ops->push(g->q, &word, sizeof word, deadline_ns);
    CONTRACT(errno == QUEUE_ERRNO);
    return error;
}

int queue_pop(struct guarded *g, uint64_t *word, uint64_t deadline_ns)
{
    errno = QUEUE_ERRNO;
    int error = g->ops->pop(g->q, word, sizeof *word, deadline_ns);
    CONTRACT(errno == QUEUE_ERRNO);
    return error;
}

bool queue_holds(struct guarded *g, size_t items)
{
    if (!g->ops->size)
        return true;
    errno = QUEUE_ERRNO;
    size_t size = g->ops->size(g->q);
    CONTRACT(errno == QUEUE_ERRNO);
    return size == items;
}

uint32_t queue_fill(struct guarded *g)
{
    uint32_t n = 0;
    while (n < FILL_MAX && queue_try_push(g, n + 1) == 0)
        n++;
    return n;
}

bool queue_bounded(const struct guarded *g)
{
    return g->ops->capacity(g->q) != UINT32_MAX;
}

bool queue_is_peer(const struct guarded *g)
{
    return (g->ops->impl.traits & CT_PEER) != 0;
}

void queue_pass_ns(uint64_t ns)
{
    struct timespec t;
    ct_timespec(&t, ns);
    nanosleep(&t, NULL);
}

static void *caller_run(void *argument)
{
    struct caller *c = argument;
    const struct ct_queue_ops *ops = c->g->ops;
    errno = QUEUE_ERRNO;
    if (c->call == CALL_PUSH)
        c->error = ops->push(c->g->q, &c->word, sizeof c->word, c->deadline_ns);
    else if (c->call == CALL_POP)
        c->error = ops->pop(c->g->q, &c->word, sizeof c->word, c->deadline_ns);
    else
        c->error = ops->join(c->g->q, c->deadline_ns);
    c->errno_kept = errno == QUEUE_ERRNO;
    if (c->shared)
        ++*c->shared;
    ct_u32_store_release(&c->done, 1);
    return NULL;
}

void queue_caller_start(struct caller *c)
{
    if (c->deadline_ns == 0)
        c->deadline_ns = CT_FOREVER;
    if (pthread_create(&c->thread, NULL, caller_run, c) != 0)
        ct_panic("pthread_create", EAGAIN);
}

bool queue_caller_done(const struct caller *c)
{
    return ct_u32_load_acquire(&c->done);
}

int queue_caller_join(struct caller *c)
{
    pthread_join(c->thread, NULL);
    CONTRACT(c->errno_kept);
    return c->error;
}
