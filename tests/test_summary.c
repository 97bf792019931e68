// SPDX-License-Identifier: MIT
/* Verdicts on made-up samples whose truth is known. */
#include "tests/check.h"
#include "tests/summary_fixture.h"

#include <math.h>

static struct summary *load_group(struct store *s, const struct group *g, uint64_t seed)
{
    int64_t run = new_run(s), ids[CASES_MAX];
    struct rng rng = rng_seeded(seed, 0);
    make_group(s, run, 0, g, &rng, ids);
    return summary_load(s, run);
}

static void test_known_ratios(struct store *s)
{
    const double speeds[] = {1, 1.10, 0.90, 1.02, 2};
    const enum summary_verdict expected[] = {VERDICT_REFERENCE, VERDICT_FASTER, VERDICT_SLOWER,
                                             VERDICT_TIE, VERDICT_FASTER};
    /* Rounds differ by 30 %, cases inside a round by 1 %: only ratios can tell. */
    struct group g = {speeds, 5, 12, .noise = 0.01, .round_noise = 0.3};
    struct summary *summary = load_group(s, &g, 1);
    for (size_t i = 0; i < g.cases; i++) {
        const struct case_summary *c = &summary->cases[i];
        CHECK(c->verdict == expected[i], "%s: verdict %d", c->name, (int)c->verdict);
        CHECK(c->rounds_valid == 12 && c->rounds_paired == 12 && c->rounds_discarded == 0,
              "%s: %u clean, %u paired", c->name, c->rounds_valid, c->rounds_paired);
        CHECK(c->ratio.low <= c->ratio.median && c->ratio.median <= c->ratio.high &&
                  fabs(c->ratio.median / speeds[i] - 1) < 0.02,
              "%s: ratio %g [%g, %g]", c->name, c->ratio.median, c->ratio.low, c->ratio.high);
        CHECK(c->ops_per_second.low < c->ops_per_second.median &&
                  c->ops_per_second.high > c->ops_per_second.median,
              "%s: ops/s", c->name);
        CHECK(fabs(c->ns_per_op * c->ops_per_second.median / 2e9 - 1) < 1e-12, "%s: %g ns", c->name,
              c->ns_per_op);
        CHECK(c->cpu_ns_per_op == 105.5 && c->fairness_jain == 0.75 && c->overlap == 1 &&
                  c->switches_voluntary_per_s == 55,
              "%s: medians", c->name);
    }
    CHECK(summary->case_count == 5 && summary->group_count == 1 && summary->trials == 60 &&
              summary->discarded == 0 && summary->status == RUN_RUNNING && summary->seed == 42 &&
              strcmp(summary->arguments, "--made-up") == 0 && summary->facts[0].key == NULL &&
              summary->limits[0].name == NULL,
          "the run");
    struct summary_winner w = summary_winner(summary, 0);
    CHECK(w.best == 4 && w.second == 1 && w.decided && fabs(w.margin - 2 / 1.1 + 1) < 0.03,
          "best %zu, second %zu, margin %g", w.best, w.second, w.margin);

    struct summary *again = summary_load(s, summary->run);
    for (size_t i = 0; i < g.cases; i++)
        CHECK(memcmp(&again->cases[i].ratio, &summary->cases[i].ratio, sizeof(struct interval)) ==
                  0,
              "case %zu: another interval from the same store", i);
    summary_free(again);
    summary_free(summary);
    CHECK(summary_load(s, 999999) == NULL && summary_load(s, 0) == NULL, "no such run");
}

/* Of 40 groups of identical cases, at most 5 may hold a verdict faster or slower: each does with
   probability <= 0.05, and more than 5 of 40 would happen once in 70 such tests. */
static void test_twins(struct store *s)
{
    const double speeds[] = {1, 1, 1, 1};
    struct group g = {speeds, 4, 11, .noise = 0.10, .round_noise = 0.05};
    int64_t run = new_run(s), ids[CASES_MAX];
    struct rng rng = rng_seeded(2025, 0);
    for (size_t group = 0; group < 40; group++)
        make_group(s, run, group, &g, &rng, ids);
    struct summary *summary = summary_load(s, run);
    unsigned wrong = 0, winners = 0;
    for (size_t group = 0; group < 40; group++) {
        unsigned decided = 0;
        for (size_t i = 0; i < 4; i++) {
            const struct case_summary *c = &summary->cases[4 * group + i];
            CHECK(c->group == group, "case %zu of group %zu is in %zu", i, group, c->group);
            decided += c->verdict == VERDICT_FASTER || c->verdict == VERDICT_SLOWER;
        }
        wrong += decided > 0;
        winners += summary_winner(summary, group).decided;
    }
    CHECK(wrong <= 5, "%u of 40 groups of twins were told apart", wrong);
    CHECK(winners <= 5, "%u of 40 groups of twins have a winner", winners);
    summary_free(summary);

    struct group quiet = {speeds, 4, 11, .noise = 0.005};
    summary = load_group(s, &quiet, 3);
    for (size_t i = 1; i < 4; i++)
        CHECK(summary->cases[i].verdict == VERDICT_TIE, "quiet twin %zu: verdict %d", i,
              (int)summary->cases[i].verdict);
    CHECK(!summary_winner(summary, 0).decided, "a winner among quiet twins");
    summary_free(summary);
}

