// SPDX-License-Identifier: MIT
/* rwlock.c - the contract of contend/rwlock.h, as far as a few threads can show it for certain; what
   only many interleavings show is the stress tests' and the model's. */
#include "rwlock_fixture.h"

#include <signal.h>
#include <string.h>

enum {
    PAIRS = 70000, /* more than a counter of 16 bits holds */
    ROUNDS = 200,
    FEW = 5,
    NODES = 4,
};

static const uint64_t LONG_NS = 5 * CT_NS_PER_S; /* far beyond any delay but being stuck */
static void test_traits(const void *ops)
{
    const struct ct_rwlock_ops *o = ops;
    CONTRACT(o->init && o->rdlock && o->rdunlock && o->wrlock && o->wrunlock);
    CONTRACT((o->tryrdlock != NULL) == (o->trywrlock != NULL));
    CONTRACT((o->timedrdlock != NULL) == (o->timedwrlock != NULL));
    CONTRACT(((o->impl.traits & CT_TIMED) != 0) == (o->timedwrlock != NULL));
    CONTRACT(o->preference <= CT_RWLOCK_PHASES);
}

static void test_pairs(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    errno = RWLOCK_ERRNO;
    for (unsigned i = 0; i < PAIRS; i++) {
        void *node = rwlock_node(&f, i % NODES);
        f.ops->rdlock(f.rw, node);
        f.ops->rdunlock(f.rw, node);
        f.ops->wrlock(f.rw);
        f.ops->wrunlock(f.rw);
    }
    CONTRACT(errno == RWLOCK_ERRNO);
    rwlock_fixture_free(&f);
}

/* As many holds as no counter of 16 bits can tell; a writer gets in after the last. */
static void test_many_readers(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, PAIRS);
    for (unsigned i = 0; i < PAIRS; i++)
        f.ops->rdlock(f.rw, rwlock_node(&f, i));
    struct visitor writer = {.f = &f, .writes = true};
    visitor_come(&writer);
    for (unsigned i = 0; i + 1 < PAIRS; i++)
        f.ops->rdunlock(f.rw, rwlock_node(&f, i));
    rwlock_settle();
    CONTRACT(!visitor_inside(&writer));
    rwlock_rdunlock(&f, PAIRS - 1);
    visitor_await(&writer);
    visitor_leave(&writer);
    rwlock_fixture_free(&f);
}

static void test_readers_share(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    struct visitor readers[NODES];
    for (unsigned i = 0; i < NODES; i++) {
        readers[i] = (struct visitor){.f = &f, .node = i};
        visitor_come(&readers[i]);
        visitor_await(&readers[i]);
    }
    for (unsigned i = 0; i < NODES; i++)
        visitor_leave(&readers[i]);
    rwlock_wrlock(&f);
    rwlock_wrunlock(&f);
    rwlock_fixture_free(&f);
}

static void test_writer_excludes(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    for (int round = 0; round < 2; round++) {
        struct visitor writer = {.f = &f, .writes = true}, other = writer, reader = {.f = &f};
        visitor_come(&writer);
        visitor_await(&writer);
        visitor_come(&reader);
        visitor_come(&other);
        rwlock_settle();
        CONTRACT(!visitor_inside(&reader));
        CONTRACT(!visitor_inside(&other));
        visitor_leave(&writer);
        while (!visitor_inside(&reader) && !visitor_inside(&other))
            rwlock_pass_ns(RWLOCK_MS / 10);
        rwlock_settle();
        CONTRACT(!(visitor_inside(&reader) && visitor_inside(&other)));
        struct visitor *first = visitor_inside(&reader) ? &reader : &other;
        struct visitor *second = first == &reader ? &other : &reader;
        visitor_leave(first);
        visitor_await(second);
        visitor_leave(second);
    }
    rwlock_fixture_free(&f);
}

static void test_readers_exclude(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    struct visitor writer = {.f = &f, .writes = true}, one = {.f = &f, .node = 0},
                   two = {.f = &f, .node = 1};
    visitor_come(&one);
    visitor_await(&one);
    visitor_come(&two);
    visitor_await(&two);
    visitor_come(&writer);
    rwlock_settle();
    CONTRACT(!visitor_inside(&writer));
    visitor_leave(&one);
    rwlock_settle();
    CONTRACT(!visitor_inside(&writer));
    visitor_leave(&two);
    visitor_await(&writer);
    visitor_leave(&writer);
    rwlock_fixture_free(&f);
}

static void test_shows_writes(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    uint64_t shared = 0;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        rwlock_wrlock(&f);
        shared++;
        struct visitor writer = {.f = &f, .writes = true, .shared = &shared};
        visitor_come(&writer);
        shared++;
        rwlock_wrunlock(&f);
        visitor_await(&writer);
        sem_post(&writer.let_go);
        rwlock_rdlock(&f, 0);
        CONTRACT(shared == 3 * (round + 1));
        rwlock_rdunlock(&f, 0);
        visitor_leave(&writer);
    }
    rwlock_fixture_free(&f);
}

