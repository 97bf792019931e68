// SPDX-License-Identifier: MIT
#include "stress/model/search.h"

#include "support/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

volatile bool search_interrupted;

enum { PREEMPTIONS = 2, EXECUTIONS_PER_CLOCK_READ = 64 };

/* What is tried in which order, with which share of the time. A cheap random look first: most mistakes
   fall at once. A phase that ends early leaves its time to the next ones; the first that exhausts
   its space makes the weaker ones after it pointless. */
static const struct phase {
    enum explore_mode mode;
    int stale_max;
    bool calm;
    unsigned share; /* of what is left, in percent */
} phases[] = {
    {RANDOM, STALE_UNBOUNDED, false, 3},
    {PCT, STALE_UNBOUNDED, false, 3},
    {EXHAUSTIVE, STALE_UNBOUNDED, false, 55},
    {EXHAUSTIVE, 2, false, 30},
    {EXHAUSTIVE, 0, false, 30},
    {EXHAUSTIVE, STALE_UNBOUNDED, true, 30},
    {EXHAUSTIVE, 0, true, 40},
    {PREEMPTION, 1, false, 50},
    {RANDOM, STALE_UNBOUNDED, false, 50},
    {PCT, STALE_UNBOUNDED, false, 100},
};

static bool ends(const struct phase *phase)
{
    return phase->mode == EXHAUSTIVE || phase->mode == PREEMPTION;
}

/* What was covered when it ended. */
static const char *space(const struct phase *phase)
{
    static char text[32]; /* one process explores one case at a time */
    const char *calm = phase->calm ? "calm+" : "";
    if (phase->mode == PREEMPTION)
        snprintf(text, sizeof text, "%spreemptions<=%d", calm, PREEMPTIONS);
    else if (phase->stale_max > 0)
        snprintf(text, sizeof text, "%sstale<=%d", calm, phase->stale_max);
    else if (phase->stale_max == 0)
        snprintf(text, sizeof text, "%sstale=0", calm);
    else
        return phase->calm ? "calm" : "everything";
    return text;
}

static const char *const mode_names[] = {"exhaustive", "preemption", "random", "pct", "replay"};

const char *search_mode_name(int mode)
{
    return mode == MODE_AUTO ? "auto" : mode_names[mode];
}

int search_mode_of(const char *name)
{
    if (strcmp(name, "auto") == 0)
        return MODE_AUTO;
    for (int m = EXHAUSTIVE; m < REPLAY; m++) {
        if (strcmp(name, mode_names[m]) == 0)
            return m;
    }
    return MODE_UNKNOWN;
}

/* What this process used: how far a search comes does not depend on what else the machine does. */
static double now_s(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / (double)NS_PER_S;
}

static void keep_decisions(struct search_result *r)
{
    r->decisions = exploration.decisions;
    while (r->decisions > 0 &&
           exploration.decision[r->decisions - 1] == exploration.fallback[r->decisions - 1])
        r->decisions--;
    memcpy(r->decision, exploration.decision, r->decisions);
}

/* True: this phase's space was covered wholly. */
static bool run_phase(const struct program *p, const struct phase *phase, uint64_t seed,
                      double until_s, struct search_result *r)
{
    uint64_t adrift_before = r->adrift;
    explore_start(phase->mode, phase->stale_max, phase->calm, PREEMPTIONS, seed);
    for (unsigned n = 1;; n++) {
        enum outcome o = execute(p);
        r->executions++;
        r->complete += o == COMPLETE;
        r->pruned += o == PRUNED;
        r->adrift += exploration.adrift;
        if (o == FAILED) {
            r->outcome = FAILED;
            r->failure = engine.failure;
            r->site = engine.failure_site;
            keep_decisions(r);
            return false;
        }
        if (!explore_next())
            return r->adrift == adrift_before;
        if (n % EXECUTIONS_PER_CLOCK_READ == 0 && (search_interrupted || now_s() > until_s))
            return false;
    }
}

static void run_plan(const struct program *p, const struct search_plan *plan, double begin_s,
                     struct search_result *r)
{
    double end_s = begin_s + plan->seconds;
    int stale_max = plan->stale_max == STALE_AUTO ? STALE_UNBOUNDED : plan->stale_max;
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
        struct phase phase = phases[i];
        if ((r->exhausted && ends(&phase)) || (phase.calm && plan->calm))
            continue;
        phase.calm |= plan->calm;
        if (plan->stale_max != STALE_AUTO) {
            if (phase.mode == EXHAUSTIVE && phase.stale_max != STALE_UNBOUNDED)
                continue;
            phase.stale_max = plan->stale_max;
        }
        double now = now_s();
        r->mode = search_mode_name((int)phase.mode);
        bool done =
            run_phase(p, &phase, plan->seed + i, now + (end_s - now) * phase.share / 100, r);
        if (done)
            r->exhausted = space(&phase);
        if (r->outcome == FAILED || search_interrupted ||
            (done && phase.mode == EXHAUSTIVE && phase.stale_max == stale_max &&
             phase.calm == plan->calm))
            return;
    }
}

