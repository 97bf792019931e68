// SPDX-License-Identifier: MIT
#include "stress/model/cases.h"

#include "stress/model/jobs.h"
#include "stress/model/litmus.h"
#include "stress/model/rows.h"
#include "stress/model/subject.h"
#include "support/fail.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* At each scenario, before any gets more. */
#define SECONDS_FIRST_LOOK 0.05

/* A control has more than one seed to fall with: whether a scenario can see a mistake may depend on what it
   draws, who waits, say. */
enum { WIDE_THREADS = 4, WIDE_STEPS = 2, CONTROL_PASSES = 8 };

unsigned cases_run;

/* Is name in a list with commas? No list: yes. */
static bool listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
        if (strncmp(p, name, length) == 0 && (p[length] == ',' || p[length] == '\0'))
            return true;
    }
    return !list;
}

/* The case under way. Its result is large, so it stands here once. */
static struct subject subject;
static struct program program;
static struct search_result result;

static struct row open_case(const struct scenario_kind *k, const struct ct_impl *impl,
                            const struct scenario *s, unsigned threads, unsigned steps,
                            uint64_t seed)
{
    subject_open(&subject, k, impl, s, threads, steps, seed);
    program = subject_program(&subject);
    return (struct row){.kind = k->kind,
                        .impl = impl->name,
                        .scenario = s->name,
                        .claim = s->claim,
                        .threads = threads,
                        .steps = steps,
                        .seed = seed,
                        .program = &program,
                        .result = &result};
}

/* As many as the scenario and the model have room for. */
static unsigned threads_within(const struct scenario *s, unsigned asked)
{
    unsigned threads = scenario_threads(s, asked);
    return threads < MODEL_THREADS_MAX ? threads : MODEL_THREADS_MAX;
}

static unsigned steps_within(const struct scenario *s, unsigned steps)
{
    return steps < s->steps ? steps : s->steps;
}

static unsigned threads_of(const struct scenario *s)
{
    return threads_within(s, options.threads ? options.threads : s->model_threads);
}

static unsigned steps_of(const struct scenario *s)
{
    return steps_within(s, options.steps ? options.steps : s->model_steps);
}

static bool runs(const struct scenario *s)
{
    return s->model_threads > 0 && listed(options.scenarios, s->name);
}

/* What one process does: a scenario with an implementation, or a control with all scenarios. */
struct job {
    const struct scenario_kind *kind;
    const struct ct_impl *impl;
    const struct scenario *scenario; /* NULL: a control, or not modelled */
    bool wide;                       /* with more threads than can be exhausted */
    bool recorded;                   /* a control, only with scenarios that check a history */
};
static struct job *jobs;
static unsigned jobs_count;

static void add_job(struct job job)
{
    jobs = realloc(jobs, (jobs_count + 1) * sizeof *jobs);
    if (!jobs)
        fail(EXIT_ENVIRONMENT, "model: no memory for the list of cases");
    jobs[jobs_count++] = job;
}

/* Returns how many failed. */
static unsigned run_scenario(const struct job *j)
{
    const struct scenario_kind *k = j->kind;
    const struct ct_impl *impl = j->impl;
    const struct scenario *s = j->scenario;
    if (!scenario_suits(k, s, impl)) {
        rows_skipped(k->kind, impl->name, s->name, "does not offer what the scenario needs");
        return 0;
    }
    struct search_plan plan = options.plan;
    if (j->wide)
        plan.mode = PCT;
    unsigned threads = j->wide ? WIDE_THREADS : threads_of(s);
    unsigned steps = j->wide ? WIDE_STEPS : steps_of(s);
    struct row row = open_case(k, impl, s, threads, steps, plan.seed);
    search(&program, &plan, &result);
    bool failed = result.outcome == FAILED;
    if (failed)
        search_shrink(&program, &result);
    rows_result(&row);
    subject_close(&subject);
    return failed;
}

static bool control_plays(const struct scenario_kind *k, const struct ct_impl *impl,
                          const struct scenario *s, bool recorded)
{
    return runs(s) && scenario_suits(k, s, impl) && s->recorded >= recorded;
}

/* Each scenario, or each that checks a history, again and again, each time with another seed and for twice as
   long, until the first that kills. True: killed. */
