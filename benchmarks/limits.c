// SPDX-License-Identifier: MIT
#include "benchmarks/limits.h"

#include "benchmarks/stats.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/team.h"

#include <contend/mutex.h>
#include <contend/wait.h>

#include <math.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    ROUNDS = 7,
    BATCHES_MAX = 1024,        /* in one slot */
    SLOT_NS = 5 * 1000 * 1000, /* one measurement of one limit */
};

/* Ends the counting of two threads. */
static const uint32_t stop_value = UINT32_MAX;

/* What the one or two threads of a slot share. */
struct slot {
    CT_APART struct ct_u32 cell; /* nothing else is written near it meanwhile */
    CT_APART const struct ct_mutex_ops *ops;
    unsigned batches;
    double batch_ns[BATCHES_MAX]; /* per operation; their median is not moved by a preemption */
};

/* ---- operations of one thread ---- */

static inline void op_empty(struct slot *s)
{
    (void)s;
}

static inline void op_rmw(struct slot *s)
{
    ct_u32_exchange_acquire(&s->cell, 1);
}

static inline void op_rmw_pair(struct slot *s)
{
    while (ct_u32_exchange_acquire(&s->cell, 1) != 0)
        ct_pause();
    ct_u32_store_release(&s->cell, 0);
}

static inline void op_clock(struct slot *s)
{
    (void)s;
    clock_ns();
}

static inline void op_pause(struct slot *s)
{
    (void)s;
    ct_pause();
}

static inline void op_syscall(struct slot *s)
{
    (void)s;
    syscall(SYS_getppid);
}

static inline void op_yield(struct slot *s)
{
    (void)s;
    ct_yield();
}

static inline void op_membarrier(struct slot *s)
{
    (void)s;
    ct_membarrier_rseq();
}

static inline void op_dispatch(struct slot *s)
{
    s->ops->lock(&s->cell, NULL);
    s->ops->unlock(&s->cell, NULL);
}

static void nothing(void *m, void *node)
{
    (void)m;
    (void)node;
}

static const struct ct_mutex_ops nothing_ops = {.lock = nothing, .unlock = nothing};

/* volatile: the compiler must not see which table it is */
static const struct ct_mutex_ops *const volatile hidden_ops = &nothing_ops;

/* The end of one more timed batch; false when the slot is used up. */
static bool batch_ends(struct slot *s, unsigned operations, uint64_t begin_ns, uint64_t *now_ns)
{
    uint64_t end_ns = clock_ns();
    s->batch_ns[s->batches++] = (double)(end_ns - *now_ns) / operations;
    *now_ns = end_ns;
    return end_ns - begin_ns < SLOT_NS && s->batches < BATCHES_MAX;
}

/* Inlined with op, so that nothing but op is measured; batch is large enough to hide the clock. The
   barrier keeps the compiler from merging iterations. */
static inline __attribute__((always_inline)) void repeat(struct slot *s, unsigned batch,
                                                         void (*op)(struct slot *))
{
    uint64_t begin_ns = clock_ns(), now_ns = begin_ns;
    do {
        for (unsigned i = 0; i < batch; i++) {
            op(s);
            ct_compiler_barrier();
        }
    } while (batch_ends(s, batch, begin_ns, &now_ns));
}

