// SPDX-License-Identifier: MIT
#include "benchmarks/trial.h"

#include "benchmarks/loop.h"
#include "benchmarks/stats.h"
#include "benchmarks/varied.h"
#include "support/fail.h"
#include "support/noise.h"
#include "support/perf.h"
#include "support/team.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* Limits of a clean trial; reporting.md of the docs and the report's method section quote them. */
static const double overlap_min = 0.95;
static const double steal_cpus_max = 0.05;
static const double foreign_cpus_max = 0.25;
static const double tick_s = 0.01; /* /proc/stat counts in these, on each CPU of the machine */
static const uint64_t involuntary_base = 4, involuntary_per_thread_s = 200;

/* Clock reads may cost this share of the time between two samples. */
static const double sampling_share = 0.02;

uint64_t bench_sample_latency(struct bench_thread *t, uint64_t begin_ns, uint64_t end_ns)
{
    struct bench_sampler *s = &t->sampler;
    uint64_t took_ns = end_ns - begin_ns;
    uint64_t gap_ns = end_ns - s->last_ns;
    uint32_t phase = ct_u32_load_relaxed(t->phase);

    if (phase == PHASE_STOP) /* too late; last_ns tells the conductor since when it waited */
        return s->interval;
    took_ns -= took_ns < s->clock_cost_ns ? took_ns : s->clock_cost_ns;
    if (phase == PHASE_MEASURE) {
        histogram_record(t->latency, took_ns);
        if (gap_ns > s->starved_ns)
            s->starved_ns = gap_ns;
    }
    if (gap_ns < s->gap_ns)
        s->interval *= 2;
    else if (gap_ns > 4 * s->gap_ns && s->interval > 1)
        s->interval /= 2;
    s->last_ns = end_ns;
    s->sampled = true;
    /* jitter, so that no rhythm of the workload is met again and again */
    return s->interval / 2 + 1 + rng_below(&s->rng, s->interval);
}

struct member {
    struct bench_thread thread;
    const struct bench_subject *subject;
};

static void member_run(void *context)
{
    struct member *m = context;
    m->thread.sampler.last_ns = clock_ns();
    m->subject->run(&m->thread);
}

static uint64_t units(uint32_t ns, double unit_ns)
{
    return (uint64_t)lround(ns / unit_ns);
}

static void member_init(struct member *m, const struct trial_setting *setting,
                        const struct bench_case *c, unsigned index, void *object,
                        const struct ct_u32 *phase)
{
    struct bench_thread *t = &m->thread;
    m->subject = c->subject;
    t->phase = phase;
    t->object = object;
    t->index = index;
    t->hold_units = units(c->workload->hold_ns, setting->unit_ns);
    t->think_units = units(c->workload->think_ns, setting->unit_ns);
    t->latency = must_alloc(sizeof *t->latency);
    t->draws = bench_draws_make(c->workload, setting->unit_ns, setting->seed, index,
                                c->threads > bench_cpus(c, setting->place));
    t->sampler = (struct bench_sampler){
        .interval = 1,
        .gap_ns = (uint64_t)(2 * setting->clock_cost_ns / sampling_share),
        .clock_cost_ns = (uint64_t)lround(setting->clock_cost_ns),
        .rng = rng_seeded(setting->seed, index),
    };
}

/* The threads' counts at one moment, and that moment. */
static uint64_t read_counts(struct member *const members[], unsigned threads, uint64_t *counts)
{
    uint64_t at_ns = clock_ns();
    for (unsigned i = 0; i < threads; i++)
        counts[i] = ct_u64_load_relaxed(&members[i]->thread.done);
    return at_ns;
}

/* The threads' counts as operations. */
static uint64_t operations(uint64_t counts, const struct bench_workload *workload, unsigned threads)
{
    unsigned each = workload->counts_per_op;
    return counts / (each == 0 ? 1 : each == BENCH_ALL_THREADS ? threads : each);
}

/* Open the gate, let it warm up, and measure between two readings of the threads' counters: neither
   the start nor the last thread's tail is inside. Returns when the interval ended. */
static uint64_t conduct(const struct trial_setting *setting, struct team *team,
                        struct member *const members[], unsigned threads, struct ct_u32 *phase,
                        struct bench_sample *s)
{
    uint64_t *before = must_alloc(threads * sizeof *before);
    team_go(team);
    clock_sleep_until(clock_ns() + setting->warm_up_ns, NULL);
    ct_u32_store_relaxed(phase, PHASE_MEASURE);
    uint64_t begin_ns = read_counts(members, threads, before);
    clock_sleep_until(begin_ns + setting->measure_ns, NULL);
    uint64_t end_ns = read_counts(members, threads, s->thread_ops);
    ct_u32_store_relaxed(phase, PHASE_STOP);

    s->interval_ns = end_ns - begin_ns;
    for (unsigned i = 0; i < threads; i++)
        s->thread_ops[i] -= before[i];
    free(before);
    return end_ns;
}

/* The longest that a thread went without a timed operation; 0 of threads whose role has none, or that
   never finished one, which the fairness shows. */
static uint64_t starved_ns(const struct bench_sampler *s, uint64_t end_ns)
{
    uint64_t last_ns = s->sampled && end_ns > s->last_ns ? end_ns - s->last_ns : 0;
    return last_ns > s->starved_ns ? last_ns : s->starved_ns;
}

/* Of the time between gate and end, the share in which the threads had a CPU when they wanted one. A
   thread that never slept wanted one all the time; of one that slept, only the kernel's run delay
   tells, of which the preempted share is counted (the rest is its own wake-ups). */
