// SPDX-License-Identifier: MIT
/* Looks at the actors without synchronising them: relaxed reads of what they say, and what the kernel
   says of their threads.
 *
 * A hang is one of two things. Proven: two looks, one after the other, found every unfinished actor and
 * every other thread, such as those of a pool or a timer, asleep in a futex call without a timeout, and
 * none had switched in between; so at one moment all of them slept, and nobody is left to wake them.
 * Presumed: no operation was finished for hang_ns, counted in ticks of this thread (a machine that stood
 * still counts once), although all workers had started and the process was given CPU time, or its threads
 * slept and asked for none; and then for as long again as it took to give each thread that wanted it
 * some CPU of its own: on a busy machine the one whose turn it is may be the last to run. */
#include "stress/run.h"

#include "stress/stacks.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/proc.h"

#include <contend/wait.h>

#include <dirent.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICK_NS = 10 * 1000 * 1000,
    HANG_TICKS = 200,                 /* 2 s */
    SANITIZED_TIMES = 10,             /* as patient in a sanitizer's build */
    CPU_SHARE_DIVISOR = 10,           /* a tenth of one CPU's time must have been ours */
    THREAD_CPU_NS = 20 * 1000 * 1000, /* some slices */
    BYSTANDERS_MAX = 8
};

struct watchdog {
    const struct run *run;
    pthread_t thread;
    struct ct_u32 ended;
    uint64_t hang_ticks;
};

/* There only when the build has that sanitizer. */
extern void __asan_init(void) __attribute__((weak));
extern void __tsan_init(void) __attribute__((weak));

/* Different whenever an operation or a round was finished. */
static uint64_t progress(const struct run *run)
{
    uint64_t sum = ct_u64_load_relaxed(&run->rounds) << 32;
    for (unsigned i = 0; i < run->round.threads; i++)
        sum += run_operations(run, i);
    return sum;
}

static uint64_t process_cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

enum sleep { AWAKE, ASLEEP, ASLEEP_FOR_EVER /* in a futex call that no time ends */ };

/* How often the thread has switched is added. */
static enum sleep sleep_of(uint32_t tid, uint64_t *switches)
{
    char *status = proc_text("", "/proc/self/task/%" PRIu32 "/status", tid);
    char *call = proc_text("", "/proc/self/task/%" PRIu32 "/syscall", tid);
    char *state = proc_field(status, "State");
    char *count = proc_field(status, "voluntary_ctxt_switches");
    long number = -1;
    unsigned long timeout = 1;
    bool asleep = state && count && call && state[0] == 'S' && sscanf(call, "%ld", &number) == 1;
    bool forever = asleep && sscanf(call, "%*s %*s %*s %*s %lx", &timeout) == 1 &&
                   number == SYS_futex && timeout == 0;
    /* Who naps goes on by itself: it may be looking at a process now and then. */
    asleep = asleep && number != SYS_nanosleep && number != SYS_clock_nanosleep;
    if (count)
        *switches += strtoull(count, NULL, 10);
    free(count);
    free(state);
    free(call);
    free(status);
    return forever ? ASLEEP_FOR_EVER : asleep ? ASLEEP : AWAKE;
}

/* Threads that were there when this process played its first case: the one that waits for the run, and a
   sanitizer's own. They wake nobody. */
static struct {
    pid_t process;
    unsigned count;
    uint32_t tids[BYSTANDERS_MAX];
} bystanders;

static void find_bystanders(void)
{
    DIR *tasks = bystanders.process == getpid() ? NULL : opendir("/proc/self/task");
    if (!tasks)
        return;
    bystanders.process = getpid();
    bystanders.count = 0;
    for (struct dirent *e; (e = readdir(tasks)) && bystanders.count < BYSTANDERS_MAX;)
        bystanders.tids[bystanders.count++] = (uint32_t)strtoul(e->d_name, NULL, 10);
    closedir(tasks);
}

/* Of no concern to who sleeps: this thread, a bystander, the perturbation's. */
static bool stands_by(const struct run *run, uint32_t tid)
{
    bool found =
        tid == (uint32_t)syscall(SYS_gettid) || tid == ct_u32_load_relaxed(&run->field.tid);
    for (unsigned i = 0; i < bystanders.count; i++)
        found = found || bystanders.tids[i] == tid;
    return found;
}

/* NULL: not an actor. */
static const char *actor_at(const struct run *run, uint32_t tid)
{
    for (unsigned i = 0; i < run->round.threads; i++)
        if (ct_u32_load_relaxed(&run->field.workers[i].tid) == tid)
            return run_at(run, i);
    return NULL;
}

/* The next of the threads that concern us, which actors at the gate do not, or 0 after the last. */
static uint32_t next_concerned(DIR *tasks, const struct run *run)
{
    for (struct dirent *e; (e = readdir(tasks));) {
        uint32_t tid = (uint32_t)strtoul(e->d_name, NULL, 10);
        if (tid != 0 && !stands_by(run, tid) && actor_at(run, tid) != run_at_gate)
            return tid;
    }
    return 0;
}

/* Of all that concern us, who sleeps least. */
static enum sleep least_sleep(const struct run *run, uint64_t *switches)
{
    DIR *tasks = opendir("/proc/self/task");
    enum sleep least = tasks ? ASLEEP_FOR_EVER : AWAKE;
    for (uint32_t tid; least != AWAKE && (tid = next_concerned(tasks, run));) {
        enum sleep its = sleep_of(tid, switches);
        least = its < least ? its : least;
    }
    if (tasks)
        closedir(tasks);
    return least;
}

