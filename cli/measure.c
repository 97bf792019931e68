// SPDX-License-Identifier: MIT
#include "cli/measure.h"

#include "benchmarks/limits.h"
#include "cli/doctor.h"
#include "cli/pace.h"
#include "cli/resume.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/machine.h"
#include "support/perf.h"
#include "support/terminal.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const double drift_max = 0.05, served_min = 0.95;
enum { pace_trials_min = 100 };
static const double limits_drift_max = 0.10; /* round trips through the kernel never agree better */

/* The second interrupt does not wait for the trial under way; what is stored stays. */
static void interrupt(int signal_number)
{
    (void)signal_number;
    if (bench_interrupted)
        _exit(EXIT_INTERRUPTED);
    bench_interrupted = true;
}

void measure_catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

struct keeper {
    struct store *store;
    int64_t run;
    struct limits_log *limits;
    struct progress progress;
    const struct bench_case *cases; /* of the plan, to find a case's row */
    int64_t *rows;
    double *served; /* per case: the smallest share of arrivals that a clean trial served */
};

static void keep_sample(void *context, const struct bench_case *c, const struct bench_sample *s,
                        const char *broken)
{
    struct keeper *k = context;
    size_t index = (size_t)(c - k->cases);
    store_sample(k->store, k->rows[index], s);
    double due = (double)c->workload->arrivals_per_s * c->threads * (double)s->interval_ns /
                 (double)NS_PER_S;
    if (due > 0 && !s->rejected)
        k->served[index] = fmin(k->served[index], (double)s->ops / due);
    if (broken) {
        store_case_broken(k->store, k->rows[index], broken);
        progress_clear(&k->progress);
        complain("%s: broken: %s", c->name, broken);
    }
}

/* What falls due and is not served waits longer and longer: such latencies tell the trial's length. */
static void keep_overload(const struct keeper *k, int64_t run, size_t case_count)
{
    char *all = must_printf("none");
    bool any = false;
    for (size_t i = 0; i < case_count; i++) {
        if (k->served[i] >= served_min)
            continue;
        complain("%s: overloaded: served %.0f %% of what fell due; its latencies grow with the "
                 "trial",
                 k->cases[i].name, 100 * k->served[i]);
        char *more = must_printf("%s%s%s", any ? all : "", any ? ", " : "", k->cases[i].name);
        free(all);
        all = more;
        any = true;
    }
    if (any)
        store_fact(k->store, run, "overloaded", all);
    free(all);
}

static void keep_progress(void *context, double done, double expected)
{
    struct keeper *k = context;
    progress_show(&k->progress, done, expected, "measuring");
}

/* The limits so far are in the store whenever the run ends. */
static void keep_limits(void *context, unsigned round)
{
    struct keeper *k = context;
    struct limit limits[LIMITS];
    (void)round;
    limits_log_read(k->limits);
    limits_log_medians(k->limits, limits);
    store_limits(k->store, k->run, limits);
}

static void keep_drift(const struct keeper *k)
{
    double largest;
    char *text = limits_log_drift(k->limits, &largest);
    store_fact(k->store, k->run, "limits_drift", text);
    if (largest > limits_drift_max)
        complain("bench: the limits drifted: %s", text);
    free(text);
}

static void keep_precision(struct store *store, int64_t run, const struct bench_plan *plan,
                           const struct bench_outcome *outcome)
{
    if (plan->options.precision <= 0)
        return;
    char *text = must_printf(
        "+-%.3g %% of the ratio to the reference: %zu of %zu groups not reached "
        "in %u rounds",
        100 * plan->options.precision, outcome->imprecise, plan->group_count, outcome->rounds);
    store_fact(store, run, "precision", text);
    free(text);
}

