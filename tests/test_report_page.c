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

enum { TEST_KINDS = 2 };

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
    static const struct {
        double ns;
        const char *text;
    } longer[] = {{5e6, "5\u00a0ms"},      {90e9, "90\u00a0s"},     {119.99e9, "2.00\u00a0min"},
                  {1800e9, "30\u00a0min"}, {9000e9, "2.50\u00a0h"}, {72 * 3600e9, "3\u00a0d"}};
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++)
        CHECK(strcmp(text_long_duration(longer[i].ns).text, longer[i].text) == 0, "%g: %s",
              longer[i].ns, text_long_duration(longer[i].ns).text);
    static const struct {
        uint64_t n;
        const char *text;
    } counts[] = {{0, "0"}, {999, "999"}, {1000, "1\u00a0k"}, {1234567, "1.23\u00a0M"}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        CHECK(strcmp(text_count(counts[i].n).text, counts[i].text) == 0, "%s",
              text_count(counts[i].n).text);
    CHECK(strcmp(text_shortened("pthread-adaptive", 16).text, "pthread-adaptive") == 0, "kept");
    CHECK(strcmp(text_shortened("pthread-adaptive", 8).text, "pthread…") == 0, "%s",
          text_shortened("pthread-adaptive", 8).text);
    char *wrapped = text_wrapped("one two three\nfour five", 8);
    CHECK(strcmp(wrapped, "one two\nthree\nfour\nfive") == 0, "%s", wrapped);
    free(wrapped);
}

static void check_standings(const struct view *v)
{
    unsigned groups;
    struct view_standing *all = view_standings(v, v->kinds, true, &groups);
    CHECK(groups == 10, "%u groups with more threads than CPUs", groups);
    for (size_t i = 1; i < v->kinds->impl_count; i++)
        CHECK(all[i].pack <= all[i - 1].pack, "in front most often first");
    for (size_t i = 0; i < v->kinds->impl_count; i++) {
        CHECK(all[i].alone <= all[i].pack && all[i].low <= all[i].geomean &&
                  all[i].geomean <= all[i].high,
              "%s: %u of %u, %g %g %g", all[i].impl, all[i].alone, all[i].pack, all[i].low,
              all[i].geomean, all[i].high);
        bool fifo_spin = strcmp(all[i].impl, "ticket") == 0;
        CHECK(!fifo_spin || all[i].low < VIEW_CLIFF, "the cliff of %s", all[i].impl);
    }
    free(all);
    CHECK(v->kinds->panels[0].asks_time && !v->kinds->panels[1].asks_time &&
              !v->kinds->panels[2].asks_time,
          "cost is a time, what gets through a rate, and so is what goes on with \"...\"");
    CHECK(v->kinds->sweep.count == 0, "no workload of it is a sweep");
    CHECK(v->kinds[1].panels[1].asks_time, "How long");
    CHECK(v->kinds[1].sweep.count == 3 && v->kinds[1].sweep.threads == 2 &&
              v->kinds[1].sweep.panels == &v->kinds[1].panels[2],
          "%zu at %u", v->kinds[1].sweep.count, v->kinds[1].sweep.threads);
}

static void check_view(const struct summary *sample)
{
    struct view *v = view_make(sample);
    CHECK(v->cpus == SAMPLE_CPUS, "%u CPUs: allowed and online", v->cpus);
    CHECK(v->kind_count == TEST_KINDS && v->panel_count == SAMPLE_WORKLOADS + SAMPLE_SMALL,
          "%zu panels", v->panel_count);
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
    check_standings(v);
    view_free(v);
}

static void check_proof(const struct proof *proof)
{
    CHECK(proof->kind_count == 1 && proof->runs == 2 && proof->older_runs == 1, "%u and %u runs",
          proof->runs, proof->older_runs);
    const struct proof_kind *k = proof->kinds;
    CHECK(k->impl_count == 2 && k->control_count == 4 && k->scenario_count == 2, "%zu, %zu, %zu",
          k->impl_count, k->control_count, k->scenario_count);
    const struct proof_impl *tas = &k->impls[0], *futex = &k->impls[1];
    for (size_t i = 0; i < k->impl_count; i++) /* the newest run is read first */
        *(strcmp(k->impls[i].name, "tas") == 0 ? &tas : &futex) = &k->impls[i];
    CHECK(tas->operations == 3000 && !tas->failure && tas->scenario_count == 1, "tas: %s",
          tas->failure ? tas->failure : "held");
    CHECK(proof_longest_wait_ns(tas) == 9000000, "%g", proof_longest_wait_ns(tas));
    CHECK(futex->failure && strcmp(futex->failure, "timeout under stop: late by <9> ms") == 0, "%s",
          futex->failure ? futex->failure : "held");
    for (size_t i = 0; i < k->control_count; i++) {
        const struct proof_control *c = &k->controls[i];
        bool lost = strcmp(c->name, "lost-order") == 0, none = strcmp(c->name, "no-lock") == 0;
        bool unnoticed = strcmp(c->name, "unnoticed") == 0; /* by the model, the only one to try */
        CHECK(c->tried[PROOF_MODEL] == (lost || unnoticed), "%s in the model", c->name);
        CHECK(c->killed[PROOF_MODEL] == lost, "%s by the model", c->name);
        CHECK(c->killed[PROOF_TSAN] == lost, "%s by TSan", c->name);
        CHECK(c->killed[PROOF_HARDWARE] == none, "%s on hardware", c->name);
        CHECK(c->tried[PROOF_HARDWARE] == !unnoticed &&
                  c->expected[PROOF_HARDWARE] == !(lost || unnoticed),
              "%s", c->name);
    }
}