/* A group whose reference is there twice: the second is no case, and its verdict is on the run. */
static void test_again(struct store *s, double speed, enum summary_verdict expected, bool apart)
{
    int64_t run = new_run(s), ids[CASES_MAX];
    struct ct_impl reference = {.kind = "mutex",
                                .name = "impl-0",
                                .summary = "made up",
                                .source = "nobody",
                                .traits = CT_REFERENCE};
    struct bench_subject subject = {.impl = &reference};
    struct bench_case twin = {.kind = &fixture_kind,
                              .workload = &fixture_workload,
                              .subject = &subject,
                              .threads = 2,
                              .name = (char[]){"again"},
                              .twin = true};
    make_cases(s, run, 0, 2, false, ids);
    int64_t again = store_case(s, run, &twin);
    struct rng rng = rng_seeded(11, 0);
    for (unsigned round = 0; round < 16; round++) {
        double common = 1e6 * exp(0.3 * normal(&rng));
        put(s, ids[0], round, common * exp(0.005 * normal(&rng)), NULL);
        put(s, ids[1], round, common * 2, NULL);
        put(s, again, round, common * speed * exp(0.005 * normal(&rng)), NULL);
    }
    struct summary *summary = summary_load(s, run);
    CHECK(summary->case_count == 2 && summary->group_count == 1 && summary->twin_count == 1 &&
              summary->trials == 48,
          "%zu cases, %zu twins", summary->case_count, summary->twin_count);
    const struct summary_twin *t = &summary->twins[0];
    CHECK(strcmp(t->name, "again") == 0 && t->again.rounds == 16 && t->again.verdict == expected &&
              t->apart == apart && fabs(t->again.ratio.median / speed - 1) < 0.01,
          "speed %g: ratio %g, verdict %d", speed, t->again.ratio.median, (int)t->again.verdict);
    CHECK(summary_winner(summary, 0).best == 1 && summary_winner(summary, 0).second == 0,
          "the winner among twins");
    summary_free(summary);
}

static void test_no_reference(struct store *s)
{
    const double speeds[] = {1, 2, 1.3};
    struct group g = {speeds, 3, 10, .noise = 0.01, .no_reference = true};
    struct summary *summary = load_group(s, &g, 4);
    for (size_t i = 0; i < 3; i++) {
        const struct case_summary *c = &summary->cases[i];
        CHECK(isnan(c->ratio.median) && c->rounds_paired == 0 && c->verdict == VERDICT_UNDECIDED &&
                  c->rounds_valid == 10,
              "%s: ratio %g, verdict %d", c->name, c->ratio.median, (int)c->verdict);
    }
    struct summary_winner w = summary_winner(summary, 0);
    CHECK(w.best == 1 && w.second == 2 && w.decided, "best %zu of a group without reference",
          w.best);
    w = summary_winner(summary, 1);
    CHECK(w.best == SIZE_MAX && w.second == SIZE_MAX && !w.decided, "a winner of no group");
    summary_free(summary);
}

static void test_too_few_rounds(struct store *s)
{
    const double speeds[] = {1, 3};
    struct group g = {speeds, 2, 8, .noise = 0.01};
    struct summary *summary = load_group(s, &g, 5);
    CHECK(summary->cases[1].verdict == VERDICT_UNDECIDED && summary->cases[1].rounds_paired == 8,
          "a verdict from 8 rounds");
    CHECK(!summary_winner(summary, 0).decided && summary_winner(summary, 0).best == 1,
          "a winner from 8 rounds");
    summary_free(summary);
}

