// SPDX-License-Identifier: MIT
/* mutex_shared.c - mutexes between processes: in memory that parent and child share, with children that
   are killed while they hold one. */
#include "mutex_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { PAIRS = 20000, DEATHS = 200, MUTEX_BYTES_MAX = 128 };

/* What the processes share. The mutex's node is in there as well. */
struct shared {
    CT_APART unsigned char m[MUTEX_BYTES_MAX];
    CT_APART unsigned char node[2][MUTEX_BYTES_MAX];
    const struct ct_mutex_ops *ops; /* at the same address in a forked child */
    struct ct_u32 stage;
    uint64_t counter, half[2]; /* protected by the mutex; the halves are alike outside of it */
};

static struct shared *shared_make(const void *ops)
{
    struct shared *s =
        mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED)
        ct_panic("mmap", errno);
    s->ops = ops;
    if (s->ops->impl.size_bytes > sizeof s->m || s->ops->impl.node_bytes > sizeof *s->node)
        ct_panic("raise MUTEX_BYTES_MAX", E2BIG);
    s->ops->init(s->m);
    return s;
}

static void shared_free(struct shared *s)
{
    if (s->ops->destroy)
        s->ops->destroy(s->m);
    munmap(s, sizeof *s);
}

/* A child that runs a function and ends with status 0, unless it is killed before. */
static pid_t child_start(struct shared *s, void (*run)(struct shared *))
{
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        ct_panic("fork", errno);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent)
            run(s);
        _exit(0);
    }
    return pid;
}

/* 0, or the signal that ended it. */
static int child_end(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void stage_set(struct shared *s, uint32_t stage)
{
    ct_u32_store_release(&s->stage, stage);
    ct_wake_shared(&s->stage, CT_WAKE_ALL);
}

static void stage_await(struct shared *s, uint32_t stage)
{
    uint32_t seen;
    while ((seen = ct_u32_load_acquire(&s->stage)) != stage)
        ct_wait_shared(&s->stage, seen, CT_FOREVER);
}

static void run_pairs(struct shared *s)
{
    for (int i = 0; i < PAIRS; i++) {
        s->ops->lock(s->m, s->node[1]);
        s->counter++;
        s->ops->unlock(s->m, s->node[1]);
    }
}

static void run_waits(struct shared *s)
{
    stage_set(s, 1);
    s->ops->lock(s->m, s->node[1]);
    s->counter++;
    s->ops->unlock(s->m, s->node[1]);
}

void test_shared_excludes(const void *ops)
{
    struct shared *s = shared_make(ops);
    pid_t child = child_start(s, run_pairs);
    for (int i = 0; i < PAIRS; i++) {
        s->ops->lock(s->m, s->node[0]);
        s->counter++;
        s->ops->unlock(s->m, s->node[0]);
    }
    CONTRACT(child_end(child) == 0);
    CONTRACT(s->counter == 2 * PAIRS);

    s->counter = 0;
    s->ops->lock(s->m, s->node[0]);
    child = child_start(s, run_waits);
    stage_await(s, 1);
    sleep_ns(5 * MS); /* most likely asleep by then */
    CONTRACT(s->counter == 0);
    s->ops->unlock(s->m, s->node[0]);
    CONTRACT(child_end(child) == 0);
    CONTRACT(s->counter == 1);
    shared_free(s);
}

static void run_dies(struct shared *s)
{
    s->ops->lock(s->m, s->node[1]);
    s->half[0]++;
    stage_set(s, 1);
    if (s->counter % 2 == 0)
        sleep_ns(MS / 2); /* the parent may be asleep on the mutex by then */
    kill(getpid(), SIGKILL);
}

/* Again and again in the same memory; in turn before and while the next one asks. */
void test_shared_owner_dies(const void *ops)
{
    struct shared *s = shared_make(ops);
    unsigned told = 0, mended = 0;
    for (uint64_t i = 0; i < DEATHS; i++) {
        s->counter = i;
        ct_u32_store_relaxed(&s->stage, 0);
        pid_t child = child_start(s, run_dies);
        stage_await(s, 1);
        if (i % 2 != 0)
            CONTRACT(child_end(child) == SIGKILL);
        told += s->ops->lock_robust(s->m, s->node[0]) == EOWNERDEAD;
        mended += s->half[0] == s->half[1] + 1;
        s->half[1] = s->half[0];
        CONTRACT(s->ops->consistent(s->m) == 0);
        s->ops->unlock(s->m, s->node[0]);
        if (i % 2 == 0)
            CONTRACT(child_end(child) == SIGKILL);
        CONTRACT(s->ops->lock_robust(s->m, s->node[0]) == 0); /* told once */
        CONTRACT(s->ops->consistent(s->m) == EINVAL);
        s->ops->unlock(s->m, s->node[0]);
    }
    CONTRACT(told == DEATHS);
    CONTRACT(mended == DEATHS);
    CONTRACT(s->half[1] == DEATHS);
    shared_free(s);
}

static void kill_owner(struct shared *s)
{
    ct_u32_store_relaxed(&s->stage, 0);
    CONTRACT(child_end(child_start(s, run_dies)) == SIGKILL);
}

void test_shared_not_mended(const void *ops)
{
    struct shared *s = shared_make(ops);
    for (int round = 0; round < 2; round++) {
        kill_owner(s);
        CONTRACT(s->ops->lock_robust(s->m, s->node[0]) == EOWNERDEAD);
        s->ops->unlock(s->m, s->node[0]);
        CONTRACT(s->ops->lock_robust(s->m, s->node[0]) == ENOTRECOVERABLE);
        CONTRACT(s->ops->lock_robust(s->m, s->node[0]) == ENOTRECOVERABLE);
        if (s->ops->destroy)
            s->ops->destroy(s->m);
        s->ops->init(s->m);
    }
    CONTRACT(s->ops->lock_robust(s->m, s->node[0]) == 0);
    s->ops->unlock(s->m, s->node[0]);
    shared_free(s);
}

/* In a child, whose last words and core nobody need read. */
static void hush(void)
{
    prctl(PR_SET_DUMPABLE, 0);
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
}

static void run_lock(struct shared *s)
{
    hush();
    s->ops->lock(s->m, s->node[1]);
}

static void run_trylock(struct shared *s)
{
    hush();
    s->ops->trylock(s->m, s->node[1]);
}

static void run_timedlock(struct shared *s)
{
    hush();
    s->ops->timedlock(s->m, s->node[1], CT_FOREVER);
}

void test_shared_cannot_tell(const void *ops)
{
    static void (*const ways[])(struct shared *) = {run_lock, run_trylock, run_timedlock};
    struct shared *s = shared_make(ops);
    const bool offered[] = {true, s->ops->trylock != NULL, s->ops->timedlock != NULL};
    kill_owner(s);
    for (int i = 0; i < 3; i++) {
        if (offered[i])
            CONTRACT(child_end(child_start(s, ways[i])) == SIGABRT);
    }
    CONTRACT(s->ops->lock_robust(s->m, s->node[0]) == EOWNERDEAD);
    CONTRACT(s->ops->consistent(s->m) == 0);
    s->ops->unlock(s->m, s->node[0]);
    shared_free(s);
}
