// SPDX-License-Identifier: MIT
/* litmus.h - small programs with a known answer: is this outcome possible in C11, and does the model
   say so? */
#ifndef MODEL_LITMUS_H
#define MODEL_LITMUS_H

#include "stress/model/engine.h"

enum litmus_answer {
    ALLOWED,
    FORBIDDEN,
    NOT_PRODUCED, /* allowed, but outside this model */
};

struct litmus {
    const char *name, *outcome;
    enum litmus_answer answer;
    unsigned threads;
    void (*actor)(unsigned thread);
    bool (*happened)(void);
};

extern const struct litmus litmus_tests[]; /* ends with name NULL */

/* Counts executions with the outcome; reset by litmus_program. */
extern uint64_t litmus_happened;
struct program litmus_program(const struct litmus *l);

#endif
