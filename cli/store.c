// SPDX-License-Identifier: MIT
#include "cli/store.h"

#include "cli/store_file.h"
#include "support/fail.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const store_status_names[RUN_STATUSES] = {"running", "done", "interrupted"};

/* Writing. */

struct seed_text {
    char text[24];
};

static struct seed_text seed_text(uint64_t seed)
{
    struct seed_text t;
    snprintf(t.text, sizeof t.text, "%" PRIu64, seed);
    return t;
}

int64_t store_run_begin(struct store *s, const char *command, const char *arguments,
                        const char *profile, uint64_t seed, const struct machine_fact *facts)
{
    struct seed_text decimal = seed_text(seed);
    row_plain(s, BEGIN);
    struct row r = row_begin(s, RUN_BEGIN);
    row_put_text(&r, command);
    row_put_text(&r, arguments);
    row_put_text(&r, profile);
    row_put_text(&r, decimal.text);
    int64_t id = row_insert(&r);
    for (size_t i = 0; facts && facts[i].key; i++) {
        struct row f = row_begin(s, FACT_ADD);
        row_put_integer(&f, (uint64_t)id);
        row_put_integer(&f, i);
        row_put_text(&f, facts[i].key);
        row_put_text(&f, facts[i].value);
        row_run(&f);
    }
    row_plain(s, COMMIT);
    return id;
}

void store_fact(struct store *s, int64_t run, const char *key, const char *value)
{
    struct row r = row_begin(s, FACT_APPEND);
    row_put_integer(&r, (uint64_t)run);
    row_put_text(&r, key);
    row_put_text(&r, value);
    row_run(&r);
}

void store_run_end(struct store *s, int64_t run, enum run_status status)
{
    struct row r = row_begin(s, RUN_END);
    row_put_text(&r, store_status_names[status]);
    row_put_integer(&r, (uint64_t)run);
    row_run(&r);
}

void store_limits(struct store *s, int64_t run, const struct limit limits[LIMITS])
{
    row_plain(s, BEGIN);
    for (size_t i = 0; i < LIMITS; i++) {
        struct row r = row_begin(s, LIMIT_ADD);
        row_put_integer(&r, (uint64_t)run);
        row_put_integer(&r, i);
        row_put_text(&r, limits[i].name);
        row_put_text(&r, limits[i].what);
        row_put_real(&r, limits[i].ns);
        row_run(&r);
    }
    row_plain(s, COMMIT);
}

int64_t store_case(struct store *s, int64_t run, const struct bench_case *c)
{
    const struct bench_workload *w = c->workload;
    const struct ct_impl *impl = c->subject->impl;
    struct row r = row_begin(s, CASE_ADD);
    row_put_integer(&r, (uint64_t)run);
    row_put_integer(&r, c->group);
    row_put_text(&r, c->name);
    row_put_text(&r, c->kind->kind);
    row_put_text(&r, w->name);
    row_put_text(&r, w->question);
    row_put_text(&r, place_order_names[c->placement]);
    row_put_integer(&r, c->threads);
    row_put_integer(&r, w->hold_ns);
    row_put_integer(&r, w->think_ns);
    row_put_integer(&r, w->parameter);
    row_put_text(&r, impl->name);
    row_put_text(&r, impl->summary);
    row_put_text(&r, impl->source);
    row_put_text(&r, impl->package);
    row_put_integer(&r, impl->traits);
    row_put_integer(&r, impl->size_bytes);
    row_put_integer(&r, impl->align_bytes);
    row_put_integer(&r, impl->node_bytes);
    row_put_integer(&r, c->twin);
    return row_insert(&r);
}

void store_case_broken(struct store *s, int64_t case_id, const char *reason)
{
    struct row r = row_begin(s, CASE_BREAK);
    row_put_text(&r, reason);
    row_put_integer(&r, (uint64_t)case_id);
    row_run(&r);
}

/* JSON array, so that SQL's json_each can take it apart; NULL if there is none. Free it. */
static char *thread_ops_text(const uint64_t *ops, unsigned threads)
{
    if (!ops)
        return NULL;
    char *text = must_alloc((size_t)threads * sizeof "18446744073709551615," + sizeof "[]");
    char *end = text;
    *end++ = '[';
    for (unsigned i = 0; i < threads; i++)
        end += sprintf(end, "%s%" PRIu64, i ? "," : "", ops[i]);
    *end++ = ']';
    return text;
}