static void check_model(const struct report_model *m)
{
    CHECK(m && m->runs == 2 && m->kind_count == 1 && m->litmus_count == 2, "what was explored");
    if (!m)
        return;
    CHECK(m->failure && strcmp(m->failure->impl, "futex") == 0 && m->failure->svg,
          "the failure of the newest run");
    CHECK(strcmp(m->kinds->impls[0].name, "tas") == 0, "in the order of the list, not of time");
    CHECK(m->example && strcmp(m->example->impl, "lost-order") == 0, "a control's");
    for (size_t i = 0; i < m->kinds->impl_count; i++) {
        const struct model_impl *impl = &m->kinds->impls[i];
        bool tas = strcmp(impl->name, "tas") == 0;
        CHECK(!tas || (impl->rows == 1 && impl->failed == 0 && impl->exhausted == 1 &&
                       impl->skipped_count == 1),
              "the newer row of tas counts, and once");
    }
}

static void check_soak(const struct report_soak *s)
{
    CHECK(s && s->kind_count == 2 && s->sample_count == SAMPLE_SOAK_LOOKS &&
              s->control_count == SAMPLE_SOAK_LOOKS / 9 && s->violation_count == 1,
          "the soak");
    for (size_t k = 0; s != NULL && k < s->kind_count; k++) {
        for (size_t i = 0; i < s->kinds[k].impl_count; i++) {
            const struct soak_impl *impl = &s->kinds[k].impls[i];
            const struct soak_point *last = &impl->points[impl->point_count - 1];
            CHECK(last->operations == impl->operations && last->violations == impl->violations,
                  "%s: its last point is its sum", impl->name);
        }
    }
    /* 7 kB a look, under noise of up to 600 kB. */
    double slope = soak_slope_per_hour(s, soak_memory), per_hour = 7000.0 * SAMPLE_SOAK_LOOKS / 72;
    CHECK(fabs(slope - per_hour) < per_hour / 10, "%g of %g bytes an hour", slope, per_hour);
    CHECK(fabs(soak_slope_per_hour(s, soak_descriptors)) < 1e-9, "no slope");
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
        "<a href=\"#kind-rmutex\">rmutex</a>",
        "id=\"kind-rmutex\"",
        "late by &lt;9&gt; ms",
        "1 of 2 implementations broke a claim",
        "2 of 4 implementations broken on purpose were caught; 2 got away",
        "What the model explored",
        "lost wake-up &amp; &lt;worse&gt; (futex.h:41)",
        "thread 1  &lt;gone&gt;",
        "data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220",
        "1 of 2 outcomes of litmus tests are not what C11 says",
        "What the soak showed",
        "1 violation</strong>",
        "mutex/ticket-with-backoff, exclusion under preempt",
        "thread 1: lock &amp; &lt;more&gt;",
        "13 of 20 cases",
        "Not stressed at all: rmutex: ",
        "Implementations broken on purpose that got away from a checker: 2.",
        "1 runs of other builds are not counted",
        "libck 0.7.1",
        "class=\"topology\"",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        CHECK(strstr(page, wanted[i]), "the page lacks: %s", wanted[i]);
    static const char *const refused[] = {"<script>alert", "<worth>", "src=\"http",
                                          "href=\"http",   "@import", "url(http",
                                          ">nan",          ">-nan",   ">inf"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        CHECK(!strstr(page, refused[i]), "the page has: %s", refused[i]);
    /* The first kind: 5 contended workloads of 6; the second: one of 5 at two numbers of threads. */
    static const struct {
        const char *script;
        size_t first, second, proof;
    } pictures[] = {{"profile", 1, 1, 0},  {"sweep", 0, 1, 0},      {"cliff", 1, 1, 0},
                    {"fairness", 2, 2, 0}, {"throughput", 5, 1, 0}, {"cost", 1, 4, 0},
                    {"wake", 0, 1, 0},     {"ratio", 10, 2, 0},     {"latency", 10, 4, 0},
                    {"cpu", 5, 4, 0},      {"kills", 0, 0, 1},      {"waits", 0, 0, 1},
                    {"fanout", 0, 0, 0},   {"timeline", 0, 0, 1},   {"soak_waits", 0, 0, 1}};
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
        char *first = must_printf("<figure id=\"mutex_%s_", pictures[i].script);
        char *second = must_printf("<figure id=\"rmutex_%s_", pictures[i].script);
        CHECK(occurrences(page, first) == pictures[i].first + pictures[i].proof, "%s: %zu", first,
              occurrences(page, first));
        CHECK(occurrences(page, second) == pictures[i].second, "%s: %zu", second,
              occurrences(page, second));
        free(first);
        free(second);
    }
    static const char *const soaked[] = {"soak_pace", "soak_memory", "soak_descriptors",
                                         "soak_caught", "rwlock_timeline"};
    for (size_t i = 0; i < sizeof soaked / sizeof *soaked; i++) {
        char *figure = must_printf("<figure id=\"%s_", soaked[i]);
        CHECK(occurrences(page, figure) == 1, "%s: %zu", figure, occurrences(page, figure));
        free(figure);
    }
    CHECK(occurrences(page, "id='gpPt5'") == 1, "gnuplot's marks are there once");
    CHECK(occurrences(page, "<details") == occurrences(page, "</details>"), "details closed");
    CHECK(occurrences(page, "Partial: this run") + occurrences(page, "Interrupted: ") == 0, "done");
}

