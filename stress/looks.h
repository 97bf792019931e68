// SPDX-License-Identifier: MIT
/* looks.h - what the kernel says of the threads of another process, and of those that it made: whether they
   could run, and whether they did. */
#ifndef STRESS_LOOKS_H
#define STRESS_LOOKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { LOOKS_MAX = 64 };

struct looks {
    unsigned count;
    struct look {
        pid_t thread;
        bool runnable;
        uint64_t cpu_ns; /* that it has had */
    } look[LOOKS_MAX];
};

/* The first LOOKS_MAX threads. say_to: a file that gets a line of each; -1: none. */
struct looks looks_at(pid_t process, int say_to);

/* Was there a thread that could run in both, and in between had next to no CPU? Then the machine kept it from
   going on, and what it did not do is no fault of its program. */
bool looks_starved(const struct looks *before, const struct looks *after);

#endif
