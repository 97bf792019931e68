// SPDX-License-Identifier: MIT
/* rmutex.c - the contract of contend/rmutex.h, as far as one or two threads can show it for certain; what
   only many interleavings show is the stress tests' and the model's. */
#include "rmutex_fixture.h"

enum {
    PAIRS = 70000, /* more than a counter of 16 bits holds */
    DEEP = 300,    /* more than one of 8 bits holds */
};

static void test_traits(const void *table)
{
    const struct ct_rmutex_ops *o = table;
    CONTRACT(((o->impl.traits & CT_TIMED) != 0) == (o->timedlock != NULL));
    CONTRACT(o->init && o->lock && o->unlock);
    CONTRACT(!o->owner == !o->depth && !o->owner == !o->release_all && !o->owner == !o->restore);
}

static void test_pairs(const void *ops)
{
    struct subject s = subject_make(ops);
    int errors = 0;
    for (int i = 0; i < PAIRS; i++)
        errors |= lock(&s) | unlock(&s);
    CONTRACT(errors == 0);
    struct errand e = {.s = &s, .run = run_hold};
    errand_start(&e);
    errand_finish(&e);
    CONTRACT(e.error == 0);
    CONTRACT(lock(&s) == 0);
    CONTRACT(unlock(&s) == 0);
    subject_free(&s);
}

/* The lesson of the two locks in one thread: a plain mutex would wait here for ever. */
static void test_locks_again(const void *ops)
{
    struct subject s = subject_make(ops);
    for (int round = 0; round < 3; round++) {
        int errors = 0;
        for (int i = 0; i < DEEP; i++)
            errors |= lock(&s);
        for (int i = 0; i < DEEP; i++)
            errors |= unlock(&s);
        CONTRACT(errors == 0);
        CONTRACT(s.ops->trusts || unlock(&s) == EPERM);
    }
    subject_free(&s);
}

static void test_free_at_depth_0(const void *ops)
{
    struct subject s = subject_make(ops);
    for (int depth = 1; depth <= 4; depth++) {
        for (int i = 0; i < depth; i++)
            CONTRACT(lock(&s) == 0);
        for (int i = depth; i > 0; i--) {
            CONTRACT(!others_get(&s));
            CONTRACT(unlock(&s) == 0);
        }
        CONTRACT(others_get(&s));
    }
    /* up and down again without getting to 0 */
    CONTRACT(lock(&s) == 0);
    for (int i = 0; i < 3; i++) {
        CONTRACT(lock(&s) == 0);
        CONTRACT(unlock(&s) == 0);
        CONTRACT(!others_get(&s));
    }
    CONTRACT(unlock(&s) == 0);
    CONTRACT(others_get(&s));
    subject_free(&s);
}

static void test_lock_excludes(const void *ops)
{
    struct subject s = subject_make(ops);
    for (int i = 0; i < 3; i++) { /* again: the nodes have been through a hand-over by then */
        struct errand e = {.s = &s, .run = run_hold};
        CONTRACT(lock(&s) == 0);
        CONTRACT(lock(&s) == 0);
        errand_start(&e);
        ct_wait(&e.arrived, 0, ct_now_ns() + 5 * MS);
        CONTRACT(unlock(&s) == 0);
        ct_wait(&e.arrived, 0, ct_now_ns() + 5 * MS);
        CONTRACT(ct_u32_load_relaxed(&e.arrived) == 0);
        CONTRACT(unlock(&s) == 0);
        errand_await(&e);
        CONTRACT(!s.ops->trylock || !s.ops->trylock(s.m, s.node));
        errand_finish(&e);
        CONTRACT(e.error == 0);
    }
    subject_free(&s);
}

static void test_strangers(const void *ops)
{
    struct subject s = subject_make(ops);
    CONTRACT(unlock(&s) == EPERM);
    CONTRACT(others_get(&s));
    CONTRACT(unlock(&s) == EPERM);
    CONTRACT(lock(&s) == 0);
    CONTRACT(lock(&s) == 0);
    for (int depth = 2; depth > 0; depth--) {
        CONTRACT(elsewhere(&s, run_unlock).error == EPERM);
        CONTRACT(!others_get(&s));
        CONTRACT(unlock(&s) == 0);
    }
    struct errand e = {.s = &s, .run = run_hold};
    errand_start(&e);
    errand_await(&e);
    CONTRACT(unlock(&s) == EPERM);
    errand_finish(&e);
    CONTRACT(e.error == 0);
    CONTRACT(others_get(&s));
    subject_free(&s);
}

