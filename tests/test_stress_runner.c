// SPDX-License-Identifier: MIT
/* The stress runner on a kind of its own: what holds, fails, hangs, crashes or proves nothing must be
   told apart, and a seed must repeat its draws. */
#include "stress/child.h"
#include "stress/history.h"
#include "support/clock.h"
#include "tests/check.h"

#include <contend/wait.h>

#include <signal.h>
#include <string.h>

enum { ROUNDS = 50, THREADS = 3, STEPS = 4, SHORT_HANG_NS = 200 * 1000 * 1000 };

struct gadget {
    struct ct_u32 word;
};

struct ct_gadget_ops {
    struct ct_impl impl;
};

static const struct ct_gadget_ops spinning = {.impl = {.kind = "gadget",
                                                       .name = "spinning",
                                                       .size_bytes = sizeof(struct gadget),
                                                       .align_bytes = _Alignof(struct gadget),
                                                       .node_bytes = 24,
                                                       .traits = CT_SPINS}};
static const struct ct_gadget_ops parking = {.impl = {.kind = "gadget",
                                                      .name = "parking",
                                                      .size_bytes = sizeof(struct gadget),
                                                      .align_bytes = _Alignof(struct gadget),
                                                      .traits = CT_PARKS}};

static uint64_t drawn; /* by all actors of all rounds */
static unsigned setups, verdicts, releases, dirty;

static void setup(struct scenario_round *r)
{
    const unsigned char *state = r->state;
    struct gadget *g = r->object;
    setups++;
    dirty += state[0];
    ct_u32_store_relaxed(&g->word, 0);
}

static void actor_draws(struct scenario_thread *t)
{
    unsigned char *state = t->round->state;
    const unsigned char *node = t->node;
    for (unsigned i = 0; i < t->round->steps; i++) {
        scenario_point(t, POINT_ASKING);
        t->tally += rng_next(&t->rng);
        scenario_did(t);
    }
    if (node && node[0])
        scenario_broken(t, "a node was not cleared");
    if (t->index == 0)
        state[0] = 1;
}

static const char *verdict_holds(struct scenario_round *r)
{
    verdicts++;
    for (unsigned i = 0; i < r->threads; i++)
        drawn += r->actors[i].tally;
    return NULL;
}

static const char *verdict_fails(struct scenario_round *r)
{
    (void)r;
    return ++verdicts == 3 ? "the third round was bad" : NULL;
}

static void actor_notices(struct scenario_thread *t)
{
    scenario_did(t);
    if (t->index == 1)
        scenario_broken(t, "thread 1 saw it");
}

static void actor_spins_for_ever(struct scenario_thread *t)
{
    scenario_at(t, "spinning for ever");
    while (t->index == 0)
        ct_pause();
}

static void actor_sleeps_for_ever(struct scenario_thread *t)
{
    struct gadget *g = t->round->object;
    scenario_at(t, "sleeping for ever");
    while (t->index != 0)
        ct_wait(&g->word, 0, CT_FOREVER);
}

static void actor_naps(struct scenario_thread *t)
{
    struct gadget *g = t->round->object;
    for (unsigned i = 0; i < t->round->steps; i++) {
        ct_wait(&g->word, 0, ct_now_ns() + 100 * NS_PER_US);
        scenario_did(t);
    }
}

static void actor_meets(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        scenario_point(t, POINT_ASKING);
        scenario_point(t, POINT_ENTERED);
        scenario_point(t, POINT_HOLDING);
        scenario_point(t, POINT_LEAVING);
        scenario_did(t);
    }
}

static void actor_crashes(struct scenario_thread *t)
{
    (void)t;
    raise(SIGKILL);
}

/* Every other round nobody knows whether it held. */
static const char *verdict_wonders(struct scenario_round *r)
{
    r->history->undecided = ++verdicts % 2 == 0;
    return NULL;
}

