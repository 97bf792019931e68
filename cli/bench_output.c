// SPDX-License-Identifier: MIT
#include "cli/bench_output.h"

#include "benchmarks/gbench.h"
#include "support/clock.h"
#include "support/fail.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double contaminated_share_max = 0.20;

bool bench_unreliable(const struct summary *s)
{
    return s->discarded > contaminated_share_max * s->trials || bench_twin_apart(s);
}

const struct summary_twin *bench_twin_apart(const struct summary *s)
{
    for (size_t i = 0; i < s->twin_count; i++)
        if (s->twins[i].apart)
            return &s->twins[i];
    return NULL;
}

char *bench_twin_text(const struct summary_twin *twin)
{
    const struct summary_comparison *c = &twin->again;
    if (c->rounds == 0)
        return must_printf("no clean round that both have");
    return must_printf("ratio %.3f [%.3f, %.3f], %s", c->ratio.median, c->ratio.low, c->ratio.high,
                       twin->apart                      ? "different"
                       : c->rounds < SUMMARY_ROUNDS_MIN ? "too few rounds to tell"
                                                        : "the same");
}

enum { COUNTERS_MAX = 32 };

static void fill_counters(const struct case_summary *c, struct gbench_counter *out)
{
    const struct histogram *h = &c->latency;
    const struct gbench_counter all[] = {
        {"ops_per_second", c->ops_per_second.median},
        {"cpu_ns_per_op", c->cpu_ns_per_op},
        {"ns_per_op", c->ns_per_op},
        {"p50_ns", (double)histogram_quantile_ns(h, 0.5)},
        {"p90_ns", (double)histogram_quantile_ns(h, 0.9)},
        {"p99_ns", (double)histogram_quantile_ns(h, 0.99)},
        {"p999_ns", (double)histogram_quantile_ns(h, 0.999)},
        {"p9999_ns", (double)histogram_quantile_ns(h, 0.9999)},
        {"max_ns", (double)h->max_ns},
        {"fairness_min_max", c->fairness_min_max},
        {"fairness_jain", c->fairness_jain},
        {"ratio_to_reference", c->ratio.median},
        {"ratio_low", c->ratio.low},
        {"ratio_high", c->ratio.high},
        {"rounds_valid", c->rounds_valid},
        {"rounds_discarded", c->rounds_discarded},
        {"starved_ns", (double)c->starved_ns},
        {"sleeps_per_second", c->switches_voluntary_per_s},
        {"preemptions_per_second", c->switches_involuntary_per_s},
        {"memory_bytes", (double)c->size_bytes + (double)c->node_bytes * c->threads},
        {"cycles_per_op", c->cycles_per_op},
        {"instructions_per_op", c->instructions_per_op},
        {"cache_misses_per_op", c->cache_misses_per_op},
    };
    size_t n = sizeof all / sizeof *all;
    memcpy(out, all, sizeof all);
    out[n] = (struct gbench_counter){NULL, 0};
}

/* What Google Benchmark cannot write: objects inside its context. */
static void add_twins(json_t *document, const struct summary *s)
{
    json_t *twins = json_object();
    for (size_t i = 0; i < s->twin_count; i++) {
        char *text = bench_twin_text(&s->twins[i]);
        json_object_set_new(twins, s->twins[i].name, json_string(text));
        free(text);
    }
    json_object_set_new(json_object_get(document, "context"), "a_a", twins);
}

static void add_limits(json_t *document, const struct summary *s)
{
    json_t *limits = json_object();
    for (size_t i = 0; i < LIMITS; i++)
        if (s->limits[i].name && s->limits[i].ns >= 0)
            json_object_set_new(limits, s->limits[i].name, json_real(s->limits[i].ns));
    json_object_set_new(json_object_get(document, "context"), "limits", limits);
}

void bench_print_json(const struct summary *s, FILE *out)
{
    struct gbench_case *cases = must_alloc(s->case_count * sizeof *cases);
    struct gbench_counter(*counters)[COUNTERS_MAX] = must_alloc(s->case_count * sizeof *counters);
    double **ns = must_alloc(s->case_count * sizeof *ns);
    for (size_t i = 0; i < s->case_count; i++) {
        const struct case_summary *c = &s->cases[i];
        ns[i] = must_alloc(c->rounds_valid * sizeof **ns);
        for (unsigned r = 0; r < c->rounds_valid; r++)
            ns[i][r] = c->ns_per_op * c->ops_per_second.median / c->samples[r];
        fill_counters(c, counters[i]);
        cases[i] = (struct gbench_case){.name = c->name,
                                        .ns_per_op = ns[i],
                                        .repetitions = c->rounds_valid,
                                        .counters = counters[i],
                                        .error = c->broken              ? c->broken
                                                 : c->rounds_valid == 0 ? "no clean trial"
                                                                        : NULL};
    }
    size_t facts = 0;
    while (s->facts[facts].key)
        facts++;
    struct gbench_context *context = must_alloc((facts + 1) * sizeof *context);
    for (size_t i = 0; i < facts; i++)
        context[i] = (struct gbench_context){s->facts[i].key, s->facts[i].value};

    char *text = gbench_json(cases, s->case_count, context, facts);
    json_error_t error;
    json_t *document = json_loads(text, 0, &error);
    if (!document)
        fail(EXIT_ENVIRONMENT, "Google Benchmark's JSON: line %d: %s", error.line, error.text);
    add_limits(document, s);
    add_twins(document, s);
    json_dumpf(document, out, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    putc('\n', out);

    json_decref(document);
    free(text);
    for (size_t i = 0; i < s->case_count; i++)
        free(ns[i]);
    free(ns);
    free(context);
    free(counters);
    free(cases);
}
