// SPDX-License-Identifier: MIT
/* What the verdicts can see, and what they do not imagine. The statistics are tried on made-up trials,
   whose noise is known and the same everywhere; that a busy neighbour is noticed, on this machine. */
#include "benchmarks/loop.h"
#include "benchmarks/trial.h"
#include "support/rng.h"
#include "tests/check.h"
#include "tests/summary_fixture.h"

#include <contend/wait.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* ---- made-up trials ---- */

/* An operation of 100 units against one of some more. Each round has its weather, which both share; each
   trial its own noise; some trials are slow for a reason that no gate noticed, some were rejected more
   often than they were repeated. */
static const double weather = 0.10, trial_noise = 0.02, slow_share = 0.03, slow_most = 0.30,
                    rejected_share = 0.02, operation_units = 100;

enum { RUNS = 500, ROUNDS_MAX = 62 };

static double uniform(struct rng *rng)
{
    return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

static void make_up(struct case_summary *c, double units, unsigned rounds, const double *of_round,
                    struct rng *rng)
{
    c->rounds_valid = 0;
    for (unsigned round = 0; round < rounds; round++) {
        double ops = 1e9 / units * of_round[round] * exp(trial_noise * normal(rng));
        if (uniform(rng) < slow_share)
            ops *= 1 - slow_most * uniform(rng);
        if (uniform(rng) < rejected_share)
            continue;
        c->rounds[c->rounds_valid] = round;
        c->samples[c->rounds_valid++] = ops;
    }
}

struct pair {
    double samples[2][ROUNDS_MAX];
    unsigned rounds[2][ROUNDS_MAX];
};

/* A reference, and the same with more units, in one run of so many rounds. */
static struct summary_comparison measured(double more_units, unsigned rounds, struct rng *rng)
{
    static struct case_summary cases[2];
    static struct pair pair;
    double of_round[ROUNDS_MAX];
    for (unsigned round = 0; round < rounds; round++)
        of_round[round] = exp(weather * normal(rng));
    for (size_t i = 0; i < 2; i++) {
        cases[i].samples = pair.samples[i];
        cases[i].rounds = pair.rounds[i];
        make_up(&cases[i], operation_units + (i == 1 ? more_units : 0), rounds, of_round, rng);
    }
    return summary_compare(&cases[1], &cases[0], rng_next(rng));
}

/* In how many of a hundred runs the two are told apart at all, and are called faster or slower, which takes
   5 % as well. Twins are told apart in 5 of a hundred by the nature of the test, and three more by the
   luck of these seeds, but never called different. The 11 rounds of a first answer find 5 % mostly and
   10 % nearly always; 31 find 5 %, and 2 % mostly; 62 find 2 %. */
static const struct planted {
    double more_units;
    unsigned rounds;
    double apart_least, apart_most, called_least, called_most;
} plants[] = {
    {0, 11, 0, 8, 0, 0},        {0, 31, 0, 8, 0, 0},        {2, 31, 70, 100, 0, 1},
    {2, 62, 95, 100, 0, 1},     {5, 11, 75, 100, 0, 60},    {5, 31, 99, 100, 0, 60},
    {10, 11, 85, 100, 85, 100}, {10, 15, 95, 100, 95, 100}, {10, 31, 100, 100, 99, 100},
};

static void test_planted(void)
{
    struct rng rng = rng_seeded(20260101, 0);
    printf("planted  rounds  told apart  called slower\n");
    for (size_t i = 0; i < sizeof plants / sizeof *plants; i++) {
        const struct planted *p = &plants[i];
        unsigned told = 0, called = 0, wrong = 0;
        for (unsigned run = 0; run < RUNS; run++) {
            struct summary_comparison c = measured(p->more_units, p->rounds, &rng);
            bool apart = summary_told_apart(&c);
            told += apart;
            called += apart && fabs(c.ratio.median - 1) > SUMMARY_EFFECT;
            wrong += apart && p->more_units > 0 && c.ratio.median > 1;
        }
        double apart = 100.0 * told / RUNS, different = 100.0 * called / RUNS;
        printf("%5.0f %%  %6u  %8.1f %%  %11.1f %%\n", p->more_units, p->rounds, apart, different);
        CHECK(apart >= p->apart_least && apart <= p->apart_most,
              "%g %% more work in %u rounds: told apart in %.1f %% of runs", p->more_units,
              p->rounds, apart);
        CHECK(different >= p->called_least && different <= p->called_most,
              "%g %% more work in %u rounds: called different in %.1f %% of runs", p->more_units,
              p->rounds, different);
        CHECK(wrong == 0, "%g %% more work: faster in %u runs", p->more_units, wrong);
    }
}

/* A run checks itself with a reference beside itself in every kind: sound runs pass, and one that favours
   the second by 5 units does not. */
static unsigned runs_refused(double more_units, unsigned runs, struct rng *rng)
{
    enum { KINDS = 15 };
    unsigned refused = 0;
    for (unsigned run = 0; run < runs; run++) {
        struct summary_twin twins[KINDS] = {0};
        struct summary summary = {.twins = twins, .twin_count = KINDS};
        for (size_t i = 0; i < KINDS; i++)
            twins[i].again = measured(more_units, 16, rng);
        summary_judge_twins(&summary);
        bool apart = false;
        for (size_t i = 0; i < KINDS; i++)
            apart = apart || twins[i].apart;
        refused += apart;
    }
    return refused;
}

static void test_twins(void)
{
    struct rng rng = rng_seeded(20260102, 0);
    unsigned sound = runs_refused(0, 100, &rng), biased = runs_refused(5, 20, &rng);
    printf("runs refused for their twins: %u of 100 sound ones, %u of 20 biased by 5 %%\n", sound,
           biased);
    CHECK(sound <= 5, "%u of 100 sound runs were refused", sound);
    CHECK(biased == 20, "%u of 20 biased runs were refused", biased);
}

/* ---- which trials count ---- */

/* Two threads for 100 ms, in which all was well but for one thing. What only says that threads took turns
   says nothing where there are more of them than CPUs. */
static const struct gate {
    const char *what;
    struct bench_sample sample;
    bool apart, crowded; /* does it count with a CPU for each, and without? */
} gates[] = {
    {"all well", {.ops = 1, .overlap = 1}, true, true},
    {"no operation", {.ops = 0, .overlap = 1}, false, false},
    {"a little steal", {.ops = 1, .overlap = 1, .steal_cpus = 0.04}, true, true},
    {"steal", {.ops = 1, .overlap = 1, .steal_cpus = 0.06}, false, false},
    {"a neighbour", {.ops = 1, .overlap = 1, .foreign_cpus = 100}, false, false},
    {"a little apart", {.ops = 1, .overlap = 0.96}, true, true},
    {"taking turns", {.ops = 1, .overlap = 0.94}, false, true},
    {"switches", {.ops = 1, .overlap = 1, .involuntary_switches = 44}, true, true},
    {"many switches", {.ops = 1, .overlap = 1, .involuntary_switches = 45}, false, true},
};

static void test_gates(void)
{
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++) {
        const struct gate *g = &gates[i];
        struct bench_sample s = g->sample;
        s.interval_ns = 100 * NS_PER_MS;
        const char *apart = trial_contaminated(&s, 2, false);
        const char *crowded = trial_contaminated(&s, 2, true);
        CHECK(!apart == g->apart, "%s: %s", g->what, apart ? apart : "counts");
        CHECK(!crowded == g->crowded, "%s, crowded: %s", g->what, crowded ? crowded : "counts");
    }
}

