// SPDX-License-Identifier: MIT
#include "mutex_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { GUARD_BYTES = 64 };

static void *zeroed(size_t bytes)
{
    size_t rounded = (bytes + CT_APART_BYTES) / CT_APART_BYTES * CT_APART_BYTES;
    void *p = aligned_alloc(CT_APART_BYTES, rounded);
    if (!p)
        ct_panic("aligned_alloc", ENOMEM);
    memset(p, 0, rounded);
    return p;
}

void fixture_init(struct fixture *f)
{
    errno = FIXTURE_ERRNO;
    f->ops->init(f->m);
    CONTRACT(errno == FIXTURE_ERRNO);
    memset(f->node, 0, f->ops->impl.node_bytes);
    memset(f->other_node, 0, f->ops->impl.node_bytes);
}

struct fixture fixture_make(const void *ops)
{
    struct fixture f = {.ops = ops};
    size_t align = f.ops->impl.align_bytes, size = f.ops->impl.size_bytes;
    size_t offset = GUARD_BYTES + align - GUARD_BYTES % align;
    f.memory = zeroed(offset + size + GUARD_BYTES);
    memset(f.memory, FIXTURE_FILL, offset + size + GUARD_BYTES);
    f.m = f.memory + offset;
    f.node = zeroed(f.ops->impl.node_bytes);
    f.other_node = zeroed(f.ops->impl.node_bytes);
    fixture_init(&f);
    return f;
}

void fixture_destroy(struct fixture *f)
{
    if (!f->ops->destroy)
        return;
    errno = FIXTURE_ERRNO;
    f->ops->destroy(f->m);
    CONTRACT(errno == FIXTURE_ERRNO);
}

void fixture_free(struct fixture *f)
{
    fixture_destroy(f);
    unsigned char *after = f->m + f->ops->impl.size_bytes;
    bool guards_intact = true;
    for (unsigned char *p = f->memory; p < f->m; p++)
        guards_intact &= *p == FIXTURE_FILL;
    for (unsigned char *p = after; p < after + GUARD_BYTES; p++)
        guards_intact &= *p == FIXTURE_FILL;
    CONTRACT(guards_intact);
    free(f->memory);
    free(f->node);
    free(f->other_node);
}

void fixture_lock(struct fixture *f, void *node)
{
    errno = FIXTURE_ERRNO;
    f->ops->lock(f->m, node);
    CONTRACT(errno == FIXTURE_ERRNO);
}

void fixture_unlock(struct fixture *f, void *node)
{
    errno = FIXTURE_ERRNO;
    f->ops->unlock(f->m, node);
    CONTRACT(errno == FIXTURE_ERRNO);
}

bool fixture_trylock(struct fixture *f, void *node)
{
    errno = FIXTURE_ERRNO;
    bool taken = f->ops->trylock(f->m, node);
    CONTRACT(errno == FIXTURE_ERRNO);
    return taken;
}

int fixture_timedlock(struct fixture *f, void *node, uint64_t deadline_ns)
{
    errno = FIXTURE_ERRNO;
    int error = f->ops->timedlock(f->m, node, deadline_ns);
    CONTRACT(errno == FIXTURE_ERRNO);
    return error;
}

void sleep_ns(uint64_t ns)
{
    struct timespec t;
    ct_timespec(&t, ns);
    nanosleep(&t, NULL);
}

static void *holder_run(void *argument)
{
    struct holder *h = argument;
    const struct ct_mutex_ops *ops = h->f->ops;
    errno = FIXTURE_ERRNO;
    ops->lock(h->f->m, h->f->other_node);
    h->errno_kept = errno == FIXTURE_ERRNO;
    if (h->counter)
        h->found = (*h->counter)++;
    sem_post(&h->has);
    while (sem_wait(&h->let_go) != 0)
        ;
    sleep_ns(h->delay_ns);
    errno = FIXTURE_ERRNO;
    ops->unlock(h->f->m, h->f->other_node);
    h->errno_kept &= errno == FIXTURE_ERRNO;
    return NULL;
}

void holder_start(struct holder *h, struct fixture *f)
{
    h->f = f;
    sem_init(&h->has, 0, 0);
    sem_init(&h->let_go, 0, 0);
    if (pthread_create(&h->thread, NULL, holder_run, h) != 0)
        ct_panic("pthread_create", EAGAIN);
}

void holder_await(struct holder *h)
{
    while (sem_wait(&h->has) != 0)
        ;
}

void holder_finish(struct holder *h)
{
    sem_post(&h->let_go);
    pthread_join(h->thread, NULL);
    CONTRACT(h->errno_kept);
    sem_destroy(&h->has);
    sem_destroy(&h->let_go);
}

void fixture_other_thread_pair(struct fixture *f)
{
    struct holder h = {0};
    holder_start(&h, f);
    holder_await(&h);
    holder_finish(&h);
}

struct trial {
    struct fixture *f;
    bool taken;
};

static void *trial_run(void *argument)
{
    struct trial *t = argument;
    t->taken = t->f->ops->trylock(t->f->m, t->f->other_node);
    if (t->taken)
        t->f->ops->unlock(t->f->m, t->f->other_node);
    return NULL;
}

bool fixture_other_thread_gets(struct fixture *f)
{
    struct trial t = {.f = f};
    pthread_t thread;
    if (pthread_create(&thread, NULL, trial_run, &t) != 0)
        ct_panic("pthread_create", EAGAIN);
    pthread_join(thread, NULL);
    return t.taken;
}
