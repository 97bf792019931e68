// SPDX-License-Identifier: MIT
/* Sleep sets and the memory of visited states leave executions out; none that ends in another way. Random
   small programs, explored with and without them, must have the same outcomes. */
#include "stress/model/engine.h"
#include "stress/model/explore.h"
#include "support/rng.h"
#include "tests/check.h"

#include <contend/wait.h>

#include <stdlib.h>
#include <string.h>

enum { CELLS = 2, OPS_MAX = 4, OUTCOMES_MAX = 4096, PROGRAMS = 200, EXECUTIONS_MAX = 20000 };

#define DEADLINE_NS UINT64_C(2000000000) /* the model's clock starts at half of that */

enum op { LOAD, STORE, ADD, EXCHANGE, CAS, AWAIT, SLEEP, WAKE, BARRIER, OPS };

struct instruction {
    enum op op;
    unsigned cell, value;
    enum model_order order;
};

static struct random_program {
    unsigned threads, ops, alike;
    struct instruction code[MODEL_THREADS_MAX][OPS_MAX];
} code;

static struct ct_u32 cells[CELLS];
static uint32_t reg[MODEL_THREADS_MAX][OPS_MAX];

static void setup(void *context)
{
    (void)context;
    memset(cells, 0, sizeof cells);
    memset(reg, 0, sizeof reg);
}

static uint32_t await(struct ct_u32 *c, enum model_order order)
{
    uint32_t value;
    while ((value = (uint32_t)model_load(&c->raw, 4, order, "await")) == 0)
        ct_pause();
    return value;
}

static uint32_t run_one(const struct instruction *i)
{
    struct ct_u32 *c = &cells[i->cell];
    uint64_t seen = 0;
    switch (i->op) {
    case LOAD:
        return (uint32_t)model_load(&c->raw, 4, i->order, "load");
    case STORE:
        model_store(&c->raw, 4, i->value, i->order, "store");
        return 0;
    case ADD:
        return (uint32_t)model_rmw(&c->raw, 4, MODEL_ADD, i->value, i->order, "add");
    case EXCHANGE:
        return (uint32_t)model_rmw(&c->raw, 4, MODEL_EXCHANGE, i->value, i->order, "exchange");
    case CAS:
        return model_cas(&c->raw, 4, &seen, i->value, i->order, "cas") ? 100 : (uint32_t)seen;
    case AWAIT:
        return await(c, i->order);
    case SLEEP:
        return (uint32_t)ct_wait(c, 0, i->value == 1 ? CT_FOREVER : DEADLINE_NS);
    case WAKE:
        ct_wake(c, 1);
        return 0;
    case BARRIER:
        ct_membarrier();
        return 0;
    default:
        return 0;
    }
}

static void body(void *context, unsigned thread)
{
    (void)context;
    for (unsigned i = 0; i < code.ops; i++)
        reg[thread][i] = 1 + run_one(&code.code[thread][i]);
}

static const char *none(void *context)
{
    (void)context;
    return NULL;
}

static const char *volatile *not_broken(void *context, unsigned thread)
{
    (void)context;
    (void)thread;
    return NULL;
}

static struct instruction draw(struct rng *r, unsigned kinds)
{
    static const enum model_order load[] = {MODEL_RELAXED, MODEL_ACQUIRE, MODEL_SEQ_CST};
    static const enum model_order store[] = {MODEL_RELAXED, MODEL_RELEASE, MODEL_SEQ_CST};
    struct instruction c = {.op = (enum op)rng_below(r, kinds)};
    if (rng_below(r, 2))
        c.op = rng_below(r, 2) ? LOAD : STORE;
    c.cell = (unsigned)rng_below(r, CELLS);
    c.value = 1 + (unsigned)rng_below(r, 2);
    c.order = c.op == LOAD || c.op == AWAIT ? load[rng_below(r, 3)]
              : c.op == STORE               ? store[rng_below(r, 3)]
                                            : (enum model_order)rng_below(r, 5);
    return c;
}

/* Every second one has threads that are alike: all, or all but the first. */
static void generate(struct rng *r, bool alike)
{
    /* few programs with the rare operations: they are large */
    unsigned kinds = rng_below(r, 3) ? AWAIT : OPS;
    code.threads = 2 + (unsigned)rng_below(r, 2);
    code.ops = 2 + (unsigned)rng_below(r, code.threads == 2 ? 3 : 2);
    unsigned all = (1U << code.threads) - 1;
    code.alike = !alike ? 0 : rng_below(r, 2) ? all : all & ~1U;
    for (unsigned t = 0; t < code.threads; t++) {
        for (unsigned i = 0; i < code.ops; i++)
            code.code[t][i] = draw(r, kinds);
        if (t > 0 && code.alike >> (t - 1) & 1)
            memcpy(code.code[t], code.code[t - 1], sizeof code.code[t]);
    }
}

