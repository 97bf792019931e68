// SPDX-License-Identifier: MIT
/* ordered.c - the contract of contend/ordered.h, as far as one or two threads can show it for certain;
   what only many interleavings show is the stress tests' and the model's. */
#include "contract.h"

#include <contend/ordered.h>
#include <contend/wait.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEDACQUIRE = 1, DESTROY = 2, NESTS = 4 };

enum {
    LOCKS = CT_ORDERED_HELD_MAX + 1, /* one more than a thread may hold */
    FILL = 0xa5,
    ERRNO = 4242, /* must still be there after every operation */
};

#define MS UINT64_C(1000000)
static const uint64_t LONG_NS = 5 * CT_NS_PER_S; /* far beyond any delay but being stuck */

/* Locks, ascending by address, and what the main thread holds of them. */
struct table {
    const struct ct_ordered_ops *ops;
    char *memory;
    void *lock[LOCKS];
    struct ct_ordered_thread thread;
    struct ct_ordered_conflict conflict;
};

static void table_make(struct table *t, const void *ops)
{
    *t = (struct table){.ops = ops};
    size_t stride =
        (t->ops->impl.size_bytes + CT_APART_BYTES - 1) / CT_APART_BYTES * CT_APART_BYTES;
    t->memory = aligned_alloc(CT_APART_BYTES, LOCKS * stride);
    if (!t->memory)
        ct_panic("aligned_alloc", ENOMEM);
    memset(t->memory, FILL, LOCKS * stride);
    errno = ERRNO;
    for (unsigned i = 0; i < LOCKS; i++) {
        t->lock[i] = t->memory + i * stride;
        t->ops->init(t->lock[i]);
    }
}

/* Every operation of a test lies between the two. */
static void table_free(struct table *t)
{
    CONTRACT(t->thread.count == 0);
    for (unsigned i = 0; i < LOCKS && t->ops->destroy; i++)
        t->ops->destroy(t->lock[i]);
    CONTRACT(errno == ERRNO);
    free(t->memory);
}

static int acquire(struct table *t, void *const *locks, unsigned count)
{
    return t->ops->acquire(&t->thread, locks, count, &t->conflict);
}

static int release(struct table *t, void *const *locks, unsigned count)
{
    return t->ops->release(&t->thread, locks, count);
}

/* A second thread that takes one lock, stays for a while, and goes. */
struct holder {
    struct table *t;
    void *lock;
    pthread_t thread;
    struct ct_u32 has, leave;
    int error;
};

static void *holder_run(void *argument)
{
    struct holder *h = argument;
    struct ct_ordered_thread thread = {0};
    h->error = h->t->ops->acquire(&thread, &h->lock, 1, NULL);
    ct_u32_store_release(&h->has, 1);
    ct_wake(&h->has, 1);
    while (ct_u32_load_acquire(&h->leave) == 0)
        ct_wait(&h->leave, 0, CT_FOREVER);
    h->error |= h->t->ops->release(&thread, &h->lock, 1);
    return NULL;
}

static void holder_start(struct holder *h, struct table *t, void *lock)
{
    *h = (struct holder){.t = t, .lock = lock};
    if (pthread_create(&h->thread, NULL, holder_run, h) != 0)
        ct_panic("pthread_create", EAGAIN);
}

/* Does it get the lock within this time? */
static bool holder_has(struct holder *h, uint64_t patience_ns)
{
    uint64_t deadline_ns = ct_now_ns() + patience_ns;
    while (ct_u32_load_acquire(&h->has) == 0) {
        if (ct_wait(&h->has, 0, deadline_ns) == ETIMEDOUT)
            break;
    }
    return ct_u32_load_acquire(&h->has) != 0;
}

static void holder_finish(struct holder *h)
{
    ct_u32_store_release(&h->leave, 1);
    ct_wake(&h->leave, 1);
    pthread_join(h->thread, NULL);
    CONTRACT(h->error == 0);
}

/* Are all locks but those of the main thread there for another one, and those not? */
static void check_held(struct table *t, unsigned held)
{
    for (unsigned i = 0; i < 4; i++) {
        struct holder h;
        bool is_held = held >> i & 1;
        holder_start(&h, t, t->lock[i]);
        CONTRACT(holder_has(&h, is_held ? MS : LONG_NS) == !is_held);
        if (is_held)
            CONTRACT(release(t, &t->lock[i], 1) == 0);
        CONTRACT(holder_has(&h, LONG_NS));
        holder_finish(&h);
    }
}

