// SPDX-License-Identifier: MIT
#include "stress/model/rows.h"

#include "stress/model/trace.h"
#include "support/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool as_json;
static json_t *rows;
static int record = -1; /* also there, a row a line */
static const struct search_plan *the_plan;

/* In one write, so that rows of cases side by side do not mix. */
static void record_line(const json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);
    char *line = must_printf("%s\n", text ? text : "");
    size_t length = strlen(line);
    if (!text || write(record, line, length) != (ssize_t)length)
        fail(EXIT_ENVIRONMENT, "model: --record: cannot write: %s", strerror(errno));
    free(line);
    free(text);
}

static void record_begin(const char *path)
{
    record = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (record < 0)
        fail(EXIT_ENVIRONMENT, "model: --record %s: %s", path, strerror(errno));
    json_t *first = json_pack("{s:I}", "seed", (json_int_t)the_plan->seed);
    record_line(first);
    json_decref(first);
}

void rows_begin(bool json, const char *record_path, const struct search_plan *plan)
{
    as_json = json;
    the_plan = plan;
    if (record_path)
        record_begin(record_path);
    if (as_json)
        rows = json_array();
    setvbuf(stdout, NULL, _IOLBF, 0);
}

static const char *shown; /* the last columns' names */

static void head(const char *columns)
{
    if (shown != columns)
        puts(columns);
    shown = columns;
}

static const char result_head[] =
    "kind       implementation               scenario        threads ops mode       executions "
    "exhausted      seconds verdict";
#define RESULT_LINE "%-10s %-28s %-15s %7u %3u %-10s %10ju %-14s %7.3f %s\n"

static void add_row(json_t *row)
{
    if (row && record >= 0)
        record_line(row);
    if (row && !as_json)
        json_decref(row);
    else if (!row || json_array_append_new(rows, row) != 0)
        fail(EXIT_ENVIRONMENT, "model: no memory for the JSON document");
}

/* Has anybody a use for rows as JSON? */
static bool wanted_as_json(void)
{
    return as_json || record >= 0;
}

void rows_skipped(const char *kind, const char *impl, const char *scenario, const char *why)
{
    if (wanted_as_json())
        add_row(json_pack("{s:s, s:s, s:s?, s:s, s:s}", "kind", kind, "implementation", impl,
                          "scenario", scenario, "verdict", "skipped", "why", why));
    if (as_json)
        return;
    head(result_head);
    printf("%-10s %-28s %-15s %7s %3s %-10s %10s %-14s %7s %s\n", kind, impl,
           scenario ? scenario : "all", "-", "-", "-", "-", "-", "-", why);
}

char *row_replay_text(const struct row *row)
{
    static char decisions[REPLAY_TEXT_BYTES];
    search_text(row->result, decisions);
    return must_printf("%s/%s/%s/%ux%u/%s", row->kind, row->impl, row->scenario, row->threads,
                       row->steps, decisions);
}

static void result_json(const struct row *row, const char *verdict)
{
    const struct search_result *r = row->result;
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:I, s:I, s:I, s:s?, s:f, s:s}", "kind",
                  row->kind, "implementation", row->impl, "scenario", row->scenario, "claim",
                  row->claim, "threads", (int)row->threads, "operations", (int)row->steps, "mode",
                  r->mode, "executions", (json_int_t)r->executions, "complete",
                  (json_int_t)r->complete, "adrift", (json_int_t)r->adrift, "exhausted",
                  r->exhausted, "seconds", r->seconds, "verdict", verdict);
    if (object && r->outcome == FAILED) {
        char *replay = row_replay_text(row), *trace = NULL;
        size_t bytes;
        FILE *out = open_memstream(&trace, &bytes);
        if (!out)
            fail(EXIT_ENVIRONMENT, "model: no memory for the trace");
        trace_print(out);
        fclose(out);
        json_object_set_new(object, "failure", json_string(r->failure));
        json_object_set_new(object, "site", r->site ? json_string(r->site) : json_null());
        json_object_set_new(object, "replay", json_string(replay));
        json_object_set_new(object, "trace", json_string(trace));
        free(replay);
        free(trace);
    }
    add_row(object);
}

void rows_result(const struct row *row)
{
    const struct search_result *r = row->result;
    bool failed = r->outcome == FAILED;
    const char *verdict = row->control ? (failed ? "killed" : "SURVIVED")
                          : failed     ? "FAILED"
                                       : "holds";
    if (wanted_as_json())
        result_json(row, verdict);
    if (as_json)
        return;
    head(result_head);
    printf(RESULT_LINE, row->kind, row->impl, row->scenario, row->threads, row->steps, r->mode,
           (uintmax_t)r->executions,
           failed         ? "-"
           : r->exhausted ? r->exhausted
                          : "bounded",
           r->seconds, verdict);
    if (failed && row->control)
        printf("           %s\n", r->failure);
    if (failed && !row->control) {
        char *replay = row_replay_text(row);
        printf("  refuted: %s\n  because: %s%s%s%s\n  replay:  contend-model --replay '%s'\n",
               row->claim, r->failure, r->site ? " (" : "", r->site ? r->site : "",
               r->site ? ")" : "", replay);
        free(replay);
        trace_print(stdout);
    }
}

void rows_litmus(const char *name, const char *outcome, const char *answer, const char *mode,
                 const struct search_result *r, uint64_t happened, bool as_expected)
{
    if (wanted_as_json())
        add_row(json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:f, s:b}", "litmus", name, "outcome",
                          outcome, "c11", answer, "mode", mode, "executions",
                          (json_int_t)r->executions, "happened", (json_int_t)happened, "seconds",
                          r->seconds, "as_expected", as_expected));
    if (as_json)
        return;
    head("litmus                   outcome                       in C11                    "
         "executions   happened  verdict");
    printf("%-24s %-29s %-25s %10ju %10ju  %s\n", name, outcome, answer, (uintmax_t)r->executions,
           (uintmax_t)happened, as_expected ? "as expected" : "WRONG");
}

void rows_apart_begin(void)
{
    shown = result_head;
}

void rows_apart_end(void)
{
    if (as_json && json_dumpf(rows, stdout, 0) != 0)
        fail(EXIT_ENVIRONMENT, "model: cannot write rows");
}

static void collect_text(FILE *from)
{
    char *line = NULL;
    size_t bytes = 0;
    head(result_head);
    while (getline(&line, &bytes, from) > 0)
        fputs(line, stdout);
    free(line);
}

void rows_collect(FILE *from)
{
    if (!as_json) {
        collect_text(from);
        return;
    }
    json_t *more = json_loadf(from, 0, NULL);
    if (more && json_array_extend(rows, more) != 0)
        fail(EXIT_ENVIRONMENT, "model: no memory for the JSON document");
    json_decref(more);
}

void rows_end(unsigned failed)
{
    if (!as_json) {
        printf("seed %ju, %u failed%s\n", (uintmax_t)the_plan->seed, failed,
               search_interrupted ? ", interrupted" : "");
        return;
    }
    json_t *document =
        json_pack("{s:I, s:b, s:i, s:o}", "seed", (json_int_t)the_plan->seed, "interrupted",
                  search_interrupted, "failed", (int)failed, "rows", rows);
    if (!document || json_dumpf(document, stdout, JSON_INDENT(1)) != 0)
        fail(EXIT_ENVIRONMENT, "model: cannot write the JSON document");
    putchar('\n');
    json_decref(document);
}
