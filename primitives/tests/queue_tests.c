// SPDX-License-Identifier: MIT
/* queue_tests.c - the contract of contend/queue.h, as far as one producer and one consumer can show it
   for certain; what only many interleavings show is the stress tests' and the model's. */
#include "queue_fixture.h"

#include <string.h>

enum {
    PAIRS = 70000, /* more than a counter of 16 bits holds */
    ROUNDS = 200,
    FEW = 5,
    BYTES_MAX = 100,
};

static const uint32_t capacities[] = {1, 2, 3, 5, 8, 64, 100};
enum { CAPACITIES = sizeof capacities / sizeof *capacities };

static void test_traits(const void *ops)
{
    const struct ct_queue_ops *o = ops;
    CONTRACT(o->init && o->destroy && o->try_push && o->try_pop && o->capacity);
    CONTRACT(((o->impl.traits & CT_TIMED) != 0) == (o->push != NULL));
    CONTRACT((o->push != NULL) == (o->pop != NULL));
    CONTRACT((o->push_many != NULL) == (o->pop_many != NULL));
    CONTRACT((o->task_done != NULL) == (o->join != NULL));
    CONTRACT(((o->impl.traits & CT_PARKS) != 0) <= (o->push != NULL));
    CONTRACT(o->impl.node_bytes == 0);
}

static void test_init_refuses(const void *ops)
{
    struct guarded g = queue_make(ops, FEW);
    bool bounded = queue_bounded(&g);
    queue_unmake(&g);
    g = queue_unready(ops);
    CONTRACT(queue_init(&g, FEW, 0) == EINVAL);
    if (bounded) {
        CONTRACT(queue_init(&g, 0, sizeof(uint64_t)) == EINVAL);
        int error = queue_init(&g, FEW, SIZE_MAX / 2);
        CONTRACT(error == ENOMEM || (error == EINVAL && queue_is_peer(&g)));
    }
    queue_free(&g);
}

/* Some hold fewer than they were asked for, and say so. */
static uint32_t room(const struct guarded *g, uint32_t wanted)
{
    uint32_t capacity = g->ops->capacity(g->q);
    return capacity < wanted ? capacity : wanted;
}

/* Exactly what init was asked for; a peer perhaps more; what is made for one item says one. */
static void test_capacity(const void *ops)
{
    for (unsigned i = 0; i < CAPACITIES; i++) {
        struct guarded g = queue_make(ops, capacities[i]);
        uint32_t capacity = g.ops->capacity(g.q), held = queue_fill(&g);
        if (queue_bounded(&g)) {
            CONTRACT(held == capacity);
            CONTRACT(capacity == capacities[i] || capacity == 1 ||
                     (queue_is_peer(&g) && capacity > capacities[i]));
            CONTRACT(queue_try_push(&g, 0) == EAGAIN);
        } else {
            CONTRACT(held == FILL_MAX);
        }
        CONTRACT(queue_holds(&g, held));
        CONTRACT(g.ops->capacity(g.q) == capacity);
        queue_unmake(&g); /* drops what is inside */
    }
}

/* For every distance between what went in and what came out, over several laps. */
static void test_order(const void *ops)
{
    for (unsigned i = 0; i < CAPACITIES; i++) {
        struct guarded g = queue_make(ops, capacities[i]);
        uint64_t in = 0, out = 0, word;
        CONTRACT(queue_try_pop(&g, &word) == EAGAIN);
        for (uint32_t inside = 1; inside <= room(&g, capacities[i]); inside++) {
            while (in - out < inside)
                CONTRACT(queue_try_push(&g, in++) == 0);
            for (uint32_t k = 0; k < 2 * capacities[i]; k++) {
                CONTRACT(queue_holds(&g, inside));
                CONTRACT(queue_try_pop(&g, &word) == 0);
                CONTRACT(word == out++);
                CONTRACT(queue_holds(&g, inside - 1));
                CONTRACT(queue_try_push(&g, in++) == 0);
            }
        }
        for (; out < in; out++) {
            CONTRACT(queue_try_pop(&g, &word) == 0);
            CONTRACT(word == out);
        }
        CONTRACT(queue_try_pop(&g, &word) == EAGAIN);
        CONTRACT(queue_holds(&g, 0));
        queue_unmake(&g);
    }
}

