// SPDX-License-Identifier: MIT
#include "stress/runner.h"

#include "stress/history.h"
#include "stress/run.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/team.h"

#include <contend/wait.h>

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
    THREADS_MAX = 256,
    /* Spinning threads that outnumber the CPUs may wait a time slice for each hand-off. */
    SPINNERS_STEPS_DIVISOR = 8,
    /* Holds are drawn from all scales alike: with long ones only there would be few rounds. */
    HOLD_SCALES = 16,
};

/* How much longer a case may take that has not seen yet what it must. Where a hypervisor leaves a CPU
   without time for seconds hardly a round gets done in that: then it takes as long as some rounds do. */
static const uint64_t sight_patience_ns = 3 * NS_PER_S, sight_patience_ns_max = 30 * NS_PER_S;
static const uint64_t sight_patience_rounds = 100;
/* Longer than a hypervisor takes to give an idle CPU's time to the other: there the one who comes finds
   the object taken. */
static const uint64_t patient_hold_ns = NS_PER_MS;

const char run_at_gate[] = "at the gate";

struct seat {
    struct run *run;
    unsigned index;
    uint64_t sleeps;
};

static bool must_sleep(const struct stress_case *c)
{
    return (c->scenario->must_see & SEE_SLEEPS) && (c->impl->traits & CT_PARKS);
}

static bool has_seen(const struct run *run)
{
    unsigned must_see = run->c->scenario->must_see;
    return (!(must_see & SEE_CONTENTION) || run->result->contended > 0) &&
           (!must_sleep(run->c) || ct_u32_load_relaxed(&run->slept));
}

/* While the case only goes on to see what it must, others are given every chance to come meanwhile. */
static void hold(struct run *run, const struct scenario_thread *t)
{
    struct rng *rng = &run->field.workers[t->index].rng;
    if (run->patient)
        perturb_nap(&run->field.workers[t->index], patient_hold_ns);
    if (run->c->scenario->hold_ns == 0)
        return;
    uint64_t most_ns =
        run->c->scenario->hold_ns >> (run->patient ? 0 : rng_below(rng, HOLD_SCALES));
    if (most_ns > 0)
        perturb_linger(clock_ns() + rng_below(rng, most_ns));
}

void scenario_point(struct scenario_thread *t, enum scenario_point where)
{
    struct run *run = (struct run *)(void *)t->round;
    switch (where) {
    case POINT_ASKING:
        t->contended += ct_u32_load_relaxed(&run->inside);
        break;
    case POINT_ENTERED:
        ct_u32_store_relaxed(&run->inside, 1);
        break;
    case POINT_HOLDING:
        hold(run, t);
        break;
    case POINT_LEAVING:
        ct_u32_store_relaxed(&run->inside, 0);
        break;
    case POINT_TURN:
        ct_yield();
        break;
    case POINT_OUTSIDE:
        break;
    }
    perturb_point(&run->field, t->index, where);
}

/* Alone, all actors being at the gate. */
static void judge(struct run *run)
{
    struct scenario_round *r = &run->round;
    struct stress_result *result = run->result;
    const char *failure = run->c->scenario->verdict(r);
    bool undecided = r->history && r->history->undecided;
    for (unsigned i = 0; i < r->threads; i++) {
        struct scenario_thread *t = &r->actors[i];
        result->operations += undecided ? 0 : t->operations;
        result->contended += undecided ? 0 : t->contended;
        if (t->wait_ns_max > result->wait_ns_max)
            result->wait_ns_max = t->wait_ns_max;
        if (t->failure)
            failure = t->failure;
    }
    if (r->share_permille) {
        result->share_sum += r->share_permille;
        result->share_measured++;
    }
    result->undecided += undecided;
    result->rounds += !undecided;
    if (failure) {
        result->end = STRESS_FAILED;
        strncpy(result->failure, failure, sizeof result->failure - 1);
        run_report(run, failure);
        run->over = true;
        return; /* what is broken is better not destroyed */
    }
    run->c->kind->release(r);
    ct_u64_store_relaxed(&run->rounds, ct_u64_load_relaxed(&run->rounds) + 1);
}

static bool enough(struct run *run)
{
    const struct stress_case *c = run->c;
    uint64_t rounds = ct_u64_load_relaxed(&run->rounds);
    run->result->elapsed_ns = clock_ns() - run->started_ns;
    if (ct_u32_load_relaxed(run->interrupted)) {
        run->result->end = STRESS_INTERRUPTED;
        return true;
    }
    if (c->rounds_max && rounds >= c->rounds_max)
        return true;
    if (!c->duration_ns || !rounds || run->result->elapsed_ns < c->duration_ns)
        return false;
    run->patient = !has_seen(run);
    uint64_t patient_ns = run->result->elapsed_ns - c->duration_ns;
    run->patient_rounds += run->patient;
    return !run->patient || patient_ns >= sight_patience_ns_max ||
           (patient_ns >= sight_patience_ns && run->patient_rounds > sight_patience_rounds);
}

