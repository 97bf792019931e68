// SPDX-License-Identifier: MIT
/* Every perturbation must do what its row says to threads that can tell. */
#include "stress/runner.h"
#include "support/clock.h"
#include "tests/check.h"

#include <contend/wait.h>

#include <string.h>
#include <sys/resource.h>

enum { SLICES = 20, SLICE_NS = 60 * 1000 * 1000, THREADS = 2, TOUCHED = 100 };

struct feeler {
    struct ct_u32 word;
};

static const struct ct_impl impl = {.kind = "feeler",
                                    .name = "feeler",
                                    .size_bytes = sizeof(struct feeler),
                                    .align_bytes = _Alignof(struct feeler),
                                    .traits = CT_PARKS | CT_PSHARED};

/* What the actors felt, of all rounds. */
static struct ct_u64 interrupted, woken, woken_shared, moved, lingered;

static void setup(struct scenario_round *r)
{
    struct feeler *f = r->object;
    ct_u32_store_relaxed(&f->word, 0);
}

/* Nobody ever wakes or changes the word, so whoever returns before its time was disturbed. */
static void actor(struct scenario_thread *t)
{
    struct feeler *f = t->round->object;
    for (unsigned i = 0; i < t->round->steps; i++) {
        struct timespec ts;
        int cpu = sched_getcpu();
        bool shared = i % 2 != 0;
        int error =
            ct_futex(&f->word, shared ? FUTEX_WAIT_BITSET : FUTEX_WAIT_BITSET_PRIVATE, 0,
                     ct_timespec(&ts, ct_now_ns() + 200 * NS_PER_US), NULL, FUTEX_BITSET_MATCH_ANY);
        if (error == EINTR)
            ct_u64_add_relaxed(&interrupted, 1);
        if (error == 0)
            ct_u64_add_relaxed(shared ? &woken_shared : &woken, 1);
        uint64_t start_ns = ct_now_ns();
        scenario_point(t, POINT_HOLDING);
        if (ct_now_ns() - start_ns > 20 * NS_PER_US)
            ct_u64_add_relaxed(&lingered, 1);
        scenario_point(t, POINT_OUTSIDE);
        if (sched_getcpu() != cpu)
            ct_u64_add_relaxed(&moved, 1);
        scenario_did(t);
    }
}

static const char *verdict(struct scenario_round *r)
{
    (void)r;
    return NULL;
}

static const struct scenario scenario = {.name = "feel",
                                         .claim = "what was done was felt",
                                         .threads_min = THREADS,
                                         .steps = 4,
                                         .state_bytes = 1,
                                         .setup = setup,
                                         .actor = actor,
                                         .verdict = verdict};

static void release(struct scenario_round *r)
{
    (void)r;
}

static const struct scenario_kind kind = {
    .kind = "feeler", .scenarios = &scenario, .scenario_count = 1, .release = release};

static uint64_t felt(struct ct_u64 *count)
{
    return ct_u64_load_relaxed(count);
}

static void forget(void)
{
    struct ct_u64 *all[] = {&interrupted, &woken, &woken_shared, &moved, &lingered};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ct_u64_store_relaxed(all[i], 0);
}

/* Page faults of this process so far, and of its children that have ended. */
static long faults_of(int who)
{
    struct rusage usage;
    getrusage(who, &usage);
    return usage.ru_minflt;
}

static struct stress_result run(const struct place *place, const struct perturb *p)
{
    static struct ct_u32 never = CT_CELL(0);
    struct stress_case c = {.kind = &kind,
                            .scenario = &scenario,
                            .impl = &impl,
                            .perturb = p,
                            .threads = THREADS,
                            .seed = 1,
                            .duration_ns = SLICE_NS};
    struct stress_result r;
    stress_run(&c, place, &never, &r);
    CHECK(r.end == STRESS_HELD && r.rounds > 0, "%s: end %d after %llu rounds", p->name, r.end,
          (unsigned long long)r.rounds);
    CHECK(r.threads == THREADS * p->factor, "%s: %u threads", p->name, r.threads);
    CHECK(r.sleeps > 0, "%s: the actors' own sleeps were not counted", p->name);
    return r;
}

int main(void)
{
    struct place *place = place_here();
    unsigned rows = 0;
    for (const struct perturb *p = perturbs; p->name; p++, rows++) {
        bool signals = strcmp(p->name, "signals") == 0 || strcmp(p->name, "preempt") == 0 ||
                       strcmp(p->name, "stop") == 0;
        bool wakes = strcmp(p->name, "spurious-wakes") == 0;
        bool lingers = strcmp(p->name, "long-hold") == 0 || strcmp(p->name, "stutter") == 0;
        bool moves = strcmp(p->name, "migrate") == 0 && place_cpus(place) > 1;
        bool forks = strcmp(p->name, "forks") == 0, memory = strcmp(p->name, "memory") == 0;
        long own = faults_of(RUSAGE_SELF), children = faults_of(RUSAGE_CHILDREN);
        forget();
        /* On a busy machine a slice may pass without a stroke. */
        for (unsigned slice = 0; slice < SLICES; slice++) {
            run(place, p);
            if ((!signals || felt(&interrupted)) &&
                (!wakes || (felt(&woken) && felt(&woken_shared))) &&
                (!lingers || felt(&lingered)) && (!moves || felt(&moved)) &&
                (!forks || faults_of(RUSAGE_CHILDREN) > children) &&
                (!memory || faults_of(RUSAGE_SELF) - own >= TOUCHED))
                break;
        }
        own = faults_of(RUSAGE_SELF) - own;
        children = faults_of(RUSAGE_CHILDREN) - children;
        CHECK((children > 0) == forks, "%s: %ld page faults of children", p->name, children);
        CHECK(own >= TOUCHED || !memory, "only %ld page faults of our own", own);
        CHECK((felt(&interrupted) > 0) == signals, "%s: %llu waits interrupted", p->name,
              (unsigned long long)felt(&interrupted));
        CHECK((felt(&woken) > 0) == wakes, "%s: %llu waits ended early", p->name,
              (unsigned long long)felt(&woken));
        CHECK((felt(&woken_shared) > 0) == wakes, "%s: %llu waits between processes ended early",
              p->name, (unsigned long long)felt(&woken_shared));
        CHECK(felt(&lingered) > 0 || !lingers, "%s: no point took time", p->name);
        CHECK((felt(&moved) > 0) == moves, "%s: threads were moved %llu times", p->name,
              (unsigned long long)felt(&moved));
    }
    CHECK(rows >= 14, "only %u rows", rows);
    place_close(place);
    return check_result("stress_perturb");
}
