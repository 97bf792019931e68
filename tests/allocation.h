// SPDX-License-Identifier: MIT
/* allocation.h - which operations ask for memory or give it back: a count of the calls of malloc and its
   kin, and what drives each kind's operations with two threads, so that they also wait. */
#ifndef TESTS_ALLOCATION_H
#define TESTS_ALLOCATION_H

#include <contend/impl.h>
#include <contend/wait.h>

#include <string.h>
#include <sys/resource.h>

/* Calls so far: of the calling thread, and of all threads (allocation_count.c). */
uint64_t allocations_here(void);
uint64_t allocations_everywhere(void);

enum { ALLOCATION_OPERATIONS = 20, ALLOCATION_OBJECTS = 3, ALLOCATION_NODE_BYTES = 1024 };
enum { ALLOCATION_ROUNDS = 32, ALLOCATION_HOLD_EVERY = 16 };
#define ALLOCATION_HOLD_NS UINT64_C(1000000) /* longer than anybody spins where nobody else runs */
#define ALLOCATION_SHORT_NS UINT64_C(200000) /* a deadline that passes while another holds */

struct tally_row {
    const char *operation;
    uint64_t calls, allocations;
};

/* What one thread's operations did; ends with a row of no operation. */
struct tally {
    struct tally_row rows[ALLOCATION_OPERATIONS + 1];
    uint64_t sleeps; /* switches to another thread inside them */
};

/* Objects of one implementation, their nodes, and two threads that use them: side 0 and 1. */
struct visit {
    const void *ops;
    const struct ct_impl *impl;
    unsigned char *object[ALLOCATION_OBJECTS];
    unsigned char *node[2]; /* of each side, ALLOCATION_NODE_BYTES */
    void *other;            /* what a play needs beside it */
    struct ct_u32 mark;     /* for plays in which one side waits for the other */
    struct tally tally[2];
    uint64_t elsewhere; /* allocations outside operations: by an implementation's own threads */
};

typedef void visit_play(struct visit *v, unsigned side);

/* Both sides play at the same time; or side 0 alone. */
void visit_both(struct visit *v, visit_play *play);
void visit_alone(struct visit *v, visit_play *play);

/* How each kind is visited; ends with {NULL}. Objects come uninitialised and are left destroyed. */
struct visit_kind {
    const char *kind;
    void (*run)(struct visit *v);
};
extern const struct visit_kind visit_locks[];    /* allocation_locks.c */
extern const struct visit_kind visit_services[]; /* allocation_services.c */

/* What a timer's or a pool's function allocates, if a control wants it to. */
extern void (*visit_careless)(void);

static inline uint64_t tally_switches(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return (uint64_t)usage.ru_nvcsw;
}

static inline void tally_add(struct tally *t, const char *operation, uint64_t calls,
                             uint64_t allocations)
{
    struct tally_row *row = t->rows;
    while (row->operation && strcmp(row->operation, operation) != 0)
        row++;
    if (row == t->rows + ALLOCATION_OPERATIONS)
        ct_panic("allocation.h: more operations than ALLOCATION_OPERATIONS", ENOMEM);
    row->operation = operation;
    row->calls += calls;
    row->allocations += allocations;
}

/* Makes the call and notes what it did, in the function's v and side. */
#define COUNT(operation, call)                                                                     \
    do {                                                                                           \
        uint64_t count_switches = tally_switches(), count_before = allocations_here();             \
        call;                                                                                      \
        tally_add(&v->tally[side], operation, 1, allocations_here() - count_before);               \
        v->tally[side].sleeps += tally_switches() - count_switches;                                \
    } while (0)

static inline void visit_nap(uint64_t ns)
{
    struct timespec t;
    nanosleep(ct_timespec(&t, ns), NULL);
}

extern uint64_t visit_hold_ns;

/* Now and then, each side in its turn holds what it has for so long that the other must wait for it. */
static inline void visit_hold(unsigned round, unsigned side)
{
    if (round % ALLOCATION_HOLD_EVERY == side * ALLOCATION_HOLD_EVERY / 2)
        visit_nap(visit_hold_ns);
}

/* A deadline of a sort that depends on the round: passed, soon, never. */
static inline uint64_t visit_deadline_ns(unsigned round)
{
    return round % 3 == 0 ? 0 : round % 3 == 1 ? ct_now_ns() + ALLOCATION_SHORT_NS : CT_FOREVER;
}

/* Until the other side has said so. */
static inline void visit_await(const struct visit *v, uint32_t mark)
{
    while (ct_u32_load_acquire(&v->mark) < mark)
        ct_yield();
}

#endif
