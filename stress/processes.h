// SPDX-License-Identifier: MIT
/* processes.h - scenarios whose actors are processes: each actor forks one that works on the object in
   shared memory, and waits for its end. Some are killed, by their actor at any instruction or by their
   own hand in the midst of what they do. */
#ifndef STRESS_PROCESSES_H
#define STRESS_PROCESSES_H

#include "stress/scenario.h"
#include "support/clock.h"
#include "support/fail.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The watchdog does not see into processes: one that has not ended after so many looks waits for ever.
   Looks, for a machine that stands still or is busy does not look. The first ones are quick. */
enum {
    PROCESSES_LOOKS = 1500,
    PROCESSES_QUICK_LOOKS = 100,
    PROCESSES_QUICK_LOOK_NS = 20000,
    PROCESSES_LOOK_NS = 1000000,
    PROCESSES_LIFE_NS_MAX = 300000,
};

enum processes_fate { LIVES, KILLED };

/* Memory of the round that its processes share; zeroed. */
static inline void *processes_map(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        fail(EXIT_ENVIRONMENT, "memory: no %zu bytes left to share", bytes);
    return p;
}

static inline void processes_await(struct scenario_thread *t, pid_t child, enum processes_fate fate)
{
    uint64_t end_ns = clock_ns() + rng_below(&t->rng, PROCESSES_LIFE_NS_MAX);
    unsigned looks = 0;
    int status;
    pid_t ended;
    while ((ended = waitpid(child, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
        bool stuck = ++looks == PROCESSES_LOOKS;
        if (stuck)
            scenario_broken(t, "a process waited for ever");
        if (stuck || (fate == KILLED && clock_ns() >= end_ns))
            kill(child, SIGKILL);
        bool quick = looks < PROCESSES_QUICK_LOOKS;
        struct timespec look = {0, quick ? PROCESSES_QUICK_LOOK_NS : PROCESSES_LOOK_NS};
        nanosleep(&look, NULL);
    }
    bool by_kill = ended == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    bool well = ended == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!well && !by_kill)
        scenario_broken(t, "a process died of something else than was planned");
}

/* Let body do the actor's part in a process of its own. twin stands for the actor there, in shared
   memory, so that what a process has seen outlives it. */
static inline void processes_play(struct scenario_thread *t, enum processes_fate fate,
                                  struct scenario_thread *twin,
                                  void (*body)(struct scenario_thread *t))
{
    pid_t parent = getpid();
    scenario_at(t, "waiting for its process");
    *twin = *t;
    pid_t child = fork();
    if (child < 0) {
        scenario_broken(t, "no process could be made");
        return;
    }
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(0);
        body(twin);
        _exit(0);
    }
    processes_await(t, child, fate);
    t->contended = twin->contended;
    t->tally = twin->tally;
    if (twin->failure)
        scenario_broken(t, twin->failure);
    scenario_did(t);
}

#endif
