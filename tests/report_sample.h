// SPDX-License-Identifier: MIT
/* report_sample.h - a made-up run for the report's tests, plausible enough to look at: locks that spin,
   park and queue, on two CPUs, with a cliff, ties, discarded trials and a broken one. */
#ifndef TESTS_REPORT_SAMPLE_H
#define TESTS_REPORT_SAMPLE_H

#include "cli/report_proof.h"
#include "cli/summary.h"
#include "support/fail.h"
#include "support/rng.h"
#include "tests/report_sample_runs.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SAMPLE_ROUNDS = 11 };

static const struct sample_impl {
    const char *name, *package;
    unsigned traits;
    double alone_ns;    /* uncontended */
    double handover_ns; /* contended, a CPU each */
    double cliff;       /* throughput kept per doubling beyond the CPUs */
    double fairness;    /* min/max */
} sample_impls[] = {
    {"tas", NULL, CT_SPINS, 5.3, 11, 0.35, 0.22},
    {"ttas", NULL, CT_SPINS, 5.2, 9.5, 0.4, 0.31},
    {"ticket", NULL, CT_SPINS | CT_FIFO, 5.6, 42, 0.12, 0.99},
    {"mcs", NULL, CT_SPINS | CT_FIFO, 10.6, 55, 0.1, 0.99},
    {"clh", NULL, CT_SPINS | CT_FIFO, 8.1, 51, 0.1, 0.98},
    {"hemlock", NULL, CT_SPINS | CT_FIFO, 9.2, 53, 0.11, 0.98},
    {"reciprocating", NULL, CT_SPINS, 9.0, 47, 0.13, 0.9},
    {"futex", NULL, CT_PARKS | CT_TIMED, 10.5, 36, 0.97, 0.7},
    {"futex-adaptive", NULL, CT_PARKS | CT_TIMED, 10.6, 17, 0.96, 0.62},
    {"futex-rseq", NULL, CT_PARKS | CT_TIMED, 5.4, 13.2, 0.95, 0.66},
    {"pi", NULL, CT_PARKS | CT_PI, 11.4, 3100, 0.9, 0.97},
    {"pthread", NULL, CT_REFERENCE | CT_PARKS | CT_TIMED | CT_OPAQUE, 11.9, 48, 0.95, 0.74},
    {"pthread-adaptive", NULL, CT_PARKS | CT_OPAQUE, 12.2, 44, 0.93, 0.7},
    {"pthread-spin", NULL, CT_SPINS | CT_OPAQUE, 5.7, 12.5, 0.33, 0.2},
    {"c11", NULL, CT_PARKS | CT_OPAQUE, 12.6, 48.3, 0.95, 0.73},
    {"nsync", "libnsync 1.26", CT_PEER | CT_PARKS, 10.9, 20, 0.96, 0.5},
    {"absl", "libabsl 20220623", CT_PEER | CT_PARKS | CT_OPAQUE, 39, 33, 0.9, 0.6},
    {"tbb-spin", "libtbb 2021.8", CT_PEER | CT_SPINS, 5.2, 10.1, 0.38, 0.27},
    {"ck-mcs", "libck 0.7.1", CT_PEER | CT_SPINS | CT_FIFO, 10.9, 56, 0.1, 0.99},
    {"ck-fas", "libck 0.7.1", CT_PEER | CT_SPINS, 5.3, 11.6, 0.36, 0.24},
};
enum { SAMPLE_IMPLS = sizeof sample_impls / sizeof *sample_impls };

static const struct sample_workload {
    const char *name, *question;
    uint32_t hold_ns, think_ns;
    unsigned threads[5]; /* ends with 0 */
} sample_workloads[] = {
    {"uncontended", "What does a lock cost that nobody else wants?", 0, 0, {1}},
    {"contended", "How much gets through when threads only lock and unlock?", 0, 0, {2, 4, 8}},
    {"hold-100ns-think-100ns", "... with 100 ns inside & outside?", 100, 100, {2, 4, 8}},
    {"hold-1us-think-1us", "... with 1 us inside and outside?", 1000, 1000, {2, 4, 8}},
    {"hold-1us-think-100ns", "... 1 us inside, back after 100 ns?", 1000, 100, {2, 4, 8}},
    {"hold-10us-think-1us", "... hold for 10 us: is parking <worth> it?", 10000, 1000, {2, 4, 8}},
};
enum { SAMPLE_WORKLOADS = sizeof sample_workloads / sizeof *sample_workloads, SAMPLE_CPUS = 2 };

