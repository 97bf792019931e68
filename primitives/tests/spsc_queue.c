// SPDX-License-Identifier: MIT
/* spsc_queue.c - the contract of contend/spsc_queue.h beyond what holds for every queue. */
#include "queue_fixture.h"

#include <contend/ring.h>
#include <contend/spsc_queue/futex.h>
#include <contend/spsc_queue/index.h>

/* A queue that has gone round so often, all popped and worked off. */
#define AT_LAP(type, queue, place)                                                                 \
    do {                                                                                           \
        struct type *at = (struct type *)(void *)(queue);                                          \
        ct_u64_store_relaxed(&at->tail, place);                                                    \
        ct_u64_store_relaxed(&at->head, place);                                                    \
        ct_u64_store_relaxed(&at->done, place);                                                    \
        at->limit = (place) + CT_RING_LAP;                                                         \
        at->ready = place;                                                                         \
    } while (0)

/* Over the end of the laps' number: full, empty, in order, by one and by many, for several capacities. */
static void test_laps_wrap(const void *ops, bool futex)
{
    enum { CAPACITY_MAX = 5, LAPS = 3 };
    const uint64_t last_lap = (uint64_t)UINT32_MAX << 32;
    for (uint32_t capacity = 1; capacity <= CAPACITY_MAX; capacity++) {
        struct guarded g = queue_make(ops, capacity);
        uint64_t in = 0, out = 0, word, words[CAPACITY_MAX + 1];
        if (futex)
            AT_LAP(ct_spsc_queue_futex, g.q, last_lap - CT_RING_LAP);
        else
            AT_LAP(ct_spsc_queue_index, g.q, last_lap - CT_RING_LAP);
        CONTRACT(queue_holds(&g, 0));
        CONTRACT(queue_try_pop(&g, &word) == EAGAIN);
        CONTRACT(queue_try_push(&g, in++) == 0); /* so that laps end at any distance */
        for (uint32_t turn = 0; turn < LAPS * capacity; turn++) {
            while (in - out < capacity)
                CONTRACT(queue_try_push(&g, in++) == 0);
            CONTRACT(queue_try_push(&g, in) == EAGAIN);
            CONTRACT(queue_holds(&g, capacity));
            CONTRACT(g.ops->push_many(g.q, &in, 1, sizeof in) == 0);
            CONTRACT(queue_try_pop(&g, &word) == 0 && word == out++);
            g.ops->task_done(g.q);
            CONTRACT(g.ops->push_many(g.q, &in, 1, sizeof in) == 1);
            in++;
            CONTRACT(g.ops->join(g.q, 0) == ETIMEDOUT);
            size_t got = g.ops->pop_many(g.q, words, capacity + 1, sizeof *words);
            CONTRACT(got == capacity && words[0] == out && words[got - 1] == in - 1);
            out += got;
            for (; got > 0; got--)
                g.ops->task_done(g.q);
            CONTRACT(g.ops->join(g.q, 0) == 0);
        }
        CONTRACT(queue_try_pop(&g, &word) == EAGAIN);
        queue_unmake(&g);
    }
}

static void test_laps_wrap_index(const void *ops)
{
    test_laps_wrap(ops, false);
}

static void test_laps_wrap_futex(const void *ops)
{
    test_laps_wrap(ops, true);
}

static const struct contract_test special_tests[] = {
    {"the number of the lap runs over", QUEUE_MANY | QUEUE_JOIN, "index", test_laps_wrap_index},
    {"the number of the lap runs over", QUEUE_MANY | QUEUE_JOIN, "futex", test_laps_wrap_futex},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_spsc_queue = {
    .kind = "spsc_queue",
    .required = QUEUE_REQUIRED,
    .operations = queue_operations,
    .offers = queue_offers,
    .tests = queue_tests,
    .special_tests = special_tests,
};
