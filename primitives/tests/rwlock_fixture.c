// SPDX-License-Identifier: MIT
#include "rwlock_fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD_BYTES = 64 };

static unsigned char *allocate(size_t bytes)
{
    unsigned char *p =
        aligned_alloc(CT_APART_BYTES, (bytes + CT_APART_BYTES) / CT_APART_BYTES * CT_APART_BYTES);
    if (!p)
        ct_panic("aligned_alloc", ENOMEM);
    return p;
}

void rwlock_fixture_init(struct rwlock_fixture *f)
{
    memset(f->nodes, 0, f->node_count * f->node_stride_bytes);
    errno = RWLOCK_ERRNO;
    f->ops->init(f->rw);
    CONTRACT(errno == RWLOCK_ERRNO);
}

struct rwlock_fixture rwlock_fixture_make(const void *ops, unsigned nodes)
{
    struct rwlock_fixture f = {.ops = ops, .node_count = nodes};
    size_t align = f.ops->impl.align_bytes, size = f.ops->impl.size_bytes;
    size_t offset = GUARD_BYTES + align - GUARD_BYTES % align;
    f.memory = allocate(offset + size + GUARD_BYTES);
    memset(f.memory, RWLOCK_FILL, offset + size + GUARD_BYTES);
    f.rw = f.memory + offset;
    f.node_stride_bytes =
        (f.ops->impl.node_bytes + CT_APART_BYTES - 1) / CT_APART_BYTES * CT_APART_BYTES;
    f.nodes = allocate(nodes * f.node_stride_bytes);
    rwlock_fixture_init(&f);
    return f;
}

void rwlock_fixture_destroy(struct rwlock_fixture *f)
{
    if (!f->ops->destroy)
        return;
    errno = RWLOCK_ERRNO;
    f->ops->destroy(f->rw);
    CONTRACT(errno == RWLOCK_ERRNO);
}

void rwlock_fixture_free(struct rwlock_fixture *f)
{
    rwlock_fixture_destroy(f);
    bool guards_intact = true;
    for (unsigned char *p = f->memory; p < f->rw; p++)
        guards_intact &= *p == RWLOCK_FILL;
    for (unsigned i = 0; i < GUARD_BYTES; i++)
        guards_intact &= f->rw[f->ops->impl.size_bytes + i] == RWLOCK_FILL;
    CONTRACT(guards_intact);
    free(f->memory);
    free(f->nodes);
}

void *rwlock_node(const struct rwlock_fixture *f, unsigned index)
{
    return f->node_stride_bytes ? f->nodes + index * f->node_stride_bytes : NULL;
}

void rwlock_rdlock(struct rwlock_fixture *f, unsigned node)
{
    errno = RWLOCK_ERRNO;
    f->ops->rdlock(f->rw, rwlock_node(f, node));
    CONTRACT(errno == RWLOCK_ERRNO);
}

void rwlock_rdunlock(struct rwlock_fixture *f, unsigned node)
{
    errno = RWLOCK_ERRNO;
    f->ops->rdunlock(f->rw, rwlock_node(f, node));
    CONTRACT(errno == RWLOCK_ERRNO);
}

void rwlock_wrlock(struct rwlock_fixture *f)
{
    errno = RWLOCK_ERRNO;
    f->ops->wrlock(f->rw);
    CONTRACT(errno == RWLOCK_ERRNO);
}

void rwlock_wrunlock(struct rwlock_fixture *f)
{
    errno = RWLOCK_ERRNO;
    f->ops->wrunlock(f->rw);
    CONTRACT(errno == RWLOCK_ERRNO);
}

bool rwlock_tryrdlock(struct rwlock_fixture *f, unsigned node)
{
    errno = RWLOCK_ERRNO;
    bool held = f->ops->tryrdlock(f->rw, rwlock_node(f, node));
    CONTRACT(errno == RWLOCK_ERRNO);
    return held;
}

bool rwlock_trywrlock(struct rwlock_fixture *f)
{
    errno = RWLOCK_ERRNO;
    bool held = f->ops->trywrlock(f->rw);
    CONTRACT(errno == RWLOCK_ERRNO);
    return held;
}

int rwlock_timedrdlock(struct rwlock_fixture *f, unsigned node, uint64_t deadline_ns)
{
    errno = RWLOCK_ERRNO;
    int error = f->ops->timedrdlock(f->rw, rwlock_node(f, node), deadline_ns);
    CONTRACT(errno == RWLOCK_ERRNO);
    return error;
}

int rwlock_timedwrlock(struct rwlock_fixture *f, uint64_t deadline_ns)
{
    errno = RWLOCK_ERRNO;
    int error = f->ops->timedwrlock(f->rw, deadline_ns);
    CONTRACT(errno == RWLOCK_ERRNO);
    return error;
}

void rwlock_pass_ns(uint64_t ns)
{
    struct timespec t;
    ct_timespec(&t, ns);
    nanosleep(&t, NULL);
}

void rwlock_settle(void)
{
    rwlock_pass_ns(RWLOCK_SETTLE_NS);
}

static int enter(const struct visitor *v)
{
    const struct ct_rwlock_ops *o = v->f->ops;
    void *rw = v->f->rw, *node = rwlock_node(v->f, v->node);
    if (v->deadline_ns)
        return v->writes ? o->timedwrlock(rw, v->deadline_ns)
                         : o->timedrdlock(rw, node, v->deadline_ns);
    if (v->writes)
        o->wrlock(rw);
    else
        o->rdlock(rw, node);
    return 0;
}

static void *visitor_run(void *argument)
{
    struct visitor *v = argument;
    errno = RWLOCK_ERRNO;
    v->error = enter(v);
    v->errno_kept = errno == RWLOCK_ERRNO;
    if (v->error == 0) {
        if (v->shared)
            ++*v->shared;
        ct_u32_store_release(&v->inside, 1);
        while (sem_wait(&v->let_go) != 0)
            ;
        errno = RWLOCK_ERRNO;
        if (v->writes)
            v->f->ops->wrunlock(v->f->rw);
        else
            v->f->ops->rdunlock(v->f->rw, rwlock_node(v->f, v->node));
        v->errno_kept &= errno == RWLOCK_ERRNO;
    }
    return NULL;
}

void visitor_come(struct visitor *v)
{
    ct_u32_store_relaxed(&v->inside, 0);
    sem_init(&v->let_go, 0, 0);
    if (pthread_create(&v->thread, NULL, visitor_run, v) != 0)
        ct_panic("pthread_create", EAGAIN);
}

bool visitor_inside(const struct visitor *v)
{
    return ct_u32_load_acquire(&v->inside) != 0;
}

void visitor_await(const struct visitor *v)
{
    while (!visitor_inside(v))
        rwlock_pass_ns(RWLOCK_MS / 10);
}

int visitor_give_up(struct visitor *v)
{
    sem_post(&v->let_go);
    pthread_join(v->thread, NULL);
    sem_destroy(&v->let_go);
    CONTRACT(v->errno_kept || v->f->ops->impl.traits & CT_PEER); /* theirs, where they sleep */
    return v->error;
}

void visitor_leave(struct visitor *v)
{
    CONTRACT(visitor_give_up(v) == 0);
}

void visitor_signal(const struct visitor *v)
{
    pthread_kill(v->thread, SIGUSR1);
}