/* The first kind has all implementations and the workloads above; the others every third of them and
   these, which have a wake-up and a sweep among them. */
static const char *const sample_kinds[] = {
    "mutex",           "rmutex",      "rwlock", "semaphore",    "bounded_semaphore", "condition",
    "event",           "barrier",     "latch",  "spsc_queue",   "mpmc_queue",        "ordered",
    "unbounded_queue", "thread_pool", "thread", "thread_local",
};
enum { SAMPLE_KINDS = sizeof sample_kinds / sizeof *sample_kinds, SAMPLE_EVERY = 3 };

static const struct sample_workload sample_small[] = {
    {"uncontended", "What does it cost?", 0, 0, {1}},
    {"handoff", "How long does a turn take?", 0, 0, {2}},
    {"writes-1-in-100", "How much gets through with one write in 100?", 100, 0, {2}},
    {"writes-1-in-10", "... one write in 10?", 100, 0, {2}},
    {"writes-1-in-2", "... as many writes as reads?", 100, 0, {2, 4}},
};
enum { SAMPLE_SMALL = sizeof sample_small / sizeof *sample_small };

static double sample_uniform(struct rng *r)
{
    return (double)(rng_next(r) >> 11) / 9007199254740992.0;
}

static double sample_ops(const struct sample_impl *impl, const struct sample_workload *w,
                         unsigned threads)
{
    if (threads == 1)
        return 1e9 / (impl->alone_ns + w->hold_ns + w->think_ns);
    bool sleeps = impl->traits & CT_PARKS && impl->handover_ns > 30; /* at once, without spinning */
    double handover_ns = impl->handover_ns + (sleeps ? fmin(1.6 * w->hold_ns, 3500) : 0);
    double serial = w->hold_ns + handover_ns;
    double parallel = (w->hold_ns + w->think_ns + handover_ns) / SAMPLE_CPUS;
    double ops = 1e9 / fmax(serial, parallel);
    return ops * pow(impl->cliff, log2((double)threads / SAMPLE_CPUS));
}

static void sample_latency(struct histogram *h, const struct sample_impl *impl,
                           const struct sample_workload *w, unsigned threads, unsigned waits,
                           struct rng *r)
{
    double mean = impl->handover_ns + w->hold_ns * (threads - 1.0) * 0.6;
    double stall = threads > SAMPLE_CPUS ? 0.2 * (1 - impl->cliff) + 0.0002 : 0.00003;
    for (unsigned i = 0; i < waits; i++) {
        double ns =
            impl->alone_ns + 20 - mean * log(1 - sample_uniform(r)) / (1.4 - impl->fairness);
        if (sample_uniform(r) < stall)
            ns += 4e6 * sample_uniform(r) + 5e4;
        histogram_record(h, (uint64_t)ns);
    }
}

static void sample_case(struct case_summary *c, size_t kind, const struct sample_impl *impl,
                        const struct sample_workload *w, unsigned threads, struct rng *r)
{
    const struct sample_impl *reference = NULL;
    for (size_t i = 0; i < SAMPLE_IMPLS; i++) {
        if (sample_impls[i].traits & CT_REFERENCE)
            reference = &sample_impls[i];
    }
    double ops = sample_ops(impl, w, threads) * (0.98 + 0.04 * sample_uniform(r));
    double ratio = ops / sample_ops(reference, w, threads);
    double spread = threads > SAMPLE_CPUS ? 0.08 : 0.025;
    c->name = must_printf("%s/%s/%s/threads:%u", sample_kinds[kind], w->name, impl->name, threads);
    c->kind = sample_kinds[kind];
    c->workload = w->name;
    c->impl = impl->name;
    c->question = w->question;
    c->placement = "compact";
    c->impl_summary = "made up for a test";
    c->package = impl->package;
    c->traits = impl->traits;
    c->threads = threads;
    c->size_bytes = 8;
    c->hold_ns = w->hold_ns;
    c->think_ns = w->think_ns;
    c->rounds_valid = SAMPLE_ROUNDS;
    c->rounds_discarded = rng_below(r, 12) == 0;
    c->ops_per_second = (struct interval){ops * (1 - spread), ops, ops * (1 + spread)};
    c->samples = must_alloc(SAMPLE_ROUNDS * sizeof *c->samples);
    c->rounds = must_alloc(SAMPLE_ROUNDS * sizeof *c->rounds);
    for (unsigned i = 0; i < SAMPLE_ROUNDS; i++) {
        c->samples[i] = ops * (1 + 0.02 * (sample_uniform(r) - 0.5));
        c->rounds[i] = i;
    }
    c->rounds_paired = SAMPLE_ROUNDS;
    c->ns_per_op = 1e9 * threads / ops;
    c->cpu_ns_per_op = (impl->traits & CT_SPINS || threads == 1 ? 1.0 : 0.6) * 1e9 *
                       fmin(threads, SAMPLE_CPUS) / ops;
    c->fairness_min_max =
        threads == 1
            ? 1
            : fmin(1, pow(impl->fairness, 1 + log2(threads / 2.0)) + 0.02 * sample_uniform(r));
    c->fairness_jain = 0.5 + c->fairness_min_max / 2;
    c->overlap = threads > SAMPLE_CPUS ? 0.4 : 0.99;
    c->switches_voluntary_per_s = impl->traits & CT_PARKS ? 1234.5 : 0;
    c->switches_involuntary_per_s = threads > SAMPLE_CPUS ? 250 : 1;
    sample_latency(&c->latency, impl, w, threads, kind == 0 ? 120000 : 12000, r);
    c->ratio = (struct interval){ratio * (1 - spread), ratio, ratio * (1 + spread)};
    c->p = c->ratio.low > 1 || c->ratio.high < 1 ? 0.004 : 0.4;
    c->verdict = impl == reference          ? VERDICT_REFERENCE
                 : c->ratio.low > 1.05      ? VERDICT_FASTER
                 : c->ratio.high < 1 / 1.05 ? VERDICT_SLOWER
                                            : VERDICT_UNDECIDED;
}

