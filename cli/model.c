// SPDX-License-Identifier: MIT
/* contend model: the model is a program of its own, built from the same sources against other headers;
   it stands beside this one. Here its rows go into the store, each as soon as it is there. */
#include "cli/cli.h"
#include "cli/model_record.h"
#include "support/clock.h"
#include "support/fail.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

char *cli_model_program(void)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0)
        fail(EXIT_ENVIRONMENT, "model: /proc/self/exe: %s", strerror(errno));
    self[length] = '\0';
    return must_printf("%s/contend-model", dirname(self));
}

/* The arguments without --store FILE, which is ours; *store: the file, NULL if it is not there. */
static char **without_store(int argc, char **argv, const char **store)
{
    char **left = must_alloc((size_t)(argc + 2) * sizeof *left); /* room for --record=FILE */
    size_t n = 0;
    for (int i = 0; i < argc; i++) {
        bool apart = strcmp(argv[i], "--store") == 0;
        if (apart && i + 1 == argc)
            fail(EXIT_USAGE, "model: --store: a file is needed");
        if (apart)
            *store = argv[++i];
        else if (strncmp(argv[i], "--store=", strlen("--store=")) == 0)
            *store = argv[i] + strlen("--store=");
        else
            left[n++] = argv[i];
    }
    return left;
}

static pid_t start(const char *program, char **argv)
{
    pid_t child;
    sigset_t defaults;
    posix_spawnattr_t attributes;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGINT); /* its own to handle: what is ignored stays so */
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    int error = posix_spawn(&child, program, NULL, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    if (error)
        fail(EXIT_ENVIRONMENT, "model: %s: %s", program, strerror(error));
    return child;
}

/* Until the program has ended, and then what it wrote last. */
static int follow(pid_t child, struct model_record *record)
{
    static const struct timespec pause = {.tv_nsec = 50 * NS_PER_MS};
    int status = 0;
    for (bool ended = false; !ended;) {
        ended = waitpid(child, &status, record ? WNOHANG : 0) == child;
        if (record)
            model_record_read(record);
        if (!ended && record)
            nanosleep(&pause, NULL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool asks_for_help(char **argv)
{
    for (; *argv; argv++) {
        if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-?") == 0)
            return true;
    }
    return false;
}

int command_model(int argc, char **argv)
{
    const char *named = NULL;
    char *program = cli_model_program(), **arguments = without_store(argc, argv, &named);
    const char *path = asks_for_help(argv) ? NULL : cli_record_path(named);
    struct model_record *record = path ? model_record_open(path, argc, argv) : NULL;
    size_t n = 0;
    while (arguments[n])
        n++;
    char *option = record ? must_printf("--record=%s", model_record_file(record)) : NULL;
    arguments[n] = option;
    signal(SIGINT, SIG_IGN); /* the program ends, and says what there is */
    int code = follow(start(program, arguments), record);
    if (asks_for_help(argv))
        puts("\n      --store=FILE           results store (default reports/contend.db where\n"
             "                             reports/ is there), of contend model only");
    if (record)
        model_record_close(record, code == EXIT_FINE || code == EXIT_CHECK_FAILED);
    free(option);
    free(arguments);
    free(program);
    return code;
}
