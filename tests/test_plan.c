// SPDX-License-Identifier: MIT
/* Plans: which cases come of options, profiles, descriptions and topologies, how long they say they take,
   and what of a plan an earlier run has done. */
#include "benchmarks/bench.h"
#include "cli/resume.h"
#include "support/clock.h"
#include "support/fail.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct place *open_or_fail(const char *source)
{
    const char *why = NULL;
    struct place *p = place_open(source, &why);
    if (!p)
        fail(EXIT_CHECK_FAILED, "%s", why);
    return p;
}

static const struct bench_profile *profile(const char *name)
{
    const struct bench_profile *p = bench_profiles;
    while (p->name && strcmp(p->name, name) != 0)
        p++;
    if (!p->name)
        fail(EXIT_CHECK_FAILED, "no profile %s", name);
    return p;
}

static const char *const first_two[] = {"ticket", "mcs", NULL};

static struct bench_options options(const char *profile_name)
{
    return (struct bench_options){
        .kind = "mutex", .impls = first_two, .profile = profile(profile_name), .seed = 1};
}

/* The thread counts of a workload's groups, as text. */
static char *counts(const struct bench_plan *plan, const char *workload)
{
    char *text = must_printf("%s", "");
    size_t group = SIZE_MAX;
    for (size_t i = 0; plan && i < plan->case_count; i++) {
        const struct bench_case *c = &plan->cases[i];
        if (strcmp(c->workload->name, workload) != 0 || c->group == group)
            continue;
        char *longer = must_printf("%s%s%u", text, *text ? " " : "", c->threads);
        free(text);
        text = longer;
        group = c->group;
    }
    return text;
}

static void check_counts(const char *source, const char *profile_name, const char *workload,
                         const char *expected)
{
    struct place *place = open_or_fail(source);
    struct bench_options o = options(profile_name);
    struct bench_plan *plan = bench_plan_make(&o, place);
    char *got = counts(plan, workload);
    CHECK(strcmp(got, expected) == 0, "%s, %s, %s: threads %s, not %s", source, profile_name,
          workload, got, expected);
    free(got);
    bench_plan_free(plan);
    place_close(place);
}

static void test_topologies(void)
{
    check_counts("synthetic:core:1 pu:1", "quick", "contended", "2");
    check_counts("synthetic:core:2 pu:1", "quick", "contended", "2 4");
    check_counts("synthetic:core:2 pu:1", "full", "contended", "2 4 8");
    check_counts("synthetic:package:2 l3:2 core:4 pu:2", "quick", "contended", "2 32 64");
    check_counts("synthetic:package:2 l3:2 core:4 pu:2", "full", "contended", "2 4 8 16 32 64 128");
    check_counts("synthetic:core:6 pu:1", "full", "contended", "2 4 6 12 24");
    check_counts("synthetic:core:6 pu:1", "full", "uncontended", "1");
}

/* The length of every trial is said, and all of them together are what the plan expects. */
static void test_length(void)
{
    struct place *place = open_or_fail("synthetic:core:4 pu:1");
    struct bench_options o = options("full");
    struct bench_plan *plan = bench_plan_make(&o, place);
    double seconds = 0;
    for (size_t i = 0; i < plan->case_count; i++) {
        uint64_t ns = bench_measure_ns(plan, &plan->cases[i]);
        CHECK(ns == NS_PER_MS * (plan->cases[i].threads > 4 ? 300U : 100U), "%s: %llu ns",
              plan->cases[i].name, (unsigned long long)ns);
        seconds += (double)(ns + bench_warm_up_ns(ns)) / (double)NS_PER_S * bench_rounds(plan);
    }
    CHECK(plan->seconds_expected >= seconds && plan->seconds_expected < 1.2 * seconds,
          "%g s of trials, %g expected", seconds, plan->seconds_expected);
    bench_plan_expect(plan, (struct bench_pace){.overhead_s = 0.5, .again = 0.25});
    double trials = (double)bench_rounds(plan) * (double)plan->case_count;
    double all = (seconds + 0.5 * trials) * 1.25;
    CHECK(fabs(plan->seconds_expected / all - 1) < 1e-6, "%g s, %g expected", all,
          plan->seconds_expected);
    bench_plan_free(plan);
    place_close(place);
}

