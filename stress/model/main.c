// SPDX-License-Identifier: MIT
/* contend-model - the scenarios of stress, the same primitives, under a scheduler that decides. */
#include "stress/model/cases.h"
#include "stress/model/guard.h"
#include "stress/model/rows.h"
#include "support/clock.h"
#include "support/fail.h"

#include <argp.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 1, STALE_MAX = 1000, JOBS_MAX = 1024 };
#define SECONDS_PER_CASE 0.4
#define SECONDS_THOROUGH 10.0

struct options options = {.plan = {MODE_AUTO, STALE_AUTO, false, 0, SEED}};

static unsigned number(const char *option, const char *text, unsigned least, unsigned most)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (errno || end == text || *end || n < least || n > most || strchr(text, '-'))
        fail(EXIT_USAGE, "model: --%s \"%s\": a whole number from %u to %u", option, text, least,
             most);
    return (unsigned)n;
}

/* Every name of a list must be known. */
static void check_names(const char *option, const char *given,
                        bool (*known)(const char *name, size_t length))
{
    for (const char *p = given; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
        size_t length = strcspn(p, ",");
        if (!known(p, length))
            fail(EXIT_USAGE, "model: --%s: \"%.*s\" is unknown; --list shows the names", option,
                 (int)length, p);
    }
}

enum key {
    KEY_KIND = 256,
    KEY_IMPL,
    KEY_SCENARIO,
    KEY_THREADS,
    KEY_STEPS,
    KEY_MODE,
    KEY_STALE,
    KEY_CALM,
    KEY_SECONDS,
    KEY_SEED,
    KEY_JOBS,
    KEY_THOROUGH,
    KEY_CONTROLS,
    KEY_LITMUS,
    KEY_REPLAY,
    KEY_JSON,
    KEY_RECORD,
    KEY_SVG,
    KEY_LIST
};

static const struct argp_option arguments[] = {
    {"kind", KEY_KIND, "NAMES", 0, "only these kinds", 1},
    {"impl", KEY_IMPL, "NAMES", 0, "only these implementations or controls", 1},
    {"scenario", KEY_SCENARIO, "NAMES", 0, "only these scenarios or litmus tests", 1},
    {"threads", KEY_THREADS, "N", 0,
     "instead of what the scenario says, as far as it has room for them", 2},
    {"steps", KEY_STEPS, "N", 0, "operations of each thread, likewise", 2},
    {"mode", KEY_MODE, "MODE", 0, "exhaustive, preemption, random, pct; auto: all of them in turn",
     2},
    {"stale", KEY_STALE, "N", 0,
     "at most N loads per execution read an old value; 0: sequential "
     "consistency",
     2},
    {"calm", KEY_CALM, NULL, 0,
     "no sleep ends for no reason, and no deadline passes while somebody can go on", 2},
    {"seconds", KEY_SECONDS, "D", 0,
     "at most so much CPU time for each case (400ms, --thorough: 10s)", 2},
    {"seed", KEY_SEED, "S", 0, "of the random modes and of the scenarios (1)", 2},
    {"thorough", KEY_THOROUGH, NULL, 0,
     "longer, and where a scenario allows it also 4 threads with 2 operations each", 2},
    {"jobs", KEY_JOBS, "N", 0, "cases side by side (as many as there are CPUs)", 2},
    {"controls", KEY_CONTROLS, NULL, 0, "run the broken implementations: each must be caught", 3},
    {"litmus", KEY_LITMUS, NULL, 0, "run the litmus tests: the outcomes of C11 and no others", 3},
    {"replay", KEY_REPLAY, "STRING", 0, "run the execution that a failure printed", 3},
    {"list", KEY_LIST, NULL, 0, "show the names", 3},
    {"json", KEY_JSON, NULL, 0, "one JSON document on standard output", 4},
    {"record", KEY_RECORD, "FILE", 0, "also append every row to FILE, a line of JSON each", 4},
    {"svg", KEY_SVG, "FILE", 0, "write a picture of the first failure", 4},
    {0},
};

