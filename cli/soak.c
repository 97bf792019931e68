// SPDX-License-Identifier: MIT
/* contend soak: stress for hours or days, in slices that crash and hang on their own. */
#include "cli/soak.h"

#include "cli/cli.h"
#include "cli/stress_output.h"
#include "stress/child.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/machine.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const uint64_t own_check_ns = 60 * NS_PER_S;
static const uint64_t sample_ns_min = 5 * NS_PER_S;

enum option_key {
    OPTION_FOR = 256,
    OPTION_IMPL,
    OPTION_SEED,
    OPTION_STORE,
    OPTION_RESUME,
    OPTION_KEEP_GOING,
    OPTION_INJECT_EVERY,
    OPTION_SLICE,
    OPTION_LOG_EVERY,
};

struct soak_arguments {
    struct store_soak asked;
    uint64_t seed, log_ns;
    const char *store;
    bool resume, chosen; /* chosen: something that a resumed soak has already */
};

static const struct argp_option argp_options[] = {
    {"for", OPTION_FOR, "DURATION", 0, "so long, such as 30m or 72h (default 1h)", 0},
    {"kind", 'k', "KIND", 0, "only this kind", 0},
    {"impl", OPTION_IMPL, "NAME[,NAME...]", 0,
     "only these implementations; a control plays as one if named", 0},
    {"keep-going", OPTION_KEEP_GOING, NULL, 0, "the first violation does not end it", 0},
    {"resume", OPTION_RESUME, NULL, 0,
     "go on with the newest soak of the store where it was interrupted or killed, as it was asked "
     "for",
     0},
    {"seed", OPTION_SEED, "N", 0, "of all that is drawn; default: drawn and printed", 0},
    {"inject-every", OPTION_INJECT_EVERY, "N", 0,
     "a broken implementation once in N slices on average (default 50), and every 10 minutes at "
     "least",
     0},
    {"slice", OPTION_SLICE, "DURATION", 0,
     "of a short slice; one in 16 is 20 times longer (default 500ms)", 0},
    {"log-every", OPTION_LOG_EVERY, "DURATION", 0,
     "a line on stderr so often where it is no terminal (default 1m)", 0},
    {"store", OPTION_STORE, "FILE", 0, "results store (default reports/contend.db)", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static uint64_t duration(const char *option, const char *text)
{
    uint64_t ns;
    if (!duration_parse(text, &ns) || ns == 0 || ns > INT64_MAX)
        fail(EXIT_USAGE, "%s \"%s\": expected a duration such as 90s, 30m or 72h", option, text);
    return ns;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct soak_arguments *a = state->input;
    switch (key) {
    case OPTION_STORE:
        a->store = arg;
        return 0;
    case OPTION_LOG_EVERY:
        a->log_ns = duration("--log-every", arg);
        return 0;
    case OPTION_RESUME:
        a->resume = true;
        return 0;
    case ARGP_KEY_END:
        if (a->resume && a->chosen)
            fail(EXIT_USAGE, "--resume: goes on as it was asked for: only --store and --log-every "
                             "go with it");
        return 0;
    default:
        break;
    }
    switch (key) {
    case OPTION_FOR:
        a->asked.duration_ns = duration("--for", arg);
        break;
    case 'k':
        cli_check_kind(arg);
        a->asked.kind = arg;
        break;
    case OPTION_IMPL:
        a->asked.impls = arg;
        break;
    case OPTION_KEEP_GOING:
        a->asked.keep_going = true;
        break;
    case OPTION_SEED:
        a->seed = cli_number("--seed", arg, 0, UINT64_MAX);
        break;
    case OPTION_INJECT_EVERY:
        a->asked.inject_every = cli_number("--inject-every", arg, 1, UINT32_MAX);
        break;
    case OPTION_SLICE:
        a->asked.slice_ns = duration("--slice", arg);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    a->chosen = true;
    return 0;
}

static const struct argp argp = {
    argp_options,
    parse,
    NULL,
    "Example: contend soak --for 72h\n"
    "         contend soak --kind mutex --for 30m --keep-going\n"
    "         contend soak --resume\n"
    "Runs every scenario against every implementation under every perturbation, in slices that are "
    "processes of their own, and lets broken implementations in now and then, which must be "
    "caught. "
    "Exit status 1: a claim is broken, a process leaks, or a control survived; the evidence is "
    "beside the store.",
    NULL,
    NULL,
    NULL};

static struct soak *running;

/* The second interrupt does not wait for the round under way. */
static void interrupt(int number)
{
    (void)number;
    if (soak_interrupted(running))
        _exit(EXIT_INTERRUPTED);
    campaign_interrupt(running->campaign);
    campaign_interrupt(running->controls);
}

static void catch_interrupts(struct soak *s)
{
    running = s;
    struct sigaction action = {.sa_handler = interrupt};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* Held as long as this process lives, however it ends. */
static void lock(const char *store_path)
{
    char *path = must_printf("%s-soak-lock", store_path);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (file < 0)
        fail(EXIT_ENVIRONMENT, "soak: %s: %s", path, strerror(errno));
    if (fcntl(file, F_SETLK, &whole) != 0)
        fail(EXIT_ENVIRONMENT, "soak: %s: another soak uses this store", path);
    free(path);
}

static void recall(void *context, const struct store_soak *soak)
{
    struct soak *s = context;
    s->asked = *soak;
    s->asked.kind = soak->kind ? must_printf("%s", soak->kind) : NULL;
    s->asked.impls = soak->impls ? must_printf("%s", soak->impls) : NULL;
    s->elapsed_before_ns = soak->elapsed_ns;
}

static void recall_seed(void *context, const struct store_run *run)
{
    struct soak *s = context;
    s->seed = run->seed;
}

static void begin(struct soak *s, int argc, char **argv)
{
    char *line = cli_join(argc - 1, argv + 1);
    struct machine_fact *facts = machine_facts(s->campaign->place);
    s->run = store_run_begin(s->store, "soak", line, "", s->seed, facts);
    machine_facts_free(facts);
    free(line);
    s->asked.cases = s->count;
    store_soak_begin(s->store, s->run, &s->asked);
}

static void find_unfinished(struct soak *s)
{
    s->run = store_soak_unfinished(s->store);
    if (s->run == 0)
        fail(EXIT_NOTHING_MATCHED,
             "soak: nothing to resume in %s: the newest soak came to its end, "
             "or there is none",
             s->store_path);
    store_each_soak(s->store, s->run, recall, s);
    store_each_run(s->store, s->run, recall_seed, s);
    s->asked.resumed++;
}

static bool over(const struct soak *s)
{
    return soak_interrupted(s) || (s->asked.violations && !s->asked.keep_going) ||
           soak_elapsed_ns(s) >= s->asked.duration_ns;
}

static void play_all(struct soak *s)
{
    uint64_t check_ns = s->start_ns + own_check_ns;
    soak_status_start(s);
    while (!over(s)) {
        if (soak_control_due(s))
            soak_play_control(s);
        if (!over(s))
            soak_play_slice(s);
        if (clock_ns() >= check_ns) {
            soak_check_own(s);
            check_ns += own_check_ns;
        }
    }
    soak_check_own(s);
    if (!soak_interrupted(s))
        soak_check_vacuous(s);
    soak_status_end(s);
}

static void prepare(struct soak *s, const struct soak_arguments *a)
{
    s->log_ns = a->log_ns;
    s->store_path = a->store ? a->store : cli_default_store();
    s->share_least = (double)NAN;
    s->start_ns = s->control_ns = clock_ns();
    if (a->resume) {
        s->store = store_open_existing(s->store_path);
        lock(s->store_path);
        find_unfinished(s);
    } else {
        s->asked = a->asked;
        s->seed = a->seed;
    }
    const char **impls = s->asked.impls ? cli_split(s->asked.impls) : NULL;
    struct campaign_options names = {.kind = s->asked.kind, .impls = impls};
    stress_check_names(&names);
    if (!a->resume) {
        s->store = store_open(s->store_path);
        lock(s->store_path);
    }
    soak_plan(s, impls);
    s->result = child_shared(sizeof *s->result);
    s->reports = memfd_create("reports", MFD_CLOEXEC);
    if (s->reports < 0)
        fail(EXIT_ENVIRONMENT, "soak: reports: %s", strerror(errno));
}

int command_soak(int argc, char **argv)
{
    struct soak_arguments a = {.asked = {.duration_ns = 3600 * NS_PER_S,
                                         .slice_ns = 500 * NS_PER_MS,
                                         .inject_every = 50,
                                         .sample_ns = sample_ns_min},
                               .seed = clock_ns() ^ (uint64_t)getpid() << 32,
                               .log_ns = 60 * NS_PER_S};
    argp_err_exit_status = EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    struct soak *s = must_alloc(sizeof *s);
    prepare(s, &a);
    if (s->count == 0) {
        complain("soak: nothing to run: no implementation chosen offers what the scenarios need");
        return EXIT_NOTHING_MATCHED;
    }
    catch_interrupts(s);
    if (a.resume)
        store_soak_resume(s->store, s->run, &s->asked);
    else
        begin(s, argc, argv);
    complain("soak: run %" PRId64 ", seed %" PRIu64 ", %zu cases: %s of %s are over; if it is "
             "killed, contend soak --resume goes on",
             s->run, s->seed, s->count, duration_format((double)s->elapsed_before_ns).text,
             duration_format((double)s->asked.duration_ns).text);
    play_all(s);
    soak_report(s);
    store_run_end(s->store, s->run, soak_interrupted(s) ? RUN_INTERRUPTED : RUN_DONE);
    store_close(s->store);
    if (s->asked.violations)
        return EXIT_CHECK_FAILED;
    return soak_interrupted(s) ? EXIT_INTERRUPTED : EXIT_FINE;
}