static size_t rows_of(const struct bench_plan *plan, enum bench_role role)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->case_count; i++)
        n += plan->cases[i].workload->role == role && !plan->cases[i].twin;
    return n;
}

/* Patterns are not in quick, all are in full and in a profile of their own; each has one more. */
static void test_profiles(void)
{
    struct place *place = open_or_fail("synthetic:core:2 pu:1");
    struct bench_options o = {.profile = profile("quick")};
    struct bench_plan *quick = bench_plan_make(&o, place);
    o.profile = profile("full");
    struct bench_plan *full = bench_plan_make(&o, place);
    o.profile = profile("patterns");
    struct bench_plan *patterns = bench_plan_make(&o, place);
    CHECK(rows_of(quick, ROLE_PATTERN) == 0, "quick has patterns");
    CHECK(rows_of(full, ROLE_PATTERN) == rows_of(patterns, ROLE_PATTERN), "full lacks patterns");
    CHECK(rows_of(patterns, ROLE_ORDINARY) == 0 && rows_of(patterns, ROLE_PATTERN) > 0,
          "patterns: %zu others", rows_of(patterns, ROLE_ORDINARY));
    CHECK(quick->seconds_expected < 600, "quick over all kinds: %g s", quick->seconds_expected);
    for (const struct bench_kind *const *k = bench_kinds; *k; k++) {
        struct bench_options of_kind = {.profile = profile("quick"), .kind = (*k)->kind};
        struct bench_plan *one = bench_plan_make(&of_kind, place);
        CHECK(one && one->seconds_expected < 60, "quick over %s: %g s", (*k)->kind,
              one ? one->seconds_expected : 0);
        if (one)
            bench_plan_free(one);
    }
    unsigned named = 0;
    for (const struct bench_profile *p = profile("patterns") + 1; p->name; p++, named++) {
        o.profile = p;
        struct bench_plan *one = bench_plan_make(&o, place);
        CHECK(one, "profile %s: nothing", p->name);
        for (size_t i = 0; one && i < one->case_count; i++)
            CHECK(strcmp(one->cases[i].workload->name, p->name) == 0, "profile %s: %s", p->name,
                  one->cases[i].name);
        if (one)
            bench_plan_free(one);
    }
    CHECK(named == 8, "%u patterns", named);
    for (size_t i = 0; i < patterns->case_count; i++)
        CHECK(profile(patterns->cases[i].workload->name), "a pattern without a profile");
    bench_plan_free(quick);
    bench_plan_free(full);
    bench_plan_free(patterns);
    place_close(place);
}

static void check_field(enum bench_field field, const char *text, bool good, uint32_t expected)
{
    uint32_t value = 0;
    char *why = NULL;
    bool parsed = bench_field_parse(field, text, &value, &why);
    CHECK(parsed == good && (!good || value == expected), "%s \"%s\": %s, %u",
          bench_fields[field].name, text, parsed ? "taken" : why, value);
    CHECK(good || strlen(why) > 0, "%s \"%s\" is refused without a word", bench_fields[field].name,
          text);
    free(why);
}

static void test_fields(void)
{
    check_field(FIELD_HOLD, "200ns", true, 200);
    check_field(FIELD_HOLD, "1s", true, 1000000000);
    check_field(FIELD_HOLD, "1.1s", false, 0);
    check_field(FIELD_HOLD, "200", false, 0);
    check_field(FIELD_OBJECTS, "64", true, 64);
    check_field(FIELD_OBJECTS, "0", false, 0);
    check_field(FIELD_OBJECTS, "6.4", false, 0);
    check_field(FIELD_OBJECTS, "99999999999999999999", false, 0);
    check_field(FIELD_SKEW, "0.99", true, 990);
    check_field(FIELD_SKEW, "1", true, 1000);
    check_field(FIELD_SKEW, "-1", false, 0);
    check_field(FIELD_SKEW, "0x1", false, 0);
    check_field(FIELD_SKEW, "", false, 0);
    check_field(FIELD_HOLD_SPREAD, "bimodal", true, SPREAD_BIMODAL);
    check_field(FIELD_HOLD_SPREAD, "normal", false, 0);
    check_field(FIELD_BESIDE_LOCK, "yes", true, 1);
    check_field(FIELD_BESIDE_LOCK, "1", false, 0);
    check_field(FIELD_PARAMETER, "4294967294", true, UINT32_MAX - 1);
    check_field(FIELD_PARAMETER, "4294967295", false, 0);
}