static unsigned case_threads(struct store *s, int64_t case_id)
{
    struct row r = row_begin(s, CASE_THREADS);
    row_put_integer(&r, (uint64_t)case_id);
    unsigned threads = 0;
    while (row_next(&r))
        threads = row_get_unsigned(&r);
    return threads;
}

void store_sample(struct store *s, int64_t case_id, const struct bench_sample *sample)
{
    char *thread_ops = thread_ops_text(sample->thread_ops, case_threads(s, case_id));
    unsigned char *latency = sample->latency ? must_alloc(HISTOGRAM_PACKED_MAX) : NULL;
    size_t latency_bytes = latency ? histogram_pack(sample->latency, latency) : 0;
    struct row r = row_begin(s, SAMPLE_ADD);
    row_put_integer(&r, (uint64_t)case_id);
    row_put_integer(&r, sample->round);
    row_put_integer(&r, sample->interval_ns);
    row_put_integer(&r, sample->ops);
    row_put_text(&r, thread_ops);
    row_put_real(&r, sample->cpu_ns_per_op);
    row_put_real(&r, sample->fairness_min_max);
    row_put_real(&r, sample->fairness_jain);
    row_put_integer(&r, sample->voluntary_switches);
    row_put_integer(&r, sample->involuntary_switches);
    row_put_real(&r, sample->overlap);
    row_put_real(&r, sample->steal_cpus);
    row_put_real(&r, sample->foreign_cpus);
    row_put_blob(&r, latency, latency_bytes);
    row_put_text(&r, sample->rejected);
    row_put_integer(&r, sample->starved_ns);
    row_put_real(&r, sample->cycles_per_op);
    row_put_real(&r, sample->instructions_per_op);
    row_put_real(&r, sample->cache_misses_per_op);
    row_run(&r);
    free(latency);
    free(thread_ops);
}

void store_stress(struct store *s, int64_t run, const struct store_stress *row)
{
    struct seed_text decimal = seed_text(row->seed);
    struct row r = row_begin(s, STRESS_ADD);
    row_put_integer(&r, (uint64_t)run);
    row_put_text(&r, row->kind);
    row_put_text(&r, row->scenario);
    row_put_text(&r, row->impl);
    row_put_text(&r, row->perturbation);
    row_put_text(&r, decimal.text);
    row_put_integer(&r, row->rounds);
    row_put_integer(&r, row->operations);
    row_put_integer(&r, row->contended);
    row_put_integer(&r, row->sleeps);
    row_put_integer(&r, row->wait_ns_max);
    row_put_real(&r, row->seconds);
    row_put_text(&r, row->failure);
    row_put_text(&r, row->control_killers);
    row_run(&r);
}

/* Reading: columns in the order of store_sql.c. */

void store_snapshot_begin(struct store *s)
{
    row_plain(s, BEGIN_READING);
}

void store_snapshot_end(struct store *s)
{
    row_plain(s, COMMIT);
}

int64_t store_latest_run(struct store *s, const char *command)
{
    struct row r = row_begin(s, RUN_LATEST);
    row_put_text(&r, command);
    int64_t id = 0;
    while (row_next(&r))
        id = (int64_t)row_get_integer(&r); /* max of no rows is NULL, which reads as 0 */
    return id;
}

static uint64_t get_seed(struct row *r)
{
    return strtoull(row_get_text(r), NULL, 10);
}

static enum run_status get_status(struct row *r)
{
    const char *name = row_get_text(r);
    unsigned status = 0;
    while (status < RUN_STATUSES - 1 && strcmp(name, store_status_names[status]) != 0)
        status++;
    return (enum run_status)status;
}

size_t store_each_run(struct store *s, int64_t run, store_visit_run *visit, void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, RUN_EACH, run); row_next(&r); n++) {
        struct store_run found;
        found.id = (int64_t)row_get_integer(&r);
        found.command = row_get_text(&r);
        found.arguments = row_get_text(&r);
        found.profile = row_get_text(&r);
        found.started_at = row_get_text(&r);
        found.ended_at = row_get_text(&r);
        found.seed = get_seed(&r);
        found.status = get_status(&r);
        if (visit)
            visit(context, &found);
    }
    return n;
}

size_t store_each_fact(struct store *s, int64_t run, store_visit_fact *visit, void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, FACT_EACH, run); row_next(&r); n++) {
        const char *key = row_get_text(&r);
        const char *value = row_get_text(&r);
        if (visit)
            visit(context, key, value);
    }
    return n;
}

