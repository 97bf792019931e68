// SPDX-License-Identifier: MIT
/* What varies in a workload: shapes and means of what is drawn, how often objects are chosen, arrivals
   whose latencies count from when they were due, bursts. */
#include "benchmarks/stats.h"
#include "benchmarks/trial.h"
#include "benchmarks/varied.h"
#include "support/fail.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 11, MEAN_NS = 100000 };

static double mean_of(const uint64_t *table)
{
    double sum = 0;
    for (size_t i = 0; i < BENCH_DRAWS; i++)
        sum += (double)table[i];
    return sum / BENCH_DRAWS;
}

static double share_below(const uint64_t *table, double limit)
{
    unsigned below = 0;
    for (size_t i = 0; i < BENCH_DRAWS; i++)
        below += (double)table[i] < limit;
    return (double)below / BENCH_DRAWS;
}

static bool sorted(const uint64_t *table)
{
    for (size_t i = 1; i < BENCH_DRAWS; i++)
        if (table[i - 1] > table[i])
            return false;
    return true;
}

static void test_constant(void)
{
    struct bench_workload simple = {.name = "w", .hold_ns = 5, .think_ns = 7, .objects = 1};
    CHECK(!bench_draws_make(&simple, 1, SEED, 0, false), "a simple workload draws something");
    struct bench_workload w = {.hold_ns = MEAN_NS, .objects = 2};
    struct bench_draws *d = bench_draws_make(&w, 2, SEED, 0, false);
    for (size_t i = 0; i < BENCH_DRAWS; i++)
        CHECK(d->hold_units[i] == MEAN_NS / 2 && d->think_units[i] == 0, "draw %zu", i);
    bench_draws_free(d);
}

/* Quantiles and mean of one thread's exponential lengths, and that another's come in another order. */
static void test_exponential(void)
{
    struct bench_workload w = {.hold_ns = MEAN_NS, .hold_spread = SPREAD_EXPONENTIAL};
    struct bench_draws *d = bench_draws_make(&w, 1, SEED, 0, false);
    struct bench_draws *other = bench_draws_make(&w, 1, SEED, 1, false);
    CHECK(fabs(mean_of(d->hold_units) / MEAN_NS - 1) < 0.02, "mean %g", mean_of(d->hold_units));
    for (double multiple = 0.1; multiple < 4; multiple *= 2) {
        double share = share_below(d->hold_units, multiple * MEAN_NS);
        CHECK(fabs(share - (1 - exp(-multiple))) < 2.0 / BENCH_DRAWS, "below %g means: %g",
              multiple, share);
    }
    CHECK(!sorted(d->hold_units), "lengths come in order");
    CHECK(memcmp(d->hold_units, other->hold_units, sizeof d->hold_units) != 0,
          "two threads draw the same");
    bench_draws_free(d);
    bench_draws_free(other);
}

static void test_bimodal(void)
{
    struct bench_workload w = {.think_ns = MEAN_NS, .think_spread = SPREAD_BIMODAL};
    struct bench_draws *d = bench_draws_make(&w, 1, SEED, 0, false);
    CHECK(fabs(mean_of(d->think_units) / MEAN_NS - 1) < 0.02, "mean %g", mean_of(d->think_units));
    CHECK(fabs(share_below(d->think_units, MEAN_NS) - 0.9) < 1.0 / BENCH_DRAWS, "short %g",
          share_below(d->think_units, MEAN_NS));
    for (size_t i = 0; i < BENCH_DRAWS; i++)
        CHECK(d->think_units[i] == MEAN_NS / 2 || d->think_units[i] == 11 * MEAN_NS / 2,
              "a third length %llu", (unsigned long long)d->think_units[i]);
    bench_draws_free(d);
}

