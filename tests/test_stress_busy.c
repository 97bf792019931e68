// SPDX-License-Identifier: MIT
/* On a machine that has much else to do, no perturbation keeps a worker from getting on: operations that
   take a while of CPU time and pass no point are finished, and nobody is said to hang. */
#include "stress/runner.h"
#include "support/clock.h"
#include "tests/check.h"

#include <contend/wait.h>

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { BUSY = 8, THREADS = 2, STEPS = 1 };

static const uint64_t slice_ns = NS_PER_S / 2, work_ns = 10 * NS_PER_MS;

static const struct ct_impl impl = {
    .kind = "errand", .name = "errand", .size_bytes = 8, .align_bytes = 8};

static uint64_t own_cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void setup(struct scenario_round *r)
{
    (void)r;
}

/* Counts the work itself, for the time in a handler is CPU time as well. */
static uint64_t works_in(uint64_t ns)
{
    uint64_t works = 0, end_ns = own_cpu_ns() + ns;
    while (own_cpu_ns() < end_ns)
        works++;
    return works;
}

static uint64_t works;

static void actor(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        for (uint64_t n = works; n > 0; n--)
            (void)own_cpu_ns();
        scenario_did(t);
    }
}

static const char *verdict(struct scenario_round *r)
{
    (void)r;
    return NULL;
}

static const struct scenario scenario = {.name = "works",
                                         .claim = "everybody gets on",
                                         .threads_min = THREADS,
                                         .steps = STEPS,
                                         .state_bytes = 1,
                                         .setup = setup,
                                         .actor = actor,
                                         .verdict = verdict};
static const struct scenario_kind kind = {
    .kind = "errand", .scenarios = &scenario, .scenario_count = 1, .release = setup};

static void test(const struct place *place, const struct perturb *p)
{
    static struct ct_u32 never = CT_CELL(0);
    struct stress_case c = {.kind = &kind,
                            .scenario = &scenario,
                            .impl = &impl,
                            .perturb = p,
                            .threads = THREADS,
                            .seed = 1,
                            .duration_ns = slice_ns};
    struct stress_result r;
    stress_run(&c, place, &never, &r);
    CHECK(r.end == STRESS_HELD && r.rounds > 0, "%s: end %d after %llu rounds", p->name, r.end,
          (unsigned long long)r.rounds);
}

static void keep_busy(pid_t *busy)
{
    pid_t parent = getpid();
    for (unsigned i = 0; i < BUSY; i++) {
        busy[i] = fork();
        CHECK(busy[i] >= 0, "no process could be made");
        if (busy[i] != 0)
            continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (volatile uint64_t turns = 0; getppid() == parent; turns++)
            ;
        _exit(0);
    }
}

int main(void)
{
    static const char *const names[] = {"preempt", "stop", "signals"};
    struct place *place = place_here();
    pid_t busy[BUSY];
    works = works_in(work_ns);
    keep_busy(busy);
    for (const struct perturb *p = perturbs; p->name; p++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (strcmp(p->name, names[i]) == 0)
                test(place, p);
    for (unsigned i = 0; i < BUSY; i++) {
        kill(busy[i], SIGKILL);
        waitpid(busy[i], NULL, 0);
    }
    place_close(place);
    return check_result("stress_busy");
}
