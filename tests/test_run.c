// SPDX-License-Identifier: MIT
/* Rounds in processes of their own, over a kind made up here: what crashes, hangs, is killed or breaks
   costs one case; rounds go on until the ratios are known, or the budget ends; a reference is there
   twice. */
#include "benchmarks/loop.h"
#include "benchmarks/worker.h"
#include "support/fail.h"
#include "tests/check.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void count_up(struct bench_thread *t)
{
    uint64_t done = 0, timed = 1;
    do {
        uint64_t begin_ns = clock_ns();
        work(50);
        if (done == timed)
            timed = done + bench_sample_latency(t, begin_ns, clock_ns());
        bench_count(t, ++done);
    } while (bench_running(t));
}

static void crash(struct bench_thread *t)
{
    signal(SIGSEGV, SIG_DFL); /* sanitizers would make an exit of it */
    if (t->index == 0)
        raise(SIGSEGV);
}

static void hang(struct bench_thread *t)
{
    (void)t;
    for (;;)
        pause();
}

static void killed(struct bench_thread *t)
{
    count_up(t);
    kill(getpid(), SIGKILL);
}

/* At random half or twice as fast, so that no number of rounds makes it precise. */
static void vary(struct bench_thread *t)
{
    uint64_t units = 20 + rng_below(&t->sampler.rng, 2000), done = 0;
    do {
        work(units);
        bench_count(t, ++done);
    } while (bench_running(t));
}

static const struct ct_impl impls[] = {
    {.kind = "made-up", .name = "reference", .traits = CT_REFERENCE},
    {.kind = "made-up", .name = "same"},
    {.kind = "made-up", .name = "crash"},
    {.kind = "made-up", .name = "hang"},
    {.kind = "made-up", .name = "killed"},
    {.kind = "made-up", .name = "broken"},
    {.kind = "made-up", .name = "vary"},
};
enum { REFERENCE, SAME, CRASH, HANG, KILLED, BROKEN, VARY, SUBJECTS };

static const struct bench_subject subjects[SUBJECTS] = {
    {&impls[REFERENCE], count_up}, {&impls[SAME], count_up}, {&impls[CRASH], crash},
    {&impls[HANG], hang},          {&impls[KILLED], killed}, {&impls[BROKEN], count_up},
    {&impls[VARY], vary},
};

static void *make(const struct ct_impl *impl, const struct bench_workload *workload,
                  unsigned threads)
{
    (void)workload;
    (void)threads;
    const struct ct_impl **object = must_alloc(sizeof *object);
    *object = impl;
    return object;
}

static void unmake(const struct ct_impl *impl, void *object)
{
    (void)impl;
    free(object);
}

static const char *verify(const void *object, uint64_t counts)
{
    static char text[64]; /* not there any more when another process reads it */
    const struct ct_impl *const *impl = object;
    snprintf(text, sizeof text, "%s after its operations", (*impl)->name);
    return *impl == &impls[BROKEN] && counts > 0 ? text : NULL;
}

static const struct bench_workload workload = {
    .name = "count", .question = "how fast?", .threads = THREADS_ONE};
static const struct bench_kind kind = {.kind = "made-up",
                                       .workloads = &workload,
                                       .workload_count = 1,
                                       .subjects = subjects,
                                       .subject_count = SUBJECTS,
                                       .make = make,
                                       .unmake = unmake,
                                       .verify = verify};

static struct bench_case cases[SUBJECTS];
static struct place *place;

static void make_cases(void)
{
    for (size_t i = 0; i < SUBJECTS; i++)
        cases[i] = (struct bench_case){.kind = &kind,
                                       .workload = &workload,
                                       .subject = &subjects[i],
                                       .threads = 2,
                                       .name = must_printf("made-up/count/%s", impls[i].name)};
}

/* What came of each subject, and the process of each trial. */
struct seen {
    unsigned clean[SUBJECTS], rejected[SUBJECTS], broken[SUBJECTS], rounds;
    unsigned interrupt_after; /* trials; 0: never */
    unsigned trials;
    char said[SUBJECTS][128];
    uint64_t starved_ns;
};

