// SPDX-License-Identifier: MIT
/* contend export and import: runs as files for other programs, and for stores on other machines. */
#include "cli/bench_output.h"
#include "cli/cli.h"
#include "cli/store.h"
#include "cli/summary.h"
#include "support/clock.h"
#include "support/fail.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum option_key { OPTION_STORE = 256, OPTION_RUN, OPTION_TABLE };

struct export_arguments {
    const char *store, *output, *format, *import;
    const char *table; /* NULL: trials */
    int64_t run;       /* 0: all */
};

static const struct argp_option export_options[] = {
    {"format", 'f', "FORMAT", 0,
     "json (default: everything, for contend import), csv (a line for every trial) or gbench "
     "(Google "
     "Benchmark's JSON of one bench run)",
     0},
    {"run", OPTION_RUN, "N", 0, "only this run (gbench: default the newest bench run)", 0},
    {"table", OPTION_TABLE, "NAME", 0,
     "with csv: this table of the store instead of trials, such as run, stress, soak_case, "
     "model_row",
     0},
    {"output", 'o', "FILE", 0, "write here, replacing FILE only when all is written", 0},
    {"store", OPTION_STORE, "FILE", 0, "results store (default reports/contend.db)", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse_export(int key, char *arg, struct argp_state *state)
{
    struct export_arguments *a = state->input;
    static const char *const formats[] = {"json", "csv", "gbench", NULL};
    switch (key) {
    case 'f':
        for (size_t i = 0; formats[i]; i++)
            if (strcmp(arg, formats[i]) == 0) {
                a->format = formats[i];
                return 0;
            }
        cli_unknown("format", arg, formats);
    case OPTION_RUN:
        a->run = (int64_t)cli_number("--run", arg, 1, INT64_MAX);
        return 0;
    case OPTION_TABLE:
        for (const char *const *name = store_tables(); *name; name++)
            if (strcmp(arg, *name) == 0) {
                a->table = *name;
                return 0;
            }
        cli_unknown("table", arg, store_tables());
    case 'o':
        a->output = arg;
        return 0;
    case OPTION_STORE:
        a->store = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->table && strcmp(a->format, "csv") != 0)
            fail(EXIT_USAGE, "export: --table: only with --format csv");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp export_argp = {export_options,
                                        parse_export,
                                        NULL,
                                        "Example: contend export --format csv -o trials.csv\n"
                                        "         contend export --format csv --table model_row\n"
                                        "         contend export -o machine-a.json",
                                        NULL,
                                        NULL,
                                        NULL};

/* CSV: texts are names, which have neither commas nor quotes, but for why a trial was rejected. */

struct csv {
    FILE *out;
    struct store *store;
    int64_t run;
    const struct store_case *c;
};

static void csv_sample(void *context, const struct bench_sample *s)
{
    const struct csv *csv = context;
    const struct store_case *c = csv->c;
    const struct histogram *h = s->latency;
    fprintf(csv->out,
            "%" PRId64 ",%s,%s,%s,%u,%s,%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%u,%" PRIu64 ",%" PRIu64
            ",%.6g,%.6g,%.6g,%.6g,%" PRIu64 ",%" PRIu64 ",%.6g",
            csv->run, c->kind, c->workload, c->impl, c->threads, c->placement, c->hold_ns,
            c->think_ns, c->parameter, s->round, s->interval_ns, s->ops,
            (double)s->ops * (double)NS_PER_S / (double)s->interval_ns, s->cpu_ns_per_op,
            s->fairness_min_max, s->fairness_jain, s->voluntary_switches, s->involuntary_switches,
            s->overlap);
    static const double quantiles[] = {0.5, 0.9, 0.99, 0.999, 0.9999};
    for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
        putc(',', csv->out);
        if (h)
            fprintf(csv->out, "%" PRIu64, histogram_quantile_ns(h, quantiles[i]));
    }
    fprintf(csv->out, h ? ",%" PRIu64 "," : ",,", h ? h->max_ns : 0);
    fprintf(csv->out, "%" PRIu64 ",%u,", s->starved_ns, c->size_bytes + c->node_bytes * c->threads);
    const double events[] = {s->cycles_per_op, s->instructions_per_op, s->cache_misses_per_op};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        fprintf(csv->out, isnan(events[i]) ? "," : "%.6g,", events[i]);
    if (s->rejected)
        fprintf(csv->out, "\"%s\"", s->rejected);
    putc('\n', csv->out);
}

static void csv_case(void *context, const struct store_case *c)
{
    struct csv *csv = context;
    csv->c = c;
    store_each_sample(csv->store, c->id, csv_sample, csv);
}

static void csv_run(void *context, const struct store_run *run)
{
    struct csv *csv = context;
    csv->run = run->id;
    store_each_case(csv->store, run->id, csv_case, csv);
}

static void write_csv(struct store *store, int64_t run, FILE *out)
{
    struct csv csv = {.out = out, .store = store};
    fputs(
        "run,kind,workload,impl,threads,placement,hold_ns,think_ns,parameter,round,interval_ns,ops,"
        "ops_per_second,cpu_ns_per_op,fairness_min_max,fairness_jain,voluntary_switches,"
        "involuntary_switches,overlap,p50_ns,p90_ns,p99_ns,p999_ns,p9999_ns,max_ns,starved_ns,"
        "memory_bytes,cycles_per_op,instructions_per_op,cache_misses_per_op,rejected\n",
        out);
    store_each_run(store, run, csv_run, &csv);
}

struct ids {
    int64_t *run;
    size_t count;
};

static void note_run(void *context, const struct store_run *run)
{
    struct ids *ids = context;
    ids->run[ids->count++] = run->id;
}

static struct ids run_ids(struct store *store, int64_t run)
{
    struct ids ids = {
        .run = must_alloc((store_each_run(store, run, NULL, NULL) + 1) * sizeof *ids.run)};
    store_each_run(store, run, note_run, &ids);
    return ids;
}

static void write_table(struct store *store, const char *table, int64_t run, FILE *out)
{
    struct ids ids = run_ids(store, run);
    for (size_t i = 0; i < ids.count; i++)
        store_table_csv(store, table, ids.run[i], i == 0, out);
    free(ids.run);
}

static void write_json(struct store *store, int64_t run, FILE *out)
{
    struct ids ids = run_ids(store, run);
    fprintf(out, "{\"contend_runs\": [");
    for (size_t i = 0; i < ids.count; i++) {
        json_t *document = store_run_json(store, ids.run[i]);
        fputs(i ? ",\n" : "\n", out);
        json_dumpf(document, out, JSON_COMPACT);
        json_decref(document);
    }
    fputs("\n]}\n", out);
    free(ids.run);
}

static void write_gbench(struct store *store, int64_t run, FILE *out)
{
    struct summary *summary = summary_load(store, run ? run : store_latest_run(store, "bench"));
    if (!summary || summary->case_count == 0)
        fail(EXIT_NOTHING_MATCHED, "export: no such bench run");
    bench_print_json(summary, out);
    summary_free(summary);
}

static void write_format(const struct export_arguments *a, struct store *store, FILE *out)
{
    if (a->table)
        write_table(store, a->table, a->run, out);
    else if (strcmp(a->format, "csv") == 0)
        write_csv(store, a->run, out);
    else if (strcmp(a->format, "gbench") == 0)
        write_gbench(store, a->run, out);
    else
        write_json(store, a->run, out);
}

int command_export(int argc, char **argv)
{
    struct export_arguments a = {.store = cli_default_store(), .format = "json"};
    argp_parse(&export_argp, argc, argv, 0, NULL, &a);
    struct store *store = store_open_existing(a.store);
    if (store_each_run(store, a.run, NULL, NULL) == 0)
        fail(EXIT_NOTHING_MATCHED, "export: %s has no run%s", a.store,
             a.run ? " of that number" : "");
    if (!a.output) {
        write_format(&a, store, stdout);
    } else {
        char *new = must_printf("%s.%d", a.output, (int)getpid());
        FILE *out = fopen(new, "w");
        if (!out)
            fail(EXIT_ENVIRONMENT, "export: %s: %s", new, strerror(errno));
        write_format(&a, store, out);
        bool written = !ferror(out);
        if ((fclose(out) != 0) + !written || rename(new, a.output) != 0) {
            int error = errno;
            unlink(new);
            fail(EXIT_ENVIRONMENT, "export: %s: %s", a.output, strerror(error));
        }
        free(new);
    }
    store_close(store);
    return EXIT_FINE;
}

static const struct argp_option import_options[] = {
    {"store", OPTION_STORE, "FILE", 0, "results store to add to (default reports/contend.db)", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse_import(int key, char *arg, struct argp_state *state)
{
    struct export_arguments *a = state->input;
    switch (key) {
    case OPTION_STORE:
        a->store = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (a->import)
            return ARGP_ERR_UNKNOWN;
        a->import = arg;
        return 0;
    case ARGP_KEY_END:
        if (!a->import)
            fail(EXIT_USAGE, "import: a file is needed: a store, or what contend export wrote");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp import_argp = {
    import_options,
    parse_import,
    "FILE",
    "Example: contend import machine-a.json\vAdds the runs of another store, or of a file that "
    "contend export wrote, but those that are there already.",
    NULL,
    NULL,
    NULL};

static bool is_json(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f)
        fail(EXIT_ENVIRONMENT, "import: %s: %s", path, strerror(errno));
    int first = getc(f);
    fclose(f);
    return first == '{';
}

static unsigned import_json(struct store *to, const char *path, size_t *runs)
{
    json_error_t error;
    json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    const json_t *all = json_object_get(document, "contend_runs");
    if (!document)
        fail(EXIT_ENVIRONMENT, "import: %s: line %d: %s", path, error.line, error.text);
    if (!json_is_array(all))
        fail(EXIT_ENVIRONMENT, "import: %s: not what contend export wrote", path);
    unsigned added = 0;
    *runs = json_array_size(all);
    for (size_t i = 0; i < *runs; i++)
        added += (unsigned)store_run_import(to, json_array_get(all, i), path);
    json_decref(document);
    return added;
}

static unsigned import_store(struct store *to, const char *path, size_t *runs)
{
    struct store *from = store_open_existing(path);
    struct ids ids = run_ids(from, 0);
    unsigned added = 0;
    *runs = ids.count;
    for (size_t i = 0; i < ids.count; i++) {
        json_t *document = store_run_json(from, ids.run[i]);
        added += (unsigned)store_run_import(to, document, path);
        json_decref(document);
    }
    free(ids.run);
    store_close(from);
    return added;
}

int command_import(int argc, char **argv)
{
    struct export_arguments a = {.store = cli_default_store()};
    argp_parse(&import_argp, argc, argv, 0, NULL, &a);
    bool json = is_json(a.import);
    struct store *to = store_open(a.store);
    size_t runs;
    unsigned added = json ? import_json(to, a.import, &runs) : import_store(to, a.import, &runs);
    printf("%u of %zu runs added, %zu were there already\n", added, runs, runs - added);
    store_close(to);
    return EXIT_FINE;
}