static const char *verdict_never_knows(struct scenario_round *r)
{
    r->history->undecided = true;
    return NULL;
}

static void actor_idles(struct scenario_thread *t)
{
    (void)t;
}

enum {
    DRAWS,
    FAILS,
    NOTICES,
    SPINS_FOR_EVER,
    SLEEPS_FOR_EVER,
    NAPS,
    MEETS,
    CRASHES,
    IDLES,
    SLEEPLESS,
    WONDERS,
    NEVER_KNOWS,
};

#define ROW(row, its_name, its_actor, its_verdict, ...)                                            \
    [row] = {.name = its_name,                                                                     \
             .claim = "its name",                                                                  \
             .threads_min = 2,                                                                     \
             .steps = STEPS,                                                                       \
             .state_bytes = 64,                                                                    \
             .setup = setup,                                                                       \
             .actor = its_actor,                                                                   \
             .verdict = its_verdict,                                                               \
             __VA_ARGS__}
static const struct scenario scenarios[] = {
    ROW(DRAWS, "draws", actor_draws, verdict_holds, .needs = 0),
    ROW(FAILS, "fails", actor_draws, verdict_fails, .needs = 0),
    ROW(NOTICES, "notices", actor_notices, verdict_holds, .needs = 0),
    ROW(SPINS_FOR_EVER, "spins-for-ever", actor_spins_for_ever, verdict_holds, .needs = 0),
    ROW(SLEEPS_FOR_EVER, "sleeps-for-ever", actor_sleeps_for_ever, verdict_holds, .needs = 0),
    ROW(NAPS, "naps", actor_naps, verdict_holds, .must_see = SEE_SLEEPS),
    ROW(MEETS, "meets", actor_meets, verdict_holds, .must_see = SEE_CONTENTION,
        .hold_ns = 50 * 1000),
    ROW(CRASHES, "crashes", actor_crashes, verdict_holds, .needs = 2),
    ROW(IDLES, "idles", actor_idles, verdict_holds, .needs = 1),
    ROW(SLEEPLESS, "sleepless", actor_meets, verdict_holds, .must_see = SEE_SLEEPS),
    ROW(WONDERS, "wonders", actor_draws, verdict_wonders, .recorded = true),
    ROW(NEVER_KNOWS, "never-knows", actor_draws, verdict_never_knows, .recorded = true),
};

static unsigned offers(const void *table)
{
    (void)table;
    return 1;
}

static void release(struct scenario_round *r)
{
    (void)r;
    releases++;
}

static const struct scenario_kind kind = {
    .kind = "gadget",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .offers = offers,
    .release = release,
};

static struct place *place;
static struct ct_u32 *stop;

static struct stress_case case_of(unsigned row, const struct ct_gadget_ops *ops)
{
    return (struct stress_case){.kind = &kind,
                                .scenario = &scenarios[row],
                                .impl = &ops->impl,
                                .perturb = &perturbs[0],
                                .threads = THREADS,
                                .seed = 1,
                                .rounds_max = ROUNDS};
}

static struct stress_result run(unsigned row, const struct ct_gadget_ops *ops, uint64_t seed)
{
    struct stress_case c = case_of(row, ops);
    struct stress_result r;
    c.seed = seed;
    drawn = 0;
    setups = verdicts = releases = dirty = 0;
    stress_run(&c, place, stop, &r);
    return r;
}

static struct stress_result run_in_child(unsigned row)
{
    struct stress_case c = case_of(row, &parking);
    c.hang_ns = row == SPINS_FOR_EVER ? SHORT_HANG_NS : 0;
    struct stress_result *r = child_shared(sizeof *r);
    struct child_orders orders = {
        .cases = &c, .results = r, .count = 1, .place = place, .stop = stop, .quiet = true};
    verdicts = 0;
    CHECK(!child_play(&orders), "%s held", c.scenario->name);
    return *r;
}

