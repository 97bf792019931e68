// SPDX-License-Identifier: MIT
#include "cli/soak.h"

#include "stress/child.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/machine.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EVIDENCE_BYTES_MAX = 64 * 1024 };

/* How much longer than asked for a slice may take: rounds of many threads on a busy machine are long. */
static const uint64_t slice_patience_ns = 60 * NS_PER_S;
static const uint64_t child_look_ns = 10 * NS_PER_MS;

/* More than this is a leak, if it also grows as leak.h says. */
static const uint64_t child_tolerance[LEAK_RESOURCES] = {8 << 20, 8, 16};
static const uint64_t own_tolerance[LEAK_RESOURCES] = {8 << 20, 4, 8};

/* The memory of a sanitizer's build grows by what the sanitizer keeps. */
static char *leak_of(const struct leak_watch *w, const uint64_t tolerance[LEAK_RESOURCES])
{
    uint64_t judged[LEAK_RESOURCES];
    memcpy(judged, tolerance, sizeof judged);
    if (!machine_build_can_measure())
        judged[LEAK_MEMORY] = UINT64_MAX;
    return leak_found(w, judged);
}

/* Violations. */

/* What the slice's process said, up to a bound. */
static char *reports_text(const struct soak *s)
{
    char *text = must_alloc(EVIDENCE_BYTES_MAX + 1);
    ssize_t got = pread(s->reports, text, EVIDENCE_BYTES_MAX, 0);
    text[got > 0 ? got : 0] = '\0';
    for (ssize_t i = 0; i < got; i++)
        if (text[i] == '\0')
            text[i] = '?';
    return text;
}

/* The file's path, or NULL if it could not be written: then the store has the only copy. */
static char *write_evidence(const struct soak *s, const char *evidence)
{
    char *path = must_printf("%s-soak-%" PRId64 "-violation-%" PRIu64 ".txt", s->store_path, s->run,
                             s->asked.violations);
    FILE *f = fopen(path, "we");
    bool written = f && fputs(evidence, f) >= 0;
    if (f && fclose(f) != 0)
        written = false;
    if (!written) {
        complain("soak: evidence %s: %s", path, strerror(errno));
        free(path);
        return NULL;
    }
    return path;
}

/* One more, counted and told; v gets its evidence and file, to be given back. Those after the first
   ones are only counted. */
