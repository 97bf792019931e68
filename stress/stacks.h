// SPDX-License-Identifier: MIT
/* stacks.h - where other threads of this process are, for a report after which nothing goes on: each
   thread asked notes its own stack in a signal handler, and stays there. */
#ifndef STRESS_STACKS_H
#define STRESS_STACKS_H

#include <stdint.h>

enum { STACKS_THREADS_MAX = 512, STACKS_FRAMES_MAX = 32 };

/* Call it when all is well: what it loads takes memory and locks. */
void stacks_prepare(void);

/* The frames of the thread, innermost first, in *frames; 0: it gave no answer in time, or too many were
   asked. From now on it stays where it is, with whatever it holds: do not allocate. */
unsigned stacks_take(uint32_t tid, void *const **frames);

#endif
