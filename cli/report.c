// SPDX-License-Identifier: MIT
/* contend report: a measured run as one HTML page. */
#include "cli/report.h"

#include "cli/cli.h"
#include "cli/report_text.h"
#include "cli/store.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum option_key { OPTION_STORE = 256, OPTION_RUN, OPTION_PNG, OPTION_PDF };

struct report_arguments {
    struct report_options report;
    const char *store;
    int64_t run; /* 0: the newest */
};

static const struct argp_option argp_options[] = {
    {"store", OPTION_STORE, "FILE", 0, "results store (default reports/contend.db)", 0},
    {"run", OPTION_RUN, "N", 0,
     "this run instead of the newest bench run (without one: soak, stress or model)", 0},
    {"output", 'o', "FILE", 0,
     "write the page here (default: RUN-DATE/index.html and latest.html beside the store)", 0},
    {"png", OPTION_PNG, NULL, 0, "also every picture as PNG, in PAGE-pictures/ beside the page", 0},
    {"pdf", OPTION_PDF, NULL, 0, "the same as PDF", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct report_arguments *a = state->input;
    switch (key) {
    case OPTION_STORE:
        a->store = arg;
        return 0;
    case OPTION_RUN:
        a->run = (int64_t)cli_number("--run", arg, 1, INT64_MAX);
        return 0;
    case 'o':
        a->report.output = arg;
        return 0;
    case OPTION_PNG:
        a->report.png = true;
        return 0;
    case OPTION_PDF:
        a->report.pdf = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    argp_options,
    parse,
    NULL,
    "Example: contend report --png\vDraws the newest bench run, and what stress, soak and "
    "model runs of the same store showed, as one HTML page that needs no network, and prints where "
    "it is. Needs gnuplot.",
    NULL,
    NULL,
    NULL};

/* DIRECTORY-OF-THE-STORE/RUN-DATE/index.html. */
static char *default_output(const char *beside, const struct summary *summary)
{
    char *directory =
        must_printf("%s/%" PRId64 "-%s", beside, summary->run, text_day(summary).text);
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        fail(EXIT_ENVIRONMENT, "report: %s: %s", directory, strerror(errno));
    char *output = must_printf("%s/index.html", directory);
    free(directory);
    return output;
}

/* The newest of a command that measures, else of one that breaks things; 0: none. */
static int64_t default_run(struct store *store)
{
    static const char *const commands[] = {"bench", "soak", "stress", "model"};
    int64_t run = 0;
    for (size_t i = 0; i < sizeof commands / sizeof *commands && run == 0; i++)
        run = store_latest_run(store, commands[i]);
    return run;
}

int command_report(int argc, char **argv)
{
    struct report_arguments a = {.store = cli_default_store()};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    a.report.data_dir = cli_data_dir();

    struct store *store = store_open_existing(a.store);
    int64_t run = a.run ? a.run : default_run(store);
    if (run == 0)
        fail(EXIT_NOTHING_MATCHED,
             "report: %s has no run: run contend bench, stress, soak or model first", a.store);
    struct summary *summary = summary_load(store, run);
    if (!summary)
        fail(EXIT_NOTHING_MATCHED, "report: %s has no run %" PRId64 "; the newest is %" PRId64,
             a.store, run, default_run(store));
    struct proof *proof = proof_load(store);
    store_close(store);

    char *store_path = must_printf("%s", a.store), *output = NULL, *copy = NULL;
    if (!a.report.output) {
        const char *beside = dirname(store_path);
        a.report.output = output = default_output(beside, summary);
        a.report.copy = copy = must_printf("%s/latest.html", beside);
    }
    enum exit_code code = report_write(summary, proof, &a.report);
    if (code == EXIT_FINE)
        puts(a.report.output);
    else if (output)
        rmdir(dirname(output)); /* goes only if it is empty: no report there yet */
    free(output);
    free(copy);
    free(store_path);
    proof_free(proof);
    summary_free(summary);
    return (int)code;
}
