// SPDX-License-Identifier: MIT
/* processes.h - scenarios whose actors are processes: each actor forks one that works on the object in
   shared memory, and waits for its end. Some are killed, by their actor at any instruction or by their
   own hand in the midst of what they do. */
#ifndef STRESS_PROCESSES_H
#define STRESS_PROCESSES_H

#include "stress/scenario.h"
#include "support/apart.h"
#include "support/clock.h"
#include "support/fail.h"

#include <contend/atomic.h>
#include <contend/wait.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The watchdog does not see into processes: one that has not ended after so many looks, during which no
   other did an operation either or was still to be killed, waits for ever. Looks, for a machine that
   stands still or is busy does not look. The first ones are quick. */
enum {
    PROCESSES_LOOKS = 1500,
    PROCESSES_QUICK_LOOKS = 100,
    PROCESSES_QUICK_LOOK_NS = 20000,
    PROCESSES_LOOK_NS = 1000000,
    PROCESSES_LIFE_NS_MAX = 300000,
    PROCESSES_MEET_NS_MAX = 2000000,
};

enum processes_fate { LIVES, KILLED };

/* What the processes of a round share, in one mapping: something of the kind's own, a twin of each actor,
   a count, the object. The first member of the state of every scenario of such a kind. */
struct processes {
    void *shared; /* zeroed; NULL: a scenario of threads only */
    struct scenario_thread *twins;
    struct ct_u32 *come;   /* processes that were there */
    struct ct_u32 settled; /* actors of whom no more is to come than a process that lives */
    size_t bytes;
};

static inline void *processes_shared_by(const struct scenario_round *r)
{
    return ((const struct processes *)r->state)->shared;
}

/* In setup, before the object is initialised. Shared: bytes of the kind's own. */
static inline void *processes_begin(struct scenario_round *r, size_t shared)
{
    const struct ct_impl *impl = r->ops;
    struct processes *p = r->state;
    size_t come = apart(shared) + apart(r->threads * sizeof *p->twins);
    size_t object = come + apart(sizeof *p->come);
    p->bytes = object + impl->size_bytes;
    p->shared = mmap(NULL, p->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p->shared == MAP_FAILED)
        fail(EXIT_ENVIRONMENT, "memory: no %zu bytes left to share", p->bytes);
    p->twins = (struct scenario_thread *)(void *)((char *)p->shared + apart(shared));
    p->come = (struct ct_u32 *)(void *)((char *)p->shared + come);
    memcpy(p->twins, r->actors, r->threads * sizeof *p->twins);
    r->object = (char *)p->shared + object;
    ct_u32_store_relaxed(&p->settled, 0);
    return p->shared;
}

/* In release, of every scenario, after the object was destroyed. */
static inline void processes_end(struct scenario_round *r)
{
    struct processes *p = r->state;
    if (p->shared)
        munmap(p->shared, p->bytes);
}

/* What all have done. */
static inline uint64_t processes_operations(const struct scenario_round *r)
{
    const struct processes *p = r->state;
    uint64_t sum = 0;
    for (unsigned i = 0; i < r->threads; i++)
        sum += __atomic_load_n(&p->twins[i].operations, __ATOMIC_RELAXED);
    return sum;
}

/* For the watchdog, which does not look into twins. */
static inline void processes_say_done(struct scenario_thread *t)
{
    const struct processes *p = t->round->state;
    uint64_t done = __atomic_load_n(&p->twins[t->index].operations, __ATOMIC_RELAXED);
    __atomic_store_n(&t->operations, done, __ATOMIC_RELAXED);
}

/* At the latest when the actor ends. */
static inline void processes_settle(const struct scenario_round *r)
{
    ct_u32_add_relaxed(&((struct processes *)r->state)->settled, 1);
}

static inline bool processes_all_settled(const struct scenario_round *r)
{
    return ct_u32_load_relaxed(&((const struct processes *)r->state)->settled) == r->threads;
}

static inline void processes_await(struct scenario_thread *t, pid_t child, enum processes_fate fate)
{
    uint64_t end_ns = clock_ns() + rng_below(&t->rng, PROCESSES_LIFE_NS_MAX);
    uint64_t done = processes_operations(t->round);
    unsigned looks = 0, still = 0;
    int status;
    pid_t ended;
    while ((ended = waitpid(child, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
        uint64_t now_done = processes_operations(t->round);
        processes_say_done(t);
        still = now_done == done && processes_all_settled(t->round) ? still + 1 : 0;
        done = now_done;
        bool stuck = still == PROCESSES_LOOKS;
        if (stuck)
            scenario_broken(t, "a process waited for ever");
        if (stuck || (fate == KILLED && clock_ns() >= end_ns))
            kill(child, SIGKILL);
        bool quick = looks++ < PROCESSES_QUICK_LOOKS;
        struct timespec look = {0, quick ? PROCESSES_QUICK_LOOK_NS : PROCESSES_LOOK_NS};
        nanosleep(&look, NULL);
    }
    bool by_kill = ended == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    bool well = ended == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!well && !by_kill)
        scenario_broken(t, "a process died of something else than was planned");
}

/* Else the first would be done before the second was made. */
static inline void processes_gather(const struct scenario_round *r)
{
    const struct processes *p = r->state;
    uint64_t end_ns = clock_ns() + PROCESSES_MEET_NS_MAX;
    ct_u32_add_relaxed(p->come, 1);
    while (ct_u32_load_relaxed(p->come) < r->threads && clock_ns() < end_ns)
        ct_yield();
}

/* Let body do the actor's part in a process of its own. A twin stands for the actor there, in shared
   memory, so that what a process has seen outlives it. */
static inline void processes_play(struct scenario_thread *t, enum processes_fate fate,
                                  void (*body)(struct scenario_thread *t))
{
    struct scenario_thread *twin = &((struct processes *)t->round->state)->twins[t->index];
    pid_t parent = getpid();
    scenario_at(t, "waiting for its process");
    pid_t child = fork();
    if (child < 0) {
        scenario_broken(t, "no process could be made");
        processes_settle(t->round);
        return;
    }
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(0);
        if (fate == LIVES)
            processes_gather(t->round);
        body(twin);
        _exit(0);
    }
    if (fate == LIVES)
        processes_settle(t->round);
    processes_await(t, child, fate);
    if (fate == KILLED)
        processes_settle(t->round);
    t->contended = twin->contended;
    t->tally = twin->tally;
    if (twin->failure)
        scenario_broken(t, twin->failure);
    processes_say_done(t);
    scenario_did(t);
}

#endif