static void prepare(struct run *run)
{
    struct scenario_round *r = &run->round;
    uint64_t round = ct_u64_load_relaxed(&run->rounds);
    r->object = run->own_object;
    r->share_permille = 0;
    if (r->history)
        history_begin(r->history, r->threads);
    memset(r->state, 0, run->c->scenario->state_bytes);
    memset(run->nodes, 0, run->node_stride * r->threads);
    for (unsigned i = 0; i < r->threads; i++) {
        struct scenario_thread *t = &r->actors[i];
        uint64_t stream = round * THREADS_MAX + i;
        t->rng = rng_seeded(run->c->seed, 2 * stream);
        run->field.workers[i].rng = rng_seeded(run->c->seed, 2 * stream + 1);
        __atomic_store_n(&t->operations, 0, __ATOMIC_RELAXED);
        t->contended = t->tally = t->wait_ns_max = 0;
        t->failure = NULL;
        scenario_at(t, "outside"); /* who has yet to leave the gate has not finished this round */
    }
    ct_u32_store_relaxed(&run->inside, 0);
    perturb_plan(&run->field, round);
    run->c->scenario->setup(r);
    ct_ptr_store_relaxed(&run->field.object, r->object);
}

static void between_rounds(struct run *run, bool first)
{
    if (!first)
        judge(run);
    run->over = run->over || enough(run);
    if (!run->over)
        prepare(run);
}

/* False: there is no further round. */
static bool gate(struct run *run, bool first)
{
    uint32_t seen = ct_u32_load_relaxed(&run->generation); /* stays until this thread arrived */
    if (ct_u32_add_acqrel(&run->arrived, 1) + 1 == run->round.threads) {
        between_rounds(run, first);
        ct_u32_store_relaxed(&run->arrived, 0);
        ct_u32_store_release(&run->generation, seen + 1);
    } else {
        while (ct_u32_load_acquire(&run->generation) == seen)
            ct_yield();
    }
    return !run->over;
}

static uint64_t voluntary_switches(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return (uint64_t)usage.ru_nvcsw;
}

/* Of this thread, but for those that the perturbation caused. */
static uint64_t sleeps_since(uint64_t before, const struct perturb_worker *perturbed)
{
    uint64_t switches = voluntary_switches() - before;
    uint64_t own = ct_u64_load_relaxed(&perturbed->slept);
    return switches > own ? switches - own : 0;
}

static void worker(void *context)
{
    struct seat *seat = context;
    struct run *run = seat->run;
    struct scenario_thread *t = &run->round.actors[seat->index];
    struct perturb_worker *perturbed = &run->field.workers[seat->index];

    perturb_enter(&run->field, seat->index);
    uint64_t before = voluntary_switches();
    for (bool first = true; gate(run, first); first = false) {
        perturb_round(&run->field, seat->index);
        run->c->scenario->actor(t);
        if (must_sleep(run->c) && !ct_u32_load_relaxed(&run->slept) &&
            sleeps_since(before, perturbed) > 0)
            ct_u32_store_relaxed(&run->slept, 1);
        scenario_at(t, run_at_gate);
    }
    seat->sleeps = sleeps_since(before, perturbed);
    perturb_leave(&run->field, seat->index);
}

static unsigned threads_of(const struct stress_case *c)
{
    unsigned threads = scenario_threads(c->scenario, c->threads * c->perturb->factor);
    return threads < THREADS_MAX ? threads : THREADS_MAX;
}

static unsigned steps_of(const struct stress_case *c, unsigned threads, unsigned cpus)
{
    unsigned steps = c->scenario->steps;
    if ((c->impl->traits & CT_SPINS) && threads > cpus)
        steps = (steps + SPINNERS_STEPS_DIVISOR - 1) / SPINNERS_STEPS_DIVISOR;
    return steps;
}

static size_t rounded(size_t bytes)
{
    return (bytes + CT_APART_BYTES - 1) / CT_APART_BYTES * CT_APART_BYTES;
}

