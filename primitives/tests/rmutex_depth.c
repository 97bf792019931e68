// SPDX-License-Identifier: MIT
/* rmutex_depth.c - who owns a recursive mutex and how deep, and what single implementations promise. */
#include "rmutex_fixture.h"

#include <contend/rmutex/futex.h>
#include <contend/rmutex/pthread.h>

static void test_owner_and_depth(const void *ops)
{
    struct subject s = subject_make(ops);
    CONTRACT(s.ops->owner(s.m) == 0);
    CONTRACT(s.ops->depth(s.m) == 0);
    for (uint32_t depth = 1; depth <= 3; depth++) {
        CONTRACT(lock(&s) == 0);
        CONTRACT(s.ops->owner(s.m) == ct_thread_id());
        CONTRACT(s.ops->depth(s.m) == depth);
    }
    CONTRACT(elsewhere(&s, run_look).depth == 0);
    for (uint32_t depth = 3; depth > 0; depth--) {
        CONTRACT(s.ops->depth(s.m) == depth);
        CONTRACT(unlock(&s) == 0);
    }
    CONTRACT(s.ops->owner(s.m) == 0);
    struct errand e = {.s = &s, .run = run_hold};
    errand_start(&e);
    errand_await(&e);
    CONTRACT(s.ops->owner(s.m) != 0 && s.ops->owner(s.m) != ct_thread_id());
    CONTRACT(s.ops->depth(s.m) == 0);
    errand_finish(&e);
    subject_free(&s);
}

static void test_release_all(const void *ops)
{
    struct subject s = subject_make(ops);
    CONTRACT(s.ops->release_all(s.m, s.node) == 0);
    for (uint32_t depth = 1; depth <= 3; depth++) {
        for (uint32_t i = 0; i < depth; i++)
            CONTRACT(lock(&s) == 0);
        CONTRACT(elsewhere(&s, run_look).error == 0); /* not a stranger's to release */
        CONTRACT(s.ops->release_all(s.m, s.node) == depth);
        CONTRACT(unlock(&s) == EPERM);
        CONTRACT(others_get(&s));
        s.ops->restore(s.m, s.node, depth);
        CONTRACT(s.ops->depth(s.m) == depth);
        for (uint32_t i = 0; i < depth; i++) {
            CONTRACT(!others_get(&s));
            CONTRACT(unlock(&s) == 0);
        }
        CONTRACT(others_get(&s));
    }
    subject_free(&s);
}

static void test_deepest(const void *ops)
{
    struct subject s = subject_make(ops);
    s.ops->restore(s.m, s.node, CT_RMUTEX_DEPTH_MAX - 1);
    CONTRACT(lock(&s) == 0);
    CONTRACT(lock(&s) == EAGAIN);
    CONTRACT(!s.ops->trylock || !s.ops->trylock(s.m, s.node));
    CONTRACT(!s.ops->timedlock || s.ops->timedlock(s.m, s.node, CT_FOREVER) == EAGAIN);
    CONTRACT(s.ops->depth(s.m) == CT_RMUTEX_DEPTH_MAX);
    CONTRACT(unlock(&s) == 0);
    CONTRACT(lock(&s) == 0);
    CONTRACT(s.ops->release_all(s.m, s.node) == CT_RMUTEX_DEPTH_MAX);
    CONTRACT(s.ops->owner(s.m) == 0);
    subject_free(&s);
}

static void test_static(const void *ops, void *initialised)
{
    struct subject s = subject_make(ops), i = s;
    i.m = initialised;
    CONTRACT(lock(&i) == 0);
    CONTRACT(lock(&i) == 0);
    CONTRACT(!others_get(&i));
    CONTRACT(unlock(&i) == 0);
    CONTRACT(unlock(&i) == 0);
    CONTRACT(unlock(&i) == EPERM);
    CONTRACT(others_get(&i));
    subject_free(&s);
}

static void test_static_futex(const void *ops)
{
    static struct ct_rmutex_futex initialised = CT_RMUTEX_FUTEX_INIT;
    test_static(ops, &initialised);
}

static void test_static_pthread(const void *ops)
{
    static struct ct_rmutex_pthread initialised = CT_RMUTEX_PTHREAD_INIT;
    test_static(ops, &initialised);
}

const struct contract_test rmutex_depth_tests[] = {
    {"owner and depth are told", DEPTH, NULL, test_owner_and_depth},
    {"release_all lets others in, restore takes all back", DEPTH | TRYLOCK, NULL, test_release_all},
    {"the deepest lock is the last", DEPTH, NULL, test_deepest},
    {"the static initialiser is as good as init", TRYLOCK, "futex", test_static_futex},
    {"the static initialiser is as good as init", TRYLOCK, "pthread", test_static_pthread},
    {NULL, 0, NULL, NULL},
};