static void test_rounds(void)
{
    struct stress_result r = run(DRAWS, &spinning, 7);
    uint64_t first = drawn;
    CHECK(r.end == STRESS_HELD, "end %d", r.end);
    CHECK(r.rounds == ROUNDS, "%llu rounds", (unsigned long long)r.rounds);
    CHECK(r.threads == THREADS, "%u threads", r.threads);
    CHECK(r.operations == (uint64_t)r.rounds * r.threads * r.steps, "%llu operations",
          (unsigned long long)r.operations);
    CHECK(setups == ROUNDS && verdicts == ROUNDS && releases == ROUNDS, "%u %u %u", setups,
          verdicts, releases);
    CHECK(dirty == 0, "state was not cleared in %u rounds", dirty);
    run(DRAWS, &spinning, 7);
    CHECK(drawn == first, "the same seed drew something else");
    run(DRAWS, &spinning, 8);
    CHECK(drawn != first, "another seed drew the same");
}

/* What one failing run says on stderr. */
static struct stress_result run_captured(unsigned row, char *report, size_t size)
{
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    struct stress_result r = run(row, &spinning, 1);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    report[fread(report, 1, size - 1, file)] = '\0';
    fclose(file);
    return r;
}

static void test_failures(void)
{
    static const char *const expected[] = {
        "gadget spinning, scenario fails",
        "the third round was bad",
        "round 2 of seed 1",
        "perturbation none",
        "thread 0 ",
        "thread 2 ",
        "object    4 bytes: 00000000",
        "--kind gadget --impl spinning --scenario fails --perturb none --threads 3 --seed 1 "};
    char report[4096];
    struct stress_result r = run_captured(FAILS, report, sizeof report);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CHECK(strstr(report, expected[i]), "\"%s\" is not in: %s", expected[i], report);
    CHECK(r.end == STRESS_FAILED, "end %d", r.end);
    CHECK(r.rounds == 3, "%llu rounds", (unsigned long long)r.rounds);
    CHECK(strcmp(r.failure, "the third round was bad") == 0, "\"%s\"", r.failure);
    r = run_captured(NOTICES, report, sizeof report);
    CHECK(r.end == STRESS_FAILED && strcmp(r.failure, "thread 1 saw it") == 0, "\"%s\"", r.failure);
}

static void test_ends_of_children(void)
{
    struct stress_result r = run_in_child(SPINS_FOR_EVER);
    CHECK(r.end == STRESS_HUNG && strstr(r.failure, "no thread finished"), "%d \"%s\"", r.end,
          r.failure);
    r = run_in_child(SLEEPS_FOR_EVER);
    CHECK(r.end == STRESS_HUNG && strstr(r.failure, "sleeps"), "%d \"%s\"", r.end, r.failure);
    r = run_in_child(CRASHES);
    CHECK(r.end == STRESS_FAILED && strstr(r.failure, "signal 9"), "%d \"%s\"", r.end, r.failure);
    r = run_in_child(FAILS);
    CHECK(r.end == STRESS_FAILED && r.rounds == 3, "%d", r.end);
}

static void test_vacuity(void)
{
    struct stress_case c = case_of(IDLES, &parking);
    struct stress_result r = {0};
    CHECK(stress_vacuous(&c, &r), "no round at all passed");
    r = run(IDLES, &parking, 1);
    CHECK(r.end == STRESS_HELD && stress_vacuous(&c, &r), "rounds without an operation passed");

    c = case_of(NAPS, &parking);
    r = run(NAPS, &parking, 1);
    CHECK(r.sleeps >= ROUNDS, "%llu sleeps", (unsigned long long)r.sleeps);
    CHECK(!stress_vacuous(&c, &r), "%s", stress_vacuous(&c, &r));
    r.sleeps = 0;
    CHECK(stress_vacuous(&c, &r), "a parking gadget need not sleep");
    c.impl = &spinning.impl;
    CHECK(!stress_vacuous(&c, &r), "a spinning gadget must sleep");

    c = case_of(MEETS, &spinning);
    c.rounds_max = 0; /* they go on until they have met, if need be */
    c.duration_ns = NS_PER_MS;
    stress_run(&c, place, stop, &r);
    CHECK(r.contended > 0, "threads never met");
    CHECK(!stress_vacuous(&c, &r), "%s", stress_vacuous(&c, &r));
    r.contended = 0;
    CHECK(stress_vacuous(&c, &r), "no contention passed");
}

