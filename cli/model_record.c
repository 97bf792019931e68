// SPDX-License-Identifier: MIT
#include "cli/model_record.h"

#include "cli/cli.h"
#include "cli/store_model.h"
#include "support/fail.h"

#include <contend/impl.h>

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct model_record {
    struct store *store;
    int64_t run; /* 0: it has not begun */
    uint64_t seed;
    int argc;
    char **argv;
    char *path;
    FILE *rows;
    char *line; /* the last one, which may still lack its end */
    size_t length, room;
};

/* For fail(), which ends the program anywhere. */
static char *left_behind;

static void remove_file(void)
{
    if (left_behind)
        unlink(left_behind);
    free(left_behind);
    left_behind = NULL;
}

struct model_record *model_record_open(const char *store, int argc, char **argv)
{
    struct model_record *r = must_alloc(sizeof *r);
    const char *parent = getenv("TMPDIR");
    r->path = must_printf("%s/contend-model-XXXXXX", parent && *parent ? parent : "/tmp");
    r->argc = argc;
    r->argv = argv;
    r->store = store_open(store);
    int file = mkstemp(r->path);
    r->rows = file >= 0 ? fdopen(file, "r") : NULL;
    if (!r->rows)
        fail(EXIT_ENVIRONMENT, "model: %s: %s", r->path, strerror(errno));
    left_behind = must_printf("%s", r->path);
    atexit(remove_file);
    return r;
}

const char *model_record_file(const struct model_record *r)
{
    return r->path;
}

static bool is_ours(const char *kind, const char *name)
{
    for (const struct ct_impl *const *i = ct_impls; *i; i++) {
        if (strcmp((*i)->kind, kind) == 0 && strcmp((*i)->name, name) == 0)
            return true;
    }
    return false;
}

static const char *text_of(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static uint64_t count_of(const json_t *row, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(row, key));
}

static enum store_verdict verdict_of(const char *name)
{
    unsigned verdict = 0;
    while (verdict < STORE_VERDICTS && strcmp(store_verdict_names[verdict], name) != 0)
        verdict++;
    if (verdict == STORE_VERDICTS)
        fail(EXIT_ENVIRONMENT, "model: unknown verdict \"%s\": contend-model is of another build",
             name);
    return (enum store_verdict)verdict;
}

static void store_row(struct model_record *r, const json_t *row)
{
    const char *kind = text_of(row, "kind"), *impl = text_of(row, "implementation");
    const char *verdict = text_of(row, "verdict");
    if (!kind || !impl || !verdict)
        fail(EXIT_ENVIRONMENT, "model: %s: no row: contend-model is of another build", r->path);
    bool failed = text_of(row, "failure") != NULL;
    struct store_model_row stored = {
        .kind = kind,
        .impl = impl,
        .control = !is_ours(kind, impl),
        .scenario = text_of(row, "scenario"),
        .claim = text_of(row, "claim"),
        .threads = (unsigned)count_of(row, "threads"),
        .steps = (unsigned)count_of(row, "operations"),
        .mode = text_of(row, "mode"),
        .executions = count_of(row, "executions"),
        .complete = count_of(row, "complete"),
        .adrift = count_of(row, "adrift"),
        .exhausted = text_of(row, "exhausted"),
        .seconds = json_number_value(json_object_get(row, "seconds")),
        .verdict = verdict_of(verdict),
        .why = text_of(row, failed ? "failure" : "why"),
        .site = text_of(row, "site"),
        .replay = text_of(row, "replay"),
        .trace = text_of(row, "trace"),
        .svg = text_of(row, "svg"),
    };
    store_model_row(r->store, r->run, &stored);
}

static void store_litmus(struct model_record *r, const json_t *row)
{
    struct store_model_litmus stored = {
        .name = text_of(row, "litmus"),
        .outcome = text_of(row, "outcome"),
        .answer = text_of(row, "c11"),
        .mode = text_of(row, "mode"),
        .executions = count_of(row, "executions"),
        .happened = count_of(row, "happened"),
        .seconds = json_number_value(json_object_get(row, "seconds")),
        .as_expected = json_is_true(json_object_get(row, "as_expected")),
    };
    store_model_litmus(r->store, r->run, &stored);
}

static void take(struct model_record *r, const char *line)
{
    json_error_t error;
    json_t *row = json_loads(line, 0, &error);
    if (!row)
        fail(EXIT_ENVIRONMENT, "model: %s: %s", r->path, error.text);
    if (json_object_get(row, "seed")) { /* the first line */
        r->seed = count_of(row, "seed");
    } else {
        if (r->run == 0)
            r->run = cli_run_begin(r->store, "model", r->argc, r->argv, "", r->seed);
        (json_object_get(row, "litmus") ? store_litmus : store_row)(r, row);
    }
    json_decref(row);
}

void model_record_read(struct model_record *r)
{
    clearerr(r->rows);
    for (int c; (c = getc(r->rows)) != EOF;) {
        if (r->length + 1 >= r->room) {
            r->room = 2 * r->room + BUFSIZ;
            r->line = realloc(r->line, r->room);
            if (!r->line)
                fail(EXIT_ENVIRONMENT, "memory: no room for a row of %zu bytes", r->room);
        }
        r->line[r->length++] = (char)c;
        if (c != '\n')
            continue;
        r->line[r->length] = '\0';
        r->length = 0;
        take(r, r->line);
    }
}

void model_record_close(struct model_record *r, bool complete)
{
    if (r->run)
        store_run_end(r->store, r->run, complete ? RUN_DONE : RUN_INTERRUPTED);
    store_close(r->store);
    fclose(r->rows);
    remove_file();
    free(r->line);
    free(r->path);
    free(r);
}
