// SPDX-License-Identifier: MIT
/* What a soak leaves in the store: it comes back as it was, and stays bounded. */
#include "check.h"
#include "store_fixture.h"

#include "cli/store_soak.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static struct store_soak asked(void)
{
    return (struct store_soak){.kind = "mutex",
                               .duration_ns = 72 * UINT64_C(3600000000000),
                               .slice_ns = 500000000,
                               .inject_every = 50,
                               .keep_going = true,
                               .cases = 4711,
                               .sample_ns = 5};
}

static void check_soak(void *context, const struct store_soak *s)
{
    const struct store_soak *wanted = context;
    CHECK(strcmp(s->kind, wanted->kind) == 0 && s->impls == NULL, "what was asked for");
    CHECK(s->duration_ns == wanted->duration_ns && s->slice_ns == wanted->slice_ns &&
              s->inject_every == wanted->inject_every && s->keep_going == wanted->keep_going &&
              s->cases == wanted->cases,
          "how it was asked for");
    CHECK(s->slices == wanted->slices && s->elapsed_ns == wanted->elapsed_ns &&
              s->violations == wanted->violations && s->controls == wanted->controls &&
              s->controls_caught == wanted->controls_caught && s->resumed == wanted->resumed &&
              s->sample_ns == wanted->sample_ns,
          "how far it is: %" PRIu64 " slices, %" PRIu64 " ns", s->slices, s->elapsed_ns);
}

static void check_case(void *context, const struct store_soak_case *c)
{
    const struct store_soak_case *wanted = context;
    CHECK(strcmp(c->kind, wanted->kind) == 0 && strcmp(c->scenario, wanted->scenario) == 0 &&
              strcmp(c->impl, wanted->impl) == 0 &&
              strcmp(c->perturbation, wanted->perturbation) == 0,
          "%s %s %s %s", c->kind, c->scenario, c->impl, c->perturbation);
    CHECK(c->slices == wanted->slices && c->rounds == 11 && c->operations == 12 &&
              c->contended == 13 && c->sleeps == 14 && c->wait_ns_max == 15 && c->share_sum == 16 &&
              c->share_measured == 17 && isnan(c->share_least) && c->violations == 18,
          "the case's numbers");
}

static void check_violation(void *context, const struct store_soak_violation *v)
{
    const struct store_soak_violation *wanted = context;
    CHECK(strcmp(v->what, wanted->what) == 0 && strcmp(v->evidence, wanted->evidence) == 0 &&
              v->seed == wanted->seed && v->kind == NULL && v->again == NULL && v->file == NULL &&
              v->threads == 3 && strlen(v->at) == strlen("2000-01-01T00:00:00Z"),
          "%s", v->what);
}

static void check_control(void *context, const struct store_soak_control *c)
{
    uint64_t *next = context;
    CHECK(c->elapsed_ns == *next && strcmp(c->name, "broken") == 0 && c->seconds == 0.5 &&
              (c->how == NULL) == (*next % 2 == 0),
          "control %" PRIu64, c->elapsed_ns);
    ++*next;
}

struct samples {
    uint64_t count, last_ns, gap_ns;
};

static void check_sample(void *context, const struct store_soak_sample *row)
{
    struct samples *s = context;
    CHECK(s->count == 0 || row->elapsed_ns > s->last_ns, "samples in order");
    if (s->count && row->elapsed_ns - s->last_ns > s->gap_ns)
        s->gap_ns = row->elapsed_ns - s->last_ns;
    s->last_ns = row->elapsed_ns;
    s->count++;
}

static void test_round_trip(struct store *s, int64_t run, struct store_soak *soak)
{
    soak->slices = 7;
    soak->elapsed_ns = 70;
    struct store_soak_case row = {"mutex", "exclusion", "x", "none", 7,  11,          12,
                                  13,      14,          15,  16,     17, (double)NAN, 18};
    store_soak_case(s, run, soak, &row, NULL);
    soak->slices = row.slices = 8;
    soak->violations = 1;
    struct store_soak_violation v = {
        .threads = 3, .seed = UINT64_MAX, .what = "it leaks", .evidence = "two\nlines\n"};
    store_soak_case(s, run, soak, &row, &v);
    CHECK(store_each_soak_case(s, run, check_case, &row) == 1, "one row for a case");
    CHECK(store_each_soak_violation(s, run, check_violation, &v) == 1, "one violation");
    CHECK(store_each_soak(s, run, check_soak, soak) == 1, "one soak");
    CHECK(store_each_soak_case(s, run + 1, NULL, NULL) == 0, "no other run's");
}

