// SPDX-License-Identifier: MIT
/* Members run where planned, start together, and are accounted for. */
#include "support/clock.h"
#include "support/fail.h"
#include "support/team.h"
#include "tests/check.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 64 };

/* On a busy test machine a member may wait for its CPU; more than this is not the scheduler's doing. */
static const uint64_t start_spread_max_ns = NS_PER_S;

struct context {
    uint64_t start_ns, spin_ns, sleep_ns;
    int cpu;
    unsigned runs;
};

static void body(void *context)
{
    struct context *c = context;
    c->start_ns = clock_ns();
    c->cpu = sched_getcpu();
    c->runs++;
    while (clock_ns() < c->start_ns + c->spin_ns)
        work(100);
    if (c->sleep_ns)
        clock_sleep_until(clock_ns() + c->sleep_ns, NULL);
}

static void check_team(const struct place *place, enum place_order order, unsigned threads,
                       uint64_t spin_ns, uint64_t sleep_ns)
{
    static struct context contexts[MANY];
    static void *pointers[MANY];
    static struct place_cpu plan[MANY];
    static struct team_usage usage[MANY];
    const char *name = place_order_names[order];

    for (unsigned i = 0; i < threads; i++) {
        contexts[i] = (struct context){.spin_ns = spin_ns, .sleep_ns = sleep_ns, .cpu = -1};
        pointers[i] = &contexts[i];
    }
    place_plan(place, order, threads, plan);
    struct team *team = team_gather(place, plan, threads, body, pointers);
    clock_sleep_until(clock_ns() + NS_PER_MS, NULL);
    uint64_t gathered_ns = clock_ns();
    team_go(team);
    uint64_t gone_ns = clock_ns();
    team_join(team, usage);

    uint64_t first_ns = UINT64_MAX, last_ns = 0;
    for (unsigned i = 0; i < threads; i++) {
        const struct context *c = &contexts[i];
        const struct team_usage *u = &usage[i];
        CHECK(c->runs == 1, "%s: member %u of %u ran %u times", name, i, threads, c->runs);
        if (plan[i].os_index >= 0)
            CHECK(c->cpu == plan[i].os_index && u->cpu_first == c->cpu && u->cpu_last == c->cpu,
                  "%s: member %u ran on %d, %d, %d, not on %d", name, i, u->cpu_first, c->cpu,
                  u->cpu_last, plan[i].os_index);
        CHECK(u->cpu_ns > 0, "%s: member %u used no CPU time", name, i);
        CHECK(u->cpu_ns < 10 * NS_PER_S, "%s: member %u used %llu ns", name, i, u->cpu_ns);
        CHECK(sleep_ns == 0 || u->voluntary_switches > 0, "%s: member %u never slept", name, i);
        CHECK(u->have_run_delay || u->run_delay_ns == 0, "%s: member %u: unknown delay", name, i);
        first_ns = c->start_ns < first_ns ? c->start_ns : first_ns;
        last_ns = c->start_ns > last_ns ? c->start_ns : last_ns;
    }
    CHECK(first_ns > gathered_ns, "%s: a member ran before the gate opened", name);
    CHECK(gone_ns + start_spread_max_ns > first_ns, "%s: the gate opened too late", name);
    CHECK(last_ns - first_ns < start_spread_max_ns, "%s: %u members started %llu ns apart", name,
          threads, (unsigned long long)(last_ns - first_ns));
}

/* Two spinning threads on one CPU: each waits for the other, and the kernel, where it counts that,
   says so. */
static void check_run_delay(const struct place *place)
{
    struct context contexts[2] = {{.spin_ns = 40 * NS_PER_MS}, {.spin_ns = 40 * NS_PER_MS}};
    void *const pointers[2] = {&contexts[0], &contexts[1]};
    struct place_cpu plan[2];
    struct team_usage usage[2];

    place_plan(place, PLACE_COMPACT, 1, plan);
    plan[1] = plan[0];
    struct team *team = team_gather(place, plan, 2, body, pointers);
    team_go(team);
    team_join(team, usage);
    CHECK(usage[0].involuntary_switches + usage[1].involuntary_switches > 0,
          "two threads shared a CPU without being preempted");
    CHECK(usage[0].have_run_delay == usage[1].have_run_delay, "run delay of one thread only");
    if (usage[0].have_run_delay)
        CHECK(usage[0].run_delay_ns + usage[1].run_delay_ns > 5 * NS_PER_MS,
              "run delays %llu and %llu ns", usage[0].run_delay_ns, usage[1].run_delay_ns);
    else
        printf("team: this kernel does not count run delay\n");
}

static void gather_on(const struct place *place, const struct place_cpu *plan)
{
    struct context c = {.cpu = -1};
    void *const pointers[1] = {&c};
    team_gather(place, plan, 1, body, pointers);
}

/* A CPU that does not exist must end the program with the environment's exit code. */
static void check_refusal(const struct place *place)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct place_cpu nowhere = {.os_index = 100000};
        if (!freopen("/dev/null", "w", stderr))
            _exit(EXIT_FINE);
        gather_on(place, &nowhere);
        _exit(EXIT_FINE);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_ENVIRONMENT,
          "bound to a CPU that is not there: status %d", status);
}

int main(void)
{
    const char *why;
    struct place *place = place_open(NULL, &why);
    if (!place)
        fail(EXIT_SKIPPED, "team: %s", why);

    check_refusal(place); /* first: it forks, which a process with threads should not */
    check_team(place, PLACE_COMPACT, 1, NS_PER_MS, 0);
    for (int order = 0; order < PLACE_ORDERS; order++)
        check_team(place, (enum place_order)order, place_cpus(place) < 8 ? place_cpus(place) : 8,
                   2 * NS_PER_MS, NS_PER_MS);
    check_team(place, PLACE_SPREAD, MANY, NS_PER_MS / 10, NS_PER_MS);
    check_team(place, PLACE_UNPINNED, MANY, NS_PER_MS / 10, 0);
    check_run_delay(place);
    place_close(place);
    return check_result("team");
}
