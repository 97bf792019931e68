// SPDX-License-Identifier: MIT
/* condition_rmutex.c - conditions with recursive mutexes: a wait gives up all levels and takes them again. */
#include "condition_fixture.h"

#include <contend/rmutex_held.h>

#include <stdlib.h>
#include <string.h>

enum { DEPTH = 3 };

static const uint64_t MS_NS = 1000000;

/* Defined where the program is built with ThreadSanitizer. */
extern void __tsan_init(void) __attribute__((weak));

/* A condition and a recursive mutex, with the nodes of two threads, and what a waiter saw. */
struct nest {
    const struct ct_condition_ops *ops;
    const struct ct_rmutex_ops *rmutex;
    void *c, *m, *node[2];
    struct ct_u32 waits, returned;
    bool go;       /* under the mutex */
    int timed_out; /* what a wait without a signal returned */
    uint32_t depth_after_timeout, depth_after_wait;
    bool own;               /* it was the owner after both */
    int unlocks[DEPTH + 1]; /* what as many unlocks returned, and one more */
};

static void *allocate(size_t bytes)
{
    size_t whole = (bytes + CT_APART_BYTES) / CT_APART_BYTES * CT_APART_BYTES;
    void *p = aligned_alloc(CT_APART_BYTES, whole);
    if (!p)
        ct_panic("aligned_alloc", ENOMEM);
    return memset(p, 0, whole);
}

static void *wait_deep(void *argument)
{
    struct nest *n = argument;
    struct ct_rmutex_held whole = {n->rmutex, n->m, n->node[1], 0};
    const struct ct_held held = {&ct_rmutex_held_ops, &whole, NULL};
    for (int i = 0; i < DEPTH; i++)
        n->rmutex->lock(n->m, n->node[1]);
    n->timed_out = n->ops->timedwait(n->c, &held, 1);
    n->depth_after_timeout = n->rmutex->depth(n->m);
    n->own = n->rmutex->owner(n->m) == ct_thread_id();
    ct_u32_store_release(&n->waits, 1);
    while (!n->go)
        n->ops->wait(n->c, &held);
    ct_u32_store_release(&n->returned, 1);
    n->depth_after_wait = n->rmutex->depth(n->m);
    n->own &= n->rmutex->owner(n->m) == ct_thread_id();
    for (int i = 0; i < (n->rmutex->trusts ? DEPTH : DEPTH + 1); i++)
        n->unlocks[i] = n->rmutex->unlock(n->m, n->node[1]);
    return NULL;
}

static void nap(void)
{
    struct timespec t;
    nanosleep(ct_timespec(&t, 2 * MS_NS), NULL);
}

static void use_with(const struct ct_condition_ops *ops, const struct ct_rmutex_ops *rmutex)
{
    struct nest n = {.ops = ops, .rmutex = rmutex};
    pthread_t thread;
    n.c = allocate(ops->impl.size_bytes);
    n.m = allocate(rmutex->impl.size_bytes);
    for (int i = 0; i < 2; i++)
        n.node[i] = allocate(rmutex->impl.node_bytes);
    ops->init(n.c);
    rmutex->init(n.m);
    if (pthread_create(&thread, NULL, wait_deep, &n) != 0)
        ct_panic("pthread_create", EAGAIN);
    while (ct_u32_load_acquire(&n.waits) == 0)
        nap();
    CONTRACT(rmutex->lock(n.m, n.node[0]) == 0); /* for ever, were a level still held */
    CONTRACT(rmutex->lock(n.m, n.node[0]) == 0);
    n.go = true;
    ops->broadcast(n.c);
    CONTRACT(rmutex->unlock(n.m, n.node[0]) == 0);
    nap();
    CONTRACT(ct_u32_load_acquire(&n.returned) == 0); /* one level of ours is left */
    CONTRACT(rmutex->depth(n.m) == 1);
    CONTRACT(rmutex->unlock(n.m, n.node[0]) == 0);
    pthread_join(thread, NULL);
    CONTRACT(n.timed_out == ETIMEDOUT || !ops->exact);
    CONTRACT(n.depth_after_timeout == DEPTH && n.depth_after_wait == DEPTH);
    CONTRACT(n.own);
    for (int i = 0; i < DEPTH; i++)
        CONTRACT(n.unlocks[i] == 0);
    CONTRACT(rmutex->trusts || n.unlocks[DEPTH] == EPERM);
    CONTRACT(rmutex->owner(n.m) == 0);
    if (ops->destroy)
        ops->destroy(n.c);
    if (rmutex->destroy)
        rmutex->destroy(n.m);
    free(n.c);
    free(n.m);
    free(n.node[0]);
    free(n.node[1]);
}

void condition_test_rmutex(const void *table)
{
    unsigned used = 0;
    for (const struct ct_impl *const *i = ct_impls; *i; i++) {
        const struct ct_rmutex_ops *rmutex = (const struct ct_rmutex_ops *)(const void *)*i;
        if (strcmp((*i)->kind, "rmutex") != 0 || (__tsan_init && ((*i)->traits & CT_OPAQUE)) ||
            !rmutex->release_all)
            continue;
        use_with(table, rmutex);
        used++;
    }
    CONTRACT(used > 1);
}