size_t store_each_limit(struct store *s, int64_t run, store_visit_limit *visit, void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, LIMIT_EACH, run); row_next(&r); n++) {
        unsigned position = row_get_unsigned(&r);
        struct limit found;
        found.name = row_get_text(&r);
        found.what = row_get_text(&r);
        found.ns = row_get_real(&r);
        if (visit)
            visit(context, (enum limit_id)position, &found);
    }
    return n;
}

size_t store_each_case(struct store *s, int64_t run, store_visit_case *visit, void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, CASE_EACH, run); row_next(&r); n++) {
        struct store_case found;
        found.id = (int64_t)row_get_integer(&r);
        found.broken = row_get_text(&r);
        found.group = row_get_integer(&r);
        found.name = row_get_text(&r);
        found.kind = row_get_text(&r);
        found.workload = row_get_text(&r);
        found.question = row_get_text(&r);
        found.placement = row_get_text(&r);
        found.threads = row_get_unsigned(&r);
        found.hold_ns = row_get_unsigned(&r);
        found.think_ns = row_get_unsigned(&r);
        found.parameter = row_get_unsigned(&r);
        found.impl = row_get_text(&r);
        found.impl_summary = row_get_text(&r);
        found.source = row_get_text(&r);
        found.package = row_get_text(&r);
        found.traits = row_get_unsigned(&r);
        found.size_bytes = row_get_unsigned(&r);
        found.align_bytes = row_get_unsigned(&r);
        found.node_bytes = row_get_unsigned(&r);
        found.twin = row_get_unsigned(&r) != 0;
        if (visit)
            visit(context, &found);
    }
    return n;
}

/* What thread_ops_text wrote, and its sum. */
static uint64_t *thread_ops_parse(const char *text, uint64_t *sum)
{
    *sum = 0;
    if (!text)
        return NULL;
    size_t commas = 0;
    for (const char *c = text; *c; c++)
        commas += *c == ',';
    uint64_t *ops = must_alloc((commas + 1) * sizeof *ops);
    for (size_t i = 0; i <= commas; i++) {
        char *end;
        ops[i] = strtoull(text + 1, &end, 10);
        *sum += ops[i];
        text = end;
    }
    return ops;
}

static struct histogram *get_latency(struct row *r)
{
    size_t length;
    const unsigned char *bytes = row_get_blob(r, &length);
    if (!bytes)
        return NULL;
    struct histogram *h = must_alloc(sizeof *h);
    if (histogram_unpack(h, bytes, length) != 0)
        store_damaged(r->store, "a latency histogram");
    return h;
}

size_t store_each_sample(struct store *s, int64_t case_id, store_visit_sample *visit, void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, SAMPLE_EACH, case_id); row_next(&r); n++) {
        struct bench_sample found;
        found.round = row_get_unsigned(&r);
        found.interval_ns = row_get_integer(&r);
        found.ops = row_get_integer(&r);
        found.thread_ops = thread_ops_parse(row_get_text(&r), &found.counts);
        found.cpu_ns_per_op = row_get_real(&r);
        found.fairness_min_max = row_get_real(&r);
        found.fairness_jain = row_get_real(&r);
        found.voluntary_switches = row_get_integer(&r);
        found.involuntary_switches = row_get_integer(&r);
        found.overlap = row_get_real(&r);
        found.steal_cpus = row_get_real(&r);
        found.foreign_cpus = row_get_real(&r);
        found.latency = get_latency(&r);
        found.rejected = row_get_text(&r);
        found.starved_ns = row_get_integer(&r);
        found.cycles_per_op = row_get_real(&r);
        found.instructions_per_op = row_get_real(&r);
        found.cache_misses_per_op = row_get_real(&r);
        if (visit)
            visit(context, &found);
        free(found.thread_ops);
        free(found.latency);
    }
    return n;
}

size_t store_each_stress(struct store *s, int64_t run, store_visit_stress *visit, void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, STRESS_EACH, run); row_next(&r); n++) {
        struct store_stress found;
        found.kind = row_get_text(&r);
        found.scenario = row_get_text(&r);
        found.impl = row_get_text(&r);
        found.perturbation = row_get_text(&r);
        found.seed = get_seed(&r);
        found.rounds = row_get_integer(&r);
        found.operations = row_get_integer(&r);
        found.contended = row_get_integer(&r);
        found.sleeps = row_get_integer(&r);
        found.wait_ns_max = row_get_integer(&r);
        found.seconds = row_get_real(&r);
        found.failure = row_get_text(&r);
        found.control_killers = row_get_text(&r);
        if (visit)
            visit(context, &found);
    }
    return n;
}