static void test_many_laps(const void *ops)
{
    struct guarded g = queue_make(ops, 3);
    bool right = true;
    uint64_t word = 0;
    errno = QUEUE_ERRNO;
    for (uint64_t i = 0; i < PAIRS; i++) {
        right &= g.ops->try_push(g.q, &i, sizeof i) == 0;
        right &= g.ops->try_pop(g.q, &word, sizeof word) == 0 && word == i;
    }
    CONTRACT(errno == QUEUE_ERRNO);
    CONTRACT(right);
    queue_unmake(&g);
}

/* Words that an implementation may take for marks of its own. */
static void test_any_word(const void *ops)
{
    struct guarded g = queue_make(ops, FEW);
    for (unsigned bit = 0; bit < 64; bit++) {
        const uint64_t one = UINT64_C(1) << bit;
        const uint64_t words[] = {0, one, one - 1, ~one, ~(one - 1)};
        const uint32_t words_count = sizeof words / sizeof *words, inside = room(&g, words_count);
        for (uint32_t in = 0, out = 0; out < words_count; out++) {
            for (; in < words_count && in - out < inside; in++)
                CONTRACT(queue_try_push(&g, words[in]) == 0);
            uint64_t word;
            CONTRACT(queue_try_pop(&g, &word) == 0);
            CONTRACT(word == words[out]);
        }
    }
    queue_unmake(&g);
}

static void test_item_sizes(const void *ops)
{
    const size_t sizes[] = {1, 2, 3, 4, 7, 8, 9, 12, 16, 24, 64, BYTES_MAX};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct guarded g = queue_unready(ops);
        int error = queue_init(&g, FEW, sizes[s]);
        if (queue_is_peer(&g) && error == EINVAL) {
            queue_free(&g);
            continue;
        }
        CONTRACT(error == 0);
        for (unsigned round = 0; round < ROUNDS; round++) {
            unsigned char item[BYTES_MAX], got[BYTES_MAX + 1];
            for (unsigned i = 0; i <= round % room(&g, FEW); i++) {
                memset(item, (int)(round + i), sizes[s]);
                CONTRACT(g.ops->try_push(g.q, item, sizes[s]) == 0);
            }
            for (unsigned i = 0; i <= round % room(&g, FEW); i++) {
                memset(item, (int)(round + i), sizes[s]);
                memset(got, QUEUE_FILL, sizeof got);
                CONTRACT(g.ops->try_pop(g.q, got, sizes[s]) == 0);
                CONTRACT(memcmp(got, item, sizes[s]) == 0 && got[sizes[s]] == QUEUE_FILL);
            }
        }
        queue_unmake(&g);
    }
}

static void test_again_in_same_memory(const void *ops)
{
    struct guarded g = queue_make(ops, FEW);
    for (uint64_t i = 0; i < 3; i++) {
        uint64_t word;
        CONTRACT(queue_try_push(&g, i) == 0);
        CONTRACT(queue_try_pop(&g, &word) == 0 && word == i);
        CONTRACT(queue_try_push(&g, i + 1) == 0);
        g.ops->destroy(g.q);
        memset(g.q, i == 0 ? QUEUE_FILL : (int)i, g.ops->impl.size_bytes);
        CONTRACT(queue_init(&g, 2 + (uint32_t)i, sizeof word) == 0);
        CONTRACT(queue_holds(&g, 0));
    }
    queue_unmake(&g);
}

static void test_several(const void *ops)
{
    struct guarded a = queue_make(ops, 2), b = queue_make(ops, 2);
    uint64_t word;
    CONTRACT(queue_try_push(&a, 1) == 0);
    CONTRACT(queue_try_pop(&b, &word) == EAGAIN);
    CONTRACT(queue_try_push(&b, 2) == 0);
    CONTRACT(queue_try_pop(&a, &word) == 0 && word == 1);
    CONTRACT(queue_try_pop(&b, &word) == 0 && word == 2);
    queue_unmake(&a);
    queue_unmake(&b);
}