static void sample_kind(struct summary *s, size_t kind, struct rng *r)
{
    const struct sample_workload *workloads = kind == 0 ? sample_workloads : sample_small;
    size_t count = kind == 0 ? (size_t)SAMPLE_WORKLOADS : (size_t)SAMPLE_SMALL;
    for (size_t w = 0; w < count; w++) {
        for (const unsigned *t = workloads[w].threads; *t; t++) {
            for (size_t i = kind == 0 ? 0 : 2; i < SAMPLE_IMPLS;
                 i += kind == 0 ? 1 : SAMPLE_EVERY) {
                struct case_summary *c = &s->cases[s->case_count++];
                sample_case(c, kind, &sample_impls[i], &workloads[w], *t, r);
                c->group = s->group_count;
                s->discarded += c->rounds_discarded;
                s->trials += c->rounds_valid + c->rounds_discarded;
            }
            s->group_count++;
        }
    }
}

/* The first so many kinds. */
static struct summary *sample_make(size_t kinds)
{
    static const struct machine_fact facts[] = {
        {"cpu_model", "Made-Up(R) Processor 9000 \"<b>&\" CPU @ 2.60GHz"},
        {"cpus_allowed", "0-63"},
        {"cpus_online", "0-1"},
        {"topology", "1 package, 1 L3, 2 cores, 2 threads"},
        {"kernel", "Linux 6.1.0"},
        {"governor", "unknown"},
        {"hypervisor", "yes"},
        {"tick_hz", "250"},
        {"kernel_command_line", "root=/dev/vda1 <script>alert(1)</script>"},
        {NULL, NULL},
    };
    static const struct limit limits[LIMITS] = {
        [LIMIT_RMW] = {"rmw_ns", "one locked exchange on a line of one's own", 5.3},
        [LIMIT_RMW_PAIR] = {"rmw_pair_ns", "one locked exchange and one release store", 5.2},
        [LIMIT_LINE_ROUND_TRIP] = {"line_round_trip_ns", "a line to another CPU and back", 62},
        [LIMIT_FUTEX_ROUND_TRIP] = {"futex_round_trip_ns", "wake a sleeper and be woken", 41000},
        [LIMIT_FUTEX_SAME_CPU] = {"futex_same_cpu_ns", "the same on one CPU", 3500},
        [LIMIT_CLOCK] = {"clock_ns", "one clock read", 23},
        [LIMIT_PAUSE] = {"pause_ns", "one pause", 25},
        [LIMIT_SYSCALL] = {"syscall_ns", "the cheapest system call", 120},
        [LIMIT_YIELD] = {"yield_ns", "sched_yield with nobody waiting", 404},
        [LIMIT_MEMBARRIER] = {"membarrier_ns", "with another thread running", -1},
        [LIMIT_DISPATCH] = {"dispatch_ns", "an empty pair of calls", 0.9},
        [LIMIT_EMPTY] = {"empty_ns", "an empty iteration", 0.3},
    };
    struct rng r = rng_seeded(7, 0);
    struct summary *s = must_alloc(sizeof *s);
    s->run = 12;
    s->started_at = must_printf("2025-01-31T12:34:56Z");
    s->arguments = must_printf("contend bench --kind mutex");
    s->profile = must_printf("quick");
    s->seed = 42;
    s->status = RUN_DONE;
    s->facts = must_alloc(sizeof facts);
    for (size_t i = 0; facts[i].key; i++)
        s->facts[i] = (struct machine_fact){facts[i].key, must_printf("%s", facts[i].value)};
    for (size_t i = 0; i < LIMITS; i++)
        s->limits[i] = limits[i];
    s->cases =
        must_alloc((SAMPLE_IMPLS * SAMPLE_WORKLOADS * 5 + kinds * SAMPLE_IMPLS * SAMPLE_SMALL * 5) *
                   sizeof *s->cases);
    for (size_t k = 0; k < kinds; k++)
        sample_kind(s, k, &r);
    s->cases[3].broken = "two threads were inside at once"; /* mcs, uncontended */
    s->cases[4].rounds_valid = 0;                           /* clh: nothing clean */
    s->cases[4].rounds_discarded = 30;
    s->cases[4].verdict = VERDICT_UNDECIDED;
    return s;
}

