// SPDX-License-Identifier: MIT
/* Comparisons of made-up runs whose truth is known. */
#include "cli/compare.h"
#include "tests/check.h"
#include "tests/summary_fixture.h"

enum { CASES = 5 };

static struct summary *made(struct store *s, const double *speeds, double machine, uint64_t seed)
{
    double scaled[CASES];
    for (size_t i = 0; i < CASES; i++)
        scaled[i] = speeds[i] * machine;
    struct group g = {scaled, CASES, 12, .noise = 0.01, .round_noise = 0.01};
    int64_t run = new_run(s), ids[CASES_MAX];
    struct rng rng = rng_seeded(seed, 0);
    make_group(s, run, 0, &g, &rng, ids);
    return summary_load(s, run);
}

static void test_changes(struct store *s)
{
    const double before[CASES] = {1, 1, 2, 3, 1}, after[CASES] = {1, 1.2, 1.6, 3, 1.02};
    const enum change expected[CASES] = {CHANGE_NONE, CHANGE_FASTER, CHANGE_SLOWER, CHANGE_NONE,
                                         CHANGE_NONE};
    struct summary *a = made(s, before, 1, 1), *b = made(s, after, 1, 2);
    struct comparison_of_runs c = compare_runs(a, b, false, 0.05);
    CHECK(c.count == CASES && c.only_before == 0 && c.only_after == 0, "%zu compared", c.count);
    for (size_t i = 0; i < c.count; i++) {
        const struct case_change *x = &c.cases[i];
        CHECK(x->change == expected[i], "%s: %s, ratio %g [%g, %g], p %g", x->after->name,
              compare_change_names[x->change], x->ratio.median, x->ratio.low, x->ratio.high, x->p);
        CHECK(fabs(x->ratio.median * before[i] / after[i] - 1) < 0.03, "%s: ratio %g",
              x->after->name, x->ratio.median);
    }
    CHECK(c.changes[CHANGE_SLOWER] == 1 && c.changes[CHANGE_FASTER] == 1 &&
              c.changes[CHANGE_NONE] == 3,
          "counts");
    comparison_free(&c);
    c = compare_runs(a, b, false, 0.30);
    CHECK(c.changes[CHANGE_NONE] == CASES, "changes below the threshold");
    comparison_free(&c);
    summary_free(a);
    summary_free(b);
}

/* Another machine, twice as fast in everything but one implementation. */
static void test_relative(struct store *s)
{
    const double before[CASES] = {1, 1, 2, 3, 1}, after[CASES] = {1, 1, 2, 1.5, 1};
    struct summary *a = made(s, before, 1, 3), *b = made(s, after, 2, 4);
    struct comparison_of_runs c = compare_runs(a, b, true, 0.05);
    CHECK(c.count == CASES - 1 && c.changes[CHANGE_SLOWER] == 1 &&
              c.changes[CHANGE_NONE] == CASES - 2,
          "%zu slower of %zu", c.changes[CHANGE_SLOWER], c.count);
    comparison_free(&c);
    c = compare_runs(a, b, false, 0.05);
    CHECK(c.changes[CHANGE_FASTER] == CASES - 1 && c.changes[CHANGE_NONE] == 1, "%zu faster",
          c.changes[CHANGE_FASTER]);
    comparison_free(&c);
    summary_free(a);
    summary_free(b);
}

/* Of 40 pairs of equal runs with 5 cases, at most 5 may have a change: Holm keeps each below 0.05. */
static void test_twins(struct store *s)
{
    const double speeds[CASES] = {1, 1, 2, 3, 1};
    unsigned wrong = 0;
    for (uint64_t i = 0; i < 40; i++) {
        struct summary *a = made(s, speeds, 1, 100 + 2 * i), *b = made(s, speeds, 1, 101 + 2 * i);
        struct comparison_of_runs c = compare_runs(a, b, false, 0);
        wrong += c.changes[CHANGE_SLOWER] + c.changes[CHANGE_FASTER] > 0;
        comparison_free(&c);
        summary_free(a);
        summary_free(b);
    }
    CHECK(wrong <= 5, "%u of 40 pairs of equal runs differ", wrong);
}

/* What only one run has, or what broke, is no case in common; few rounds decide nothing. */
static void test_missing(struct store *s)
{
    const double speeds[CASES] = {1, 1, 2, 3, 1};
    struct summary *a = made(s, speeds, 1, 5);
    struct group few = {speeds, 3, SUMMARY_ROUNDS_MIN - 1, .noise = 0.01};
    int64_t run = new_run(s), ids[CASES_MAX];
    struct rng rng = rng_seeded(6, 0);
    make_group(s, run, 0, &few, &rng, ids);
    store_case_broken(s, ids[2], "lost an update");
    struct summary *b = summary_load(s, run);
    struct comparison_of_runs c = compare_runs(a, b, false, 0.05);
    CHECK(c.count == 2 && c.only_before == 3 && c.only_after == 0 &&
              c.changes[CHANGE_UNDECIDED] == 2,
          "%zu compared, %zu only before, %zu only after, %zu undecided", c.count, c.only_before,
          c.only_after, c.changes[CHANGE_UNDECIDED]);
    comparison_free(&c);
    summary_free(a);
    summary_free(b);
}

static void see_flip(void *context, const struct case_summary *winner,
                     const struct case_summary *loser)
{
    CHECK(strcmp(winner->impl, "impl-3") == 0 && strcmp(loser->impl, "impl-2") == 0,
          "%s over %s flipped", winner->impl, loser->impl);
    ++*(unsigned *)context;
}

/* Of the ten pairs of five cases, 0, 1 and 4 are equal, so that seven are decided; 2 and 3 change places. */
static void test_rankings(struct store *s)
{
    const double before[CASES] = {1, 1, 2, 3, 1}, after[CASES] = {1, 1, 3, 2, 1};
    struct summary *a = made(s, before, 1, 7), *b = made(s, after, 1, 8);
    unsigned flips = 0;
    struct comparison_of_rankings r = compare_rankings(a, b, see_flip, &flips);
    CHECK(r.decided_in_both == 7 && r.flipped == 1 && flips == 1 && r.decided_in_one == 0,
          "%zu decided in both, %zu flipped, %zu in one", r.decided_in_both, r.flipped,
          r.decided_in_one);
    r = compare_rankings(a, a, see_flip, &flips);
    CHECK(r.decided_in_both == 7 && r.flipped == 0 && flips == 1, "against itself: %zu flipped",
          r.flipped);
    summary_free(a);
    summary_free(b);
}

int main(void)
{
    fixture_begin();
    struct store *s = store_open(fixture_path("compare.db"));
    test_changes(s);
    test_relative(s);
    test_twins(s);
    test_missing(s);
    test_rankings(s);
    store_close(s);
    fixture_end();
    return check_result("compare");
}
