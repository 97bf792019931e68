// SPDX-License-Identifier: MIT
/* What the model explored comes out of the store as it went in, also by way of JSON. */
#include "check.h"
#include "store_fixture.h"

#include "cli/store_model.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static const struct store_model_row rows[] = {
    {"mutex", "good", false, "exclusion", "one holds it", 2, 3, "exhaustive", UINT64_C(1) << 40, 7,
     1, "everything", 0.25, MODEL_HOLDS, NULL, NULL, NULL, NULL, NULL},
    {"mutex", "bad", false, "exclusion", "one holds it", 3, 1, "random", 12, 11, 0, NULL, 1.5,
     MODEL_FAILED, "two \"hold\" it", "bad.h:12", "mutex/bad/exclusion/3x1/0110", "two\nlines\n",
     "<svg viewBox=\"0 0 9 9\"></svg>"},
    {"mutex", "broken", true, "handoff", "all get theirs", 2, 1, "pct", 3, 3, 0, NULL, 0,
     MODEL_KILLED, "deadlock", NULL, "mutex/broken/handoff/2x1/", "a trace", NULL},
    {"rwlock", "survivor", true, "exclusion", "readers xor writer", 2, 1, "random", 9, 9, 0, NULL,
     0.4, MODEL_SURVIVED, NULL, NULL, NULL, NULL, NULL},
    {"event", "opaque", false, NULL, NULL, 0, 0, NULL, 0, 0, 0, NULL, (double)NAN, MODEL_SKIPPED,
     "its source cannot be seen", NULL, NULL, NULL, NULL},
};
enum { ROWS = sizeof rows / sizeof *rows };

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void see_row(void *context, const struct store_model_row *r)
{
    size_t *next = context;
    const struct store_model_row *w = &rows[(*next)++];
    CHECK(same(r->kind, w->kind) && same(r->impl, w->impl) && r->control == w->control &&
              same(r->scenario, w->scenario) && same(r->claim, w->claim),
          "row %zu: which", *next);
    CHECK(r->threads == w->threads && r->steps == w->steps && same(r->mode, w->mode) &&
              r->executions == w->executions && r->complete == w->complete &&
              r->adrift == w->adrift && same(r->exhausted, w->exhausted),
          "row %zu: what was explored", *next);
    CHECK((isnan(r->seconds) && isnan(w->seconds)) || fabs(r->seconds - w->seconds) < 1e-9,
          "row %zu: %g s", *next, r->seconds);
    CHECK(r->verdict == w->verdict && same(r->why, w->why) && same(r->site, w->site) &&
              same(r->replay, w->replay) && same(r->trace, w->trace) && same(r->svg, w->svg),
          "row %zu: the verdict", *next);
}

static const struct store_model_litmus litmus = {
    "store buffering", "r1 = r2 = 0", "allowed", "exhaustive", 5, 2, 0.125, true};

static void see_litmus(void *context, const struct store_model_litmus *l)
{
    (void)context;
    CHECK(same(l->name, litmus.name) && same(l->outcome, litmus.outcome) &&
              same(l->answer, litmus.answer) && same(l->mode, litmus.mode) &&
              l->executions == litmus.executions && l->happened == litmus.happened &&
              l->as_expected,
          "%s", l->name);
}

static void check_all(struct store *s, int64_t run)
{
    size_t next = 0;
    CHECK(store_each_model_row(s, run, see_row, &next) == ROWS, "%zu rows", next);
    CHECK(store_each_model_litmus(s, run, see_litmus, NULL) == 1, "one litmus test");
    CHECK(store_each_model_row(s, run + 1, NULL, NULL) == 0, "no other run's");
}

int main(void)
{
    fixture_begin();
    struct store *s = store_open(fixture_path("model.db"));
    int64_t run = store_run_begin(s, "model", "--controls", "", 1, NULL);
    for (size_t i = 0; i < ROWS; i++)
        store_model_row(s, run, &rows[i]);
    store_model_litmus(s, run, &litmus);
    store_run_end(s, run, RUN_DONE);
    check_all(s, run);

    json_t *document = store_run_json(s, run);
    store_close(s);
    struct store *other = store_open(fixture_path("other.db"));
    store_run_begin(other, "bench", "", "", 1, NULL); /* so that runs are renumbered */
    CHECK(store_run_import(other, document, "the test") == 1, "added");
    CHECK(store_run_import(other, document, "the test") == 0, "only once");
    check_all(other, store_latest_run(other, "model"));
    json_decref(document);
    store_close(other);
    fixture_end();
    return check_result("store_model");
}
