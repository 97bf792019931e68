// SPDX-License-Identifier: MIT
/* Rounds over a plan: all groups in every round, so that each group's rounds are spread over the whole
   run; inside a group the cases stand next to each other in time, in an order drawn anew. */
#include "benchmarks/bench.h"
#include "benchmarks/precision.h"
#include "benchmarks/worker.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

volatile bool bench_interrupted;

/* With thousands of threads even the end takes a while. */
static const unsigned patience_s = 30;

struct run {
    const struct bench_plan *plan;
    const struct bench_observer *observer;
    struct worker *worker;
    struct precision *precision;
    struct trial_setting setting;
    unsigned *retries_left; /* per case */
    bool *broken;           /* per case */
    unsigned broken_count;
    struct rng rng;
    unsigned trials, wanted; /* carried out; in how many cases and rounds */
    double trials_s;         /* of warm-up and measuring */
    double seconds_done;     /* of the plan, by its own estimate */
    double seconds_expected;
};

static void shuffle(size_t *order, size_t n, struct rng *rng)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)rng_below(rng, i), kept = order[i - 1];
        order[i - 1] = order[j];
        order[j] = kept;
    }
}

/* One clean trial of a case, or as many contaminated ones as its retries allow; each is reported. */
static void run_case(struct run *run, size_t index, unsigned round)
{
    const struct bench_case *c = &run->plan->cases[index];
    uint64_t measure_ns = bench_measure_ns(run->plan, c);
    run->setting.measure_ns = measure_ns;
    run->setting.warm_up_ns = bench_warm_up_ns(measure_ns);
    for (bool again = true; again && !bench_interrupted && !run->broken[index];) {
        struct bench_sample s;
        run->setting.seed = rng_next(&run->rng);
        const char *broken = worker_trial(run->worker, &run->setting, index, &s);
        s.round = round;
        run->trials++;
        run->trials_s += (double)(measure_ns + run->setting.warm_up_ns) / (double)NS_PER_S;
        if (broken) {
            s.rejected = broken;
            run->broken[index] = true;
            run->broken_count++;
            precision_drop(run->precision, index);
        }
        if (!s.rejected)
            precision_add(run->precision, index, &s);
        again = s.rejected && run->retries_left[index];
        if (again)
            run->retries_left[index]--;
        run->observer->sample(run->observer->context, c, &s, broken);
        trial_free(&s);
    }
    run->wanted++;
}

static void run_group(struct run *run, size_t first, size_t count, unsigned round)
{
    size_t *order = must_alloc(count * sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = first + i;
    shuffle(order, count, &run->rng);
    for (size_t i = 0; i < count && !bench_interrupted; i++) {
        if (!bench_plan_has(run->plan, order[i], round))
            run_case(run, order[i], round);
        run->seconds_done += bench_expected_s(run->plan, &run->plan->cases[order[i]]);
        run->observer->progress(run->observer->context, run->seconds_done, run->seconds_expected);
    }
    free(order);
}

static size_t group_size(const struct bench_plan *plan, size_t first)
{
    size_t n = 1;
    while (first + n < plan->case_count && plan->cases[first + n].group == plan->cases[first].group)
        n++;
    return n;
}

static bool all_broken(const struct run *run, size_t first, size_t count)
{
    size_t i = 0;
    while (i < count && run->broken[first + i])
        i++;
    return i == count;
}

/* One round in a process of its own; beyond the rounds that every group gets, of the groups that are not
   precise yet. Returns how many of them there were. */
static size_t run_round(struct run *run, unsigned round)
{
    const struct bench_plan *plan = run->plan;
    double precision = round < bench_rounds(plan) ? 0 : plan->options.precision;
    size_t groups = 0;
    worker_renew(run->worker);
    for (size_t first = 0, count; first < plan->case_count && !bench_interrupted; first += count) {
        count = group_size(plan, first);
        if (all_broken(run, first, count) ||
            (precision > 0 && precision_reached(run->precision, first, count, precision)))
            continue;
        if (groups++ == 0 && run->observer->round)
            run->observer->round(run->observer->context, round);
        run_group(run, first, count, round);
    }
    return groups;
}

struct bench_outcome bench_plan_run(const struct bench_plan *plan,
                                    const struct bench_observer *observer)
{
    double budget_s = bench_budget_s(plan);
    /* a run that was resumed only completes its rounds: of the others only the store knows */
    bool more = plan->options.precision > 0 && !plan->had;
    struct run run = {
        .plan = plan,
        .observer = observer,
        .worker = worker_make(plan->cases, patience_s),
        .precision = precision_make(plan),
        .setting = {.place = plan->place,
                    .unit_ns = work_unit_ns(),
                    .clock_cost_ns = clock_cost_ns()},
        .retries_left = must_alloc(plan->case_count * sizeof *run.retries_left),
        .broken = must_alloc(plan->case_count * sizeof *run.broken),
        .rng = rng_seeded(plan->options.seed, 0),
        .seconds_expected = more ? fmax(budget_s, plan->seconds_expected) : plan->seconds_expected,
    };
    struct bench_outcome outcome = {.unit_ns_before = run.setting.unit_ns};
    for (size_t i = 0; i < plan->case_count; i++)
        run.retries_left[i] = plan->options.profile->retries;

    uint64_t begin_ns = clock_ns();
    for (; outcome.rounds < bench_rounds(plan) && !bench_interrupted; outcome.rounds++)
        run_round(&run, outcome.rounds);
    while (more && !bench_interrupted &&
           (double)(clock_ns() - begin_ns) / (double)NS_PER_S < budget_s) {
        more = run_round(&run, outcome.rounds) > 0;
        outcome.rounds += more;
    }
    outcome.trials = run.trials;
    if (run.trials > 0)
        outcome.pace = (struct bench_pace){
            .overhead_s =
                fmax(0, (double)(clock_ns() - begin_ns) / (double)NS_PER_S - run.trials_s) /
                run.trials,
            .again = (double)run.trials / run.wanted - 1};
    for (size_t first = 0, count; more && first < plan->case_count; first += count) {
        count = group_size(plan, first);
        outcome.imprecise +=
            !precision_reached(run.precision, first, count, plan->options.precision);
    }
    outcome.broken = run.broken_count;
    outcome.unit_ns_after = work_unit_ns();
    worker_free(run.worker);
    precision_free(run.precision);
    free(run.retries_left);
    free(run.broken);
    return outcome;
}
