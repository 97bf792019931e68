// SPDX-License-Identifier: MIT
/* queue_waiting.c - the part of queue.h's contract that is about waiting: deadlines, closing, join. */
#include "queue_fixture.h"

#include <signal.h>

enum { ROUNDS = 200, FEW = 5 };

void queue_test_deadline_does_not_matter(const void *ops)
{
    struct guarded g = queue_make(ops, 1);
    const uint64_t deadlines_ns[] = {
        0, 1, ct_now_ns(), ct_now_ns() + LONG_NS, CT_FOREVER - 1, CT_FOREVER};
    for (size_t i = 0; i < sizeof deadlines_ns / sizeof *deadlines_ns; i++) {
        uint64_t word;
        CONTRACT(queue_push(&g, i, deadlines_ns[i]) == 0);
        CONTRACT(queue_pop(&g, &word, deadlines_ns[i]) == 0 && word == i);
    }
    queue_unmake(&g);
}

void queue_test_times_out(const void *ops)
{
    struct guarded g = queue_make(ops, 2);
    uint64_t word, begin_ns = ct_now_ns();
    CONTRACT(queue_pop(&g, &word, 0) == ETIMEDOUT);
    CONTRACT(queue_pop(&g, &word, begin_ns) == ETIMEDOUT);
    uint64_t deadline_ns = ct_now_ns() + 20 * MS;
    CONTRACT(queue_pop(&g, &word, deadline_ns) == ETIMEDOUT);
    CONTRACT(ct_now_ns() >= deadline_ns);
    uint32_t held = queue_fill(&g);
    if (queue_bounded(&g)) {
        CONTRACT(queue_push(&g, 0, 0) == ETIMEDOUT);
        CONTRACT(queue_push(&g, 0, begin_ns) == ETIMEDOUT);
        deadline_ns = ct_now_ns() + 20 * MS;
        CONTRACT(queue_push(&g, 0, deadline_ns) == ETIMEDOUT);
        CONTRACT(ct_now_ns() >= deadline_ns);
    }
    CONTRACT(ct_now_ns() < begin_ns + LONG_NS);
    /* those that gave up took nothing and left nothing behind */
    CONTRACT(queue_holds(&g, held));
    for (uint64_t i = 1; i <= held; i++)
        CONTRACT(queue_pop(&g, &word, CT_FOREVER) == 0 && word == i);
    CONTRACT(queue_holds(&g, 0));
    queue_unmake(&g);
}

/* Deadlines that do not come: never, soon enough for a test that hangs, in centuries. */
static uint64_t patience(int sort)
{
    return sort == 0 ? CT_FOREVER : sort == 1 ? ct_now_ns() + 2 * LONG_NS : CT_FOREVER - 1;
}

void queue_test_pop_waits(const void *ops)
{
    for (int timed = 0; timed < 3; timed++) {
        struct guarded g = queue_make(ops, 1);
        struct caller c = {.g = &g, .call = CALL_POP};
        c.deadline_ns = patience(timed);
        queue_caller_start(&c);
        queue_pass_ns(SETTLE_NS);
        CONTRACT(!queue_caller_done(&c));
        CONTRACT(queue_try_push(&g, 7) == 0);
        CONTRACT(queue_caller_join(&c) == 0 && c.word == 7);
        CONTRACT(queue_holds(&g, 0));
        queue_unmake(&g);
    }
}

void queue_test_push_waits(const void *ops)
{
    for (int timed = 0; timed < 3; timed++) {
        struct guarded g = queue_make(ops, 2);
        if (queue_bounded(&g)) {
            uint32_t held = queue_fill(&g);
            struct caller c = {.g = &g, .call = CALL_PUSH, .word = held + 1};
            uint64_t word = 0;
            c.deadline_ns = patience(timed);
            queue_caller_start(&c);
            queue_pass_ns(SETTLE_NS);
            CONTRACT(!queue_caller_done(&c));
            CONTRACT(queue_try_pop(&g, &word) == 0 && word == 1);
            CONTRACT(queue_caller_join(&c) == 0);
            for (uint64_t i = 2; i <= held + 1; i++)
                CONTRACT(queue_try_pop(&g, &word) == 0 && word == i);
        }
        queue_unmake(&g);
    }
}

static void nothing(int signal_number)
{
    (void)signal_number;
}

void queue_test_signals(const void *ops)
{
    struct sigaction action = {.sa_handler = nothing}, before; /* without SA_RESTART */
    struct guarded g = queue_make(ops, 1);
    sigaction(SIGUSR1, &action, &before);
    for (int timed = 0; timed < 3; timed++) {
        struct caller c = {.g = &g, .call = CALL_POP};
        c.deadline_ns = patience(timed);
        queue_caller_start(&c);
        for (int i = 0; i < FEW; i++) {
            queue_pass_ns(2 * MS);
            pthread_kill(c.thread, SIGUSR1);
        }
        queue_pass_ns(2 * MS);
        CONTRACT(!queue_caller_done(&c));
        CONTRACT(queue_try_push(&g, 1) == 0);
        CONTRACT(queue_caller_join(&c) == 0);
    }
    sigaction(SIGUSR1, &before, NULL);
    queue_unmake(&g);
}