static void check_statuses(struct summary *sample, const struct proof *proof,
                           const struct report_options *options)
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

/* A store with nothing measured: what stress, model and soak showed, and nothing else. With nothing at
   all there is no page. */
static void check_unmeasured(struct summary *sample, const struct proof *proof,
                             const struct report_options *options)
{
    size_t all = sample->case_count;
    sample->case_count = 0;
    CHECK(report_write(sample, proof, options) == EXIT_FINE, "written");
    char *page = read_all(options->output);
    static const char *const wanted[] = {"What broke on this machine", "Did anything break?",
                                         "What the model explored",    "What the soak showed",
                                         "Machine and build",          "id='gpPt5'"};
    static const char *const refused[] = {"id=\"answer\"",       "id=\"quality\"",
                                          "id=\"unmeasured\"",   "href=\"#answer\"",
                                          "How it was measured", "No other project was measured"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        CHECK(strstr(page, wanted[i]), "the page lacks: %s", wanted[i]);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        CHECK(!strstr(page, refused[i]), "the page has: %s", refused[i]);
    free(page);

    struct proof only = {.soak = proof->soak}, nothing = {.kinds = NULL};
    CHECK(report_write(sample, &only, options) == EXIT_FINE, "a soak alone");
    page = read_all(options->output);
    CHECK(strstr(page, "What the soak showed") && !strstr(page, "Did anything break?") &&
              !strstr(page, "What the model explored"),
          "only the soak");
    free(page);
    only = (struct proof){.model = proof->model};
    CHECK(report_write(sample, &only, options) == EXIT_FINE, "the model alone");
    page = read_all(options->output);
    CHECK(strstr(page, "What the model explored") && !strstr(page, "What the soak showed"),
          "only the model");
    free(page);
    CHECK(report_write(sample, &nothing, options) == EXIT_NOTHING_MATCHED, "nothing to show");
    sample->case_count = all;
}

/* Whatever goes wrong, the report that was there stays. */
static void check_failures(struct summary *sample, const struct proof *proof,
                           struct report_options options)
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
    CHECK(mkdtemp(directory), "%s", directory);
    struct proof *proof = sample_proof(directory);
    struct summary *sample = sample_make(argc == 3 ? (size_t)SAMPLE_KINDS : TEST_KINDS);
    if (argc == 3) {
        struct report_options to = {.output = argv[2], .data_dir = argv[1]};
        enum exit_code code = report_write(sample, proof, &to);
        sample_free(sample);
        proof_free(proof);
        rmdir(directory);
        return (int)code;
    }
    char *output = must_printf("%s/page.html", directory);
    char *copy = must_printf("%s/copy.html", directory);
    struct report_options options = {output, copy, CONTEND_SOURCE_DATA, false, false};

    check_texts();
    check_view(sample);
    check_proof(proof);
    check_model(proof->model);
    check_soak(proof->soak);
    FILE *old = fopen(output, "w");
    CHECK(old && fputs("the old report", old) >= 0 && fclose(old) == 0, "%s", output);
    check_failures(sample, proof, options);
    CHECK(report_write(sample, proof, &options) == EXIT_FINE, "written");
    char *page = read_all(output), *again = read_all(copy);
    check_page(page);
    CHECK(strcmp(page, again) == 0, "the copy is the same");
    check_statuses(sample, proof, &options);
    check_unmeasured(sample, proof, &options);

    unlink(output);
    unlink(copy);
    CHECK(rmdir(directory) == 0, "left something behind in %s", directory);
    free(page);
    free(again);
    free(output);
    free(copy);
    sample_free(sample);
    proof_free(proof);
    return check_result("report_page");
}
