// SPDX-License-Identifier: MIT
#include "stress/model/explore.h"

#include "stress/model/engine.h"
#include "stress/model/visited.h"

#include <string.h>

struct exploration exploration;

enum {
    FRAMES_MAX = DECISIONS_MAX,
    OPTIONS_MAX = 36,    /* a decision is written as one character */
    ADRIFT = REPLAY + 1, /* instead of the mode */
    PCT_DEPTH = 3,
    STEPS_GUESS = 20,
};

/* Depth first: the decisions on the way to the present leaf, and how many each had. */
static struct {
    uint8_t chosen, options;
} frame[FRAMES_MAX];
static unsigned frames, depth;

/* Sleep sets: threads whose next operation was tried at a node above and commutes with everything
   since. A load that sleeps has been tried with every store up to newest[]: newer ones are new. */
static struct sleep_set asleep;
static unsigned floor_of_load;

static unsigned begun; /* threads that were picked */

static struct rng drift; /* the same in each execution: it must not depend on those before */
static unsigned stale, preemptions;
static const uint8_t *replayed;
static unsigned replayed_count;
static unsigned priority[MODEL_THREADS_MAX], change_at[PCT_DEPTH - 1];

void explore_start(enum explore_mode mode, int stale_max, bool calm, unsigned preemptions_max,
                   uint64_t seed)
{
    exploration.mode = mode;
    exploration.stale_max = stale_max;
    exploration.calm = calm;
    exploration.preemptions_max = preemptions_max;
    exploration.rng = rng_seeded(seed, mode);
    exploration.steps_seen = STEPS_GUESS;
    frames = 0;
    visited_begin();
}

void explore_replay(const uint8_t *decision, unsigned decisions)
{
    exploration.mode = REPLAY;
    exploration.calm = false;
    replayed = decision;
    replayed_count = decisions;
}

static unsigned random_below(unsigned bound)
{
    return (unsigned)rng_below(&exploration.rng, bound);
}

static void begin_pct(unsigned threads)
{
    for (unsigned i = 0; i < threads; i++) {
        unsigned j = random_below(i + 1);
        priority[i] = priority[j];
        priority[j] = PCT_DEPTH + i;
    }
    for (unsigned i = 0; i < PCT_DEPTH - 1; i++)
        change_at[i] = 1 + random_below(exploration.steps_seen);
}

void explore_begin(unsigned threads)
{
    depth = asleep.threads = floor_of_load = stale = preemptions = begun = 0;
    exploration.decisions = exploration.switches = 0;
    exploration.adrift = false;
    if (exploration.mode == PCT)
        begin_pct(threads);
}

bool explore_next(void)
{
    if (engine.steps > exploration.steps_seen && engine.steps < STEPS_MAX)
        exploration.steps_seen = engine.steps;
    if (exploration.mode == RANDOM || exploration.mode == PCT)
        return true;
    if (exploration.mode == REPLAY)
        return false;
    while (frames > 0 && frame[frames - 1].chosen + 1 >= frame[frames - 1].options)
        frames--;
    if (frames == 0)
        return false;
    frame[frames - 1].chosen++;
    return true;
}

void explore_drift(void)
{
    if (exploration.adrift || exploration.mode == REPLAY)
        return;
    exploration.adrift = true;
    drift = rng_seeded(0, 0);
    asleep.threads = floor_of_load = 0;
}

static void decided(unsigned decision, unsigned fallback)
{
    if (exploration.decisions == DECISIONS_MAX)
        return;
    exploration.decision[exploration.decisions] = (uint8_t)decision;
    exploration.fallback[exploration.decisions] = (uint8_t)fallback;
    exploration.decisions++;
}

static unsigned next_replayed(unsigned fallback)
{
    return exploration.decisions < replayed_count ? replayed[exploration.decisions] : fallback;
}

/* The next choice on the way down, the first time the first one. */
static unsigned descend(unsigned options)
{
    if (options == 1)
        return 0;
    if (depth == frames) {
        if (frames == FRAMES_MAX)
            model_panic("more decisions than the model has room for");
        frame[frames].chosen = 0;
        frame[frames].options = (uint8_t)options;
        frames++;
    }
    if (frame[depth].options != options)
        model_panic("not deterministic: the same decisions led to another execution");
    return frame[depth++].chosen;
}