void queue_test_shows_writes(const void *ops)
{
    struct guarded g = queue_make(ops, 1);
    uint64_t shared = 0;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct caller c = {.g = &g, .call = CALL_POP, .shared = &shared};
        queue_caller_start(&c);
        shared++; /* before the push, so before the consumer's */
        CONTRACT(queue_try_push(&g, round) == 0);
        CONTRACT(queue_caller_join(&c) == 0);
        CONTRACT(shared == 2 * round + 2);
    }
    queue_unmake(&g);
}

void queue_test_close(const void *ops)
{
    struct guarded g = queue_make(ops, FEW);
    uint32_t capacity = g.ops->capacity(g.q);
    uint64_t word = 0, items = capacity < 3 ? capacity : 3, next = 1;
    for (uint64_t i = 1; i <= items; i++)
        CONTRACT(queue_try_push(&g, i) == 0);
    for (int twice = 0; twice < 2; twice++) {
        errno = QUEUE_ERRNO;
        g.ops->close(g.q);
        CONTRACT(errno == QUEUE_ERRNO);
        CONTRACT(queue_try_push(&g, 9) == EPIPE);
        if (g.ops->push)
            CONTRACT(queue_push(&g, 9, CT_FOREVER) == EPIPE);
        if (g.ops->push_many)
            CONTRACT(g.ops->push_many(g.q, &word, 1, sizeof word) == 0);
    }
    CONTRACT(queue_holds(&g, items));
    if (g.ops->pop)
        CONTRACT(queue_pop(&g, &word, CT_FOREVER) == 0 && word == next++);
    while (queue_try_pop(&g, &word) == 0)
        CONTRACT(word == next++);
    CONTRACT(next == items + 1);
    CONTRACT(queue_try_pop(&g, &word) == EPIPE);
    if (g.ops->pop)
        CONTRACT(queue_pop(&g, &word, CT_FOREVER) == EPIPE);
    CONTRACT(queue_try_push(&g, 9) == EPIPE);
    queue_unmake(&g);
}

void queue_test_close_when_full(const void *ops)
{
    struct guarded g = queue_make(ops, 2);
    uint64_t word;
    uint32_t held = queue_fill(&g);
    g.ops->close(g.q);
    CONTRACT(queue_try_push(&g, 9) == EPIPE);
    for (uint64_t i = 1; i <= held; i++) {
        CONTRACT(queue_try_pop(&g, &word) == 0 && word == i);
        CONTRACT(queue_try_push(&g, 9) == EPIPE);
    }
    CONTRACT(queue_try_pop(&g, &word) == EPIPE);
    queue_unmake(&g);
}

void queue_test_close_lets_pop_go(const void *ops)
{
    struct guarded g = queue_make(ops, FEW);
    struct caller c = {.g = &g, .call = CALL_POP};
    queue_caller_start(&c);
    queue_pass_ns(SETTLE_NS);
    CONTRACT(!queue_caller_done(&c));
    g.ops->close(g.q);
    CONTRACT(queue_caller_join(&c) == EPIPE);
    queue_unmake(&g);
}

static int join(struct guarded *g, uint64_t deadline_ns)
{
    errno = QUEUE_ERRNO;
    int error = g->ops->join(g->q, deadline_ns);
    CONTRACT(errno == QUEUE_ERRNO);
    return error;
}

void queue_test_join(const void *ops)
{
    struct guarded g = queue_make(ops, 2);
    uint64_t word;
    CONTRACT(join(&g, 0) == 0);
    CONTRACT(join(&g, CT_FOREVER) == 0);
    for (int round = 0; round < FEW; round++) {
        CONTRACT(queue_try_push(&g, 1) == 0);
        CONTRACT(queue_try_push(&g, 2) == 0);
        CONTRACT(join(&g, 0) == ETIMEDOUT);
        CONTRACT(queue_try_pop(&g, &word) == 0);
        CONTRACT(queue_try_pop(&g, &word) == 0);
        uint64_t deadline_ns = ct_now_ns() + 5 * MS;
        CONTRACT(join(&g, deadline_ns) == ETIMEDOUT); /* popped, not worked off */
        CONTRACT(ct_now_ns() >= deadline_ns);
        g.ops->task_done(g.q);
        CONTRACT(join(&g, ct_now_ns()) == ETIMEDOUT);
        g.ops->task_done(g.q);
        CONTRACT(join(&g, 0) == 0);
        CONTRACT(join(&g, CT_FOREVER) == 0);
    }
    queue_unmake(&g);
}

void queue_test_join_waits(const void *ops)
{
    struct guarded g = queue_make(ops, 2);
    uint64_t word, shared = 0;
    CONTRACT(queue_try_push(&g, 1) == 0);
    CONTRACT(queue_try_push(&g, 2) == 0);
    struct caller c = {.g = &g, .call = CALL_JOIN, .shared = &shared};
    queue_caller_start(&c);
    for (int i = 0; i < 2; i++) {
        CONTRACT(queue_try_pop(&g, &word) == 0);
        queue_pass_ns(SETTLE_NS);
        CONTRACT(!queue_caller_done(&c));
        shared += (uint64_t)i; /* before the last task_done */
        g.ops->task_done(g.q);
    }
    CONTRACT(queue_caller_join(&c) == 0);
    CONTRACT(shared == 2);
    queue_unmake(&g);
}
