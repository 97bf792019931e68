// SPDX-License-Identifier: MIT
/* mutex.c - the contract of contend/mutex.h, as far as one or two threads can show it for certain;
   what only many interleavings show is the stress tests' and the model's. */
#include "mutex_fixture.h"

#include <string.h>

enum {
    PAIRS = 70000, /* more than a counter of 16 bits holds */
    ROUNDS = 200,
    HELD_AT_ONCE = 3,
};

static const uint64_t LONG_NS = 5 * CT_NS_PER_S; /* far beyond any delay but being stuck */
static const uint64_t FAR_NS = CT_FOREVER - 1;   /* in centuries */

static void test_traits(const void *ops)
{
    const struct ct_mutex_ops *o = ops;
    CONTRACT(((o->impl.traits & CT_TIMED) != 0) == (o->timedlock != NULL));
    CONTRACT(((o->impl.traits & CT_ROBUST) != 0) == (o->lock_robust != NULL));
    CONTRACT(!o->lock_robust == !o->consistent);
    CONTRACT(o->init && o->lock && o->unlock);
}

static void test_pairs(const void *ops)
{
    struct fixture f = fixture_make(ops);
    errno = FIXTURE_ERRNO;
    for (int i = 0; i < PAIRS; i++) {
        f.ops->lock(f.m, f.node);
        f.ops->unlock(f.m, f.node);
    }
    CONTRACT(errno == FIXTURE_ERRNO);
    fixture_other_thread_pair(&f);
    fixture_lock(&f, f.node);
    fixture_unlock(&f, f.node);
    fixture_free(&f);
}

static void test_lock_excludes(const void *ops)
{
    struct fixture f = fixture_make(ops);
    for (int i = 0; i < 3; i++) { /* again: the nodes have been through a hand-over by then */
        struct holder h = {0};
        fixture_lock(&f, f.node);
        holder_start(&h, &f);
        sleep_ns(10 * MS);
        CONTRACT(sem_trywait(&h.has) != 0);
        fixture_unlock(&f, f.node);
        holder_await(&h);
        holder_finish(&h);
        fixture_lock(&f, f.node);
        fixture_unlock(&f, f.node);
        fixture_other_thread_pair(&f);
    }
    fixture_free(&f);
}

static void test_handover_shows_writes(const void *ops)
{
    struct fixture f = fixture_make(ops);
    uint64_t protected = 0;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct holder h = {.counter = &protected};
        fixture_lock(&f, f.node);
        holder_start(&h, &f);
        protected++;
        fixture_unlock(&f, f.node);
        sem_post(&h.let_go);
        fixture_lock(&f, f.node); /* before the other thread or behind it */
        protected++;
        fixture_unlock(&f, f.node);
        holder_await(&h);
        holder_finish(&h);
        CONTRACT(h.found > 3 * round && h.found < 3 * round + 3);
        CONTRACT(protected == 3 * round + 3);
    }
    fixture_free(&f);
}

static void test_again_in_same_memory(const void *ops)
{
    struct fixture f = fixture_make(ops);
    for (int i = 0; i < 3; i++) {
        fixture_lock(&f, f.node);
        fixture_unlock(&f, f.node);
        fixture_other_thread_pair(&f);
        fixture_destroy(&f);
        memset(f.m, i == 0 ? FIXTURE_FILL : i, f.ops->impl.size_bytes);
        fixture_init(&f);
    }
    fixture_lock(&f, f.node);
    fixture_unlock(&f, f.node);
    fixture_free(&f);
}

static void test_several_at_once(const void *ops)
{
    struct fixture f[HELD_AT_ONCE];
    for (int i = 0; i < HELD_AT_ONCE; i++)
        f[i] = fixture_make(ops);
    for (int i = 0; i < HELD_AT_ONCE; i++)
        fixture_lock(&f[i], f[i].node);
    for (int i = 0; i < HELD_AT_ONCE; i++) { /* each one left is free while the rest stay held */
        fixture_unlock(&f[i], f[i].node);
        fixture_other_thread_pair(&f[i]);
    }
    for (int i = 0; i < HELD_AT_ONCE; i++)
        fixture_lock(&f[i], f[i].node);
    for (int i = HELD_AT_ONCE - 1; i >= 0; i--) {
        fixture_unlock(&f[i], f[i].node);
        fixture_other_thread_pair(&f[i]);
    }
    for (int i = 0; i < HELD_AT_ONCE; i++)
        fixture_free(&f[i]);
}