/* The share of each object is that of Zipf's law, to the pieces that the choices are cut into. */
static void check_choice(uint32_t objects, uint32_t skew_permille)
{
    struct bench_workload w = {.objects = objects, .skew_permille = skew_permille, .lines = 2};
    struct bench_draws *d = bench_draws_make(&w, 1, SEED, 3, false);
    unsigned *chosen = must_alloc(objects * sizeof *chosen);
    double total = 0;
    for (size_t i = 0; i < BENCH_CHOICES; i++) {
        CHECK(d->object[i] < objects, "object %u of %u", d->object[i], objects);
        chosen[d->object[i] < objects ? d->object[i] : 0]++;
    }
    for (uint32_t r = 1; r <= objects; r++)
        total += pow(r, -(skew_permille / 1000.0));
    for (uint32_t r = 1; r <= objects; r++) {
        double expected = BENCH_CHOICES * pow(r, -(skew_permille / 1000.0)) / total;
        CHECK(fabs(chosen[r - 1] - expected) <= 2, "%u objects, skew %u: rank %u %u times, not %g",
              objects, skew_permille, r, chosen[r - 1], expected);
    }
    free(chosen);
    bench_draws_free(d);
}

/* A kind whose operation is nothing, but for one stall at one moment. */
struct stalling {
    uint64_t stall_at_ns, stall_ns; /* after the first operation; 0: never */
    unsigned idle;                  /* operations that began while all should be idle */
};
static struct stalling stalling;
enum { BURST_NS = 5000000, IDLE_NS = 5000000 };

static void *stalling_make(const struct ct_impl *impl, const struct bench_workload *w,
                           unsigned threads)
{
    (void)impl, (void)w, (void)threads;
    return &stalling;
}

static void stalling_unmake(const struct ct_impl *impl, void *object)
{
    (void)impl, (void)object;
}

static const char *stalling_verify(const void *object, uint64_t counts)
{
    (void)object;
    return counts ? NULL : "nothing was done";
}

static void stalling_run(struct bench_thread *t)
{
    struct stalling *o = t->object, s = *o;
    struct bench_step step = BENCH_STEP_FIRST;
    uint64_t stall_ns = clock_ns() + s.stall_at_ns;
    do {
        bench_step_begin(t, &step);
        o->idle += clock_ns() % (BURST_NS + IDLE_NS) >= BURST_NS;
        if (s.stall_ns && clock_ns() >= stall_ns) {
            clock_sleep_until(clock_ns() + s.stall_ns, NULL);
            s.stall_ns = 0;
        }
        bench_step_entered(t, &step);
        work(step.hold_units);
        bench_step_end(t, &step);
    } while (bench_running(t));
    bench_step_last(t, &step);
}

static double unit_ns; /* of the last run */

static struct bench_sample run(struct place *place, const struct bench_workload *w)
{
    static const struct ct_impl impl = {.kind = "test", .name = "stalling"};
    static const struct bench_subject subject = {&impl, stalling_run};
    static const struct bench_kind kind = {.kind = "test",
                                           .make = stalling_make,
                                           .unmake = stalling_unmake,
                                           .verify = stalling_verify};
    struct bench_case c = {.kind = &kind,
                           .workload = w,
                           .subject = &subject,
                           .threads = 1,
                           .placement = PLACE_COMPACT};
    unit_ns = work_unit_ns();
    struct trial_setting setting = {.place = place,
                                    .unit_ns = unit_ns,
                                    .clock_cost_ns = clock_cost_ns(),
                                    .warm_up_ns = 20 * NS_PER_MS,
                                    .measure_ns = 200 * NS_PER_MS,
                                    .seed = SEED};
    struct bench_sample s;
    const char *broken = trial_run(&setting, &c, &s);
    CHECK(!broken, "%s: %s", w->name, broken);
    return s;
}

/* A fifth of the time nothing happens. Whoever waits for each operation before the next one sees one
   slow operation among thousands; those that fell due meanwhile are a fifth of all. */