static void nothing(int signal_number)
{
    (void)signal_number;
}

static void signals_do_not_end(struct visitor *v)
{
    struct sigaction action = {.sa_handler = nothing}, before; /* without SA_RESTART */
    sigaction(SIGUSR1, &action, &before);
    rwlock_wrlock(v->f);
    visitor_come(v);
    for (int i = 0; i < FEW; i++) {
        rwlock_pass_ns(2 * RWLOCK_MS);
        visitor_signal(v);
    }
    rwlock_pass_ns(2 * RWLOCK_MS);
    CONTRACT(!visitor_inside(v));
    rwlock_wrunlock(v->f);
    visitor_await(v);
    visitor_leave(v);
    sigaction(SIGUSR1, &before, NULL);
}

static void test_outlasts_signals(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    for (int writes = 0; writes < 2; writes++) {
        signals_do_not_end(&(struct visitor){.f = &f, .writes = writes});
        if (f.ops->timedwrlock)
            signals_do_not_end(&(struct visitor){
                .f = &f, .writes = writes, .deadline_ns = ct_now_ns() + 2 * LONG_NS});
    }
    rwlock_fixture_free(&f);
}

static void test_again_in_same_memory(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    for (int i = 0; i < 3; i++) {
        struct visitor reader = {.f = &f, .node = 1};
        rwlock_rdlock(&f, 0);
        visitor_come(&reader);
        visitor_await(&reader);
        visitor_leave(&reader);
        rwlock_rdunlock(&f, 0);
        rwlock_wrlock(&f);
        rwlock_wrunlock(&f);
        rwlock_fixture_destroy(&f);
        memset(f.rw, i == 0 ? RWLOCK_FILL : i, f.ops->impl.size_bytes);
        rwlock_fixture_init(&f);
    }
    rwlock_fixture_free(&f);
}

static void test_several(const void *ops)
{
    struct rwlock_fixture a = rwlock_fixture_make(ops, NODES), b = rwlock_fixture_make(ops, NODES);
    struct visitor reader = {.f = &b};
    rwlock_wrlock(&a);
    visitor_come(&reader);
    visitor_await(&reader);
    rwlock_wrunlock(&a);
    rwlock_rdlock(&a, 0);
    visitor_leave(&reader);
    rwlock_wrlock(&b);
    rwlock_wrunlock(&b);
    rwlock_rdunlock(&a, 0);
    rwlock_fixture_free(&a);
    rwlock_fixture_free(&b);
}

static void test_try(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    for (int round = 0; round < 2; round++) {
        struct visitor writer = {.f = &f, .writes = true}, reader = {.f = &f, .node = 1};
        CONTRACT(rwlock_trywrlock(&f));
        rwlock_wrunlock(&f);
        CONTRACT(rwlock_tryrdlock(&f, 0));
        rwlock_rdunlock(&f, 0);
        visitor_come(&writer);
        visitor_await(&writer);
        CONTRACT(!rwlock_trywrlock(&f));
        CONTRACT(!rwlock_tryrdlock(&f, 0));
        visitor_leave(&writer);
        visitor_come(&reader);
        visitor_await(&reader);
        CONTRACT(!rwlock_trywrlock(&f));
        CONTRACT(rwlock_tryrdlock(&f, 0));
        CONTRACT(!rwlock_trywrlock(&f));
        visitor_leave(&reader);
        rwlock_rdunlock(&f, 0);
    }
    rwlock_fixture_free(&f);
}

static void test_timed_takes(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    const uint64_t deadlines_ns[] = {
        0, 1, ct_now_ns(), ct_now_ns() + LONG_NS, CT_FOREVER - 1, CT_FOREVER};
    for (size_t i = 0; i < sizeof(deadlines_ns) / sizeof(deadlines_ns[0]); i++) {
        CONTRACT(rwlock_timedrdlock(&f, 0, deadlines_ns[i]) == 0);
        rwlock_rdunlock(&f, 0);
        CONTRACT(rwlock_timedwrlock(&f, deadlines_ns[i]) == 0);
        rwlock_wrunlock(&f);
    }
    rwlock_fixture_free(&f);
}

static void times_out(struct rwlock_fixture *f, bool writes)
{
    const uint64_t passed_ns[] = {0, ct_now_ns()};
    for (int i = 0; i < 2; i++)
        CONTRACT((writes ? rwlock_timedwrlock(f, passed_ns[i])
                         : rwlock_timedrdlock(f, 0, passed_ns[i])) == ETIMEDOUT);
    uint64_t deadline_ns = ct_now_ns() + RWLOCK_SETTLE_NS;
    CONTRACT((writes ? rwlock_timedwrlock(f, deadline_ns)
                     : rwlock_timedrdlock(f, 0, deadline_ns)) == ETIMEDOUT);
    CONTRACT(ct_now_ns() >= deadline_ns);
    CONTRACT(ct_now_ns() < deadline_ns + LONG_NS);
}

