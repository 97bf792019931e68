// SPDX-License-Identifier: MIT
#include "support/team.h"

#include "support/clock.h"
#include "support/fail.h"

#include <contend/atomic.h>
#include <contend/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* From the moment that all members are awake to their common start: enough to read their usage. */
static const uint64_t gate_lead_ns = 50 * NS_PER_US;

enum stage {
    ASSEMBLED, /* members sleep */
    CALLED,    /* members wake up, and yield until the last one did */
    SET,       /* start_ns is known: members spin until then */
};

struct member {
    CT_APART struct team *team;
    pthread_t thread;
    const struct place_cpu *cpu;
    void *context;
    int bind_error;
    struct team_usage usage;
};

struct team {
    CT_APART struct ct_u32 stage;
    uint64_t start_ns; /* written before SET */
    CT_APART struct ct_u32 arrived, awake;
    CT_APART const struct place *place;
    team_body *body;
    unsigned threads;
    struct member *members;
};

/* Opened anew each time, not kept open: thousands of members would exhaust the file descriptors. The
   kernel fills it with zeros where it does not count (no CONFIG_SCHED_INFO, or nodelayacct): a thread
   that reads this has had at least one time slice. */
static bool run_delay_read(unsigned long long *delay_ns)
{
    char text[64];
    unsigned long long cpu_ns, slices;
    int file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0)
        return false;
    text[length] = '\0';
    return sscanf(text, "%llu %llu %llu", &cpu_ns, delay_ns, &slices) == 3 && slices > 0;
}

/* This thread's totals so far. */
static struct team_usage usage_now(void)
{
    struct team_usage u = {0};
    struct rusage r;
    struct timespec t;

    u.have_run_delay = run_delay_read(&u.run_delay_ns);
    getrusage(RUSAGE_THREAD, &r);
    u.voluntary_switches = (unsigned long long)r.ru_nvcsw;
    u.involuntary_switches = (unsigned long long)r.ru_nivcsw;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    u.cpu_ns = (unsigned long long)t.tv_sec * NS_PER_S + (unsigned long long)t.tv_nsec;
    return u;
}

static void usage_close(struct team_usage *u, const struct team_usage *at_gate, int cpu_last)
{
    struct team_usage now = usage_now();
    u->cpu_ns = now.cpu_ns - at_gate->cpu_ns;
    u->voluntary_switches = now.voluntary_switches - at_gate->voluntary_switches;
    u->involuntary_switches = now.involuntary_switches - at_gate->involuntary_switches;
    u->have_run_delay = now.have_run_delay && at_gate->have_run_delay;
    u->run_delay_ns = u->have_run_delay ? now.run_delay_ns - at_gate->run_delay_ns : 0;
    u->cpu_last = cpu_last;
}

/* Sleep until called; the last to wake sets the time. Returns the usage between SET and the start, so
   that the switches of the gate itself do not count as the body's. */
static struct team_usage gate_pass(struct team *t, struct team_usage *usage)
{
    while (ct_u32_load_acquire(&t->stage) == ASSEMBLED) /* pairs with team_go */
        ct_wait(&t->stage, ASSEMBLED, CT_FOREVER);
    if (ct_u32_add_acqrel(&t->awake, 1) + 1 == t->threads) {
        t->start_ns = clock_ns() + gate_lead_ns;
        ct_u32_store_release(&t->stage, SET); /* pairs with the loads of the others and team_go */
        ct_wake(&t->stage, 1);
    }
    while (ct_u32_load_acquire(&t->stage) != SET)
        ct_yield();
    usage->cpu_first = sched_getcpu();
    struct team_usage at_gate = usage_now();
    while (clock_ns() < t->start_ns)
        ct_pause();
    return at_gate;
}

static void *member_run(void *argument)
{
    struct member *m = argument;
    struct team *t = m->team;

    usage_now(); /* a first opening below /proc is slow: not inside the gate */
    m->bind_error = place_bind_self(t->place, m->cpu);
    if (ct_u32_add_acqrel(&t->arrived, 1) + 1 == t->threads) /* pairs with team_gather's load */
        ct_wake(&t->arrived, 1);
    struct team_usage at_gate = gate_pass(t, &m->usage);
    t->body(m->context);
    int cpu_last = sched_getcpu();
    usage_close(&m->usage, &at_gate, cpu_last);
    return NULL;
}

struct team *team_gather(const struct place *place, const struct place_cpu *plan, unsigned threads,
                         team_body *body, void *const contexts[])
{
    struct team *t = must_alloc_aligned(CT_APART_BYTES, sizeof *t);
    t->place = place;
    t->body = body;
    t->threads = threads;
    t->members = must_alloc_aligned(CT_APART_BYTES, threads * sizeof *t->members);
    for (unsigned i = 0; i < threads; i++) {
        struct member *m = &t->members[i];
        m->team = t;
        m->cpu = &plan[i];
        m->context = contexts[i];
        int error = pthread_create(&m->thread, NULL, member_run, m);
        if (error != 0)
            fail(EXIT_ENVIRONMENT,
                 "threads: the system allows no more than %u of the %u wanted: %s", i, threads,
                 strerror(error));
    }
    for (uint32_t arrived; (arrived = ct_u32_load_acquire(&t->arrived)) != threads;)
        ct_wait(&t->arrived, arrived, CT_FOREVER);
    for (unsigned i = 0; i < threads; i++)
        if (t->members[i].bind_error != 0)
            fail(EXIT_ENVIRONMENT, "threads: cannot bind thread %u to CPU %d: %s", i,
                 plan[i].os_index, strerror(t->members[i].bind_error));
    return t;
}

void team_go(struct team *team)
{
    if (team->threads == 0)
        return;
    ct_u32_store_release(&team->stage, CALLED);
    ct_wake(&team->stage, CT_WAKE_ALL);
    while (ct_u32_load_acquire(&team->stage) != SET)
        ct_wait(&team->stage, CALLED, CT_FOREVER);
    clock_sleep_until(team->start_ns, NULL);
}

void team_join(struct team *team, struct team_usage *usage)
{
    for (unsigned i = 0; i < team->threads; i++) {
        int error = pthread_join(team->members[i].thread, NULL);
        if (error != 0)
            fail(EXIT_ENVIRONMENT, "threads: cannot join thread %u: %s", i, strerror(error));
        if (usage)
            usage[i] = team->members[i].usage;
    }
    free(team->members);
    free(team);
}
