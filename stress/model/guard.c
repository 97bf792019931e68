// SPDX-License-Identifier: MIT
#include "stress/model/guard.h"

#include "stress/model/engine.h"
#include "support/fail.h"

#include <signal.h>
#include <sys/time.h>

enum {
    SIGNAL_STACK_BYTES = 64 * 1024,
    /* Of CPU time, and in a row: where a hypervisor leaves a CPU without time for seconds, ticks come
       late and close to each other. */
    TICK_US = 250 * 1000,
    STUCK_TICKS = 8,
};

static const struct {
    int signal;
    const char *failure;
} crashes[] = {
    {SIGSEGV, "crash: access to memory that is not there (SIGSEGV)"},
    {SIGBUS, "crash: access to memory that is not there (SIGBUS)"},
    {SIGFPE, "crash: impossible arithmetic (SIGFPE)"},
    {SIGILL, "crash: a trap or an unknown instruction (SIGILL)"},
    {SIGABRT, "crash: abort"},
};

/* The handler leaves by switching to the main fiber and never returns: the signals are not masked in
   it, and its stack is free again by then. */
static void crashed(int number)
{
    if (engine.alone) {
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    for (unsigned i = 0; i < sizeof crashes / sizeof *crashes; i++) {
        if (crashes[i].signal == number)
            engine_fail(crashes[i].failure, engine_thread()->site);
    }
}

static void tick(int number)
{
    static uint64_t execution;
    static unsigned steps, ticks;
    (void)number;
    bool stuck = !engine.alone && execution == memory.execution && steps == engine.steps;
    ticks = stuck ? ticks + 1 : 0;
    if (ticks == STUCK_TICKS)
        engine_fail("livelock: a thread loops and touches nothing that another could change",
                    engine_thread()->site);
    execution = memory.execution;
    steps = engine.steps;
}

void guard_install(void)
{
    static char stack[SIGNAL_STACK_BYTES];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_flags = SA_ONSTACK | SA_NODEFER};
    struct itimerval interval = {.it_interval = {.tv_usec = TICK_US},
                                 .it_value = {.tv_usec = TICK_US}};
    if (sigaltstack(&alternate, NULL) != 0)
        fail(EXIT_ENVIRONMENT, "model: no stack for signals");
    action.sa_handler = crashed;
    for (unsigned i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i].signal, &action, NULL);
    action.sa_handler = tick;
    action.sa_flags |= SA_RESTART;
    sigaction(SIGPROF, &action, NULL);
    setitimer(ITIMER_PROF, &interval, NULL);
}
