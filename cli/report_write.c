// SPDX-License-Identifier: MIT
#include "cli/report.h"

#include "cli/report_page.h"

#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

/* What is written while the report is made, for the exit handler: fail() ends the program anywhere. */
static char *scratch;

static void scratch_remove(void)
{
    if (scratch)
        nftw(scratch, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(scratch);
    scratch = NULL;
}

static bool scratch_make(void)
{
    static bool registered;
    const char *parent = getenv("TMPDIR");
    char *path = must_printf("%s/contend-report-XXXXXX", parent && *parent ? parent : "/tmp");
    if (!mkdtemp(path)) {
        complain("report: temporary directory %s: %s", path, strerror(errno));
        free(path);
        return false;
    }
    scratch = path;
    if (!registered)
        registered = atexit(scratch_remove) == 0;
    return true;
}

/* All of it under a temporary name, then the name: readers see the old file or the new one. */
static bool file_replace(const char *path, const char *bytes, size_t length)
{
    char *temporary = must_printf("%s.XXXXXX", path);
    int fd = mkstemp(temporary);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool fine = f != NULL && fchmod(fd, 0644) == 0;
    fine = fine && fwrite(bytes, 1, length, f) == length && fflush(f) == 0 && fsync(fd) == 0;
    fine = (f == NULL || fclose(f) == 0) && fine;
    fine = fine && rename(temporary, path) == 0;
    if (!fine) {
        complain("report: %s: %s", path, strerror(errno));
        if (fd >= 0)
            unlink(temporary);
    }
    free(temporary);
    return fine;
}

static bool file_copy(const char *from, const char *to)
{
    FILE *f = fopen(from, "r");
    char *bytes = NULL;
    size_t room = 0;
    bool fine = false;
    if (f) {
        FILE *memory = open_memstream(&bytes, &room);
        char buffer[4096];
        for (size_t n; memory && (n = fread(buffer, 1, sizeof buffer, f)) > 0;)
            fwrite(buffer, 1, n, memory);
        if (memory && fclose(memory) == 0)
            fine = file_replace(to, bytes, room);
        fclose(f);
    } else {
        complain("report: %s: %s", from, strerror(errno));
    }
    free(bytes);
    return fine;
}

/* PAGE.html has its pictures in PAGE-pictures/. */
static bool pictures_export(const struct figures *figures, const char *page, const char *format)
{
    const char *suffix = strstr(page, ".html");
    int stem = suffix ? (int)(suffix - page) : (int)strlen(page);
    char *directory = must_printf("%.*s-pictures", stem, page);
    bool fine = mkdir(directory, 0777) == 0 || errno == EEXIST;
    if (!fine)
        complain("report: %s: %s", directory, strerror(errno));
    fine = fine && figures_draw(figures, scratch, format);
    for (size_t i = 0; i < figures->count && fine; i++) {
        char *from = must_printf("%s/%s.%s", scratch, figures->items[i].name, format);
        char *to = must_printf("%s/%s.%s", directory, figures->items[i].name, format);
        fine = file_copy(from, to);
        free(from);
        free(to);
    }
    free(directory);
    return fine;
}

static bool page_make(const struct view *view, const struct proof *proof,
                      const struct figures *figures, const struct report_options *options)
{
    char *bytes = NULL, *pieces = must_printf("%s/report", options->data_dir);
    size_t length = 0;
    struct page page = {open_memstream(&bytes, &length), view, proof, figures, scratch, pieces};
    if (!page.to)
        fail(EXIT_ENVIRONMENT, "memory: no room for the report");
    page_write(&page);
    bool fine = fclose(page.to) == 0 && file_replace(options->output, bytes, length);
    fine = fine && (!options->copy || file_replace(options->copy, bytes, length));
    free(bytes);
    free(pieces);
    return fine;
}

enum exit_code report_write(const struct summary *summary, const struct proof *proof,
                            const struct report_options *options)
{
    struct view *view = view_make(summary);
    if (summary->case_count == 0 && proof->kind_count == 0 && !proof->model && !proof->soak) {
        complain("report: run %" PRId64 " has nothing to show: it measured nothing, and its store "
                 "has no stress, soak or model run",
                 summary->run);
        view_free(view);
        return EXIT_NOTHING_MATCHED;
    }
    if (summary->case_count > 0 && view->clean_cases == 0) {
        complain("report: run %" PRId64
                 " has no clean trial (%u of %u were discarded): see contend "
                 "doctor, then run contend bench again",
                 summary->run, summary->discarded, summary->trials);
        view_free(view);
        return EXIT_UNRELIABLE;
    }
    if (!scratch_make()) {
        view_free(view);
        return EXIT_ENVIRONMENT;
    }
    char *plots = must_printf("%s/plots", options->data_dir);
    struct figures figures = figures_write(view, proof, scratch, plots);
    bool fine = figures_draw(&figures, scratch, "svg");
    fine = fine && (!options->png || pictures_export(&figures, options->output, "png"));
    fine = fine && (!options->pdf || pictures_export(&figures, options->output, "pdf"));
    fine = fine && page_make(view, proof, &figures, options);
    figures_free(&figures);
    free(plots);
    scratch_remove();
    view_free(view);
    return fine ? EXIT_FINE : EXIT_ENVIRONMENT;
}