/* The threads that were there when a hang was first presumed, and what CPU time each had had. */
struct suspects {
    struct suspect {
        uint32_t tid;
        uint64_t cpu_ns;
    } * suspect;
    unsigned count;
};

static bool is_runnable(uint32_t tid)
{
    char *status = proc_text("", "/proc/self/task/%" PRIu32 "/status", tid);
    char *state = proc_field(status, "State");
    bool runnable = state && state[0] == 'R';
    free(state);
    free(status);
    return runnable;
}

static uint64_t thread_cpu_ns(uint32_t tid)
{
    struct timespec t;
    clockid_t clock = (clockid_t)(~tid << 3 | 6); /* as pthread_getcpuclockid makes them */
    if (clock_gettime(clock, &t) != 0)
        return UINT64_MAX; /* it is gone */
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void suspects_forget(struct suspects *s)
{
    free(s->suspect);
    *s = (struct suspects){NULL, 0};
}

static void suspects_find(struct suspects *s, const struct run *run)
{
    DIR *tasks = opendir("/proc/self/task");
    for (uint32_t tid; tasks && (tid = next_concerned(tasks, run));) {
        s->suspect = realloc(s->suspect, (s->count + 1) * sizeof *s->suspect);
        if (!s->suspect)
            fail(EXIT_ENVIRONMENT, "memory: none left to list %u threads", s->count + 1);
        s->suspect[s->count++] = (struct suspect){tid, thread_cpu_ns(tid)};
    }
    if (tasks)
        closedir(tasks);
}

/* To be asked again and again: since the first time each had its CPU, or wants none. */
static bool suspects_had_cpu(struct suspects *s, const struct run *run)
{
    if (s->count == 0)
        suspects_find(s, run);
    for (unsigned i = 0; i < s->count; i++) {
        const struct suspect *it = &s->suspect[i];
        if (thread_cpu_ns(it->tid) < it->cpu_ns + THREAD_CPU_NS && is_runnable(it->tid))
            return false;
    }
    return true;
}

/* Else a worker waits for its CPU, and not for the object. */
static bool all_started(const struct run *run)
{
    return actor_at(run, 0) == NULL;
}

/* switches is the same in two looks that find all asleep only if they slept all the while. */
static enum sleep look(const struct run *run, uint64_t *switches)
{
    unsigned at_gate = 0;
    *switches = 0;
    for (unsigned i = 0; i < run->round.threads; i++)
        at_gate += run_at(run, i) == run_at_gate;
    /* On a busy machine some may not have left the gate of this round yet, and not be done. */
    if (at_gate == run->round.threads || at_gate != ct_u32_load_relaxed(&run->arrived))
        return AWAKE;
    return least_sleep(run, switches);
}

_Noreturn static void hang(const struct run *run, const char *seen)
{
    (void)ct_u32_load_acquire(&run->generation); /* the last write to result came before */
    run->result->end = STRESS_HUNG;
    run->result->elapsed_ns = clock_ns() - run->started_ns;
    strncpy(run->result->failure, seen, sizeof run->result->failure - 1);
    run_report_stuck(run, seen);
    _exit(EXIT_CHECK_FAILED);
}

static void *watch(void *argument)
{
    struct watchdog *w = argument;
    const struct run *run = w->run;
    uint64_t last = progress(run), cpu_ns = process_cpu_ns(), switches = 0;
    uint64_t still_ticks = 0, asleep_ticks = 0;
    enum sleep before = AWAKE;
    struct suspects suspects = {NULL, 0};
    while (!ct_u32_load_relaxed(&w->ended)) {
        clock_sleep_until(clock_ns() + TICK_NS, NULL);
        uint64_t now = progress(run), switches_before = switches;
        if (now != last || !all_started(run)) {
            last = now;
            still_ticks = asleep_ticks = 0;
            suspects_forget(&suspects);
            before = AWAKE;
            cpu_ns = process_cpu_ns();
            continue;
        }
        still_ticks++;
        enum sleep sleep = look(run, &switches);
        if (sleep == ASLEEP_FOR_EVER && before == ASLEEP_FOR_EVER && switches == switches_before &&
            progress(run) == last)
            hang(run, "every unfinished thread sleeps and nobody is left to wake it");
        before = sleep;
        asleep_ticks += sleep != AWAKE;
        bool had_cpu = process_cpu_ns() - cpu_ns >= still_ticks * TICK_NS / CPU_SHARE_DIVISOR;
        bool wanted_none = asleep_ticks > still_ticks / 2;
        if (still_ticks >= w->hang_ticks && (had_cpu || wanted_none) &&
            suspects_had_cpu(&suspects, run))
            hang(run, "no thread finished an operation for the time allowed");
    }
    suspects_forget(&suspects);
    return NULL;
}

struct watchdog *watchdog_start(struct run *run)
{
    struct watchdog *w = must_alloc(sizeof *w);
    stacks_prepare();
    find_bystanders();
    w->run = run;
    w->hang_ticks = run->c->hang_ns / TICK_NS;
    if (w->hang_ticks == 0)
        w->hang_ticks = HANG_TICKS * (__asan_init || __tsan_init ? SANITIZED_TIMES : 1);
    int error = pthread_create(&w->thread, NULL, watch, w);
    if (error)
        fail(EXIT_ENVIRONMENT, "threads: cannot start the watchdog: %s", strerror(error));
    return w;
}

void watchdog_stop(struct watchdog *w)
{
    ct_u32_store_relaxed(&w->ended, 1);
    pthread_join(w->thread, NULL);
    free(w);
}
