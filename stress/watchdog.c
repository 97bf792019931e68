// SPDX-License-Identifier: MIT
/* Looks at the actors without synchronising them: relaxed reads of what they say, and what the kernel
   says of their threads.
 *
 * A hang is one of two things. Proven: two looks, one after the other, found every unfinished actor
 * asleep in a futex call without a timeout, and none had switched in between; so at one moment all of
 * them slept, and nobody is left to wake them. Where the implementation has threads of its own, one of
 * those may be about to, and be kept from its CPU: so only after hang_ns. Presumed: no operation was
 * finished for hang_ns, counted in ticks of this thread (a machine that stood still counts once), although
 * the process was given CPU time. */
#include "stress/run.h"

#include "stress/stacks.h"
#include "support/clock.h"
#include "support/fail.h"
#include "support/proc.h"

#include <contend/wait.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICK_NS = 10 * 1000 * 1000,
    HANG_TICKS = 200,      /* 2 s */
    SANITIZED_TIMES = 10,  /* as patient in a sanitizer's build */
    CPU_SHARE_DIVISOR = 10 /* a tenth of one CPU's time must have been ours */
};

struct watchdog {
    const struct run *run;
    pthread_t thread;
    struct ct_u32 ended;
    uint64_t hang_ticks, asleep_ticks; /* before a hang is presumed; before one is proven */
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

/* Is the thread asleep in a futex call that no time ends? How often it has switched is added. */
static bool sleeps_for_ever(uint32_t tid, uint64_t *switches)
{
    char *status = proc_text("", "/proc/self/task/%" PRIu32 "/status", tid);
    char *call = proc_text("", "/proc/self/task/%" PRIu32 "/syscall", tid);
    char *state = proc_field(status, "State");
    char *count = proc_field(status, "voluntary_ctxt_switches");
    long number = -1;
    unsigned long timeout = 1;
    bool forever = state && count && call && state[0] == 'S' &&
                   sscanf(call, "%ld %*s %*s %*s %lx", &number, &timeout) == 2 &&
                   number == SYS_futex && timeout == 0;
    if (count)
        *switches += strtoull(count, NULL, 10);
    free(count);
    free(state);
    free(call);
    free(status);
    return forever;
}

/* 0, or a number that is the same in two looks only if every unfinished actor slept all the while. */
static uint64_t look(const struct run *run)
{
    uint64_t switches = 1;
    unsigned at_gate = 0;
    for (unsigned i = 0; i < run->round.threads; i++) {
        if (run_at(run, i) == run_at_gate)
            at_gate++;
        else if (!sleeps_for_ever(ct_u32_load_relaxed(&run->field.workers[i].tid), &switches))
            return 0;
    }
    /* On a busy machine some may not have left the gate of this round yet, and not be done. */
    bool all_done = at_gate == run->round.threads;
    return all_done || at_gate != ct_u32_load_relaxed(&run->arrived) ? 0 : switches;
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
    uint64_t last = progress(run), looked = 0, still_ticks = 0, cpu_ns = process_cpu_ns();
    while (!ct_u32_load_relaxed(&w->ended)) {
        clock_sleep_until(clock_ns() + TICK_NS, NULL);
        uint64_t now = progress(run);
        if (now != last) {
            last = now;
            looked = still_ticks = 0;
            cpu_ns = process_cpu_ns();
            continue;
        }
        still_ticks++;
        uint64_t seen = look(run);
        if (seen && seen == looked && progress(run) == last && still_ticks >= w->asleep_ticks)
            hang(run, "every unfinished thread sleeps and nobody is left to wake it");
        looked = seen;
        if (still_ticks >= w->hang_ticks &&
            process_cpu_ns() - cpu_ns >= still_ticks * TICK_NS / CPU_SHARE_DIVISOR)
            hang(run, "no thread finished an operation for the time allowed");
    }
    return NULL;
}

struct watchdog *watchdog_start(struct run *run)
{
    struct watchdog *w = must_alloc(sizeof *w);
    stacks_prepare();
    w->run = run;
    w->hang_ticks = run->c->hang_ns / TICK_NS;
    if (w->hang_ticks == 0)
        w->hang_ticks = HANG_TICKS * (__asan_init || __tsan_init ? SANITIZED_TIMES : 1);
    w->asleep_ticks = run->c->impl->traits & CT_THREADS ? w->hang_ticks : 0;
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
