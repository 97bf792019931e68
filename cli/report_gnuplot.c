// SPDX-License-Identifier: MIT
#include "cli/report_figures.h"

#include "support/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

/* The first line of what gnuplot said that is not its echo of the command or a caret under it. */
static char *complaint_of(const char *path)
{
    char line[512], *found = NULL;
    FILE *f = fopen(path, "r");
    while (f && !found && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        if (strstr(line, " line ") && strchr(line, ':'))
            found = must_printf("%s", line);
    }
    if (f)
        fclose(f);
    return found ? found : must_printf("no message");
}

/* 0, or what the shell would call its exit status; -1 with errno when it could not be started. */
static int run_gnuplot(const char *script, const char *format, const char *said)
{
    char *set_format = must_printf("format = '%s'", format);
    char *program = must_printf("gnuplot"), *defaults = must_printf("-d"), *e = must_printf("-e");
    char *file = must_printf("%s", script);
    char *argv[] = {program, defaults, e, set_format, file, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, said, O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    pid_t child;
    int status = 0, error = posix_spawnp(&child, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    free(set_format);
    free(program);
    free(defaults);
    free(e);
    free(file);
    if (error) {
        errno = error;
        return -1;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool figures_draw(const struct figures *figures, const char *directory, const char *format)
{
    char *said = must_printf("%s/gnuplot.txt", directory);
    bool fine = true;
    for (size_t i = 0; i < figures->count && fine; i++) {
        const struct figure *f = &figures->items[i];
        char *script = must_printf("%s/%s.gp", directory, f->name);
        int status = run_gnuplot(script, format, said);
        if (status < 0) {
            complain("report: cannot run gnuplot (%s): install the package gnuplot-nox",
                     strerror(errno));
        } else if (status > 0) {
            char *complaint = complaint_of(said);
            complain("report: gnuplot (package gnuplot-nox) failed in plots/%s.gp, drawing %s: %s",
                     f->script, f->name, complaint);
            free(complaint);
        }
        fine = status == 0;
        free(script);
    }
    free(said);
    return fine;
}