void search(const struct program *p, const struct search_plan *plan, struct search_result *r)
{
    memset(r, 0, offsetof(struct search_result, decision));
    r->outcome = COMPLETE;
    double begin_s = now_s();
    if (plan->mode == MODE_AUTO) {
        run_plan(p, plan, begin_s, r);
    } else {
        struct phase phase = {(enum explore_mode)plan->mode, plan->stale_max, plan->calm, 100};
        if (plan->stale_max == STALE_AUTO)
            phase.stale_max = STALE_UNBOUNDED;
        r->mode = search_mode_name(plan->mode);
        if (run_phase(p, &phase, plan->seed, begin_s + plan->seconds, r))
            r->exhausted = space(&phase);
    }
    r->seconds = now_s() - begin_s;
    if (r->outcome == COMPLETE && r->complete == 0) {
        r->outcome = FAILED;
        r->failure = "not one execution came to its end, so nothing was checked";
    }
}

enum outcome search_replay(const struct program *p, const uint8_t *decision, unsigned decisions)
{
    explore_replay(decision, decisions);
    engine.recording = true;
    enum outcome o = execute(p);
    engine.recording = false;
    return o;
}

/* Shorter is fewer lines to read, then fewer switches between threads, then fewer decisions. */
static uint64_t effort(unsigned decisions)
{
    return (uint64_t)engine.events << 40 | (uint64_t)exploration.switches << 20 | decisions;
}

static bool improves(const struct program *p, const uint8_t *decision, unsigned decisions,
                     struct search_result *r, uint64_t *least)
{
    static struct search_result tried;
    if (search_replay(p, decision, decisions) != FAILED || strcmp(engine.failure, r->failure) != 0)
        return false;
    keep_decisions(&tried);
    if (effort(tried.decisions) >= *least)
        return false;
    *least = effort(tried.decisions);
    r->site = engine.failure_site;
    r->decisions = tried.decisions;
    memcpy(r->decision, tried.decision, tried.decisions);
    return true;
}

/* Leave out one decision, or some in a row, or make one the default, while that helps. */
static bool shrink_once(const struct program *p, struct search_result *r, uint64_t *least)
{
    static uint8_t changed[DECISIONS_MAX];
    for (unsigned length = r->decisions; length > 0; length /= 2) {
        for (unsigned at = 0; at + length <= r->decisions; at++) {
            memcpy(changed, r->decision, at);
            memcpy(changed + at, r->decision + at + length, r->decisions - at - length);
            if (improves(p, changed, r->decisions - length, r, least))
                return true;
        }
    }
    for (unsigned at = 0; at < r->decisions; at++) {
        for (unsigned value = 0; value < MODEL_THREADS_MAX; value++) {
            memcpy(changed, r->decision, r->decisions);
            changed[at] = (uint8_t)value;
            if (value != r->decision[at] && improves(p, changed, r->decisions, r, least))
                return true;
        }
    }
    return false;
}

void search_shrink(const struct program *p, struct search_result *r)
{
    enum { SHRINK_S = 1 };
    double until_s = now_s() + SHRINK_S;
    if (search_replay(p, r->decision, r->decisions) != FAILED ||
        strcmp(engine.failure, r->failure) != 0) {
        static char was[256]; /* one process explores one case at a time, and stops at a failure */
        snprintf(was, sizeof was,
                 "a failure that its own decisions do not reproduce: the program has state that "
                 "outlives an execution; it was: %s",
                 r->failure);
        r->failure = was;
        return;
    }
    uint64_t least = effort(r->decisions);
    while (now_s() < until_s && shrink_once(p, r, &least))
        continue;
    (void)search_replay(p, r->decision, r->decisions);
}

static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

void search_text(const struct search_result *r, char text[REPLAY_TEXT_BYTES])
{
    for (unsigned i = 0; i < r->decisions; i++)
        text[i] = digits[r->decision[i]];
    text[r->decisions] = '\0';
}

bool search_parse(const char *text, uint8_t *decision, unsigned *decisions)
{
    *decisions = 0;
    for (; *text; text++) {
        const char *digit = strchr(digits, *text);
        if (!digit || *decisions == DECISIONS_MAX)
            return false;
        decision[(*decisions)++] = (uint8_t)(digit - digits);
    }
    return true;
}