static void test_rejected(struct store *s)
{
    int64_t run = new_run(s), ids[CASES_MAX];
    make_cases(s, run, 0, 3, false, ids);
    for (unsigned round = 0; round < 14; round++) {
        /* The reference misses rounds 1 and 2, of which 2 is repeated; case 1 misses round 3. */
        put(s, ids[0], round, 1e6 + round, round == 1 || round == 2 ? "steal" : NULL);
        if (round == 2)
            put(s, ids[0], round, 1e6 + round, NULL);
        put(s, ids[1], round, round == 3 ? 9e9 : 2 * (1e6 + round), round == 3 ? "steal" : NULL);
        put(s, ids[2], round, 5e6, "steal");
    }
    struct summary *summary = summary_load(s, run);
    const struct case_summary *c = summary->cases;
    CHECK(c[0].rounds_valid == 13 && c[0].rounds_discarded == 2, "reference: %u, %u",
          c[0].rounds_valid, c[0].rounds_discarded);
    CHECK(c[1].rounds_valid == 13 && c[1].rounds_discarded == 1 && c[1].rounds_paired == 12 &&
              c[1].ratio.low == 2 && c[1].ratio.high == 2 && c[1].verdict == VERDICT_FASTER,
          "case 1: %u paired, ratio [%g, %g]", c[1].rounds_paired, c[1].ratio.low, c[1].ratio.high);
    CHECK(c[1].rounds[2] == 2 && c[1].rounds[3] == 4 && c[1].samples[3] == 2 * (1e6 + 4),
          "samples are not those of their rounds");
    CHECK(c[2].rounds_valid == 0 && c[2].rounds_discarded == 14 && isnan(c[2].ratio.median) &&
              isnan(c[2].ops_per_second.median) && isnan(c[2].cpu_ns_per_op) &&
              c[2].verdict == VERDICT_UNDECIDED,
          "all rejected: %u rounds, verdict %d", c[2].rounds_valid, (int)c[2].verdict);
    CHECK(summary->discarded == 17 && summary->trials == 43, "%u of %u discarded",
          summary->discarded, summary->trials);
    struct summary_winner w = summary_winner(summary, 0);
    CHECK(w.best == 1 && w.second == 0 && w.decided && fabs(w.margin - 1) < 1e-9, "best %zu",
          w.best);
    summary_free(summary);
}

static void test_broken(struct store *s)
{
    const double speeds[] = {1, 4, 1.5};
    struct group g = {speeds, 3, 10, .noise = 0.01};
    int64_t run = new_run(s), ids[2][CASES_MAX];
    struct rng rng = rng_seeded(6, 0);
    make_group(s, run, 0, &g, &rng, ids[0]);
    make_group(s, run, 1, &g, &rng, ids[1]);
    store_case_broken(s, ids[0][1], "lost an update");
    store_case_broken(s, ids[1][0], "two inside");
    struct summary *summary = summary_load(s, run);
    const struct case_summary *c = summary->cases;
    CHECK(c[1].broken && strcmp(c[1].broken, "lost an update") == 0 && isnan(c[1].ratio.median) &&
              c[1].verdict == VERDICT_UNDECIDED,
          "a broken case was compared");
    CHECK(c[2].verdict == VERDICT_FASTER, "its neighbour was not");
    struct summary_winner w = summary_winner(summary, 0);
    CHECK(w.best == 2 && w.second == 0 && w.decided, "best %zu beside a broken one", w.best);
    CHECK(isnan(c[4].ratio.median) && isnan(c[5].ratio.median), "compared with a broken reference");
    summary_free(summary);
}

static void test_winner(struct store *s)
{
    const double close[] = {1, 2, 2.02};
    struct group g = {close, 3, 11, .noise = 0.03};
    struct summary *summary = load_group(s, &g, 8);
    struct summary_winner w = summary_winner(summary, 0);
    CHECK((w.best == 1 || w.best == 2) && (w.second == 1 || w.second == 2) && w.margin >= 0 &&
              !w.decided,
          "best %zu, second %zu, margin %g, decided %d", w.best, w.second, w.margin, w.decided);
    summary_free(summary);

    g.cases = 1;
    summary = load_group(s, &g, 9);
    w = summary_winner(summary, 0);
    CHECK(w.best == 0 && w.second == SIZE_MAX && !w.decided, "alone: best %zu", w.best);
    summary_free(summary);

    /* Case 2 has the higher median, but only because case 1 missed the fast rounds; where both were
       measured, case 1 is ahead. */
    int64_t run = new_run(s), ids[CASES_MAX];
    make_cases(s, run, 0, 3, false, ids);
    for (unsigned round = 0; round < 30; round++) {
        double speed = round < 12 ? 1e6 : 5e6;
        put(s, ids[0], round, 0.5 * speed, NULL);
        put(s, ids[1], round, 1.2 * speed, round < 12 ? NULL : "steal");
        put(s, ids[2], round, speed, NULL);
    }
    summary = summary_load(s, run);
    w = summary_winner(summary, 0);
    CHECK(w.best == 1 && w.second == 2 && w.decided && fabs(w.margin - 0.2) < 1e-9,
          "best %zu, second %zu, margin %g", w.best, w.second, w.margin);
    summary_free(summary);
}

