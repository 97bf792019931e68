// SPDX-License-Identifier: MIT
#include "cli/pace.h"

#include "cli/store.h"
#include "support/clock.h"
#include "support/fail.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char pace_key[] = "pace";

char *pace_text(const struct bench_pace *pace)
{
    return must_printf("%.3f ms beside each trial, %.3f of them again", 1000 * pace->overhead_s,
                       pace->again);
}

char *pace_length(const struct bench_plan *plan)
{
    double budget_s = bench_budget_s(plan);
    struct duration_text about = duration_format(plan->seconds_expected * (double)NS_PER_S);
    if (plan->options.precision <= 0 || budget_s <= plan->seconds_expected)
        return must_printf("about %s", about.text);
    return must_printf("about %s, up to %s until all ratios are known to +-%.3g %%", about.text,
                       duration_format(budget_s * (double)NS_PER_S).text,
                       100 * plan->options.precision);
}

struct search {
    struct store *store;
    const struct machine_fact *now;
    bool elsewhere, found;
    struct bench_pace pace;
};

static void visit_fact(void *context, const char *key, const char *value)
{
    static const char *const telling[] = {"cpu_model", "cpus_allowed"};
    struct search *s = context;
    for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
        s->elsewhere |=
            strcmp(key, telling[i]) == 0 && strcmp(value, machine_fact_value(s->now, key)) != 0;
    double overhead_ms, again;
    if (strcmp(key, pace_key) == 0 && !s->elsewhere &&
        sscanf(value, "%lf ms beside each trial, %lf", &overhead_ms, &again) == 2) {
        s->found = true;
        s->pace = (struct bench_pace){overhead_ms / 1000, again};
    }
}

/* The facts of the machine come before those that are known at the end. */
static void visit_run(void *context, const struct store_run *run)
{
    struct search *s = context;
    s->elsewhere = false;
    store_each_fact(s->store, run->id, visit_fact, s);
}

void pace_expect(struct bench_plan *plan, const char *path)
{
    if (access(path, F_OK) != 0)
        return;
    struct machine_fact *facts = machine_facts(plan->place);
    struct search s = {.store = store_open_existing(path), .now = facts};
    store_each_run(s.store, 0, visit_run, &s);
    if (s.found)
        bench_plan_expect(plan, s.pace);
    store_close(s.store);
    machine_facts_free(facts);
}
