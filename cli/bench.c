// SPDX-License-Identifier: MIT
/* contend bench: measure, keep every trial, show what came out. */
#include "benchmarks/bench.h"
#include "cli/bench_output.h"
#include "cli/cli.h"
#include "cli/describe.h"
#include "cli/measure.h"
#include "cli/pace.h"
#include "cli/store.h"
#include "cli/summary.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/machine.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_key {
    OPTION_IMPL = 256,
    OPTION_WORKLOAD,
    OPTION_PLACEMENT,
    OPTION_ROUNDS,
    OPTION_TRIAL,
    OPTION_SEED,
    OPTION_STORE,
    OPTION_JSON,
    OPTION_TABLES,
    OPTION_LIST,
    OPTION_DRY_RUN,
    OPTION_FORCE,
    OPTION_DESCRIBE,
    OPTION_MEMORY_NODE,
    OPTION_RESUME,
    OPTION_PRECISION,
    OPTION_BUDGET,
};

struct bench_arguments {
    struct bench_options bench;
    const char *store, *threads, *describe;
    uint64_t memory_node; /* UINT64_MAX: wherever the system puts it */
    bool json, tables, list, dry_run, force, resume;
    struct bench_described described;  /* bench.described points here where one was given */
    struct bench_described *from_file; /* or here */
    unsigned thread_counts[BENCH_LISTED_MAX + 1];
};