static bool run_control(const struct scenario_kind *k, const struct ct_impl *impl, bool recorded)
{
    double used_s = 0;
    uint64_t executions = 0;
    size_t last = 0;
    for (size_t i = 0; i < k->scenario_count; i++) {
        if (control_plays(k, impl, &k->scenarios[i], recorded))
            last = i;
    }
    for (unsigned pass = 0; pass < CONTROL_PASSES; pass++) {
        struct search_plan plan = options.plan;
        plan.seed += pass;
        plan.seconds = fmin(plan.seconds, SECONDS_FIRST_LOOK * (1 << pass));
        for (size_t i = 0; i < k->scenario_count && !search_interrupted; i++) {
            const struct scenario *s = &k->scenarios[i];
            if (!control_plays(k, impl, s, recorded))
                continue;
            struct row row = open_case(k, impl, s, threads_of(s), steps_of(s), plan.seed);
            row.control = true;
            search(&program, &plan, &result);
            executions += result.executions;
            used_s += result.seconds;
            bool killed = result.outcome == FAILED;
            if (killed || (pass + 1 == CONTROL_PASSES && i == last)) {
                result.executions = executions;
                result.seconds = used_s;
                if (killed)
                    search_shrink(&program, &result);
                rows_result(&row);
            }
            subject_close(&subject);
            if (killed)
                return true;
        }
    }
    return search_interrupted;
}

/* Why the model does not run it, or NULL. */
static const char *unmodelled(const struct ct_impl *impl)
{
    return impl->traits & CT_OPAQUE    ? "opaque: not modelled"
           : impl->traits & CT_THREADS ? "has threads of its own: not modelled"
                                       : NULL;
}

static void add_impl(const struct scenario_kind *k, const struct ct_impl *impl)
{
    unsigned before = jobs_count;
    cases_run++;
    for (size_t i = 0; i < k->scenario_count && !unmodelled(impl); i++) {
        const struct scenario *s = &k->scenarios[i];
        if (!runs(s))
            continue;
        add_job((struct job){.kind = k, .impl = impl, .scenario = s});
        if (options.thorough && scenario_suits(k, s, impl) &&
            scenario_threads(s, WIDE_THREADS) == WIDE_THREADS)
            add_job((struct job){.kind = k, .impl = impl, .scenario = s, .wide = true});
    }
    if (jobs_count == before)
        add_job((struct job){.kind = k, .impl = impl});
}

static void add_kind(const struct scenario_kind *k)
{
    if (options.task == TASK_IMPLS) {
        for (const struct ct_impl *const *i = k->impls; *i; i++) {
            if (listed(options.impls, (*i)->name))
                add_impl(k, *i);
        }
        return;
    }
    for (const struct scenario_control *c = k->controls; c->impl; c++) {
        if (listed(options.impls, c->impl->name) && strchr(c->killers, 'M')) {
            cases_run++;
            add_job((struct job){.kind = k, .impl = c->impl});
            if (strchr(c->killers, 'L'))
                add_job((struct job){.kind = k, .impl = c->impl, .recorded = true});
        }
    }
}

static const char *job_name(unsigned job)
{
    return jobs[job].impl->name;
}

static unsigned run_job(unsigned job)
{
    const struct job *j = &jobs[job];
    unsigned failed = 0;
    rows_apart_begin();
    if (j->scenario)
        failed = run_scenario(j);
    else if (options.task == TASK_CONTROLS)
        failed = !run_control(j->kind, j->impl, j->recorded);
    else
        rows_skipped(j->kind->kind, j->impl->name, NULL,
                     unmodelled(j->impl) ? unmodelled(j->impl) : "no such scenario for the model");
    rows_apart_end();
    return failed;
}

unsigned cases_scenarios(void)
{
    for (const struct scenario_kind *const *k = scenario_kinds; *k; k++) {
        if (listed(options.kind, (*k)->kind))
            add_kind(*k);
    }
    unsigned failed =
        jobs_run(&(struct jobs){jobs_count, options.jobs, run_job, job_name, rows_collect});
    free(jobs);
    return failed;
}

static const struct litmus *const litmus_tables[] = {litmus_c11, litmus_kernel};
enum { LITMUS_TABLES = sizeof litmus_tables / sizeof *litmus_tables };

static bool run_litmus(const struct litmus *l)
{
    static const char *const answers[] = {"allowed", "allowed", "forbidden",
                                          "allowed, not produced"};
    struct search_plan plan = options.plan;
    if (plan.mode == MODE_AUTO)
        plan.mode = EXHAUSTIVE;
    struct program p = litmus_program(l);
    search(&p, &plan, &result);
    bool expected = l->answer == ALLOWED || (l->answer == ALLOWED_STALE && plan.stale_max != 0);
    bool ok = result.outcome == COMPLETE && (litmus_happened > 0) == expected;
    rows_litmus(l->name, l->outcome, answers[l->answer], result.mode, &result, litmus_happened, ok);
    return ok;
}

/* Under sequential consistency the outcomes that need a stale load must vanish. */
unsigned cases_litmus(void)
{
    unsigned failed = 0;
    for (unsigned t = 0; t < LITMUS_TABLES; t++) {
        for (const struct litmus *l = litmus_tables[t]; l->name && !search_interrupted; l++) {
            if (!listed(options.scenarios, l->name))
                continue;
            cases_run++;
            failed += !run_litmus(l);
        }
    }
    return failed;
}

static const struct scenario_kind *kind_named(const char *name)
{
    for (const struct scenario_kind *const *k = scenario_kinds; *k; k++) {
        if (strcmp((*k)->kind, name) == 0)
            return *k;
    }
    return NULL;
}