static void see(void *context, const struct bench_case *c, const struct bench_sample *s,
                const char *broken)
{
    struct seen *seen = context;
    size_t i = (size_t)(c->subject - subjects);
    if (broken) {
        seen->broken[i]++;
        snprintf(seen->said[i], sizeof seen->said[i], "%s", broken);
    } else if (s->rejected) {
        seen->rejected[i]++;
    } else {
        seen->clean[i]++;
        CHECK(s->ops > 0 && s->thread_ops[0] + s->thread_ops[1] == s->ops && s->interval_ns > 0,
              "%s: %llu operations", c->name, (unsigned long long)s->ops);
    }
    if (i == SAME && !broken) {
        seen->starved_ns = s->starved_ns;
        CHECK(s->rejected || s->latency->total > 0, "%s: no latency", c->name);
    }
    if (++seen->trials == seen->interrupt_after)
        bench_interrupted = true;
}

static void progress(void *context, double done, double expected)
{
    (void)context;
    CHECK(done >= 0 && expected > 0, "progress %g of %g", done, expected);
}

static void round_begins(void *context, unsigned round)
{
    struct seen *seen = context;
    CHECK(round == seen->rounds, "round %u after %u", round, seen->rounds);
    seen->rounds++;
}

static struct bench_outcome run(const struct bench_case *some, size_t count, double precision,
                                double budget_s, struct seen *seen)
{
    static const struct bench_profile profile = {
        .name = "test", .rounds = 4, .budget_percent = 100, .retries = 2};
    struct bench_plan plan = {
        .options = {.profile = &profile,
                    .seed = 1,
                    .trial_ns = 2 * NS_PER_MS,
                    .precision = precision,
                    .budget_ns = (uint64_t)(budget_s * (double)NS_PER_S)},
        .place = place,
        .cases = (struct bench_case *)(uintptr_t)some,
        .case_count = count,
        .group_count = 1,
        .seconds_expected = 0.1,
    };
    struct bench_observer observer = {seen, see, progress, round_begins};
    return bench_plan_run(&plan, &observer);
}

static void test_faults(void)
{
    static const char *const said[SUBJECTS] = {[CRASH] = "the process died: Segmentation fault",
                                               [KILLED] = "the process died: Killed",
                                               [BROKEN] = "broken after its operations"};
    struct bench_case some[] = {cases[REFERENCE], cases[CRASH], cases[KILLED], cases[BROKEN],
                                cases[SAME]};
    struct seen seen = {0};
    struct bench_outcome o = run(some, 5, 0, 0, &seen);
    CHECK(o.broken == 3 && o.rounds == 4 && seen.rounds == 4 && o.imprecise == 0,
          "%u broken in %u rounds", o.broken, o.rounds);
    for (size_t i = 0; i < SUBJECTS; i++) {
        CHECK(seen.broken[i] == (said[i] != NULL), "%s broke %u times", impls[i].name,
              seen.broken[i]);
        CHECK(!said[i] || strcmp(seen.said[i], said[i]) == 0, "%s: %s", impls[i].name,
              seen.said[i]);
    }
    CHECK(seen.clean[SAME] + seen.rejected[SAME] >= 4 &&
              seen.clean[REFERENCE] + seen.rejected[REFERENCE] >= 4,
          "trials of the others: %u, %u", seen.clean[SAME], seen.clean[REFERENCE]);
    CHECK(seen.starved_ns > 0 && seen.starved_ns < NS_PER_S, "starved for %llu ns",
          (unsigned long long)seen.starved_ns);
}