/* Rounds that could not be judged are played and counted apart. */
static void test_undecided(void)
{
    struct stress_case c = case_of(WONDERS, &spinning);
    struct stress_result r = run(WONDERS, &spinning, 1);
    CHECK(r.end == STRESS_HELD && verdicts == ROUNDS && releases == ROUNDS, "%d %u %u", r.end,
          verdicts, releases);
    CHECK(r.rounds == ROUNDS / 2 && r.undecided == ROUNDS / 2, "%llu rounds, %llu undecided",
          (unsigned long long)r.rounds, (unsigned long long)r.undecided);
    CHECK(r.operations == r.rounds * r.threads * r.steps, "%llu operations",
          (unsigned long long)r.operations);
    CHECK(!stress_vacuous(&c, &r), "%s", stress_vacuous(&c, &r));
    c = case_of(NEVER_KNOWS, &spinning);
    r = run(NEVER_KNOWS, &spinning, 1);
    CHECK(r.rounds == 0 && r.undecided == ROUNDS, "%llu rounds, %llu undecided",
          (unsigned long long)r.rounds, (unsigned long long)r.undecided);
    CHECK(stress_vacuous(&c, &r), "rounds of which nothing is known passed");
}

static void test_bounds(void)
{
    struct stress_case c = case_of(DRAWS, &spinning);
    struct stress_result r;
    c.rounds_max = 0;
    c.duration_ns = 20 * NS_PER_MS;
    stress_run(&c, place, stop, &r);
    CHECK(r.end == STRESS_HELD && r.elapsed_ns >= c.duration_ns && r.rounds > 0, "%d %llu", r.end,
          (unsigned long long)r.rounds);
    ct_u32_store_relaxed(stop, 1);
    stress_run(&c, place, stop, &r);
    CHECK(r.end == STRESS_INTERRUPTED && r.rounds == 0, "%d", r.end);
    ct_u32_store_relaxed(stop, 0);
    CHECK(scenario_suits(&kind, &scenarios[IDLES], &spinning.impl), "needs 1 of 1");
    CHECK(!scenario_suits(&kind, &scenarios[CRASHES], &spinning.impl), "needs 2 of 1");
}

/* A case that has not seen what it must goes on; what it does to see it is not counted as seen. */
static void test_patience(void)
{
    struct stress_case c = case_of(SLEEPLESS, &parking);
    struct stress_result r;
    c.rounds_max = 0;
    c.duration_ns = NS_PER_US;
    stress_run(&c, place, stop, &r);
    CHECK(r.end == STRESS_HELD, "%d", r.end);
    /* a sanitizer's own locks may let a thread sleep once; its naps are a dozen in each round */
    CHECK(r.sleeps <= 2, "%llu sleeps of nobody", (unsigned long long)r.sleeps);
    CHECK(r.sleeps > 0 || (r.elapsed_ns > NS_PER_S && r.rounds > ROUNDS && stress_vacuous(&c, &r)),
          "%llu ns, %llu rounds", (unsigned long long)r.elapsed_ns, (unsigned long long)r.rounds);
}

int main(void)
{
    place = place_here();
    stop = child_shared(sizeof *stop);
    test_rounds();
    test_failures();
    test_ends_of_children();
    test_vacuity();
    test_undecided();
    test_bounds();
    test_patience();
    place_close(place);
    return check_result("stress_runner");
}