static struct run *run_make(const struct stress_case *c, unsigned threads, unsigned cpus)
{
    struct run *run = must_alloc_aligned(CT_APART_BYTES, sizeof *run);
    size_t align = c->impl->align_bytes > CT_APART_BYTES ? c->impl->align_bytes : CT_APART_BYTES;
    run->c = c;
    run->own_object = must_alloc_aligned(align, c->impl->size_bytes);
    run->node_stride = rounded(c->impl->node_bytes);
    run->nodes = must_alloc_aligned(CT_APART_BYTES, run->node_stride * threads);
    run->round = (struct scenario_round){
        .ops = c->impl,
        .object = run->own_object,
        .state = must_alloc_aligned(CT_APART_BYTES, c->scenario->state_bytes),
        .threads = threads,
        .steps = steps_of(c, threads, cpus),
        .actors = must_alloc_aligned(CT_APART_BYTES, threads * sizeof *run->round.actors),
        .history = c->scenario->recorded ? must_alloc(sizeof *run->round.history) : NULL,
    };
    for (unsigned i = 0; i < threads; i++) {
        struct scenario_thread *t = &run->round.actors[i];
        t->round = &run->round;
        t->index = i;
        t->node = run->node_stride ? run->nodes + i * run->node_stride : NULL;
        t->at = run_at_gate;
    }
    run->field.perturb = c->perturb;
    run->field.seed = c->seed;
    run->field.threads = threads;
    run->field.workers = must_alloc_aligned(CT_APART_BYTES, threads * sizeof *run->field.workers);
    run->field.object_bytes = c->impl->size_bytes;
    run->field.shared = (c->impl->traits & CT_PSHARED) != 0;
    ct_ptr_store_relaxed(&run->field.object, run->own_object);
    run->field.nodes = (struct perturb_words){run->nodes, run->node_stride * threads};
    return run;
}

static void run_free(struct run *run)
{
    free(run->field.workers);
    free(run->round.history);
    free(run->round.actors);
    free(run->round.state);
    free(run->nodes);
    free(run->own_object);
    free(run);
}

void stress_run(const struct stress_case *c, const struct place *place,
                const struct ct_u32 *interrupted, struct stress_result *result)
{
    const struct stress_case played = c->perturb->delayed ? stress_delayed(c) : *c;
    unsigned threads = threads_of(c);
    struct run *run = run_make(&played, threads, place_cpus(place));
    struct place_cpu *plan = must_alloc(threads * sizeof *plan);
    struct seat *seats = must_alloc(threads * sizeof *seats);
    void **contexts = must_alloc(threads * sizeof *contexts);

    place_plan(place, c->perturb->unpinned ? PLACE_UNPINNED : PLACE_COMPACT, threads, plan);
    for (unsigned i = 0; i < threads; i++) {
        seats[i] = (struct seat){.run = run, .index = i};
        contexts[i] = &seats[i];
    }
    *result = (struct stress_result){
        .end = STRESS_RUNNING, .threads = threads, .steps = run->round.steps};
    run->result = result;
    run->interrupted = interrupted;
    run->started_ns = clock_ns();

    perturb_begin(&run->field);
    struct watchdog *watchdog = watchdog_start(run);
    struct team *team = team_gather(place, plan, threads, worker, contexts);
    team_go(team);
    team_join(team, NULL);
    watchdog_stop(watchdog);
    perturb_end(&run->field);

    for (unsigned i = 0; i < threads; i++)
        result->sleeps += seats[i].sleeps;
    if (result->end == STRESS_RUNNING)
        result->end = STRESS_HELD;
    free(contexts);
    free(seats);
    free(plan);
    run_free(run);
}

void stress_add(struct stress_result *into, const struct stress_result *from)
{
    into->rounds += from->rounds;
    into->undecided += from->undecided;
    into->operations += from->operations;
    into->contended += from->contended;
    into->sleeps += from->sleeps;
    into->share_sum += from->share_sum;
    into->share_measured += from->share_measured;
    into->elapsed_ns += from->elapsed_ns;
    if (from->wait_ns_max > into->wait_ns_max)
        into->wait_ns_max = from->wait_ns_max;
}

const char *stress_vacuous(const struct stress_case *c, const struct stress_result *total)
{
    unsigned must_see = c->scenario->must_see;
    if (total->rounds == 0)
        return total->undecided ? "vacuous: no round's history could be judged"
                                : "vacuous: no round was played";
    if (total->operations == 0)
        return "vacuous: no operation was done";
    if ((must_see & SEE_CONTENTION) && total->contended == 0)
        return "vacuous: no thread ever found the object taken";
    if (must_sleep(c) && total->sleeps == 0)
        return "vacuous: nobody ever slept";
    return NULL;
}
