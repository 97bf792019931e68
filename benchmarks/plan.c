// SPDX-License-Identifier: MIT
/* From options to the list of cases: which, in which groups, and how long it will take. */
#include "benchmarks/bench.h"
#include "support/clock.h"
#include "support/fail.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    THREADS_QUICK = THREADS_ONE | THREADS_TWO | THREADS_TO_CPUS | THREADS_TWICE_CPUS,
    THREADS_ALL = THREADS_QUICK | THREADS_FOUR_TIMES_CPUS,
};

enum {
    ORDINARY = 1 << ROLE_ORDINARY | 1 << ROLE_BOTH,
    PATTERNS = 1 << ROLE_PATTERN | 1 << ROLE_BOTH,
};

/* As many threads as in the ordinary quick profile, and four times as many as CPUs. */
#define PATTERN_LIKE 10, 30, 11, 100, 4, THREADS_ALL, true, PATTERNS

const struct bench_profile bench_profiles[] = {
    {"quick", "a first answer for one kind in under a minute", 10, 20, 11, 100, 4, THREADS_QUICK,
     true, ORDINARY, false},
    {"standard", "longer trials, 2x and 4x as many threads as CPUs", 50, 150, 15, 200, 8,
     THREADS_ALL, false, ORDINARY, false},
    {"full", "the same and the patterns, to decide differences of a few percent", 100, 300, 31, 200,
     16, THREADS_ALL, false, ORDINARY | PATTERNS, false},
    {"patterns", "what stands for uses in production: all of the following", PATTERN_LIKE, false},
    {"connection-pool", "a semaphore gives out the few connections to a server", PATTERN_LIKE,
     true},
    {"counter", "a mutex guards one number", PATTERN_LIKE, true},
    {"cache-with-readers", "rwlocks guard what is looked up often and changed seldom", PATTERN_LIKE,
     true},
    {"work-queue", "a bounded queue between those who have work and those who do it", PATTERN_LIKE,
     true},
    {"pipeline", "two stages with a queue between them", PATTERN_LIKE, true},
    {"fork-join", "a thread pool runs what a task splits into", PATTERN_LIKE, true},
    {"logger", "all threads leave lines for the one who writes them", PATTERN_LIKE, true},
    {"reference-count", "mutexes guard the counts of many small objects", PATTERN_LIKE, true},
    {NULL, NULL, 0, 0, 0, 0, 0, 0, false, 0, false},
};

/* As long as no run here has told: as on two CPUs of a virtual machine. */
static const struct bench_pace pace_unknown = {.overhead_s = 0.005, .again = 0.05};
enum { WARM_UP_SHARE = 5, THREADS_MAX = 4096, PERIODS_MIN = 5 };

