// SPDX-License-Identifier: MIT
#include "cli/soak.h"

#include "support/clock.h"
#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONG_ONE_IN = 16, /* slices; so that what grows slowly in a process is seen too */
    LONG_TIMES = 20,
    THREADS_MAX = 64, /* that contend stress takes, to repeat a slice */
    /* Streams of the soak's seed. */
    STREAM_ORDER = 1,
    STREAM_SLICE,
    STREAM_CONTROL_ORDER,
    STREAM_CONTROL,
    STREAM_DUE,
};
/* A hang that is only presumed must last that long: on a machine that does other work as well,
   perturbed threads may not get anywhere for seconds. One that is proven ends the slice at once. */
static const uint64_t hang_ns = 30 * NS_PER_S;
static const uint64_t control_gap_ns_max = 600 * NS_PER_S;
/* A control left alone for so long has survived. Most are caught in a second. */
static const uint64_t control_patience_ns = 60 * NS_PER_S;

static struct rng draw(const struct soak *s, unsigned stream, uint64_t n)
{
    struct rng of_stream = rng_seeded(s->seed, stream);
    return rng_seeded(rng_next(&of_stream), n);
}

/* Turn n among count that all have their turn in each pass. */
static size_t turn(const struct soak *s, unsigned stream, uint64_t n, size_t count)
{
    struct rng rng = draw(s, stream, n / count);
    size_t *order = must_alloc(count * sizeof *order);
    for (size_t i = 0; i < count; i++) {
        size_t k = rng_below(&rng, i + 1);
        order[i] = order[k];
        order[k] = i;
    }
    size_t found = order[n % count];
    free(order);
    return found;
}

struct soak_case *soak_next(const struct soak *s, struct stress_case *slice)
{
    struct soak_case *c = &s->cases[turn(s, STREAM_ORDER, s->asked.slices, s->count)];
    struct rng rng = draw(s, STREAM_SLICE, s->asked.slices);
    unsigned cpus = s->campaign->options.threads;
    unsigned threads[] = {2, 3, cpus, cpus + 1};
    *slice = *c->c;
    slice->threads = threads[rng_below(&rng, sizeof threads / sizeof *threads)];
    if (slice->threads > THREADS_MAX)
        slice->threads = THREADS_MAX;
    slice->seed = rng_next(&rng);
    slice->hang_ns = hang_ns;
    slice->duration_ns = s->asked.slice_ns * (rng_below(&rng, LONG_ONE_IN) == 0 ? LONG_TIMES : 1);
    uint64_t elapsed_ns = soak_elapsed_ns(s);
    uint64_t left_ns = elapsed_ns < s->asked.duration_ns ? s->asked.duration_ns - elapsed_ns : 1;
    if (slice->duration_ns > left_ns)
        slice->duration_ns = left_ns;
    return c;
}

struct campaign_player *soak_next_control(const struct soak *s, uint64_t *seed)
{
    struct rng rng = draw(s, STREAM_CONTROL, s->asked.controls);
    *seed = rng_next(&rng);
    return &s->controls
                ->players[turn(s, STREAM_CONTROL_ORDER, s->asked.controls, s->controls->count)];
}

/* One at once, which shows whether this build sees anything on this machine; then at random. Not at once
   again when resumed: a soak that is killed over and over must get on. */
bool soak_control_due(const struct soak *s)
{
    struct rng rng = draw(s, STREAM_DUE, s->asked.slices);
    return s->controls->count > 0 && (s->asked.controls + s->starved == 0 ||
                                      clock_ns() - s->control_ns >= control_gap_ns_max ||
                                      rng_below(&rng, s->asked.inject_every) == 0);
}

/* The names of all perturbations. */
static const char **perturbations(void)
{
    size_t count = 0;
    while (perturbs[count].name)
        count++;
    const char **names = must_alloc((count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = perturbs[i].name;
    return names;
}

static struct soak_case *find(const struct soak *s, const struct store_soak_case *row)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct store_soak_case *t = &s->cases[i].total;
        if (strcmp(t->kind, row->kind) == 0 && strcmp(t->impl, row->impl) == 0 &&
            strcmp(t->scenario, row->scenario) == 0 &&
            strcmp(t->perturbation, row->perturbation) == 0)
            return &s->cases[i];
    }
    return NULL;
}

struct recall {
    struct soak *soak;
    size_t lost;
};

static void recall_case(void *context, const struct store_soak_case *row)
{
    struct recall *recall = context;
    struct soak *s = recall->soak;
    struct soak_case *c = find(s, row);
    s->operations += row->operations;
    if (row->wait_ns_max > s->wait_ns_max)
        s->wait_ns_max = row->wait_ns_max;
    s->share_least = fmin(s->share_least, row->share_least);
    if (!c) {
        recall->lost++;
        return;
    }
    struct store_soak_case names = c->total;
    c->total = *row; /* but its texts are the store's */
    c->total.kind = names.kind;
    c->total.scenario = names.scenario;
    c->total.impl = names.impl;
    c->total.perturbation = names.perturbation;
}

void soak_plan(struct soak *s, const char *const *impls)
{
    struct campaign_options options = {.kind = s->asked.kind,
                                       .impls = impls,
                                       .perturbs = perturbations(),
                                       .seed = s->seed,
                                       .checker = CONTEND_CHECKER[0]};
    s->campaign = campaign_plan(&options);
    options.impls = NULL;
    options.controls = true;
    options.duration_ns = control_patience_ns;
    s->controls = campaign_plan(&options);

    s->cases = must_alloc(s->campaign->cases * sizeof *s->cases);
    for (size_t i = 0; i < s->campaign->count; i++) {
        const struct campaign_player *p = &s->campaign->players[i];
        for (size_t k = 0; k < p->count; k++)
            s->cases[s->count++] =
                (struct soak_case){.player = p,
                                   .c = &p->cases[k],
                                   .total = {.kind = p->kind->kind,
                                             .scenario = p->cases[k].scenario->name,
                                             .impl = p->impl->name,
                                             .perturbation = p->cases[k].perturb->name,
                                             .share_least = (double)NAN}};
    }
    struct recall recall = {.soak = s};
    store_each_soak_case(s->store, s->run, recall_case, &recall);
    if (recall.lost)
        complain("soak: %zu cases played before are not in this program: their counts stay in the "
                 "store only",
                 recall.lost);
}