/* A large group: as many rounds as summary_rounds_needed says can decide it, and one less cannot. */
static void test_rounds_needed(struct store *s)
{
    CHECK(summary_rounds_needed(1) == 9 && summary_rounds_needed(2) == 9 &&
              summary_rounds_needed(200) == 13,
          "%u, %u, %u", summary_rounds_needed(1), summary_rounds_needed(2),
          summary_rounds_needed(200));
    double speeds[24] = {1};
    for (size_t i = 1; i < 24; i++)
        speeds[i] = 2;
    for (unsigned less = 0; less <= 1; less++) {
        struct group g = {speeds, 24, summary_rounds_needed(24) - less, .noise = 0.01};
        struct summary *summary = load_group(s, &g, 10);
        for (size_t i = 1; i < 24; i++)
            CHECK(summary->cases[i].verdict == (less ? VERDICT_UNDECIDED : VERDICT_FASTER),
                  "%u rounds, case %zu: p %g, verdict %d", g.rounds, i, summary->cases[i].p,
                  (int)summary->cases[i].verdict);
        summary_free(summary);
    }
}

static void test_latency(struct store *s)
{
    int64_t run = new_run(s), ids[CASES_MAX];
    make_cases(s, run, 0, 1, false, ids);
    static struct histogram all, one;
    struct rng rng = rng_seeded(11, 0);
    for (unsigned round = 0; round < 5; round++) {
        memset(&one, 0, sizeof one);
        for (unsigned i = 0; i < 1000; i++)
            histogram_record(&one, 100 * round + rng_below(&rng, 100000));
        struct bench_sample sample = {.round = round,
                                      .interval_ns = SECOND_NS,
                                      .latency = &one,
                                      .rejected = round == 3 ? "steal" : NULL};
        if (round != 3)
            histogram_merge(&all, &one);
        store_sample(s, ids[0], &sample);
    }
    struct summary *summary = summary_load(s, run);
    CHECK(memcmp(&summary->cases[0].latency, &all, sizeof all) == 0 && all.total == 4000,
          "merged %llu values", (unsigned long long)summary->cases[0].latency.total);
    summary_free(summary);
}

static void test_facts(struct store *s)
{
    struct machine_fact facts[] = {{"cpu_model", (char[]){"made up"}}, {NULL, NULL}};
    int64_t run = store_run_begin(s, "bench", "", "long", 1, facts);
    struct limit limits[LIMITS];
    for (unsigned i = 0; i < LIMITS; i++)
        limits[i] = (struct limit){"limit_ns", "what", (double)i};
    store_limits(s, run, limits);
    store_run_end(s, run, RUN_DONE);
    struct summary *summary = summary_load(s, run);
    CHECK(strcmp(summary->facts[0].key, "cpu_model") == 0 &&
              strcmp(summary->facts[0].value, "made up") == 0 && !summary->facts[1].key,
          "facts");
    CHECK(summary->limits[LIMITS - 1].ns == LIMITS - 1 &&
              strcmp(summary->limits[1].name, "limit_ns") == 0,
          "limits");
    CHECK(summary->status == RUN_DONE && summary->case_count == 0 && summary->group_count == 0,
          "an empty run");
    summary_free(summary);
}

/* A round trip that both of its threads count took the time between two counts of either, not twice that. */
static void test_counted_by_both(struct store *s)
{
    int64_t run = new_run(s), ids[CASES_MAX];
    make_cases(s, run, 0, 1, false, ids);
    uint64_t counts[] = {1000000, 1000000};
    for (unsigned round = 0; round < 10; round++)
        store_sample(
            s, ids[0],
            &(struct bench_sample){
                .round = round, .interval_ns = SECOND_NS, .ops = counts[0], .thread_ops = counts});
    struct summary *summary = summary_load(s, run);
    CHECK(fabs(summary->cases[0].ns_per_op / 1000 - 1) < 1e-12, "%g ns for a round trip of 1000",
          summary->cases[0].ns_per_op);
    summary_free(summary);
}

int main(void)
{
    fixture_begin();
    struct store *s = store_open(fixture_path("summary.db"));
    test_known_ratios(s);
    test_twins(s);
    test_again(s, 1, VERDICT_TIE, false);
    test_again(s, 1.03, VERDICT_TIE, true);
    test_again(s, 0.8, VERDICT_SLOWER, true);
    test_no_reference(s);
    test_too_few_rounds(s);
    test_rejected(s);
    test_counted_by_both(s);
    test_broken(s);
    test_winner(s);
    test_rounds_needed(s);
    test_latency(s);
    test_facts(s);
    store_close(s);
    fixture_end();
    return check_result("summary");
}