static const struct ct_impl *impl_named(const struct scenario_kind *k, const char *name)
{
    for (const struct ct_impl *const *i = k->impls; *i; i++) {
        if (strcmp((*i)->name, name) == 0)
            return *i;
    }
    for (const struct scenario_control *c = k->controls; c->impl; c++) {
        if (strcmp(c->impl->name, name) == 0)
            return c->impl;
    }
    return NULL;
}

static const struct scenario *scenario_named(const struct scenario_kind *k, const char *name)
{
    for (size_t i = 0; i < k->scenario_count; i++) {
        if (strcmp(k->scenarios[i].name, name) == 0)
            return &k->scenarios[i];
    }
    return NULL;
}

unsigned cases_replay(void)
{
    char kind[32], impl[64], scenario[64], decisions[DECISIONS_MAX + 1] = "";
    unsigned threads, steps;
    uint64_t seed;
    const struct scenario_kind *k = NULL;
    const struct ct_impl *i = NULL;
    const struct scenario *s = NULL;
    if (sscanf(options.replay, "%31[^/]/%63[^/]/%63[^/]/%ux%u/%" SCNu64 "/%8192s", kind, impl,
               scenario, &threads, &steps, &seed, decisions) >= 6 &&
        (k = kind_named(kind)) && (i = impl_named(k, impl)))
        s = scenario_named(k, scenario);
    uint8_t decision[DECISIONS_MAX];
    unsigned count;
    if (!s || threads != threads_within(s, threads) || steps != steps_within(s, steps) ||
        !search_parse(decisions, decision, &count))
        fail(EXIT_USAGE,
             "model: --replay \"%s\": expected KIND/IMPLEMENTATION/SCENARIO/THREADSxOPS/SEED/"
             "DECISIONS as printed with a failure",
             options.replay);
    cases_run++;
    struct row row = open_case(k, i, s, threads, steps, seed);
    memset(&result, 0, offsetof(struct search_result, decision));
    result.outcome = search_replay(&program, decision, count);
    result.mode = "replay";
    result.executions = 1;
    result.failure = engine.failure;
    result.site = engine.failure_site;
    result.decisions = count;
    memcpy(result.decision, decision, count);
    rows_result(&row);
    unsigned failed = result.outcome == FAILED;
    subject_close(&subject);
    return failed;
}

void cases_list(void)
{
    for (const struct scenario_kind *const *k = scenario_kinds; *k; k++) {
        for (const struct ct_impl *const *i = (*k)->impls; *i; i++)
            printf("implementation %s/%s%s\n", (*k)->kind, (*i)->name,
                   unmodelled(*i) ? " (not modelled)" : "");
        for (const struct scenario_control *c = (*k)->controls; c->impl; c++)
            printf("control %s/%s%s\n", (*k)->kind, c->impl->name,
                   strchr(c->killers, 'M') ? "" : " (not for the model)");
        for (size_t i = 0; i < (*k)->scenario_count; i++) {
            const struct scenario *s = &(*k)->scenarios[i];
            if (s->model_threads)
                printf("scenario %s/%s, %u threads, %u operations: %s\n", (*k)->kind, s->name,
                       s->model_threads, s->model_steps, s->claim);
        }
    }
    for (unsigned t = 0; t < LITMUS_TABLES; t++) {
        for (const struct litmus *l = litmus_tables[t]; l->name; l++)
            printf("litmus %s: %s\n", l->name, l->outcome);
    }
}

static bool same(const char *name, const char *given, size_t length)
{
    return strlen(name) == length && strncmp(name, given, length) == 0;
}

bool cases_know_kind(const char *given, size_t length)
{
    for (const struct scenario_kind *const *k = scenario_kinds; *k; k++) {
        if (same((*k)->kind, given, length))
            return true;
    }
    return false;
}

bool cases_know_impl(const char *given, size_t length)
{
    for (const struct scenario_kind *const *k = scenario_kinds; *k; k++) {
        for (const struct ct_impl *const *i = (*k)->impls; *i; i++) {
            if (same((*i)->name, given, length))
                return true;
        }
        for (const struct scenario_control *c = (*k)->controls; c->impl; c++) {
            if (same(c->impl->name, given, length))
                return true;
        }
    }
    return false;
}

bool cases_know_scenario(const char *given, size_t length)
{
    for (const struct scenario_kind *const *k = scenario_kinds; *k; k++) {
        for (size_t i = 0; i < (*k)->scenario_count; i++) {
            if (same((*k)->scenarios[i].name, given, length))
                return true;
        }
    }
    for (unsigned t = 0; t < LITMUS_TABLES; t++) {
        for (const struct litmus *l = litmus_tables[t]; l->name; l++) {
            if (same(l->name, given, length))
                return true;
        }
    }
    return false;
}
