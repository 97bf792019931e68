// SPDX-License-Identifier: MIT
/* What is a leak and what is none: made-up series, and processes that really leak. */
#include "check.h"

#include "support/clock.h"
#include "support/leak.h"
#include "support/rng.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint64_t tolerance[LEAK_RESOURCES] = {1 << 20, 4, 8};

/* A series of MiB over the share of its time that has gone by. */
typedef double shape(double share, struct rng *rng);

static double noise(struct rng *rng)
{
    return (double)rng_below(rng, 1000) / 1000 - 0.5;
}
static double flat(double share, struct rng *rng)
{
    (void)share;
    (void)rng;
    return 50;
}
static double noisy(double share, struct rng *rng)
{
    (void)share;
    return 50 + 20 * noise(rng);
}
static double warming(double share, struct rng *rng)
{
    return 50 + (share < 0.2 ? 200 * share : 40) + 0.5 * noise(rng);
}
static double step(double share, struct rng *rng)
{
    return (share < 0.62 ? 50 : 90) + 0.1 * noise(rng);
}
static double saw(double share, struct rng *rng)
{
    (void)rng;
    return 50 + 30 * fmod(share * 7, 1);
}
static double shrinking(double share, struct rng *rng)
{
    (void)rng;
    return 90 - 40 * share;
}
static double slight(double share, struct rng *rng)
{
    (void)rng;
    return 50 + 0.5 * share;
}
static double steady(double share, struct rng *rng)
{
    (void)rng;
    return 50 + 3 * share;
}
static double hidden(double share, struct rng *rng)
{
    return 50 + 20 * share + 3 * noise(rng);
}
static double stairs(double share, struct rng *rng)
{
    (void)rng;
    return 50 + floor(share * 20);
}

static const struct series {
    const char *about;
    shape *shape;
    size_t looks;
    bool leaks;
} series[] = {
    {"flat", flat, 100, false},
    {"noise", noisy, 100, false},
    {"warm-up", warming, 100, false},
    {"one step", step, 100, false},
    {"a saw", saw, 100, false},
    {"shrinking", shrinking, 100, false},
    {"growth within the tolerance", slight, 100, false},
    {"too few looks to tell", steady, 12, false},
    {"steady growth", steady, 100, true},
    {"growth in noise", hidden, 100, true},
    {"growth in stairs", stairs, 100, true},
    {"growth over many more looks than are kept", steady, 100000, true},
    {"noise over many more looks than are kept", noisy, 100000, false},
};

static void test_series(void)
{
    for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
        const struct series *s = &series[i];
        struct rng rng = rng_seeded(7, i);
        struct leak_watch w;
        leak_watch_start(&w, NS_PER_MS);
        w.next_ns = 0;
        for (size_t k = 0; k < s->looks; k++) {
            double share = (double)k / (double)s->looks;
            struct leak_look look = {.at_ns = (k + 1) * NS_PER_MS, .holds = {0, 5, 10}};
            look.holds[LEAK_MEMORY] = (uint64_t)(s->shape(share, &rng) * (1 << 20));
            if (look.at_ns >= w.next_ns)
                leak_watch_add(&w, &look);
        }
        char *found = leak_found(&w, tolerance);
        CHECK((found != NULL) == s->leaks, "%s: %s", s->about, found ? found : "no leak");
        CHECK(w.count <= LEAK_LOOKS, "%s: %zu looks kept", s->about, w.count);
        free(found);
    }
    struct leak_watch none;
    leak_watch_start(&none, NS_PER_MS);
    CHECK(leak_found(&none, tolerance) == NULL, "nobody looked");
}

static void *sleeper(void *argument)
{
    for (;;)
        pause();
    return argument;
}

static void leak_nothing(void)
{
}
static void leak_memory(void)
{
    enum { BYTES = 256 * 1024 };
    char *block = malloc(BYTES);
    if (block)
        memset(block, 1, BYTES);
    __asm__ volatile("" : : "r"(block) : "memory");
    /* cppcheck-suppress memleak ; that it is lost is the point */
}
static void leak_descriptor(void)
{
    if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
        _exit(1);
}
static void leak_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, sleeper, NULL) != 0)
        _exit(1);
}

static const struct process {
    const char *about, *seen; /* NULL: nothing */
    void (*again)(void);
} processes[] = {
    {"a process that leaks nothing", NULL, leak_nothing},
    {"a process that leaks memory", "resident memory", leak_memory},
    {"a process that leaks descriptors", "descriptors", leak_descriptor},
    {"a process that leaks threads", "threads", leak_thread},
};

static void test_processes(void)
{
    unsigned *times =
        mmap(NULL, sizeof *times, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(times != MAP_FAILED, "no memory to share");
    for (size_t i = 0; i < sizeof processes / sizeof *processes; i++) {
        const struct process *p = &processes[i];
        __atomic_store_n(times, 0, __ATOMIC_RELAXED);
        pid_t pid = fork();
        if (pid == 0) {
            for (;;) {
                p->again();
                __atomic_fetch_add(times, 1, __ATOMIC_RELAXED);
                clock_sleep_until(clock_ns() + 10 * NS_PER_MS, NULL);
            }
        }
        struct leak_watch w;
        leak_watch_start(&w, 10 * NS_PER_MS);
        while (w.count < 60) {
            /* no look at a process that had no CPU since the last one */
            if (__atomic_load_n(times, __ATOMIC_RELAXED) > w.count)
                leak_watch_tick(&w, pid);
            clock_sleep_until(clock_ns() + NS_PER_MS, NULL);
        }
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        /* threads have stacks: only who is to leak memory is judged by it */
        uint64_t judged[LEAK_RESOURCES] = {UINT64_MAX, tolerance[1], tolerance[2]};
        char *found = leak_found(&w, p->again == leak_memory ? tolerance : judged);
        CHECK(p->seen ? found && strncmp(found, p->seen, strlen(p->seen)) == 0 : !found, "%s: %s",
              p->about, found ? found : "no leak");
        free(found);
        struct leak_look look;
        CHECK(!leak_look(pid, &look), "%s has ended", p->about);
    }
}

int main(void)
{
    test_series();
    test_processes();
    return check_result("leak");
}
