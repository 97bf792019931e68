// SPDX-License-Identifier: MIT
/* The soak's own checks have something to catch: a control that nobody can catch, a scenario that saw
   nothing, a process of its own that grows. And slices follow from seed and number alone. */
#include "check.h"
#include "store_fixture.h"

#include "cli/soak.h"
#include "stress/child.h"
#include "support/clock.h"
#include "support/machine.h"

#include <inttypes.h>
#include <math.h>
#include <sys/mman.h>

static const char *const impls[] = {"futex", "ticket", NULL};

static struct soak *soak_make(uint64_t seed)
{
    static unsigned made;
    char name[32];
    snprintf(name, sizeof name, "%u.db", made++);
    struct soak *s = must_alloc(sizeof *s);
    s->asked = (struct store_soak){.kind = "mutex",
                                   .duration_ns = 3600 * NS_PER_S,
                                   .slice_ns = 20 * NS_PER_MS,
                                   .inject_every = UINT32_MAX,
                                   .sample_ns = NS_PER_S};
    s->seed = seed;
    s->log_ns = 3600 * NS_PER_S;
    s->store_path = strdup(fixture_path(name));
    s->store = store_open(s->store_path);
    s->run = store_run_begin(s->store, "soak", "", "", seed, NULL);
    store_soak_begin(s->store, s->run, &s->asked);
    s->share_least = (double)NAN;
    s->start_ns = s->control_ns = clock_ns();
    soak_plan(s, impls);
    s->result = child_shared(sizeof *s->result);
    s->reports = memfd_create("reports", MFD_CLOEXEC);
    soak_status_start(s);
    return s;
}

struct found {
    unsigned violations, survivors;
    char what[256], file[256];
};

static void keep_violation(void *context, const struct store_soak_violation *v)
{
    struct found *f = context;
    f->violations++;
    snprintf(f->what, sizeof f->what, "%s", v->what);
    snprintf(f->file, sizeof f->file, "%s", v->file ? v->file : "");
}

static void keep_control(void *context, const struct store_soak_control *c)
{
    struct found *f = context;
    f->survivors += c->how == NULL;
}

static struct found look(const struct soak *s)
{
    struct found f = {0};
    store_each_soak_violation(s->store, s->run, keep_violation, &f);
    store_each_soak_control(s->store, s->run, keep_control, &f);
    return f;
}

static void test_rotation(void)
{
    struct soak *s = soak_make(1), *again = soak_make(1), *other = soak_make(2);
    unsigned *seen = must_alloc(s->count * sizeof *seen);
    size_t same_as_other = 0, same_as_first = 0, long_ones = 0;
    const size_t first_pass = s->count;
    CHECK(s->count > 50, "%zu cases", s->count);
    for (size_t n = 0; n < 3 * first_pass; n++) {
        struct stress_case slice, slice_again, slice_other;
        s->asked.slices = again->asked.slices = other->asked.slices = n;
        size_t c = (size_t)(soak_next(s, &slice) - s->cases);
        size_t c_again = (size_t)(soak_next(again, &slice_again) - again->cases);
        size_t c_other = (size_t)(soak_next(other, &slice_other) - other->cases);
        CHECK(c == c_again && slice.seed == slice_again.seed &&
                  slice.threads == slice_again.threads &&
                  slice.duration_ns == slice_again.duration_ns,
              "slice %zu depends on more than seed and number", n);
        same_as_other += c == c_other;
        s->asked.slices = n % first_pass;
        same_as_first += n >= first_pass && (size_t)(soak_next(s, &slice_again) - s->cases) == c;
        long_ones += slice.duration_ns > s->asked.slice_ns;
        seen[c]++;
    }
    for (size_t i = 0; i < s->count; i++)
        CHECK(seen[i] == 3, "case %zu came up %u times in three passes", i, seen[i]);
    CHECK(same_as_other < first_pass / 4, "another seed, the same order");
    CHECK(same_as_first < first_pass / 4, "each pass in the same order");
    CHECK(long_ones > 0 && long_ones < first_pass, "%zu long slices", long_ones);
    free(seen);
}

static void test_slice(void)
{
    struct soak *s = soak_make(3);
    struct stress_case slice;
    const struct soak_case *c = soak_next(s, &slice);
    soak_play_slice(s);
    CHECK(s->asked.slices == 1 && c->total.slices == 1 && c->total.operations > 0 &&
              s->operations == c->total.operations,
          "a slice counts");
    CHECK(s->asked.violations == 0 && look(s).violations == 0, "%s", look(s).what);
    CHECK(s->child == 0, "its process has ended");
}

static void test_due(void)
{
    struct soak *s = soak_make(4);
    CHECK(soak_control_due(s), "one at once");
    s->starved = 1;
    CHECK(!soak_control_due(s), "not again at once after one that was not judged");
    s->starved = 0;
    s->asked.controls = 1;
    unsigned due = 0;
    for (s->asked.slices = 0; s->asked.slices < 1000; s->asked.slices++)
        due += soak_control_due(s);
    CHECK(due == 0, "one in 4 billion came %u times", due);
    s->asked.inject_every = 50;
    for (s->asked.slices = 0; s->asked.slices < 10000; s->asked.slices++)
        due += soak_control_due(s);
    CHECK(due > 130 && due < 270, "one in 50 came %u times in 10000", due);
    s->asked.inject_every = UINT32_MAX;
    s->control_ns = 1;
    CHECK(soak_control_due(s) || clock_ns() < 600 * NS_PER_S, "one after ten minutes");
}

