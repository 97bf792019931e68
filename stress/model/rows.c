// SPDX-License-Identifier: MIT
#include "stress/model/rows.h"

#include "stress/model/trace.h"
#include "support/fail.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>

static bool as_json;
static json_t *rows;
static const struct search_plan *the_plan;

void rows_begin(bool json, const struct search_plan *plan)
{
    as_json = json;
    the_plan = plan;
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
    if (!row || json_array_append_new(rows, row) != 0)
        fail(EXIT_ENVIRONMENT, "model: no memory for the JSON document");
}

void rows_skipped(const char *kind, const char *impl, const char *scenario, const char *why)
{
    if (as_json) {
        add_row(json_pack("{s:s, s:s, s:s?, s:s, s:s}", "kind", kind, "implementation", impl,
                          "scenario", scenario, "verdict", "skipped", "why", why));
        return;
    }
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
    if (as_json) {
        result_json(row, verdict);
        return;
    }
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
    if (as_json) {
        add_row(json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:f, s:b}", "litmus", name, "outcome",
                          outcome, "c11", answer, "mode", mode, "executions",
                          (json_int_t)r->executions, "happened", (json_int_t)happened, "seconds",
                          r->seconds, "as_expected", as_expected));
        return;
    }
    head("litmus                   outcome                       in C11                    "
         "executions   happened  verdict");
    printf("%-24s %-29s %-25s %10ju %10ju  %s\n", name, outcome, answer, (uintmax_t)r->executions,
           (uintmax_t)happened, as_expected ? "as expected" : "WRONG");
}

void rows_apart_begin(void)
{
    shown = result_head;
    if (as_json && json_array_clear(rows) != 0) /* the parent's so far: it has them */
        fail(EXIT_ENVIRONMENT, "model: no JSON rows");
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
