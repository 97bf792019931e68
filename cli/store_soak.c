// SPDX-License-Identifier: MIT
#include "cli/store_soak.h"

#include "cli/store_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Writing. */

static void put_progress(struct store *s, int64_t run, const struct store_soak *soak)
{
    struct row r = row_begin_of(s, SOAK_PROGRESS, run);
    row_put_integer(&r, soak->slices);
    row_put_integer(&r, soak->elapsed_ns);
    row_put_integer(&r, soak->violations);
    row_put_integer(&r, soak->controls);
    row_put_integer(&r, soak->controls_caught);
    row_put_integer(&r, soak->sample_ns);
    row_put_integer(&r, soak->resumed);
    row_run(&r);
}

void store_soak_begin(struct store *s, int64_t run, const struct store_soak *soak)
{
    row_plain(s, BEGIN);
    struct row r = row_begin_of(s, SOAK_BEGIN, run);
    row_put_text(&r, soak->kind);
    row_put_text(&r, soak->impls);
    row_put_integer(&r, soak->duration_ns);
    row_put_integer(&r, soak->slice_ns);
    row_put_integer(&r, soak->inject_every);
    row_put_integer(&r, soak->keep_going);
    row_put_integer(&r, soak->cases);
    row_run(&r);
    put_progress(s, run, soak);
    row_plain(s, COMMIT);
}

void store_soak_resume(struct store *s, int64_t run, const struct store_soak *soak)
{
    row_plain(s, BEGIN);
    struct row r = row_begin_of(s, RUN_RESUME, run);
    row_run(&r);
    put_progress(s, run, soak);
    row_plain(s, COMMIT);
}

static void put_violation(struct store *s, int64_t run, const struct store_soak_violation *v)
{
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, v->seed);
    struct row r = row_begin_of(s, SOAK_VIOLATION_ADD, run);
    row_put_integer(&r, v->elapsed_ns);
    row_put_integer(&r, v->slice);
    row_put_text(&r, v->kind);
    row_put_text(&r, v->scenario);
    row_put_text(&r, v->impl);
    row_put_text(&r, v->perturbation);
    row_put_integer(&r, v->threads);
    row_put_text(&r, seed);
    row_put_text(&r, v->what);
    row_put_text(&r, v->again);
    row_put_text(&r, v->evidence);
    row_put_text(&r, v->file);
    row_run(&r);
}

/* The end of each transaction. */
static void finish(struct store *s, int64_t run, const struct store_soak *soak,
                   const struct store_soak_violation *v)
{
    if (v && soak->violations <= SOAK_VIOLATIONS_MAX)
        put_violation(s, run, v);
    put_progress(s, run, soak);
    row_plain(s, COMMIT);
}

void store_soak_case(struct store *s, int64_t run, const struct store_soak *soak,
                     const struct store_soak_case *row, const struct store_soak_violation *v)
{
    row_plain(s, BEGIN);
    struct row r = row_begin_of(s, SOAK_CASE_SET, run);
    row_put_text(&r, row->kind);
    row_put_text(&r, row->scenario);
    row_put_text(&r, row->impl);
    row_put_text(&r, row->perturbation);
    row_put_integer(&r, row->slices);
    row_put_integer(&r, row->rounds);
    row_put_integer(&r, row->operations);
    row_put_integer(&r, row->contended);
    row_put_integer(&r, row->sleeps);
    row_put_integer(&r, row->wait_ns_max);
    row_put_integer(&r, row->share_sum);
    row_put_integer(&r, row->share_measured);
    row_put_real(&r, row->share_least);
    row_put_integer(&r, row->violations);
    row_run(&r);
    finish(s, run, soak, v);
}

void store_soak_control(struct store *s, int64_t run, const struct store_soak *soak,
                        const struct store_soak_control *row, const struct store_soak_violation *v)
{
    row_plain(s, BEGIN);
    struct row r = row_begin_of(s, SOAK_CONTROL_ADD, run);
    row_put_integer(&r, row->elapsed_ns);
    row_put_text(&r, row->kind);
    row_put_text(&r, row->name);
    row_put_text(&r, row->how);
    row_put_real(&r, row->seconds);
    row_run(&r);
    struct row old = row_begin_of(s, SOAK_CONTROL_TRIM, run);
    row_put_integer(&old, SOAK_CONTROLS_MAX);
    row_run(&old);
    finish(s, run, soak, v);
}

/* What every case has come to by now, added up by implementation. */
static void put_soak_progress(struct store *s, int64_t run, uint64_t elapsed_ns)
{
    struct row r = row_begin_of(s, SOAK_PROGRESS_ADD, run);
    row_put_integer(&r, elapsed_ns);
    row_run(&r);
}

static uint64_t count_samples(struct store *s, int64_t run)
{
    uint64_t count = 0;
    for (struct row r = row_begin_of(s, SOAK_SAMPLE_COUNT, run); row_next(&r);)
        count = row_get_integer(&r);
    return count;
}

