// SPDX-License-Identifier: MIT
#include "cli/measure.h"

#include "benchmarks/limits.h"
#include "cli/doctor.h"
#include "support/fail.h"
#include "support/machine.h"
#include "support/terminal.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const double drift_max = 0.05;

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
    struct progress progress;
    const struct bench_case *cases; /* of the plan, to find a case's row */
    int64_t *rows;
};

static void keep_sample(void *context, const struct bench_case *c, const struct bench_sample *s,
                        const char *broken)
{
    struct keeper *k = context;
    int64_t row = k->rows[c - k->cases];
    store_sample(k->store, row, s);
    if (broken) {
        store_case_broken(k->store, row, broken);
        progress_clear(&k->progress);
        complain("%s: broken: %s", c->name, broken);
    }
}

static void keep_progress(void *context, double done, double expected)
{
    struct keeper *k = context;
    progress_show(&k->progress, done, expected, "measuring");
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

int64_t measure(const struct bench_plan *plan, struct store *store, const char *command,
                const char *arguments, bool quiet, unsigned *broken)
{
    struct machine_fact *facts = machine_facts(plan->place);
    machine_facts_add(&facts, "libraries", must_printf("%s", CONTEND_LIBRARIES));
    struct doctor_summary doctor = doctor_summary(plan->place, facts);
    if (!quiet)
        fprintf(stderr, "%zu cases, %u rounds, seed %llu: about %.0f s\n%s\n", plan->case_count,
                bench_rounds(plan), (unsigned long long)plan->options.seed, plan->seconds_expected,
                doctor.banner);
    free(doctor.banner);
    int64_t run = store_run_begin(store, command, arguments, plan->options.profile->name,
                                  plan->options.seed, facts);
    machine_facts_free(facts);

    struct limit limits[LIMITS];
    limits_measure(plan->place, limits);
    store_limits(store, run, limits);

    struct keeper keeper = {.store = store,
                            .cases = plan->cases,
                            .rows = must_alloc(plan->case_count * sizeof *keeper.rows)};
    for (size_t i = 0; i < plan->case_count; i++)
        keeper.rows[i] = store_case(store, run, &plan->cases[i]);
    struct bench_observer observer = {&keeper, keep_sample, keep_progress};
    progress_start(&keeper.progress);
    struct bench_outcome outcome = bench_plan_run(plan, &observer);
    progress_clear(&keeper.progress);
    keep_calibration(store, run, &outcome);
    *broken = outcome.broken;
    store_run_end(store, run, bench_interrupted ? RUN_INTERRUPTED : RUN_DONE);
    free(keeper.rows);
    return run;
}
