// SPDX-License-Identifier: MIT
/* Choices from made-up measurements whose best is known. */
#include "cli/choose.h"
#include "tests/check.h"
#include "tests/summary_fixture.h"

enum { IMPLS = 6, ROUNDS = 12 };

struct made_impl {
    const char *name;
    unsigned traits;
    size_t size_bytes;
    double speed[CHOOSE_POINTS];
    uint64_t latency_ns;
};

static int64_t put_point(struct store *s, int64_t run, const struct made_impl *impls, size_t point,
                         unsigned rounds, struct rng *rng)
{
    int64_t ids[IMPLS];
    for (size_t i = 0; i < IMPLS; i++) {
        struct ct_impl impl = {.kind = "mutex",
                               .name = impls[i].name,
                               .summary = "made up",
                               .source = "nobody",
                               .size_bytes = impls[i].size_bytes,
                               .traits = impls[i].traits};
        ids[i] = fixture_case(s, run, &impl, point, 2);
    }
    for (unsigned round = 0; round < rounds; round++)
        for (size_t i = 0; i < IMPLS; i++) {
            static struct histogram latency;
            memset(&latency, 0, sizeof latency);
            for (unsigned k = 0; k < 1000; k++)
                histogram_record(&latency, impls[i].latency_ns);
            double ops = 1e6 * impls[i].speed[point] * exp(0.01 * normal(rng));
            struct bench_sample sample = {.round = round,
                                          .interval_ns = SECOND_NS,
                                          .ops = (uint64_t)ops,
                                          .fairness_min_max = 1,
                                          .fairness_jain = 1,
                                          .overlap = 1,
                                          .latency = &latency};
            store_sample(s, ids[i], &sample);
        }
    return run;
}

static struct summary *made(struct store *s, const struct made_impl *impls, unsigned rounds)
{
    int64_t run = new_run(s);
    struct rng rng = rng_seeded(7, 0);
    for (size_t point = 0; point < CHOOSE_POINTS; point++)
        put_point(s, run, impls, point, rounds, &rng);
    return summary_load(s, run);
}

static const size_t groups[CHOOSE_POINTS] = {0, 1, 2, 3};

/* Fast but spinning; nearly as fast; a twin of that; the reference; large; slow, but steady. */
static const struct made_impl impls[IMPLS] = {
    {"spinner", CT_SPINS, 4, {3, 3, 2, 0.1}, 100},
    {"parker", CT_PARKS | CT_TIMED, 8, {2.5, 2, 2.5, 2}, 20000},
    {"twin", CT_PARKS, 8, {2.5, 2.5, 2.5, 1}, 200},
    {"reference", CT_PARKS | CT_TIMED | CT_REFERENCE, 40, {1, 1, 1, 1}, 300},
    {"large", CT_PARKS | CT_FIFO, 256, {2.8, 1, 1, 1}, 100},
    {"foreign", CT_PARKS | CT_PEER | CT_OPAQUE, 8, {2.9, 1, 1, 1}, 100},
};

struct wish {
    struct choose_needs needs;
    const char *chosen, *second;
    size_t considered;
    bool decided;
};

static const struct wish wishes[] = {
    {{0}, "spinner", "foreign", 6, false}, /* 3 % ahead is no effect */
    {{.no_spinning = true}, "foreign", "large", 5, false},
    {{.no_spinning = true, .own = true}, "large", NULL, 4, true},
    {{.no_spinning = true, .own = true, .bytes_max = 64}, NULL, NULL, 3, false},
    {{.traits = CT_TIMED}, "parker", "reference", 2, true},
    {{.traits = CT_TIMED, .bytes_max = 8}, "parker", NULL, 1, true},
    {{.traits = CT_TIMED, .p999_ns_max = 1000}, "reference", NULL, 1, true},
    {{.traits = CT_FIFO}, "large", NULL, 1, true},
    {{.traits = CT_ROBUST}, NULL, NULL, 0, false},
    {{.own = true, .p999_ns_max = 150, .no_spinning = true}, "large", NULL, 1, true},
};

