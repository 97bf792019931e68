// SPDX-License-Identifier: MIT
/* A run is expected to take as long as the pace of the newest one on the same machine says. */
#include "cli/pace.h"
#include "support/clock.h"
#include "tests/check.h"
#include "tests/store_fixture.h"

#include <math.h>

static void add_run(struct store *s, struct machine_fact *facts, const char *pace)
{
    int64_t run = store_run_begin(s, "bench", "contend bench", "quick", 1, facts);
    if (pace)
        store_fact(s, run, pace_key, pace);
    store_run_end(s, run, RUN_DONE);
}

static bool expects(const struct bench_plan *plan, double overhead_s, double again)
{
    return fabs(plan->pace.overhead_s - overhead_s) < 1e-6 && fabs(plan->pace.again - again) < 1e-6;
}

int main(void)
{
    fixture_begin();
    const char *why, *path = fixture_path("pace.db");
    struct place *place = place_open(NULL, &why);
    struct bench_options options = {
        .kind = "mutex", .profile = &bench_profiles[0], .placement = PLACE_COMPACT};
    struct bench_plan *plan = place ? bench_plan_make(&options, place) : NULL;
    CHECK(plan, "no plan");
    if (!plan)
        return check_result("pace");
    struct bench_pace unknown = plan->pace;
    pace_expect(plan, path);
    CHECK(expects(plan, unknown.overhead_s, unknown.again),
          "a store that is not there says something");
    CHECK(access(path, F_OK) != 0, "the store was made");

    struct machine_fact *here = machine_facts(place);
    struct machine_fact elsewhere[] = {{"cpu_model", "abacus"}, {NULL, NULL}};
    struct bench_pace pace = {0.0025, 0.125};
    char *text = pace_text(&pace);
    struct store *s = store_open(path);
    add_run(s, here, NULL);
    add_run(s, here, "1.000 ms beside each trial, 0.500 of them again");
    add_run(s, here, text);
    add_run(s, here, "an hour");
    add_run(s, elsewhere, "9.000 ms beside each trial, 0.900 of them again");
    store_close(s);
    pace_expect(plan, path);
    CHECK(expects(plan, 0.0025, 0.125), "%g s, %g again", plan->pace.overhead_s, plan->pace.again);
    double once_s = bench_expected_s(plan, &plan->cases[0]);
    CHECK(plan->seconds_expected > once_s && once_s > 0.0025, "%g s for all, %g s for one",
          plan->seconds_expected, once_s);

    char *about = pace_length(plan);
    plan->options.precision = 0.03;
    plan->options.budget_ns = 7200 * NS_PER_S;
    char *up_to = pace_length(plan);
    CHECK(strncmp(about, "about ", 6) == 0 && !strstr(about, "up to"), "%s", about);
    CHECK(strncmp(up_to, about, strlen(about)) == 0 && strstr(up_to, ", up to 2h until") &&
              strstr(up_to, "3 %"),
          "%s", up_to);

    free(about);
    free(up_to);
    free(text);
    machine_facts_free(here);
    bench_plan_free(plan);
    place_close(place);
    fixture_end();
    return check_result("pace");
}