#define ALONE(name, batch)                                                                         \
    static void alone_##name(void *slot)                                                           \
    {                                                                                              \
        repeat(slot, batch, op_##name);                                                            \
    }
ALONE(empty, 65536)
ALONE(rmw, 8192)
ALONE(rmw_pair, 8192)
ALONE(clock, 2048)
ALONE(pause, 2048)
ALONE(syscall, 512)
ALONE(yield, 128)
ALONE(dispatch, 16384)

/* ---- two threads: counting up one cell in turn ---- */

/* Wait until the cell differs from seen; what it holds then. */
typedef uint32_t await(const struct ct_u32 *c, uint32_t seen);
typedef void announce(struct ct_u32 *c, uint32_t x);

static inline uint32_t spin_await(const struct ct_u32 *c, uint32_t seen)
{
    uint32_t x;
    while ((x = ct_u32_load_acquire(c)) == seen)
        ct_pause();
    return x;
}

static inline void spin_announce(struct ct_u32 *c, uint32_t x)
{
    ct_u32_store_release(c, x);
}

static inline uint32_t sleep_await(const struct ct_u32 *c, uint32_t seen)
{
    uint32_t x;
    while ((x = ct_u32_load_acquire(c)) == seen)
        ct_wait(c, seen, CT_FOREVER);
    return x;
}

static inline void sleep_announce(struct ct_u32 *c, uint32_t x)
{
    ct_u32_store_release(c, x);
    ct_wake(c, 1);
}

static inline __attribute__((always_inline)) void ask(struct slot *s, unsigned batch,
                                                      await *wait_for, announce *tell)
{
    uint64_t begin_ns = clock_ns(), now_ns = begin_ns;
    uint32_t seen = 0;
    do {
        for (unsigned i = 0; i < batch; i++) {
            tell(&s->cell, seen + 1);
            seen = wait_for(&s->cell, seen + 1);
        }
    } while (batch_ends(s, batch, begin_ns, &now_ns));
    tell(&s->cell, stop_value);
}

static inline __attribute__((always_inline)) void answer(struct slot *s, await *wait_for,
                                                         announce *tell)
{
    for (uint32_t seen = 0; (seen = wait_for(&s->cell, seen)) != stop_value; seen++)
        tell(&s->cell, seen + 1);
}

static void line_ask(void *slot)
{
    ask(slot, 128, spin_await, spin_announce);
}

static void line_answer(void *slot)
{
    answer(slot, spin_await, spin_announce);
}

static void futex_ask(void *slot)
{
    ask(slot, 4, sleep_await, sleep_announce);
}

static void futex_answer(void *slot)
{
    answer(slot, sleep_await, sleep_announce);
}

static void membarrier_ask(void *slot)
{
    struct slot *s = slot;
    spin_await(&s->cell, 0);
    repeat(s, 8, op_membarrier);
    spin_announce(&s->cell, stop_value);
}

static void membarrier_answer(void *slot)
{
    struct slot *s = slot;
    spin_announce(&s->cell, 1);
    spin_await(&s->cell, 1);
}

/* ---- the table ---- */

enum seats { ONE_CPU, TWO_ON_ONE_CPU, TWO_CPUS };

static const struct row {
    const char *name, *what;
    enum seats seats;
    team_body *first, *second; /* second NULL: one thread */
    bool (*usable)(void);      /* NULL: always */
} rows[LIMITS] = {
    [LIMIT_RMW] = {"rmw_ns", "locked exchange, line of one's own", ONE_CPU, alone_rmw, NULL, NULL},
    [LIMIT_RMW_PAIR] = {"rmw_pair_ns", "locked exchange and release store: the cheapest lock pair",
                        ONE_CPU, alone_rmw_pair, NULL, NULL},
    [LIMIT_LINE_ROUND_TRIP] = {"line_round_trip_ns",
                               "cache line to the nearest other CPU and back, polling with pause",
                               TWO_CPUS, line_ask, line_answer, NULL},
    [LIMIT_FUTEX_ROUND_TRIP] = {"futex_round_trip_ns",
                                "wake a sleeper on another CPU and be woken by it", TWO_CPUS,
                                futex_ask, futex_answer, NULL},
    [LIMIT_FUTEX_SAME_CPU] = {"futex_same_cpu_ns",
                              "wake a sleeper on the same CPU and be woken by it", TWO_ON_ONE_CPU,
                              futex_ask, futex_answer, NULL},
    [LIMIT_CLOCK] = {"clock_ns", "read the clock", ONE_CPU, alone_clock, NULL, NULL},
    [LIMIT_PAUSE] = {"pause_ns", "one spin-wait hint", ONE_CPU, alone_pause, NULL, NULL},
    [LIMIT_SYSCALL] = {"syscall_ns", "cheapest system call", ONE_CPU, alone_syscall, NULL, NULL},
    [LIMIT_YIELD] = {"yield_ns", "sched_yield, nobody waiting", ONE_CPU, alone_yield, NULL, NULL},
    [LIMIT_MEMBARRIER] = {"membarrier_ns", "expedited membarrier while another thread runs",
                          TWO_CPUS, membarrier_ask, membarrier_answer, ct_rseq_usable},
    [LIMIT_DISPATCH] = {"dispatch_ns", "two empty calls through an ops table", ONE_CPU,
                        alone_dispatch, NULL, NULL},
    [LIMIT_EMPTY] = {"empty_ns", "an iteration of the measuring loop", ONE_CPU, alone_empty, NULL,
                     NULL},
};

struct seat {
    struct slot *slot;
    team_body *body;
};

static void sit(void *context)
{
    struct seat *seat = context;
    seat->body(seat->slot);
}

/* Negative if this machine cannot. */
static double measure(const struct place *place, const struct row *row,
                      const struct place_cpu nearest[2])
{
    if (row->seats == TWO_CPUS && place_cpus(place) < 2)
        return -1;
    if (row->usable != NULL && !row->usable())
        return -1;
    struct slot slot = {.ops = hidden_ops};
    struct seat first = {&slot, row->first}, second = {&slot, row->second};
    struct place_cpu plan[2] = {nearest[0], nearest[row->seats == TWO_CPUS]};
    unsigned threads = row->second == NULL ? 1 : 2;
    struct team *team = team_gather(place, plan, threads, sit, (void *[]){&first, &second});
    team_go(team);
    team_join(team, NULL);
    return stats_median(slot.batch_ns, slot.batches);
}

struct limits_log {
    const struct place *place;
    struct place_cpu nearest[2];
    double *ns[LIMITS]; /* [count] */
    size_t count, capacity;
};

struct limits_log *limits_log_make(const struct place *place)
{
    struct limits_log *log = must_alloc(sizeof *log);
    log->place = place;
    place_plan(place, PLACE_COMPACT, 2, log->nearest);
    return log;
}

void limits_log_free(struct limits_log *log)
{
    for (int i = 0; i < LIMITS; i++)
        free(log->ns[i]);
    free(log);
}

void limits_log_read(struct limits_log *log)
{
    if (log->count == log->capacity)
        log->capacity = log->capacity ? 2 * log->capacity : ROUNDS;
    for (int i = 0; i < LIMITS; i++) {
        log->ns[i] = realloc(log->ns[i], log->capacity * sizeof *log->ns[i]);
        if (!log->ns[i])
            fail(EXIT_ENVIRONMENT, "memory: none left for %zu readings", log->capacity);
        log->ns[i][log->count] = measure(log->place, &rows[i], log->nearest);
    }
    log->count++;
}

void limits_log_medians(const struct limits_log *log, struct limit limits[LIMITS])
{
    for (int i = 0; i < LIMITS; i++)
        limits[i] =
            (struct limit){rows[i].name, rows[i].what, stats_median(log->ns[i], log->count)};
    /* the pair of calls without its loop; in the noise of a fast machine at least nothing */
    limits[LIMIT_DISPATCH].ns = fmax(0, limits[LIMIT_DISPATCH].ns - limits[LIMIT_EMPTY].ns);
}

char *limits_log_drift(const struct limits_log *log, double *largest)
{
    static const enum limit_id dividing[] = {LIMIT_RMW_PAIR, LIMIT_LINE_ROUND_TRIP,
                                             LIMIT_FUTEX_ROUND_TRIP, LIMIT_FUTEX_SAME_CPU};
    size_t half = log->count / 2;
    char *text = must_printf("%zu readings", log->count);
    *largest = 0;
    for (size_t i = 0; i < sizeof dividing / sizeof *dividing && half >= 2; i++) {
        const double *ns = log->ns[dividing[i]];
        double before = stats_median(ns, half), after = stats_median(ns + log->count - half, half);
        if (before <= 0 || after <= 0)
            continue; /* not measurable here */
        char *longer = must_printf("%s, %s %.4g -> %.4g (%+.1f %%)", text, rows[dividing[i]].name,
                                   before, after, 100 * (after / before - 1));
        free(text);
        text = longer;
        *largest = fmax(*largest, fabs(after / before - 1));
    }
    return text;
}

void limits_measure(const struct place *place, struct limit limits[LIMITS])
{
    struct limits_log *log = limits_log_make(place);
    for (int round = 0; round < ROUNDS; round++)
        limits_log_read(log);
    limits_log_medians(log, limits);
    limits_log_free(log);
}
