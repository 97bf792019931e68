// SPDX-License-Identifier: MIT
/* contend bars: are the best own implementations as fast as they have to be? */
#include "cli/bars.h"

#include "cli/bench_output.h"
#include "cli/cli.h"
#include "cli/measure.h"
#include "cli/pace.h"
#include "cli/summary.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/machine.h"
#include "support/terminal.h"

#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_key { OPTION_STORE = 256, OPTION_ROUNDS, OPTION_SEED, OPTION_DRY_RUN };

struct bars_arguments {
    struct bench_options bench;
    const char *store;
    bool dry_run;
};

static const struct argp_option argp_options[] = {
    {"kind", 'k', "KIND", 0, "only this kind's", 0},
    {"rounds", OPTION_ROUNDS, "N", 0, "clean rounds per case (default 15)", 0},
    {"seed", OPTION_SEED, "N", 0, "of the order and the resamples; default: drawn and printed", 0},
    {"store", OPTION_STORE, "FILE", 0, "results store (default reports/contend.db)", 0},
    {"dry-run", OPTION_DRY_RUN, NULL, 0, "print the cases and how long they take, and stop", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct bars_arguments *a = state->input;
    switch (key) {
    case 'k':
        cli_check_kind(arg);
        a->bench.kind = arg;
        return 0;
    case OPTION_ROUNDS:
        a->bench.rounds = (unsigned)cli_number("--rounds", arg, 1, 100000);
        return 0;
    case OPTION_SEED:
        a->bench.seed = cli_number("--seed", arg, 0, UINT64_MAX);
        return 0;
    case OPTION_STORE:
        a->store = arg;
        return 0;
    case OPTION_DRY_RUN:
        a->dry_run = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    argp_options,
    parse,
    NULL,
    "Example: contend bars --kind mutex\v"
    "Measures the cases that the project holds itself to, against the "
    "reference, the best of other projects' and the machine's limits in "
    "the same run. Exit status 1 if a bar is missed.",
    NULL,
    NULL,
    NULL};

static unsigned threads_of(const struct bar *bar, unsigned cpus)
{
    return bar->threads == BAR_CROWD ? 4 * cpus : bar->threads;
}

static bool wanted(const struct bars_arguments *a, const struct bar *bar)
{
    return !a->bench.kind || strcmp(a->bench.kind, bar->kind) == 0;
}

/* An expression for the names of the cases that the bars need. */
static char *filter_of(const struct bars_arguments *a, unsigned cpus)
{
    char *filter = must_printf("^(");
    const char * or = "";
    for (const struct bar *bar = bars; bar->what; bar++) {
        if (!wanted(a, bar))
            continue;
        char *more = must_printf("%s%s%s/%s/[^/]*/threads:%u", filter, or, bar->kind, bar->workload,
                                 threads_of(bar, cpus));
        free(filter);
        filter = more;
        or = "|";
        if (bar->against == AGAINST_SELF) {
            more = must_printf("%s|%s/%s/[^/]*/threads:1", filter, bar->kind, bar->beside);
            free(filter);
            filter = more;
        }
    }
    char *whole = must_printf("%s)$", filter);
    free(filter);
    return whole;
}

static bool measured(const struct case_summary *c)
{
    return !c->broken && c->rounds_valid > 0;
}

static bool at(const struct case_summary *c, const char *kind, const char *workload,
               unsigned threads)
{
    return strcmp(c->kind, kind) == 0 && strcmp(c->workload, workload) == 0 &&
           c->threads == threads;
}

/* Operations a second; where they come at a given pace, as if each followed the one before at once. */
static double speed(const struct bar *bar, const struct case_summary *c)
{
    return bar->against == AGAINST_WAIT
               ? (double)NS_PER_S / (double)histogram_quantile_ns(&c->latency, 0.5)
               : c->ops_per_second.median;
}

/* The fastest of the bar's case that has all of the traits has and none of the traits not. */
static const struct case_summary *best_of(const struct summary *s, const struct bar *bar,
                                          unsigned cpus, unsigned has, unsigned not,
                                          double fairness_min)
{
    const struct case_summary *best = NULL;
    for (size_t i = 0; i < s->case_count; i++) {
        const struct case_summary *c = &s->cases[i];
        if (at(c, bar->kind, bar->workload, threads_of(bar, cpus)) && measured(c) &&
            (c->traits & has) == has && !(c->traits & not ) &&
            !(c->fairness_min_max < fairness_min) && (!best || speed(bar, c) > speed(bar, best)))
            best = c;
    }
    return best;
}

static double paired(const struct case_summary *a, const struct case_summary *b)
{
    double *ratios = must_alloc(a->rounds_valid * sizeof *ratios);
    unsigned n = summary_ratios(a, b, ratios);
    double median = stats_median(ratios, n);
    free(ratios);
    return median;
}

static double scaling(const struct summary *s, const struct bar *bar,
                      const struct case_summary *own)
{
    for (size_t i = 0; i < s->case_count; i++) {
        const struct case_summary *c = &s->cases[i];
        if (at(c, bar->kind, bar->beside, 1) && strcmp(c->impl, own->impl) == 0 && measured(c))
            return own->ops_per_second.median / c->ops_per_second.median;
    }
    return (double)NAN;
}

struct bar_result {
    const struct case_summary *own, *reference, *peer;
    double limit_ns, ratio;
    bool met;
};

static struct bar_result judge(const struct summary *s, const struct bar *bar, unsigned cpus)
{
    struct bar_result r = {
        .own = best_of(s, bar, cpus, bar->traits, CT_PEER | CT_OPAQUE, bar->fairness_min),
        .reference = best_of(s, bar, cpus, CT_REFERENCE, 0, 0),
        .peer = best_of(s, bar, cpus, CT_PEER | bar->traits, 0, 0),
        .limit_ns = bar->limit < LIMITS ? s->limits[bar->limit].ns : -1,
        .ratio = (double)NAN,
    };
    if (!r.own)
        return r;
    if (bar->against == AGAINST_REFERENCE && r.reference)
        r.ratio = paired(r.own, r.reference);
    else if (bar->against == AGAINST_WAIT && r.reference)
        r.ratio = speed(bar, r.own) / speed(bar, r.reference);
    else if (bar->against == AGAINST_PEER && r.peer)
        r.ratio = paired(r.own, r.peer);
    else if (bar->against == AGAINST_SELF)
        r.ratio = scaling(s, bar, r.own);
    else if (bar->against == AGAINST_LIMIT && r.limit_ns > 0)
        r.ratio = r.own->ns_per_op / r.limit_ns;
    r.met = bar->against == AGAINST_LIMIT ? r.ratio <= bar->bar : r.ratio >= bar->bar;
    return r;
}

static void cell_rate(struct table *t, const struct bar *bar, const struct case_summary *c,
                      bool named)
{
    if (!c)
        table_cell(t, CELL_FAINT, "-");
    else if (named)
        table_cell(t, CELL_PLAIN, "%s %.3g", c->impl, speed(bar, c) / 1e6);
    else
        table_cell(t, CELL_PLAIN, "%.3g", speed(bar, c) / 1e6);
}

/* Returns how many fell short. */
static unsigned print(const struct summary *s, const struct bars_arguments *a, unsigned cpus)
{
    static const struct table_column columns[] = {
        {"case", COLUMN_LEFT},       {"ours M/s", COLUMN_RIGHT}, {"reference", COLUMN_RIGHT},
        {"best peer", COLUMN_RIGHT}, {"limit ns", COLUMN_RIGHT}, {"ratio", COLUMN_RIGHT},
        {"bar", COLUMN_RIGHT},       {"verdict", COLUMN_LEFT},
    };
    static const char *const against[] = {
        [AGAINST_REFERENCE] = "reference", [AGAINST_WAIT] = "reference",  [AGAINST_PEER] = "peer",
        [AGAINST_LIMIT] = "limit",         [AGAINST_SELF] = "one thread",
    };
    struct table *t = table_make(columns, sizeof columns / sizeof *columns);
    unsigned missed = 0;
    for (const struct bar *bar = bars; bar->what; bar++) {
        if (!wanted(a, bar))
            continue;
        struct bar_result r = judge(s, bar, cpus);
        missed += !r.met;
        table_cell(t, CELL_PLAIN, "%s", bar->what);
        cell_rate(t, bar, r.own, true);
        cell_rate(t, bar, r.reference, false);
        cell_rate(t, bar, r.peer, true);
        if (r.limit_ns > 0)
            table_cell(t, CELL_PLAIN, "%.3g", r.limit_ns);
        else
            table_cell(t, CELL_FAINT, "-");
        table_cell(t, CELL_PLAIN, "%.2f", r.ratio);
        table_cell(t, CELL_PLAIN, "%s %.3g %s",
                   bar->against == AGAINST_LIMIT ? "<=" : ">=", bar->bar, against[bar->against]);
        table_cell(t, r.met ? CELL_GOOD : CELL_BAD, "%s",
                   r.met            ? "met"
                   : isnan(r.ratio) ? "not measured"
                                    : "missed");
    }
    table_print(t, stdout);
    table_free(t);
    return missed;
}

int command_bars(int argc, char **argv)
{
    struct bars_arguments a = {.store = cli_default_store(),
                               .bench = {.profile = &bench_profiles[0],
                                         .placement = PLACE_COMPACT,
                                         .rounds = 15,
                                         .seed = clock_ns()}};
    char *arguments = cli_join(argc, argv);
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    struct place *place = place_here();
    unsigned cpus = place_cpus(place);
    unsigned crowd = 4 * cpus;
    const unsigned threads[] = {1, 2, 4, crowd == 4 ? 0 : crowd, 0};
    char *filter = filter_of(&a, cpus);
    a.bench.threads = threads;
    a.bench.filter = filter;
    struct bench_plan *plan = bench_plan_make(&a.bench, place);
    if (!plan)
        fail(EXIT_NOTHING_MATCHED, "bars: no case of that kind is measured against a bar");
    int code = EXIT_FINE;
    pace_expect(plan, a.store);
    if (a.dry_run) {
        for (size_t i = 0; i < plan->case_count; i++)
            puts(plan->cases[i].name);
        printf("%zu cases: about %.0f s\n", plan->case_count, plan->seconds_expected);
    } else {
        if (!machine_build_can_measure())
            fail(EXIT_UNRELIABLE,
                 "bars: this build is not optimised, or has a sanitizer in it: use "
                 "the release build");
        measure_catch_interrupts();
        unsigned broken;
        struct store *store = store_open(a.store);
        int64_t run = measure(plan, store, "bars", arguments, false, &broken);
        struct summary *s = summary_load(store, run);
        unsigned missed = print(s, &a, cpus);
        printf("\n%u missed; %u of %u trials discarded as contaminated; seed %llu\n", missed,
               s->discarded, s->trials, (unsigned long long)s->seed);
        code = bench_interrupted ? EXIT_INTERRUPTED
               : missed + broken ? EXIT_CHECK_FAILED
                                 : EXIT_FINE;
        summary_free(s);
        store_close(store);
    }
    bench_plan_free(plan);
    free(filter);
    free(arguments);
    place_close(place);
    return code;
}