static void test_wishes(struct store *s)
{
    struct summary *summary = made(s, impls, ROUNDS);
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        const struct wish *w = &wishes[i];
        struct choice c = choose_rank(summary, groups, &w->needs);
        const char *chosen = c.considered ? c.candidates[0].c->impl : "nothing";
        CHECK(c.count == IMPLS && c.considered == w->considered, "wish %zu: %zu considered of %zu",
              i, c.considered, c.count);
        CHECK(!w->chosen || strcmp(chosen, w->chosen) == 0, "wish %zu: chose %s", i, chosen);
        CHECK(!w->second || strcmp(c.candidates[1].c->impl, w->second) == 0, "wish %zu: second %s",
              i, c.candidates[1].c->impl);
        CHECK(c.considered == 0 || c.decided == w->decided, "wish %zu: decided %d", i, c.decided);
        for (size_t k = 0; k < c.count; k++)
            CHECK((k < c.considered) == !c.candidates[k].disqualified, "wish %zu: order", i);
        choice_free(&c);
    }
    summary_free(summary);
}

static void test_elsewhere(struct store *s)
{
    struct summary *summary = made(s, impls, ROUNDS);
    struct choice c = choose_rank(summary, groups, &(struct choose_needs){0});
    const struct choose_candidate *spinner = &c.candidates[0];
    CHECK(fabs(spinner->at[CHOOSE_HALF].lost) < 0.02, "half: %g", spinner->at[CHOOSE_HALF].lost);
    CHECK(fabs(spinner->at[CHOOSE_TWICE].lost - 0.2) < 0.02, "twice: %g",
          spinner->at[CHOOSE_TWICE].lost);
    CHECK(fabs(spinner->at[CHOOSE_CROWD].lost - 0.95) < 0.02 &&
              strcmp(spinner->at[CHOOSE_CROWD].best, "parker") == 0 &&
              fabs(spinner->at[CHOOSE_CROWD].kept - 0.1 / 3) < 0.01,
          "crowd: %g to %s, keeps %g", spinner->at[CHOOSE_CROWD].lost,
          spinner->at[CHOOSE_CROWD].best, spinner->at[CHOOSE_CROWD].kept);
    choice_free(&c);

    /* Who is not considered is no measure of regret either. */
    c = choose_rank(summary, groups, &(struct choose_needs){.own = true, .traits = CT_FIFO});
    CHECK(fabs(c.candidates[0].at[CHOOSE_CROWD].lost) < 0.02, "alone: %g",
          c.candidates[0].at[CHOOSE_CROWD].lost);
    choice_free(&c);
    const size_t only[CHOOSE_POINTS] = {0, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    c = choose_rank(summary, only, &(struct choose_needs){0});
    CHECK(isnan(c.candidates[0].at[CHOOSE_HALF].lost) &&
              isnan(c.candidates[0].at[CHOOSE_CROWD].kept),
          "not measured, yet known");
    choice_free(&c);
    summary_free(summary);
}

/* The best of random speeds is found wherever it leads by more than the noise. */
static void test_grid(struct store *s)
{
    struct rng rng = rng_seeded(11, 0);
    for (unsigned i = 0; i < 30; i++) {
        struct made_impl random[IMPLS];
        memcpy(random, impls, sizeof random);
        size_t best = (size_t)rng_below(&rng, IMPLS);
        for (size_t k = 0; k < IMPLS; k++)
            for (unsigned p = 0; p < CHOOSE_POINTS; p++)
                random[k].speed[p] = 0.5 + (double)rng_below(&rng, 400) / 1000;
        random[best].speed[CHOOSE_DESCRIBED] = 1;
        struct summary *summary = made(s, random, ROUNDS);
        struct choice c = choose_rank(summary, groups, &(struct choose_needs){0});
        CHECK(strcmp(c.candidates[0].c->impl, random[best].name) == 0 && c.decided &&
                  c.margin > 0.05,
              "store %u: %s, margin %g", i, c.candidates[0].c->impl, c.margin);
        choice_free(&c);
        summary_free(summary);
    }
}

static void test_too_few_rounds(struct store *s)
{
    struct summary *summary = made(s, impls, SUMMARY_ROUNDS_MIN - 1);
    struct choice c = choose_rank(summary, groups, &(struct choose_needs){0});
    CHECK(c.considered == 0 && c.count == IMPLS, "%zu considered", c.considered);
    choice_free(&c);
    summary_free(summary);
}

int main(void)
{
    fixture_begin();
    struct store *s = store_open(fixture_path("choose.db"));
    test_wishes(s);
    test_elsewhere(s);
    test_grid(s);
    test_too_few_rounds(s);
    store_close(s);
    fixture_end();
    return check_result("choose");
}