/* Two descriptions: one made of the kind's contended row, one of a named row with a name of its own. */
static void test_described(void)
{
    struct place *place = open_or_fail("synthetic:core:4 pu:1");
    struct bench_described d[2];
    bench_described_init(&d[0]);
    d[0].field[FIELD_HOLD] = 300;
    d[0].field[FIELD_OBJECTS] = 64;
    d[0].field[FIELD_SKEW] = 990;
    d[0].threads[0] = 3;
    d[0].threads[1] = 5;
    bench_described_init(&d[1]);
    d[1].name = "mine";
    d[1].kind = "mutex";
    d[1].workload = "uncontended";
    d[1].field[FIELD_BURST] = 40000000;
    d[1].field[FIELD_IDLE] = 60000000;
    struct bench_options o = options("quick");
    o.described = d;
    o.described_count = 2;
    struct bench_plan *plan = bench_plan_make(&o, place);
    const char *expected[] = {"mutex/mine/ticket/threads:1",
                              "mutex/mine/mcs/threads:1",
                              "mutex/contended-hold-300ns-objects-64-skew-0.99/ticket/threads:3",
                              "mutex/contended-hold-300ns-objects-64-skew-0.99/mcs/threads:3",
                              "mutex/contended-hold-300ns-objects-64-skew-0.99/ticket/threads:5",
                              "mutex/contended-hold-300ns-objects-64-skew-0.99/mcs/threads:5"};
    size_t n = sizeof expected / sizeof *expected;
    CHECK(plan->case_count == n, "%zu cases", plan->case_count);
    for (size_t i = 0; i < n && i < plan->case_count; i++)
        CHECK(strcmp(plan->cases[i].name, expected[i]) == 0, "case %zu is %s, not %s", i,
              plan->cases[i].name, expected[i]);
    const struct bench_workload *w = plan->cases[n - 1].workload;
    CHECK(w->hold_ns == 300 && w->think_ns == 0 && w->objects == 64 && w->skew_permille == 990,
          "hold %u, think %u, objects %u, skew %u", w->hold_ns, w->think_ns, w->objects,
          w->skew_permille);
    CHECK(strstr(w->question, "hold 300ns, objects 64, skew 0.99?"), "%s", w->question);
    CHECK(bench_measure_ns(plan, &plan->cases[0]) >= 500 * NS_PER_MS,
          "a trial of %llu ns, phases of 100 ms",
          (unsigned long long)bench_measure_ns(plan, &plan->cases[0]));
    bench_plan_free(plan);
    place_close(place);
}

/* A plan's hash changes with whatever would change what is measured, and with nothing else. */
static void test_hash(struct place *place)
{
    struct bench_options o = options("quick");
    struct bench_plan *plan = bench_plan_make(&o, place);
    uint64_t hash = bench_plan_hash(plan);
    bench_plan_free(plan);
    struct bench_described hold;
    bench_described_init(&hold);
    hold.name = "contended";
    hold.field[FIELD_HOLD] = 1;
    struct bench_options other[6];
    for (size_t i = 0; i < 6; i++)
        other[i] = o;
    other[0].seed = 99;
    other[1].rounds = 3;
    other[2].trial_ns = NS_PER_MS;
    other[3].placement = PLACE_SPREAD;
    other[4].profile = profile("standard");
    other[5].described = &hold;
    other[5].described_count = 1;
    for (size_t i = 0; i < 6; i++) {
        plan = bench_plan_make(&other[i], place);
        CHECK((bench_plan_hash(plan) == hash) == (i == 0), "plan %zu", i);
        bench_plan_free(plan);
    }
}