static void test_hang(void)
{
    struct trial_setting setting = {place, 1, 20, NS_PER_MS, NS_PER_MS, 7};
    struct worker *w = worker_make(cases, 1);
    struct bench_sample s;
    const char *broken = worker_trial(w, &setting, HANG, &s);
    CHECK(broken && strcmp(broken, "the trial did not end") == 0, "a hang: %s",
          broken ? broken : "fine");
    trial_free(&s);
    broken = worker_trial(w, &setting, SAME, &s);
    CHECK(!broken && (s.rejected || s.ops > 0), "after a hang: %s",
          broken ? broken : "no operations");
    trial_free(&s);
    worker_free(w);
    CHECK(waitpid(-1, NULL, WNOHANG) < 0, "a process is left");
}

/* Whether trials are clean enough to be precise is the machine's; that they end is not. On a busy one the
   rounds that every group gets may spend the budget. */
static void test_precision(void)
{
    struct bench_case some[] = {cases[REFERENCE], cases[SAME]};
    struct seen seen = {0};
    struct bench_outcome o = run(some, 2, 0.9, 5, &seen);
    CHECK(o.rounds >= 4 && (o.rounds < 200 || o.imprecise > 0),
          "+-90 %%: %zu groups not precise after %u rounds", o.imprecise, o.rounds);

    some[1] = cases[VARY];
    double budget_s = 1, took_s = 0;
    for (o.rounds = 0; o.rounds <= 4 && budget_s < 60;) {
        seen = (struct seen){0};
        budget_s *= 2;
        uint64_t begin_ns = clock_ns();
        o = run(some, 2, 0.01, budget_s, &seen);
        took_s = (double)(clock_ns() - begin_ns) / (double)NS_PER_S;
    }
    CHECK(o.imprecise == 1 && o.rounds > 4 && o.rounds == seen.rounds,
          "+-1 %% of what varies: %u rounds", o.rounds);
    CHECK(took_s > 0.95 * budget_s && took_s < 10 * budget_s, "a budget of %.0f s: %.1f s",
          budget_s, took_s);
}

static void test_interrupt(void)
{
    struct bench_case some[] = {cases[REFERENCE], cases[SAME]};
    struct seen seen = {.interrupt_after = 3};
    run(some, 2, 0.01, 60, &seen);
    CHECK(seen.trials == 3, "%u trials after an interrupt at the third", seen.trials);
    bench_interrupted = false;
}

/* One reference of each kind once more, beside itself, where the threads are fewest. */
static void test_twins(void)
{
    struct bench_options options = {.profile = &bench_profiles[0], .seed = 1};
    struct bench_plan *plan = bench_plan_make(&options, place);
    size_t twins = 0, kinds = 0;
    for (size_t i = 0; i < plan->case_count; i++) {
        const struct bench_case *c = &plan->cases[i];
        kinds += i == 0 || c->kind != plan->cases[i - 1].kind;
        if (!c->twin)
            continue;
        twins++;
        CHECK(i > 0 && c[-1].subject == c->subject && c[-1].group == c->group && !c[-1].twin &&
                  (c->subject->impl->traits & CT_REFERENCE) != 0 &&
                  strncmp(c->name, c[-1].name, strlen(c[-1].name)) == 0,
              "%s is not beside itself", c->name);
        for (size_t k = 0; k < plan->case_count; k++)
            CHECK(plan->cases[k].subject != c->subject || plan->cases[k].threads >= c->threads,
                  "%s has fewer threads than %s", plan->cases[k].name, c->name);
    }
    CHECK(twins == kinds && kinds > 1, "%zu twins of %zu kinds", twins, kinds);
    bench_plan_free(plan);

    options.impls = (const char *const[]){"ticket", NULL};
    plan = bench_plan_make(&options, place);
    for (size_t i = 0; i < plan->case_count; i++)
        CHECK(!plan->cases[i].twin, "%s: no reference was asked for", plan->cases[i].name);
    bench_plan_free(plan);
}

int main(void)
{
    place = place_here();
    make_cases();
    test_faults();
    test_hang();
    test_precision();
    test_interrupt();
    test_twins();
    for (size_t i = 0; i < SUBJECTS; i++)
        free(cases[i].name);
    place_close(place);
    return check_result("run");
}
