// SPDX-License-Identifier: MIT
/* mpmc_queue.c - the contract of contend/mpmc_queue.h beyond what holds for every queue. */
#include "queue_fixture.h"

enum { WAITERS = 3 };

static void start_all(struct caller *callers, struct guarded *g, int call)
{
    for (int i = 0; i < WAITERS; i++) {
        callers[i] = (struct caller){.g = g, .deadline_ns = CT_FOREVER};
        callers[i].call = call == CALL_PUSH ? CALL_PUSH : CALL_POP;
        queue_caller_start(&callers[i]);
    }
    queue_pass_ns(SETTLE_NS);
}

static void test_items_end_as_many_waits(const void *ops)
{
    struct guarded g = queue_make(ops, WAITERS);
    struct caller poppers[WAITERS];
    start_all(poppers, &g, CALL_POP);
    uint64_t sum = 0, expected = 0;
    for (uint64_t word = 1; word <= WAITERS; word++) {
        CONTRACT(queue_push(&g, word, CT_FOREVER) == 0);
        expected += word;
    }
    for (int i = 0; i < WAITERS; i++) {
        CONTRACT(queue_caller_join(&poppers[i]) == 0);
        sum += poppers[i].word;
    }
    CONTRACT(sum == expected);
    CONTRACT(queue_holds(&g, 0));
    queue_unmake(&g);
}

static void test_room_ends_as_many_waits(const void *ops)
{
    struct guarded g = queue_make(ops, 1);
    uint32_t held = queue_fill(&g);
    struct caller pushers[WAITERS];
    start_all(pushers, &g, CALL_PUSH);
    for (int i = 0; i < WAITERS; i++)
        CONTRACT(!queue_caller_done(&pushers[i]));
    for (uint64_t i = 0; i < held + WAITERS; i++) {
        uint64_t word;
        CONTRACT(queue_pop(&g, &word, CT_FOREVER) == 0);
    }
    for (int i = 0; i < WAITERS; i++)
        CONTRACT(queue_caller_join(&pushers[i]) == 0);
    CONTRACT(queue_holds(&g, 0));
    queue_unmake(&g);
}

static void test_close_ends_all_waits(const void *ops)
{
    for (int call = CALL_PUSH; call <= CALL_POP; call++) {
        struct guarded g = queue_make(ops, 1);
        uint32_t held = call == CALL_PUSH ? queue_fill(&g) : 0;
        struct caller callers[WAITERS];
        start_all(callers, &g, call);
        g.ops->close(g.q);
        for (int i = 0; i < WAITERS; i++)
            CONTRACT(queue_caller_join(&callers[i]) == EPIPE);
        CONTRACT(queue_holds(&g, held));
        queue_unmake(&g);
    }
}

static const struct contract_test special_tests[] = {
    {"each item lets one who waits have it", QUEUE_BLOCKING, NULL, test_items_end_as_many_waits},
    {"each place lets one who waits put its item in", QUEUE_BLOCKING, NULL,
     test_room_ends_as_many_waits},
    {"closing ends every wait", QUEUE_BLOCKING | QUEUE_CLOSE, NULL, test_close_ends_all_waits},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_mpmc_queue = {
    .kind = "mpmc_queue",
    .required = QUEUE_REQUIRED,
    .operations = queue_operations,
    .offers = queue_offers,
    .tests = queue_tests,
    .special_tests = special_tests,
};
