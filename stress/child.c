// SPDX-License-Identifier: MIT
#include "stress/child.h"

#include "stress/looks.h"
#include "support/clock.h"
#include "support/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint64_t poll_ns = 2 * NS_PER_MS;
/* Stopping takes a round; who needs longer is stuck, and the watchdog too slow for our patience. */
static const uint64_t stop_patience_ns = 800 * NS_PER_MS;
/* Who may have had no CPU gets the time to show that. */
static const uint64_t starved_patience_ns = 10 * NS_PER_S;

void *child_shared(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        fail(EXIT_ENVIRONMENT, "memory: no %zu bytes left to share", bytes);
    return p;
}

static bool broken(const struct stress_result *r)
{
    return r->end == STRESS_FAILED || r->end == STRESS_HUNG;
}

_Noreturn static void be_child(const struct child_orders *o, pid_t parent)
{
    signal(SIGINT, SIG_IGN); /* the parent is asked as well, and says stop */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_INTERRUPTED);
    if (o->quiet) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (nowhere >= 0)
            dup2(nowhere, STDERR_FILENO);
    }
    if (o->reports)
        dup2(o->reports, STDERR_FILENO);
    uint64_t end_ns = clock_ns() + o->share_ns;
    for (size_t i = 0; i < o->count && !ct_u32_load_relaxed(o->stop); i++) {
        struct stress_case one = o->cases[i];
        uint64_t now_ns = clock_ns();
        if (o->share_ns)
            one.duration_ns = 1 + (now_ns < end_ns ? (end_ns - now_ns) / (o->count - i) : 0);
        stress_run(&one, o->place, o->stop, &o->results[i]);
        if (broken(&o->results[i]))
            _exit(EXIT_CHECK_FAILED);
    }
    _exit(EXIT_FINE);
}

/* The child's status, or -1 if it had to be killed because it did not stop. */
static int await(pid_t child, const struct child_orders *o)
{
    uint64_t limit_ns = o->limit_ns ? clock_ns() + o->limit_ns : UINT64_MAX;
    uint64_t kill_ns = UINT64_MAX;
    struct looks at_limit = {0};
    for (;;) {
        int status;
        pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child) {
            if (at_limit.count && kill_ns != 0)
                *o->starved = true;
            return kill_ns == 0 ? -1 : status;
        }
        if (ended < 0 && errno != EINTR)
            fail(EXIT_ENVIRONMENT, "processes: cannot wait for one: %s", strerror(errno));
        uint64_t now_ns = clock_ns();
        uint32_t stop = ct_u32_load_relaxed(o->stop);
        if (now_ns >= limit_ns && stop == CHILD_GOES_ON) {
            ct_u32_store_relaxed(o->stop, CHILD_LATE);
            kill_ns = now_ns + (o->starved ? starved_patience_ns : stop_patience_ns);
            if (o->starved)
                at_limit = looks_at(child, o->reports ? o->reports : STDERR_FILENO);
        }
        if (stop == CHILD_STOPS && kill_ns > now_ns + stop_patience_ns)
            kill_ns = now_ns + stop_patience_ns;
        if (now_ns >= kill_ns && kill_ns != 0) {
            if (at_limit.count) {
                struct looks at_end = looks_at(child, -1);
                *o->starved = looks_starved(&at_limit, &at_end);
            }
            kill(child, SIGKILL);
            kill_ns = 0;
        }
        if (o->tick)
            o->tick(o->context);
        clock_sleep_until(now_ns + poll_ns, NULL);
    }
}

static void say_how(struct stress_result *r, int status)
{
    size_t size = sizeof r->failure;
    r->end = STRESS_FAILED;
    if (WIFSIGNALED(status))
        snprintf(r->failure, size, "the process died of signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_EXIT_TSAN)
        snprintf(r->failure, size, "ThreadSanitizer reported it");
    else
        snprintf(r->failure, size, "the process ended with status %d",
                 WIFEXITED(status) ? WEXITSTATUS(status) : status);
}

bool child_play(const struct child_orders *o)
{
    pid_t parent = getpid();
    fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        fail(EXIT_ENVIRONMENT, "processes: the system allows no more: %s", strerror(errno));
    if (child == 0)
        be_child(o, parent);
    if (o->child)
        *o->child = child;
    int status = await(child, o);
    if (o->child)
        *o->child = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_ENVIRONMENT)
        fail(EXIT_ENVIRONMENT, "stress: the process that runs the cases could not");
    bool held = true;
    for (size_t i = 0; i < o->count; i++) {
        struct stress_result *r = &o->results[i];
        if (r->end == STRESS_RUNNING && status == -1)
            r->end = STRESS_INTERRUPTED;
        else if (r->end == STRESS_RUNNING)
            say_how(r, status);
        held = held && !broken(r);
    }
    return held;
}
