// SPDX-License-Identifier: MIT
/* contend stress: try to break the implementations, and show that broken ones do not get away. */
#include "cli/cli.h"
#include "cli/stress_matrix.h"
#include "cli/stress_output.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/terminal.h"

#include <argp.h>
#include <inttypes.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_SECONDS = 30, MOST_NAMES = 1024 };

enum option_key {
    OPTION_IMPL = 256,
    OPTION_SCENARIO,
    OPTION_PERTURB,
    OPTION_SECONDS,
    OPTION_ROUNDS,
    OPTION_SEED,
    OPTION_CONTROLS,
    OPTION_SEEDS,
    OPTION_VERBOSE,
    OPTION_STORE,
    OPTION_JSON,
    OPTION_LIST,
};

struct stress_arguments {
    struct campaign_options campaign;
    const char *store;
    unsigned seeds; /* 0: one, and no matrix */
    bool json, list;
};

static const struct argp_option argp_options[] = {
    {"kind", 'k', "KIND", 0, "only this kind", 0},
    {"impl", OPTION_IMPL, "NAME[,NAME...]", 0,
     "only these implementations; a control plays as one if named", 0},
    {"scenario", OPTION_SCENARIO, "NAME[,NAME...]", 0, "only these scenarios", 0},
    {"perturb", OPTION_PERTURB, "NAME[,NAME...]", 0,
     "these perturbations (default: a few; with --controls all)", 0},
    {"threads", 't', "N", 0, "threads before perturbation (default: one for each CPU, at least 2)",
     0},
    {"seconds", OPTION_SECONDS, "N", 0,
     "for everything, shared out evenly; with --controls for each at most (default 30)", 0},
    {"rounds", OPTION_ROUNDS, "N", 0, "so many rounds of each case instead", 0},
    {"seed", OPTION_SEED, "N", 0, "of all that is drawn; default: drawn and printed", 0},
    {"controls", OPTION_CONTROLS, NULL, 0,
     "run the broken implementations that this build must catch; one that survives is a failure",
     0},
    {"seeds", OPTION_SEEDS, "N", 0,
     "with --controls, N times: how soon each checker catches each, also the model", 0},
    {"verbose", OPTION_VERBOSE, NULL, 0,
     "also each scenario's rounds and sleeps; with --controls, how each was caught", 0},
    {"store", OPTION_STORE, "FILE", 0,
     "results store (default reports/contend.db where reports/ is there)", 0},
    {"json", OPTION_JSON, NULL, 0, "print one JSON document and nothing else", 0},
    {"list", OPTION_LIST, NULL, 0, "print scenarios, perturbations and controls, and stop", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static void check_names(const char *what, const char *const *names, const char *const *valid)
{
    for (; names && *names; names++) {
        size_t i = 0;
        while (valid[i] && strcmp(valid[i], *names) != 0)
            i++;
        if (!valid[i])
            cli_unknown(what, *names, valid);
    }
}

struct names {
    const char *list[MOST_NAMES + 1];
    size_t count;
};

static void add_name(struct names *n, const char *name)
{
    if (n->count == MOST_NAMES)
        fail(EXIT_ENVIRONMENT, "names: more than %d to choose from", MOST_NAMES);
    n->list[n->count++] = name;
}

void stress_check_names(const struct campaign_options *o)
{
    struct names *impls = must_alloc(sizeof *impls), *scenarios = must_alloc(sizeof *scenarios);
    struct names *names = must_alloc(sizeof *names);
    for (const struct scenario_kind *const *kind = scenario_kinds; *kind; kind++) {
        const struct scenario_kind *k = *kind;
        if (o->kind && strcmp(o->kind, k->kind) != 0)
            continue;
        for (size_t i = 0; k->impls[i] && !o->controls; i++)
            add_name(impls, k->impls[i]->name);
        for (size_t i = 0; k->controls[i].impl; i++)
            add_name(impls, k->controls[i].impl->name);
        add_name(impls, k->nothing->name);
        for (size_t i = 0; i < k->scenario_count; i++)
            add_name(scenarios, k->scenarios[i].name);
    }
    for (const struct perturb *p = perturbs; p->name; p++)
        add_name(names, p->name);
    check_names(o->controls ? "control" : "implementation", o->impls, impls->list);
    check_names("scenario", o->scenarios, scenarios->list);
    check_names("perturbation", o->perturbs, names->list);
    free(names);
    free(scenarios);
    free(impls);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct stress_arguments *a = state->input;
    struct campaign_options *o = &a->campaign;
    switch (key) {
    case 'k':
        cli_check_kind(arg);
        o->kind = arg;
        return 0;
    case OPTION_IMPL:
        o->impls = cli_split(arg);
        return 0;
    case OPTION_SCENARIO:
        o->scenarios = cli_split(arg);
        return 0;
    case OPTION_PERTURB:
        o->perturbs = cli_split(arg);
        return 0;
    case 't':
        o->threads = (unsigned)cli_number("--threads", arg, 1, 64);
        return 0;
    case OPTION_SECONDS:
        if (!duration_parse(arg, &o->duration_ns) || o->duration_ns == 0)
            o->duration_ns = cli_number("--seconds", arg, 1, 1000000) * NS_PER_S;
        return 0;
    case OPTION_ROUNDS:
        o->rounds = cli_number("--rounds", arg, 1, UINT64_MAX);
        return 0;
    case OPTION_SEED:
        o->seed = cli_number("--seed", arg, 0, UINT64_MAX);
        return 0;
    case OPTION_CONTROLS:
        o->controls = true;
        return 0;
    case OPTION_SEEDS:
        a->seeds = (unsigned)cli_number("--seeds", arg, 1, 1000);
        return 0;
    case OPTION_VERBOSE:
        o->verbose = true;
        return 0;
    case OPTION_STORE:
        a->store = arg;
        return 0;
    case OPTION_JSON:
        a->json = true;
        return 0;
    case OPTION_LIST:
        a->list = true;
        return 0;
    case ARGP_KEY_END:
        if (o->rounds && (o->duration_ns || o->controls))
            fail(EXIT_USAGE, "--rounds: not together with --seconds or --controls");
        if (a->seeds && !o->controls)
            fail(EXIT_USAGE, "--seeds: only together with --controls");
        if (!o->duration_ns)
            o->duration_ns = DEFAULT_SECONDS * NS_PER_S;
        stress_check_names(o);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    argp_options,
    parse,
    NULL,
    "Example: contend stress --kind mutex --seconds 30\n"
    "         contend stress --impl futex --scenario lost-wakeup --perturb preempt,stop\n"
    "         contend stress --controls --seeds 10\n"
    "Runs scenarios against implementations while perturbing their threads. Exit status 1: a claim "
    "is broken, or a control survived.",
    NULL,
    NULL,
    NULL};

static struct campaign *running;

/* The second interrupt does not wait for the round under way. */
static void interrupt(int number)
{
    (void)number;
    if (campaign_interrupted(running))
        _exit(EXIT_INTERRUPTED);
    campaign_interrupt(running);
}

struct ticker {
    struct progress progress;
    const struct campaign *campaign;
    size_t cases_before;
    const struct campaign_player *player;
};

/* The cases of the player have their results in shared memory, so the count is live. */
static void tick(void *context)
{
    struct ticker *t = context;
    const struct campaign_player *p = t->player;
    double done = (double)t->cases_before;
    for (size_t i = 0; i < p->count && p->results[i].end > STRESS_RUNNING; i++)
        done += 1;
    progress_show(&t->progress, done, (double)t->campaign->cases, p->impl->name);
}

/* NULL: not recorded. Evidence goes into the store's directory. */
static struct store *open_store(const char *named, const char **evidence)
{
    const char *path = cli_record_path(named);
    if (!path)
        return NULL;
    char *copy = must_printf("%s", path);
    *evidence = must_printf("%s/stress", dirname(copy));
    free(copy);
    return store_open(path);
}

static void play_all(struct campaign *c, struct store *store, int64_t run)
{
    struct ticker ticker = {.campaign = c};
    progress_start(&ticker.progress);
    for (size_t i = 0; i < c->count && !campaign_interrupted(c); i++) {
        ticker.player = &c->players[i];
        campaign_play(c, &c->players[i], tick, &ticker);
        ticker.cases_before += c->players[i].count;
        if (store)
            stress_record(store, run, &c->players[i]);
    }
    progress_clear(&ticker.progress);
}

static int64_t begin_run(struct store *store, const struct campaign_options *o, int argc,
                         char **argv)
{
    return cli_run_begin(store, "stress", argc, argv, o->controls ? "controls" : "", o->seed);
}

static void end_run(struct store *store, int64_t run, bool interrupted)
{
    if (!store)
        return;
    store_run_end(store, run, interrupted ? RUN_INTERRUPTED : RUN_DONE);
    store_close(store);
}

static void begin_campaign(struct campaign *c)
{
    struct sigaction action = {.sa_handler = interrupt};
    running = c;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

static int judge_all(const struct campaign *c)
{
    if (campaign_interrupted(c))
        return EXIT_INTERRUPTED;
    for (size_t i = 0; i < c->count; i++)
        if (!campaign_as_it_should_be(&c->players[i]))
            return EXIT_CHECK_FAILED;
    return EXIT_FINE;
}

int command_stress(int argc, char **argv)
{
    struct stress_arguments a = {
        .campaign = {.seed = clock_ns() ^ (uint64_t)getpid() << 32, .checker = CONTEND_CHECKER[0]}};
    argp_err_exit_status = EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    if (a.list) {
        stress_list();
        return EXIT_FINE;
    }
    struct store *store = open_store(a.store, &a.campaign.evidence);
    struct matrix_orders orders = {.campaign = a.campaign,
                                   .seeds = a.seeds,
                                   .store = store,
                                   .json = a.json,
                                   .begin = begin_campaign};
    if (a.seeds) {
        orders.run = store ? begin_run(store, &a.campaign, argc, argv) : 0;
        int status = stress_matrix(&orders);
        end_run(store, orders.run, status == EXIT_INTERRUPTED);
        return status;
    }
    struct campaign *c = campaign_plan(&a.campaign);
    if (c->count == 0) {
        complain("stress: nothing to run: no implementation chosen offers what the scenarios need");
        return EXIT_NOTHING_MATCHED;
    }
    begin_campaign(c);
    int64_t run = store ? begin_run(store, &c->options, argc, argv) : 0;
    play_all(c, store, run);
    end_run(store, run, campaign_interrupted(c));
    if (a.json)
        stress_json(c);
    else
        stress_table(c);
    return judge_all(c);
}
