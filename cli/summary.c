// SPDX-License-Identifier: MIT
#include "cli/summary.h"

#include "support/clock.h"
#include "support/fail.h"
#include "support/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *copy_of(const char *text)
{
    return text ? must_printf("%s", text) : NULL;
}

/* Loading. */

/* What one round gives beside its ops per second: the summary shows the median over the rounds that
   know it. */
enum metric {
    OPS_PER_COUNT,
    CPU_NS_PER_OP,
    FAIRNESS_MIN_MAX,
    FAIRNESS_JAIN,
    OVERLAP,
    VOLUNTARY_PER_S,
    INVOLUNTARY_PER_S,
    CYCLES_PER_OP,
    INSTRUCTIONS_PER_OP,
    CACHE_MISSES_PER_OP,
    METRICS
};

struct loading_case {
    struct case_summary *c;
    double *values[METRICS]; /* [known[metric]] */
    size_t known[METRICS];
};

static void load_sample(void *context, const struct bench_sample *s)
{
    struct loading_case *l = context;
    struct case_summary *c = l->c;
    if (s->rejected) {
        c->rounds_discarded++;
        return;
    }
    double seconds = (double)s->interval_ns / (double)NS_PER_S;
    c->samples[c->rounds_valid] = (double)s->ops / seconds;
    c->rounds[c->rounds_valid++] = s->round;
    const double metrics[METRICS] = {
        [OPS_PER_COUNT] = s->counts ? (double)s->ops / (double)s->counts : 1,
        [CPU_NS_PER_OP] = s->cpu_ns_per_op,
        [FAIRNESS_MIN_MAX] = s->fairness_min_max,
        [FAIRNESS_JAIN] = s->fairness_jain,
        [OVERLAP] = s->overlap,
        [VOLUNTARY_PER_S] = (double)s->voluntary_switches / seconds,
        [INVOLUNTARY_PER_S] = (double)s->involuntary_switches / seconds,
        [CYCLES_PER_OP] = s->cycles_per_op,
        [INSTRUCTIONS_PER_OP] = s->instructions_per_op,
        [CACHE_MISSES_PER_OP] = s->cache_misses_per_op,
    };
    for (size_t m = 0; m < METRICS; m++)
        if (!isnan(metrics[m]))
            l->values[m][l->known[m]++] = metrics[m];
    if (s->starved_ns > c->starved_ns)
        c->starved_ns = s->starved_ns;
    if (s->latency)
        histogram_merge(&c->latency, s->latency);
}

static void load_samples(struct store *s, int64_t id, const struct summary *summary,
                         struct case_summary *c)
{
    size_t trials = store_each_sample(s, id, NULL, NULL);
    struct loading_case l = {.c = c};
    c->samples = must_alloc(trials * sizeof *c->samples);
    c->rounds = must_alloc(trials * sizeof *c->rounds);
    for (size_t m = 0; m < METRICS; m++)
        l.values[m] = must_alloc(trials * sizeof *l.values[m]);
    store_each_sample(s, id, load_sample, &l);

    size_t index = (size_t)(c - summary->cases);
    c->ops_per_second = stats_bootstrap_median(c->samples, c->rounds_valid, SUMMARY_CONFIDENCE,
                                               summary_seed(summary, 2 * index));
    double ops_per_count;
    double *const medians[METRICS] = {
        [OPS_PER_COUNT] = &ops_per_count,
        [CPU_NS_PER_OP] = &c->cpu_ns_per_op,
        [FAIRNESS_MIN_MAX] = &c->fairness_min_max,
        [FAIRNESS_JAIN] = &c->fairness_jain,
        [OVERLAP] = &c->overlap,
        [VOLUNTARY_PER_S] = &c->switches_voluntary_per_s,
        [INVOLUNTARY_PER_S] = &c->switches_involuntary_per_s,
        [CYCLES_PER_OP] = &c->cycles_per_op,
        [INSTRUCTIONS_PER_OP] = &c->instructions_per_op,
        [CACHE_MISSES_PER_OP] = &c->cache_misses_per_op,
    };
    for (size_t m = 0; m < METRICS; m++) {
        *medians[m] = stats_median(l.values[m], l.known[m]);
        free(l.values[m]);
    }
    c->ns_per_op = (double)NS_PER_S * c->threads * ops_per_count / c->ops_per_second.median;
}

struct loading {
    struct summary *summary;
    int64_t *ids;    /* of cases */
    size_t group;    /* the stored one of the case before */
    size_t position; /* of the next fact */
};

