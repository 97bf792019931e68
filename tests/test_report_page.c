// SPDX-License-Identifier: MIT
/* The report of a made-up run: what the page says, that it is whole, and how it fails.
   With arguments DATA_DIR PAGE it only writes the page there, for test_report_browser.sh. */
#include "cli/report.h"
#include "cli/report_text.h"
#include "cli/report_view.h"
#include "tests/check.h"
#include "tests/report_sample.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/test_report_page.XXXXXX";

static char *read_all(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;
    if (!f || getdelim(&text, &room, '\0', f) < 0) {
        free(text);
        text = must_printf("%s", "");
    }
    if (f)
        fclose(f);
    return text;
}

static size_t occurrences(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

static void check_texts(void)
{
    static const struct {
        double value;
        const char *number, *duration;
    } rows[] = {{0, "0", "0\u00a0ns"},
                {5.25, "5.25", "5.25\u00a0ns"},
                {12.34, "12.3", "12.3\u00a0ns"},
                {999.4, "999", "999\u00a0ns"},
                {1000, "1000", "1\u00a0µs"},
                {41000, "41000", "41\u00a0µs"},
                {0.015, "0.015", "0.015\u00a0ns"},
                {0.000038, "0.000038", "0.000038\u00a0ns"},
                {4e6, "4000000", "4\u00a0ms"},
                {NAN, "–", "–"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text number = text_number(rows[i].value), duration = text_duration(rows[i].value);
        CHECK(strcmp(number.text, rows[i].number) == 0, "%g: %s", rows[i].value, number.text);
        CHECK(strcmp(duration.text, rows[i].duration) == 0, "%g: %s", rows[i].value, duration.text);
    }
    CHECK(strcmp(text_shortened("pthread-adaptive", 16).text, "pthread-adaptive") == 0, "kept");
    CHECK(strcmp(text_shortened("pthread-adaptive", 8).text, "pthread…") == 0, "%s",
          text_shortened("pthread-adaptive", 8).text);
    char *wrapped = text_wrapped("one two three\nfour five", 8);
    CHECK(strcmp(wrapped, "one two\nthree\nfour\nfive") == 0, "%s", wrapped);
    free(wrapped);
}

static void check_view(const struct summary *sample)
{
    struct view *v = view_make(sample);
    CHECK(v->cpus == SAMPLE_CPUS, "%u CPUs: allowed and online", v->cpus);
    CHECK(v->kind_count == 1 && v->panel_count == SAMPLE_WORKLOADS, "%zu panels", v->panel_count);
    const struct view_kind *k = v->kinds;
    CHECK(k->impl_count == SAMPLE_IMPLS, "%zu implementations", k->impl_count);
    CHECK(k->featured[0] && strcmp(k->featured[0], "pthread") == 0, "the reference is hue 0");
    const struct view_panel *contended = &k->panels[1];
    CHECK(contended->group_count == 3, "%zu thread counts", contended->group_count);
    CHECK(contended->within && contended->within->threads == 2, "a CPU each");
    CHECK(contended->beyond && contended->beyond->threads == 8, "oversubscribed");
    CHECK(view_case(v, &k->panels->groups[0], "mcs") == NULL, "broken ones are not shown");
    CHECK(view_case(v, &k->panels->groups[0], "clh") == NULL, "nothing clean is not shown");
    CHECK(view_case(v, contended->within, "mcs") != NULL, "but elsewhere they are");
    struct view_floor floor = view_safest(v, k);
    CHECK(floor.impl && strncmp(floor.impl, "futex-", 6) == 0 && floor.ratio > 1, "%s %g",
          floor.impl ? floor.impl : "none", floor.ratio);
    view_free(v);
}

static void check_page(const char *page)
{
    static const char *const wanted[] = {
        "<!doctype html>",
        "</html>",
        "A CPU for every thread:",
        "Safe everywhere:",
        "The cliff:",
        "Broken: mutex/uncontended/mcs/threads:1: two threads were inside at once",
        "mutex/uncontended/clh/threads:1: no clean trial, all were discarded",
        "The limit membarrier_ns",
        "Made-Up 9000 &quot;&lt;b&gt;&amp;&quot;, 2 CPUs · 2025-01-31",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "parking &lt;worth&gt; it",
        "How it was measured",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        CHECK(strstr(page, wanted[i]), "the page lacks: %s", wanted[i]);
    static const char *const refused[] = {"<script>alert", "<worth>", "src=\"http",
                                          "href=\"http",   "@import", "url(http",
                                          ">nan",          ">-nan",   ">inf"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        CHECK(!strstr(page, refused[i]), "the page has: %s", refused[i]);
    const size_t contended = SAMPLE_WORKLOADS - 1;
    size_t figures = 1 + contended + (1 + 2 * contended) + 2 * contended + 2 + 2 * contended;
    CHECK(occurrences(page, "<figure ") == figures, "%zu of %zu", occurrences(page, "<figure "),
          figures);
    CHECK(occurrences(page, "id='gp") == 0, "ids of gnuplot's would clash");
    CHECK(occurrences(page, "<details>") == occurrences(page, "</details>"), "details closed");
    CHECK(occurrences(page, "Partial: this run") + occurrences(page, "Interrupted: ") == 0, "done");
}

static void check_statuses(struct summary *sample, const struct report_options *options)
{
    static const struct {
        enum run_status status;
        const char *label;
    } rows[] = {{RUN_RUNNING, "Partial: this run"}, {RUN_INTERRUPTED, "Interrupted: this run"}};
    size_t all = sample->case_count;
    sample->case_count = 2 * SAMPLE_IMPLS; /* few pictures, to be quick */
    for (size_t i = 0; i < 2; i++) {
        sample->status = rows[i].status;
        CHECK(report_write(sample, proof, options) == EXIT_FINE, "written");
        char *page = read_all(options->output);
        CHECK(strstr(page, rows[i].label), "%s", rows[i].label);
        CHECK(strstr(page, "PARTIAL RUN"), "pictures say so too");
        free(page);
    }
    sample->status = RUN_DONE;
    unsigned discarded = sample->discarded;
    sample->discarded = sample->trials / 4;
    CHECK(report_write(sample, proof, options) == EXIT_FINE, "written");
    char *page = read_all(options->output);
    const char *warning = strstr(page, "Unreliable: "), *answer = strstr(page, "The answer");
    CHECK(warning && answer && warning < answer, "the warning stands before the answer");
    free(page);
    sample->discarded = discarded;
    sample->case_count = all;
}

/* Whatever goes wrong, the report that was there stays. */
static void check_failures(struct summary *sample, struct report_options options)
{
    const char *path = getenv("PATH");
    char *before = must_printf("%s", path ? path : "");
    setenv("PATH", "/nonexistent", 1);
    CHECK(report_write(sample, proof, &options) == EXIT_ENVIRONMENT, "no gnuplot");
    setenv("PATH", before, 1);
    free(before);

    char *broken = must_printf("%s/data", directory), *plots = must_printf("%s/plots", broken);
    mkdir(broken, 0777);
    mkdir(plots, 0777); /* there, but without scripts */
    const char *good = options.data_dir;
    options.data_dir = broken;
    CHECK(report_write(sample, proof, &options) == EXIT_ENVIRONMENT, "scripts that fail");
    options.data_dir = good;
    rmdir(plots);
    rmdir(broken);
    free(plots);
    free(broken);

    unsigned *valid = must_alloc(sample->case_count * sizeof *valid);
    for (size_t i = 0; i < sample->case_count; i++) {
        valid[i] = sample->cases[i].rounds_valid;
        sample->cases[i].rounds_valid = 0;
    }
    CHECK(report_write(sample, proof, &options) == EXIT_UNRELIABLE, "nothing clean");
    for (size_t i = 0; i < sample->case_count; i++)
        sample->cases[i].rounds_valid = valid[i];
    free(valid);

    char *page = read_all(options.output);
    CHECK(strcmp(page, "the old report") == 0, "the old report was replaced");
    free(page);
}

int main(int argc, char **argv)
{
    struct summary *sample = sample_make();
    if (argc == 3) {
        struct report_options to = {.output = argv[2], .data_dir = argv[1]};
        enum exit_code code = report_write(sample, proof, &to);
        sample_free(sample);
        return (int)code;
    }
    CHECK(mkdtemp(directory), "%s", directory);
    char *output = must_printf("%s/page.html", directory);
    char *copy = must_printf("%s/copy.html", directory);
    struct report_options options = {output, copy, CONTEND_SOURCE_DATA, false, false};

    check_texts();
    check_view(sample);
    FILE *old = fopen(output, "w");
    CHECK(old && fputs("the old report", old) >= 0 && fclose(old) == 0, "%s", output);
    check_failures(sample, options);
    CHECK(report_write(sample, proof, &options) == EXIT_FINE, "written");
    char *page = read_all(output), *again = read_all(copy);
    check_page(page);
    CHECK(strcmp(page, again) == 0, "the copy is the same");
    check_statuses(sample, &options);

    unlink(output);
    unlink(copy);
    CHECK(rmdir(directory) == 0, "left something behind in %s", directory);
    free(page);
    free(again);
    free(output);
    free(copy);
    sample_free(sample);
    return check_result("report_page");
}
