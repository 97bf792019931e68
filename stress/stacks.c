// SPDX-License-Identifier: MIT
#include "stress/stacks.h"

#include "support/clock.h"

#include <contend/wait.h>

#include <execinfo.h>
#include <signal.h>
#include <string.h>

enum { OWN_FRAMES = 2 /* the handler, and what the kernel returns to */ };

/* A thread that cannot get a CPU answers late; one that blocks signals never does. */
static const uint64_t patience_ns = 300 * NS_PER_MS;
static const uint64_t look_ns = NS_PER_MS;

static struct stack {
    void *frames[STACKS_FRAMES_MAX];
    struct ct_u32 count;
} stacks[STACKS_THREADS_MAX];
static unsigned taken;

static void on_signal(int number, siginfo_t *info, void *context)
{
    struct stack *s = &stacks[info->si_value.sival_int];
    (void)number;
    (void)context;
    ct_u32_store_release(&s->count, (uint32_t)backtrace(s->frames, STACKS_FRAMES_MAX));
    for (;;)
        pause();
}

void stacks_prepare(void)
{
    void *frame;
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    backtrace(&frame, 1); /* loads the unwinder, which no handler may */
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR2, &action, NULL);
}

unsigned stacks_take(uint32_t tid, void *const **frames)
{
    if (taken == STACKS_THREADS_MAX)
        return 0;
    struct stack *s = &stacks[taken];
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_code = SI_QUEUE;
    info.si_value.sival_int = (int)taken++;
    if (syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, SIGUSR2, &info) != 0)
        return 0;
    uint32_t count = 0;
    for (uint64_t end_ns = clock_ns() + patience_ns; count == 0 && clock_ns() < end_ns;) {
        clock_sleep_until(clock_ns() + look_ns, NULL);
        count = ct_u32_load_acquire(&s->count);
    }
    *frames = s->frames + OWN_FRAMES;
    return count > OWN_FRAMES ? count - OWN_FRAMES : 0;
}