static bool listed(const char *name, const char *const *names)
{
    if (!names)
        return true;
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* The thread counts of a row on this many CPUs, ascending, 0-terminated. */
static unsigned *thread_counts(unsigned plan, bool sparse, unsigned cpus, const unsigned *asked)
{
    unsigned *counts = must_alloc(64 * sizeof *counts);
    size_t n = 0;
    if (asked) {
        for (; n < 63 && asked[n]; n++)
            counts[n] = asked[n];
        return counts;
    }
    if (plan & THREADS_ONE)
        counts[n++] = 1;
    if (plan & THREADS_TWO)
        counts[n++] = 2;
    if (plan & THREADS_TO_CPUS) {
        for (unsigned t = 2; t < cpus && n < 32; t = sparse ? cpus : 2 * t)
            counts[n++] = t;
        if (cpus > 1)
            counts[n++] = cpus;
    }
    if (plan & THREADS_TWICE_CPUS)
        counts[n++] = 2 * cpus;
    if (plan & THREADS_FOUR_TIMES_CPUS)
        counts[n++] = 4 * cpus;
    return counts;
}

struct builder {
    struct bench_plan *plan;
    regex_t filter;
    bool filtered;
    size_t capacity;
};

static void add_case(struct builder *b, const struct bench_case *c)
{
    struct bench_plan *plan = b->plan;
    if (plan->case_count == b->capacity) {
        b->capacity = b->capacity ? 2 * b->capacity : 64;
        plan->cases = realloc(plan->cases, b->capacity * sizeof *plan->cases);
        if (!plan->cases)
            fail(EXIT_ENVIRONMENT, "memory: none left for %zu cases", b->capacity);
    }
    plan->cases[plan->case_count++] = *c;
}

/* One group: a workload and a thread count, every implementation that passes. */
static void add_group(struct builder *b, const struct bench_kind *kind,
                      const struct bench_workload *workload, unsigned threads)
{
    const struct bench_options *o = &b->plan->options;
    bool any = false;
    for (size_t i = 0; i < kind->subject_count; i++) {
        struct bench_case c = {.kind = kind,
                               .workload = workload,
                               .subject = &kind->subjects[i],
                               .threads = threads,
                               .placement = workload->one_cpu ? PLACE_ONE_CPU : o->placement,
                               .group = b->plan->group_count};
        if (!listed(c.subject->impl->name, o->impls) ||
            (kind->offered && !kind->offered(c.subject->impl, workload)))
            continue;
        c.name = must_printf("%s/%s/%s/threads:%u", kind->kind, workload->name,
                             c.subject->impl->name, threads);
        if (b->filtered && regexec(&b->filter, c.name, 0, NULL, 0) != 0) {
            free(c.name);
            continue;
        }
        add_case(b, &c);
        any = true;
    }
    b->plan->group_count += any;
}

static void add_workload(struct builder *b, const struct bench_kind *kind,
                         const struct bench_workload *workload, const unsigned *threads)
{
    const struct bench_options *o = &b->plan->options;
    unsigned *counts = thread_counts(workload->threads & o->profile->threads, o->profile->sparse,
                                     place_cpus(b->plan->place), threads);
    for (size_t i = 0; counts[i]; i++) {
        if (counts[i] > THREADS_MAX)
            fail(EXIT_USAGE, "threads: %u is more than %d", counts[i], THREADS_MAX);
        add_group(b, kind, workload, counts[i]);
    }
    free(counts);
}

static void add_described(struct builder *b, const struct bench_kind *kind,
                          const struct bench_workload *row, const struct bench_described *d)
{
    struct bench_plan *plan = b->plan;
    plan->described =
        realloc(plan->described, (plan->described_count + 1) * sizeof *plan->described);
    if (!plan->described)
        fail(EXIT_ENVIRONMENT, "memory: none left for %zu workloads", plan->described_count + 1);
    struct bench_workload *w = bench_described_make(d, kind, row);
    plan->described[plan->described_count++] = w;
    add_workload(b, kind, w, d->threads[0] ? d->threads : plan->options.threads);
}

const struct bench_workload *bench_contended_row(const struct bench_kind *kind)
{
    for (size_t w = 0; w < kind->workload_count; w++)
        if (kind->workloads[w].threads & ~(unsigned)THREADS_ONE)
            return &kind->workloads[w];
    return &kind->workloads[0];
}

/* Of its own accord, where nobody named it. */
static bool in_profile(const struct bench_workload *row, const struct bench_profile *p)
{
    return (p->roles & 1U << row->role) && (!p->one_pattern || strcmp(row->name, p->name) == 0);
}

static bool wanted(const struct bench_options *o, const struct bench_workload *row)
{
    return o->workloads ? listed(row->name, o->workloads) : in_profile(row, o->profile);
}

static bool starts_from(const struct bench_described *d, const struct bench_options *o,
                        const struct bench_kind *kind, const struct bench_workload *row)
{
    if (d->kind && strcmp(d->kind, kind->kind) != 0)
        return false;
    if (d->workload)
        return strcmp(d->workload, row->name) == 0;
    if (o->workloads || o->profile->one_pattern)
        return wanted(o, row);
    return row == bench_contended_row(kind);
}

static void add_kind(struct builder *b, const struct bench_kind *kind)
{
    const struct bench_options *o = &b->plan->options;
    for (size_t w = 0; w < kind->workload_count; w++) {
        const struct bench_workload *row = &kind->workloads[w];
        if (!o->described && wanted(o, row))
            add_workload(b, kind, row, o->threads);
        for (size_t i = 0; o->described && i < o->described_count; i++)
            if (starts_from(&o->described[i], o, kind, row))
                add_described(b, kind, row, &o->described[i]);
    }
}

unsigned bench_cpus(const struct bench_case *c, const struct place *place)
{
    return c->placement == PLACE_ONE_CPU ? 1 : place_cpus(place);
}

uint64_t bench_measure_ns(const struct bench_plan *plan, const struct bench_case *c)
{
    const struct bench_options *o = &plan->options;
    if (o->trial_ns)
        return o->trial_ns;
    bool oversubscribed = c->threads > bench_cpus(c, plan->place);
    uint64_t ns =
        NS_PER_MS * (oversubscribed ? o->profile->oversubscribed_ms : o->profile->trial_ms);
    uint64_t phases_ns = PERIODS_MIN * ((uint64_t)c->workload->burst_ns + c->workload->idle_ns);
    return c->workload->idle_ns && phases_ns > ns ? phases_ns : ns;
}

uint64_t bench_warm_up_ns(uint64_t measure_ns)
{
    return measure_ns / WARM_UP_SHARE;
}

unsigned bench_rounds(const struct bench_plan *plan)
{
    return plan->options.rounds ? plan->options.rounds : plan->options.profile->rounds;
}

double bench_budget_s(const struct bench_plan *plan)
{
    if (plan->options.budget_ns)
        return (double)plan->options.budget_ns / (double)NS_PER_S;
    return plan->seconds_expected * plan->options.profile->budget_percent / 100;
}

/* Of each kind the reference is measured twice where there is least to disturb it: in the first of the
   groups with the fewest threads. */
static void add_twins(struct builder *b)
{
    struct bench_plan *plan = b->plan;
    for (size_t k = 0, end; k < plan->case_count; k = end) {
        size_t found = SIZE_MAX;
        for (end = k; end < plan->case_count && plan->cases[end].kind == plan->cases[k].kind; end++)
            if (plan->cases[end].subject->impl->traits & CT_REFERENCE &&
                (found == SIZE_MAX || plan->cases[end].threads < plan->cases[found].threads))
                found = end;
        if (found == SIZE_MAX)
            continue;
        struct bench_case twin = plan->cases[found];
        twin.name = must_printf("%s (again)", twin.name);
        twin.twin = true;
        add_case(b, &twin);
        memmove(&plan->cases[found + 2], &plan->cases[found + 1],
                (plan->case_count - found - 2) * sizeof *plan->cases);
        plan->cases[found + 1] = twin;
        end++;
    }
}

struct bench_plan *bench_plan_make(const struct bench_options *options, struct place *place)
{
    struct builder b = {.plan = must_alloc(sizeof *b.plan), .filtered = options->filter};
    b.plan->options = *options;
    b.plan->place = place;
    if (b.filtered) {
        int error = regcomp(&b.filter, options->filter, REG_EXTENDED | REG_NOSUB);
        if (error) {
            char why[128];
            regerror(error, &b.filter, why, sizeof why);
            fail(EXIT_USAGE, "--filter \"%s\": %s", options->filter, why);
        }
    }
    for (const struct bench_kind *const *k = bench_kinds; *k; k++)
        if (!options->kind || strcmp((*k)->kind, options->kind) == 0)
            add_kind(&b, *k);
    if (b.filtered)
        regfree(&b.filter);
    if (b.plan->case_count == 0) {
        bench_plan_free(b.plan);
        return NULL;
    }
    add_twins(&b);
    bench_plan_expect(b.plan, pace_unknown);
    return b.plan;
}

double bench_expected_s(const struct bench_plan *plan, const struct bench_case *c)
{
    uint64_t measure_ns = bench_measure_ns(plan, c);
    double once_s = (double)(measure_ns + bench_warm_up_ns(measure_ns)) / (double)NS_PER_S;
    return (once_s + plan->pace.overhead_s) * (1 + plan->pace.again);
}

void bench_plan_expect(struct bench_plan *plan, struct bench_pace pace)
{
    plan->pace = pace;
    plan->seconds_expected = 0;
    for (size_t i = 0; i < plan->case_count; i++)
        plan->seconds_expected += bench_rounds(plan) * bench_expected_s(plan, &plan->cases[i]);
}

bool bench_plan_has(const struct bench_plan *plan, size_t index, unsigned round)
{
    return round < plan->had_rounds && plan->had[round * plan->case_count + index];
}

void bench_plan_set(struct bench_plan *plan, size_t index, unsigned round)
{
    if (round >= plan->had_rounds) {
        size_t before = plan->had_rounds * plan->case_count;
        size_t after = (round + 1) * plan->case_count;
        plan->had = realloc(plan->had, after * sizeof *plan->had);
        if (!plan->had)
            fail(EXIT_ENVIRONMENT, "memory: none left for %zu trials", after);
        memset(plan->had + before, 0, (after - before) * sizeof *plan->had);
        plan->had_rounds = round + 1;
    }
    plan->had[round * plan->case_count + index] = true;
}

/* FNV-1a. */
static uint64_t hashed(uint64_t hash, const void *bytes, size_t count)
{
    for (const unsigned char *b = bytes; count--; b++)
        hash = (hash ^ *b) * UINT64_C(0x100000001b3);
    return hash;
}

uint64_t bench_plan_hash(const struct bench_plan *plan)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    unsigned rounds = bench_rounds(plan);
    hash = hashed(hash, &rounds, sizeof rounds);
    for (size_t i = 0; i < plan->case_count; i++) {
        const struct bench_case *c = &plan->cases[i];
        const struct bench_workload *w = c->workload;
        uint64_t measure_ns = bench_measure_ns(plan, c);
        hash = hashed(hash, c->name, strlen(c->name) + 1);
        hash = hashed(hash, &c->placement, sizeof c->placement);
        hash = hashed(hash, &measure_ns, sizeof measure_ns);
        for (unsigned f = 0; f < BENCH_FIELDS; f++)
            hash = hashed(hash, (const char *)w + bench_fields[f].offset, sizeof(uint32_t));
    }
    return hash;
}

void bench_plan_free(struct bench_plan *plan)
{
    for (size_t i = 0; i < plan->case_count; i++)
        free(plan->cases[i].name);
    for (size_t i = 0; i < plan->described_count; i++) {
        free((char *)(uintptr_t)plan->described[i]->name);
        free((char *)(uintptr_t)plan->described[i]->question);
        free(plan->described[i]);
    }
    free(plan->described);
    free(plan->had);
    free(plan->cases);
    free(plan);
}