/* An implementation that is not broken, as if it were a control. */
static void test_survivor(void)
{
    struct soak *s = soak_make(5);
    struct campaign_options options = {.kind = "mutex",
                                       .impls = impls,
                                       .controls = false,
                                       .rounds = 3,
                                       .duration_ns = 100 * NS_PER_MS,
                                       .checker = CONTEND_CHECKER[0]};
    s->controls = campaign_plan(&options);
    for (size_t i = 0; i < s->controls->count; i++)
        s->controls->players[i].killers = CONTEND_CHECKER;
    soak_play_control(s);
    struct found f = look(s);
    CHECK(s->asked.controls == 1 && s->asked.controls_caught == 0 && f.survivors == 1,
          "a survivor is recorded");
    CHECK(s->asked.violations == 1 && f.violations == 1 && strstr(f.what, "control survived"),
          "a survivor is a violation: %s", f.what);
    CHECK(access(f.file, R_OK) == 0, "with evidence in %s", f.file);
}

static void test_crowded(void)
{
    struct noise_snapshot before = {.at_ns = NS_PER_S, .have_steal = true}, after = before;
    after.at_ns += 10 * NS_PER_S;
    CHECK(!soak_crowded(&before, &after, 2), "nobody else was there");
    after.own_ns = after.busy_ns = 20 * NS_PER_S;
    CHECK(!soak_crowded(&before, &after, 2), "the soak had both CPUs");
    after.busy_ns = 31 * NS_PER_S;
    CHECK(soak_crowded(&before, &after, 2), "others had 1.1 of 2 CPUs");
    CHECK(!soak_crowded(&before, &after, 4), "others had 1.1 of 4 CPUs");
    after.busy_ns = 20 * NS_PER_S;
    after.steal_ns = 11 * NS_PER_S;
    CHECK(soak_crowded(&before, &after, 2), "the hypervisor had 1.1 of 2 CPUs");
    after.at_ns = before.at_ns + NS_PER_S / 2;
    CHECK(!soak_crowded(&before, &after, 2), "half a second is too short to tell");
}

static void test_caught(void)
{
    struct soak *s = soak_make(6);
    size_t players = s->controls->count;
    CHECK(players > 3, "%zu controls", players);
    for (unsigned i = 0; i < 3; i++)
        soak_play_control(s);
    CHECK(s->asked.controls == 3 && s->asked.controls_caught == 3 && look(s).violations == 0,
          "controls are caught: %s", look(s).what);
}

/* A control that was played is as it was, and takes no more memory than before. */
static void test_control_forgotten(void)
{
    enum { WARM_UP = 3, PLAYED = 12, BYTES_MAX = 1 << 20 };
    struct soak *s = soak_make(9);
    struct leak_look before = {0}, after = {0};
    uint64_t results_bytes = 0;
    for (unsigned i = 0; i < PLAYED; i++) {
        if (i == WARM_UP)
            leak_look(getpid(), &before);
        uint64_t seed;
        const struct campaign_player *p = soak_next_control(s, &seed);
        soak_play_control(s);
        CHECK(!p->failure && p->total.rounds == 0 && p->results[0].end == STRESS_NOT_RUN &&
                  p->cases[0].seed == seed,
              "%s can be played again", p->impl->name);
        results_bytes += i < WARM_UP ? 0 : p->count * sizeof *p->results;
    }
    leak_look(getpid(), &after);
    CHECK(s->asked.controls == PLAYED, "%" PRIu64 " controls", s->asked.controls);
    CHECK(results_bytes > BYTES_MAX, "%" PRIu64 " bytes of results", results_bytes);
    CHECK(after.holds[LEAK_MEMORY] < before.holds[LEAK_MEMORY] + BYTES_MAX ||
              !machine_build_can_measure(),
          "%" PRIu64 " bytes, before %" PRIu64, after.holds[LEAK_MEMORY],
          before.holds[LEAK_MEMORY]);
}

static void test_vacuous(void)
{
    struct soak *s = soak_make(7);
    soak_check_vacuous(s);
    CHECK(s->asked.violations == 0, "what was not played is not vacuous");
    const struct scenario *scenario = s->cases[0].c->scenario;
    size_t of_it = 0;
    for (size_t i = 0; i < s->count; i++) {
        struct soak_case *c = &s->cases[i];
        bool its = c->player == s->cases[0].player && c->c->scenario == scenario;
        c->total.slices = 1;
        c->total.rounds = c->total.operations = its ? 0 : 1;
        c->total.contended = c->total.sleeps = 1;
        of_it += its;
    }
    CHECK(of_it > 4, "%zu cases of one scenario", of_it);
    soak_check_vacuous(s);
    struct found f = look(s);
    CHECK(f.violations == 1 && strstr(f.what, "vacuous"), "%u: %s", f.violations, f.what);
}

static void test_own_leak(void)
{
    struct soak *s = soak_make(8);
    soak_check_own(s);
    CHECK(s->asked.violations == 0, "nothing was seen yet");
    for (uint64_t i = 0; i < 100; i++) {
        struct leak_look grown = {.at_ns = (i + 1) * NS_PER_S, .holds = {1 << 24, 1, 10 + i}};
        leak_watch_add(&s->own_watch, &grown);
    }
    soak_check_own(s);
    soak_check_own(s);
    struct found f = look(s);
    CHECK(f.violations == 1 && strstr(f.what, "descriptors"), "%u: %s", f.violations, f.what);
}

int main(void)
{
    fixture_begin();
    test_rotation();
    test_slice();
    test_due();
    test_survivor();
    test_crowded();
    test_caught();
    test_control_forgotten();
    test_vacuous();
    test_own_leak();
    fixture_end();
    return check_result("soak_play");
}
