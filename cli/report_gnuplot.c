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

/* One of the processes that draw at the same time. */
struct drawer {
    pid_t child; /* 0: idle */
    const struct figure *figure;
    char *said; /* file of its messages */
};

/* 0, or the reason why it could not be started. */
static int drawer_start(struct drawer *d, const struct figure *figure, const char *directory,
                        const char *format)
{
    char *set_format = must_printf("format = '%s'", format);
    char *program = must_printf("gnuplot"), *defaults = must_printf("-d"), *e = must_printf("-e");
    char *file = must_printf("%s/%s.gp", directory, figure->name);
    char *argv[] = {program, defaults, e, set_format, file, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, d->said, O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    int error = posix_spawnp(&d->child, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    free(set_format);
    free(program);
    free(defaults);
    free(e);
    free(file);
    d->figure = figure;
    if (error)
        d->child = 0;
    return error;
}

/* Waits for any of them; false, with one line if it may say so, if it failed. Nobody draws: true, *idle NULL. */
static bool drawer_wait(struct drawer *drawers, size_t n, bool say, struct drawer **idle)
{
    int status = 0;
    *idle = NULL;
    for (size_t i = 0; i < n && !*idle; i++)
        *idle = drawers[i].child ? &drawers[i] : NULL;
    if (!*idle)
        return true;
    while (waitpid((*idle)->child, &status, 0) < 0 && errno == EINTR)
        ;
    (*idle)->child = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (!say)
        return false;
    char *complaint = complaint_of((*idle)->said);
    complain("report: gnuplot (package gnuplot-nox) failed in plots/%s.gp, drawing %s: %s",
             (*idle)->figure->script, (*idle)->figure->name, complaint);
    free(complaint);
    return false;
}

bool figures_draw(const struct figures *figures, const char *directory, const char *format)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = cpus > 0 ? (size_t)cpus : 1;
    struct drawer *drawers = must_alloc(n * sizeof *drawers), *idle;
    bool fine = true;
    for (size_t i = 0; i < n; i++)
        drawers[i] = (struct drawer){0, NULL, must_printf("%s/gnuplot%zu.txt", directory, i)};
    for (size_t i = 0; i < figures->count && fine; i++) {
        idle = NULL;
        for (size_t k = 0; k < n && !idle; k++)
            idle = drawers[k].child ? NULL : &drawers[k];
        fine = idle || drawer_wait(drawers, n, true, &idle);
        int error = fine ? drawer_start(idle, &figures->items[i], directory, format) : 0;
        if (error) {
            complain("report: cannot run gnuplot (%s): install the package gnuplot-nox",
                     strerror(error));
            fine = false;
        }
    }
    do /* one complaint is enough, but nobody stays behind */
        fine = drawer_wait(drawers, n, fine, &idle) && fine;
    while (idle);
    for (size_t i = 0; i < n; i++)
        free(drawers[i].said);
    free(drawers);
    return fine;
}
