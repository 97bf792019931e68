// SPDX-License-Identifier: MIT
#include "stress/perturb.h"

#include "stress/child.h"
#include "stress/delays.h"
#include "support/clock.h"
#include "support/fail.h"

#include <contend/wait.h>

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* CPU time of its own that a worker has between two stays in the handler, if it passes no point: as much
   as the stay took, within these bounds. */
static const uint64_t must_run_ns_min = 20 * NS_PER_US, must_run_ns_max = NS_PER_MS;

static _Thread_local struct perturb_worker *self;

void perturb_linger(uint64_t until_ns)
{
    while (clock_ns() < until_ns)
        ct_yield();
}

static void count_sleep(struct perturb_worker *w)
{
    ct_u64_store_relaxed(&w->slept, ct_u64_load_relaxed(&w->slept) + 1);
}

void perturb_nap(struct perturb_worker *w, uint64_t ns)
{
    struct timespec t = {(time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S)};
    count_sleep(w);
    nanosleep(&t, NULL);
}

static uint64_t own_cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* Shorter stays keep the thread runnable, longer ones take it off its CPU. On a busy machine either
   costs time slices, so that the next signal has come before the worker gets to its next instruction:
   it must have got on before it is kept again, else it would starve. */
static void stay(struct perturb_worker *w, uint64_t stay_ns)
{
    uint64_t points = ct_u64_load_relaxed(&w->points), begin_ns = clock_ns();
    if (points == w->kept_points && own_cpu_ns() < w->keep_cpu_ns)
        return;
    if (stay_ns >= NS_PER_MS)
        perturb_nap(w, stay_ns);
    else
        perturb_linger(begin_ns + stay_ns);
    uint64_t took_ns = clock_ns() - begin_ns;
    uint64_t must_run_ns = took_ns < must_run_ns_min   ? must_run_ns_min
                           : took_ns < must_run_ns_max ? took_ns
                                                       : must_run_ns_max;
    w->kept_points = points;
    w->keep_cpu_ns = own_cpu_ns() + must_run_ns;
}

/* Strikes at whatever instruction the worker is at. The value says for how long to stay. */
static void on_signal(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    uint64_t stay_ns = (uint64_t)info->si_value.sival_int * NS_PER_US;
    (void)number;
    (void)context;
    if (self && stay_ns > 0)
        stay(self, stay_ns);
    errno = saved;
}

static struct perturb_worker *any_worker(struct perturb_field *f, struct rng *rng)
{
    return &f->workers[rng_below(rng, f->threads)];
}

static void strike(struct perturb_worker *w, uint64_t stay_us)
{
    uint32_t tid = ct_u32_load_relaxed(&w->tid);
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_code = SI_QUEUE;
    info.si_value.sival_int = (int)stay_us;
    /* refused when the thread has just ended or its queue is full: the next stroke will do */
    if (tid)
        syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, SIGUSR1, &info);
}

/* At points. */

static void yield_storm(struct perturb_field *f, struct perturb_worker *w,
                        enum scenario_point where)
{
    (void)f;
    (void)where;
    for (uint64_t n = rng_below(&w->rng, 4); n > 0; n--)
        ct_yield();
}

static void delays(struct perturb_field *f, struct perturb_worker *w, enum scenario_point where)
{
    (void)f;
    (void)where;
    if (rng_below(&w->rng, 8) < 3 && delays_pass(&w->rng))
        count_sleep(w);
}

static void long_hold(struct perturb_field *f, struct perturb_worker *w, enum scenario_point where)
{
    (void)f;
    if (where == POINT_HOLDING && rng_below(&w->rng, 4) == 0)
        perturb_linger(clock_ns() + rng_below(&w->rng, 300 * NS_PER_US));
}

/* The signal of the thread of its own seldom finds a holder at it. */
static void stop_holder(struct perturb_field *f, struct perturb_worker *w,
                        enum scenario_point where)
{
    (void)f;
    if (where == POINT_HOLDING && rng_below(&w->rng, 1024) == 0)
        perturb_nap(w, NS_PER_MS + rng_below(&w->rng, 49 * NS_PER_MS));
}