static void test_again_in_same_memory(const void *ops)
{
    struct subject s = subject_make(ops);
    for (int i = 0; i < 3; i++) {
        CONTRACT(lock(&s) == 0);
        CONTRACT(lock(&s) == 0);
        CONTRACT(unlock(&s) == 0);
        CONTRACT(unlock(&s) == 0);
        if (s.ops->destroy)
            s.ops->destroy(s.m);
        memset(s.m, i == 0 ? FILL : i, s.ops->impl.size_bytes);
        subject_init(&s);
    }
    subject_free(&s);
}

static void test_trylock(const void *ops)
{
    struct subject s = subject_make(ops);
    CONTRACT(s.ops->trylock(s.m, s.node));
    CONTRACT(s.ops->trylock(s.m, s.node));
    CONTRACT(lock(&s) == 0);
    for (int depth = 3; depth > 0; depth--) {
        CONTRACT(!others_get(&s));
        CONTRACT(unlock(&s) == 0);
    }
    CONTRACT(others_get(&s));
    struct errand e = {.s = &s, .run = run_hold};
    errand_start(&e);
    errand_await(&e);
    CONTRACT(!s.ops->trylock(s.m, s.node));
    CONTRACT(!s.ops->trylock(s.m, s.node));
    errand_finish(&e);
    CONTRACT(s.ops->trylock(s.m, s.node));
    CONTRACT(unlock(&s) == 0);
    subject_free(&s);
}

static void test_timedlock(const void *ops)
{
    struct subject s = subject_make(ops);
    const uint64_t deadlines_ns[] = {
        0, 1, ct_now_ns(), ct_now_ns() + LONG_NS, CT_FOREVER - 1, CT_FOREVER};
    enum { DEADLINES = sizeof deadlines_ns / sizeof *deadlines_ns };
    for (int i = 0; i < DEADLINES; i++) /* the first is free, the others are the caller's */
        CONTRACT(s.ops->timedlock(s.m, s.node, deadlines_ns[i]) == 0);
    for (int i = 0; i < DEADLINES; i++)
        CONTRACT(unlock(&s) == 0);
    CONTRACT(unlock(&s) == EPERM);

    struct errand e = {.s = &s, .run = run_hold};
    errand_start(&e);
    errand_await(&e);
    CONTRACT(s.ops->timedlock(s.m, s.node, 0) == ETIMEDOUT);
    uint64_t deadline_ns = ct_now_ns() + 20 * MS;
    CONTRACT(s.ops->timedlock(s.m, s.node, deadline_ns) == ETIMEDOUT);
    CONTRACT(ct_now_ns() >= deadline_ns);
    CONTRACT(ct_now_ns() < deadline_ns + LONG_NS);
    CONTRACT(unlock(&s) == EPERM); /* who timed out is no owner */
    errand_finish(&e);
    CONTRACT(s.ops->timedlock(s.m, s.node, 0) == 0);
    CONTRACT(unlock(&s) == 0);
    subject_free(&s);
}

static unsigned offers(const void *table)
{
    const struct ct_rmutex_ops *o = table;
    return (o->trylock ? TRYLOCK : 0u) | (o->timedlock ? TIMEDLOCK : 0u) |
           (o->destroy ? DESTROY : 0u) | (o->release_all ? DEPTH : 0u) |
           (o->trusts ? 0u : DISTRUST);
}

static const struct contract_operation operations[] = {
    {TRYLOCK, "trylock"},
    {TIMEDLOCK, "timedlock"},
    {DEPTH, "owner depth release_all restore"},
    {DISTRUST, "errors of strangers"},
    {DESTROY, "destroy"},
    {0, NULL},
};

static const struct contract_test tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_traits},
    {"lock and unlock pair up, in one thread and the next", 0, NULL, test_pairs},
    {"the owner locks again, and is no owner after as many unlocks", 0, NULL, test_locks_again},
    {"free at depth 0 and not before", TRYLOCK, NULL, test_free_at_depth_0},
    {"lock waits while another thread is the owner, however deep", 0, NULL, test_lock_excludes},
    {"a stranger's unlock is an error and changes nothing", TRYLOCK | DISTRUST, NULL,
     test_strangers},
    {"destroy and init again in the same memory", 0, NULL, test_again_in_same_memory},
    {"trylock takes what is free or the caller's, and nothing else", TRYLOCK, NULL, test_trylock},
    {"timedlock takes what is free or the caller's, or gives up in time", TIMEDLOCK, NULL,
     test_timedlock},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_rmutex = {
    .kind = "rmutex",
    .required = "init lock unlock",
    .operations = operations,
    .offers = offers,
    .tests = tests,
    .special_tests = rmutex_depth_tests,
};
