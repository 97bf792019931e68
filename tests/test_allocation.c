// SPDX-License-Identifier: MIT
/* No operation of an own implementation asks for memory or gives it back, but those in the table of
   allowances. Prints for each implementation what each operation did: allocations of calls; elsewhere: what
   other threads did, its own ones, meanwhile. Two threads use it, so that its slow ways are taken as well:
   one that parks must have slept. */
#include "tests/allocation.h"
#include "tests/check.h"

#include <contend/mutex.h>
#include <contend/mutex/ticket.h>
#include <contend/queue.h>
#include <contend/timer.h>
#include <contend/unbounded_queue/two-lock.h>

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { OBJECT_BYTES_MIN = 4096, VISITS_MAX = 20, HOLDS_MAX = 256 };

uint64_t visit_hold_ns = ALLOCATION_HOLD_NS;

/* What may allocate, and so often: allocations for each so many calls, rounded up. NULL: all. */
struct allowance {
    const char *kind, *implementation, *operation;
    uint64_t allocations, calls;
    const char *why;
    bool used;
};

static struct allowance allowances[] = {
    {"unbounded_queue", "ring-list", "push, growing", 2, 128, "each ring is twice the last", false},
    {"unbounded_queue", "two-lock", "push, growing", 1, 1, "a node for one item more inside",
     false},
    {"unbounded_queue", "mutex-cond", "push, growing", 1, 1, "a node for one item more inside",
     false},
    {"unbounded_queue", "michael-scott", NULL, 2, 1,
     "a node for each push; a pop frees others' too", false},
    /* whose stacks libc has kept is another matter */
    {"thread", NULL, "start", 2, 1, "libc makes thread-local storage", true},
    {"thread", NULL, "join", 2, 1, "libc gives it back", true},
    {"thread", NULL, "elsewhere", 1, 1, "libc gives it back at a detached thread's end", true},
};

static const struct allowance *allowance_of(const struct ct_impl *impl, const char *operation)
{
    for (unsigned i = 0; i < sizeof allowances / sizeof *allowances; i++) {
        struct allowance *a = &allowances[i];
        if (strcmp(a->kind, impl->kind) == 0 &&
            (!a->implementation || strcmp(a->implementation, impl->name) == 0) &&
            (!a->operation || strcmp(a->operation, operation) == 0))
            return a;
    }
    return NULL;
}

static void *allocate(size_t bytes)
{
    size_t whole = (bytes + CT_APART_BYTES - 1) / CT_APART_BYTES * CT_APART_BYTES;
    void *memory = aligned_alloc(CT_APART_BYTES, whole);
    if (!memory)
        ct_panic("aligned_alloc", ENOMEM);
    return memset(memory, 0, whole);
}

/* The thread that is side 1: made once, for making one allocates. */
static struct {
    pthread_t thread;
    struct ct_u32 turn, met; /* turn: odd: play; even: done */
    struct visit *visit;
    visit_play *play; /* NULL: end */
} partner;

static void meet(void)
{
    ct_u32_add_release(&partner.met, 1);
    while (ct_u32_load_acquire(&partner.met) % 2 != 0)
        ct_yield();
}

static void *partner_run(void *nothing)
{
    for (uint32_t turn = 0;; turn += 2) {
        while (ct_u32_load_acquire(&partner.turn) == turn)
            ct_wait(&partner.turn, turn, CT_FOREVER);
        if (!partner.play)
            return nothing;
        meet();
        partner.play(partner.visit, 1);
        ct_u32_store_release(&partner.turn, turn + 2);
        ct_wake(&partner.turn, 1);
    }
}

static void partner_starts(struct visit *v, visit_play *play)
{
    partner.visit = v;
    partner.play = play;
    ct_u32_add_release(&partner.turn, 1);
    ct_wake(&partner.turn, 1);
}

static void partner_awaits(void)
{
    uint32_t turn;
    while ((turn = ct_u32_load_acquire(&partner.turn)) % 2 != 0)
        ct_wait(&partner.turn, turn, CT_FOREVER);
}

static uint64_t tally_sum(const struct visit *v)
{
    uint64_t sum = 0;
    for (unsigned side = 0; side < 2; side++)
        for (const struct tally_row *r = v->tally[side].rows; r->operation; r++)
            sum += r->allocations;
    return sum;
}