static void violation_make(struct soak *s, struct store_soak_violation *v, const char *reports)
{
    s->asked.violations++;
    v->elapsed_ns = soak_elapsed_ns(s);
    v->slice = s->asked.slices;
    char at[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    char *evidence = must_printf(
        "contend soak, run %" PRId64 ", violation %" PRIu64 ", %s\n"
        "what      %s\n"
        "case      %s %s, scenario %s, perturbation %s\n"
        "when      slice %" PRIu64 " of seed %" PRIu64 ", %s after the start\n"
        "again     %s\n\n%s",
        s->run, s->asked.violations, at, v->what, v->kind ? v->kind : "-", v->impl ? v->impl : "-",
        v->scenario ? v->scenario : "-", v->perturbation ? v->perturbation : "-", v->slice, s->seed,
        duration_format((double)v->elapsed_ns).text, v->again ? v->again : "-", reports);
    v->evidence = evidence;
    v->file = s->asked.violations <= SOAK_VIOLATIONS_MAX ? write_evidence(s, evidence) : NULL;
    progress_clear(&s->progress);
    complain("soak: violation %" PRIu64 ": %s %s, scenario %s, perturbation %s: %s%s%s",
             s->asked.violations, v->kind ? v->kind : "the soak", v->impl ? v->impl : "itself",
             v->scenario ? v->scenario : "-", v->perturbation ? v->perturbation : "-", v->what,
             v->file ? ": see " : "", v->file ? v->file : "");
}

static void violation_free(struct store_soak_violation *v)
{
    free((char *)(uintptr_t)v->evidence);
    free((char *)(uintptr_t)v->file);
    free((char *)(uintptr_t)v->again);
    free((char *)(uintptr_t)v->what);
}

/* Slices. */

/* Told and kept; what the machine does not let run says nothing of an implementation. */
static void not_judged(struct soak *s, const char *why)
{
    s->starved++;
    char *times = must_printf("%u since the start or the last resumption", s->starved);
    store_fact(s->store, s->run, "soak_not_judged", times);
    free(times);
    progress_clear(&s->progress);
    complain("soak: %s: not judged: %s", s->now, why);
}

/* What is wrong with the slice, NULL: nothing; free it. */
static char *wrong_with(struct soak *s, const struct stress_case *slice)
{
    const struct stress_result *r = s->result;
    if (r->end == STRESS_INTERRUPTED && s->slice_starved) {
        not_judged(s, "for a minute threads that could run had no CPU; other programs use it, or "
                      "the kernel's scheduler starves them");
        return NULL;
    }
    if (r->end == STRESS_FAILED || r->end == STRESS_HUNG)
        return must_printf("%s", r->failure);
    if (r->end == STRESS_INTERRUPTED)
        return must_printf("had not ended %s after the %s that it was to last",
                           duration_format((double)slice_patience_ns).text,
                           duration_format((double)slice->duration_ns).text);
    char *leak = leak_of(&s->child_watch, child_tolerance);
    char *text = leak ? must_printf("the process leaks %s", leak) : NULL;
    free(leak);
    return text;
}

static void count(struct soak *s, struct store_soak_case *total)
{
    const struct stress_result *r = s->result;
    double share =
        r->share_measured ? (double)r->share_sum / (double)r->share_measured : (double)NAN;
    total->slices++;
    total->rounds += r->rounds;
    total->operations += r->operations;
    total->contended += r->contended;
    total->sleeps += r->sleeps;
    total->share_sum += r->share_sum;
    total->share_measured += r->share_measured;
    total->share_least = fmin(total->share_least, share);
    if (r->wait_ns_max > total->wait_ns_max)
        total->wait_ns_max = r->wait_ns_max;
    s->operations += r->operations;
    s->share_least = fmin(s->share_least, share);
    if (r->wait_ns_max > s->wait_ns_max)
        s->wait_ns_max = r->wait_ns_max;
}

static void play(struct soak *s, const struct stress_case *slice)
{
    *s->result = (struct stress_result){.end = STRESS_NOT_RUN};
    s->slice_starved = false;
    ct_u32_store_relaxed(s->campaign->stop, CHILD_GOES_ON);
    if (soak_interrupted(s)) /* looked at last: a signal in between is not lost */
        ct_u32_store_relaxed(s->campaign->stop, CHILD_STOPS);
    if (ftruncate(s->reports, 0) != 0 || lseek(s->reports, 0, SEEK_SET) != 0)
        fail(EXIT_ENVIRONMENT, "soak: reports: %s", strerror(errno));
    leak_watch_start(&s->child_watch, child_look_ns);
    struct child_orders orders = {
        .cases = slice,
        .results = s->result,
        .count = 1,
        .place = s->campaign->place,
        .stop = s->campaign->stop,
        .limit_ns = slice->duration_ns + slice_patience_ns,
        .starved = &s->slice_starved,
        .reports = s->reports,
        .child = &s->child,
        .tick = soak_tick,
        .context = s,
    };
    child_play(&orders);
}

void soak_play_slice(struct soak *s)
{
    struct stress_case slice;
    struct soak_case *c = soak_next(s, &slice);
    snprintf(s->now, sizeof s->now, "%s/%s %s, %s", c->total.kind, c->total.impl, c->total.scenario,
             c->total.perturbation);
    play(s, &slice);
    bool broken = s->result->end == STRESS_FAILED || s->result->end == STRESS_HUNG;
    if (soak_interrupted(s) && !broken)
        return; /* cut short: when resumed it is played again */
    count(s, &c->total);
    struct store_soak_violation v = {.what = wrong_with(s, &slice)};
    if (v.what && c->player->impl->traits & CT_DEFECTIVE) {
        complain("soak: %s, known to be defective: %s", s->now, v.what);
        free((char *)(uintptr_t)v.what);
        v.what = NULL;
    }
    if (v.what) {
        v.kind = c->total.kind;
        v.scenario = c->total.scenario;
        v.impl = c->total.impl;
        v.perturbation = c->total.perturbation;
        v.threads = slice.threads;
        v.seed = slice.seed;
        v.again =
            must_printf("contend stress --kind %s --impl %s --scenario %s --perturb %s"
                        " --threads %u --seed %" PRIu64 " --seconds 60",
                        v.kind, v.impl, v.scenario, v.perturbation, slice.threads, slice.seed);
        char *reports = reports_text(s);
        violation_make(s, &v, reports);
        free(reports);
        c->total.violations++;
    }
    s->asked.slices++;
    s->asked.elapsed_ns = soak_elapsed_ns(s);
    store_soak_case(s->store, s->run, &s->asked, &c->total, v.what ? &v : NULL);
    violation_free(&v);
}

/* Controls. */

bool soak_crowded(const struct noise_snapshot *before, const struct noise_snapshot *after,
                  unsigned cpus)
{
    struct noise n = noise_between(before, after);
    return after->at_ns - before->at_ns >= NS_PER_S && n.steal_cpus + n.foreign_cpus > cpus / 2.0;
}

static void play_control(struct soak *s, struct campaign_player *p, uint64_t seed)
{
    struct store_soak_control row = {
        .elapsed_ns = soak_elapsed_ns(s), .kind = p->kind->kind, .name = p->impl->name};
    snprintf(s->now, sizeof s->now, "control %s/%s", row.kind, row.name);

    /* it may crash, which is no evidence of anything */
    struct rlimit cores, none;
    getrlimit(RLIMIT_CORE, &cores);
    none = (struct rlimit){0, cores.rlim_max};
    setrlimit(RLIMIT_CORE, &none);
    struct noise_snapshot before, after;
    campaign_reseed(p, seed);
    noise_snapshot(&before);
    campaign_play(s->controls, p, soak_tick, s);
    noise_snapshot(&after);
    setrlimit(RLIMIT_CORE, &cores);

    if (!p->failure && soak_interrupted(s))
        return;
    s->control_ns = clock_ns();
    if (!p->failure && soak_crowded(&before, &after, place_cpus(s->campaign->place))) {
        not_judged(s, "it survived, but other programs had more than half of the CPUs");
        return;
    }
    s->asked.controls++;
    s->asked.controls_caught += p->failure != NULL;
    s->asked.elapsed_ns = soak_elapsed_ns(s);
    row.how = p->failure;
    row.seconds = (double)p->elapsed_ns / (double)NS_PER_S;
    struct store_soak_violation v = {0};
    if (!p->failure) {
        v.kind = row.kind;
        v.impl = row.name;
        v.scenario = p->power ? p->power->name : NULL;
        v.seed = seed;
        v.what = must_printf("a control survived %s and %" PRIu64
                             " rounds: this soak does not see what it should",
                             duration_format((double)p->elapsed_ns).text, p->total.rounds);
        v.again = must_printf("contend stress --controls --kind %s --impl %s --seed %" PRIu64,
                              v.kind, v.impl, seed);
        violation_make(s, &v, "");
    }
    store_soak_control(s->store, s->run, &s->asked, &row, v.what ? &v : NULL);
    violation_free(&v);
}

void soak_play_control(struct soak *s)
{
    uint64_t seed;
    struct campaign_player *p = soak_next_control(s, &seed);
    play_control(s, p, seed);
    campaign_forget(p);
}

/* Of the soak itself. */

void soak_check_own(struct soak *s)
{
    char *leak = s->own_leak ? NULL : leak_of(&s->own_watch, own_tolerance);
    if (!leak)
        return;
    s->own_leak = true;
    struct store_soak_violation v = {.what = must_printf("the soak's own process leaks %s", leak)};
    violation_make(s, &v, "");
    store_soak_violation(s->store, s->run, &s->asked, &v);
    violation_free(&v);
    free(leak);
}

/* The cases of a player's scenario, added up; false if one of them has not been played. */
static bool add_up(const struct soak *s, const struct soak_case *first, struct stress_result *total)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct soak_case *c = &s->cases[i];
        if (c->player != first->player || c->c->scenario != first->c->scenario)
            continue;
        if (c->total.slices == 0)
            return false;
        total->rounds += c->total.rounds;
        total->operations += c->total.operations;
        total->contended += c->total.contended;
        total->sleeps += c->total.sleeps;
    }
    return true;
}

void soak_check_vacuous(struct soak *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct soak_case *c = &s->cases[i];
        if (c->c->perturb != s->cases[0].c->perturb) /* the first case of each scenario */
            continue;
        struct stress_result total = {0};
        const char *why = add_up(s, c, &total) ? stress_vacuous(c->c, &total) : NULL;
        if (!why)
            continue;
        struct store_soak_violation v = {.kind = c->total.kind,
                                         .scenario = c->total.scenario,
                                         .impl = c->total.impl,
                                         .what = must_printf("%s", why)};
        violation_make(s, &v, "");
        store_soak_violation(s->store, s->run, &s->asked, &v);
        violation_free(&v);
    }
}