unsigned explore_choose(unsigned options, unsigned allowed)
{
    if (options <= 1)
        return 0;
    if (allowed > OPTIONS_MAX)
        allowed = OPTIONS_MAX;
    unsigned choice;
    if (exploration.adrift) {
        decided(0, 0);
        return 0;
    }
    switch (exploration.mode) {
    case REPLAY:
        choice = next_replayed(0) < options ? next_replayed(0) : 0;
        break;
    case EXHAUSTIVE:
    case PREEMPTION:
        choice = descend(allowed);
        break;
    default:
        choice = random_below(2) ? 0 : random_below(allowed);
    }
    decided(choice, 0);
    return choice;
}

bool explore_mishap(void)
{
    return explore_choose(2, exploration.calm ? 1 : 2) == 1;
}

static unsigned stale_choice(unsigned options, unsigned allowed)
{
    bool spent = exploration.stale_max >= 0 && stale >= (unsigned)exploration.stale_max;
    unsigned choice = explore_choose(options, spent ? 1 : allowed);
    stale += choice != 0;
    return choice;
}

unsigned explore_stale(unsigned options, unsigned newest)
{
    unsigned allowed = newest - floor_of_load + 1;
    return stale_choice(options, allowed < options ? allowed : options);
}

unsigned explore_stale_of(const uint8_t *candidate, unsigned candidates)
{
    unsigned allowed = 1;
    while (allowed < candidates && candidate[allowed] >= floor_of_load)
        allowed++;
    return stale_choice(candidates, allowed);
}

static bool is_load(const struct model_thread *t)
{
    return t->effects & READS;
}

static bool fully_asleep(unsigned thread)
{
    const struct model_thread *t = &engine.thread[thread];
    return (asleep.threads >> thread & 1) &&
           !(t->location != NO_LOCATION && is_load(t) &&
             memory.location[t->location].latest > asleep.newest[thread]);
}

/* Current first, so that the first way down has no switch. */
static unsigned order_candidates(unsigned enabled, unsigned current, uint8_t *candidate)
{
    unsigned n = 0;
    if (enabled >> current & 1)
        candidate[n++] = (uint8_t)current;
    for (unsigned rest = enabled & ~(1U << current); rest; rest &= rest - 1)
        candidate[n++] = (uint8_t)__builtin_ctz(rest);
    return n;
}

static int pick_exhaustive(unsigned enabled, unsigned current)
{
    uint8_t candidate[MODEL_THREADS_MAX] = {0};
    unsigned new = enabled;
    if (depth == frames && !exploration.plain &&
        visited(visited_key(exploration.stale_max == STALE_UNBOUNDED ? 0 : stale), &asleep))
        return -1;
    for (unsigned rest = enabled & asleep.threads; rest; rest &= rest - 1) {
        unsigned t = (unsigned)__builtin_ctz(rest);
        if (fully_asleep(t))
            new &= ~(1U << t);
    }
    if (!new)
        return -1;
    unsigned n = order_candidates(new, current, candidate);
    unsigned choice = descend(n);
    for (unsigned i = 0; i < choice && !exploration.plain; i++) {
        const struct model_thread *t = &engine.thread[candidate[i]];
        asleep.threads |= 1U << candidate[i];
        if (t->location != NO_LOCATION)
            asleep.newest[candidate[i]] = memory.location[t->location].latest;
    }
    unsigned t = candidate[choice];
    floor_of_load = asleep.threads >> t & 1 ? asleep.newest[t] + 1U : 0;
    asleep.threads &= ~(1U << t);
    return (int)t;
}

static int pick_preemption(unsigned enabled, unsigned current)
{
    uint8_t candidate[MODEL_THREADS_MAX] = {0};
    if ((enabled >> current & 1) && preemptions >= exploration.preemptions_max)
        return (int)current;
    int t = candidate[descend(order_candidates(enabled, current, candidate))];
    preemptions += (enabled >> current & 1) && (unsigned)t != current;
    return t;
}