void visit_both(struct visit *v, visit_play *play)
{
    uint64_t noted = tally_sum(v), before = allocations_everywhere();
    ct_u32_store_relaxed(&v->mark, 0);
    partner_starts(v, play);
    meet();
    play(v, 0);
    partner_awaits();
    v->elsewhere += allocations_everywhere() - before - (tally_sum(v) - noted);
}

void visit_alone(struct visit *v, visit_play *play)
{
    uint64_t noted = tally_sum(v), before = allocations_everywhere();
    play(v, 0);
    v->elsewhere += allocations_everywhere() - before - (tally_sum(v) - noted);
}

static const struct visit_kind *kind_of(const struct ct_impl *impl)
{
    const struct visit_kind *const tables[] = {visit_locks, visit_services};
    for (unsigned i = 0; i < 2; i++)
        for (const struct visit_kind *k = tables[i]; k->kind; k++)
            if (strcmp(k->kind, impl->kind) == 0)
                return k;
    return NULL;
}

/* Visits it; the caller frees. */
static struct visit *visit(const struct ct_impl *impl)
{
    const struct visit_kind *kind = kind_of(impl);
    struct visit *v = allocate(sizeof *v);
    size_t bytes = impl->size_bytes > OBJECT_BYTES_MIN ? impl->size_bytes : OBJECT_BYTES_MIN;
    v->ops = v->impl = impl;
    for (unsigned i = 0; i < ALLOCATION_OBJECTS; i++)
        v->object[i] = allocate(bytes);
    v->node[0] = allocate(2 * ALLOCATION_NODE_BYTES);
    /* a barrier's nodes lie side by side */
    v->node[1] = v->node[0] +
                 (strcmp(impl->kind, "barrier") == 0 ? impl->node_bytes : ALLOCATION_NODE_BYTES);
    if (impl->node_bytes > ALLOCATION_NODE_BYTES || impl->align_bytes > CT_APART_BYTES)
        ct_panic("allocation.h: ALLOCATION_NODE_BYTES, CT_APART_BYTES", EINVAL);
    if (kind)
        kind->run(v);
    for (const struct tally_row *r = v->tally[1].rows; r->operation; r++)
        tally_add(&v->tally[0], r->operation, r->calls, r->allocations);
    v->tally[0].sleeps += v->tally[1].sleeps;
    return v;
}

static void visit_free(struct visit *v)
{
    for (unsigned i = 0; i < ALLOCATION_OBJECTS; i++)
        free(v->object[i]);
    free(v->node[0]);
    free(v);
}

/* Prints the tally; returns the first operation that did what it may not, or NULL. */
static const char *judge(struct visit *v)
{
    const char *first = NULL;
    uint64_t calls = 0;
    for (const struct tally_row *r = v->tally[0].rows; r->operation; r++)
        calls += r->calls;
    tally_add(&v->tally[0], "elsewhere", calls, v->elsewhere);
    printf("%s/%s:", v->impl->kind, v->impl->name);
    for (const struct tally_row *r = v->tally[0].rows; r->operation; r++) {
        const struct allowance *a = allowance_of(v->impl, r->operation);
        uint64_t may = a ? (r->calls + a->calls - 1) / a->calls * a->allocations : 0;
        printf("%s %s %llu of %llu", r == v->tally[0].rows ? "" : ",", r->operation,
               (unsigned long long)r->allocations, (unsigned long long)r->calls);
        if (r->allocations > may && !first)
            first = r->operation;
        else if (r->allocations > 0 && a)
            printf(" (%s)", a->why);
    }
    printf("; slept %llu times\n", (unsigned long long)v->tally[0].sleeps);
    return first;
}

static void note_allowances(const struct visit *v)
{
    for (const struct tally_row *r = v->tally[0].rows; r->operation; r++)
        for (unsigned a = 0; a < sizeof allowances / sizeof *allowances; a++)
            allowances[a].used |=
                r->allocations > 0 && allowance_of(v->impl, r->operation) == &allowances[a];
}

