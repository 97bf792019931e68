// SPDX-License-Identifier: MIT
/* Who could run and had no CPU is starved; who runs, sleeps or is new is not. */
#include "stress/looks.h"
#include "support/clock.h"
#include "tests/check.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MS = 1000 * 1000 };

static bool starved(struct look before, struct look after)
{
    struct looks b = {2, {{1, true, 0}, before}}, a = {2, {after, {3, true, 0}}};
    return looks_starved(&b, &a);
}

static void test_judgement(void)
{
    CHECK(starved((struct look){2, true, 5 * MS}, (struct look){2, true, 6 * MS}), "it had 1 ms");
    CHECK(!starved((struct look){2, true, 5 * MS}, (struct look){2, true, 500 * MS}), "it ran");
    CHECK(!starved((struct look){2, false, 5 * MS}, (struct look){2, true, 5 * MS}), "it slept");
    CHECK(!starved((struct look){2, true, 5 * MS}, (struct look){2, false, 5 * MS}), "it sleeps");
    CHECK(!starved((struct look){2, true, 5 * MS}, (struct look){4, true, 5 * MS}), "another one");
}

static void *sleeper(void *context)
{
    pause();
    return context;
}

static void be_child(pid_t parent, bool busy)
{
    pthread_t thread;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (pthread_create(&thread, NULL, sleeper, NULL) != 0)
        _exit(1);
    for (volatile uint64_t turns = 0; busy && getppid() == parent; turns++)
        ;
    pause();
    _exit(0);
}

static unsigned sleeping(const struct looks *l)
{
    unsigned n = 0;
    for (unsigned i = 0; i < l->count; i++)
        n += !l->look[i].runnable;
    return n;
}

/* Its threads, also of a process that it made. */
static void test_process(bool busy)
{
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        pid_t between = getpid();
        if (fork() == 0)
            be_child(between, false);
        be_child(parent, busy);
    }
    struct looks before = {0};
    /* on a busy machine they take a while to fall asleep */
    for (int i = 0; i < 3000 && sleeping(&before) + busy < 4; i++) {
        clock_sleep_until(clock_ns() + 10 * MS, NULL);
        before = looks_at(child, -1);
    }
    CHECK(before.count == 4, "%u threads", before.count);
    struct looks after = before;
    for (int i = 0; i < 3000 && busy && after.look[0].cpu_ns - before.look[0].cpu_ns < 100 * MS;
         i++) {
        clock_sleep_until(clock_ns() + 10 * MS, NULL);
        after = looks_at(child, -1);
    }
    CHECK(before.look[0].thread == child && (!busy || before.look[0].runnable), "the first");
    CHECK(!looks_starved(&before, &after), "busy %d: starved", busy);
    for (unsigned i = after.count;
         i-- > 0;) /* those that it made first: they are not ours to wait for */
        kill(after.look[i].thread, SIGKILL);
    waitpid(child, NULL, 0);
}

int main(void)
{
    test_judgement();
    test_process(true);
    test_process(false);
    return check_result("looks");
}