void store_soak_sample(struct store *s, int64_t run, struct store_soak *soak,
                       const struct store_soak_sample *row)
{
    row_plain(s, BEGIN);
    if (count_samples(s, run) >= SOAK_SAMPLES_MAX) {
        struct row thin = row_begin_of(s, SOAK_SAMPLE_THIN, run);
        row_run(&thin);
        struct row progress = row_begin_of(s, SOAK_PROGRESS_THIN, run);
        row_run(&progress);
        soak->sample_ns *= 2;
    }
    struct row r = row_begin_of(s, SOAK_SAMPLE_ADD, run);
    row_put_integer(&r, row->elapsed_ns);
    row_put_integer(&r, row->slices);
    row_put_integer(&r, row->operations);
    row_put_integer(&r, row->violations);
    row_put_integer(&r, row->wait_ns_max);
    row_put_real(&r, row->share_least);
    row_put_integer(&r, row->memory_bytes);
    row_put_integer(&r, row->threads);
    row_put_integer(&r, row->descriptors);
    row_run(&r);
    put_soak_progress(s, run, row->elapsed_ns);
    finish(s, run, soak, NULL);
}

void store_soak_violation(struct store *s, int64_t run, const struct store_soak *soak,
                          const struct store_soak_violation *v)
{
    row_plain(s, BEGIN);
    finish(s, run, soak, v);
}

/* Reading: columns in the order of store_sql.c. */

int64_t store_soak_unfinished(struct store *s)
{
    int64_t id = 0;
    for (struct row r = row_begin(s, SOAK_UNFINISHED); row_next(&r);)
        id = (int64_t)row_get_integer(&r);
    return id;
}

size_t store_each_soak(struct store *s, int64_t run, store_visit_soak *visit, void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, SOAK_EACH, run); row_next(&r); n++) {
        struct store_soak found;
        found.kind = row_get_text(&r);
        found.impls = row_get_text(&r);
        found.duration_ns = row_get_integer(&r);
        found.slice_ns = row_get_integer(&r);
        found.inject_every = row_get_integer(&r);
        found.keep_going = row_get_integer(&r) != 0;
        found.cases = row_get_integer(&r);
        found.slices = row_get_integer(&r);
        found.elapsed_ns = row_get_integer(&r);
        found.violations = row_get_integer(&r);
        found.controls = row_get_integer(&r);
        found.controls_caught = row_get_integer(&r);
        found.sample_ns = row_get_integer(&r);
        found.resumed = row_get_integer(&r);
        if (visit)
            visit(context, &found);
    }
    return n;
}

size_t store_each_soak_case(struct store *s, int64_t run, store_visit_soak_case *visit,
                            void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, SOAK_CASE_EACH, run); row_next(&r); n++) {
        struct store_soak_case found;
        found.kind = row_get_text(&r);
        found.scenario = row_get_text(&r);
        found.impl = row_get_text(&r);
        found.perturbation = row_get_text(&r);
        found.slices = row_get_integer(&r);
        found.rounds = row_get_integer(&r);
        found.operations = row_get_integer(&r);
        found.contended = row_get_integer(&r);
        found.sleeps = row_get_integer(&r);
        found.wait_ns_max = row_get_integer(&r);
        found.share_sum = row_get_integer(&r);
        found.share_measured = row_get_integer(&r);
        found.share_least = row_get_real(&r);
        found.violations = row_get_integer(&r);
        if (visit)
            visit(context, &found);
    }
    return n;
}

size_t store_each_soak_sample(struct store *s, int64_t run, store_visit_soak_sample *visit,
                              void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, SOAK_SAMPLE_EACH, run); row_next(&r); n++) {
        struct store_soak_sample found;
        found.elapsed_ns = row_get_integer(&r);
        found.slices = row_get_integer(&r);
        found.operations = row_get_integer(&r);
        found.violations = row_get_integer(&r);
        found.wait_ns_max = row_get_integer(&r);
        found.share_least = row_get_real(&r);
        found.memory_bytes = row_get_integer(&r);
        found.threads = row_get_integer(&r);
        found.descriptors = row_get_integer(&r);
        if (visit)
            visit(context, &found);
    }
    return n;
}

size_t store_each_soak_progress(struct store *s, int64_t run, store_visit_soak_progress *visit,
                                void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, SOAK_PROGRESS_EACH, run); row_next(&r); n++) {
        struct store_soak_progress found;
        found.elapsed_ns = row_get_integer(&r);
        found.kind = row_get_text(&r);
        found.impl = row_get_text(&r);
        found.operations = row_get_integer(&r);
        found.violations = row_get_integer(&r);
        if (visit)
            visit(context, &found);
    }
    return n;
}

size_t store_each_soak_control(struct store *s, int64_t run, store_visit_soak_control *visit,
                               void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, SOAK_CONTROL_EACH, run); row_next(&r); n++) {
        struct store_soak_control found;
        found.elapsed_ns = row_get_integer(&r);
        found.kind = row_get_text(&r);
        found.name = row_get_text(&r);
        found.how = row_get_text(&r);
        found.seconds = row_get_real(&r);
        if (visit)
            visit(context, &found);
    }
    return n;
}

size_t store_each_soak_violation(struct store *s, int64_t run, store_visit_soak_violation *visit,
                                 void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, SOAK_VIOLATION_EACH, run); row_next(&r); n++) {
        struct store_soak_violation found;
        found.at = row_get_text(&r);
        found.elapsed_ns = row_get_integer(&r);
        found.slice = row_get_integer(&r);
        found.kind = row_get_text(&r);
        found.scenario = row_get_text(&r);
        found.impl = row_get_text(&r);
        found.perturbation = row_get_text(&r);
        found.threads = row_get_integer(&r);
        found.seed = strtoull(row_get_text(&r), NULL, 10);
        found.what = row_get_text(&r);
        found.again = row_get_text(&r);
        found.evidence = row_get_text(&r);
        found.file = row_get_text(&r);
        if (visit)
            visit(context, &found);
    }
    return n;
}