static const struct argp_option argp_options[] = {
    {"kind", 'k', "KIND", 0, "only this kind", 0},
    {"impl", OPTION_IMPL, "NAME[,NAME...]", 0, "only these implementations", 0},
    {"workload", OPTION_WORKLOAD, "NAME[,NAME...]", 0, "only these workloads", 0},
    {"filter", 'f', "REGEX", 0, "only cases whose kind/workload/implementation/threads:N matches",
     0},
    {"threads", 't', "N[,N...]", 0,
     "these thread counts instead of the workloads' own: 3, cpus, 2x (twice the CPUs), 1..cpus", 0},
    {"profile", 'p', "NAME", 0,
     "quick (default), standard, full, patterns (uses in production) or one of those by its name",
     0},
    {"describe", OPTION_DESCRIBE, "FILE", 0,
     "the workloads that a file describes: [name], then lines kind = mutex, workload = contended, "
     "threads = 1,2x and the options below, hold = 200ns",
     0},
    {"placement", OPTION_PLACEMENT, "ORDER", 0,
     "compact (default: nearest first), spread, smt-pairs, one-cpu or unpinned", 0},
    {"memory-node", OPTION_MEMORY_NODE, "N", 0,
     "take all memory from this NUMA node, counted from 0, not from where it is first used", 0},
    {"rounds", OPTION_ROUNDS, "N", 0, "clean rounds per case; a verdict needs 9", 0},
    {"precision", OPTION_PRECISION, "PERCENT", 0,
     "more rounds until every ratio to the reference is known to +-PERCENT (default 3%; with "
     "--rounds: none)",
     0},
    {"budget", OPTION_BUDGET, "DURATION", 0,
     "... or the run took so long (default: the profile's, for quick its rounds alone)", 0},
    {"trial", OPTION_TRIAL, "DURATION", 0, "measure each trial so long, e.g. 20ms", 0},
    {"seed", OPTION_SEED, "N", 0, "of the order and the resamples; default: drawn and printed", 0},
    {"store", OPTION_STORE, "FILE", 0, "results store (default reports/contend.db)", 0},
    {"json", OPTION_JSON, NULL, 0, "print Google Benchmark's JSON and nothing else", 0},
    {"tables", OPTION_TABLES, NULL, 0, "print every throughput (default: of one kind only)", 0},
    {"resume", OPTION_RESUME, NULL, 0,
     "go on with the newest run, if it was interrupted and all else said here is as it was", 0},
    {"list", OPTION_LIST, NULL, 0, "print the names of the cases and stop", 0},
    {"dry-run", OPTION_DRY_RUN, NULL, 0, "print the plan and how long it takes, and stop", 0},
    {"force", OPTION_FORCE, NULL, 0, "measure even a build made without optimisation", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static const double default_precision = 0.03;

static void parse_profile(struct bench_options *o, const char *name)
{
    const char *valid[64] = {NULL};
    for (size_t i = 0; bench_profiles[i].name; i++) {
        valid[i] = bench_profiles[i].name;
        if (strcmp(name, valid[i]) == 0) {
            o->profile = &bench_profiles[i];
            return;
        }
    }
    cli_unknown("profile", name, valid);
}

static void parse_placement(struct bench_options *o, const char *name)
{
    const char *valid[PLACE_ORDERS + 1] = {NULL};
    for (unsigned i = 0; i < PLACE_ORDERS; i++) {
        valid[i] = place_order_names[i];
        if (strcmp(name, valid[i]) == 0) {
            o->placement = (enum place_order)i;
            return;
        }
    }
    cli_unknown("placement", name, valid);
}

static void check_workloads(const char *kind, const char *const *names)
{
    const char *valid[256] = {NULL};
    size_t n = 0;
    for (const struct bench_kind *const *k = bench_kinds; *k; k++)
        if (!kind || strcmp((*k)->kind, kind) == 0)
            for (size_t i = 0; i < (*k)->workload_count && n < 255; i++)
                valid[n++] = (*k)->workloads[i].name;
    for (; *names; names++) {
        size_t i = 0;
        while (i < n && strcmp(valid[i], *names) != 0)
            i++;
        if (i == n)
            cli_unknown("workload", *names, valid);
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct bench_arguments *a = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->described;
        state->child_inputs[1] = NULL;
        return 0;
    case 'k':
        cli_check_kind(arg);
        a->bench.kind = arg;
        return 0;
    case OPTION_IMPL:
        a->bench.impls = cli_split(arg);
        return 0;
    case OPTION_WORKLOAD:
        a->bench.workloads = cli_split(arg);
        return 0;
    case 'f':
        a->bench.filter = arg;
        return 0;
    case 't':
        a->threads = arg;
        return 0;
    case 'p':
        parse_profile(&a->bench, arg);
        return 0;
    case OPTION_PLACEMENT:
        parse_placement(&a->bench, arg);
        return 0;
    case OPTION_DESCRIBE:
        a->describe = arg;
        return 0;
    case OPTION_RESUME:
        a->resume = true;
        return 0;
    case OPTION_MEMORY_NODE:
        a->memory_node = cli_number("--memory-node", arg, 0, 65535);
        return 0;
    case OPTION_ROUNDS:
        a->bench.rounds = (unsigned)cli_number("--rounds", arg, 1, 100000);
        return 0;
    case OPTION_PRECISION:
        a->bench.precision = cli_percent("--precision", arg);
        return 0;
    case OPTION_BUDGET:
        if (!duration_parse(arg, &a->bench.budget_ns) || a->bench.budget_ns == 0)
            fail(EXIT_USAGE, "--budget \"%s\": expected a duration, such as 5m", arg);
        return 0;
    case OPTION_TRIAL:
        if (!duration_parse(arg, &a->bench.trial_ns) || a->bench.trial_ns < NS_PER_MS)
            fail(EXIT_USAGE, "--trial \"%s\": expected a duration of at least 1ms, such as 20ms",
                 arg);
        return 0;
    case OPTION_SEED:
        a->bench.seed = cli_number("--seed", arg, 0, UINT64_MAX);
        return 0;
    case OPTION_STORE:
        a->store = arg;
        return 0;
    case OPTION_TABLES:
        a->tables = true;
        return 0;
    case OPTION_JSON:
        a->json = true;
        return 0;
    case OPTION_LIST:
        a->list = true;
        return 0;
    case OPTION_DRY_RUN:
        a->dry_run = true;
        return 0;
    case OPTION_FORCE:
        a->force = true;
        return 0;
    case ARGP_KEY_END:
        if (a->bench.precision <= 0 && (a->bench.budget_ns || !a->bench.rounds))
            a->bench.precision = default_precision;
        if (a->bench.impls)
            cli_check_impls(a->bench.kind, a->bench.impls);
        if (a->bench.workloads)
            check_workloads(a->bench.kind, a->bench.workloads);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char documentation[] =
    "Example: contend bench --kind mutex --profile quick\n"
    "         contend bench --impl ticket,pthread --workload contended --threads 2,4 --json\n"
    "         contend bench --kind mutex --threads 8 --hold 200ns --think 1us --objects 4";

static void parse_all(int argc, char **argv, struct bench_arguments *a)
{
    const struct argp_child children[] = {
        {describe_argp(), 0,
         "Describe a workload, made of --workload or of the kind's first contended one:", 1},
        {NULL, 0, NULL, 0}};
    const struct argp argp = {argp_options, parse, NULL, documentation, children, NULL, NULL};
    argp_parse(&argp, argc, argv, 0, NULL, a);
}

static void bind_memory(const struct place *place, uint64_t node)
{
    int error = node == UINT64_MAX ? 0 : place_bind_memory(place, (unsigned)node);
    if (error == ENOENT)
        fail(EXIT_USAGE, "--memory-node %u: there is no such node", (unsigned)node);
    if (error)
        fail(EXIT_ENVIRONMENT, "--memory-node %u: %s", (unsigned)node, strerror(error));
}

/* What needs to know the CPUs. */
static void complete(struct bench_arguments *a, unsigned cpus)
{
    struct bench_options *o = &a->bench;
    if (a->threads) {
        describe_threads("--threads", a->threads, cpus, a->thread_counts);
        o->threads = a->thread_counts;
    }
    bool described = describe_anything(&a->described);
    if (described && a->describe)
        fail(EXIT_USAGE,
             "--describe: the file says all of its workloads; no such option beside it");
    if (described) {
        o->described = &a->described;
        o->described_count = 1;
    }
    if (a->describe) {
        a->from_file = describe_file(a->describe, o->kind, cpus, &o->described_count);
        o->described = a->from_file;
    }
}

static int verdict(const struct summary *summary, unsigned broken)
{
    if (broken)
        return EXIT_CHECK_FAILED;
    if (bench_interrupted)
        return EXIT_INTERRUPTED;
    const struct summary_twin *twin = bench_twin_apart(summary);
    if (twin) {
        char *text = bench_twin_text(twin);
        complain("bench: a reference differs from itself: %s: %s: trust nothing here; see contend "
                 "doctor",
                 twin->name, text);
        free(text);
        return EXIT_UNRELIABLE;
    }
    if (summary->trials == 0 || bench_unreliable(summary)) {
        complain("bench: %u of %u trials were contaminated: trust nothing here; see contend doctor",
                 summary->discarded, summary->trials);
        return EXIT_UNRELIABLE;
    }
    return EXIT_FINE;
}

/* Reports show the facts of a run. */
static void keep_twins(struct store *store, const struct summary *summary)
{
    char *all = must_printf("%s", "");
    for (size_t i = 0; i < summary->twin_count; i++) {
        char *text = bench_twin_text(&summary->twins[i]);
        char *longer =
            must_printf("%s%s%s: %s", all, *all ? "; " : "", summary->twins[i].name, text);
        free(text);
        free(all);
        all = longer;
    }
    if (*all)
        store_fact(store, summary->run, "a_a", all);
    free(all);
}

static void print_cases(const struct bench_plan *plan)
{
    for (size_t i = 0; i < plan->case_count; i++)
        if (!plan->cases[i].twin)
            puts(plan->cases[i].name);
}

static int measure_and_show(struct bench_plan *plan, const struct bench_arguments *a,
                            const char *arguments)
{
    if (!a->force && !machine_build_can_measure())
        fail(EXIT_UNRELIABLE, "bench: this build is not optimised, or has a sanitizer in it: "
                              "measure the release build, or --force");
    measure_catch_interrupts();
    pace_expect(plan, a->store);
    unsigned broken;
    struct store *store = store_open(a->store);
    int64_t run = a->resume ? measure_resumed(plan, store, a->json, &broken)
                            : measure(plan, store, "bench", arguments, a->json, &broken);
    struct summary *summary = summary_load(store, run);
    if (a->json)
        bench_print_json(summary, stdout);
    else
        bench_print_answer(summary, a->tables);
    keep_twins(store, summary);
    int code = verdict(summary, broken);
    summary_free(summary);
    store_close(store);
    return code;
}

int command_bench(int argc, char **argv)
{
    struct bench_arguments a = {
        .store = cli_default_store(),
        .memory_node = UINT64_MAX,
        .bench = {.profile = &bench_profiles[0], .placement = PLACE_COMPACT, .seed = clock_ns()}};
    char *arguments = cli_join(argc, argv);
    bench_described_init(&a.described);
    parse_all(argc, argv, &a);

    struct place *place = place_here();
    complete(&a, place_cpus(place));
    bind_memory(place, a.memory_node);
    struct bench_plan *plan = bench_plan_make(&a.bench, place);
    int code = EXIT_FINE;
    if (!plan) {
        complain("bench: no case matches: contend bench --list shows all");
        code = EXIT_NOTHING_MATCHED;
    } else if (a.list) {
        print_cases(plan);
    } else if (a.dry_run) {
        pace_expect(plan, a.store);
        print_cases(plan);
        char *length = pace_length(plan);
        printf("%zu cases in %zu groups, %u rounds each, seed %llu: %s\n", plan->case_count,
               plan->group_count, bench_rounds(plan), (unsigned long long)a.bench.seed, length);
        free(length);
    } else {
        code = measure_and_show(plan, &a, arguments);
    }
    if (plan)
        bench_plan_free(plan);
    place_close(place);
    free((void *)(uintptr_t)a.bench.impls);
    free((void *)(uintptr_t)a.bench.workloads);
    describe_free(a.from_file, a.from_file ? a.bench.described_count : 0);
    free(arguments);
    return code;
}
