// SPDX-License-Identifier: MIT
/* report_sample_runs.h - made-up runs of the model and of a soak: three days, one implementation that
   broke, one control that got away. */
#ifndef TESTS_REPORT_SAMPLE_RUNS_H
#define TESTS_REPORT_SAMPLE_RUNS_H

#include "cli/store_model.h"
#include "cli/store_soak.h"
#include "support/rng.h"

#include <stddef.h>

static void sample_model(struct store *store, const struct machine_fact *facts)
{
    static const struct store_model_row older[] = {
        {"mutex", "tas", false, "exclusion", "of before", 2, 2, "exhaustive", 5, 5, 0, NULL, 1,
         MODEL_FAILED, "an older run", NULL, NULL, NULL, NULL},
    };
    static const struct store_model_row rows[] = {
        {"mutex", "tas", false, "exclusion", "one holds it", 2, 2, "exhaustive", 10312, 10312, 0,
         "everything", 0.07, MODEL_HOLDS, NULL, NULL, NULL, NULL, NULL},
        {"mutex", "tas", false, "lost-wakeup", NULL, 0, 0, NULL, 0, 0, 0, NULL, 0, MODEL_SKIPPED,
         "does not offer it", NULL, NULL, NULL, NULL},
        {"mutex", "futex", false, "handoff", "all get <theirs>", 3, 1, "random", 900000, 1200, 3,
         NULL, 4, MODEL_FAILED, "lost wake-up & <worse>", "futex.h:41",
         "mutex/futex/handoff/3x1/0110", "thread 0  futex.h:41  sleeps while 0\nthread 1  <gone>\n",
         "<svg viewBox=\"0 0 300 120\" width=\"300\" height=\"120\"><rect width=\"300\" "
         "height=\"120\" fill=\"#fff\"/><path d=\"M40 10V110M160 10V110M40 40L160 60\" "
         "stroke=\"#24292f\"/><text x=\"50\" y=\"30\">sleeps &lt;#1&gt;</text></svg>"},
        {"mutex", "pthread", false, NULL, NULL, 0, 0, NULL, 0, 0, 0, NULL, 0, MODEL_SKIPPED,
         "opaque", NULL, NULL, NULL, NULL},
        {"mutex", "lost-order", true, "visibility", "sees all", 2, 1, "exhaustive", 12, 12, 0, NULL,
         0.0001, MODEL_KILLED, "data race", NULL, "mutex/lost-order/visibility/2x1/1", "a trace\n",
         NULL},
        {"mutex", "unnoticed", true, "exclusion", "one holds it", 2, 1, "random", 9, 9, 0, NULL,
         0.4, MODEL_SURVIVED, NULL, NULL, NULL, NULL, NULL},
    };
    static const struct store_model_litmus litmus[] = {
        {"SB", "both loads see 0", "allowed", "exhaustive", 120, 7, 0.01, true},
        {"MP", "flag seen, data not", "forbidden", "exhaustive", 88, 1, 0.01, false},
    };
    int64_t before = store_run_begin(store, "model", "made up", "", 1, facts);
    store_model_row(store, before, &older[0]);
    store_run_end(store, before, RUN_DONE);
    int64_t run = store_run_begin(store, "model", "made up", "", 1, facts);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        store_model_row(store, run, &rows[i]);
    for (size_t i = 0; i < sizeof litmus / sizeof *litmus; i++)
        store_model_litmus(store, run, &litmus[i]);
    store_run_end(store, run, RUN_DONE);
}

enum { SAMPLE_SOAK_CASES = 7, SAMPLE_SOAK_LOOKS = 200 };

static const struct {
    const char *kind, *scenario, *impl;
    double ops_per_turn;
} sample_soak_cases[SAMPLE_SOAK_CASES] = {
    {"mutex", "exclusion", "tas", 4e6},      {"mutex", "bank", "tas", 1e6},
    {"mutex", "exclusion", "futex", 9e6},    {"mutex", "exclusion", "ticket-with-backoff", 2e4},
    {"rwlock", "exclusion", "seqlock", 3e5}, {"rwlock", "exclusion", "distributed", 8e5},
    {"rwlock", "upgrade", "distributed", 5},
};

