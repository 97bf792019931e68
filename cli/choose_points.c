// SPDX-License-Identifier: MIT
/* The points that a choice is made of: which to measure, and which were measured before. */
#include "cli/choose.h"

#include "cli/bench_output.h"
#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double near_factor = 1.25;

const struct bench_kind *choose_kind(const char *name)
{
    const struct bench_kind *const *k = bench_kinds;
    while (strcmp((*k)->kind, name) != 0)
        k++;
    return *k;
}

static const struct bench_workload *choose_row(const struct choose_description *d)
{
    const struct bench_workload *row = choose_kind(d->kind)->workloads;
    while (strcmp(row->name, d->workload) != 0)
        row++;
    return row;
}

/* By point; the crowd comes last, so that it can be left out where it is what was described. */
static size_t describe(const struct choose_description *d, struct bench_described at[CHOOSE_POINTS])
{
    for (unsigned p = 0; p < CHOOSE_POINTS; p++) {
        bench_described_init(&at[p]);
        at[p].field[FIELD_HOLD] = d->hold_ns;
        at[p].field[FIELD_THINK] = d->think_ns;
        at[p].field[FIELD_PARAMETER] = d->parameter;
        at[p].threads[0] = d->threads;
    }
    at[CHOOSE_HALF].field[FIELD_HOLD] /= 2;
    at[CHOOSE_HALF].field[FIELD_THINK] /= 2;
    at[CHOOSE_TWICE].field[FIELD_HOLD] *= 2;
    at[CHOOSE_TWICE].field[FIELD_THINK] *= 2;
    at[CHOOSE_CROWD].threads[0] = 4 * d->cpus;
    return CHOOSE_POINTS - (d->threads == 4 * d->cpus);
}

struct bench_plan *choose_plan(const struct choose_description *d, struct place *place,
                               uint64_t seed)
{
    struct bench_described at[CHOOSE_POINTS];
    const char *workloads[] = {d->workload, NULL};
    /* In bad weather rather three times as long than without some of those to choose from. */
    static struct bench_profile patient;
    patient = bench_profiles[0];
    patient.retries = 2 * patient.rounds;
    struct bench_options options = {.kind = d->kind,
                                    .workloads = workloads,
                                    .described = at,
                                    .described_count = describe(d, at),
                                    .profile = &patient,
                                    .placement = PLACE_COMPACT,
                                    .seed = seed};
    struct bench_plan *plan = bench_plan_make(&options, place);
    if (!plan)
        fail(EXIT_NOTHING_MATCHED, "choose: %s has nothing to measure", d->kind);
    plan->options.workloads = NULL; /* ours, and no longer needed */
    plan->options.described = NULL;
    return plan;
}

static bool near(uint32_t measured_ns, uint32_t wanted_ns)
{
    double a = measured_ns, b = wanted_ns;
    return a == b || (a > 0 && b > 0 && fmax(a / b, b / a) <= near_factor);
}

/* The row with other times and another number, and nothing else? */
static bool made_of(const struct case_summary *c, const struct bench_workload *row)
{
    struct bench_workload w = *row;
    w.hold_ns = c->hold_ns;
    w.think_ns = c->think_ns;
    w.parameter = c->parameter;
    char *name = bench_described_name(&w, row);
    bool made = strcmp(name, c->workload) == 0;
    free(name);
    return made;
}

/* Made of the row, and near? */
static bool stands_for(const struct case_summary *c, const struct choose_description *d,
                       const struct bench_described *at)
{
    return strcmp(c->kind, d->kind) == 0 && made_of(c, choose_row(d)) &&
           c->threads == at->threads[0] && c->parameter == at->field[FIELD_PARAMETER] &&
           near(c->hold_ns, at->field[FIELD_HOLD]) && near(c->think_ns, at->field[FIELD_THINK]);
}

void choose_groups(const struct summary *s, const struct choose_description *d,
                   size_t groups[CHOOSE_POINTS])
{
    struct bench_described at[CHOOSE_POINTS];
    size_t points = describe(d, at);
    for (unsigned p = 0; p < CHOOSE_POINTS; p++) {
        groups[p] = SIZE_MAX;
        for (size_t i = 0; i < s->case_count && p < points && groups[p] == SIZE_MAX; i++)
            if (stands_for(&s->cases[i], d, &at[p]))
                groups[p] = s->cases[i].group;
    }
}

static bool same_machine(const struct summary *s, const struct machine_fact *here)
{
    static const char *const telling[] = {"cpu_model", "topology", "kernel", "cpus_allowed"};
    for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
        if (strcmp(machine_fact_value(s->facts, telling[i]),
                   machine_fact_value(here, telling[i])) != 0)
            return false;
    return true;
}

/* All implementations of this build, with enough rounds to tell them apart? */
static bool complete(const struct summary *s, size_t group, const struct bench_kind *kind)
{
    for (size_t i = 0; i < kind->subject_count; i++) {
        bool there = false;
        for (size_t k = 0; k < s->case_count && !there; k++)
            there = s->cases[k].group == group &&
                    strcmp(s->cases[k].impl, kind->subjects[i].impl->name) == 0 &&
                    (s->cases[k].broken || s->cases[k].rounds_valid >= SUMMARY_ROUNDS_MIN);
        if (!there)
            return false;
    }
    return true;
}

struct runs {
    int64_t *ids;
    size_t count;
};

/* Only runs that have the kind at all are worth loading. */
static void note_kind(void *context, const struct store_case *c)
{
    const char **wanted = context; /* becomes NULL when found */
    if (*wanted && strcmp(c->kind, *wanted) == 0)
        *wanted = NULL;
}

static void note_run(void *context, const struct store_run *run)
{
    struct runs *runs = context;
    runs->ids[runs->count++] = run->id;
}

struct summary *choose_find(struct store *store, const struct choose_description *d,
                            const struct place *place)
{
    struct machine_fact *here = machine_facts(place);
    struct runs runs = {
        .ids = must_alloc((store_each_run(store, 0, NULL, NULL) + 1) * sizeof *runs.ids)};
    store_each_run(store, 0, note_run, &runs);
    struct summary *found = NULL;
    while (runs.count > 0 && !found) {
        int64_t run = runs.ids[--runs.count];
        const char *wanted = d->kind;
        store_each_case(store, run, note_kind, &wanted);
        if (wanted)
            continue;
        size_t groups[CHOOSE_POINTS];
        found = summary_load(store, run);
        choose_groups(found, d, groups);
        if (bench_unreliable(found) || !same_machine(found, here) ||
            groups[CHOOSE_DESCRIBED] == SIZE_MAX ||
            !complete(found, groups[CHOOSE_DESCRIBED], choose_kind(d->kind))) {
            summary_free(found);
            found = NULL;
        }
    }
    free(runs.ids);
    machine_facts_free(here);
    return found;
}
