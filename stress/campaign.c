// SPDX-License-Identifier: MIT
#include "stress/campaign.h"

#include "support/clock.h"
#include "support/fail.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A control gets passes over all its cases, each pass twice as long as the one before. */
static const uint64_t control_slice_ns = 30 * NS_PER_MS;
/* Patience with a control, in every build: a wrong guess does no harm there. */
static const uint64_t control_hang_ns = 2 * NS_PER_S;
enum { CONTROL_PASSES = 8, THREADS_MIN = 2 };

static bool chosen(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return names == NULL;
}

static bool perturb_chosen(const struct campaign_options *o, const struct perturb *p)
{
    return o->perturbs ? chosen(o->perturbs, p->name) : o->controls || p->everyday;
}

static struct campaign_player *player_add(struct campaign *c, const struct scenario_kind *kind,
                                          const struct ct_impl *impl, const char *killers)
{
    c->players = realloc(c->players, (c->count + 1) * sizeof *c->players);
    if (!c->players)
        fail(EXIT_ENVIRONMENT, "memory: none left for the plan");
    struct campaign_player *p = &c->players[c->count++];
    memset(p, 0, sizeof *p);
    p->kind = kind;
    p->impl = impl;
    p->killers = killers;
    return p;
}

static void case_add(struct campaign *c, struct campaign_player *p, const struct scenario *scenario,
                     const struct perturb *perturb, uint64_t duration_ns)
{
    const struct campaign_options *o = &c->options;
    if (p->count == p->planned) {
        p->planned = 2 * p->planned + 16;
        p->cases = realloc(p->cases, p->planned * sizeof *p->cases);
        if (!p->cases)
            fail(EXIT_ENVIRONMENT, "memory: none left for the plan");
    }
    p->cases[p->count++] = (struct stress_case){.kind = p->kind,
                                                .scenario = scenario,
                                                .impl = p->impl,
                                                .perturb = perturb,
                                                .threads = o->threads,
                                                .seed = o->seed,
                                                .rounds_max = o->rounds,
                                                .duration_ns = duration_ns,
                                                .hang_ns = p->killers ? control_hang_ns : 0,
                                                .evidence = p->killers ? NULL : o->evidence};
    c->cases++;
}

/* Perturbations outside, so that each scenario comes up early. */
static void cases_add(struct campaign *c, struct campaign_player *p, uint64_t duration_ns)
{
    for (const struct perturb *perturb = perturbs; perturb->name; perturb++) {
        if (!perturb_chosen(&c->options, perturb))
            continue;
        for (size_t i = 0; i < p->kind->scenario_count; i++) {
            const struct scenario *s = &p->kind->scenarios[i];
            if (chosen(c->options.scenarios, s->name) && (!p->power || p->power == s) &&
                scenario_suits(p->kind, s, p->impl))
                case_add(c, p, s, perturb, duration_ns);
        }
    }
}

static void note_scenarios(const struct campaign *c, struct campaign_player *p)
{
    size_t skipped = 0;
    p->skipped = must_alloc((p->kind->scenario_count + 1) * sizeof *p->skipped);
    for (size_t i = 0; i < p->kind->scenario_count; i++) {
        const struct scenario *s = &p->kind->scenarios[i];
        if (!chosen(c->options.scenarios, s->name))
            continue;
        if (scenario_suits(p->kind, s, p->impl))
            p->scenario_count++;
        else
            p->skipped[skipped++] = s;
    }
}

/* Once more, by each scenario alone that checks a history. */
static void plan_recorded(struct campaign *c, const struct scenario_kind *kind,
                          const struct ct_impl *impl)
{
    for (size_t i = 0; i < kind->scenario_count; i++)
        if (kind->scenarios[i].recorded && chosen(c->options.scenarios, kind->scenarios[i].name))
            player_add(c, kind, impl, "L")->power = &kind->scenarios[i];
}

static void plan_controls(struct campaign *c, const struct scenario_kind *kind)
{
    const struct campaign_options *o = &c->options;
    for (const struct scenario_control *control = kind->controls; control->impl; control++) {
        if (!chosen(o->impls, control->impl->name) || !strchr(control->killers, o->checker))
            continue;
        player_add(c, kind, control->impl, control->killers);
        if (strchr(control->killers, 'L') && o->checker == 'H')
            plan_recorded(c, kind, control->impl);
    }
    for (size_t i = 0; i < kind->scenario_count; i++)
        if (kind->scenarios[i].power && chosen(o->impls, kind->nothing->name) &&
            chosen(o->scenarios, kind->scenarios[i].name))
            player_add(c, kind, kind->nothing, "HT")->power = &kind->scenarios[i];
}

static void note_unseen(struct campaign *c, const char *name)
{
    char *longer = must_printf("%s%s%s", c->unseen ? c->unseen : "", c->unseen ? ", " : "", name);
    free(c->unseen);
    c->unseen = longer;
}