static void sample(struct store *store, int64_t row, unsigned round, const char *rejected)
{
    uint64_t ops[2] = {1, 1};
    struct histogram *latency = must_alloc(sizeof *latency);
    struct bench_sample s = {.round = round,
                             .interval_ns = 1,
                             .ops = 2,
                             .thread_ops = ops,
                             .latency = latency,
                             .rejected = rejected};
    store_sample(store, row, &s);
    free(latency);
}

static struct machine_fact *facts_of(const struct bench_plan *plan)
{
    struct machine_fact *facts = machine_facts(plan->place);
    machine_facts_add(&facts, resume_plan_key, resume_plan_value(plan));
    return facts;
}

static int64_t find(struct store *store, struct bench_plan *plan, int64_t *rows, const char *said)
{
    struct machine_fact *facts = facts_of(plan);
    char *why = NULL;
    int64_t run = resume_find(store, plan, facts, rows, &why);
    CHECK(run || strstr(why, said), "\"%s\" says nothing of \"%s\"", why, said);
    free(why);
    machine_facts_free(facts);
    return run;
}

/* An interrupted run: its clean trials are had, its rejected ones not, a broken case has all it gets. */
static void test_resume(struct place *place)
{
    char path[] = "/tmp/contend-plan-XXXXXX";
    int descriptor = mkstemp(path);
    close(descriptor);
    unlink(path);
    struct store *store = store_open(path);
    struct bench_options o = options("quick");
    struct bench_plan *plan = bench_plan_make(&o, place);
    int64_t *rows = must_alloc(plan->case_count * sizeof *rows);
    int64_t *found = must_alloc(plan->case_count * sizeof *found);
    CHECK(find(store, plan, found, "newest run is done, or there is none") == 0, "an empty store");

    struct machine_fact *facts = facts_of(plan);
    int64_t run = store_run_begin(store, "bench", "contend bench --kind mutex", "quick", 77, facts);
    for (size_t i = 0; i < plan->case_count; i++)
        rows[i] = store_case(store, run, &plan->cases[i]);
    sample(store, rows[0], 0, NULL);
    sample(store, rows[0], 1, "the hypervisor took CPU time");
    sample(store, rows[1], 2, NULL);
    store_case_broken(store, rows[2], "it lost something");
    store_run_end(store, run, RUN_INTERRUPTED);

    CHECK(find(store, plan, found, "") == run, "the interrupted run is not found");
    CHECK(memcmp(rows, found, plan->case_count * sizeof *rows) == 0, "other cases");
    CHECK(plan->options.seed == 77, "seed %llu", (unsigned long long)plan->options.seed);
    for (size_t i = 0; i < plan->case_count; i++)
        for (unsigned round = 0; round < bench_rounds(plan); round++)
            CHECK(bench_plan_has(plan, i, round) ==
                      ((i == 0 && round == 0) || (i == 1 && round == 2) || i == 2),
                  "%s, round %u", plan->cases[i].name, round);

    o.rounds = 3;
    struct bench_plan *other = bench_plan_make(&o, place);
    CHECK(find(store, other, found, "another plan; it was: contend bench --kind mutex") == 0,
          "another plan goes on with it");
    CHECK(!bench_plan_has(other, 0, 0), "and has its trials");
    store_run_end(store, store_run_begin(store, "bench", "later", "quick", 1, facts), RUN_DONE);
    CHECK(find(store, plan, found, "newest run is done") == 0, "a newer run is done");
    machine_facts_free(facts);
    bench_plan_free(other);
    bench_plan_free(plan);
    store_close(store);
    unlink(path);
    free(rows);
    free(found);
}

int main(void)
{
    struct place *place = open_or_fail("synthetic:core:2 pu:1");
    test_topologies();
    test_length();
    test_profiles();
    test_fields();
    test_described();
    test_hash(place);
    test_resume(place);
    place_close(place);
    return check_result("plan");
}
