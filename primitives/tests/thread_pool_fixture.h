// SPDX-License-Identifier: MIT
/* thread_pool_fixture.h - what tests of thread pools are made with: a pool in memory that was not zero. */
#ifndef CONTRACT_THREAD_POOL_FIXTURE_H
#define CONTRACT_THREAD_POOL_FIXTURE_H

#include "contract.h"

#include <contend/task.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { POOL_WORK = 1, POOL_HELP = 2, POOL_DESTROY = 4, POOL_FILL = 0xa5 };

struct pool {
    const struct ct_thread_pool_ops *ops;
    void *p;
};

static inline struct pool pool_alloc(const void *ops)
{
    struct pool pool = {.ops = ops};
    size_t align =
        pool.ops->impl.align_bytes < CT_APART_BYTES ? CT_APART_BYTES : pool.ops->impl.align_bytes;
    size_t bytes = (pool.ops->impl.size_bytes + align - 1) / align * align;
    pool.p = aligned_alloc(align, bytes);
    if (!pool.p)
        ct_panic("aligned_alloc", ENOMEM);
    memset(pool.p, POOL_FILL, bytes);
    return pool;
}

static inline struct pool pool_make(const void *ops, unsigned workers)
{
    struct pool pool = pool_alloc(ops);
    CONTRACT(pool.ops->init(pool.p, workers, NULL) == 0);
    return pool;
}

static inline struct ct_thread_pool_rest pool_unmake(struct pool *pool, enum ct_thread_pool_how how)
{
    struct ct_thread_pool_rest rest = pool->ops->shutdown(pool->p, how);
    if (pool->ops->destroy)
        pool->ops->destroy(pool->p);
    free(pool->p);
    return rest;
}

/* Tasks that use their own pool, and how many may serve one (thread_pool_tasks.c); ends with {NULL}. */
extern const struct contract_test thread_pool_task_tests[];

#endif
