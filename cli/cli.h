// SPDX-License-Identifier: MIT
/* cli.h - the program's commands. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdint.h>

struct cli_command {
    const char *name, *summary;
    int (*run)(int argc, char **argv); /* argv[0] is "contend NAME"; returns enum exit_code */
};
extern const struct cli_command cli_commands[]; /* ends with name NULL */

int command_list(int argc, char **argv);
int command_bench(int argc, char **argv);
int command_stress(int argc, char **argv);
int command_soak(int argc, char **argv);
int command_model(int argc, char **argv);
int command_report(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_choose(int argc, char **argv);
int command_export(int argc, char **argv);
int command_import(int argc, char **argv);
int command_bars(int argc, char **argv);
int command_doctor(int argc, char **argv);

/* reports/contend.db below the current directory, or $CONTEND_STORE. */
const char *cli_default_store(void);

/* The directory with scripts/plots and report pieces: $CONTEND_DATA, else where it was installed, else
   the source tree. */
const char *cli_data_dir(void);

/* "unknown WHAT "GIVEN": valid are A, B, C", the nearest spelled name first; exit 2. */
_Noreturn void cli_unknown(const char *what, const char *given, const char *const *valid);

/* The same, after where: "FILE:LINE: ". */
_Noreturn void cli_unknown_at(const char *where, const char *what, const char *given,
                              const char *const *valid);

/* The kinds in this build; and refusals of names that are not, through cli_unknown. */
const char *const *cli_kinds(void);
void cli_check_kind(const char *kind);
void cli_check_impls(const char *kind, const char *const *names); /* kind NULL: of any kind */

/* The path of the model's program, which need not be there; free it. */
char *cli_model_program(void);

/* The store that a run is recorded in when no command depends on it: the one named, else
   $CONTEND_STORE, else the default one where its directory is there; NULL: none of these. */
const char *cli_record_path(const char *named);

struct store;
/* store_run_begin with this machine, and the command line as typed. */
int64_t cli_run_begin(struct store *s, const char *command, int argc, char **argv,
                      const char *profile, uint64_t seed);

/* The command line as typed, for the record; free it. */
char *cli_join(int argc, char **argv);

/* "a,b,c" as a NULL-terminated list; free it, and its texts with it. */
const char **cli_split(const char *list);

/* The argument of an option as a whole number in [least, most]; anything else is a usage error. */
uint64_t cli_number(const char *option, const char *text, uint64_t least, uint64_t most);

/* "5%" or "5" as 0.05. */
double cli_percent(const char *option, const char *text);

#endif