static double overlap(const struct team_usage *usage, unsigned threads, uint64_t wall_ns)
{
    double lost_ns = 0;
    for (unsigned i = 0; i < threads; i++) {
        const struct team_usage *u = &usage[i];
        double switches = (double)(u->voluntary_switches + u->involuntary_switches);
        if (u->voluntary_switches == 0)
            lost_ns += wall_ns > u->cpu_ns ? (double)(wall_ns - u->cpu_ns) : 0;
        else if (switches > 0)
            lost_ns += (double)u->run_delay_ns * (double)u->involuntary_switches / switches;
    }
    return fmax(0, 1 - lost_ns / ((double)wall_ns * threads));
}

static void account(struct bench_sample *s, const struct team_usage *usage, unsigned threads,
                    uint64_t all_ops, uint64_t wall_ns)
{
    uint64_t cpu_ns = 0;
    for (unsigned i = 0; i < threads; i++) {
        cpu_ns += usage[i].cpu_ns;
        s->voluntary_switches += usage[i].voluntary_switches;
        s->involuntary_switches += usage[i].involuntary_switches;
    }
    s->cpu_ns_per_op = (double)cpu_ns / (double)(all_ops ? all_ops : 1);
    s->fairness_jain = stats_jain(s->thread_ops, threads);
    s->fairness_min_max = stats_min_max(s->thread_ops, threads);
    s->overlap = overlap(usage, threads, wall_ns);
}

/* NaN stays NaN. */
static void account_events(struct bench_sample *s, const struct perf_counts *events,
                           uint64_t all_ops)
{
    double ops = (double)(all_ops ? all_ops : 1);
    s->cycles_per_op = events->count[PERF_CYCLES] / ops;
    s->instructions_per_op = events->count[PERF_INSTRUCTIONS] / ops;
    s->cache_misses_per_op = events->count[PERF_CACHE_MISSES] / ops;
}

const char *trial_contaminated(const struct bench_sample *s, unsigned threads, bool crowded)
{
    double seconds = (double)s->interval_ns / (double)NS_PER_S;
    if (s->ops == 0)
        return "no operation completed";
    if (s->steal_cpus > steal_cpus_max)
        return "the hypervisor took CPU time";
    double ticks_s = tick_s * (double)(sysconf(_SC_NPROCESSORS_ONLN) + 1);
    if (s->foreign_cpus > foreign_cpus_max + ticks_s / seconds)
        return "another process used a CPU";
    if (crowded)
        return NULL; /* preemption is the case itself */
    if (s->overlap < overlap_min)
        return "the threads did not run at the same time";
    if ((double)s->involuntary_switches >
        (double)involuntary_base + (double)involuntary_per_thread_s * threads * seconds)
        return "too many involuntary switches";
    return NULL;
}

const char *trial_run(const struct trial_setting *setting, const struct bench_case *c,
                      struct bench_sample *s)
{
    unsigned threads = c->threads;
    struct place_cpu *cpus = must_alloc(threads * sizeof *cpus);
    struct member **members = must_alloc(threads * sizeof *members);
    struct team_usage *usage = must_alloc(threads * sizeof *usage);
    struct ct_u32 *phase = must_alloc_aligned(CT_APART_BYTES, CT_APART_BYTES);
    void *object = c->kind->make(c->subject->impl, c->workload, threads);
    struct noise_snapshot before, after;
    struct perf_counts events;

    *s = (struct bench_sample){.thread_ops = must_alloc(threads * sizeof *s->thread_ops),
                               .latency = must_alloc(sizeof *s->latency)};
    place_plan(setting->place, c->placement, threads, cpus);
    for (unsigned i = 0; i < threads; i++) {
        members[i] = must_alloc_aligned(CT_APART_BYTES, sizeof **members);
        member_init(members[i], setting, c, i, object, phase);
    }
    struct perf *perf = perf_begin(); /* before the threads are made, which are counted with it */
    struct team *team =
        team_gather(setting->place, cpus, threads, member_run, (void *const *)members);
    noise_snapshot(&before);
    uint64_t wall_ns = clock_ns();
    uint64_t end_ns = conduct(setting, team, members, threads, phase, s);
    wall_ns = clock_ns() - wall_ns;
    team_join(team, usage);
    noise_snapshot(&after);
    perf_end(perf, &events);

    uint64_t counts = 0, measured = 0;
    for (unsigned i = 0; i < threads; i++) {
        counts += ct_u64_load_relaxed(&members[i]->thread.done);
        measured += s->thread_ops[i];
        histogram_merge(s->latency, members[i]->thread.latency);
        uint64_t starved = starved_ns(&members[i]->thread.sampler, end_ns);
        s->starved_ns = starved > s->starved_ns ? starved : s->starved_ns;
        free(members[i]->thread.latency);
        bench_draws_free(members[i]->thread.draws);
        free(members[i]);
    }
    struct noise noise = noise_between(&before, &after);
    s->steal_cpus = noise.steal_cpus;
    s->foreign_cpus = noise.foreign_cpus;
    s->ops = operations(measured, c->workload, threads);
    account(s, usage, threads, operations(counts, c->workload, threads), wall_ns);
    account_events(s, &events, operations(counts, c->workload, threads));
    s->rejected = trial_contaminated(
        s, threads, c->kind->own_threads || threads > bench_cpus(c, setting->place));

    const char *broken = c->kind->verify(object, counts);
    c->kind->unmake(c->subject->impl, object);
    free(phase);
    free(usage);
    free(members);
    free(cpus);
    return broken;
}

void trial_free(struct bench_sample *s)
{
    free(s->thread_ops);
    free(s->latency);
}
