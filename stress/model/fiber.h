// SPDX-License-Identifier: MIT
/* fiber.h - stacks of our own that take turns on one kernel thread. */
#ifndef MODEL_FIBER_H
#define MODEL_FIBER_H

struct fiber {
    void *top;   /* where it stopped */
    char *stack; /* lowest usable byte; NULL: the stack that main runs on */
};

/* A stack with a guard page below; done once, never given back. */
void fiber_create(struct fiber *f);

/* The next switch to f calls entry, which must never return. */
void fiber_prepare(struct fiber *f, void (*entry)(void));

/* Stop from here, go on with to; returns when somebody switches to from. */
void fiber_switch(struct fiber *from, struct fiber *to);

#endif