static void wait_while_paused(struct perturb_field *f, struct perturb_worker *w,
                              enum scenario_point where)
{
    (void)w;
    (void)where;
    while (ct_u32_load_relaxed(f->paused))
        ct_yield();
}

/* By the thread of its own. */

static void send_signal(struct perturb_field *f, struct rng *rng)
{
    strike(any_worker(f, rng), 0);
}

static void preempt(struct perturb_field *f, struct rng *rng)
{
    strike(any_worker(f, rng), 1 + rng_below(rng, UINT64_C(1) << rng_below(rng, 9)));
}

static void stop(struct perturb_field *f, struct rng *rng)
{
    strike(any_worker(f, rng), 1000 + rng_below(rng, UINT64_C(49000) >> rng_below(rng, 6)));
}

/* Pages come and go: the address space is locked, other CPUs are told to forget it, and the kernel
   looks for memory. */
static void press_memory(struct perturb_field *f, struct rng *rng)
{
    (void)f;
    size_t bytes = (size_t)1 << (16 + rng_below(rng, 9));
    unsigned char *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED)
        return; /* as much pressure as there can be */
    memset(pages, 1, bytes);
    if (rng_below(rng, 2))
        madvise(pages, bytes, MADV_DONTNEED);
    munmap(pages, bytes);
}

/* The child does nothing; but from the fork on each first write to a page, of the object as well, is a
   fault that copies it. */
static void fork_child(struct perturb_field *f, struct rng *rng)
{
    (void)f;
    (void)rng;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
}

static void migrate(struct perturb_field *f, struct rng *rng)
{
    uint32_t tid = ct_u32_load_relaxed(&any_worker(f, rng)->tid);
    uint64_t skip = rng_below(rng, (uint64_t)CPU_COUNT(&f->cpus));
    cpu_set_t one;
    CPU_ZERO(&one);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &f->cpus) && skip-- == 0) {
            CPU_SET(cpu, &one);
            break;
        }
    }
    if (tid) /* 0 would be this thread */
        sched_setaffinity((pid_t)tid, sizeof one, &one);
}

/* The kernel only looks at addresses, not at what is there. Its refusals (priority-inheriting waiters
   cannot be woken so) do not matter. */
static void wake_words(const unsigned char *start, size_t bytes, int op, int threads)
{
    for (size_t at = 0; at + sizeof(struct ct_u32) <= bytes; at += sizeof(struct ct_u32))
        ct_futex((const void *)(start + at), op, (uint32_t)threads, NULL, NULL, 0);
}

static void wake_for_nothing(struct perturb_field *f, struct rng *rng)
{
    int threads = rng_below(rng, 2) ? 1 : CT_WAKE_ALL;
    const void *object = ct_ptr_load_relaxed(&f->object);
    wake_words(object, f->object_bytes, FUTEX_WAKE_PRIVATE, threads);
    wake_words(f->nodes.start, f->nodes.bytes, FUTEX_WAKE_PRIVATE, threads);
    if (f->shared)
        wake_words(object, f->object_bytes, FUTEX_WAKE, threads);
}

static void toggle_pause(struct perturb_field *f, struct rng *rng)
{
    (void)rng;
    ct_u32_store_relaxed(f->paused, !ct_u32_load_relaxed(f->paused));
}