/* Stress runs of the first kind: of this build, with a broken claim and a control that got away, and of
   an older build; the model's, and a soak. */
static struct proof *sample_proof(const char *directory)
{
    static const struct machine_fact builds[][3] = {
        {{"git_revision", (char *)(uintptr_t) "old"}, {NULL, NULL}},
        {{"git_revision", (char *)(uintptr_t) "new"}, {NULL, NULL}},
        {{"git_revision", (char *)(uintptr_t) "new"},
         {"compiler_flags", (char *)(uintptr_t) "-fsanitize=thread"},
         {NULL, NULL}},
    };
    static const struct {
        size_t build;
        struct store_stress row;
    } rows[] = {
        {0, {"mutex", "exclusion", "tas", "none", 1, 1, 1, 0, 0, 0, 1, "of another build", NULL}},
        {1, {"mutex", "exclusion", "tas", "none", 1, 10, 2000, 500, 0, 41000, 0.5, NULL, NULL}},
        {1, {"mutex", "exclusion", "tas", "preempt", 1, 10, 1000, 700, 0, 9000000, 1, NULL, NULL}},
        {1, {"mutex", "exclusion", "futex", "none", 1, 10, 3000000, 5, 7, 52000, 2, NULL, NULL}},
        {1,
         {"mutex", "timeout", "futex", "stop", 1, 10, 400, 5, 7, 2000, 3, "late by <9> ms", NULL}},
        {1, {"mutex", "exclusion", "no-lock", "none", 1, 1, 9, 1, 0, 0, 0.25, "two inside", "HT"}},
        {1, {"mutex", "exclusion", "lost-order", "none", 1, 1, 9, 1, 0, 0, 4, NULL, "MT"}},
        {1, {"mutex", "exclusion", "sleeps-on", "none", 1, 1, 9, 1, 0, 0, 5, NULL, "H"}},
        {2, {"mutex", "exclusion", "lost-order", "none", 1, 1, 9, 1, 0, 0, 6, "data race", "MT"}},
    };
    char *path = must_printf("%s/proof.db", directory);
    struct store *store = store_open(path);
    for (size_t b = 0; b < sizeof builds / sizeof *builds; b++) {
        int64_t run = store_run_begin(store, "stress", "made up", "", b, builds[b]);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            if (rows[i].build == b)
                store_stress(store, run, &rows[i].row);
        }
        store_run_end(store, run, RUN_DONE);
    }
    sample_model(store, builds[1]);
    sample_soak(store, builds[1]);
    struct proof *proof = proof_load(store);
    store_close(store);
    unlink(path);
    free(path);
    return proof;
}

static void sample_free(struct summary *s)
{
    for (size_t i = 0; i < s->case_count; i++) {
        free((char *)(uintptr_t)s->cases[i].name);
        free(s->cases[i].samples);
        free(s->cases[i].rounds);
    }
    for (struct machine_fact *f = s->facts; f->key; f++)
        free(f->value);
    free(s->facts);
    free(s->cases);
    free(s->started_at);
    free(s->arguments);
    free(s->profile);
    free(s);
}

#endif