static void test_timed_times_out(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    struct visitor writer = {.f = &f, .writes = true}, reader = {.f = &f, .node = 1};
    for (int round = 0; round < 2; round++) {
        visitor_come(&writer);
        visitor_await(&writer);
        times_out(&f, true);
        times_out(&f, false);
        visitor_leave(&writer);
        visitor_come(&reader);
        visitor_await(&reader);
        times_out(&f, true);
        CONTRACT(rwlock_timedrdlock(&f, 0, ct_now_ns() + LONG_NS) == 0);
        visitor_leave(&reader);
        rwlock_rdunlock(&f, 0);
    }
    rwlock_fixture_free(&f);
}

static void test_timed_waits(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    const uint64_t deadlines_ns[] = {ct_now_ns() + 2 * LONG_NS, CT_FOREVER - 1, CT_FOREVER};
    for (int i = 0; i < 6; i++) {
        struct visitor v = {.f = &f, .writes = i % 2, .deadline_ns = deadlines_ns[i / 2]};
        rwlock_wrlock(&f);
        visitor_come(&v);
        rwlock_settle();
        CONTRACT(!visitor_inside(&v));
        rwlock_wrunlock(&f);
        visitor_await(&v);
        visitor_leave(&v);
    }
    rwlock_fixture_free(&f);
}

/* Readers that had to let the writer go first come in beside the reader that is still there. */
static void test_writer_timeout(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    for (int round = 0; round < 2; round++) {
        struct visitor writer = {
            .f = &f, .writes = true, .deadline_ns = ct_now_ns() + 3 * RWLOCK_SETTLE_NS};
        struct visitor readers[] = {{.f = &f, .node = 1}, {.f = &f, .node = 2}};
        rwlock_rdlock(&f, 0);
        visitor_come(&writer);
        rwlock_settle();
        visitor_come(&readers[0]);
        visitor_come(&readers[1]);
        CONTRACT(visitor_give_up(&writer) == ETIMEDOUT);
        visitor_await(&readers[0]);
        visitor_await(&readers[1]);
        visitor_leave(&readers[0]);
        visitor_leave(&readers[1]);
        rwlock_rdunlock(&f, 0);
        rwlock_wrlock(&f);
        rwlock_wrunlock(&f);
    }
    rwlock_fixture_free(&f);
}

static unsigned offers(const void *ops)
{
    const struct ct_rwlock_ops *o = ops;
    static const unsigned of_preference[] = {0, RWLOCK_READERS, RWLOCK_WRITERS, RWLOCK_PHASES};
    return (o->destroy ? RWLOCK_DESTROY : 0u) | (o->trywrlock ? RWLOCK_TRY : 0u) |
           (o->timedwrlock ? RWLOCK_TIMED : 0u) | (o->impl.traits & CT_PEER ? 0u : RWLOCK_OWN) |
           of_preference[o->preference];
}

static const struct contract_operation operations[] = {
    {RWLOCK_TRY, "tryrdlock trywrlock"},
    {RWLOCK_TIMED, "timedrdlock timedwrlock"},
    {RWLOCK_DESTROY, "destroy"},
    {0, NULL},
};

static const struct contract_test tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_traits},
    {"lock and unlock pair up", 0, NULL, test_pairs},
    {"readers are counted beyond 16 bits", RWLOCK_OWN, NULL, test_many_readers},
    {"readers are inside together", 0, NULL, test_readers_share},
    {"a writer keeps readers and writers out", 0, NULL, test_writer_excludes},
    {"readers keep a writer out, to the last", 0, NULL, test_readers_exclude},
    {"who comes in sees what a writer wrote", 0, NULL, test_shows_writes},
    {"signals do not end a wait", 0, NULL, test_outlasts_signals},
    {"destroy and init again in the same memory", 0, NULL, test_again_in_same_memory},
    {"several keep apart", 0, NULL, test_several},
    {"a trylock takes what is free and nothing else", RWLOCK_TRY, NULL, test_try},
    {"a timed lock takes what is free, whatever the deadline", RWLOCK_TIMED, NULL,
     test_timed_takes},
    {"a timed lock gives up at its deadline, not before", RWLOCK_TIMED, NULL, test_timed_times_out},
    {"a timed lock takes what is freed in time", RWLOCK_TIMED, NULL, test_timed_waits},
    {"a writer that gives up lets readers in", RWLOCK_TIMED, NULL, test_writer_timeout},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_rwlock = {
    .kind = "rwlock",
    .required = "init rdlock rdunlock wrlock wrunlock",
    .operations = operations,
    .offers = offers,
    .tests = tests,
    .special_tests = rwlock_preference_tests,
};
