// SPDX-License-Identifier: MIT
/* contend compare: what became faster or slower from one run to another. */
#include "cli/compare.h"

#include "cli/cli.h"
#include "support/fail.h"
#include "support/terminal.h"

#include <argp.h>
#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum option_key {
    OPTION_STORE = 256,
    OPTION_THRESHOLD,
    OPTION_MARKDOWN,
    OPTION_JSON,
    OPTION_RANKING
};

struct compare_arguments {
    const char *store, *runs[2];
    double threshold;
    bool relative, all, markdown, json, ranking;
};

static const struct argp_option argp_options[] = {
    {"threshold", OPTION_THRESHOLD, "PERCENT", 0, "changes up to here do not matter (default 5%)",
     0},
    {"relative", 'r', NULL, 0,
     "compare each implementation's ratio to the reference of its own run: for runs of machines "
     "that are not equally fast",
     0},
    {"all", 'a', NULL, 0, "show every case, not only what changed", 0},
    {"markdown", OPTION_MARKDOWN, NULL, 0, "print a Markdown table, for a pull request", 0},
    {"json", OPTION_JSON, NULL, 0, "print one JSON document and nothing else", 0},
    {"ranking", OPTION_RANKING, NULL, 0,
     "compare what the runs say of pairs of implementations instead: a pair that one run calls "
     "decided and the other decides the other way round makes the exit status 1",
     0},
    {"store", OPTION_STORE, "FILE", 0,
     "where runs given as a number are (default reports/contend.db)", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct compare_arguments *a = state->input;
    switch (key) {
    case OPTION_THRESHOLD:
        a->threshold = cli_percent("--threshold", arg);
        return 0;
    case 'r':
        a->relative = true;
        return 0;
    case 'a':
        a->all = true;
        return 0;
    case OPTION_MARKDOWN:
        a->markdown = true;
        return 0;
    case OPTION_RANKING:
        a->ranking = true;
        return 0;
    case OPTION_JSON:
        a->json = true;
        return 0;
    case OPTION_STORE:
        a->store = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num >= 2)
            return ARGP_ERR_UNKNOWN;
        a->runs[state->arg_num] = arg;
        return 0;
    case ARGP_KEY_END:
        if (!a->runs[1])
            fail(EXIT_USAGE, "compare: two runs are needed: numbers, stores, or STORE:NUMBER");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    argp_options,
    parse,
    "BEFORE AFTER",
    "Example: contend compare 1 2\n"
    "         contend compare main.db branch.db --threshold 10% --markdown\v"
    "BEFORE and AFTER are each the number of a bench run, a store (its newest bench run), or "
    "STORE:NUMBER. Exit status 1 if a case is decided to be slower by more than the threshold.",
    NULL,
    NULL,
    NULL};

/* NUMBER of the default store, FILE, or FILE:NUMBER. */
static struct summary *open_run(const char *given, const char *default_store)
{
    char *path = must_printf("%s", given);
    const char *number = NULL;
    char *colon = strrchr(path, ':');
    if (path[strspn(path, "0123456789")] == '\0' && access(path, F_OK) != 0) {
        number = path;
    } else if (colon && colon[1] && colon[1 + strspn(colon + 1, "0123456789")] == '\0' &&
               access(path, F_OK) != 0) {
        *colon = '\0';
        number = colon + 1;
    }
    const char *file = number == path ? default_store : path;
    struct store *store = store_open_existing(file);
    int64_t newest = store_latest_run(store, "bench");
    int64_t run = number ? (int64_t)cli_number("run", number, 1, INT64_MAX) : newest;
    struct summary *s = summary_load(store, run);
    if (!s || s->case_count == 0)
        fail(EXIT_NOTHING_MATCHED,
             "compare: %s: no bench run there; the newest bench run of %s is %" PRId64, given, file,
             newest);
    store_close(store);
    free(path);
    return s;
}

static const enum cell_style styles[CHANGES] = {CELL_BAD, CELL_GOOD, CELL_FAINT, CELL_PLAIN};

static double millions(const struct case_summary *c)
{
    return c->ops_per_second.median / 1e6;
}

static bool shown(const struct compare_arguments *a, const struct case_change *c)
{
    return a->all || c->change == CHANGE_SLOWER || c->change == CHANGE_FASTER;
}

static void print_table(const struct comparison_of_runs *all, const struct compare_arguments *a)
{
    static const struct table_column columns[] = {
        {"case", COLUMN_LEFT},    {"before M/s", COLUMN_RIGHT}, {"after M/s", COLUMN_RIGHT},
        {"change", COLUMN_RIGHT}, {"interval", COLUMN_RIGHT},   {"verdict", COLUMN_LEFT},
    };
    struct table *t = table_make(columns, sizeof columns / sizeof *columns);
    size_t rows = 0;
    for (unsigned change = 0; change < CHANGES; change++) {
        for (size_t i = 0; i < all->count; i++) {
            const struct case_change *c = &all->cases[i];
            if (c->change != change || !shown(a, c))
                continue;
            rows++;
            table_cell(t, CELL_PLAIN, "%s", c->after->name);
            table_cell(t, CELL_PLAIN, "%.3g", millions(c->before));
            table_cell(t, CELL_PLAIN, "%.3g", millions(c->after));
            table_cell(t, styles[change], "%+.1f %%", 100 * (c->ratio.median - 1));
            table_cell(t, CELL_FAINT, "%+.1f .. %+.1f %%", 100 * (c->ratio.low - 1),
                       100 * (c->ratio.high - 1));
            table_cell(t, styles[change], "%s", compare_change_names[change]);
        }
    }
    if (rows > 0) {
        table_print(t, stdout);
        putchar('\n');
    }
    table_free(t);
}

static void print_markdown(const struct comparison_of_runs *all, const struct compare_arguments *a)
{
    size_t rows = 0;
    for (unsigned change = 0; change < CHANGES; change++) {
        for (size_t i = 0; i < all->count; i++) {
            const struct case_change *c = &all->cases[i];
            if (c->change != change || !shown(a, c))
                continue;
            if (rows++ == 0)
                puts("| case | before M/s | after M/s | change | interval | verdict |\n"
                     "|---|--:|--:|--:|--:|---|");
            bool strong = change == CHANGE_SLOWER;
            printf("| `%s` | %.3g | %.3g | %+.1f %% | %+.1f .. %+.1f %% | %s%s%s |\n",
                   c->after->name, millions(c->before), millions(c->after),
                   100 * (c->ratio.median - 1), 100 * (c->ratio.low - 1), 100 * (c->ratio.high - 1),
                   strong ? "**" : "", compare_change_names[change], strong ? "**" : "");
        }
    }
    if (rows > 0)
        putchar('\n');
}

static const char *fact(const struct summary *s, const char *key)
{
    for (const struct machine_fact *f = s->facts; f->key; f++)
        if (strcmp(f->key, key) == 0)
            return f->value;
    return "";
}

/* What was different about the runs besides the time. */
static void print_facts(const struct comparison_of_runs *all)
{
    for (const struct machine_fact *f = all->after->facts; f->key; f++) {
        static const char *const telling[] = {
            "cpu_model",      "kernel",       "libc",     "compiler",
            "compiler_flags", "git_revision", "governor", "smt"};
        const char *before = fact(all->before, f->key);
        for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
            if (strcmp(f->key, telling[i]) == 0 && strcmp(before, f->value) != 0)
                printf("%s: %s -> %s\n", f->key, *before ? before : "unknown", f->value);
    }
}

static void print_json(const struct comparison_of_runs *all, const struct compare_arguments *a)
{
    json_t *cases = json_array();
    for (size_t i = 0; i < all->count; i++) {
        const struct case_change *c = &all->cases[i];
        json_t *row =
            json_pack("{s:s, s:f, s:f, s:s}", "name", c->after->name, "before_ops_per_second",
                      c->before->ops_per_second.median, "after_ops_per_second",
                      c->after->ops_per_second.median, "change", compare_change_names[c->change]);
        const struct {
            const char *name;
            double value;
        } numbers[] = {{"ratio", c->ratio.median},
                       {"ratio_low", c->ratio.low},
                       {"ratio_high", c->ratio.high},
                       {"p", c->p}};
        for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
            json_object_set_new(row, numbers[n].name,
                                isfinite(numbers[n].value) ? json_real(numbers[n].value)
                                                           : json_null());
        json_array_append_new(cases, row);
    }
    json_t *document = json_pack(
        "{s:s, s:s, s:b, s:f, s:I, s:I, s:I, s:o}", "before", all->before->started_at, "after",
        all->after->started_at, "relative", a->relative, "threshold", a->threshold, "slower",
        (json_int_t)all->changes[CHANGE_SLOWER], "faster", (json_int_t)all->changes[CHANGE_FASTER],
        "undecided", (json_int_t)all->changes[CHANGE_UNDECIDED], "cases", cases);
    if (!document || json_dumpf(document, stdout, JSON_INDENT(1)) != 0)
        fail(EXIT_ENVIRONMENT, "compare: cannot write the JSON document");
    putchar('\n');
    json_decref(document);
}

static void print_counts(const struct comparison_of_runs *all, const struct compare_arguments *a)
{
    printf("%zu cases compared%s: %zu slower, %zu faster, %zu the same, %zu undecided (beyond "
           "%.3g %%; Holm-corrected, %.0f %% intervals)\n",
           all->count, a->relative ? " by their ratio to the reference" : "",
           all->changes[CHANGE_SLOWER], all->changes[CHANGE_FASTER], all->changes[CHANGE_NONE],
           all->changes[CHANGE_UNDECIDED], 100 * a->threshold, 100 * SUMMARY_CONFIDENCE);
    if (all->only_before + all->only_after > 0)
        printf("%zu cases only before, %zu only after\n", all->only_before, all->only_after);
}

static void print_flip(void *context, const struct case_summary *winner,
                       const struct case_summary *loser)
{
    (void)context;
    printf("%s over %s before, the other way round after\n", winner->name, loser->impl);
}

static int print_rankings(const struct summary *before, const struct summary *after)
{
    struct comparison_of_rankings r = compare_rankings(before, after, print_flip, NULL);
    printf(
        "%zu pairs decided in both runs, %zu of them the other way round; %zu decided in one run "
        "only\n",
        r.decided_in_both, r.flipped, r.decided_in_one);
    return r.flipped ? EXIT_CHECK_FAILED : EXIT_FINE;
}

int command_compare(int argc, char **argv)
{
    struct compare_arguments a = {.store = cli_default_store(), .threshold = SUMMARY_EFFECT};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    struct summary *before = open_run(a.runs[0], a.store);
    struct summary *after = open_run(a.runs[1], a.store);
    if (a.ranking) {
        int code = print_rankings(before, after);
        summary_free(before);
        summary_free(after);
        return code;
    }
    struct comparison_of_runs all = compare_runs(before, after, a.relative, a.threshold);
    if (all.count == 0)
        fail(EXIT_NOTHING_MATCHED, "compare: %s and %s have no measured case in common", a.runs[0],
             a.runs[1]);
    if (a.json) {
        print_json(&all, &a);
    } else {
        if (a.markdown)
            print_markdown(&all, &a);
        else
            print_table(&all, &a);
        print_facts(&all);
        print_counts(&all, &a);
    }
    int code = all.changes[CHANGE_SLOWER] ? EXIT_CHECK_FAILED : EXIT_FINE;
    comparison_free(&all);
    summary_free(before);
    summary_free(after);
    return code;
}
