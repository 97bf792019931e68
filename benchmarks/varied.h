// SPDX-License-Identifier: MIT
/* varied.h - the loop of a workload that varies: lengths of work, choice among objects, arrivals, bursts.
 *
 * All that is random is drawn before the trial, so that the loop only looks it up. A kind has its simple
 * loop, which pays for nothing of this, and beside it one of these, run where the thread has draws:
 *
 *     struct bench_step step = BENCH_STEP_FIRST;
 *     do {
 *         bench_step_begin(t, &step);
 *         ... acquire object step.object ...
 *         bench_step_entered(t, &step);
 *         ... work(step.hold_units), release ...
 *         bench_step_end(t, &step);
 *     } while (bench_running(t));
 *     bench_step_last(t, &step);
 */
#ifndef BENCHMARKS_VARIED_H
#define BENCHMARKS_VARIED_H

#include "benchmarks/loop.h"

enum { BENCH_DRAWS = 256, BENCH_CHOICES = 1024 };

/* One thread's. Each table is its distribution cut into pieces of equal weight, one value from each, in
   random order: means and frequencies are right already after one turn. */
struct bench_draws {
    uint64_t hold_units[BENCH_DRAWS], think_units[BENCH_DRAWS], gap_ns[BENCH_DRAWS];
    uint32_t object[BENCH_CHOICES];
    bool paced;                   /* operations start when due */
    bool crowded;                 /* more threads than CPUs: waiting leaves the CPU to others */
    uint64_t burst_ns, period_ns; /* 0: no phases */
    uint32_t lines;
    volatile uint64_t *line; /* [lines][BENCH_LINE_WORDS] */
};

enum { BENCH_LINE_WORDS = CT_APART_BYTES / sizeof(uint64_t) };

/* NULL if the workload does not vary. */
struct bench_draws *bench_draws_make(const struct bench_workload *workload, double unit_ns,
                                     uint64_t seed, unsigned index, bool crowded);
void bench_draws_free(struct bench_draws *d);

struct bench_step {
    uint64_t done, timed;
    uint64_t due_ns; /* when the next operation arrives; 0: the first has not been drawn */
    uint64_t begin_ns;
    bool timing;
    uint32_t object;
    uint64_t hold_units;
};
#define BENCH_STEP_FIRST ((struct bench_step){.timed = 1})

/* The slow pieces, out of line. */
uint64_t bench_await_arrival(struct bench_thread *t, struct bench_step *s);
void bench_arrival_latency(struct bench_thread *t, uint64_t due_ns, uint64_t end_ns);
void bench_unserved(struct bench_thread *t, const struct bench_step *s);
void bench_await_burst(struct bench_thread *t);

#define BENCH_PIECE static inline __attribute__((always_inline)) void

BENCH_PIECE bench_touch(volatile uint64_t *line, uint32_t lines)
{
    for (uint32_t i = 0; i < lines; i++)
        line[i * BENCH_LINE_WORDS]++;
}

BENCH_PIECE bench_step_begin(struct bench_thread *t, struct bench_step *s)
{
    const struct bench_draws *d = t->draws;
    s->object = d->object[s->done % BENCH_CHOICES];
    s->hold_units = d->hold_units[s->done % BENCH_DRAWS];
    s->timing = d->paced || s->done == s->timed;
    s->begin_ns = d->paced ? bench_await_arrival(t, s) : s->timing ? clock_ns() : 0;
}

BENCH_PIECE bench_step_entered(struct bench_thread *t, struct bench_step *s)
{
    if (t->draws->paced)
        bench_arrival_latency(t, s->begin_ns, clock_ns());
    else if (s->timing)
        s->timed = s->done + bench_sample_latency(t, s->begin_ns, clock_ns());
}

BENCH_PIECE bench_step_end(struct bench_thread *t, struct bench_step *s)
{
    const struct bench_draws *d = t->draws;
    uint64_t think = d->think_units[s->done % BENCH_DRAWS];
    bench_count(t, ++s->done);
    bench_touch(d->line, d->lines);
    work(think);
    if (d->period_ns && s->timing)
        bench_await_burst(t);
}

BENCH_PIECE bench_step_last(struct bench_thread *t, const struct bench_step *s)
{
    if (t->draws->paced)
        bench_unserved(t, s);
}

#endif
