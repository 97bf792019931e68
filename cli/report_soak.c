// SPDX-License-Identifier: MIT
#include "cli/report_soak.h"

#include "cli/report_grow.h"
#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Loading. */

static struct soak_impl *impl_of(struct report_soak *soak, const char *kind, const char *impl)
{
    struct soak_kind *k = NAMED(soak->kinds, soak->kind_count, kind);
    size_t before = k->impl_count;
    struct soak_impl *i = NAMED(k->impls, k->impl_count, impl);
    if (k->impl_count > before)
        i->share_least = NAN;
    return i;
}

static void load_case(void *context, const struct store_soak_case *row)
{
    struct soak_impl *i = impl_of(context, row->kind, row->impl);
    i->cases++;
    i->slices += row->slices;
    i->operations += row->operations;
    i->contended += row->contended;
    i->sleeps += row->sleeps;
    i->violations += row->violations;
    i->share_least = fmin(i->share_least, row->share_least);
    if (row->wait_ns_max > 0) {
        i->waits_ns = grown(i->waits_ns, i->wait_count, sizeof *i->waits_ns);
        i->waits_ns[i->wait_count++] = (double)row->wait_ns_max;
    }
}

static void load_progress(void *context, const struct store_soak_progress *row)
{
    struct soak_impl *i = impl_of(context, row->kind, row->impl);
    i->points = grown(i->points, i->point_count, sizeof *i->points);
    i->points[i->point_count++] =
        (struct soak_point){(double)row->elapsed_ns, row->operations, row->violations};
}

static void load_sample(void *context, const struct store_soak_sample *row)
{
    struct report_soak *soak = context;
    soak->samples = grown(soak->samples, soak->sample_count, sizeof *soak->samples);
    soak->samples[soak->sample_count++] = *row;
}

static void load_control(void *context, const struct store_soak_control *row)
{
    struct report_soak *soak = context;
    soak->controls = grown(soak->controls, soak->control_count, sizeof *soak->controls);
    soak->controls[soak->control_count++] =
        (struct soak_control){must_printf("%s", row->kind), must_printf("%s", row->name),
                              (double)row->elapsed_ns, row->seconds, kept(row->how)};
}

static void load_violation(void *context, const struct store_soak_violation *row)
{
    struct report_soak *soak = context;
    char *subject = !row->impl       ? must_printf("the soak itself")
                    : !row->scenario ? must_printf("%s/%s", row->kind, row->impl)
                                     : must_printf("%s/%s, %s under %s", row->kind, row->impl,
                                                   row->scenario, row->perturbation);
    soak->violations = grown(soak->violations, soak->violation_count, sizeof *soak->violations);
    soak->violations[soak->violation_count++] = (struct soak_violation){
        (double)row->elapsed_ns, subject, kept(row->what), kept(row->again), kept(row->evidence)};
}

static void load_asked(void *context, const struct store_soak *asked)
{
    struct report_soak *soak = context;
    soak->asked = *asked;
    soak->asked.kind = kept(asked->kind);
    soak->asked.impls = kept(asked->impls);
}

static void load_run(void *context, const struct store_run *run)
{
    struct report_soak *soak = context;
    soak->seed = run->seed;
    soak->status = run->status;
    soak->started_at = kept(run->started_at);
}

static void load_fact(void *context, const char *key, const char *value)
{
    struct report_soak *soak = context;
    if (strcmp(key, "git_revision") == 0 && !soak->revision)
        soak->revision = kept(value);
}

struct report_soak *report_soak_load(struct store *s)
{
    int64_t run = store_latest_run(s, "soak");
    if (run == 0 || store_each_soak(s, run, NULL, NULL) == 0)
        return NULL;
    struct report_soak *soak = must_alloc(sizeof *soak);
    soak->run = run;
    store_each_run(s, run, load_run, soak);
    store_each_fact(s, run, load_fact, soak);
    store_each_soak(s, run, load_asked, soak);
    store_each_soak_case(s, run, load_case, soak);
    store_each_soak_progress(s, run, load_progress, soak);
    store_each_soak_sample(s, run, load_sample, soak);
    store_each_soak_control(s, run, load_control, soak);
    store_each_soak_violation(s, run, load_violation, soak);
    return soak;
}

static void kind_free(struct soak_kind *kind)
{
    for (size_t i = 0; i < kind->impl_count; i++) {
        free(kind->impls[i].name);
        free(kind->impls[i].points);
        free(kind->impls[i].waits_ns);
    }
    free(kind->impls);
    free(kind->name);
}

void report_soak_free(struct report_soak *soak)
{
    if (!soak)
        return;
    for (size_t i = 0; i < soak->kind_count; i++)
        kind_free(&soak->kinds[i]);
    for (size_t i = 0; i < soak->control_count; i++) {
        free(soak->controls[i].kind);
        free(soak->controls[i].name);
        free(soak->controls[i].how);
    }
    for (size_t i = 0; i < soak->violation_count; i++) {
        free(soak->violations[i].subject);
        free(soak->violations[i].what);
        free(soak->violations[i].again);
        free(soak->violations[i].evidence);
    }
    free((char *)(uintptr_t)soak->asked.kind); /* ours: load_asked made them */
    free((char *)(uintptr_t)soak->asked.impls);
    free(soak->kinds);
    free(soak->samples);
    free(soak->controls);
    free(soak->violations);
    free(soak->started_at);
    free(soak->revision);
    free(soak);
}

/* What it holds. */

double soak_memory(const struct store_soak_sample *sample)
{
    return (double)sample->memory_bytes;
}

double soak_descriptors(const struct store_soak_sample *sample)
{
    return (double)sample->descriptors;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

enum { WARM_UP_DIVISOR = 4, SLOPE_SAMPLES_MIN = 4 };

double soak_slope_per_hour(const struct report_soak *soak, soak_held *held)
{
    static const double ns_per_hour = 3600e9;
    const struct store_soak_sample *s = soak->samples;
    size_t count = soak->sample_count, first = 0, pairs = 0;
    while (first < count && s[first].elapsed_ns < s[count - 1].elapsed_ns / WARM_UP_DIVISOR)
        first++;
    if (count - first < SLOPE_SAMPLES_MIN)
        return NAN;
    double *slopes = must_alloc((count - first) * (count - first) * sizeof *slopes);
    for (size_t i = first; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            if (s[k].elapsed_ns > s[i].elapsed_ns)
                slopes[pairs++] = (held(&s[k]) - held(&s[i])) * ns_per_hour /
                                  (double)(s[k].elapsed_ns - s[i].elapsed_ns);
        }
    }
    qsort(slopes, pairs, sizeof *slopes, by_value);
    double slope = pairs ? slopes[pairs / 2] : NAN;
    free(slopes);
    return slope;
}