/* Kinds whose objects start threads say so: or else none of their trials could count. */
static void test_own_threads(void)
{
    static const char *const with[] = {"thread", "thread_pool", "timer"};
    size_t found = 0;
    for (const struct bench_kind *const *k = bench_kinds; *k; k++) {
        bool wanted = false;
        for (size_t i = 0; i < sizeof with / sizeof *with; i++)
            wanted |= strcmp((*k)->kind, with[i]) == 0;
        CHECK((*k)->own_threads == wanted, "%s: threads of its own: %d", (*k)->kind,
              (*k)->own_threads);
        found += wanted;
    }
    CHECK(found == sizeof with / sizeof *with, "%zu kinds with threads of their own", found);
}

/* ---- a busy neighbour ---- */

struct spin_object {
    struct ct_u32 taken;
    uint64_t count;
};

static void lock_and_count(struct bench_thread *t)
{
    struct spin_object *o = t->object;
    uint64_t done = 0;
    do {
        while (ct_u32_exchange_acquire(&o->taken, 1))
            ct_pause();
        o->count++;
        ct_u32_store_release(&o->taken, 0);
        bench_count(t, ++done);
    } while (bench_running(t));
}

static void *make_object(const struct ct_impl *impl, const struct bench_workload *workload,
                         unsigned threads)
{
    (void)impl;
    (void)workload;
    (void)threads;
    return must_alloc(sizeof(struct spin_object));
}