/* clang-format off */
const struct perturb perturbs[] = {
    {.name = "none", .what = "nothing", .how_often = "-", .factor = 1, .everyday = true},
    {.name = "preempt", .what = "a signal handler keeps a worker up to 0.3 ms, at any instruction",
     .how_often = "every 20 us", .factor = 1, .everyday = true,
     .stroke = preempt, .gap_ns = 20000},
    {.name = "delays", .what = "pauses, yields and naps up to 50 us inside the primitive, one stop up to 2 ms",
     .how_often = "at 1 in 32 accesses to cells, at 3 of 8 points; the stop in each other round", .factor = 1, .everyday = true,
     .delayed = true, .point = delays},
    {.name = "oversubscribe-2x", .what = "two threads for each CPU",
     .how_often = "always", .factor = 2, .everyday = true},
    {.name = "yield-storm", .what = "up to three sched_yield",
     .how_often = "at 3 of 4 points", .factor = 1, .point = yield_storm},
    {.name = "oversubscribe-4x", .what = "four threads for each CPU",
     .how_often = "always", .factor = 4},
    {.name = "migrate", .what = "a worker is moved to another CPU",
     .how_often = "every 50 us", .factor = 1, .unpinned = true,
     .stroke = migrate, .gap_ns = 50000},
    {.name = "signals", .what = "a signal without SA_RESTART interrupts what a worker does",
     .how_often = "every 30 us", .factor = 1, .stroke = send_signal, .gap_ns = 30000},
    {.name = "spurious-wakes", .what = "futex wakes on each word of the object and its nodes",
     .how_often = "every 20 us", .factor = 1, .stroke = wake_for_nothing, .gap_ns = 20000},
    {.name = "long-hold", .what = "holds last up to 0.3 ms longer",
     .how_often = "one in 4", .factor = 1, .point = long_hold},
    {.name = "stop", .what = "a worker is stopped for 1 to 50 ms, at any instruction and while holding",
     .how_often = "every 3 ms, one hold in 1024", .factor = 1, .point = stop_holder,
     .stroke = stop, .gap_ns = 3000000},
    {.name = "stutter", .what = "all workers pause together and go on together",
     .how_often = "every 2 ms", .factor = 1, .point = wait_while_paused,
     .stroke = toggle_pause, .gap_ns = 2000000},
    {.name = "memory", .what = "64 KiB to 16 MiB are mapped, touched and given back",
     .how_often = "every 1 ms", .factor = 1, .stroke = press_memory, .gap_ns = 1000000},
    {.name = "forks", .what = "a child is forked and ends: pages are copied on their next write",
     .how_often = "every 2 ms", .factor = 1, .stroke = fork_child, .gap_ns = 2000000},
    {.name = NULL},
};
/* clang-format on */

static void *strokes(void *argument)
{
    struct perturb_field *f = argument;
    struct rng rng = rng_seeded(f->seed, UINT64_MAX);
    ct_u32_store_relaxed(&f->tid, (uint32_t)syscall(SYS_gettid));
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    while (!ct_u32_load_relaxed(&f->ended)) {
        f->perturb->stroke(f, &rng);
        clock_sleep_until(clock_ns() + rng_below(&rng, 2 * f->perturb->gap_ns), NULL);
    }
    ct_u32_store_relaxed(f->paused, 0);
    return NULL;
}

void perturb_begin(struct perturb_field *f)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    if (sched_getaffinity(0, sizeof f->cpus, &f->cpus) != 0)
        fail(EXIT_ENVIRONMENT, "affinity: %s", strerror(errno));
    delays_seed(f->seed);
    f->paused = child_shared(sizeof *f->paused);
    f->has_thread = f->perturb->stroke != NULL;
    if (!f->has_thread)
        return;
    int error = pthread_create(&f->thread, NULL, strokes, f);
    if (error)
        fail(EXIT_ENVIRONMENT, "threads: cannot start the perturbation's: %s", strerror(error));
}

void perturb_end(struct perturb_field *f)
{
    ct_u32_store_relaxed(&f->ended, 1);
    if (f->has_thread)
        pthread_join(f->thread, NULL);
    munmap(f->paused, sizeof *f->paused);
}

void perturb_plan(struct perturb_field *f, uint64_t round)
{
    struct rng rng = rng_seeded(f->seed, UINT64_MAX - 1 - round);
    f->victim =
        f->perturb->delayed ? (unsigned)rng_below(&rng, 2 * (uint64_t)f->threads) : f->threads;
}

void perturb_round(struct perturb_field *f, unsigned index)
{
    delays_round(index == f->victim);
}

void perturb_enter(struct perturb_field *f, unsigned index)
{
    self = &f->workers[index];
    delays_enter(&self->rng, &self->slept);
    ct_u32_store_relaxed(&self->tid, (uint32_t)syscall(SYS_gettid));
}

void perturb_leave(struct perturb_field *f, unsigned index)
{
    ct_u32_store_relaxed(&f->workers[index].tid, 0);
}
