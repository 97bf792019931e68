// SPDX-License-Identifier: MIT
/* contend: one program, one command a file. */
#include "cli/cli.h"
#include "support/fail.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct cli_command cli_commands[] = {
    {"list", "the kinds and implementations in this build", command_list},
    {"bench", "measure implementations against each other", command_bench},
    {"stress", "try to break them, and the broken ones too", command_stress},
    {"soak", "the same for hours or days, resumable", command_soak},
    {"model", "explore their interleavings under a controlled scheduler", command_model},
    {"report", "draw a measured run as one HTML page", command_report},
    {"compare", "two runs, case by case: what became faster or slower", command_compare},
    {"choose", "what to ship for a described workload", command_choose},
    {"export", "runs as JSON, CSV or Google Benchmark's JSON", command_export},
    {"import", "add the runs of another store or of an exported file", command_import},
    {"bars", "are the best own implementations as fast as they have to be?", command_bars},
    {"doctor", "what on this machine spoils measurements", command_doctor},
    {NULL, NULL, NULL},
};

static void usage(FILE *to)
{
    fputs("Usage: contend COMMAND [OPTION...]\n"
          "Which implementation of a thread primitive to ship on this machine.\n\n"
          "Try: contend bench --profile quick --kind mutex && contend report\n\n",
          to);
    for (const struct cli_command *c = cli_commands; c->name; c++)
        fprintf(to, "  %-8s %s\n", c->name, c->summary);
    fputs("\ncontend COMMAND --help tells more. Exit status: 0 fine, 1 a check failed, 2 usage,\n"
          "3 nothing matched, 4 results unreliable, 5 environment missing, 130 interrupted.\n",
          to);
}

int main(int argc, char **argv)
{
    argp_err_exit_status = EXIT_USAGE;
    if (argc < 2) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return EXIT_FINE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("contend " CONTEND_VERSION);
        return EXIT_FINE;
    }
    const char *valid[sizeof cli_commands / sizeof *cli_commands] = {NULL};
    for (size_t i = 0; cli_commands[i].name; i++) {
        valid[i] = cli_commands[i].name;
        if (strcmp(argv[1], cli_commands[i].name) == 0) {
            argv[1] = must_printf("contend %s", argv[1]);
            program_invocation_name = argv[1];
            int code = cli_commands[i].run(argc - 1, argv + 1);
            free(argv[1]);
            return code;
        }
    }
    cli_unknown("command", argv[1], valid);
}
