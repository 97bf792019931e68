// SPDX-License-Identifier: MIT
/* contend choose: the user describes the workload, and is told what to ship. */
#include "cli/choose.h"

#include "cli/bench_output.h"
#include "cli/cli.h"
#include "cli/measure.h"
#include "cli/pace.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/machine.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum option_key {
    OPTION_HOLD = 256,
    OPTION_THINK,
    OPTION_PARAMETER,
    OPTION_WORKLOAD,
    OPTION_NEED,
    OPTION_BYTES,
    OPTION_TAIL,
    OPTION_OWN,
    OPTION_STORE,
    OPTION_FRESH,
    OPTION_JSON,
    OPTION_SEED,
    OPTION_DRY_RUN,
    OPTION_FORCE,
};

struct choose_arguments {
    struct choose_description d;
    struct choose_needs needs;
    const char *workload, *store;
    uint64_t seed;
    bool fresh, yes, json, dry_run, force;
};

static const struct argp_option argp_options[] = {
    {"kind", 'k', "KIND", 0, "what is needed, e.g. mutex (required)", 0},
    {"threads", 't', "N", 0, "threads that share it (default: one for each CPU)", 0},
    {"hold", OPTION_HOLD, "DURATION", 0,
     "how long it is held, e.g. 200ns (default: the workload's)", 0},
    {"think", OPTION_THINK, "DURATION", 0, "how long until the same thread comes again", 0},
    {"parameter", OPTION_PARAMETER, "N", 0,
     "the workload's own number (writes per mille, batch size ...)", 0},
    {"workload", OPTION_WORKLOAD, "NAME", 0,
     "what the description starts from (default: the kind's first contended one)", 0},
    {"need", OPTION_NEED, "TRAIT[,TRAIT...]", 0,
     "it must have these: fifo, timed, parks, pi, pshared, robust ...; no-spinning", 0},
    {"max-bytes", OPTION_BYTES, "N", 0, "object and node together", 0},
    {"tail", OPTION_TAIL, "DURATION", 0, "p99.9 of the operation at most, e.g. 50us", 0},
    {"own", OPTION_OWN, NULL, 0, "leave other projects' out", 0},
    {"fresh", OPTION_FRESH, NULL, 0, "measure even what was measured before", 0},
    {"yes", 'y', NULL, 0, "measure without asking", 0},
    {"dry-run", OPTION_DRY_RUN, NULL, 0, "say what would be measured and how long it takes", 0},
    {"force", OPTION_FORCE, NULL, 0, "answer even from contaminated measurements", 0},
    {"seed", OPTION_SEED, "N", 0, "of the order and the resamples; default: drawn", 0},
    {"store", OPTION_STORE, "FILE", 0, "results store (default reports/contend.db)", 0},
    {"json", OPTION_JSON, NULL, 0, "print one JSON document and nothing else", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static void parse_needs(struct choose_needs *needs, const char *list)
{
    const char *valid[64] = {"no-spinning", NULL};
    size_t n = 1;
    for (const struct ct_trait_name *t = ct_trait_names; t->name && n < 63; t++)
        valid[n++] = t->name;
    const char **names = cli_split(list);
    for (const char **name = names; *name; name++) {
        const struct ct_trait_name *t = ct_trait_names;
        while (t->name && strcmp(t->name, *name) != 0)
            t++;
        if (t->name)
            needs->traits |= t->trait;
        else if (strcmp(*name, "no-spinning") == 0)
            needs->no_spinning = true;
        else
            cli_unknown("need", *name, valid);
    }
    free(names);
}

static uint64_t duration(const char *option, const char *text, uint64_t most_ns)
{
    uint64_t ns;
    if (!duration_parse(text, &ns) || ns > most_ns)
        fail(EXIT_USAGE, "%s \"%s\": expected a duration up to %s, such as 200ns", option, text,
             duration_format((double)most_ns).text);
    return ns;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct choose_arguments *a = state->input;
    switch (key) {
    case 'k':
        cli_check_kind(arg);
        a->d.kind = arg;
        return 0;
    case 't':
        a->d.threads = (unsigned)cli_number("--threads", arg, 1, 4096);
        return 0;
    case OPTION_HOLD:
        a->d.hold_ns = (uint32_t)duration("--hold", arg, NS_PER_S);
        return 0;
    case OPTION_THINK:
        a->d.think_ns = (uint32_t)duration("--think", arg, NS_PER_S);
        return 0;
    case OPTION_PARAMETER:
        a->d.parameter = (uint32_t)cli_number("--parameter", arg, 0, BENCH_AS_THE_ROW - 1);
        return 0;
    case OPTION_WORKLOAD:
        a->workload = arg;
        return 0;
    case OPTION_NEED:
        parse_needs(&a->needs, arg);
        return 0;
    case OPTION_BYTES:
        a->needs.bytes_max = (uint32_t)cli_number("--max-bytes", arg, 1, UINT32_MAX);
        return 0;
    case OPTION_TAIL:
        a->needs.p999_ns_max = duration("--tail", arg, 3600 * NS_PER_S);
        return 0;
    case OPTION_OWN:
        a->needs.own = true;
        return 0;
    case OPTION_FRESH:
        a->fresh = true;
        return 0;
    case 'y':
        a->yes = true;
        return 0;
    case OPTION_DRY_RUN:
        a->dry_run = true;
        return 0;
    case OPTION_FORCE:
        a->force = true;
        return 0;
    case OPTION_SEED:
        a->seed = cli_number("--seed", arg, 0, UINT64_MAX);
        return 0;
    case OPTION_STORE:
        a->store = arg;
        return 0;
    case OPTION_JSON:
        a->json = true;
        return 0;
    case ARGP_KEY_END:
        if (!a->d.kind)
            fail(EXIT_USAGE, "choose: --kind is needed: contend list shows the kinds");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    argp_options,
    parse,
    NULL,
    "Example: contend choose --kind mutex --threads 8 --hold 200ns --think 1us\n"
    "         contend choose --kind mutex --threads 4 --hold 1us --need timed,no-spinning --tail "
    "500us\v"
    "Ranks every implementation that meets the needs, by measurements of this machine: those in "
    "the "
    "store where they are near enough to the description, else new ones.",
    NULL,
    NULL,
    NULL};

static const struct bench_workload *row_of(const struct choose_arguments *a)
{
    const struct bench_kind *kind = choose_kind(a->d.kind);
    if (!a->workload)
        return bench_contended_row(kind);
    const char **valid = must_alloc((kind->workload_count + 1) * sizeof *valid);
    for (size_t i = 0; i < kind->workload_count; i++) {
        valid[i] = kind->workloads[i].name;
        if (strcmp(valid[i], a->workload) == 0) {
            free(valid);
            return &kind->workloads[i];
        }
    }
    cli_unknown("workload", a->workload, valid);
}

/* What was not said is as in the row. */
static void complete_description(struct choose_arguments *a, const struct place *place)
{
    const struct bench_workload *row = row_of(a);
    struct choose_description *d = &a->d;
    d->workload = row->name;
    d->cpus = row->one_cpu ? 1 : place_cpus(place);
    if (d->threads == 0)
        d->threads = d->cpus;
    if (d->hold_ns == BENCH_AS_THE_ROW)
        d->hold_ns = row->hold_ns;
    if (d->think_ns == BENCH_AS_THE_ROW)
        d->think_ns = row->think_ns;
    if (d->parameter == BENCH_AS_THE_ROW)
        d->parameter = row->parameter;
}

/* Asks a person; anything but a terminal has agreed by calling. */
static bool agreed(const struct choose_arguments *a, const struct bench_plan *plan)
{
    if (a->yes || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return true;
    char answer[16] = "";
    fprintf(stderr, "This must be measured: about %.0f s. Now? [Y/n] ", plan->seconds_expected);
    return fgets(answer, sizeof answer, stdin) && strchr("yY\n", answer[0]);
}

static struct summary *measure_points(const struct choose_arguments *a, struct bench_plan *plan,
                                      struct store *store, const char *arguments)
{
    if (!machine_build_can_measure())
        fail(EXIT_UNRELIABLE, "choose: this build is not optimised, or has a sanitizer in it: use "
                              "the release build");
    measure_catch_interrupts();
    unsigned broken;
    int64_t run = measure(plan, store, "choose", arguments, a->json, &broken);
    if (bench_interrupted)
        fail(EXIT_INTERRUPTED, "choose: interrupted; what was measured is in run %" PRId64, run);
    return summary_load(store, run);
}

static int answer(const struct choose_arguments *a, const struct summary *s, bool fresh)
{
    if (bench_unreliable(s)) {
        complain("choose: %u of %u trials were contaminated: %s; see contend doctor", s->discarded,
                 s->trials,
                 a->force ? "the answer comes from the others"
                          : "no answer from these without --force");
        if (!a->force)
            return EXIT_UNRELIABLE;
    }
    size_t groups[CHOOSE_POINTS];
    choose_groups(s, &a->d, groups);
    struct choice choice = choose_rank(s, groups, &a->needs);
    if (a->json)
        choose_print_json(&choice, &a->d, s, fresh);
    else
        choose_print(&choice, &a->d, s, fresh);
    int code = choice.considered == 0 ? EXIT_NOTHING_MATCHED : EXIT_FINE;
    choice_free(&choice);
    return code;
}

int command_choose(int argc, char **argv)
{
    struct choose_arguments a = {.store = cli_default_store(),
                                 .seed = clock_ns(),
                                 .d = {.hold_ns = BENCH_AS_THE_ROW,
                                       .think_ns = BENCH_AS_THE_ROW,
                                       .parameter = BENCH_AS_THE_ROW}};
    char *arguments = cli_join(argc, argv);
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    struct place *place = place_here();
    complete_description(&a, place);
    struct bench_plan *plan = choose_plan(&a.d, place, a.seed);
    int code = EXIT_FINE;
    pace_expect(plan, a.store);
    if (a.dry_run) {
        for (size_t i = 0; i < plan->case_count; i++)
            puts(plan->cases[i].name);
        printf("%zu cases: about %.0f s\n", plan->case_count, plan->seconds_expected);
    } else {
        struct store *store = store_open(a.store);
        struct summary *s = a.fresh ? NULL : choose_find(store, &a.d, place);
        bool fresh = !s;
        if (fresh && agreed(&a, plan))
            s = measure_points(&a, plan, store, arguments);
        if (!s)
            fail(EXIT_NOTHING_MATCHED, "choose: nothing near enough was measured before");
        code = answer(&a, s, fresh);
        summary_free(s);
        store_close(store);
    }
    bench_plan_free(plan);
    place_close(place);
    free(arguments);
    return code;
}
