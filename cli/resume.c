// SPDX-License-Identifier: MIT
#include "cli/resume.h"

#include "support/fail.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char resume_plan_key[] = "plan";

char *resume_plan_value(const struct bench_plan *plan)
{
    return must_printf("%zu cases, %u rounds, %016" PRIx64, plan->case_count, bench_rounds(plan),
                       bench_plan_hash(plan));
}

struct unfinished {
    int64_t id;
    uint64_t seed;
    char *arguments;
};

static void visit_run(void *context, const struct store_run *run)
{
    struct unfinished *u = context;
    if (strcmp(run->command, "bench") != 0)
        return;
    free(u->arguments);
    *u = (struct unfinished){0};
    if (run->status == RUN_DONE)
        return;
    u->id = run->id;
    u->seed = run->seed;
    u->arguments = must_printf("%s", run->arguments);
}

/* Facts that must be as they were, or what is measured now does not belong to what is there. */
struct facts_check {
    const struct machine_fact *now;
    const char *differs;
    unsigned seen;
};

static const char *const telling[] = {resume_plan_key, "cpu_model",  "topology",
                                      "cpus_allowed",  "kernel",     "libc",
                                      "compiler",      "build_type", "git_revision"};
enum { TELLING = sizeof telling / sizeof *telling };

static void visit_fact(void *context, const char *key, const char *value)
{
    struct facts_check *check = context;
    for (unsigned i = 0; i < TELLING; i++)
        if (strcmp(key, telling[i]) == 0) {
            check->seen |= 1U << i;
            if (!check->differs && strcmp(value, machine_fact_value(check->now, key)) != 0)
                check->differs = telling[i];
        }
}

struct taking {
    struct bench_plan *plan;
    size_t index;
};

static void visit_sample(void *context, const struct bench_sample *s)
{
    const struct taking *t = context;
    if (!s->rejected)
        bench_plan_set(t->plan, t->index, s->round);
}

struct rows {
    int64_t *id;
    bool *broken;
    size_t count, most;
};

static void visit_case(void *context, const struct store_case *c)
{
    struct rows *rows = context;
    if (rows->count == rows->most)
        return;
    rows->broken[rows->count] = c->broken != NULL;
    rows->id[rows->count++] = c->id;
}

/* A broken case is not run again. */
static void take_samples(struct store *store, struct bench_plan *plan, const struct rows *rows)
{
    for (size_t i = 0; i < plan->case_count; i++) {
        struct taking taking = {.plan = plan, .index = i};
        store_each_sample(store, rows->id[i], visit_sample, &taking);
        for (unsigned round = 0; round < bench_rounds(plan) && rows->broken[i]; round++)
            bench_plan_set(plan, i, round);
    }
}

int64_t resume_find(struct store *store, struct bench_plan *plan, const struct machine_fact *facts,
                    int64_t *ids, char **why)
{
    struct unfinished run = {0};
    struct facts_check check = {.now = facts};
    store_each_run(store, 0, visit_run, &run);
    if (run.id == 0) {
        *why = must_printf("the newest run is done, or there is none");
        return 0;
    }
    store_each_fact(store, run.id, visit_fact, &check);
    struct rows rows = {.id = ids,
                        .broken = must_alloc(plan->case_count * sizeof *rows.broken),
                        .most = plan->case_count};
    store_each_case(store, run.id, visit_case, &rows);
    const char *differs = check.differs                        ? check.differs
                          : check.seen != (1U << TELLING) - 1U ? "facts"
                          : rows.count != plan->case_count     ? resume_plan_key
                                                               : NULL;
    if (differs)
        *why = must_printf("run %" PRId64 " had another %s; it was: %s", run.id, differs,
                           run.arguments);
    else
        take_samples(store, plan, &rows);
    plan->options.seed = differs ? plan->options.seed : run.seed;
    free(rows.broken);
    free(run.arguments);
    return differs ? 0 : run.id;
}
