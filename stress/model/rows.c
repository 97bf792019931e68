// SPDX-License-Identifier: MIT
/* A row is JSON from the start: it may come about in another process. */
#include "stress/model/rows.h"

#include "stress/model/picture.h"
#include "stress/model/trace.h"
#include "support/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool as_json, apart; /* apart: in a process whose rows are collected */
static json_t *rows;
static int record = -1; /* also there, a row a line */
static const struct search_plan *the_plan;
static const char *svg_path; /* NULL: no picture asked for */
static FILE *svg_file;       /* NULL: or it is written already */

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

void rows_begin(bool json, const char *record_path, const char *svg, const struct search_plan *plan)
{
    as_json = json;
    the_plan = plan;
    svg_path = svg;
    if (svg && !(svg_file = fopen(svg, "we")))
        fail(EXIT_USAGE, "model: --svg \"%s\": %s", svg, strerror(errno));
    if (record_path)
        record_begin(record_path);
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

static const char *string(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

static json_int_t integer(const json_t *row, const char *name)
{
    return json_integer_value(json_object_get(row, name));
}

static double real(const json_t *row, const char *name)
{
    return json_real_value(json_object_get(row, name));
}

static void print_skipped(const json_t *row)
{
    const char *scenario = string(row, "scenario");
    head(result_head);
    printf("%-10s %-28s %-15s %7s %3s %-10s %10s %-14s %7s %s\n", string(row, "kind"),
           string(row, "implementation"), scenario ? scenario : "all", "-", "-", "-", "-", "-", "-",
           string(row, "why"));
}

static void print_result(const json_t *row)
{
    const char *failure = string(row, "failure"), *site = string(row, "site");
    const char *exhausted = string(row, "exhausted"), *verdict = string(row, "verdict");
    head(result_head);
    printf("%-10s %-28s %-15s %7jd %3jd %-10s %10jd %-14s %7.3f %s\n", string(row, "kind"),
           string(row, "implementation"), string(row, "scenario"),
           (intmax_t)integer(row, "threads"), (intmax_t)integer(row, "operations"),
           string(row, "mode"), (intmax_t)integer(row, "executions"),
           failure     ? "-"
           : exhausted ? exhausted
                       : "bounded",
           real(row, "seconds"), verdict);
    if (failure && strcmp(verdict, "killed") == 0)
        printf("           %s\n", failure);
    else if (failure)
        printf("  refuted: %s\n  because: %s%s%s%s\n  replay:  contend-model --replay '%s'\n%s",
               string(row, "claim"), failure, site ? " (" : "", site ? site : "", site ? ")" : "",
               string(row, "replay"), string(row, "trace"));
}

static void print_litmus(const json_t *row)
{
    head("litmus                   outcome                       in C11                    "
         "executions   happened  verdict");
    printf("%-24s %-29s %-25s %10jd %10jd  %s\n", string(row, "litmus"), string(row, "outcome"),
           string(row, "c11"), (intmax_t)integer(row, "executions"),
           (intmax_t)integer(row, "happened"),
           json_is_true(json_object_get(row, "as_expected")) ? "as expected" : "WRONG");
}

static void print(const json_t *row)
{
    if (string(row, "litmus"))
        print_litmus(row);
    else if (string(row, "why"))
        print_skipped(row);
    else
        print_result(row);
}

/* Of the first row that has one, at once: what comes later may be interrupted. */
static void write_picture(const json_t *row)
{
    const char *svg = string(row, "svg");
    if (!svg_file || !svg)
        return;
    bool failed = fputs(svg, svg_file) == EOF;
    if (fclose(svg_file) == EOF || failed)
        complain("model: --svg \"%s\": %s", svg_path, strerror(errno));
    svg_file = NULL;
}

static void add_row(json_t *row)
{
    if (!row || json_array_append_new(rows, row) != 0)
        fail(EXIT_ENVIRONMENT, "model: no memory for a row");
    if (apart)
        return;
    if (record >= 0)
        record_line(row);
    write_picture(row);
    if (!as_json)
        print(row);
}

void rows_skipped(const char *kind, const char *impl, const char *scenario, const char *why)
{
    add_row(json_pack("{s:s, s:s, s:s?, s:s, s:s}", "kind", kind, "implementation", impl,
                      "scenario", scenario, "verdict", "skipped", "why", why));
}

static char *replay_text(const struct row *row)
{
    static char decisions[REPLAY_TEXT_BYTES];
    search_text(row->result, decisions);
    return must_printf("%s/%s/%s/%ux%u/%" PRIu64 "/%s", row->kind, row->impl, row->scenario,
                       row->threads, row->steps, row->seed, decisions);
}

static void print_picture(FILE *out, const struct row *row)
{
    char *title = must_printf("%s %s, scenario %s, %u threads x %u operations", row->kind,
                              row->impl, row->scenario, row->threads, row->steps);
    picture_write(out, &(struct picture){title, row->claim, row->result->failure, row->result->site,
                                         row->threads});
    free(title);
}

static void print_trace(FILE *out, const struct row *row)
{
    (void)row;
    trace_print(out);
}

static json_t *printed(void (*print_to)(FILE *out, const struct row *row), const struct row *row)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        fail(EXIT_ENVIRONMENT, "model: no memory for a trace");
    print_to(out, row);
    fclose(out);
    json_t *string = json_string(text);
    free(text);
    return string;
}

void rows_result(const struct row *row)
{
    const struct search_result *r = row->result;
    bool failed = r->outcome == FAILED;
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:I, s:I, s:I, s:s?, s:f, s:s}", "kind", row->kind,
        "implementation", row->impl, "scenario", row->scenario, "claim", row->claim, "threads",
        (int)row->threads, "operations", (int)row->steps, "mode", r->mode, "executions",
        (json_int_t)r->executions, "complete", (json_int_t)r->complete, "adrift",
        (json_int_t)r->adrift, "exhausted", r->exhausted, "seconds", r->seconds, "verdict",
        row->control ? (failed ? "killed" : "SURVIVED")
        : failed     ? "FAILED"
                     : "holds");
    if (object && failed) {
        char *replay = replay_text(row);
        json_object_set_new(object, "failure", json_string(r->failure));
        json_object_set_new(object, "site", r->site ? json_string(r->site) : json_null());
        json_object_set_new(object, "replay", json_string(replay));
        json_object_set_new(object, "trace", printed(print_trace, row));
        json_object_set_new(object, "svg", printed(print_picture, row));
        free(replay);
    }
    add_row(object);
}

void rows_litmus(const char *name, const char *outcome, const char *answer, const char *mode,
                 const struct search_result *r, uint64_t happened, bool as_expected)
{
    add_row(json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:f, s:b}", "litmus", name, "outcome",
                      outcome, "c11", answer, "mode", mode, "executions", (json_int_t)r->executions,
                      "happened", (json_int_t)happened, "seconds", r->seconds, "as_expected",
                      as_expected));
}

void rows_apart_begin(void)
{
    apart = true;
    json_array_clear(rows); /* those that came before the fork */
}

void rows_apart_end(void)
{
    if (json_dumpf(rows, stdout, 0) != 0)
        fail(EXIT_ENVIRONMENT, "model: cannot write rows");
}

void rows_collect(FILE *from)
{
    json_t *more = json_loadf(from, 0, NULL);
    for (size_t i = 0; i < json_array_size(more); i++)
        add_row(json_incref(json_array_get(more, i)));
    json_decref(more);
}

void rows_end(unsigned failed)
{
    if (svg_file) {
        complain("model: --svg \"%s\": nothing failed, so there is no picture", svg_path);
        fclose(svg_file);
        unlink(svg_path);
    }
    if (!as_json) {
        json_decref(rows);
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