static void plan_implementations(struct campaign *c, const struct scenario_kind *kind)
{
    const char *const *names = c->options.impls;
    for (const struct ct_impl *const *impl = kind->impls; *impl; impl++) {
        if (!chosen(names, (*impl)->name))
            continue;
        if (c->options.checker == 'T' && !names && ((*impl)->traits & CT_OPAQUE))
            note_unseen(c, (*impl)->name);
        else
            player_add(c, kind, *impl, NULL);
    }
    if (!names)
        return;
    for (const struct scenario_control *control = kind->controls; control->impl; control++)
        if (chosen(names, control->impl->name))
            player_add(c, kind, control->impl, NULL);
    if (chosen(names, kind->nothing->name))
        player_add(c, kind, kind->nothing, NULL);
}

/* Everybody's cases are known: make room for their results. */
static void settle(struct campaign *c)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++) {
        struct campaign_player *p = &c->players[i];
        if (p->count == 0)
            continue;
        p->results = child_shared(p->count * sizeof *p->results);
        c->players[kept++] = *p;
    }
    c->count = kept;
}

struct campaign *campaign_plan(const struct campaign_options *options)
{
    struct campaign *c = must_alloc(sizeof *c);
    c->options = *options;
    c->place = place_here();
    if (c->options.threads == 0)
        c->options.threads =
            place_cpus(c->place) > THREADS_MIN ? place_cpus(c->place) : THREADS_MIN;
    c->stop = child_shared(sizeof *c->stop);
    c->interrupted = child_shared(sizeof *c->interrupted);
    for (const struct scenario_kind *const *kind = scenario_kinds; *kind; kind++) {
        if (options->kind && strcmp(options->kind, (*kind)->kind) != 0)
            continue;
        if (options->controls)
            plan_controls(c, *kind);
        else
            plan_implementations(c, *kind);
    }
    for (size_t i = 0; i < c->count; i++) {
        struct campaign_player *p = &c->players[i];
        note_scenarios(c, p);
        for (unsigned pass = 0; pass < (options->controls ? CONTROL_PASSES : 1); pass++)
            cases_add(c, p, options->controls ? control_slice_ns << pass : 0);
    }
    settle(c);
    return c;
}

void campaign_free(struct campaign *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct campaign_player *p = &c->players[i];
        munmap(p->results, p->count * sizeof *p->results);
        free(p->skipped);
        free(p->cases);
    }
    munmap(c->interrupted, sizeof *c->interrupted);
    munmap(c->stop, sizeof *c->stop);
    place_close(c->place);
    free(c->unseen);
    free(c->players);
    free(c);
}

/* The first scenario that ran all its cases and saw nothing in any of them. */
static void find_vacuous(struct campaign_player *p)
{
    for (size_t i = 0; i < p->count && !p->failure; i++) {
        struct stress_result total = {0};
        for (size_t k = 0; k < p->count; k++)
            if (p->cases[k].scenario == p->cases[i].scenario)
                stress_add(&total, &p->results[k]);
        p->failure = stress_vacuous(&p->cases[i], &total);
        if (p->failure)
            p->broken = &p->cases[i];
    }
}

/* By time, real players share it by the number of their cases. */
static uint64_t share_ns(const struct campaign *c, const struct campaign_player *p)
{
    return c->options.rounds || p->killers ? 0 : c->options.duration_ns / c->cases * p->count + 1;
}

void campaign_play(struct campaign *c, struct campaign_player *p, void (*tick)(void *),
                   void *context)
{
    uint64_t start_ns = clock_ns();
    struct child_orders orders = {
        .cases = p->cases,
        .results = p->results,
        .count = p->count,
        .place = c->place,
        .stop = c->stop,
        .share_ns = share_ns(c, p),
        .limit_ns = p->killers ? c->options.duration_ns : 0,
        .quiet = p->killers && !c->options.verbose,
        .tick = tick,
        .context = context,
    };
    ct_u32_store_relaxed(c->stop, CHILD_GOES_ON);
    if (campaign_interrupted(c)) /* looked at last: a signal in between is not lost */
        ct_u32_store_relaxed(c->stop, CHILD_STOPS);
    child_play(&orders);
    p->elapsed_ns = clock_ns() - start_ns;
    for (size_t i = 0; i < p->count; i++) {
        const struct stress_result *r = &p->results[i];
        stress_add(&p->total, r);
        if (r->end == STRESS_FAILED || r->end == STRESS_HUNG) {
            p->failure = r->failure;
            p->broken = &p->cases[i];
        }
    }
    if (!p->failure && !p->killers && !campaign_interrupted(c))
        find_vacuous(p);
}

void campaign_reseed(struct campaign_player *p, uint64_t seed)
{
    for (size_t i = 0; i < p->count; i++)
        p->cases[i].seed = seed;
}

void campaign_forget(struct campaign_player *p)
{
    munmap(p->results, p->count * sizeof *p->results);
    p->results = child_shared(p->count * sizeof *p->results);
    p->total = (struct stress_result){0};
    p->broken = NULL;
    p->failure = NULL;
    p->elapsed_ns = 0;
}

bool campaign_as_it_should_be(const struct campaign_player *p)
{
    bool broken = p->failure != NULL, control = p->killers != NULL;
    return broken == control || (broken && p->impl->traits & CT_DEFECTIVE);
}

void campaign_interrupt(struct campaign *c)
{
    ct_u32_store_relaxed(c->interrupted, 1);
    ct_u32_store_relaxed(c->stop, CHILD_STOPS);
}

bool campaign_interrupted(const struct campaign *c)
{
    return ct_u32_load_relaxed(c->interrupted) != 0;
}