static void test_stall(struct place *place)
{
    stalling = (struct stalling){.stall_at_ns = 80 * NS_PER_MS, .stall_ns = 40 * NS_PER_MS};
    struct bench_workload closed = {.name = "closed", .think_ns = 100000, .lines_outside = 1};
    struct bench_workload open = {.name = "open", .arrivals_per_s = 10000};
    struct bench_sample s = run(place, &closed), p = run(place, &open);
    uint64_t omitted_ns = histogram_quantile_ns(s.latency, 0.99);
    uint64_t seen_ns = histogram_quantile_ns(p.latency, 0.9);
    /* A machine that runs something else meanwhile adds stalls of its own. */
    CHECK(s.rejected || omitted_ns < 10 * NS_PER_MS, "closed: p99 %llu ns",
          (unsigned long long)omitted_ns);
    CHECK(seen_ns > 15 * NS_PER_MS, "open: p90 %llu ns", (unsigned long long)seen_ns);
    CHECK(p.latency->max_ns >= 39 * NS_PER_MS, "open: max %llu ns",
          (unsigned long long)p.latency->max_ns);
    CHECK(p.rejected || fabs((double)p.ops / 2000 - 1) < 0.1, "open: %llu operations, not 2000",
          (unsigned long long)p.ops);
    trial_free(&s);
    trial_free(&p);
}

/* A stall that outlasts the trial: what fell due and was never started is counted. */
static void test_stalled_to_the_end(struct place *place)
{
    stalling = (struct stalling){.stall_at_ns = 100 * NS_PER_MS, .stall_ns = 200 * NS_PER_MS};
    struct bench_workload open = {.name = "open", .arrivals_per_s = 10000};
    struct bench_sample p = run(place, &open);
    CHECK(histogram_quantile_ns(p.latency, 0.75) > 50 * NS_PER_MS, "p75 %llu ns",
          (unsigned long long)histogram_quantile_ns(p.latency, 0.75));
    trial_free(&p);
}

/* More falls due than one thread can do: it does what it can. */
static void test_overload(struct place *place)
{
    stalling = (struct stalling){0};
    struct bench_workload w = {.name = "overload", .hold_ns = 100000, .arrivals_per_s = 100000};
    struct bench_sample s = run(place, &w);
    /* work may have been calibrated while the machine did something else, too */
    double most = 2200 * fmax(1, unit_ns / work_unit_ns());
    CHECK((s.rejected || s.ops > 100) && (double)s.ops < most,
          "%llu operations of 100 us in 200 ms, at most %g", (unsigned long long)s.ops, most);
    CHECK(s.latency->max_ns > 100 * NS_PER_MS, "the last waited %llu ns",
          (unsigned long long)s.latency->max_ns);
    trial_free(&s);
}

/* Whoever is awake in the wrong half of the time, which preemption may bring about, does one operation
   then, not one after the other. */
static void test_bursts(struct place *place)
{
    struct bench_workload steady = {.name = "steady", .think_ns = 20000, .lines_outside = 1};
    struct bench_workload bursts = steady;
    bursts.burst_ns = BURST_NS;
    bursts.idle_ns = IDLE_NS;
    unsigned periods = 300000000 / (BURST_NS + IDLE_NS);
    stalling = (struct stalling){0};
    struct bench_sample s = run(place, &steady);
    CHECK(s.rejected || stalling.idle > 4 * periods, "steady: %u operations in the idle half",
          stalling.idle);
    stalling = (struct stalling){0};
    struct bench_sample b = run(place, &bursts);
    CHECK(stalling.idle < 2 * periods, "bursts: %u operations in the idle half", stalling.idle);
    CHECK(b.rejected || b.ops > 4 * periods, "bursts: %llu operations", (unsigned long long)b.ops);
    trial_free(&s);
    trial_free(&b);
}

int main(void)
{
    const char *why = NULL;
    struct place *place = place_open(NULL, &why);
    if (!place)
        fail(EXIT_CHECK_FAILED, "%s", why);
    test_constant();
    test_exponential();
    test_bimodal();
    check_choice(1, 990);
    check_choice(10, 0);
    check_choice(64, 990);
    check_choice(4096, 1500);
    check_choice(3000, 0);
    test_stall(place);
    test_stalled_to_the_end(place);
    test_overload(place);
    test_bursts(place);
    place_close(place);
    return check_result("workload");
}
