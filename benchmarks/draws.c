// SPDX-License-Identifier: MIT
#include "benchmarks/varied.h"

#include "support/fail.h"

#include <contend/cpu.h>
#include <contend/wait.h>

#include <math.h>
#include <stdlib.h>

const char *const bench_spread_names[SPREADS] = {"constant", "exponential", "bimodal"};

static const double bimodal_long_share = 0.1, bimodal_short = 0.5, bimodal_long = 5.5;

/* Whoever waits for its time sleeps until so long before, in pieces no longer than the other, for the
   trial may end meanwhile. */
static const uint64_t awake_before_ns = 100 * NS_PER_US, nap_ns = 5 * NS_PER_MS;

/* The quantile u, in [0, 1), of a distribution of mean 1. */
static double quantile(enum bench_spread spread, double u)
{
    switch (spread) {
    case SPREAD_EXPONENTIAL:
        return -log1p(-u);
    case SPREAD_BIMODAL:
        return u < 1 - bimodal_long_share ? bimodal_short : bimodal_long;
    default:
        return 1;
    }
}

/* A point of the piece i of n. */
static double stratum(size_t i, size_t n, struct rng *rng)
{
    return ((double)i + (double)(rng_next(rng) >> 11) * 0x1p-53) / (double)n;
}

static void fill(uint64_t *table, double mean, enum bench_spread spread, struct rng *rng)
{
    for (size_t i = 0; i < BENCH_DRAWS; i++)
        table[i] = (uint64_t)llround(mean * quantile(spread, stratum(i, BENCH_DRAWS, rng)));
    for (size_t i = BENCH_DRAWS; i > 1; i--) {
        size_t j = (size_t)rng_below(rng, i);
        uint64_t kept = table[i - 1];
        table[i - 1] = table[j];
        table[j] = kept;
    }
}

/* Zipf's law: the object of rank r is chosen in proportion to r to the power of -skew. */
static void choose(uint32_t *table, uint32_t objects, double skew, struct rng *rng)
{
    double total = 0, passed = 0;
    for (uint32_t r = 1; r <= objects; r++)
        total += pow(r, -skew);
    uint32_t object = 0;
    for (size_t i = 0; i < BENCH_CHOICES; i++) {
        double point = stratum(i, BENCH_CHOICES, rng) * total;
        while (object + 1 < objects && passed + pow(object + 1, -skew) <= point)
            passed += pow(++object, -skew);
        table[i] = object;
    }
    for (size_t i = BENCH_CHOICES; i > 1; i--) {
        size_t j = (size_t)rng_below(rng, i);
        uint32_t kept = table[i - 1];
        table[i - 1] = table[j];
        table[j] = kept;
    }
}

static bool varies(const struct bench_workload *w)
{
    return w->hold_spread || w->think_spread || w->objects > 1 || w->lines > 1 ||
           w->lines_outside || w->beside_lock || w->arrivals_per_s || w->idle_ns;
}

struct bench_draws *bench_draws_make(const struct bench_workload *workload, double unit_ns,
                                     uint64_t seed, unsigned index, bool crowded)
{
    if (!varies(workload))
        return NULL;
    struct bench_draws *d = must_alloc_aligned(CT_APART_BYTES, apart(sizeof *d));
    /* Not the stream of the sampler, which has the same seed. */
    struct rng rng = rng_seeded(~seed, index);
    *d = (struct bench_draws){.paced = workload->arrivals_per_s > 0,
                              .crowded = crowded,
                              .lines = workload->lines_outside};
    fill(d->hold_units, workload->hold_ns / unit_ns, (enum bench_spread)workload->hold_spread,
         &rng);
    fill(d->think_units, workload->think_ns / unit_ns, (enum bench_spread)workload->think_spread,
         &rng);
    if (d->paced)
        fill(d->gap_ns, (double)NS_PER_S / workload->arrivals_per_s, SPREAD_EXPONENTIAL, &rng);
    if (workload->objects > 1)
        choose(d->object, workload->objects, workload->skew_permille / 1000.0, &rng);
    if (workload->idle_ns) {
        d->burst_ns = workload->burst_ns;
        d->period_ns = d->burst_ns + workload->idle_ns;
    }
    if (d->lines)
        d->line = must_alloc_aligned(CT_APART_BYTES, (size_t)d->lines * CT_APART_BYTES);
    return d;
}

void bench_draws_free(struct bench_draws *d)
{
    if (d)
        free((void *)(uintptr_t)d->line);
    free(d);
}

/* Until then, or until the trial ends. */
static void await(const struct bench_thread *t, uint64_t until_ns)
{
    for (uint64_t now_ns; (now_ns = clock_ns()) < until_ns && bench_running(t);) {
        uint64_t left_ns = until_ns - now_ns;
        if (left_ns > 2 * awake_before_ns) {
            uint64_t asleep_ns = left_ns - awake_before_ns;
            clock_sleep_until(now_ns + (asleep_ns < nap_ns ? asleep_ns : nap_ns), NULL);
        } else if (t->draws->crowded) {
            ct_yield();
        } else {
            ct_pause();
        }
    }
}

/* Returns when the operation was due, which may be long ago. */
uint64_t bench_await_arrival(struct bench_thread *t, struct bench_step *s)
{
    if (s->due_ns == 0)
        s->due_ns = clock_ns();
    await(t, s->due_ns);
    uint64_t due_ns = s->due_ns;
    s->due_ns += t->draws->gap_ns[s->done % BENCH_DRAWS];
    return due_ns;
}

void bench_arrival_latency(struct bench_thread *t, uint64_t due_ns, uint64_t end_ns)
{
    if (ct_u32_load_relaxed(t->phase) == PHASE_MEASURE)
        histogram_record(t->latency, end_ns > due_ns ? end_ns - due_ns : 0);
}

/* At the end: those that were due and never started have waited at least so long. */
void bench_unserved(struct bench_thread *t, const struct bench_step *s)
{
    uint64_t now_ns = clock_ns(), due_ns = s->due_ns;
    for (uint64_t i = s->done; due_ns < now_ns; due_ns += t->draws->gap_ns[i++ % BENCH_DRAWS])
        histogram_record(t->latency, now_ns - due_ns);
}

/* All threads' phases are the clock's, so that they come together. */
void bench_await_burst(struct bench_thread *t)
{
    const struct bench_draws *d = t->draws;
    uint64_t now_ns = clock_ns(), within_ns = now_ns % d->period_ns;
    if (within_ns < d->burst_ns)
        return;
    await(t, now_ns - within_ns + d->period_ns);
    t->sampler.last_ns = clock_ns();
}