static void test_trylock_free(const void *ops)
{
    struct fixture f = fixture_make(ops);
    CONTRACT(fixture_trylock(&f, f.node));
    fixture_unlock(&f, f.node);
    CONTRACT(fixture_other_thread_gets(&f));
    fixture_lock(&f, f.node);
    fixture_unlock(&f, f.node);
    CONTRACT(fixture_trylock(&f, f.node));
    fixture_unlock(&f, f.node);
    fixture_free(&f);
}

static void test_trylock_held_by_other(const void *ops)
{
    struct fixture f = fixture_make(ops);
    struct holder h = {0};
    holder_start(&h, &f);
    holder_await(&h);
    CONTRACT(!fixture_trylock(&f, f.node));
    CONTRACT(!fixture_trylock(&f, f.node));
    holder_finish(&h);
    CONTRACT(fixture_trylock(&f, f.node));
    fixture_unlock(&f, f.node);
    fixture_free(&f);
}

static void test_trylock_held_by_self(const void *ops)
{
    struct fixture f = fixture_make(ops);
    fixture_lock(&f, f.node);
    CONTRACT(!fixture_trylock(&f, f.other_node));
    CONTRACT(!fixture_other_thread_gets(&f));
    fixture_unlock(&f, f.node);
    CONTRACT(fixture_trylock(&f, f.node));
    CONTRACT(!fixture_trylock(&f, f.other_node));
    CONTRACT(!fixture_other_thread_gets(&f));
    fixture_unlock(&f, f.node);
    CONTRACT(fixture_other_thread_gets(&f));
    fixture_free(&f);
}

static void test_trylock_several_at_once(const void *ops)
{
    struct fixture a = fixture_make(ops), b = fixture_make(ops);
    CONTRACT(fixture_trylock(&a, a.node));
    CONTRACT(fixture_trylock(&b, b.node));
    fixture_unlock(&a, a.node);
    CONTRACT(fixture_other_thread_gets(&a));
    CONTRACT(!fixture_other_thread_gets(&b));
    fixture_unlock(&b, b.node);
    fixture_free(&a);
    fixture_free(&b);
}

static void test_timedlock_free(const void *ops)
{
    struct fixture f = fixture_make(ops);
    const uint64_t deadlines_ns[] = {
        0, 1, ct_now_ns(), ct_now_ns() + LONG_NS, CT_FOREVER - 1, CT_FOREVER};
    for (size_t i = 0; i < sizeof(deadlines_ns) / sizeof(deadlines_ns[0]); i++) {
        CONTRACT(fixture_timedlock(&f, f.node, deadlines_ns[i]) == 0);
        fixture_unlock(&f, f.node);
        fixture_other_thread_pair(&f);
    }
    fixture_free(&f);
}

static void test_timedlock_times_out(const void *ops)
{
    struct fixture f = fixture_make(ops);
    struct holder h = {0};
    holder_start(&h, &f);
    holder_await(&h);
    uint64_t begin_ns = ct_now_ns();
    CONTRACT(fixture_timedlock(&f, f.node, 0) == ETIMEDOUT);
    CONTRACT(fixture_timedlock(&f, f.node, begin_ns) == ETIMEDOUT);
    CONTRACT(ct_now_ns() < begin_ns + LONG_NS);
    uint64_t deadline_ns = ct_now_ns() + 20 * MS;
    CONTRACT(fixture_timedlock(&f, f.node, deadline_ns) == ETIMEDOUT);
    CONTRACT(ct_now_ns() >= deadline_ns);
    CONTRACT(ct_now_ns() < deadline_ns + LONG_NS);
    holder_finish(&h);
    /* those that gave up left nothing behind */
    CONTRACT(fixture_timedlock(&f, f.node, 0) == 0);
    fixture_unlock(&f, f.node);
    fixture_other_thread_pair(&f);
    fixture_free(&f);
}

/* The lesson of the two locks in one thread: only a deadline, or the kernel's own check of PI locks, gets it
   out again. */
static void test_timedlock_held_by_self(const void *ops)
{
    struct fixture f = fixture_make(ops);
    fixture_lock(&f, f.node);
    int error = fixture_timedlock(&f, f.other_node, ct_now_ns() + 5 * MS);
    CONTRACT(error == (f.ops->impl.traits & CT_PI ? EDEADLK : ETIMEDOUT));
    fixture_unlock(&f, f.node);
    CONTRACT(fixture_timedlock(&f, f.node, 0) == 0);
    fixture_unlock(&f, f.node);
    fixture_free(&f);
}