static void test_traits(const void *table)
{
    const struct ct_ordered_ops *o = table;
    CONTRACT(((o->impl.traits & CT_TIMED) != 0) == (o->timedacquire != NULL));
    CONTRACT(o->init && o->acquire && o->release);
    CONTRACT(o->impl.node_bytes == sizeof(struct ct_ordered_thread));
}

static void test_all_listed(const void *ops)
{
    struct table t;
    table_make(&t, ops);
    void *any_order[] = {t.lock[2], t.lock[0], t.lock[3]};
    CONTRACT(acquire(&t, any_order, 3) == 0);
    CONTRACT(t.thread.count == 3);
    check_held(&t, 1 << 2 | 1 << 0 | 1 << 3);
    CONTRACT(t.thread.count == 0);
    for (unsigned count = 0; count <= CT_ORDERED_HELD_MAX; count++) {
        CONTRACT(acquire(&t, t.lock, count) == 0);
        CONTRACT(t.thread.count == count);
        CONTRACT(release(&t, t.lock, count) == 0);
    }
    table_free(&t);
}

static void test_waits(const void *ops)
{
    struct table t;
    struct holder h, late;
    table_make(&t, ops);
    CONTRACT(acquire(&t, t.lock, 3) == 0);
    holder_start(&h, &t, t.lock[1]);
    CONTRACT(!holder_has(&h, 10 * MS));
    void *parts[] = {t.lock[1], t.lock[0]};
    CONTRACT(release(&t, parts, 2) == 0); /* grouped otherwise than acquired */
    CONTRACT(holder_has(&h, LONG_NS));
    holder_start(&late, &t, t.lock[2]);
    CONTRACT(!holder_has(&late, 10 * MS));
    CONTRACT(release(&t, &t.lock[2], 1) == 0);
    CONTRACT(holder_has(&late, LONG_NS));
    holder_finish(&h);
    holder_finish(&late);
    table_free(&t);
}

static void test_arguments(const void *ops)
{
    struct table t;
    table_make(&t, ops);
    void *twice[] = {t.lock[1], t.lock[0], t.lock[1]};
    CONTRACT(acquire(&t, twice, 3) == EINVAL);
    CONTRACT(acquire(&t, t.lock, CT_ORDERED_HELD_MAX + 1) == EAGAIN);
    CONTRACT(t.thread.count == 0);
    CONTRACT(release(&t, t.lock, 1) == EPERM);
    check_held(&t, 0);
    CONTRACT(acquire(&t, t.lock, 2) == 0);
    CONTRACT(release(&t, t.lock, 3) == EPERM); /* one of them is not held: none is released */
    CONTRACT(release(&t, twice, 3) == EINVAL);
    CONTRACT(t.thread.count == 2);
    check_held(&t, 1 << 0 | 1 << 1);
    table_free(&t);
}

static void test_violation(const void *ops)
{
    struct table t;
    table_make(&t, ops);
    void *wanted[] = {t.lock[3], t.lock[0]};
    CONTRACT(acquire(&t, &t.lock[1], 1) == 0);
    for (int i = 0; i < 2; i++) {
        t.conflict = (struct ct_ordered_conflict){NULL, NULL};
        CONTRACT(acquire(&t, wanted, 2) == EDEADLK);
        CONTRACT(t.conflict.held == t.lock[1]);
        CONTRACT(t.conflict.wanted == t.lock[0] || t.conflict.wanted == t.lock[3]);
        CONTRACT(t.thread.count == 1);
    }
    CONTRACT(acquire(&t, &t.lock[1], 1) == EDEADLK); /* what it holds already */
    CONTRACT(t.conflict.held == t.lock[1] && t.conflict.wanted == t.lock[1]);
    CONTRACT(t.ops->acquire(&t.thread, t.lock, 1, NULL) == EDEADLK);
    CONTRACT(acquire(&t, NULL, 0) == 0);
    check_held(&t, 1 << 1);
    CONTRACT(acquire(&t, t.lock, 2) == 0);
    CONTRACT(release(&t, t.lock, 2) == 0);
    table_free(&t);
}

