// SPDX-License-Identifier: MIT
#include "condition_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { GUARD_BYTES = 64, FILL = 0xa5, KEPT_ERRNO = 4242, LOOK_NS = 100000, SETTLE_NS = 5000000 };

static size_t rounded(size_t bytes)
{
    return (bytes + CT_APART_BYTES - 1) / CT_APART_BYTES * CT_APART_BYTES;
}

static unsigned char *apart(size_t bytes)
{
    size_t size = rounded(bytes) + CT_APART_BYTES;
    unsigned char *p = aligned_alloc(CT_APART_BYTES, size);
    if (!p)
        ct_panic("aligned_alloc", ENOMEM);
    memset(p, 0, size);
    return p;
}

static void pass_ns(uint64_t ns)
{
    struct timespec t;
    ct_timespec(&t, ns);
    nanosleep(&t, NULL);
}

const struct ct_mutex_ops *meeting_mutex(const struct ct_condition_ops *ops)
{
    for (const struct ct_impl *const *i = ct_impls; *i; i++)
        if (strcmp((*i)->kind, "mutex") == 0 && strcmp((*i)->name, ops->mutex) == 0)
            return (const struct ct_mutex_ops *)(const void *)*i;
    return NULL;
}

void meeting_init(struct meeting *g)
{
    errno = KEPT_ERRNO;
    g->ops->init(g->c);
    CONTRACT(errno == KEPT_ERRNO);
}

struct meeting meeting_make(const struct ct_condition_ops *ops, const struct ct_mutex_ops *mutex)
{
    struct meeting g = {.ops = ops, .mutex_ops = mutex};
    size_t align = ops->impl.align_bytes, size = ops->impl.size_bytes;
    size_t offset = GUARD_BYTES + align - GUARD_BYTES % align;
    g.memory = apart(offset + size + GUARD_BYTES);
    memset(g.memory, FILL, offset + size + GUARD_BYTES);
    g.c = g.memory + offset;
    g.mutex = apart(mutex->impl.size_bytes);
    g.node_stride_bytes = rounded(mutex->impl.node_bytes);
    g.nodes = apart((CONDITION_WAITERS + 1) * g.node_stride_bytes);
    mutex->init(g.mutex);
    meeting_init(&g);
    return g;
}

void meeting_destroy(struct meeting *g)
{
    if (!g->ops->destroy)
        return;
    errno = KEPT_ERRNO;
    g->ops->destroy(g->c);
    CONTRACT(errno == KEPT_ERRNO);
}

void meeting_unmake(struct meeting *g)
{
    meeting_destroy(g);
    if (g->mutex_ops->destroy)
        g->mutex_ops->destroy(g->mutex);
    bool guards_intact = true;
    for (unsigned char *p = g->memory; p < g->c; p++)
        guards_intact &= *p == FILL;
    for (unsigned i = 0; i < GUARD_BYTES; i++)
        guards_intact &= g->c[g->ops->impl.size_bytes + i] == FILL;
    CONTRACT(guards_intact);
    free(g->nodes);
    free(g->mutex);
    free(g->memory);
}

struct ct_held meeting_held(const struct meeting *g, unsigned thread)
{
    return (struct ct_held){g->mutex_ops, g->mutex, g->nodes + thread * g->node_stride_bytes};
}

void meeting_lock(struct meeting *g)
{
    struct ct_held held = meeting_held(g, 0);
    held.ops->lock(held.m, held.node);
}

void meeting_unlock(struct meeting *g)
{
    struct ct_held held = meeting_held(g, 0);
    held.ops->unlock(held.m, held.node);
}

int meeting_timedwait(struct meeting *g, uint64_t deadline_ns)
{
    struct ct_held held = meeting_held(g, 0);
    errno = KEPT_ERRNO;
    int error = g->ops->timedwait(g->c, &held, deadline_ns);
    CONTRACT(errno == KEPT_ERRNO);
    return error;
}

void meeting_signal(struct meeting *g)
{
    errno = KEPT_ERRNO;
    g->ops->signal(g->c);
    CONTRACT(errno == KEPT_ERRNO);
}

void meeting_signal_many(struct meeting *g, uint32_t n)
{
    errno = KEPT_ERRNO;
    g->ops->signal_many(g->c, n);
    CONTRACT(errno == KEPT_ERRNO);
}

void meeting_broadcast(struct meeting *g)
{
    errno = KEPT_ERRNO;
    g->ops->broadcast(g->c);
    CONTRACT(errno == KEPT_ERRNO);
}

static void *attendee_run(void *argument)
{
    struct attendee *a = argument;
    struct meeting *g = a->g;
    struct ct_held held = meeting_held(g, a->thread);
    held.ops->lock(held.m, held.node);
    g->waited++;
    errno = KEPT_ERRNO;
    do {
        if (a->deadline_ns)
            a->error = g->ops->timedwait(g->c, &held, a->deadline_ns);
        else
            g->ops->wait(g->c, &held);
    } while (a->until_go && !g->go && a->error == 0);
    a->errno_kept = errno == KEPT_ERRNO;
    a->order = ++g->returned;
    held.ops->unlock(held.m, held.node);
    return NULL;
}

static void await(struct meeting *g, const unsigned *number, unsigned wanted)
{
    for (;;) {
        meeting_lock(g);
        bool there = *number >= wanted;
        meeting_unlock(g);
        if (there)
            return;
        pass_ns(LOOK_NS);
    }
}

void attendee_start(struct attendee *a)
{
    meeting_lock(a->g);
    unsigned wanted = a->g->waited + 1;
    meeting_unlock(a->g);
    if (pthread_create(&a->id, NULL, attendee_run, a) != 0)
        ct_panic("pthread_create", EAGAIN);
    await(a->g, &a->g->waited, wanted);
}

void attendee_join(struct attendee *a)
{
    pthread_join(a->id, NULL);
    CONTRACT(a->errno_kept);
    CONTRACT(a->error == 0 || a->error == ETIMEDOUT);
}

unsigned meeting_returned(struct meeting *g)
{
    pass_ns(SETTLE_NS);
    meeting_lock(g);
    unsigned returned = g->returned;
    meeting_unlock(g);
    return returned;
}

void meeting_await(struct meeting *g, unsigned returned)
{
    await(g, &g->returned, returned);
}