static void free_object(const struct ct_impl *impl, void *object)
{
    (void)impl;
    free(object);
}

static const char *verify(const void *object, uint64_t counts)
{
    const struct spin_object *o = object;
    return o->count == counts ? NULL : "lost updates";
}

static const struct ct_impl impl = {.kind = "mutex",
                                    .name = "spin",
                                    .summary = "a flag",
                                    .source = "this test",
                                    .size_bytes = sizeof(struct ct_u32)};
static const struct bench_subject subject = {&impl, lock_and_count};
static const struct bench_kind kind = {
    .kind = "mutex", .make = make_object, .unmake = free_object, .verify = verify};

enum { DISTURBED = 10, CLEAN_WANTED = 3, ATTEMPTS = 30 };

static struct store *store;
static int64_t case_id;

/* Was the trial of this round clean? */
static bool keep_trial(const struct place *place, unsigned round)
{
    struct bench_case c = {.kind = &kind,
                           .workload = &fixture_workload,
                           .subject = &subject,
                           .threads = 1,
                           .placement = PLACE_COMPACT};
    struct trial_setting setting = {place, 1, 20, 2 * NS_PER_MS, 20 * NS_PER_MS, round};
    struct bench_sample s;
    const char *broken = trial_run(&setting, &c, &s);
    CHECK(!broken, "round %u: %s", round, broken);
    s.round = round;
    store_sample(store, case_id, &s);
    bool clean = !s.rejected;
    trial_free(&s);
    return clean;
}

static pid_t busy_neighbour(const struct place *place)
{
    struct place_cpu cpu;
    place_plan(place, PLACE_COMPACT, 1, &cpu);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(60); /* should this test be killed */
        if (place_bind_self(place, &cpu) != 0)
            _exit(EXIT_ENVIRONMENT);
        for (;;)
            work(1000);
    }
    return pid;
}

/* Trials beside a neighbour on the same CPU are all flagged, and none of them gets into the medians. That
   trials without it are clean is only tried for a while: this machine may have neighbours of its own. */
static void test_neighbour(const struct place *place)
{
    struct bench_case c = {.kind = &kind,
                           .workload = &fixture_workload,
                           .subject = &subject,
                           .threads = 1,
                           .name = (char[]){"mutex/tiny/spin/threads:1"}};
    store = store_open(fixture_path("power.db"));
    int64_t run = new_run(store);
    case_id = store_case(store, run, &c);

    pid_t neighbour = busy_neighbour(place);
    unsigned flagged = 0, clean = 0, round = 0;
    for (; round < DISTURBED; round++)
        flagged += !keep_trial(place, round);
    kill(neighbour, SIGKILL);
    int status;
    waitpid(neighbour, &status, 0);
    CHECK(WIFSIGNALED(status), "the neighbour ended by itself: status %d", status);
    CHECK(flagged == DISTURBED, "%u of %u trials beside a busy neighbour were flagged", flagged,
          (unsigned)DISTURBED);
    for (; clean < CLEAN_WANTED && round < DISTURBED + ATTEMPTS; round++)
        clean += keep_trial(place, round);
    printf("%u of %u trials flagged beside a busy neighbour; without it %u clean in %u\n", flagged,
           (unsigned)DISTURBED, clean, round - DISTURBED);

    struct summary *summary = summary_load(store, run);
    const struct case_summary *seen = &summary->cases[0];
    CHECK(seen->rounds_valid == clean && seen->rounds_discarded == round - clean &&
              summary->discarded == round - clean,
          "%u clean and %u discarded in the summary", seen->rounds_valid, seen->rounds_discarded);
    for (unsigned i = 0; i < seen->rounds_valid; i++)
        CHECK(seen->rounds[i] >= DISTURBED, "round %u was averaged in", seen->rounds[i]);
    summary_free(summary);
    store_close(store);
}

int main(void)
{
    struct place *place = place_here();
    fixture_begin();
    test_planted();
    test_twins();
    test_gates();
    test_own_threads();
    test_neighbour(place);
    fixture_end();
    place_close(place);
    return check_result("power");
}