static int pick_random(struct rng *rng, unsigned enabled, unsigned current)
{
    uint64_t r = rng_next(rng);
    if ((enabled >> current & 1) && (r & 3))
        return (int)current;
    unsigned from = (unsigned)((r >> 32) * engine.program->threads >> 32);
    unsigned above = enabled >> from << from;
    return __builtin_ctz(above ? above : enabled);
}

static int pick_pct(unsigned enabled, unsigned current)
{
    for (unsigned i = 0; i < PCT_DEPTH - 1; i++) {
        if (engine.steps == change_at[i])
            priority[current] = i;
    }
    int best = -1;
    for (unsigned rest = enabled; rest; rest &= rest - 1) {
        int t = __builtin_ctz(rest);
        if (best < 0 || priority[t] > priority[best])
            best = t;
    }
    return best;
}

/* Time leaves those alone who would wait for it to pass, while others can go on. */
static unsigned in_peace(unsigned enabled)
{
    unsigned others = enabled & ~engine.timed;
    return exploration.calm && others ? others : enabled;
}

/* Of threads that are alike, the one with the lowest number begins first: where another does, all goes as
   it does here, under other names. That loses nothing to sleep sets: a thread that sleeps before it began
   was tried here as the lowest, and while it sleeps none of the others can begin. */
static unsigned in_order(unsigned enabled)
{
    unsigned waiting = exploration.plain ? 0 : engine.program->alike & ~begun;
    return enabled & ~(waiting & (waiting - 1));
}

int explore_pick(unsigned enabled, unsigned current)
{
    unsigned fallback = enabled >> current & 1 ? current : (unsigned)__builtin_ctz(enabled);
    unsigned peaceful = in_peace(enabled);
    int t;
    floor_of_load = 0;
    switch (exploration.adrift ? ADRIFT : (int)exploration.mode) {
    case ADRIFT:
        t = pick_random(&drift, peaceful, current);
        break;
    case EXHAUSTIVE:
        t = pick_exhaustive(in_order(peaceful), current);
        break;
    case PREEMPTION:
        t = pick_preemption(in_order(peaceful), current);
        break;
    case RANDOM:
        t = pick_random(&exploration.rng, peaceful, current);
        break;
    case PCT:
        t = pick_pct(peaceful, current);
        break;
    default:
        /* with all that could go on, in_peace or not: so decisions mean the same in every mode */
        t = enabled & (enabled - 1) ? (int)next_replayed(fallback) : (int)fallback;
        if (t >= MODEL_THREADS_MAX || !(enabled >> t & 1))
            t = (int)fallback;
    }
    if (t < 0)
        return t;
    begun |= 1U << t;
    if (enabled & (enabled - 1))
        decided((unsigned)t, fallback);
    exploration.switches += (enabled >> current & 1) && (unsigned)t != current;
    return t;
}

void explore_changed(unsigned thread)
{
    asleep.threads &= ~(1U << thread);
}

/* May the sleeping thread's operation still be left out after this one? */
static bool still_asleep(const struct model_thread *t, unsigned location, unsigned effects)
{
    unsigned both = t->effects | effects;
    bool ordered = t->effects & SEQ_CST && effects & SEQ_CST;
    if (both & EVERYTHING)
        return false;
    if ((effects & FENCES && t->effects & (FENCES | SEQ_CST)) ||
        (t->effects & FENCES && effects & SEQ_CST))
        return false;
    if (t->location != location)
        return true;
    if (effects & WRITES && t->effects & (READS | READS_NEWEST | WRITES))
        /* a load of an older store would be the same before this one: only this store is new to it */
        return is_load(t) && !ordered;
    if (effects & READS_NEWEST && t->effects & WRITES)
        return false;
    if (effects & READS && t->effects & WRITES)
        /* it read an older store, as it could have after the sleeping one - unless that costs */
        return exploration.stale_max == STALE_UNBOUNDED && !ordered;
    return !((effects & WAKES && t->effects & (WAKES | SLEEPS)) ||
             (effects & SLEEPS && t->effects & WAKES));
}

void explore_executed(unsigned location, unsigned effects)
{
    for (unsigned rest = asleep.threads; rest; rest &= rest - 1) {
        unsigned t = (unsigned)__builtin_ctz(rest);
        if (!still_asleep(&engine.thread[t], location, effects))
            asleep.threads &= ~(1U << t);
    }
}
