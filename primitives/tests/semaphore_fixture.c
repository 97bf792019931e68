// SPDX-License-Identifier: MIT
#include "semaphore_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { GUARD_BYTES = 64 };

void guarded_init(struct guarded *g, uint32_t value)
{
    errno = SEMAPHORE_ERRNO;
    g->ops->init(g->s, value);
    CONTRACT(errno == SEMAPHORE_ERRNO);
}

struct guarded guarded_make(const void *ops, uint32_t value)
{
    struct guarded g = {.ops = ops};
    size_t align = g.ops->impl.align_bytes, size = g.ops->impl.size_bytes;
    size_t offset = GUARD_BYTES + align - GUARD_BYTES % align;
    size_t bytes = offset + size + GUARD_BYTES;
    g.memory = aligned_alloc(CT_APART_BYTES,
                             (bytes + CT_APART_BYTES - 1) / CT_APART_BYTES * CT_APART_BYTES);
    if (!g.memory)
        ct_panic("aligned_alloc", ENOMEM);
    memset(g.memory, SEMAPHORE_FILL, bytes);
    g.s = g.memory + offset;
    guarded_init(&g, value);
    return g;
}

void guarded_destroy(struct guarded *g)
{
    if (!g->ops->destroy)
        return;
    errno = SEMAPHORE_ERRNO;
    g->ops->destroy(g->s);
    CONTRACT(errno == SEMAPHORE_ERRNO);
}

void guarded_unmake(struct guarded *g)
{
    guarded_destroy(g);
    bool guards_intact = true;
    for (unsigned char *p = g->memory; p < g->s; p++)
        guards_intact &= *p == SEMAPHORE_FILL;
    for (unsigned i = 0; i < GUARD_BYTES; i++)
        guards_intact &= g->s[g->ops->impl.size_bytes + i] == SEMAPHORE_FILL;
    CONTRACT(guards_intact);
    free(g->memory);
}

void guarded_wait(struct guarded *g)
{
    errno = SEMAPHORE_ERRNO;
    g->ops->wait(g->s);
    CONTRACT(errno == SEMAPHORE_ERRNO);
}

bool guarded_trywait(struct guarded *g)
{
    errno = SEMAPHORE_ERRNO;
    bool taken = g->ops->trywait(g->s);
    CONTRACT(errno == SEMAPHORE_ERRNO);
    return taken;
}

int guarded_timedwait(struct guarded *g, uint64_t deadline_ns)
{
    errno = SEMAPHORE_ERRNO;
    int error = g->ops->timedwait(g->s, deadline_ns);
    CONTRACT(errno == SEMAPHORE_ERRNO);
    return error;
}

int guarded_post(struct guarded *g, uint32_t n)
{
    errno = SEMAPHORE_ERRNO;
    int error = g->ops->post(g->s, n);
    CONTRACT(errno == SEMAPHORE_ERRNO);
    return error;
}

uint32_t guarded_value(const struct guarded *g)
{
    errno = SEMAPHORE_ERRNO;
    uint32_t permits = g->ops->value(g->s);
    CONTRACT(errno == SEMAPHORE_ERRNO);
    return permits;
}

void pass_ns(uint64_t ns)
{
    struct timespec t;
    ct_timespec(&t, ns);
    nanosleep(&t, NULL);
}

static void *waiter_run(void *argument)
{
    struct waiter *w = argument;
    const struct ct_semaphore_ops *ops = w->g->ops;
    errno = SEMAPHORE_ERRNO;
    if (w->deadline_ns)
        w->error = ops->timedwait(w->g->s, w->deadline_ns);
    else
        ops->wait(w->g->s);
    w->errno_kept = errno == SEMAPHORE_ERRNO;
    if (w->shared)
        ++*w->shared;
    ct_u32_store_release(&w->done, 1);
    return NULL;
}

void waiter_start(struct waiter *w)
{
    if (pthread_create(&w->thread, NULL, waiter_run, w) != 0)
        ct_panic("pthread_create", EAGAIN);
}

unsigned waiters_done(const struct waiter *w, unsigned count)
{
    unsigned done = 0;
    for (unsigned i = 0; i < count; i++)
        done += ct_u32_load_acquire(&w[i].done);
    return done;
}

void waiters_await(const struct waiter *w, unsigned count, unsigned wanted)
{
    while (waiters_done(w, count) < wanted)
        pass_ns(MS / 10);
}

void waiter_join(struct waiter *w)
{
    pthread_join(w->thread, NULL);
    CONTRACT(w->errno_kept);
    CONTRACT(w->error == 0);
}

static void *poster_run(void *argument)
{
    struct poster *p = argument;
    pass_ns(p->delay_ns);
    p->error = p->g->ops->post(p->g->s, 1);
    return NULL;
}

void poster_start(struct poster *p)
{
    if (pthread_create(&p->thread, NULL, poster_run, p) != 0)
        ct_panic("pthread_create", EAGAIN);
}

void poster_join(struct poster *p)
{
    pthread_join(p->thread, NULL);
    CONTRACT(p->error == 0);
}