static void load_case(void *context, const struct store_case *from)
{
    struct loading *l = context;
    struct summary *summary = l->summary;
    if (summary->case_count == 0 || from->group != l->group)
        summary->group_count++;
    l->group = from->group;
    l->ids[summary->case_count] = from->id;
    summary->cases[summary->case_count++] = (struct case_summary){
        .name = copy_of(from->name),
        .kind = copy_of(from->kind),
        .workload = copy_of(from->workload),
        .impl = copy_of(from->impl),
        .question = copy_of(from->question),
        .placement = copy_of(from->placement),
        .impl_summary = copy_of(from->impl_summary),
        .source = copy_of(from->source),
        .package = copy_of(from->package),
        .broken = copy_of(from->broken),
        .twin = from->twin,
        .traits = from->traits,
        .threads = from->threads,
        .size_bytes = from->size_bytes,
        .align_bytes = from->align_bytes,
        .node_bytes = from->node_bytes,
        .hold_ns = from->hold_ns,
        .think_ns = from->think_ns,
        .parameter = from->parameter,
        .group = summary->group_count - 1,
        .ratio = {NAN, NAN, NAN},
        .p = 1,
        .verdict = VERDICT_UNDECIDED,
    };
}

static void load_run(void *context, const struct store_run *run)
{
    struct summary *summary = context;
    summary->run = run->id;
    summary->started_at = copy_of(run->started_at);
    summary->arguments = copy_of(run->arguments);
    summary->profile = copy_of(run->profile);
    summary->seed = run->seed;
    summary->status = run->status;
}

static void load_fact(void *context, const char *key, const char *value)
{
    struct loading *l = context;
    l->summary->facts[l->position++] = (struct machine_fact){copy_of(key), copy_of(value)};
}

static void load_limit(void *context, enum limit_id id, const struct limit *limit)
{
    struct summary *summary = context;
    if (id < LIMITS)
        summary->limits[id] = (struct limit){copy_of(limit->name), copy_of(limit->what), limit->ns};
}

struct summary *summary_load(struct store *s, int64_t run)
{
    if (run == 0) /* to store_each_run that is all of them */
        return NULL;
    store_snapshot_begin(s); /* rows are counted, then read; the run may still be going on */
    struct summary *summary = must_alloc(sizeof *summary);
    if (store_each_run(s, run, load_run, summary) == 0) {
        store_snapshot_end(s);
        free(summary);
        return NULL;
    }
    size_t cases = store_each_case(s, run, NULL, NULL);
    struct loading l = {.summary = summary, .ids = must_alloc(cases * sizeof *l.ids)};
    summary->facts = must_alloc((store_each_fact(s, run, NULL, NULL) + 1) * sizeof *summary->facts);
    store_each_fact(s, run, load_fact, &l);
    store_each_limit(s, run, load_limit, summary);
    summary->cases = must_alloc(cases * sizeof *summary->cases);
    store_each_case(s, run, load_case, &l);

    for (size_t i = 0; i < summary->case_count; i++) {
        struct case_summary *c = &summary->cases[i];
        load_samples(s, l.ids[i], summary, c);
        summary->discarded += c->rounds_discarded;
        summary->trials += c->rounds_discarded + c->rounds_valid;
    }
    summary_part_twins(summary);
    for (size_t first = 0, i = 0; i < summary->case_count; i++)
        if (i + 1 == summary->case_count ||
            summary->cases[i + 1].group != summary->cases[i].group) {
            summary_judge_group(summary, first, i + 1 - first);
            first = i + 1;
        }
    store_snapshot_end(s);
    free(l.ids);
    return summary;
}

static void free_text(const char *text)
{
    free((void *)(uintptr_t)text); /* ours: copy_of made it */
}

static void free_case(const struct case_summary *c)
{
    const char *const texts[] = {c->name,     c->kind,      c->workload,     c->impl,
                                 c->question, c->placement, c->impl_summary, c->source,
                                 c->package,  c->broken};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        free_text(texts[t]);
    free(c->samples);
    free(c->rounds);
}

void summary_part_twins(struct summary *summary)
{
    size_t kept = 0;
    summary->twins = must_alloc(summary->case_count * sizeof *summary->twins);
    for (size_t i = 0; i < summary->case_count; i++) {
        struct case_summary *c = &summary->cases[i];
        if (!c->twin) {
            summary->cases[kept++] = *c;
            continue;
        }
        struct summary_twin *twin = &summary->twins[summary->twin_count++];
        *twin = (struct summary_twin){.name = copy_of(c->name), .again = {.p = 1}};
        for (size_t k = 0; k < kept; k++)
            if (summary->cases[k].group == c->group &&
                strcmp(summary->cases[k].impl, c->impl) == 0 && !summary->cases[k].broken &&
                !c->broken)
                twin->again =
                    summary_compare(c, &summary->cases[k], summary_seed(summary, 2 * i + 1));
        free_case(c);
    }
    summary->case_count = kept;
    summary_judge_twins(summary);
}

void summary_free(struct summary *summary)
{
    if (!summary)
        return;
    for (size_t i = 0; i < summary->case_count; i++)
        free_case(&summary->cases[i]);
    for (size_t i = 0; i < summary->twin_count; i++)
        free_text(summary->twins[i].name);
    free(summary->twins);
    for (struct machine_fact *f = summary->facts; f->key; f++) {
        free_text(f->key);
        free(f->value);
    }
    for (size_t i = 0; i < LIMITS; i++) {
        free_text(summary->limits[i].name);
        free_text(summary->limits[i].what);
    }
    free(summary->cases);
    free(summary->facts);
    free(summary->started_at);
    free(summary->arguments);
    free(summary->profile);
    free(summary);
}