struct outcomes {
    unsigned count;
    uint64_t executions;
    bool complete;
    uint64_t hash[OUTCOMES_MAX];
};

static uint64_t hash_thread(unsigned t)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (unsigned i = 0; i < code.ops; i++)
        h = (h ^ reg[t][i]) * UINT64_C(1099511628211);
    return h ^ h >> 29;
}

/* Threads that are alike count in no order. */
static uint64_t hash_outcome(void)
{
    uint64_t h = UINT64_C(14695981039346656037) + (engine.failure != NULL), alike = 0;
    for (unsigned c = 0; c < CELLS; c++)
        h = (h ^ cells[c].raw) * UINT64_C(1099511628211);
    for (unsigned t = 0; t < code.threads; t++) {
        if (code.alike >> t & 1)
            alike += hash_thread(t) * UINT64_C(0x9e3779b97f4a7c15);
        else
            h = (h ^ hash_thread(t)) * UINT64_C(1099511628211);
    }
    return (h ^ alike) * UINT64_C(1099511628211);
}

/* execute restores static cells at its end, so the outcome is taken from the verdict, or right after
   a failure, from the registers alone. */
static uint64_t outcome_hash;

static const char *verdict(void *context)
{
    outcome_hash = hash_outcome();
    return none(context);
}

static void add(struct outcomes *o, uint64_t hash)
{
    for (unsigned i = 0; i < o->count; i++) {
        if (o->hash[i] == hash)
            return;
    }
    if (o->count < OUTCOMES_MAX)
        o->hash[o->count++] = hash;
}

static bool holds(const struct outcomes *o, uint64_t hash)
{
    for (unsigned i = 0; i < o->count; i++) {
        if (o->hash[i] == hash)
            return true;
    }
    return false;
}

static void compare_all(const struct program *p, int stale_max, bool calm, bool plain,
                        struct outcomes *o)
{
    o->count = 0;
    o->executions = 0;
    explore_start(EXHAUSTIVE, stale_max, calm, 0, 0);
    exploration.plain = plain;
    bool more = true;
    while (more && o->executions < EXECUTIONS_MAX) {
        enum outcome ended = execute(p);
        o->executions++;
        if (ended == FAILED)
            outcome_hash = hash_outcome();
        if (ended != PRUNED)
            add(o, outcome_hash);
        more = explore_next();
    }
    o->complete = !more;
    exploration.plain = false;
}

static void print_program(void)
{
    static const char *const names[] = {"load",  "store", "add",  "exchange", "cas",
                                        "await", "sleep", "wake", "barrier"};
    for (unsigned t = 0; t < code.threads; t++) {
        fprintf(stderr, "  T%u:", t);
        for (unsigned i = 0; i < code.ops; i++)
            fprintf(stderr, " %s(%c,%u,%d)", names[code.code[t][i].op],
                    'x' + (int)code.code[t][i].cell, code.code[t][i].value,
                    (int)code.code[t][i].order);
        fputc('\n', stderr);
    }
}

int main(int argc, char **argv)
{
    static struct outcomes with, without;
    static const struct {
        int stale_max;
        bool calm;
    } bounds[] = {
        {STALE_UNBOUNDED, false}, {0, false}, {1, false}, {STALE_UNBOUNDED, true}, {0, true}};
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t executions_with = 0, executions_without = 0;
    unsigned compared = 0;
    struct program p = {.setup = setup, .body = body, .verdict = verdict, .broken = not_broken};
    for (unsigned n = 0; n < PROGRAMS; n++) {
        struct rng r = rng_seeded(seed, n);
        generate(&r, n % 2 != 0);
        p.threads = code.threads;
        p.alike = code.alike;
        for (unsigned b = 0; b < sizeof bounds / sizeof *bounds; b++) {
            compare_all(&p, bounds[b].stale_max, bounds[b].calm, false, &with);
            compare_all(&p, bounds[b].stale_max, bounds[b].calm, true, &without);
            if (!without.complete)
                continue;
            compared++;
            executions_with += with.executions;
            executions_without += without.executions;
            unsigned lost = 0;
            for (unsigned i = 0; i < without.count; i++)
                lost += !holds(&with, without.hash[i]);
            CHECK(lost == 0 && with.count == without.count,
                  "seed %ju program %u stale %d%s: %u of %u outcomes lost, %u found",
                  (uintmax_t)seed, n, bounds[b].stale_max, bounds[b].calm ? " calm" : "", lost,
                  without.count, with.count);
            if (lost)
                print_program();
        }
    }
    printf("seed %ju: %u searches compared, %ju executions with reduction, %ju without\n",
           (uintmax_t)seed, compared, (uintmax_t)executions_with, (uintmax_t)executions_without);
    CHECK(compared > PROGRAMS && executions_with < executions_without, "too few to say anything");
    return check_result("model reduction");
}
