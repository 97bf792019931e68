// SPDX-License-Identifier: MIT
/* unbounded_queue.c - the contract of contend/unbounded_queue.h beyond what holds for every queue. */
#include "queue_fixture.h"

#include <malloc.h>

enum { WAITERS = 3, MANY = 100000, FEW = 100, ROUNDS = 2000, GROWTH_BYTES_MAX = 1 << 14 };

static void test_has_no_bound(const void *ops)
{
    struct guarded g = queue_make(ops, 1);
    CONTRACT(g.ops->capacity(g.q) == UINT32_MAX);
    int errors = 0;
    for (uint64_t word = 1; word <= MANY; word++)
        errors |= g.ops->try_push(g.q, &word, sizeof word);
    CONTRACT(errors == 0);
    CONTRACT(queue_holds(&g, MANY));
    uint64_t lost = 0, got = 0;
    for (uint64_t word = 1; word <= MANY; word++) {
        errors |= g.ops->try_pop(g.q, &got, sizeof got);
        lost |= got ^ word;
    }
    CONTRACT(errors == 0 && lost == 0);
    CONTRACT(queue_try_pop(&g, &got) == EAGAIN);
    queue_unmake(&g);
}

/* Sanitizers' allocators do not count; there this sees nothing. */
static size_t allocated_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static void through(struct guarded *g, int rounds)
{
    uint64_t word = 0;
    int errors = 0;
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < FEW; i++)
            errors |= g->ops->try_push(g->q, &word, sizeof word);
        for (int i = 0; i < FEW; i++)
            errors |= g->ops->try_pop(g->q, &word, sizeof word);
    }
    CONTRACT(errors == 0);
}

static void test_memory_is_used_again(const void *ops)
{
    struct guarded g = queue_make(ops, 1);
    through(&g, 2); /* so that it has found all it needs */
    size_t before = allocated_bytes();
    through(&g, ROUNDS);
    CONTRACT(allocated_bytes() <= before + GROWTH_BYTES_MAX);
    queue_unmake(&g);
}

static void test_close_ends_all_waits(const void *ops)
{
    struct guarded g = queue_make(ops, 1);
    struct caller poppers[WAITERS];
    for (int i = 0; i < WAITERS; i++) {
        poppers[i] = (struct caller){.g = &g, .call = CALL_POP, .deadline_ns = CT_FOREVER};
        queue_caller_start(&poppers[i]);
    }
    queue_pass_ns(SETTLE_NS);
    g.ops->close(g.q);
    for (int i = 0; i < WAITERS; i++)
        CONTRACT(queue_caller_join(&poppers[i]) == EPIPE);
    queue_unmake(&g);
}

static const struct contract_test special_tests[] = {
    {"it takes whatever is pushed", 0, NULL, test_has_no_bound},
    {"memory depends on the items inside, not on those that went through", 0, NULL,
     test_memory_is_used_again},
    {"closing ends every wait", QUEUE_BLOCKING | QUEUE_CLOSE, NULL, test_close_ends_all_waits},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_unbounded_queue = {
    .kind = "unbounded_queue",
    .required = QUEUE_REQUIRED,
    .operations = queue_operations,
    .offers = queue_offers,
    .tests = queue_tests,
    .special_tests = special_tests,
};
