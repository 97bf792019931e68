// SPDX-License-Identifier: MIT
/* rmutex_fixture.h - what tests of recursive mutexes are made with: a mutex, and a second thread that is
   sent on errands. */
#ifndef CONTRACT_RMUTEX_FIXTURE_H
#define CONTRACT_RMUTEX_FIXTURE_H

#include "contract.h"

#include <contend/rmutex.h>
#include <contend/wait.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum rmutex_offers { TRYLOCK = 1, TIMEDLOCK = 2, DESTROY = 4, DEPTH = 8, DISTRUST = 16 };

enum {
    FILL = 0xa5,
    ERRNO = 4242, /* must still be there after every operation */
};

#define MS UINT64_C(1000000)
#define LONG_NS (5 * CT_NS_PER_S) /* far beyond any delay but being stuck */

/* A mutex, and the nodes of the two threads that use it. */
struct subject {
    const struct ct_rmutex_ops *ops;
    void *m, *node, *other_node;
};

static inline void *make(size_t align_bytes, size_t bytes, int fill)
{
    size_t rounded = (bytes + align_bytes) / align_bytes * align_bytes;
    void *p = aligned_alloc(align_bytes, rounded);
    if (!p)
        ct_panic("aligned_alloc", ENOMEM);
    return memset(p, fill, rounded);
}

static inline void subject_init(struct subject *s)
{
    s->ops->init(s->m);
    memset(s->node, 0, s->ops->impl.node_bytes);
    memset(s->other_node, 0, s->ops->impl.node_bytes);
}

static inline struct subject subject_make(const void *ops)
{
    struct subject s = {.ops = ops};
    s.m = make(s.ops->impl.align_bytes, s.ops->impl.size_bytes, FILL);
    s.node = make(CT_APART_BYTES, s.ops->impl.node_bytes, 0);
    s.other_node = make(CT_APART_BYTES, s.ops->impl.node_bytes, 0);
    errno = ERRNO;
    subject_init(&s);
    return s;
}

/* Every operation of a test lies between the two. */
static inline void subject_free(struct subject *s)
{
    if (s->ops->destroy)
        s->ops->destroy(s->m);
    CONTRACT(errno == ERRNO);
    free(s->m);
    free(s->node);
    free(s->other_node);
}

static inline int lock(struct subject *s)
{
    return s->ops->lock(s->m, s->node);
}

static inline int unlock(struct subject *s)
{
    return s->ops->unlock(s->m, s->node);
}

/* What a second thread does, from start to end, and what came of it. */
struct errand {
    struct subject *s;
    void (*run)(struct errand *e);
    int error;
    bool taken;
    uint32_t depth;
    pthread_t thread;
    struct ct_u32 arrived, leave; /* for those that stay for a while */
};

static inline void *errand_run(void *argument)
{
    struct errand *e = argument;
    e->run(e);
    return NULL;
}

static inline void errand_start(struct errand *e)
{
    if (pthread_create(&e->thread, NULL, errand_run, e) != 0)
        ct_panic("pthread_create", EAGAIN);
}

static inline void errand_await(struct errand *e)
{
    while (ct_u32_load_acquire(&e->arrived) == 0)
        ct_wait(&e->arrived, 0, CT_FOREVER);
}

static inline void errand_finish(struct errand *e)
{
    ct_u32_store_release(&e->leave, 1);
    ct_wake(&e->leave, 1);
    pthread_join(e->thread, NULL);
}

static inline void run_hold(struct errand *e)
{
    const struct ct_rmutex_ops *ops = e->s->ops;
    e->error = ops->lock(e->s->m, e->s->other_node);
    ct_u32_store_release(&e->arrived, 1);
    ct_wake(&e->arrived, 1);
    while (ct_u32_load_acquire(&e->leave) == 0)
        ct_wait(&e->leave, 0, CT_FOREVER);
    e->error |= ops->unlock(e->s->m, e->s->other_node);
}

static inline void run_trylock(struct errand *e)
{
    e->taken = e->s->ops->trylock(e->s->m, e->s->other_node);
    if (e->taken)
        e->error = e->s->ops->unlock(e->s->m, e->s->other_node);
}

static inline void run_unlock(struct errand *e)
{
    e->error = e->s->ops->unlock(e->s->m, e->s->other_node);
}

static inline void run_look(struct errand *e)
{
    e->depth = e->s->ops->depth(e->s->m);
    e->error = (int)e->s->ops->release_all(e->s->m, e->s->other_node);
}

/* Another thread does it and ends. */
static inline struct errand elsewhere(struct subject *s, void (*run)(struct errand *))
{
    struct errand e = {.s = s, .run = run};
    errand_start(&e);
    pthread_join(e.thread, NULL);
    return e;
}

/* Is it free, as another thread finds it? */
static inline bool others_get(struct subject *s)
{
    struct errand e = elsewhere(s, run_trylock);
    CONTRACT(e.error == 0);
    return e.taken;
}

/* Tests of ownership and depth, and of static initialisers (rmutex_depth.c); ends with {NULL}. */
extern const struct contract_test rmutex_depth_tests[];

#endif