/* "3s", or plain seconds. */
static double seconds(const char *text)
{
    uint64_t ns;
    char *end;
    if (duration_parse(text, &ns) && ns > 0)
        return (double)ns / (double)NS_PER_S;
    double s = strtod(text, &end);
    if (end == text || *end || !(s > 0) || s > 1e6)
        fail(EXIT_USAGE, "model: --seconds \"%s\": a duration such as 500ms, 3s, 2m", text);
    return s;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    switch (key) {
    case KEY_KIND:
        options.kind = value;
        break;
    case KEY_IMPL:
        options.impls = value;
        break;
    case KEY_SCENARIO:
        options.scenarios = value;
        break;
    case KEY_THREADS:
        options.threads = number("threads", value, 1, MODEL_THREADS_MAX);
        break;
    case KEY_STEPS:
        options.steps = number("steps", value, 1, 1000);
        break;
    case KEY_MODE:
        options.plan.mode = search_mode_of(value);
        if (options.plan.mode == MODE_UNKNOWN)
            fail(EXIT_USAGE,
                 "model: --mode \"%s\": valid are auto, exhaustive, preemption, random, "
                 "pct",
                 value);
        break;
    case KEY_STALE:
        options.plan.stale_max = (int)number("stale", value, 0, STALE_MAX);
        break;
    case KEY_CALM:
        options.plan.calm = true;
        break;
    case KEY_SECONDS:
        options.plan.seconds = seconds(value);
        break;
    case KEY_SEED:
        options.plan.seed = number("seed", value, 0, UINT32_MAX);
        break;
    case KEY_THOROUGH:
        options.thorough = true;
        break;
    case KEY_JOBS:
        options.jobs = number("jobs", value, 1, JOBS_MAX);
        break;
    case KEY_CONTROLS:
        options.task = TASK_CONTROLS;
        break;
    case KEY_LITMUS:
        options.task = TASK_LITMUS;
        break;
    case KEY_REPLAY:
        options.task = TASK_REPLAY;
        options.replay = value;
        break;
    case KEY_LIST:
        options.task = TASK_LIST;
        break;
    case KEY_JSON:
        options.json = true;
        break;
    case KEY_RECORD:
        options.record = value;
        break;
    case KEY_SVG:
        options.svg = value;
        break;
    case ARGP_KEY_ARG:
        fail(EXIT_USAGE, "model: \"%s\": no argument is expected; see --help", value);
    default:
        (void)state;
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static void interrupt(int signal)
{
    (void)signal;
    search_interrupted = true;
}

/* How many this process may use. */
static unsigned cpus(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        arguments,
        parse,
        NULL,
        "Run every implementation under a scheduler that decides who goes on, which value a load "
        "reads, whom a wake-up reaches.\vExamples:\n"
        "  contend-model\n"
        "  contend-model --impl ticket,mcs --threads 3 --seconds 10s\n"
        "  contend-model --controls\n"
        "  contend-model --litmus --stale 0",
        NULL,
        NULL,
        NULL};
    argp_err_exit_status = EXIT_USAGE;
    options.jobs = cpus();
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    if (options.plan.seconds == 0)
        options.plan.seconds = options.thorough ? SECONDS_THOROUGH : SECONDS_PER_CASE;
    check_names("kind", options.kind, cases_know_kind);
    check_names("impl", options.impls, cases_know_impl);
    check_names("scenario", options.scenarios, cases_know_scenario);
    if (options.task == TASK_LIST) {
        cases_list();
        return EXIT_FINE;
    }

    struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    guard_install();
    rows_begin(options.json, options.task == TASK_REPLAY ? NULL : options.record, options.svg,
               &options.plan);
    unsigned failed = options.task == TASK_LITMUS   ? cases_litmus()
                      : options.task == TASK_REPLAY ? cases_replay()
                                                    : cases_scenarios();
    rows_end(failed);
    if (search_interrupted)
        return EXIT_INTERRUPTED;
    if (cases_run == 0) {
        complain("model: no case matches; --list shows the names");
        return EXIT_NOTHING_MATCHED;
    }
    return failed ? EXIT_CHECK_FAILED : EXIT_FINE;
}
