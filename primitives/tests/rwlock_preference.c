// SPDX-License-Identifier: MIT
/* rwlock_preference.c - who goes first, as an implementation's preference says; also while the numbers that
   tell it run over. */
#include "rwlock_fixture.h"

#include <contend/rwlock/phase-fair.h>

enum { NODES = 3 };

static void test_readers_first(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    struct visitor writer = {.f = &f, .writes = true}, reader = {.f = &f, .node = 1};
    rwlock_rdlock(&f, 0);
    visitor_come(&writer);
    rwlock_settle();
    visitor_come(&reader);
    visitor_await(&reader);
    rwlock_rdlock(&f, 2); /* again */
    CONTRACT(!visitor_inside(&writer));
    rwlock_rdunlock(&f, 2);
    rwlock_rdunlock(&f, 0);
    visitor_leave(&reader);
    visitor_await(&writer);
    visitor_leave(&writer);
    rwlock_fixture_free(&f);
}

/* A reader is inside; behind it come, in this order, a writer, a reader and another writer. Neither
   gets in; then the reader leaves, and the first writer comes in. */
static void queue_up(struct rwlock_fixture *f, struct visitor *first, struct visitor *reader,
                     struct visitor *second)
{
    *first = *second = (struct visitor){.f = f, .writes = true};
    *reader = (struct visitor){.f = f, .node = 1};
    rwlock_rdlock(f, 0);
    visitor_come(first);
    rwlock_settle();
    visitor_come(reader);
    rwlock_settle();
    CONTRACT(!visitor_inside(reader));
    rwlock_rdunlock(f, 0);
    visitor_await(first);
    visitor_come(second);
    rwlock_settle();
    CONTRACT(!visitor_inside(reader));
    CONTRACT(!visitor_inside(second));
    visitor_leave(first);
}

static void test_writers_first(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    struct visitor first, reader, second;
    queue_up(&f, &first, &reader, &second);
    visitor_await(&second);
    rwlock_settle();
    CONTRACT(!visitor_inside(&reader));
    visitor_leave(&second);
    visitor_await(&reader);
    visitor_leave(&reader);
    rwlock_fixture_free(&f);
}

/* Between the two writers, and alone. */
static void phases(struct rwlock_fixture *f)
{
    struct visitor first, reader, second;
    queue_up(f, &first, &reader, &second);
    visitor_await(&reader);
    rwlock_settle();
    CONTRACT(!visitor_inside(&second));
    visitor_leave(&reader);
    visitor_await(&second);
    visitor_leave(&second);
    rwlock_fixture_free(f);
}

static void test_phases(const void *ops)
{
    struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
    phases(&f);
}

/* Readers' count and writers' tickets, from each distance to the end: as if so many had come and gone. */
static void test_phase_fair_wraps(const void *ops)
{
    for (uint32_t left = 1; left <= NODES; left++) {
        struct rwlock_fixture f = rwlock_fixture_make(ops, NODES);
        struct ct_rwlock_phase_fair *rw = (struct ct_rwlock_phase_fair *)(void *)f.rw;
        uint32_t readers = 0 - left * CT_PHASE_FAIR_READER, tickets = 0 - left;
        ct_u32_store_relaxed(&rw->arrived, readers);
        ct_u32_store_relaxed(&rw->left, readers);
        ct_u32_store_relaxed(&rw->ticket, tickets);
        ct_u32_store_relaxed(&rw->serving, tickets);
        for (uint32_t i = 0; i < left; i++) {
            CONTRACT(rwlock_trywrlock(&f));
            CONTRACT(!rwlock_tryrdlock(&f, 0));
            rwlock_wrunlock(&f);
        }
        CONTRACT(ct_u32_load_relaxed(&rw->serving) == 0);
        CONTRACT(rwlock_tryrdlock(&f, 0));
        CONTRACT(!rwlock_trywrlock(&f));
        rwlock_rdunlock(&f, 0);
        phases(&f);
    }
}

const struct contract_test rwlock_preference_tests[] = {
    {"readers first: a reader does not wait for a waiting writer", RWLOCK_READERS, NULL,
     test_readers_first},
    {"writers first: a reader waits for waiting writers", RWLOCK_WRITERS, NULL, test_writers_first},
    {"phases: a reader waits for one writer", RWLOCK_PHASES, NULL, test_phases},
    {"numbers of readers and writers run over", RWLOCK_TRY, "phase-fair", test_phase_fair_wraps},
    {NULL, 0, NULL, NULL},
};