static void test_timedlock_waits(const void *ops)
{
    const uint64_t patience_ns[] = {2 * LONG_NS, FAR_NS, CT_FOREVER};
    for (size_t i = 0; i < sizeof(patience_ns) / sizeof(patience_ns[0]); i++) {
        struct fixture f = fixture_make(ops);
        struct holder h = {.delay_ns = 10 * MS};
        holder_start(&h, &f);
        holder_await(&h);
        uint64_t begin_ns = ct_now_ns();
        sem_post(&h.let_go);
        uint64_t deadline_ns =
            patience_ns[i] >= FAR_NS ? patience_ns[i] : begin_ns + patience_ns[i];
        CONTRACT(fixture_timedlock(&f, f.node, deadline_ns) == 0);
        CONTRACT(ct_now_ns() < begin_ns + LONG_NS);
        fixture_unlock(&f, f.node);
        holder_finish(&h);
        fixture_free(&f);
    }
}

static unsigned offers(const void *ops)
{
    const struct ct_mutex_ops *o = ops;
    return (o->destroy ? MUTEX_DESTROY : 0u) | (o->trylock ? MUTEX_TRYLOCK : 0u) |
           (o->timedlock ? MUTEX_TIMEDLOCK : 0u) |
           (o->impl.traits & CT_PSHARED ? MUTEX_PSHARED : 0u) |
           (o->lock_robust ? MUTEX_ROBUST : 0u);
}

static const struct contract_operation operations[] = {
    {MUTEX_TRYLOCK, "trylock"},
    {MUTEX_TIMEDLOCK, "timedlock"},
    {MUTEX_ROBUST, "lock_robust consistent"},
    {MUTEX_PSHARED, "sharing between processes"},
    {MUTEX_DESTROY, "destroy"},
    {0, NULL},
};

static bool leaves_early(struct fixture *f, bool early)
{
    CT_MUTEX_SCOPE held = ct_mutex_scope_enter(f->ops, f->m, f->node);
    CONTRACT(held.m == f->m);
    if (early)
        return true;
    for (;;) {
        CONTRACT(!fixture_other_thread_gets(f));
        break;
    }
    return false;
}

static void test_scope(const void *ops)
{
    struct fixture f = fixture_make(ops);
    for (int i = 0; i < 4; i++) {
        CONTRACT(leaves_early(&f, i % 2) == (i % 2 != 0));
        fixture_lock(&f, f.node); /* would hang, had the block been left with the mutex */
        fixture_unlock(&f, f.node);
    }
    fixture_free(&f);
}

static const struct contract_test tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_traits},
    {"lock and unlock pair up, in one thread and the next", 0, NULL, test_pairs},
    {"lock waits while another thread holds", 0, NULL, test_lock_excludes},
    {"an owner sees what the one before wrote", 0, NULL, test_handover_shows_writes},
    {"destroy and init again in the same memory", 0, NULL, test_again_in_same_memory},
    {"several are held at once, each with its node", 0, NULL, test_several_at_once},
    {"a scope leaves it free, also by an early return", MUTEX_TRYLOCK, NULL, test_scope},
    {"trylock takes a free mutex", MUTEX_TRYLOCK, NULL, test_trylock_free},
    {"trylock fails while another thread holds", MUTEX_TRYLOCK, NULL, test_trylock_held_by_other},
    {"trylock fails while the caller holds, and changes nothing", MUTEX_TRYLOCK, NULL,
     test_trylock_held_by_self},
    {"trylock takes several at once", MUTEX_TRYLOCK, NULL, test_trylock_several_at_once},
    {"timedlock takes a free mutex whatever the deadline", MUTEX_TIMEDLOCK, NULL,
     test_timedlock_free},
    {"timedlock gives up at its deadline, not before", MUTEX_TIMEDLOCK, NULL,
     test_timedlock_times_out},
    {"timedlock gives up while the caller itself holds", MUTEX_TIMEDLOCK, NULL,
     test_timedlock_held_by_self},
    {"processes exclude each other and wake each other", MUTEX_PSHARED, NULL, test_shared_excludes},
    {"the next owner is told that the one before was killed", MUTEX_ROBUST | MUTEX_PSHARED, NULL,
     test_shared_owner_dies},
    {"what nobody mended is not locked again", MUTEX_ROBUST | MUTEX_PSHARED, NULL,
     test_shared_not_mended},
    {"who cannot be told that the owner died does not go on", MUTEX_ROBUST | MUTEX_PSHARED, NULL,
     test_shared_cannot_tell},
    {"timedlock acquires what is released in time", MUTEX_TIMEDLOCK, NULL, test_timedlock_waits},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_mutex = {
    .kind = "mutex",
    .required = "init lock unlock",
    .operations = operations,
    .offers = offers,
    .tests = tests,
    .special_tests = mutex_special_tests,
};