static void check_progress(void *context, const struct store_soak_progress *p)
{
    struct samples *s = context;
    CHECK(strcmp(p->kind, "mutex") == 0 && strcmp(p->impl, "x") == 0 && p->operations == 12 &&
              p->violations == 18 && p->elapsed_ns > s->last_ns,
          "%s/%s at %" PRIu64, p->kind, p->impl, p->elapsed_ns);
    s->last_ns = p->elapsed_ns;
    s->count++;
}

static void test_bounds(struct store *s, int64_t run, struct store_soak *soak)
{
    const uint64_t samples = 5 * SOAK_SAMPLES_MAX;
    uint64_t at_ns = 0;
    for (uint64_t i = 0; i < samples; i++) {
        at_ns += soak->sample_ns;
        soak->elapsed_ns = at_ns;
        struct store_soak_sample row = {.elapsed_ns = at_ns, .share_least = (double)NAN};
        store_soak_sample(s, run, soak, &row);
    }
    struct samples seen = {0};
    store_each_soak_sample(s, run, check_sample, &seen);
    CHECK(seen.count <= SOAK_SAMPLES_MAX && seen.count > SOAK_SAMPLES_MAX / 4,
          "%" PRIu64 " samples of %" PRIu64 " are kept", seen.count, samples);
    CHECK(seen.last_ns == at_ns, "the newest is there");
    CHECK(seen.gap_ns <= 2 * soak->sample_ns, "the oldest are as dense as the newest");

    struct samples progress = {0};
    store_each_soak_progress(s, run, check_progress, &progress);
    CHECK(progress.count == seen.count && progress.last_ns == at_ns,
          "%" PRIu64 " times for %" PRIu64 " samples", progress.count, seen.count);

    const uint64_t controls = SOAK_CONTROLS_MAX + 50;
    for (uint64_t i = 0; i < controls; i++) {
        struct store_soak_control row = {i, "mutex", "broken", i % 2 ? "caught" : NULL, 0.5};
        soak->controls++;
        soak->controls_caught += i % 2;
        store_soak_control(s, run, soak, &row, NULL);
    }
    uint64_t next = controls - SOAK_CONTROLS_MAX;
    CHECK(store_each_soak_control(s, run, check_control, &next) == SOAK_CONTROLS_MAX,
          "the newest controls are kept");
    CHECK(store_each_soak(s, run, check_soak, soak) == 1, "all are counted");

    struct store_soak_violation v = {
        .threads = 3, .seed = UINT64_MAX, .what = "it leaks", .evidence = "two\nlines\n"};
    for (unsigned i = 0; i < 2 * SOAK_VIOLATIONS_MAX; i++) {
        soak->violations++;
        store_soak_violation(s, run, soak, &v);
    }
    CHECK(store_each_soak_violation(s, run, NULL, NULL) == SOAK_VIOLATIONS_MAX,
          "the first violations are kept");
}

static void test_resume(struct store *s, int64_t run, struct store_soak *soak)
{
    CHECK(store_soak_unfinished(s) == run, "a killed soak is unfinished");
    store_run_end(s, run, RUN_INTERRUPTED);
    CHECK(store_soak_unfinished(s) == run, "an interrupted soak is unfinished");
    soak->resumed++;
    store_soak_resume(s, run, soak);
    CHECK(store_each_soak(s, run, check_soak, soak) == 1, "it goes on");
    store_run_end(s, run, RUN_DONE);
    CHECK(store_soak_unfinished(s) == 0, "one that came to its end is not");
    store_run_begin(s, "bench", "", "", 1, NULL);
    CHECK(store_soak_unfinished(s) == 0, "nor is a run of another command");
}

int main(void)
{
    fixture_begin();
    struct store *s = store_open(fixture_path("soak.db"));
    CHECK(store_soak_unfinished(s) == 0, "an empty store");
    struct store_soak soak = asked();
    int64_t run = store_run_begin(s, "soak", "--for 72h", "", UINT64_MAX, NULL);
    store_soak_begin(s, run, &soak);
    test_round_trip(s, run, &soak);
    test_bounds(s, run, &soak);
    test_resume(s, run, &soak);
    store_close(s);
    fixture_end();
    return check_result("store_soak");
}