static void check_own(void)
{
    unsigned visited = 0;
    for (const struct ct_impl *const *i = ct_impls; *i; i++) {
        if ((*i)->traits & CT_PEER)
            continue;
        CHECK(kind_of(*i), "%s: no visit for this kind", (*i)->kind);
        bool slept = ((*i)->traits & CT_PARKS) == 0;
        const char *wrong = NULL;
        /* On a busy machine a thread may come too late to wait, or each time that it gives its CPU away
           takes others' slices: the holds double. */
        visit_hold_ns = ALLOCATION_HOLD_NS;
        for (unsigned visits = 0; visits == 0 || (visits < VISITS_MAX && !slept && !wrong);
             visits++) {
            struct visit *v = visit(*i);
            wrong = judge(v);
            slept |= v->tally[0].sleeps > 0;
            note_allowances(v);
            visit_free(v);
            if (visit_hold_ns < HOLDS_MAX * ALLOCATION_HOLD_NS)
                visit_hold_ns *= 2;
        }
        CHECK(!wrong, "%s/%s: %s allocates", (*i)->kind, (*i)->name, wrong);
        CHECK(slept, "%s/%s: never slept: its slow ways were not visited", (*i)->kind, (*i)->name);
        visited++;
    }
    for (unsigned a = 0; a < sizeof allowances / sizeof *allowances; a++)
        CHECK(allowances[a].used, "%s: %s: an allowance that nothing needs", allowances[a].kind,
              allowances[a].why);
    CHECK(visited > 0, "no implementation");
}

/* The controls: a mutex whose fast path does each of these, a timer whose thread does, a queue that has an
   allowance for another operation. */
static void *volatile kept;

static void by_malloc(void)
{
    kept = malloc(1);
}

static void by_calloc(void)
{
    kept = calloc(1, 1);
}

static void by_realloc(void)
{
    kept = realloc(NULL, 1);
}

static void by_memalign(void)
{
    kept = memalign(CT_APART_BYTES, 1);
}

static void by_aligned_alloc(void)
{
    kept = aligned_alloc(CT_APART_BYTES, CT_APART_BYTES);
}

static void by_posix_memalign(void)
{
    void *memory = NULL;
    if (posix_memalign(&memory, CT_APART_BYTES, 1) == 0)
        kept = memory;
}

static void by_strdup(void)
{
    kept = strdup("inside libc");
}

static void by_mmap(void)
{
    void *memory = mmap(NULL, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED)
        munmap(memory, 1);
}

static const struct {
    const char *name;
    void (*run)(void);
} ways[] = {
    {"malloc", by_malloc},
    {"calloc", by_calloc},
    {"realloc", by_realloc},
    {"memalign", by_memalign},
    {"aligned_alloc", by_aligned_alloc},
    {"posix_memalign", by_posix_memalign},
    {"strdup", by_strdup},
    {"mmap", by_mmap},
};

static void (*way)(void);

static void careless_lock(void *m, void *node)
{
    ct_mutex_ticket_ops.lock(m, node);
    way();
}

static void careless_unlock(void *m, void *node)
{
    free(kept);
    kept = NULL;
    ct_mutex_ticket_ops.unlock(m, node);
}

static int careless_try_push(void *q, const void *item, size_t item_bytes)
{
    kept = malloc(item_bytes);
    free(kept);
    return ct_unbounded_queue_two_lock_ops.try_push(q, item, item_bytes);
}

static void check_caught(const char *what, const void *ops, const char *operation)
{
    printf("%s: ", what);
    struct visit *v = visit(ops);
    const char *caught = judge(v);
    CHECK(caught && strcmp(caught, operation) == 0, "control: %s: caught in %s, not in %s", what,
          caught ? caught : "nothing", operation);
    visit_free(v);
}

static void check_controls(void)
{
    struct ct_mutex_ops mutex = ct_mutex_ticket_ops;
    mutex.unlock = careless_unlock;
    mutex.trylock = NULL;
    mutex.lock = careless_lock;
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
        way = ways[i].run;
        check_caught(ways[i].name, &mutex, "lock");
    }
    struct ct_queue_ops queue = ct_unbounded_queue_two_lock_ops;
    queue.try_push = careless_try_push;
    check_caught("malloc for each item", &queue, "try_push");
    for (const struct ct_impl *const *i = ct_impls; *i; i++) {
        if (strcmp((*i)->kind, "timer") != 0 || (*i)->traits & CT_PEER)
            continue;
        visit_careless = by_strdup;
        check_caught("strdup in another thread", *i, "elsewhere");
        visit_careless = NULL;
    }
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (pthread_create(&partner.thread, NULL, partner_run, NULL) != 0)
        ct_panic("pthread_create", EAGAIN);
    check_own();
    check_controls();
    partner_starts(NULL, NULL);
    pthread_join(partner.thread, NULL);
    return check_result("allocation");
}