static void sample_soak_turn(struct store *store, int64_t run, struct store_soak *soak,
                             struct store_soak_case *c, double operations, struct rng *r)
{
    soak->slices++;
    c->slices++;
    c->rounds += 10;
    c->operations += (uint64_t)operations;
    c->contended += (uint64_t)(operations / 3);
    uint64_t wait_ns = 1000 + rng_below(r, 9000000);
    c->wait_ns_max = wait_ns > c->wait_ns_max ? wait_ns : c->wait_ns_max;
    c->share_sum += 900;
    c->share_measured++;
    c->share_least = 120;
    bool breaks = c->slices == 30 && c->impl == sample_soak_cases[3].impl;
    struct store_soak_violation v = {.elapsed_ns = soak->elapsed_ns,
                                     .slice = soak->slices,
                                     .kind = c->kind,
                                     .scenario = c->scenario,
                                     .impl = c->impl,
                                     .perturbation = c->perturbation,
                                     .threads = 4,
                                     .seed = 9,
                                     .what = "two <inside>",
                                     .again = "contend stress --seed 9",
                                     .evidence = "thread 0: lock\nthread 1: lock & <more>\n"};
    c->violations += breaks;
    soak->violations += breaks;
    store_soak_case(store, run, soak, c, breaks ? &v : NULL);
}

static void sample_soak(struct store *store, const struct machine_fact *facts)
{
    static const char *const broken[] = {"no-lock", "lost-order", "a-control-of-a-very-long-name"};
    static const uint64_t hours = UINT64_C(3600000000000);
    struct rng r = {17};
    struct store_soak soak = {.duration_ns = 72 * hours,
                              .slice_ns = 500000000,
                              .inject_every = 50,
                              .keep_going = true,
                              .cases = 20,
                              .sample_ns = 72 * hours / SAMPLE_SOAK_LOOKS};
    struct store_soak_case cases[SAMPLE_SOAK_CASES];
    uint64_t operations = 0;
    int64_t run = store_run_begin(store, "soak", "made up", "", 5, facts);
    store_soak_begin(store, run, &soak);
    for (size_t i = 0; i < SAMPLE_SOAK_CASES; i++)
        cases[i] = (struct store_soak_case){.kind = sample_soak_cases[i].kind,
                                            .scenario = sample_soak_cases[i].scenario,
                                            .impl = sample_soak_cases[i].impl,
                                            .perturbation = "preempt"};
    for (uint64_t look = 1; look <= SAMPLE_SOAK_LOOKS; look++) {
        soak.elapsed_ns = look * 72 * hours / SAMPLE_SOAK_LOOKS;
        for (size_t turn = 0; turn < 2; turn++) {
            size_t i = rng_below(&r, SAMPLE_SOAK_CASES);
            double ops =
                sample_soak_cases[i].ops_per_turn * (0.5 + ((double)rng_below(&r, 1000) / 1000));
            operations += (uint64_t)ops;
            sample_soak_turn(store, run, &soak, &cases[i], ops, &r);
        }
        if (look % 9 == 0) {
            struct store_soak_control c = {soak.elapsed_ns, look % 2 ? "mutex" : "unbounded_queue",
                                           broken[look / 9 % 3], look == 99 ? NULL : "data <race>",
                                           0.001 + 0.2 * ((double)rng_below(&r, 1000) / 1000)};
            soak.controls++;
            soak.controls_caught += c.how != NULL;
            store_soak_control(store, run, &soak, &c, NULL);
        }
        struct store_soak_sample s = {soak.elapsed_ns,
                                      soak.slices,
                                      operations,
                                      soak.violations,
                                      9000000,
                                      120,
                                      20000000 + look * 7000 + 300000 * rng_below(&r, 3),
                                      1,
                                      11};
        store_soak_sample(store, run, &soak, &s);
    }
    store_run_end(store, run, RUN_DONE);
}

#endif