static void test_many(const void *ops)
{
    for (unsigned i = 0; i < CAPACITIES; i++) {
        struct guarded g = queue_make(ops, capacities[i]);
        uint64_t in[FILL_MAX], out[FILL_MAX], next = 0, seen = 0;
        size_t capacity = queue_bounded(&g) ? g.ops->capacity(g.q) : FILL_MAX;
        CONTRACT(g.ops->pop_many(g.q, out, FEW, sizeof *out) == 0);
        for (size_t inside = 0, round = 0; round < ROUNDS; round++) {
            size_t most = round * 7 % (capacity + 3), room = capacity - inside;
            for (size_t k = 0; k < most; k++)
                in[k] = next + k;
            size_t n = g.ops->push_many(g.q, in, most, sizeof *in);
            CONTRACT(queue_bounded(&g) ? n == (most < room ? most : room) : n == most);
            next += n;
            inside += n;
            CONTRACT(queue_holds(&g, inside));
            most = round * 5 % (capacity + 3);
            n = g.ops->pop_many(g.q, out, most, sizeof *out);
            CONTRACT(n == (most < inside ? most : inside));
            for (size_t k = 0; k < n; k++)
                CONTRACT(out[k] == seen++);
            inside -= n;
            if (inside + capacity + 3 > FILL_MAX && !queue_bounded(&g))
                break;
        }
        queue_unmake(&g);
    }
}

unsigned queue_offers(const void *ops)
{
    const struct ct_queue_ops *o = ops;
    return (o->push ? QUEUE_BLOCKING : 0u) | (o->push_many ? QUEUE_MANY : 0u) |
           (o->close ? QUEUE_CLOSE : 0u) | (o->join ? QUEUE_JOIN : 0u) |
           (o->size ? QUEUE_SIZE : 0u);
}

const struct contract_operation queue_operations[] = {
    {QUEUE_BLOCKING, "push pop"}, {QUEUE_MANY, "push_many pop_many"},
    {QUEUE_CLOSE, "close"},       {QUEUE_JOIN, "task_done join"},
    {QUEUE_SIZE, "size"},         {0, NULL},
};

const struct contract_test queue_tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_traits},
    {"init refuses what it cannot hold", 0, NULL, test_init_refuses},
    {"it holds as many as its capacity says", 0, NULL, test_capacity},
    {"items come out in the order they went in", 0, NULL, test_order},
    {"items get through again and again", 0, NULL, test_many_laps},
    {"any word can be an item", 0, NULL, test_any_word},
    {"items of any size come out as they went in", 0, NULL, test_item_sizes},
    {"destroy and init again in the same memory", 0, NULL, test_again_in_same_memory},
    {"several keep apart", 0, NULL, test_several},
    {"who pops sees what was written before the push", QUEUE_BLOCKING, NULL,
     queue_test_shows_writes},
    {"what need not wait ignores its deadline", QUEUE_BLOCKING, NULL,
     queue_test_deadline_does_not_matter},
    {"push and pop give up at their deadline, not before", QUEUE_BLOCKING, NULL,
     queue_test_times_out},
    {"pop waits for a push", QUEUE_BLOCKING, NULL, queue_test_pop_waits},
    {"push waits for a pop", QUEUE_BLOCKING, NULL, queue_test_push_waits},
    {"signals do not end a pop", QUEUE_BLOCKING, NULL, queue_test_signals},
    {"push_many and pop_many move what fits and what is there", QUEUE_MANY, NULL, test_many},
    {"a closed queue takes nothing and gives what it has", QUEUE_CLOSE, NULL, queue_test_close},
    {"a full queue can be closed", QUEUE_CLOSE, NULL, queue_test_close_when_full},
    {"close lets a waiting pop go", QUEUE_CLOSE | QUEUE_BLOCKING, NULL,
     queue_test_close_lets_pop_go},
    {"join knows what is not worked off", QUEUE_JOIN, NULL, queue_test_join},
    {"join waits for the last task_done", QUEUE_JOIN, NULL, queue_test_join_waits},
    {NULL, 0, NULL, NULL},
};