static void test_nests(const void *ops)
{
    struct table t;
    table_make(&t, ops);
    CONTRACT(acquire(&t, &t.lock[1], 1) == 0);
    void *later[] = {t.lock[4], t.lock[2]};
    CONTRACT(acquire(&t, later, 2) == 0);
    CONTRACT(acquire(&t, &t.lock[5], 1) == 0);
    CONTRACT(acquire(&t, &t.lock[3], 1) == EDEADLK);
    CONTRACT(t.conflict.held == t.lock[5] && t.conflict.wanted == t.lock[3]);
    CONTRACT(t.thread.count == 4);
    /* what was released does not count any more */
    CONTRACT(release(&t, &t.lock[4], 2) == 0);
    CONTRACT(acquire(&t, &t.lock[3], 1) == 0);
    CONTRACT(acquire(&t, &t.lock[4], LOCKS - 4) == 0);
    CONTRACT(acquire(&t, t.lock, 1) == EAGAIN);
    CONTRACT(release(&t, &t.lock[1], LOCKS - 1) == 0);
    check_held(&t, 0);
    table_free(&t);
}

static void test_timed(const void *ops)
{
    struct table t;
    struct holder h;
    table_make(&t, ops);
    const uint64_t deadlines_ns[] = {
        0, 1, ct_now_ns(), ct_now_ns() + LONG_NS, CT_FOREVER - 1, CT_FOREVER};
    for (size_t i = 0; i < sizeof deadlines_ns / sizeof *deadlines_ns; i++) {
        CONTRACT(t.ops->timedacquire(&t.thread, t.lock, 3, deadlines_ns[i], NULL) == 0);
        CONTRACT(release(&t, t.lock, 3) == 0);
    }
    CONTRACT(t.ops->timedacquire(&t.thread, NULL, 0, 0, NULL) == 0);
    for (unsigned busy = 0; busy < 3; busy++) {
        holder_start(&h, &t, t.lock[busy]);
        CONTRACT(holder_has(&h, LONG_NS));
        CONTRACT(t.ops->timedacquire(&t.thread, t.lock, 3, 0, NULL) == ETIMEDOUT);
        uint64_t deadline_ns = ct_now_ns() + 10 * MS;
        CONTRACT(t.ops->timedacquire(&t.thread, t.lock, 3, deadline_ns, NULL) == ETIMEDOUT);
        CONTRACT(ct_now_ns() >= deadline_ns);
        CONTRACT(ct_now_ns() < deadline_ns + LONG_NS);
        CONTRACT(t.thread.count == 0);
        holder_finish(&h);
        check_held(&t, 0);
    }
    CONTRACT(acquire(&t, &t.lock[1], 1) == 0);
    CONTRACT(t.ops->timedacquire(&t.thread, t.lock, 1, 0, &t.conflict) == EDEADLK);
    CONTRACT(t.conflict.held == t.lock[1] && t.conflict.wanted == t.lock[0]);
    CONTRACT(release(&t, &t.lock[1], 1) == 0);
    table_free(&t);
}

static unsigned offers(const void *table)
{
    const struct ct_ordered_ops *o = table;
    return (o->timedacquire ? TIMEDACQUIRE : 0u) | (o->destroy ? DESTROY : 0u) |
           (o->nests ? NESTS : 0u);
}

static const struct contract_operation operations[] = {
    {TIMEDACQUIRE, "timedacquire"},
    {NESTS, "nesting"},
    {DESTROY, "destroy"},
    {0, NULL},
};

static const struct contract_test tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_traits},
    {"all listed are held, in whatever order, none to as many as may be", 0, NULL, test_all_listed},
    {"each lock has one holder, and is free once released, in any grouping", 0, NULL, test_waits},
    {"one listed twice, too many, and others' locks are errors, which change nothing", 0, NULL,
     test_arguments},
    {"a violation of the order names both locks, and nothing more is held", 0, NULL,
     test_violation},
    {"what comes later may be acquired as well", NESTS, NULL, test_nests},
    {"timedacquire takes what is free, or gives up in time and holds nothing", TIMEDACQUIRE, NULL,
     test_timed},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_ordered = {
    .kind = "ordered",
    .required = "init acquire release",
    .operations = operations,
    .offers = offers,
    .tests = tests,
};