/* Holds and thinks were so long as they say only if work took as long at the end as it was calibrated. */
static void keep_calibration(struct store *store, int64_t run, const struct bench_outcome *outcome)
{
    double drift = outcome->unit_ns_after / outcome->unit_ns_before - 1;
    char *text = must_printf("%.4g ns before, %.4g ns after: %+.1f %%", outcome->unit_ns_before,
                             outcome->unit_ns_after, 100 * drift);
    store_fact(store, run, "work_unit", text);
    if (fabs(drift) > drift_max)
        complain("bench: calibrated work drifted: %s", text);
    free(text);
}

/* Few trials tell little. */
static void keep_pace(struct store *store, int64_t run, const struct bench_outcome *outcome)
{
    if (outcome->trials < pace_trials_min)
        return;
    char *text = pace_text(&outcome->pace);
    store_fact(store, run, pace_key, text);
    free(text);
}

static struct machine_fact *facts_of(const struct bench_plan *plan, bool quiet)
{
    struct machine_fact *facts = machine_facts(plan->place);
    machine_facts_add(&facts, "libraries", must_printf("%s", CONTEND_LIBRARIES));
    machine_facts_add(&facts, "hardware_counters", perf_describe());
    struct doctor_summary doctor = doctor_summary(plan->place, facts);
    machine_facts_add(&facts, resume_plan_key, resume_plan_value(plan));
    char *length = pace_length(plan);
    if (!quiet)
        fprintf(stderr, "%zu cases, %u rounds, seed %llu: %s\n%s\n", plan->case_count,
                bench_rounds(plan), (unsigned long long)plan->options.seed, length, doctor.banner);
    free(length);
    free(doctor.banner);
    return facts;
}

/* rows: the store's numbers of the plan's cases. */
static void carry_out(const struct bench_plan *plan, struct store *store, int64_t run,
                      int64_t *rows, unsigned *broken)
{
    struct keeper keeper = {.store = store,
                            .run = run,
                            .limits = limits_log_make(plan->place),
                            .cases = plan->cases,
                            .rows = rows,
                            .served = must_alloc(plan->case_count * sizeof *keeper.served)};
    for (size_t i = 0; i < plan->case_count; i++)
        keeper.served[i] = 1;
    struct bench_observer observer = {&keeper, keep_sample, keep_progress, keep_limits};
    progress_start(&keeper.progress);
    struct bench_outcome outcome = bench_plan_run(plan, &observer);
    progress_clear(&keeper.progress);
    keep_calibration(store, run, &outcome);
    keep_precision(store, run, plan, &outcome);
    keep_drift(&keeper);
    keep_pace(store, run, &outcome);
    keep_overload(&keeper, run, plan->case_count);
    *broken = outcome.broken;
    store_run_end(store, run, bench_interrupted ? RUN_INTERRUPTED : RUN_DONE);
    limits_log_free(keeper.limits);
    free(keeper.served);
}

int64_t measure(const struct bench_plan *plan, struct store *store, const char *command,
                const char *arguments, bool quiet, unsigned *broken)
{
    struct machine_fact *facts = facts_of(plan, quiet);
    int64_t *rows = must_alloc(plan->case_count * sizeof *rows);
    int64_t run = store_run_begin(store, command, arguments, plan->options.profile->name,
                                  plan->options.seed, facts);
    for (size_t i = 0; i < plan->case_count; i++)
        rows[i] = store_case(store, run, &plan->cases[i]);
    carry_out(plan, store, run, rows, broken);
    machine_facts_free(facts);
    free(rows);
    return run;
}

int64_t measure_resumed(struct bench_plan *plan, struct store *store, bool quiet, unsigned *broken)
{
    struct machine_fact *facts = facts_of(plan, quiet);
    int64_t *rows = must_alloc(plan->case_count * sizeof *rows);
    char *why;
    int64_t run = resume_find(store, plan, facts, rows, &why);
    if (run == 0)
        fail(EXIT_NOTHING_MATCHED, "bench: nothing to resume: %s", why);
    if (!quiet)
        fprintf(stderr, "going on with run %lld\n", (long long)run);
    carry_out(plan, store, run, rows, broken);
    machine_facts_free(facts);
    free(rows);
    return run;
}
